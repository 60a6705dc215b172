"""Invoices whatever the timing: two desks, both offline, issue, credit, reverse and move."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import Refused
from pysync.model.change import CREATE, Change, Op
from pysync_pms.commands import (
    HOTEL,
    CheckIn,
    CloseDay,
    Command,
    Reverse,
    SetSettings,
    Split,
)
from pysync_pms.invoices import billed_on
from pysync_pms.ledger import balance, lines_of, reversal_of
from pysync_pms.words import CREDIT_NOTE, INVOICE, INVOICES, LINES
from tests.pms.support import TODAY, Desk, Leader, book, deliver_all, two_desks
from tests.pms.test_folio import TAXES, charge, pay
from tests.pms.test_invoices import credit, issue

pytestmark = pytest.mark.req("PMS-04", "PMS-10")
SETTINGS = SetSettings(id=HOTEL, changes={"taxes": TAXES, "business_date": TODAY})
CHARGES = tuple(charge(f"c{n}", 1_000 + n, tax="low", text=f"c{n}") for n in range(4))


def desks(*commands: Command) -> tuple[Leader, Desk, Desk]:
    """Two desks that know a stay with four charges, and what was given before."""
    return two_desks(book("s"), CheckIn(id="s", on=TODAY), SETTINGS, *CHARGES, *commands)


def papers(leader: Leader) -> list[Any]:
    """All that was issued, as it was decided."""
    return list(leader.state.all(INVOICES))


def test_invoice_3_two_desks_that_issue_offline_get_two_numbers() -> None:
    leader, north, south = desks()
    north.give(issue("a", "c0"), stamp=10)
    south.give(issue("b", "c1"), stamp=9)
    first, second = deliver_all(north, south)
    assert (first.outcome, second.outcome, second.code) == ("applied", "amended", "numbered")
    assert {p["id"]: p["number"] for p in papers(leader)} == {"a": "1", "b": "2"}
    south.sync()
    south.give(issue("c", "c2"), stamp=11)
    assert [d.outcome for d in deliver_all(south)] == ["applied"]


def test_invoice_3_an_invoice_bears_the_day_on_which_it_is_decided() -> None:
    leader, north, south = desks()
    south.give(issue("a", "c0"), stamp=9)
    north.give(CloseDay(day=TODAY), stamp=10)
    list(deliver_all(north, south))
    assert [p["on"] for p in papers(leader)] == ["2026-11-21"]


def test_invoice_4_one_line_billed_at_two_desks_is_on_the_invoice_that_is_decided_first() -> None:
    leader, north, south = desks()
    north.give(issue("a", "c0", "c1"), stamp=10)
    south.give(issue("b", "c1", "c2"), stamp=9)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code, second.params["invoice"]) == ("refused", "invoiced", "a")
    assert [p["id"] for p in papers(leader)] == ["a"]


@pytest.mark.parametrize("first", ["invoice", "reversal"])
def test_invoice_5_an_invoice_and_a_reversal_of_what_is_on_it_do_not_both_happen(
    first: str,
) -> None:
    leader, north, south = desks()
    north.give(issue("a", "c0", "c1"), stamp=10)
    south.give(Reverse(id="r", line="c1", on=TODAY, reason="Late"), stamp=9)
    order = (north, south) if first == "invoice" else (south, north)
    _, second = deliver_all(*order)
    assert (second.outcome, second.code) == (
        ("refused", "invoiced") if first == "invoice" else ("refused", "not-open")
    )
    assert len(papers(leader)) + (reversal_of(leader.state, "c1") is not None) == 1


def test_invoice_6_what_two_desks_credit_is_credited_once() -> None:
    leader, north, south = desks(issue("a", "c0", "c1"))
    north.give(credit("k", "a", "c0"), stamp=10)
    south.give(credit("l", "a", "c0", "c1"), stamp=9)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "credited")
    assert [p["id"] for p in papers(leader) if p["kind"] == CREDIT_NOTE] == ["k"]


def test_invoice_2_issued_twice_under_one_id_it_is_there_once_with_one_number() -> None:
    leader, north, south = desks()
    north.give(issue("other", "c3"), issue("a", "c0"), stamp=10)
    south.give(issue("a", "c0"), stamp=9)
    first, second = deliver_all(north, south)
    assert first.outcome == "applied"
    assert second.outcome != "refused"
    assert {p["id"]: p["number"] for p in papers(leader)} == {"other": "1", "a": "2"}


@pytest.mark.parametrize("how", ["change", "delete"])
def test_invoice_2_nobody_changes_or_deletes_what_is_issued(how: str) -> None:
    leader, north, _ = desks(issue("a", "c0"))
    if how == "delete":
        with pytest.raises(Refused, match="credit note"):
            north.delete(INVOICES, "a", stamp=10)
    else:
        with pytest.raises(Refused, match="credit note"):
            north.edit(INVOICES, "a", {"total": 1}, stamp=10)
    assert papers(leader)[0]["total"] == 1_000


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"total": 999}, "sums-differ"),
        ({"taxes": []}, "sums-differ"),
        ({"lines": []}, "no-lines"),
        ({"lines": ["c0", "c0"]}, "no-lines"),
        ({"currency": "USD"}, "folio-currency"),
        ({"payments": ["c1"]}, "no-payment"),
        ({"window": 2}, "not-open"),
        ({"credits": "x"}, "credits"),
        ({"kind": "credit-note"}, "no-invoice"),
        ({"to_name": None}, "incomplete"),
    ],
)
def test_invoice_4_an_invoice_that_no_command_made_is_weighed_all_the_same(
    fields: dict[str, Any], code: str
) -> None:
    leader, north, _ = desks()
    change = north.give(issue("a", "c0"), stamp=10)
    assert change is not None
    [op] = change.ops
    forged = Change(
        change.mark,
        (Op(CREATE, op.key, op.rid, {**op.fields, **fields}, op.base),),
        change.meta,
    )
    decision = leader.decide(forged)
    assert (decision.outcome, decision.code) == ("refused", code)
    assert papers(leader) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to_name": "Somebody else"}, "not-copied"),
        ({"payments": ["p"]}, "not-copied"),
        ({"reason": " "}, "no-reason"),
        ({"total": 1_000}, "sums-differ"),
    ],
)
def test_invoice_6_a_credit_note_that_no_command_made_is_weighed_all_the_same(
    fields: dict[str, Any], code: str
) -> None:
    leader, north, _ = desks(issue("a", "c0"))
    change = north.give(credit("k", "a", "c0"), stamp=10)
    assert change is not None
    [op] = change.ops
    forged = Op(CREATE, op.key, op.rid, {**op.fields, **fields}, op.base)
    decision = leader.decide(Change(change.mark, (forged,), change.meta))
    assert (decision.outcome, decision.code) == ("refused", code)


def test_invoice_7_the_first_number_is_not_set_with_an_invoice_in_one_change() -> None:
    leader, north, _ = desks()
    first = SetSettings(id=HOTEL, changes={"invoice_first": 500})
    with pytest.raises(Refused, match="go on from there"):
        north.write(first, issue("a", "c0"), stamp=10)
    north.write(first, stamp=11)
    north.write(issue("a", "c0"), stamp=12)
    list(deliver_all(north))
    assert [p["number"] for p in papers(leader)] == ["500"]


def test_invoice_9_a_payment_that_two_desks_tell_of_is_on_one_invoice() -> None:
    _leader, north, south = desks(pay("p", 500))
    north.give(issue("a", "c0", payments=("p",)), stamp=10)
    south.give(issue("b", "c1", payments=("p",)), stamp=9)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "no-payment")


IDS = tuple(f"c{n}" for n in range(4))
SOME = st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True)
DEEDS = st.lists(
    st.tuples(st.sampled_from(("issue", "credit", "reverse", "move", "meet")), st.booleans(), SOME),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(DEEDS)
def test_whatever_two_desks_do_numbers_have_no_gap_and_no_line_is_billed_twice(
    deeds: list[tuple[str, bool, list[str]]],
) -> None:
    """INVOICE-1, INVOICE-4, INVOICE-5: and what is billed stands, to the cent."""
    leader, north, south = desks()
    for at, (what, is_north, some) in enumerate(deeds):
        desk = north if is_north else south
        if what == "meet":
            list(deliver_all(desk))
            desk.sync()
            continue
        invoices = [p["id"] for p in desk.state.all(INVOICES) if p["kind"] == INVOICE]
        command: Command = {
            "issue": issue(f"i{at}", *some),
            "credit": credit(f"k{at}", invoices[-1] if invoices else "", *some[:1]),
            "reverse": Reverse(id=f"r{at}", line=some[0], on=TODAY, reason="Why"),
            "move": Split(id=f"m{at}", line=some[0], on=TODAY, parts=(("s", 2, 1),)),
        }[what]
        try:
            desk.give(command, stamp=at + 10)
        except Refused:
            continue
    list(deliver_all(north, south))
    found = papers(leader)
    for kind in (INVOICE, CREDIT_NOTE):
        serials = sorted(p["serial"] for p in found if p["kind"] == kind)
        assert serials == list(range(1, len(serials) + 1))
    for line in IDS:
        billed = [p for p in found if line in p["lines"]]
        times = sum(1 if p["kind"] == INVOICE else -1 for p in billed)
        assert times in (0, 1)
        assert (billed_on(leader.state, line) is not None) == (times == 1)
        assert not (times == 1 and reversal_of(leader.state, line)), "INVOICE-5"
    for each in found:
        sign = 1 if each["kind"] == INVOICE else -1
        lines = [leader.state.get(LINES, line) for line in each["lines"]]
        assert each["total"] == sign * balance(line for line in lines if line)
    assert balance(lines_of(leader.state, "s")) == sum(
        command.amount * (reversal_of(leader.state, command.id) is None) for command in CHARGES
    ) + sum(line["amount"] for line in lines_of(leader.state, "s") if line.get("part_of"))
