"""What had no effect, as a device keeps it."""

from __future__ import annotations

import pytest

from pysync.machines.batches import encode_batch
from pysync.machines.void import void_row
from pysync.model.change import Change, Op
from pysync.model.decision import Decision
from tests.pysync.kit import WALL, Truth, mark
from tests.pysync.people_kit import MARKER, PEOPLE

pytestmark = pytest.mark.req("SRV-20")

REFUSED = Decision(outcome="refused", code="taken", message="the room is taken")


def test_void_2_what_is_kept_holds_nothing_of_who_was_erased_since_it_was_made() -> None:
    """Also of a change that had an effect, beside one that had none; others keep all they say."""
    truth = Truth(PEOPLE)
    for n, rid in enumerate(("1", "2"), 1):
        truth.take(Change(mark("t", n), (Op("*", "people", rid, {"name": rid}),)))
    names = [Op("=", "people", rid, {"name": f"{MARKER} {rid}"}, f"t.{rid}") for rid in ("1", "2")]
    ops = [*names, Op("=", "rooms", "r", {"note": "kept"})]
    changes = [Change(mark("a", n), (op,)) for n, op in enumerate(ops, 1)]
    batch = encode_batch("a", changes, WALL)
    assert void_row(batch, {2: REFUSED}, truth.state).text == batch.text
    truth.take(Change(mark("t", 3), (Op("!", "people", "1", {}),)))
    kept = void_row(batch, {2: REFUSED}, truth.state)
    assert (kept.batch, kept.changes) == ("a.1", 3)
    assert f"{MARKER} 1" not in kept.text
    assert f"{MARKER} 2" in kept.text and "kept" in kept.text
