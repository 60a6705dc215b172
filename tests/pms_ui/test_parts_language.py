"""What is easily lost on the way to the user's language: parts of sentences, lists, searches."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pysync.native import open_space
from pysync_pms.schema import SCHEMA
from pysync_pms.ui import html as h
from pysync_pms.ui.language import tr, use
from pysync_pms.ui.parts.company import Face, company_line
from pysync_pms.ui.parts.field_words import field_text
from pysync_pms.ui.parts.phrase import GAP, phrase
from pysync_pms.words import RESERVATIONS
from tests.pms.support import give, house
from tests.pms_ui.test_conflicts import STAY, Two
from tests.pms_ui.test_folio_card import Desk

GERMAN = {
    "New reservation": "Neue Reservierung",
    "{who} is looking at this": "{who} sieht sich das gerade an",
    "{who} are looking at this": "{who} sehen sich das gerade an",
    "You": "Sie",
    "Reservation of {who}": "Reservierung von {who}",
    "Which one holds? {what}": "Was gilt? {what}",
    "yes": "ja",
    "Ask {who} first.": "Zuerst {who} fragen.",
}


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    use(GERMAN)
    yield
    use({})


def test_the_palette_finds_by_the_words_that_it_shows() -> None:
    with open_space("palette-in-german", schema=SCHEMA) as space:
        give(space, *house())
        desk = Desk(space)
        desk.show("home")
        desk.dom.user(kind="key", key="Ctrl+k", typing=True)
        desk.drawn()
        desk.dom.user(kind="input", action="palette.type", value="neue res")
        assert "Neue Reservierung" in desk.drawn()
        desk.dom.user(kind="input", action="palette.type", value="new res")
        assert "Neue Reservierung" not in desk.drawn()
        assert desk.errors == []


def test_a_question_that_was_left_is_taken_up_again_by_the_button_that_offers_it() -> None:
    with open_space("draft-in-german", schema=SCHEMA) as space:
        give(space, *house())
        desk = Desk(space)
        desk.show("home")
        desk.ask("stay.new")
        desk.dom.user(kind="closed", target="ask", values={"name": "Ann Otherwise"})
        offered = re.search(r'data-draft="([^"]*)"', desk.drawn())
        assert offered is not None
        assert "Ann Otherwise" in desk.ask("ask.resume", draft=offered[1])
        assert desk.errors == []


def test_a_value_in_words_can_be_cut_and_compared_as_it_is_shown() -> None:
    with open_space("values-in-german", schema=SCHEMA) as space:
        words = field_text(Desk(space).hotel, None, "active", True)
    assert (words.text[:1], len(words.text)) == ("j", 2)


def test_settling_is_shown_in_the_language_and_told_to_the_log_in_english() -> None:
    two = Two({"notes": "early"}, {"notes": "noon"}, collection=RESERVATIONS, **STAY)
    assert "Was gilt? Reservierung von" in two.open()
    two.apply(side_0="mine")
    versions = two.page.hotel.history(RESERVATIONS, "g")
    assert versions is not None
    assert versions[0].label.startswith("Settle Reservation of")


def test_who_looks_is_a_sentence_of_the_language() -> None:
    assert "Bo sieht sich das gerade an" in company_line([Face("Bo", ())], elsewhere=False)
    own = company_line([Face("Ada", (), own=True)], elsewhere=False)
    assert "Sie sehen sich das gerade an" in own


def test_markup_stands_where_the_language_puts_it() -> None:
    shown = h.p[phrase(tr("Ask {who} first.", who=GAP), h.strong["Ann"])]
    assert shown == "<p>Zuerst <strong>Ann</strong> fragen.</p>"
