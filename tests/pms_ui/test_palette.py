"""The palette: a few letters and Enter lead anywhere, and begin anything (PMS-12)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync.native import open_space
from pysync_pms.commands import HOTEL, CheckIn, CreateGuest, SetSettings
from pysync_pms.schema import SCHEMA
from tests.pms.support import TODAY, book, give, house
from tests.pms.test_folio import charge
from tests.pms.test_invoices import issue
from tests.pms_ui.test_folio_card import Desk

pytestmark = pytest.mark.req("PMS-12")


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with open_space(f"palette-{request.node.name}"[:90].replace("/", "-"), schema=SCHEMA) as space:
        give(
            space,
            *house(),
            SetSettings(id=HOTEL, changes={"business_date": TODAY}),
            book("s"),
            CheckIn(id="s", on=TODAY),
            charge("c", 1_000),
            issue("i", "c"),
        )
        page = Desk(space)
        page.show("home")
        page.dom.user(kind="key", key="Ctrl+k", typing=True)
        page.drawn()
        yield page
        assert page.errors == []


def typed(desk: Desk, text: str) -> str:
    """Type into it; answers what is drawn."""
    desk.dom.user(kind="input", action="palette.type", value=text)
    return desk.drawn()


def enter(desk: Desk, text: str) -> str:
    """Type and press Enter; answers where that leads."""
    desk.dom.user(kind="submit", action="palette.first", values={"q": text})
    desk.drawn()
    route = desk.app.route
    return f"{route.screen}/{route.record}".rstrip("/")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dash", "dashboard"),
        ("need att", "attention"),
        ("souza", "reservations/s"),
        ("miller", "guests/bob"),
        ("102", "rooms/102"),
        ("1", "invoices/i"),
    ],
)
def test_a_few_letters_and_enter_are_enough(desk: Desk, text: str, place: str) -> None:
    assert enter(desk, text) == place


def test_what_is_found_is_said_with_what_it_is(desk: Desk) -> None:
    drawn = typed(desk, "souza")
    for words in ("Ana Souza", "In house", "Guest", "2 found"):
        assert words in drawn, words
    assert "Nothing found." in typed(desk, "xyzzy")


def test_something_is_begun_from_anywhere(desk: Desk) -> None:
    desk.dom.user(kind="submit", action="palette.first", values={"q": "new res"})
    assert any(c["op"] == "dialog" and c["id"] == "ask" and c["open"] for c in desk.dom.sent)


def test_without_a_word_it_shows_what_there_is(desk: Desk) -> None:
    typed(desk, "x")
    drawn = typed(desk, "")
    for words in ("New reservation", "Tape chart", "Emergency list"):
        assert words in drawn, words


def test_a_place_that_begins_so_comes_before_people(desk: Desk) -> None:
    give(desk.space, CreateGuest(id="d", first_name="Dash", last_name="Miller"))
    drawn = typed(desk, "dash")
    assert drawn.index("Dashboard") < drawn.index("Dash Miller")
