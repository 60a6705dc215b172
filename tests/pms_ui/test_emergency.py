"""The emergency list: everybody in the house, on one page, also offline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync.native import open_space
from pysync_pms.commands import CheckIn, CheckOut, EditGuest, SetServiceability
from pysync_pms.schema import SCHEMA
from tests.pms.support import TODAY, book, give, house
from tests.pms_ui.test_screens import Page

pytestmark = pytest.mark.req("PMS-02", "PMS-12")


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with open_space(f"roll-{request.node.name}"[:90], schema=SCHEMA) as space:
        give(space, *house())
        page = Page(space)
        page.show("emergency")
        yield page
        assert page.errors == []


def test_who_is_here_is_listed_by_floor_and_room_with_whom_to_look_for(page: Page) -> None:
    give(
        page.space,
        EditGuest(id="ana", changes={"phone": "+351 5550 100"}),
        book("s", room="201", room_type="STE", adults=2, children=1, infants=1),
        book("t", room="102", guest_id="bob", adults=1),
        book("u", room="103", guest_id="eve", adults=2),
        CheckIn(id="s", on=TODAY),
        CheckIn(id="t", on=TODAY),
        SetServiceability(room="202", serviceability="out-of-order", reason="Pipe"),
    )
    page.show("home")
    drawn = page.markup("emergency")
    for words in ("+351 5550 100", "4 (2 children)", "Floor 1", "Floor 2", "May still arrive"):
        assert words in drawn, words
    assert drawn.index('id="roll-t"') < drawn.index('id="roll-s"') < drawn.index('id="roll-u"')
    assert "Rooms out of order" in drawn
    assert "<p>202</p>" in drawn
    give(page.space, CheckOut(id="t", on=TODAY))
    page.show("home")
    drawn = page.markup("emergency")
    assert 'id="roll-t"' not in drawn


def test_an_empty_house_says_so(page: Page) -> None:
    page.show("home")
    assert "Nobody is in the house" in page.markup("emergency")
