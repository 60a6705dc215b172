"""A hotel that was kept without a server comes to one as it stands, and gives nobody a right."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pysync import Space
from pysync.first_state import export_first_state, read_first_state
from pysync.machines.batches import replace_names
from pysync.machines.founding import found
from pysync.machines.replica import Replica
from pysync.model.change import CREATE, SET, Change, Op
from pysync.model.decision import Decision
from pysync.model.snapshot import read_rows
from pysync_pms.calendar import add_days, to_day
from pysync_pms.commands import (
    HOTEL,
    CheckIn,
    CheckOut,
    CloseDay,
    CreditInvoice,
    MergeGuests,
    Reverse,
    SetServiceability,
    SetSettings,
    Split,
)
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.invoices import next_serial
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.commands import CreateTrip
from pysync_pms.staffing.time_commands import AddTime, ClockIn, CorrectTime
from pysync_pms.staffing.times import monday
from pysync_pms.staffing.week_commands import ApproveWeek
from pysync_pms.staffing.words import SHEETS, TIMES
from pysync_pms.words import INVOICE, INVOICES
from tests.pms.claims_support import STAFF, approve, pay, reject, submit, taxi
from tests.pms.stock_support import STORE, count, receive, reverse
from tests.pms.stock_support import issue as take
from tests.pms.support import TODAY, Leader, book, open_house
from tests.pms.test_folio import TAXES, charge
from tests.pms.test_folio import pay as pay_line
from tests.pms.test_invoices import ISSUER, issue
from tests.pysync.kit import WALL, mark

pytestmark = pytest.mark.req("SRV-21", "PMS-10")
FRIDAY = add_days(TODAY, -7)
NINE = (to_day(FRIDAY) - to_day("1970-01-01")) * 1_440 + 540


def full_house(name: str) -> Space:
    """Of everything that a rule is about something that happened, and was put right."""
    return open_house(
        name,
        SetSettings(id=HOTEL, changes={"taxes": TAXES, **ISSUER, "mileage_rate": 3_600}),
        *(*STAFF, *STORE),
        MergeGuests(keep="eve", others=("bob",)),
        book("s", TODAY, add_days(TODAY, 2)),
        book("z", add_days(TODAY, -9), FRIDAY, room="102", guest_id="eve"),
        *(CheckIn(id="s", on=TODAY), CheckIn(id="z", on=add_days(TODAY, -9))),
        *(charge("wrong"), charge("beer", 450), charge("wine", 900), charge("cake", 300)),
        Reverse(id="a-reversal", line="wrong", on=TODAY, reason="Wrong room"),
        Split(id="a-split", line="wine", on=TODAY, parts=(("s", 1, 1), ("s", 2, 1))),
        pay_line("p", 500),
        *(issue("i2", "beer"), issue("i1", "cake")),
        CreditInvoice(id="k", invoice="i2", on=TODAY, lines=("beer",), reason="Wrong name"),
        CheckOut(id="z", on=FRIDAY),
        SetServiceability(room="101", serviceability="out-of-service", reason="Leak"),
        CloseDay(day=TODAY),
        *(receive("z", 20), take("a", 15), count("d", 4), reverse("b", "d")),
        *(taxi("x"), submit("x"), approve("x"), taxi("y", amount=70), submit("y"), approve("y")),
        pay("x", "y", reference="SEPA-1"),
        *(taxi("r", amount=1), submit("r"), reject("r"), taxi("o", amount=2), submit("o")),
        CreateTrip(id="m", staff="marc", on=TODAY, purpose="Market", distance=125, rate=3_600),
        SetSettings(id=HOTEL, changes={"mileage_rate": 5_000}),
        AddTime(id="t", staff="marc", on=FRIDAY, start=NINE, end=NINE + 60, note="x"),
        CorrectTime(id="t", on=FRIDAY, start=NINE, end=NINE + 90, reason="x", day=TODAY),
        ApproveWeek(staff="marc", week=monday(FRIDAY), minutes=90, on=TODAY),
        ClockIn(id="c", staff="marc", on=TODAY, at=NINE + 7 * 1_440),
    )


def told(space: Space, relay: Leader, by: str = "Ada") -> list[tuple[Change, Decision]]:
    """All records of the space as a founder tells them to a relay, brought by that person."""
    rows = read_rows(read_first_state(export_first_state(space), space.name))
    batches = found(rows, Replica(SCHEMA), "device", WALL)
    changes = [replace_names(each, "", by) for batch in batches for each in batch.changes]
    return [(each, relay.decide(each)) for each in changes]


def records(view: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(key, row["id"]): dict(row) for key in SCHEMA.collections for row in view.all(key)}


def test_all_that_a_hotel_did_alone_comes_to_a_server_as_it_was() -> None:
    """STOCK-9: and claims, times, weeks, folios, closed days and papers with their numbers."""
    house, relay = full_house("found-whole"), Leader()
    outcomes = [(change, each) for change, each in told(house, relay) if each.code]
    assert outcomes == []
    assert records(relay.state) == records(house.view)
    assert next_serial(relay.state, INVOICE) == 3


def test_a_paper_whose_number_is_taken_there_has_the_next_one_and_says_so() -> None:
    """INVOICE-10: nothing about printed numbers is silent."""
    relay = Leader()
    told(full_house("found-first"), relay)
    taken = relay.state.get(INVOICES, "i1") or {}
    fields = {name: value for name, value in taken.items() if name != "id"}
    decision = relay.decide(founding(INVOICES, "another", fields))
    assert (decision.outcome, decision.code) == ("amended", "renumbered")
    made = relay.state.get(INVOICES, "another") or {}
    assert (made["number"], made["printed_as"], taken["number"]) == ("3", "2", "2")


def founding(key: str, rid: str, fields: dict[str, Any], by: str = "Max") -> Change:
    """One record as a forged founder tells it."""
    change = Change(mark("~device", next(_numbers)), (Op(CREATE, key, rid, fields),))
    return replace_names(change, "", by)


_numbers = itertools.count(1_000)
DONE = {"submission": 1, "submitted_on": TODAY, "decided": 1, "decided_on": TODAY}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"decision": "approved"}, ""),
        ({"decision": "approved", "decided_by": "Ada"}, "signed"),
        ({"decision": "approved", "staff": "max"}, "own-claim"),
        ({"decision": "rejected", "reason": "x", "staff": "max"}, "own-claim"),
        ({"decision": "approved", "owner": "Max", "submitted_by": "Max"}, "own-claim"),
        ({"owner": "Ada"}, "signed"),
        ({"decided": 2, "decision": "approved"}, "submission"),
        ({"amount": None}, "incomplete"),
        ({"staff": "nobody"}, "claim"),
    ],
)
def test_who_brings_a_hotel_along_brings_no_approval_of_their_own(
    more: dict[str, Any], code: str
) -> None:
    """CLAIM-7, AUTHOR-2: nor one in somebody's name."""
    relay = at_work()
    fields = {"staff": "marc", "on": TODAY, "category": "travel", "amount": 90, **DONE, **more}
    if "decision" not in more:
        fields |= {"decided": None, "decided_on": None}
    decision = relay.decide(founding(EXPENSES, "x", fields))
    assert decision.code == code


def at_work() -> Leader:
    """A relay that knows the staff, Max among them, who brings a hotel along."""
    relay = Leader()
    told(open_house(f"found-staff-{next(_numbers)}", *STAFF), relay)
    fields = {"name": "Max", "role": "manager", "account": "max", "active": True}
    relay.decide(founding("staff", "max", fields))
    return relay


def test_nor_a_week_that_was_worked_by_them_or_a_time_in_anothers_name() -> None:
    """TIME-4, AUTHOR-2."""
    relay = at_work()
    time = {"on": FRIDAY, "start": NINE, "end": NINE + 60}
    week = {"week": monday(FRIDAY), "minutes": 60, "approved_on": TODAY}

    def code(key: str, rid: str, fields: dict[str, Any]) -> str:
        return relay.decide(founding(key, rid, fields)).code

    for staff, approved in (("max", "own-time"), ("marc", "")):
        mine, sheet = {"staff": staff}, f"{staff}.{monday(FRIDAY)}"
        assert code(TIMES, f"t-{staff}", mine | time) == ""
        assert code(SHEETS, sheet, mine | week | {"approved_by": "Ada"}) == "signed" or approved
        assert code(SHEETS, sheet, mine | week | {"minutes": 90}) in ("more-since", "own-time")
        assert code(SHEETS, sheet, mine | week) == approved
    later = {"start": NINE + 90, "end": None}
    assert code(TIMES, "u", {"staff": "max", **time, **later, "in_by": "Ada"}) == "signed"
    assert code(TIMES, "u", {"staff": "marc", **time, **later}) == "week-approved"
    assert code(TIMES, "u", {"staff": "max", **time, "end": NINE + 5}) == "double"


def test_what_is_here_already_is_judged_as_ever() -> None:
    """No founder changes what is final, or takes a room that somebody has."""
    relay, house = Leader(), full_house("found-twice")
    told(house, relay)
    over = Op(SET, EXPENSES, "x", {"amount": 1}, relay_version(relay, EXPENSES, "x"))
    late = replace_names(Change(mark("~device", 3_000), (over,)), "", "Max")
    assert relay.decide(late).code == "claim-paid"
    stay = dict(house.view.get("reservations", "s") or {})
    del stay["id"]
    assert relay.decide(founding("reservations", "another", stay)).code != ""
    for line in ({"stay": "nobody"}, {"currency": "CHF"}):
        fields = {"stay": "s", "window": 1, "kind": "charge", "on": TODAY, "text": "x",
                  "amount": 1, "category": "room", "currency": "EUR", **line}  # fmt: skip
        assert relay.decide(founding("folio_lines", f"l{line}"[:9], fields)).outcome == "refused"
    assert relay.decide(founding(INVOICES, "j", {"kind": "invoice"})).code == "incomplete"
    circle = [founding("guests", name, {"last_name": name, "merged_into": into})
              for name, into in (("one", "two"), ("two", "one"))]  # fmt: skip
    assert [relay.decide(each).code for each in circle] == ["", "merge-circle"]


def relay_version(relay: Leader, key: str, rid: str) -> str:
    cell = relay.state.cell(key, rid)
    assert cell is not None
    return cell.rev.version
