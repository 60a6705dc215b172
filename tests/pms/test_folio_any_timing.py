"""The ledger whatever the timing: two desks, both offline, post, pay, reverse and split."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import Refused
from pysync_pms.commands import (
    HOTEL,
    Charge,
    CheckIn,
    CheckOut,
    Command,
    Pay,
    Reverse,
    SetSettings,
    Split,
)
from pysync_pms.ledger import balance, lines_of, sum_taxes
from tests.pms.support import TODAY, Desk, book, deliver_all, two_desks
from tests.pms.test_folio import TAXES, charge, pay

pytestmark = pytest.mark.req("PMS-04", "PMS-10")
TOMORROW = "2026-11-21"
SETTINGS = SetSettings(id=HOTEL, changes={"taxes": TAXES, "business_date": TODAY})


def desks(*commands: Command) -> tuple[Desk, Desk]:
    """Two desks that know a stay in the house, and what was given before."""
    _, north, south = two_desks(book("s"), CheckIn(id="s", on=TODAY), SETTINGS, *commands)
    return north, south


def lines(desk: Desk) -> list[Any]:
    """The lines of the stay, as they are decided."""
    return list(lines_of(desk.leader.state, "s"))


@pytest.mark.req("SRV-11")
def test_a_payment_that_is_posted_twice_is_one_payment() -> None:
    """By a retry after a lost answer, at two desks, and on two days."""
    north, south = desks()
    north.give(pay("p", 5_000, reference="7001"), stamp=10)
    south.give(pay("p", 5_000, reference="7001", on=TOMORROW), stamp=11)
    first, second = deliver_all(north, south)
    assert first.outcome == "applied"
    assert second.outcome in ("merged", "amended")
    [line] = lines(north)
    assert (line["amount"], line["on"]) == (-5_000, TODAY)


def test_one_reference_of_a_provider_is_one_payment_under_whatever_id() -> None:
    north, south = desks()
    north.give(pay("p", 5_000, provider="bank", reference="7001"), stamp=10)
    south.give(pay("q", 5_000, provider="bank", reference="7001"), stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "paid-already")
    assert second.params["line"] == "p"
    assert balance(lines(north)) == -5_000
    with pytest.raises(Refused, match="posted already"):
        north.sync()
        north.give(pay("r", 5_000, provider="bank", reference="7001"), stamp=12)
    north.give(pay("r", 5_000, provider="cash desk", reference="7001"), stamp=13)


def test_another_payment_under_the_same_id_is_refused_and_the_first_stands() -> None:
    north, south = desks()
    north.give(pay("p", 5_000), stamp=10)
    south.give(pay("p", 6_000), stamp=11)
    _, second = deliver_all(north, south)
    assert second.outcome == "refused"
    assert balance(lines(north)) == -5_000


def test_a_line_that_two_desks_reverse_is_reversed_once() -> None:
    north, south = desks(charge("1", tax="low"))
    north.give(Reverse(id="n", line="1", on=TODAY, reason="Wrong"), stamp=10)
    south.give(Split(id="m", line="1", on=TODAY, parts=(("s", 2, 1),)), stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "reversed")
    assert balance(lines(north)) == 0
    assert [line["id"] for line in lines(north)] == ["1", "n"], "nothing of it is half applied"


def test_a_charge_that_meets_a_check_out_is_kept_and_asks_for_attention() -> None:
    north, south = desks()
    north.give(CheckOut(id="s", on=TODAY), stamp=10)
    south.give(charge("bar", 900, text="Bar", category="beverage"), stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("amended", "charged-afterwards")
    stay = north.leader.state.get("reservations", "s")
    assert stay is not None
    assert (stay["status"], stay["attention"]) == ("checked-out", "charged-afterwards")
    assert balance(lines(north)) == 900


def test_a_line_bears_the_business_date_of_the_log() -> None:
    north, south = desks()
    north.give(SetSettings(id=HOTEL, changes={"business_date": TOMORROW}), stamp=10)
    south.give(charge("1"), stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("amended", "business-date")
    assert [line["on"] for line in lines(north)] == [TOMORROW]


AMOUNTS = st.integers(1, 10**6)
WINDOWS = st.integers(1, 4)
PARTS = st.lists(st.tuples(st.just("s"), WINDOWS, st.integers(1, 100)), min_size=1, max_size=5)
STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(("charge", "pay", "reverse", "split", "again", "deliver")),
        AMOUNTS,
        st.integers(0, 30),
        PARTS,
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_two_desks_do_the_folio_sums_to_what_counts(steps: list[Any]) -> None:
    """Charges and payments that stand, once each; reversals and splits change no sum."""
    north, south = desks()
    given_: list[Command] = []
    for at, (who, what, amount, pick, parts) in enumerate(steps):
        desk = north if who else south
        known = list(lines_of(desk.state, "s"))
        one = known[pick % len(known)]["id"] if known else "none"
        command: Command
        if what == "charge":
            command = charge(f"c{at}", amount, tax="full" if pick % 2 else None, window=1)
        elif what == "pay":
            command = pay(f"p{at}", amount, reference=str(pick))
        elif what == "reverse":
            command = Reverse(id=f"r{at}", line=one, on=TODAY, reason="x")
        elif what == "split":
            command = Split(id=f"s{at}", line=one, on=TODAY, parts=tuple(parts))
        elif what == "again" and given_:
            command = given_[pick % len(given_)]
        else:
            list(deliver_all(north, south))
            continue
        given_.append(command)
        try:
            desk.give(command, stamp=10 + at)
        except Refused:
            continue
    list(deliver_all(north, south))
    rows = {line["id"]: line for line in lines(north)}
    made = {each.id: each for each in given_ if isinstance(each, Charge | Pay)}
    originals = [row for row in rows.values() if not row.get("reverses") and not row.get("part_of")]
    assert all(abs(row["amount"]) == made[row["id"]].amount for row in originals)
    worth = {row["id"]: _worth(row, rows.values()) for row in originals}
    assert balance(rows.values()) == sum(worth.values())
    references = [
        row["reference"] for row in originals if row.get("reference") and worth[row["id"]]
    ]
    assert len(references) == len(set(references))
    for whole in {row["part_of"] for row in rows.values() if row.get("part_of")}:
        pieces = [row for row in rows.values() if row.get("part_of") == whole]
        assert sum(piece["amount"] for piece in pieces) == rows[whole]["amount"]
        assert _taxes(pieces) == _taxes([rows[whole]])


def _taxes(lines: list[Any]) -> list[Any]:
    return [row for row in sum_taxes(lines) if row[2]]


def _worth(line: Any, lines: Iterable[Any]) -> int:
    """What a line still counts: itself, what its parts count, or nothing once it was reversed."""
    if all(each.get("reverses") != line["id"] for each in lines):
        return int(line["amount"])
    return sum(_worth(each, lines) for each in lines if each.get("part_of") == line["id"])
