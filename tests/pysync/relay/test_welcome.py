"""Who connects to a space at the relay: what it is told, where it goes on, who is sent away."""

from __future__ import annotations

import pytest

from pysync.machines.relay_frames import (
    ENTRIES,
    PROTOCOL,
    REFUSE,
    RESUME,
    WELCOME,
    encode_frame,
)
from pysync.model.snapshot import pack_seed
from pysync.relay.admission import ROUND
from tests.pysync.relay.rig import EPOCH, OLD_EPOCH, RelayRig, batch


@pytest.fixture
def relay() -> RelayRig:
    return RelayRig()


def seqs(relay: RelayRig, conn: str) -> list[int]:
    return [row.seq for row in relay.entries(conn)]


def test_relay_9_who_comes_back_is_told_of_a_head_behind_all_that_it_pushed(
    relay: RelayRig,
) -> None:
    """Some of it waits for the disk, and some to be decided at all."""
    relay.hello("a", device="tablet")
    pushed = [batch("t", n) for n in range(1, 2 * ROUND)]
    relay.push("a", *pushed)
    assert relay.log == [] and len(relay.asked) < len(pushed)
    relay.hello("a+", device="tablet")
    ((welcome,),) = relay.answers("a+", WELCOME)
    assert isinstance(welcome, dict) and welcome["head"] == len(pushed)
    assert relay.answers("a+", ENTRIES) == [], "RELAY-1"
    relay.commit()
    assert seqs(relay, "a+") == list(range(1, 2 * ROUND))


@pytest.mark.parametrize(("spoken", "side"), [(PROTOCOL + 1, "relay"), (PROTOCOL - 1, "page")])
def test_another_protocol_is_refused_with_the_side_to_update(
    relay: RelayRig, spoken: int, side: str
) -> None:
    relay.hello("a", protocol=spoken)
    ((code, message),) = relay.answers("a", REFUSE)
    assert code == "protocol"
    assert f"update the {side}" in str(message)
    assert relay.closed == {"a": 1008}
    relay.push("a", batch("t", 1))
    assert relay.asked == []


@pytest.mark.parametrize(
    ("cursor", "code"),
    [
        (["e0", 1], "epoch"),
        ([OLD_EPOCH, 1], "renew"),
        ([EPOCH, 99], "renew"),
        ([EPOCH, 99, "t.2"], "renew"),
        ([EPOCH, 1, "t.2"], "renew"),
        ([EPOCH, 2, "other.2"], "renew"),
        ([EPOCH, 1, "t.1"], ""),
        ([EPOCH, 2, "t.2"], ""),
        ([EPOCH, 0], ""),
    ],
)
@pytest.mark.req("SRV-05")
def test_who_stands_on_another_log_is_told_and_who_stands_on_what_was_restored_begins_anew(
    relay: RelayRig, cursor: list[object], code: str
) -> None:
    relay.hello("a")
    relay.push("a", batch("t", 1), batch("t", 2))
    relay.commit()
    facts = {"device": "d", "life": "l", "protocol": PROTOCOL, "schema": 1, "cursor": cursor}
    relay.hear("d", encode_frame("hello", facts))
    relay.commit()
    assert [parts[0] for parts in relay.answers("d", REFUSE)] == ([code] if code else [])
    relay.push("a", batch("t", 3))
    relay.commit()
    at = int(str(cursor[1]))
    assert seqs(relay, "d") == ([] if code else list(range(at + 1, 4)))


def test_a_new_device_begins_with_the_snapshot_once_there_is_one(relay: RelayRig) -> None:
    relay.hello("a")
    for n in range(1, 6):
        relay.push("a", batch("t", n * 200, *range(200)))
        relay.wait(0)
    relay.commit()
    relay.wait(60_000)
    seq, _ = relay.snapshot
    assert seq > 0
    relay.restart()
    relay.hello("new", seq=None)
    ((welcome,),) = relay.answers("new", WELCOME)
    assert isinstance(welcome, dict)
    assert welcome["resumes"] is False
    relay.hear("new", encode_frame(RESUME, EPOCH, seq))
    relay.push("new", batch("z", 1))
    relay.commit()
    assert [row.seq for row in relay.entries("new")][-1] == relay.log[-1].seq
    assert all(row.seq > seq for row in relay.entries("new"))


def test_a_new_device_begins_with_the_first_state_that_no_entry_made(relay: RelayRig) -> None:
    relay.snapshot = (0, pack_seed({("c", "from-file"): {"f": 0}}))
    relay.restart()
    relay.hello("new", seq=None)
    ((welcome,),) = relay.answers("new", WELCOME)
    assert isinstance(welcome, dict)
    assert (welcome["head"], welcome["resumes"]) == (0, False)
    relay.push("new", batch("z", 1))
    relay.commit()
    assert seqs(relay, "new") == []
    relay.hear("new", encode_frame(RESUME, EPOCH, 0))
    assert seqs(relay, "new") == [1]
