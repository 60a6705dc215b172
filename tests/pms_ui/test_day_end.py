"""Closing the day from Home: who is seen to first, what is posted, and the next day."""

from __future__ import annotations

import pytest

from pysync.native import open_space
from pysync_pms.commands import CheckIn
from pysync_pms.ledger import owed
from pysync_pms.schema import SCHEMA
from tests.pms.support import TODAY, book, give, house
from tests.pms.test_audit import SETTINGS
from tests.pms_ui.test_folio_card import Desk

pytestmark = pytest.mark.req("PMS-04", "PMS-01")


def test_the_day_is_closed_once_everybody_was_seen_to() -> None:
    with open_space("day-end", schema=SCHEMA) as space:
        stays = (
            book("s", TODAY, "2026-11-23", adults=2),
            book("late", "2026-11-19", "2026-11-22", room="102", guest_id="bob"),
        )
        give(space, *house(), SETTINGS, *stays, CheckIn(id="s", on=TODAY))
        page = Desk(space)
        assert "Close the day…" in page.markup("home")
        drawn = page.ask("home.close")
        assert "Not arrived (1)" in drawn
        assert "Bob Miller did not arrive" in drawn
        page.answer()
        assert page.hotel.today == TODAY
        page.dom.user(kind="closed", target="ask")
        page.drawn()
        give(space, CheckIn(id="late", on=TODAY))
        drawn = page.ask("home.close")
        for words in ("2 stays", "3 nights", "City tax"):
            assert words in drawn
        page.answer()
        assert owed(space.view, "s") == 10_400
        assert page.hotel.today == "2026-11-21"
        assert "The business date is another one" not in page.markup("home")
        assert page.errors == []
