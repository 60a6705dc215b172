"""The replica: confirmed state, pending changes, and the view that predicts them."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.errors import ProtocolError
from pysync.machines.replica import MAX_SKIPPED, Replica
from pysync.model.cell import Cell
from pysync.model.change import Change, Meta, Op
from pysync.model.conflict import KEPT, Candidate, Conflict
from pysync.model.decision import Decision
from pysync.model.guard import Guard, Refuse
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Schema
from pysync.model.snapshot import Packed, Rows, bucket_of, pack
from tests.pysync.kit import mark
from tests.pysync.test_properties import assert_predicted

OPEN = Schema()


def create(tab: str, n: int, stamp: int, rid: str = "r", **fields: object) -> Change:
    return Change(mark(tab, n, stamp), (Op("*", "c", rid, fields),))


def update(tab: str, n: int, stamp: int, base: str, rid: str = "r", **fields: object) -> Change:
    return Change(mark(tab, n, stamp), (Op("=", "c", rid, fields, base),))


def own(replica: Replica, change: Change) -> None:
    tried = replica.try_out(change)
    replica.admit(change, tried.cells, plain=tried.as_sent)


def shown(replica: Replica, rid: str = "r") -> Any:
    record = replica.view.get("c", rid)
    return record and {name: value for name, value in record.items() if name != "id"}


def test_replica_1_changes_heard_late_are_predicted_in_order_of_stamp_tab_and_number() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("s", 1, 0, f=0), None)
    for tab, stamp in (("c", 30), ("a", 10), ("b", 20), ("a2", 10)):
        replica.hear([update(tab, 1, stamp, "s.1", f=tab)])
        assert_predicted(replica)
    assert shown(replica) == {"f": "c"}
    assert [e.change.mark.tab for e in replica.pending._by_token["c", "r"]] == ["a", "a2", "b", "c"]


def test_replica_1_an_own_change_goes_before_one_whose_clock_is_not_believed() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("s", 1, 0, f=0), None)
    replica.hear([update("ahead", 1, 10**9, "s.1", f="theirs")])
    own(replica, update("me", 1, 50, "s.1", f="mine"))
    assert_predicted(replica)
    assert shown(replica) == {"f": "theirs"}


def test_hearing_the_same_again_or_what_is_decided_is_no_news() -> None:
    replica = Replica(OPEN)
    change = create("a", 1, 1, f=1)
    replica.hear([change])
    replica.hear([change])
    assert list(replica.pending) == ["a.1"]
    replica.confirm(1, change, None)
    replica.hear([change])
    assert (replica.pending, replica.under) == ({}, {})


def test_replica_2_under_holds_exactly_what_pending_changes_touch() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("s", 1, 0, f=0), None)
    confirmed = replica.view.cell("c", "r")
    own(replica, update("a", 1, 1, "s.1", f=1))
    own(replica, create("a", 2, 2, "x", f=1))
    assert replica.under == {("c", "r"): confirmed, ("c", "x"): None}
    assert replica.confirmed.get("c", "r") == {"id": "r", "f": 0}
    assert replica.confirmed.get("c", "x") is None
    replica.drop(["a.1", "unknown.7"])
    assert replica.under == {("c", "x"): None}
    assert shown(replica) == {"f": 0}
    replica.drop(["a.2"])
    assert (replica.under, shown(replica, "x"), replica.pending._by_token) == ({}, None, {})


def test_replica_3_an_entry_is_applied_as_decided_whatever_would_be_decided_here() -> None:
    guard = Guard("no", frozenset({"c"}), lambda *_: Refuse("no"), lambda *_: [])
    replica = Replica(Schema(collections={"c": CollectionSchema(name="c")}, guards=(guard,)))
    replica.confirm(1, create("a", 1, 1, f=1), None)
    assert shown(replica) == {"f": 1}
    refused = Decision(outcome="refused", code="no")
    replica.confirm(2, update("a", 2, 2, "a.1", f=2), refused)
    assert shown(replica) == {"f": 1}
    amended = Decision(outcome="amended", writes=(Op("=", "c", "r", {"f": 9}),), code="x")
    replica.confirm(3, update("a", 3, 3, "a.1", f=3), amended)
    assert shown(replica) == {"f": 9}


@pytest.mark.req("TAB-10")
def test_replica_3_what_does_not_fit_here_is_applied_where_it_was_decided_so() -> None:
    replica = Replica(OPEN)
    whole = Op("*", "c", "r", {"f": 1, "newer": 2})
    part = Op("*", "c", "r", {"f": 1})
    change = Change(mark("a"), (whole,), Meta(), ("c/r/newer is unknown",), (part,))
    replica.hear([change])
    assert shown(replica) == {"f": 1}
    replica.confirm(1, change, None)
    assert shown(replica) == {"f": 1, "newer": 2}


def test_replica_4_entries_come_in_order_each_once() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("a", 1, 1), None)
    for seq in (1, 3):
        with pytest.raises(AssertionError):
            replica.confirm(seq, create("a", 2, 2, "s"), None)
    replica.pass_over(7)
    replica.pass_over(3)
    assert replica.seq == 7
    replica.confirm(8, create("a", 2, 2, "s"), None)


def test_an_entry_that_cannot_be_applied_changes_nothing() -> None:
    replica = Replica(OPEN)
    own(replica, create("a", 1, 1, f=1))
    pending, view = dict(replica.pending), replica.view.cell("c", "r")
    with pytest.raises(ProtocolError):
        replica.confirm(1, update("b", 1, 2, "", "nobody", f=1), None)
    assert (replica.seq, replica.heads, replica.pending) == (0, {}, pending)
    assert replica.view.cell("c", "r") is view


def test_a_verdict_that_says_what_was_predicted_costs_no_new_cell() -> None:
    replica = Replica(OPEN)
    first, second = create("a", 1, 1, f=1), update("a", 2, 2, "a.1", f=2)
    own(replica, first)
    own(replica, second)
    cell = replica.view.cell("c", "r")
    replica.dirty.clear()
    replica.confirm(1, first, None)
    assert replica.view.cell("c", "r") is cell and not replica.dirty
    replica.confirm(2, second, None)
    assert replica.view.cell("c", "r") is cell and not replica.dirty
    assert (replica.under, replica.pending) == ({}, {})


SLOTS = Schema(
    collections={
        "c": CollectionSchema(
            name="c", indexes={"slot": lambda r: [r["slot"]] if r.get("slot") else []}
        )
    },
    guards=(
        Guard(
            "slot",
            frozenset({"c"}),
            lambda _b, after, _c, refs: (
                Refuse("taken")
                if any(
                    len(after.find("c", "slot", (after.get(*ref) or {}).get("slot"))) > 1
                    for ref in refs
                )
                else None
            ),
            lambda _, record: [record["slot"]] if record.get("slot") else [],
        ),
    ),
)


def test_replica_1_a_confirmed_entry_weighs_on_what_is_pending_beside_it() -> None:
    replica = Replica(SLOTS)
    replica.hear([create("a", 1, 10, "x", slot=1)])
    replica.confirm(1, create("b", 1, 20, "y", slot=1), None)
    assert_predicted(replica)
    assert (shown(replica, "x"), replica.pending["a.1"].post) == (None, {})
    replica.confirm(2, update("b", 2, 21, "b.1", "y", slot=2), None)
    assert_predicted(replica)
    assert shown(replica, "x") == {"slot": 1}


def test_replica_1_the_last_of_two_that_is_confirmed_first_puts_the_other_behind_it() -> None:
    replica = Replica(SLOTS)
    own(replica, create("a", 1, 10, "x", slot=1))
    leaves = update("a", 2, 11, "a.1", "x", slot=2)
    own(replica, leaves)
    own(replica, create("b", 1, 12, "y", slot=1))
    replica.confirm(1, create("b", 1, 12, "y", slot=1), None)
    assert_predicted(replica)


def test_several_entries_together_predict_the_rest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(reader: Any, change: Change, *rest: Any) -> Decision:
        asked.append(change.id)
        return decide(reader, change, *rest)

    replica = Replica(OPEN)
    replica.confirm(1, create("s", 1, 0, f=0), None)
    theirs = [update("b", n, n, "s.1", f=n) for n in range(1, 31)]
    replica.hear([update("a", n, 100 + n, "s.1", f=-n) for n in range(1, 31)])
    monkeypatch.setattr("pysync.machines.replica.decide", counted)
    monkeypatch.setattr("pysync.machines.replica.foresee", lambda *_: None)
    with replica.together():
        for at, change in enumerate(theirs):
            replica.confirm(2 + at, change, None)
    assert len(asked) == 30
    assert_predicted(replica)


def test_numbers_that_were_passed_over_are_remembered_until_they_come() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("a", 3, 3, "three"), None)
    assert [replica.was_decided("a", n) for n in (1, 2, 3, 4)] == [False, False, True, False]
    late = create("a", 1, 1, "one")
    replica.hear([late])
    assert "a.1" in replica.pending
    replica.confirm(2, late, None)
    replica.confirm(3, create("a", 2, 2, "two"), None)
    assert (replica.heads, replica.skipped) == ({"a": 3}, {})
    replica.confirm(4, create("b", 10**6, 9, "b"), None)
    assert len(replica.skipped["b"]) == MAX_SKIPPED, "memory is bounded"


def _conflict(n: int, status: Any = "auto") -> Conflict:
    side = Candidate(n, mark("a", n))
    return Conflict(
        id=f"c{n}",
        key="c",
        rid="r",
        register="f",
        status=status,
        strategy="x",
        shown=side,
        other=side,
    )


def test_dispute_2_settled_conflicts_are_bounded_and_open_ones_are_kept() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("s", 1, 0, f=0), None)
    rows = (_conflict(0, "open"), *(_conflict(n) for n in range(1, KEPT + 50)))
    replica.confirm(
        2, update("a", 1, 1, "", f=1), Decision(outcome="conflict", conflicts=rows, writes=())
    )
    assert len(replica.conflicts) == KEPT
    assert [c.id for c in replica.open_conflicts()] == ["c0"]
    assert f"c{KEPT + 49}" in replica.conflicts and "c1" not in replica.conflicts


@pytest.mark.parametrize(
    ("rid", "decision", "open_left"),
    [("r", None, 0), ("r", Decision(outcome="refused", code="x"), 1), ("other", None, 1)],
)
def test_dispute_1_a_resolution_settles_its_conflict_unless_it_was_refused_or_is_of_another_record(
    rid: str, decision: Decision | None, open_left: int
) -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("s", 1, 0, f=0), None)
    replica.confirm(2, create("s", 2, 0, "other", f=0), None)
    row = Decision(outcome="conflict", conflicts=(_conflict(1, "open"),))
    replica.confirm(3, update("a", 1, 1, "", f=1), row)
    ops = (Op("=", "c", rid, {"f": 5}, "s.1"),)
    resolution = Change(mark("b"), ops, Meta(resolves=("c1", "unknown")))
    replica.confirm(4, resolution, decision)
    assert len(replica.open_conflicts()) == open_left


def test_taking_over_another_state_forgets_what_was_here() -> None:
    replica = Replica(OPEN)
    replica.confirm(1, create("a", 1, 1, "old"), None)
    own(replica, create("a", 2, 2, "pending"))
    replica.dirty.clear()
    before = {("c", rid): replica.view.cell("c", rid) for rid in ("old", "pending", "r")}
    cell = Cell({"f": 1}, mark("z"), {}, mark("z"))
    name = bucket_of("c", "r")
    rows = [Packed(name, pack(name, {"r": cell}))]
    replica.replace(Rows(rows, heads={"z": 1}, conflicts=[_conflict(1)]), 9)
    assert [record["id"] for record in replica.view.all("c")] == ["r"]
    assert (replica.seq, replica.heads, list(replica.conflicts)) == (9, {"z": 1}, ["c1"])
    assert (replica.pending, replica.under, replica.pending._by_token) == ({}, {}, {})
    steps = replica.dirty.take(replica.view)
    told = {ref: step for each in steps.values() for ref, step in each.items()}
    assert told == {ref: (before[ref], replica.view.cell(*ref)) for ref in before}, "NEWS-3"
    assert [before["c", rid] is None for rid in ("old", "pending", "r")] == [False, False, True]
