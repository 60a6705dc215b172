"""Texts in the user's language (`pysync_pms.ui.language`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync_pms.ui import html as h
from pysync_pms.ui.language import plural, tr, use

GERMAN = {
    "Cancel": "Stornieren",
    "{what} the stay of {who}": "Aufenthalt von {who}: {what}",
    "{n} night": "{n} Nacht",
    "{n} nights": "{n} Nächte",
    "5 < 6": "fünf < sechs",
}


@pytest.fixture
def german() -> Iterator[None]:
    use(GERMAN)
    yield
    use({})


def test_a_text_is_its_english_words_and_shows_the_language_in_use(german: None) -> None:
    text = tr("{what} the stay of {who}", what=tr("Cancel"), who="Ann")
    assert text == "Cancel the stay of Ann"
    assert h.p[text] == "<p>Aufenthalt von Ann: Stornieren</p>"
    assert h.p(title=text)["x"] == '<p title="Aufenthalt von Ann: Stornieren">x</p>'
    assert f"{text}!" == "Aufenthalt von Ann: Stornieren!"


def test_a_constant_made_before_the_choice_follows_it() -> None:
    text = tr("Cancel")
    assert h.p[text, " ", [text]] == "<p>Cancel Cancel</p>"
    use(GERMAN)
    try:
        assert h.p[text, " ", [text]] == "<p>Stornieren Stornieren</p>"
    finally:
        use({})


def test_what_the_catalogue_lacks_stays_english(german: None) -> None:
    assert h.p[tr("Move")] == "<p>Move</p>"


def test_what_people_wrote_is_never_translated(german: None) -> None:
    assert h.p["Cancel"] == "<p>Cancel</p>"
    assert str(tr("{what} the stay of {who}", what="Cancel", who="{n} nights")) == (
        "Aufenthalt von {n} nights: Cancel"
    )


def test_nouns_have_two_forms(german: None) -> None:
    assert [str(plural(n, "night")) for n in (0, 1, 2)] == ["0 Nächte", "1 Nacht", "2 Nächte"]


def test_a_translation_is_escaped(german: None) -> None:
    assert h.p[tr("5 < 6")] == "<p>fünf &lt; sechs</p>"
