"""The application's own functions fail at the relay: it goes on."""

from __future__ import annotations

import pytest

from pysync.machines.batches import Batch, encode_batch
from pysync.model.change import CREATE, Change, Op
from pysync.model.guard import Guard, Record, Verdict, View
from pysync.model.schema import CollectionSchema, Schema
from tests.pysync.kit import WALL, mark
from tests.pysync.relay.rig import RelayRig, batch


def share(record: Record) -> tuple[float]:
    """An index that did not think of zero."""
    return (1 / record["f"],)


def look(_: View, after: View, _change: object, _refs: object) -> Verdict:
    """A rule that reads by the index."""
    after.find("c", "share", 1)
    return None


SCHEMA = Schema(
    collections={"c": CollectionSchema(name="c", indexes={"share": share})},
    guards=(Guard("look", frozenset({"d"}), look, lambda *_: ()),),
)


def watched(n: int) -> Batch:
    """A change on which the rule looks."""
    op = Op(CREATE, "d", f"d{n}", {"f": 1})
    return encode_batch("t", [Change(mark("t", n), (op,))], WALL)


@pytest.mark.req("SRV-04", "SRV-05")
def test_total_1_at_the_relay_too_a_record_that_an_index_fails_on_holds_up_nothing() -> None:
    """RELAY-4: the device would else push it again for ever, with all that stands behind it."""
    relay = RelayRig(SCHEMA)
    relay.hello("a")
    for each in (watched(1), batch("t", 2, 0), batch("t", 3, 7), watched(4)):
        relay.push("a", each)
        relay.commit()
    assert [row.batch for row in relay.log] == ["t.1", "t.2", "t.3", "t.4"]
    relay.restart()
    assert relay.machine.seq == 4
