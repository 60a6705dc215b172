"""The demonstration hotel's staff: what they spent, worked and drove, and who is planned."""

from __future__ import annotations

from collections import Counter

import pytest

from pysync.native import open_space
from pysync_pms.calendar import add_days
from pysync_pms.demo import build_demo
from pysync_pms.expenses.claims import STATES, state_of
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.importing import run_all
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.queries import rota
from pysync_pms.staffing.times import is_open, monday
from pysync_pms.staffing.weeks import weeks_to_approve
from pysync_pms.staffing.words import MILEAGE, SHEETS, TIMES

pytestmark = pytest.mark.req("PMS-06", "PMS-07")


@pytest.mark.parametrize("today", ["2026-11-20", "2026-11-22", "2026-11-23", "2027-03-29"])
def test_expenses_and_trips_are_in_all_states_and_none_is_of_a_day_to_come(today: str) -> None:
    """DEMO-5, DEMO-6: weeks that are long over were approved, the last ones wait."""
    space = open_space(f"demo-staff-{today}", schema=SCHEMA)
    run_all(build_demo(space, today))
    view = space.view
    assert len(list(view.all(EXPENSES))) == 60
    for collection in (EXPENSES, MILEAGE):
        found = list(view.all(collection))
        assert set(Counter(map(state_of, found))) == set(STATES)
        for each in found:
            days = ("on", "submitted_on", "decided_on", "paid_on")
            assert all((each.get(name) or "") <= today for name in days)
    assert len(weeks_to_approve(view, today, "")) == 10
    assert len(list(view.all(SHEETS))) == 30
    assert [each["staff"] for each in view.all(TIMES) if is_open(each)] == ["s-priya"]
    week = monday(today)
    published = rota(view, week, drafts=False)
    assert len(published) == 18
    assert any(any(row.days) for row in published)
    assert not any(any(row.days) for row in rota(view, add_days(week, 7), drafts=False))
    assert any(any(row.days) for row in rota(view, add_days(week, 7), drafts=True))
