"""Figures of the staff: what was spent, who is at work, hours; always what counting anew gives."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from pysync_pms.calendar import add_days, to_day
from pysync_pms.expenses.commands import BookExpense
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.figures import Basis, Book
from pysync_pms.figures import staff_queries as sq
from pysync_pms.staffing.time_commands import ClockIn, ClockOut
from pysync_pms.staffing.words import MILEAGE, TIMES
from pysync_pms.words import STAFF
from tests.pms.claims_support import STAFF as PEOPLE
from tests.pms.claims_support import approve, pay, reject, submit, taxi
from tests.pms.plain_figures import read
from tests.pms.support import TODAY, give, open_house

pytestmark = pytest.mark.req("PMS-08", "RT-01")
FIRST = date.fromisoformat(TODAY) - timedelta(3)
DAYS = st.integers(0, 5).map(lambda n: (FIRST + timedelta(n)).isoformat())
BASIS = Basis(currency="EUR")
CLAIM = {
    "on": DAYS,
    "amount": st.integers(1, 10**6),
    "currency": st.sampled_from(("EUR", None, "USD")),
    "submission": st.integers(0, 2),
    "decided": st.none() | st.integers(0, 2),
    "decision": st.sampled_from((None, "approved", "rejected")),
    "paid_on": st.none() | DAYS,
}
SPENT = st.fixed_dictionaries(
    {
        **CLAIM,
        "category": st.sampled_from(("travel", "meals")),
        "booked_as": st.sampled_from((None, None, "repairs")),
    }
)
TRIP = st.fixed_dictionaries(CLAIM)
PERSON = st.fixed_dictionaries(
    {"name": st.just("A"), "active": st.sampled_from((None, True, False))}
)
TIME = st.fixed_dictionaries(
    {
        "on": DAYS,
        "staff": st.sampled_from(("ann", "ben")),
        "start": st.integers(0, 500),
        "end": st.none() | st.integers(500, 1_500),
        "break_total": st.none() | st.integers(0, 90),
    }
)
PUTS = st.lists(
    st.tuples(
        st.integers(0, 5).map(str),
        st.tuples(st.just(EXPENSES), st.none() | SPENT)
        | st.tuples(st.just(MILEAGE), st.none() | TRIP)
        | st.tuples(st.just(STAFF), st.none() | PERSON)
        | st.tuples(st.just(TIMES), st.none() | TIME),
    ),
    min_size=8,
    max_size=50,
)


def _counts(claim: dict[str, Any]) -> tuple[bool, bool]:
    """Whether it is spent, and whether it was approved: by the life of a claim, not by its code."""
    if claim["paid_on"]:
        return True, True
    if not claim["submission"]:
        return False, False
    if claim["decided"] != claim["submission"]:
        return True, False
    return (claim["decision"] == "approved",) * 2


def _spent(records: dict[str, dict[str, Any]], first: str, until: str) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for collection in (EXPENSES, MILEAGE):
        for claim in records[collection].values():
            is_spent, is_approved = _counts(claim)
            if is_spent and first <= claim["on"] < until:
                named = claim.get("booked_as") or claim.get("category") or "mileage"
                row = found.setdefault((claim["currency"] or "EUR", named), [0, 0, 0])
                row[0] += 1
                row[1] += claim["amount"]
                row[2] += claim["amount"] * is_approved
    return found


@settings(max_examples=150, deadline=None)
@examples(PUTS, DAYS, st.integers(1, 6))
def test_every_sum_is_what_counting_anew_gives(puts: list[Any], first: str, length: int) -> None:
    """FIGURE-1, FIGURE-2 of the staff's collections."""
    book = Book()
    records: dict[str, dict[str, Any]] = {EXPENSES: {}, MILEAGE: {}, STAFF: {}, TIMES: {}}
    for record_id, (collection, fields) in puts:
        book.put(collection, record_id, fields, at=0)
        records[collection].pop(record_id, None)
        if fields is not None:
            records[collection][record_id] = fields
    until = add_days(first, length)
    span = to_day(first), to_day(until)
    told = {(row.currency, row.category): [row.number, row.amount, row.approved]
            for row in sq.spent(book, *span, BASIS)}  # fmt: skip
    assert told == _spent(records, first, until)
    assert sq.spent_in_all(book, *span, BASIS) == sum(
        row[1] for key, row in told.items() if key[0] == "EUR"
    )
    claims = [*records[EXPENSES].values(), *records[MILEAGE].values()]
    assert sq.waiting(book) == sum(_counts(claim) == (True, False) for claim in claims)
    times = records[TIMES].values()
    worked: dict[str, int] = {}
    for time in times:
        if first <= time["on"] < until:
            closed = time["end"] is not None
            more = time["end"] - time["start"] - (time["break_total"] or 0) if closed else 0
            worked[time["staff"]] = worked.get(time["staff"], 0) + max(0, more)
    assert sq.hours(book, *span) == worked
    assert sq.at_work(book) == len({time["staff"] for time in times if time["end"] is None})
    assert len(book.employed) == sum(
        each["active"] is not False for each in records[STAFF].values()
    )
    for collection, held in records.items():
        for record_id in list(held):
            book.put(collection, record_id, None, at=0)
    assert not any((book.spent.by_day, book.spent.states, book.driven.by_day, book.driven.states,
                    book.hours.by_day, book.hours.at_work, len(book.employed)))  # fmt: skip


def test_the_work_of_the_staff_counts_at_once() -> None:
    """A draft is not spent, what is submitted is, what is rejected is not, accounting's category
    counts; who clocks in is at work until they clock out."""
    space = open_house("staff-figures", *PEOPLE)
    book, reading = read(space)
    while reading.step():
        pass
    day = to_day(TODAY)

    def spent() -> list[tuple[str, int, int]]:
        rows = sq.spent(book, day, day + 1, BASIS)
        return [(row.category, row.amount, row.approved) for row in rows]

    give(space, taxi())
    assert spent() == []
    give(space, submit())
    assert (spent(), sq.waiting(book)) == ([("travel", 2_500, 0)], 1)
    give(space, BookExpense(collection=EXPENSES, id="x", category="training"))
    assert spent() == [("training", 2_500, 0)]
    give(space, approve())
    assert (spent(), sq.waiting(book)) == ([("training", 2_500, 2_500)], 0)
    give(space, pay(), taxi("y", amount=900), submit("y"), reject("y"))
    assert spent() == [("training", 2_500, 2_500)]

    people = len(book.employed)
    assert people == sum(each.get("active") is not False for each in space.view.all(STAFF))
    give(space, ClockIn(id="t", staff="marc", on=TODAY, at=29_700_000))
    assert (sq.at_work(book), sq.hours(book, day, day + 1)) == (1, {"marc": 0})
    give(space, ClockOut(staff="marc", at=29_700_090))
    assert (sq.at_work(book), sq.hours(book, day, day + 1)) == (0, {"marc": 90})
