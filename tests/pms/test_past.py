"""A hotel that holds only other years says which, and what was busiest in them."""

from __future__ import annotations

import pytest

from pysync_pms.calendar import add_days
from pysync_pms.commands import Cancel, CheckIn, CheckOut
from pysync_pms.queries import open_stays, past_only, slept
from tests.pms.support import TODAY, book, give, open_house

pytestmark = pytest.mark.req("PMS-01")
STAYS = (("a", "101", "2015-09-17", "2015-09-19"), ("b", "102", "2015-09-18", "2016-01-04"))


def test_the_years_and_the_busiest_night_of_a_hotel_of_the_past() -> None:
    with open_house("past") as space:
        for rid, room, start, end in STAYS:
            give(space, book(rid, start, end, room), CheckIn(id=rid, on=start), today=start)
            give(space, CheckOut(id=rid, on=end), today=end)
        give(space, book("gone", "2014-01-01", "2014-01-03", None), today="2014-01-01")
        give(space, Cancel(id="gone", on="2014-01-01"), today="2014-01-01")

        past = past_only(space.view, TODAY)
        assert past is not None
        assert (past.first, past.last, past.busiest) == ("2015-09-17", "2016-01-04", "2015-09-18")
        assert [line.id for line in slept(space.view, "2015-09-18")] == ["a", "b"]
        assert [line.id for line in slept(space.view, "2015-09-19")] == ["b"]
        assert past_only(space.view, "2016-01-20") is None, "the day has its stays"
        assert {stay["id"] for stay in open_stays(space.view, "2015-09-10")} == {"a", "b"}
        assert {stay["id"] for stay in open_stays(space.view, "2015-09-19")} == {"b"}
        assert open_stays(space.view, TODAY) == []

        give(space, book("new", add_days(TODAY, 200), add_days(TODAY, 201), None))
        assert past_only(space.view, TODAY) is None, "somebody is expected"
        assert [stay["id"] for stay in open_stays(space.view, "2015-09-18")] == ["new"]


def test_an_empty_hotel_has_no_past() -> None:
    with open_house("new") as space:
        assert past_only(space.view, TODAY) is None
