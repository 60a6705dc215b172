"""Texts in the user's language (`pysync_pms.ui.language`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync_pms.ui import html as h
from pysync_pms.ui.components.rooms import Mark, RoomTile, room_tile
from pysync_pms.ui.language import grouped, language_of, plural, tr, use

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


def test_what_was_drawn_before_is_drawn_anew_in_another_language() -> None:
    vacant, dirty = (Mark(label=tr(words), icon_name="check") for words in ("Vacant", "Dirty"))
    tile = RoomTile(room_id="1", number="1", kind="", occupancy=vacant, condition=dirty)
    assert "Vacant" in room_tile(tile)
    use({"Vacant": "Frei", "Dirty": "Schmutzig"})
    try:
        assert "Frei" in room_tile(tile)
        assert "Vacant" not in room_tile(tile)
    finally:
        use({})
    assert "Vacant" in room_tile(tile)


def test_whole_numbers_are_grouped_as_the_catalogue_says() -> None:
    assert grouped(1_234_567) == "1,234,567"
    use({"1,000": "1.000"})
    try:
        assert grouped(1_234_567) == "1.234.567"
    finally:
        use({})


def test_a_locale_has_the_language_of_its_first_part() -> None:
    found = [language_of(locale) for locale in ("de", "de-AT", "DE-ch", "en-US", "den", "fr-FR")]
    assert found == ["de", "de", "de", "en", "en", "en"]
