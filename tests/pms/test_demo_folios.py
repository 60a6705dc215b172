"""The demonstration's folios: who left is settled, who is here owes the nights that have passed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from pysync import Space
from pysync.model.guard import Record
from pysync.model.state import State
from pysync.native import open_space
from pysync_pms.calendar import add_days, days_between
from pysync_pms.commands import HOTEL, Charge
from pysync_pms.demo import build_demo
from pysync_pms.importing import run_all
from pysync_pms.ledger import FIRST, balance, is_open, lines_of, owed, reversal_of, windows
from pysync_pms.money import tax_within
from pysync_pms.schema import SCHEMA
from pysync_pms.taxes import taxes_of
from pysync_pms.words import ARTICLES, FOLIOS, LINES, RESERVATIONS, SETTINGS
from tests.pms.support import Desk, Leader

pytestmark = pytest.mark.req("PMS-04")
DATES = ("2026-11-20", "2024-02-29", "2026-12-31")
LATER = 1 << 50


@pytest.fixture(scope="module", params=DATES)
def demo(request: pytest.FixtureRequest) -> Iterator[tuple[Space, str]]:
    """The demonstration around a date."""
    with open_space(f"demo-folios-{request.param}", schema=SCHEMA) as space:
        run_all(build_demo(space, request.param))
        yield space, request.param


def stays(space: Space, status: str) -> list[Record]:
    """All that stand like this."""
    return [stay for stay in space.view.all(RESERVATIONS) if stay["status"] == status]


def test_whoever_left_in_the_last_days_has_paid_every_window(demo: tuple[Space, str]) -> None:
    space, today = demo
    settled = 0
    for stay in stays(space, "checked-out"):
        lines = lines_of(space.view, stay["id"])
        assert bool(lines) == (stay["to"] >= add_days(today, -7)), stay["id"]
        assert [each.balance for each in windows(space.view, stay["id"]) if each.balance] == []
        assert not lines or sum(each.payments for each in windows(space.view, stay["id"])) > 0
        settled += bool(lines)
    assert settled > 50


def test_whoever_is_here_owes_the_nights_that_have_passed(demo: tuple[Space, str]) -> None:
    space, today = demo
    city_tax = (space.view.get(SETTINGS, HOTEL) or {})["city_tax"]
    here = stays(space, "checked-in")
    for stay in here:
        passed = list(days_between(stay["from"], today))
        lines = lines_of(space.view, stay["id"])
        rooms = [line for line in lines if line.get("category") == "room"]
        assert [line["id"] for line in rooms] == [f"room.{stay['id']}.{night}" for night in passed]
        assert [line["night"] for line in rooms] == passed
        assert {line["amount"] for line in rooms} <= {stay["rate"]}
        city = [line["amount"] for line in lines if line.get("category") == "city-tax"]
        assert city == [city_tax * stay["adults"]] * len(passed)
        assert owed(space.view, stay["id"]) >= (stay["rate"] + city_tax) * len(passed)
    assert sum(owed(space.view, stay["id"]) > 0 for stay in here) > 15


def test_no_line_is_of_a_day_or_a_night_to_come(demo: tuple[Space, str]) -> None:
    space, today = demo
    lines = list(space.view.all(LINES))
    assert max(line["on"] for line in lines) <= today
    assert max(line["night"] for line in lines if line.get("night")) < today
    assert 1_000 < len(lines) <= 2_500


def test_every_charge_holds_the_tax_of_its_price(demo: tuple[Space, str]) -> None:
    space, _ = demo
    rates = {code: rate for code, _, rate in taxes_of(space.view)}
    articles = {each["id"]: each for each in space.view.all(ARTICLES)}
    held: dict[str, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    for line in space.view.all(LINES):
        category, rows = line.get("category"), line.get("taxes") or []
        if line["kind"] == "payment" or category == "city-tax":
            assert rows == []
            continue
        sold = articles.get(line.get("article") or "")
        code = sold["tax"] if sold is not None else "lodging"
        assert rows == [[code, rates[code], tax_within(line["amount"], rates[code])]]
        if sold is not None:
            assert abs(line["amount"]) == sold["price"] * line["quantity"]
        held[line["stay"]][code, rates[code]] += rows[0][2]
    for stay, taxes in held.items():
        found: Counter[tuple[str, int]] = Counter()
        for window in windows(space.view, stay):
            found.update({(code, rate): amount for code, rate, amount in window.taxes})
        assert found == {key: amount for key, amount in taxes.items() if amount}


def test_some_arrivals_are_paid_in_advance_and_some_companies_pay_for_the_room(
    demo: tuple[Space, str],
) -> None:
    space, today = demo
    view = space.view
    paid = [stay for stay in stays(space, "confirmed") if lines_of(view, stay["id"])]
    assert len(paid) >= 5
    for stay in paid:
        [line] = lines_of(view, stay["id"])
        assert (line["kind"], line["amount"], line["text"]) == ("payment", -stay["rate"], "Deposit")
        assert line["on"] <= min(today, stay["booked_on"])
    named = list(view.all(FOLIOS))
    assert len(named) >= 4
    for folio in named:
        stay = view.get(RESERVATIONS, folio["stay"]) or {}
        assert (folio["name"], folio["window"]) == (stay["company"], 2)
        by_window = {each.number: each for each in windows(view, folio["stay"])}
        assert {line.get("category") for line in by_window[FIRST].lines} <= {
            *("city-tax", "food", "beverage", "amenity", "parking", "fee", "other", None),
        }
        if 2 in by_window:
            assert {line.get("category") for line in by_window[2].lines} <= {"room", None}


def test_something_was_posted_in_error_and_taken_back(demo: tuple[Space, str]) -> None:
    view = demo[0].view
    wrong = [
        line for line in view.all(LINES) if not line.get("reverses") and not is_open(view, line)
    ]
    assert wrong
    for line in wrong:
        back = reversal_of(view, line["id"])
        assert back is not None
        assert back["reason"]
        assert balance([line, back]) == 0


def copy_of(state: State, *without: str) -> State:
    """The state, without these lines."""
    copy = State(SCHEMA)
    for key, cells in state.cells.items():
        for rid, cell in cells.items():
            if key != LINES or rid not in without:
                copy.put(key, rid, cell)
    return copy


@pytest.mark.req("SRV-11")
@pytest.mark.parametrize("status", ["checked-in", "checked-out"])
def test_a_night_that_is_posted_again_is_posted_once(demo: tuple[Space, str], status: str) -> None:
    """By a desk that has not heard of the first time."""
    space, _ = demo
    leader = Leader()
    leader.state = copy_of(space.tab.replica.view)
    line = next(
        line
        for stay in stays(space, status)
        for line in lines_of(space.view, stay["id"])
        if line.get("category") == "room"
    )
    rows = len(list(leader.state.all(LINES)))
    desk = Desk("night", leader)
    desk.state = copy_of(leader.state, line["id"])
    desk.write(_charged(line), stamp=LATER)
    delivered = desk.deliver()
    assert delivered is not None
    assert (delivered[1].outcome, delivered[1].conflicts) == ("merged", ())
    assert leader.state.get(LINES, line["id"]) == line
    assert len(list(leader.state.all(LINES))) == rows
    stay = leader.state.get(RESERVATIONS, line["stay"]) or {}
    assert stay.get("attention") is None

    # Of a desk that knows another price, too.
    desk.state = copy_of(leader.state, line["id"])
    desk.write(_charged(line, amount=line["amount"] + 1), stamp=LATER + 1)
    delivered = desk.deliver()
    assert delivered is not None
    assert delivered[1].code == "posted-again"
    assert leader.state.get(LINES, line["id"]) == line


def _charged(line: Record, **other: Any) -> Charge:
    names = ("id", "stay", "on", "amount", "text", "category", "window", "night", "quantity")
    values: dict[str, Any] = {name: line[name] for name in names} | other
    return Charge(tax=line["taxes"][0][0], **values)


def test_the_desk_has_ten_things_to_sell(demo: tuple[Space, str]) -> None:
    view = demo[0].view
    found = list(view.all(ARTICLES))
    assert len(found) == 10
    codes = {tax[0] for tax in taxes_of(view)}
    assert {each["tax"] for each in found} <= codes
    assert all(each["price"] > 0 for each in found)
    assert (view.get(SETTINGS, HOTEL) or {})["room_tax"] in codes
