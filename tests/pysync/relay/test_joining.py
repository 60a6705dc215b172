"""What a device brings that it made before it knew of the relay's log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pysync.machines.batches import encode_batch
from pysync.machines.relay_frames import PUSH, REFUSE, Hello, encode_frame
from pysync.machines.rounds import decode_special
from pysync.model.change import SET, Change, Meta, Op
from pysync.model.schema import Schema
from pysync.values.jsontext import parse_json
from tests.pysync.kit import WALL, mark
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.test_people import ADA, ANNA, ROLES

pytestmark = pytest.mark.req("SRV-21")

HELLO = Hello(device="a", life="l", joins=True)


@pytest.mark.parametrize("joins", [True, False])
def test_a_person_is_asked_of_all_that_diverges_and_nothing_is_refused_for_it(
    joins: bool,
) -> None:
    relay = RelayRig()
    relay.hello("b")
    relay.push("b", batch("b", 1, 5, rid="r"))
    relay.commit()
    relay.hear("a", replace(HELLO, joins=joins).encode())
    # Far apart, and older: the rule would keep what is there and say no more.
    early = mark("t", 1, 0)
    ops = (Op(SET, "c", "r", {"f": 7, "g": 1}, ".0"),)
    brought = encode_batch("t", [Change(early, ops, Meta(atomic=True))], WALL)
    relay.hear("a", encode_frame(PUSH, 0, lines=[brought.text]))
    relay.commit()
    [decision] = decode_special(parse_json(relay.log[-1].special), 1).values()
    if not joins:
        assert decision.outcome == "refused"
        return
    [conflict] = decision.conflicts
    assert (conflict.status, conflict.shown.value, conflict.other.value) == ("open", 5, 7)
    assert (relay.machine.view.get("c", "r") or {})["g"] == 1


def test_only_who_may_do_everything_brings_what_others_made() -> None:
    relay = RelayRig(Schema(roles=ROLES))
    relay.machine.came("a", ANNA)
    relay.hear("a", HELLO.encode())
    [refused] = relay.answers("a", REFUSE)
    assert refused[0] == "joins"
    assert "Maid may not bring" in refused[1]
    relay.machine.came("b", ADA)
    relay.hear("b", HELLO.encode())
    op = Op("*", "c", "r", {"f": 1})
    made = encode_batch("t", [Change(mark("t", 1), (op,), Meta(author="import"))], WALL)
    relay.hear("b", encode_frame(PUSH, 0, lines=[made.text]))
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1"]
