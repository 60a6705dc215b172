"""Rounds: verdicts on batches, as rows of the log and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pysync.machines.batches import Batch, encode_batch
from pysync.machines.replica import Replica
from pysync.machines.rounds import UNREADABLE, decide_round, decode_special, encode_special
from pysync.model.change import Change, Op
from pysync.model.decision import Decision
from pysync.model.guard import Guard
from pysync.model.schema import CollectionSchema, Schema
from tests.pysync.kit import WALL, cells_text, mark


def _batch(*changes: Change) -> Batch:
    return encode_batch(changes[0].mark.tab, list(changes), WALL)


def _create(tab: str, n: int, rid: str = "r", **fields: object) -> Change:
    return Change(mark(tab, n), (Op("*", "c", rid, fields),))


def _alive(_tab: str) -> bool:
    return True


def test_round_1_deciding_touches_nothing() -> None:
    replica = Replica(Schema())
    replica.confirm(1, _create("s", 1, f=0), None)
    replica.hear([_create("a", 1, "x", f=1)])
    before = (cells_text(replica.view), replica.seq, dict(replica.under), dict(replica.pending))
    made = decide_round(
        replica, [_batch(_create("a", 1, "x", f=1)), _batch(_create("b", 1))], 7, _alive
    )
    assert (cells_text(replica.view), replica.seq, replica.under, replica.pending) == before
    assert [(row.seq, row.count, row.term) for row in made.rows] == [(2, 1, 7), (3, 1, 7)]
    assert made.payload(7, 0)[1][0] == [2, 1, 0, "a.1"]


@pytest.mark.parametrize("guarded", [False, True])
def test_round_2_what_was_predicted_on_the_very_cells_is_decided_again_only_if_a_guard_watches(
    guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = Guard("g", frozenset({"c"}), lambda *_: None, lambda *_: [])
    schema = Schema(collections={"c": CollectionSchema(name="c")}, guards=(guard,) * guarded)
    replica = Replica(schema)
    changes = [_create("a", 1, f=0), Change(mark("a", 2), (Op("=", "c", "r", {"f": 1}, "a.1"),))]
    for change in changes:
        tried = replica.try_out(change)
        replica.admit(change, tried.cells, plain=tried.as_sent)
    asked: list[str] = []

    def refuse(_reader: Any, change: Change, *_: Any, **_options: Any) -> Decision:
        asked.append(change.id)
        return Decision(outcome="refused", code="asked")

    monkeypatch.setattr("pysync.machines.rounds.decide", refuse)
    made = decide_round(replica, [_batch(*changes)], 1, _alive)
    assert asked == (["a.1", "a.2"] if guarded else [])
    assert bool(made.decisions[0]) == guarded


def test_a_prediction_made_on_other_cells_is_decided_again() -> None:
    replica = Replica(Schema())
    replica.confirm(1, _create("s", 1, f=0), None)
    late = Change(mark("a", 1, WALL + 50), (Op("=", "c", "r", {"f": 1}, "s.1"),))
    early = Change(mark("b", 1, WALL + 40), (Op("=", "c", "r", {"f": 2}, "s.1"),))
    replica.hear([late])
    made = decide_round(replica, [_batch(early), _batch(late)], 1, _alive)
    assert made.decisions[0] == {}
    assert made.decisions[1][0].outcome == "conflict"


def test_special_verdicts_come_back_and_plain_ones_cost_nothing() -> None:
    assert encode_special({}) == ""
    assert decode_special(0, 5) == {}
    special = {0: UNREADABLE, 3: Decision(outcome="retry", code="concurrent")}
    assert decode_special(json.loads(encode_special(special)), 4) == special
