"""A space at the relay: order, acknowledgement, duplicates, slow readers, a disk that fails."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.machines.relay_frames import (
    ENTRIES,
    PONG,
    PROBLEM,
    PUSH,
    REJECT,
    WELCOME,
    encode_frame,
)
from pysync.model.change import Change, Ref
from pysync.model.guard import Guard, Refuse, Verdict, View
from pysync.model.schema import CollectionSchema, Schema
from pysync.relay.admission import ROUND
from tests.pysync.relay.rig import RelayRig, batch


@pytest.fixture
def relay() -> RelayRig:
    return RelayRig()


def seqs(relay: RelayRig, conn: str) -> list[int]:
    return [row.seq for row in relay.entries(conn)]


@pytest.mark.req("SRV-02", "SRV-03")
def test_relay_1_nobody_is_sent_an_entry_before_it_is_on_the_disk(relay: RelayRig) -> None:
    relay.hello("a")
    relay.hello("b")
    relay.push("a", batch("t", 1))
    assert relay.answers("a", ENTRIES) == []
    assert relay.answers("b", ENTRIES) == []
    relay.commit()
    (own,), (other,) = relay.entries("a"), relay.entries("b")
    assert (own.seq, own.batch, own.text) == (1, "t.1", "")
    assert (other.seq, other.batch, other.text) == (1, "t.1", batch("t", 1).text)


def test_relay_2_a_device_goes_on_behind_its_cursor_and_misses_nothing(relay: RelayRig) -> None:
    relay.hello("a")
    for n in range(1, 9):
        relay.push("a", batch("t", n))
    relay.commit(4)
    relay.holds_reads = True
    relay.hello("b", seq=2)
    relay.commit()
    assert seqs(relay, "b") == [], "it is read from the log first"
    relay.holds_reads = False
    relay.read()
    relay.run()
    relay.push("a", batch("t", 9))
    relay.commit()
    assert seqs(relay, "b") == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.req("SRV-02")
def test_relay_3_a_batch_that_is_sent_again_is_in_the_log_once(relay: RelayRig) -> None:
    relay.hello("a")
    relay.push("a", batch("t", 1))
    relay.push("a", batch("t", 1))
    relay.commit()
    relay.push("a", batch("t", 1))
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1"]
    assert relay.answers("a", REJECT) == []
    relay.restart()
    relay.hello("a2", device="a")
    relay.push("a2", batch("t", 1), batch("t", 2))
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1", "t.2"]
    assert seqs(relay, "a2") == [1, 2], "the answer to what was sent again is its entry"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("malformed", "[]"),
        ("malformed", '[1,"state-update","t",1,[2,[]]]'),
        ("malformed", '[1,"heartbeat","t",1,{}]'),
        ("altered", batch("t", 1, 77).text),
        ("numbers", batch("t", 1, 1, 2).text),
        ("author", batch("other", 5).text),
    ],
    ids=["no batch", "no changes", "not a change", "other bytes", "longer", "another device's tab"],
)
def test_relay_4_what_is_refused_changes_nothing_and_holds_up_nothing(
    relay: RelayRig, code: str, text: str
) -> None:
    relay.hello("a")
    relay.hello("b")
    relay.push("a", batch("t", 1))
    relay.push("b", batch("other", 1))
    relay.commit()
    relay.hear("a", encode_frame(PUSH, 0, lines=[text, batch("t", 3).text]))
    relay.commit()
    (rejected,) = relay.answers("a", REJECT)
    assert rejected[1] == code
    assert [row.batch for row in relay.log] == ["t.1", "other.1", "t.3"]
    assert relay.answers("b", REJECT) == []


def test_relay_5_a_slow_reader_is_sent_nothing_until_it_drains_and_misses_nothing(
    relay: RelayRig,
) -> None:
    relay.hello("a")
    relay.hello("slow")
    relay.machine.congested("slow")
    for n in range(1, 8):
        relay.push("a", batch("t", n))
        relay.commit()
    assert seqs(relay, "slow") == []
    relay.machine.drained("slow")
    relay.run()
    assert seqs(relay, "slow") == [1, 2, 3, 4, 5, 6, 7]


def test_relay_6_after_a_failed_commit_all_are_sent_away_and_nothing_is_decided(
    relay: RelayRig,
) -> None:
    relay.hello("a")
    relay.push("a", batch("t", 1))
    relay.machine.failed("disk full")
    relay.run()
    relay.push("a", batch("t", 2))
    assert relay.closed == {"a": 1013}
    assert relay.answers("a", ENTRIES) == []
    relay.restart()
    relay.hello("a2", device="a")
    relay.push("a2", batch("t", 1), batch("t", 2))
    relay.commit()
    assert seqs(relay, "a2") == [1, 2]


@pytest.mark.req("PMS-10")
def test_a_guard_decides_with_authority_and_everyone_learns_the_verdict() -> None:
    """One room for one of them: the second claim, made without knowing of the first, is refused."""

    def one_taker(before: View, after: View, change: Change, refs: frozenset[Ref]) -> Verdict:
        del before, change, refs
        takers = [record["id"] for record in after.all("c") if record["f"] == 7]
        return Refuse("taken", params={"by": takers[0]}) if len(takers) > 1 else None

    guard = Guard("one", frozenset({"c"}), one_taker, lambda *_: [7])
    schema = Schema(collections={"c": CollectionSchema(name="c")}, guards=(guard,))
    relay = RelayRig(schema)
    relay.hello("a")
    relay.hello("b")
    relay.push("b", batch("u", 1, 7))
    relay.push("a", batch("t", 1, 7))
    relay.commit()
    for conn in ("a", "b"):
        first, second = relay.entries(conn)
        assert first.special == 0
        assert second.special[0][:2] == [0, "refused"]
        assert "taken" in second.special[0]


@pytest.mark.req("SRV-06")
def test_edits_that_had_not_seen_each_other_leave_a_conflict_in_the_entry(relay: RelayRig) -> None:
    relay.hello("a")
    relay.hello("b")
    relay.push("a", batch("t", 1, rid="r"))
    relay.push("a", batch("t", 2, 20, rid="r", base="t.1"))
    relay.push("b", batch("u", 1, 30, rid="r", base="t.1"))
    relay.commit()
    for conn in ("a", "b"):
        *_, last = relay.entries(conn)
        assert last.special[0][1] == "conflict"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[[",
        '["nonsense"]',
        '["hello"]',
        '["hello",{"device":"a/b","life":"l","protocol":1,"schema":1}]',
        '["push",0]',
        '["entries"]',
        "[" * 5_000,
        '["hello",{"device":"d","life":"l","protocol":1,"schema":1,"cursor":["e",-1]}]',
    ],
)
def test_whatever_arrives_is_answered_in_words_and_changes_nothing(
    relay: RelayRig, text: str
) -> None:
    relay.hear("x", text)
    ((code, message),) = relay.answers("x", PROBLEM)
    assert code == "malformed"
    assert message
    assert relay.closed == {}
    relay.hello("x")
    assert relay.answers("x", WELCOME)


def test_a_ping_is_answered(relay: RelayRig) -> None:
    relay.hear("x", encode_frame("ping", 7))
    assert relay.answers("x", PONG) == [[7]]


def test_a_large_push_is_decided_in_slices(relay: RelayRig) -> None:
    relay.hello("a")
    relay.push("a", *(batch("t", n) for n in range(1, ROUND + 51)))
    assert len(relay.asked) == ROUND
    assert relay.machine.backlog == ROUND + 50
    relay.wait(0)
    assert len(relay.asked) == ROUND + 50
    relay.commit()
    assert relay.machine.backlog == 0


# -- any interleaving ------------------------------------------------------------------------------

DEVICES = ("a", "b", "c")
WHAT = ("push", "again", "alter", "commit", "some", "crash", "leave", "jam", "ease")
STEPS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.sampled_from(DEVICES), st.integers(0, 3)), max_size=60
)


class Life:
    """Three devices that push, are cut off, and come back behind what they have."""

    def __init__(self) -> None:
        self.relay = RelayRig()
        self.made = dict.fromkeys(DEVICES, 0)
        self.heard: dict[str, list[int]] = {device: [] for device in DEVICES}
        self.acknowledged: set[str] = set()
        self.conns: dict[str, str] = {}
        self._count = 0
        self.connect(*DEVICES)

    def connect(self, *devices: str) -> None:
        for device in devices:
            self._count += 1
            self.conns[device] = f"{device}{self._count}"
            seq = len(self.heard[device])
            self.relay.hello(self.conns[device], device=device, seq=seq)

    def listen(self) -> None:
        for device, conn in self.conns.items():
            for row in self.relay.entries(conn):
                assert row.seq <= len(self.relay.log), "RELAY-1"
                self.heard[device].append(row.seq)
                self.acknowledged.update([] if row.text else [row.batch])
            self.relay.sent[conn].clear()

    def push(self, device: str, which: int, more: int = 0) -> None:
        value = which + more
        text = batch(device, self.made[device], value, rid=f"r{which}", base="")
        self.relay.push(self.conns[device], text)

    def step(self, what: str, device: str, which: int) -> None:
        relay, conn = self.relay, self.conns[device]
        if what == "push":
            self.made[device] += 1
            self.push(device, which)
        elif what in ("again", "alter") and self.made[device]:
            self.push(device, which, 1000 if what == "alter" else 0)
        elif what in ("commit", "some"):
            relay.commit(None if what == "commit" else 1)
        elif what == "crash":
            self.listen()
            relay.restart()
            self.connect(*DEVICES)
        elif what == "leave":
            self.listen()
            relay.machine.left(conn)
            self.connect(device)
        elif what == "jam":
            relay.machine.congested(conn)
        elif what == "ease":
            relay.machine.drained(conn)
            relay.run()
        self.listen()


@pytest.mark.req("SRV-02", "PMS-10")
@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_any_order_of_pushes_repeats_crashes_and_slow_readers(
    steps: list[tuple[str, str, int]],
) -> None:
    life = Life()
    relay = life.relay
    for step in steps:
        life.step(*step)
    relay.commit()
    for conn in life.conns.values():
        relay.machine.drained(conn)
    relay.run()
    life.listen()
    whole = list(range(1, len(relay.log) + 1))
    assert life.heard == dict.fromkeys(DEVICES, whole), "everyone, everything, once, in order"
    names = [row.batch for row in relay.log]
    assert len(names) == len(set(names))
    assert life.acknowledged <= set(names)
    before = relay.replayed()
    relay.restart()
    relay.hello("fresh")
    assert seqs(relay, "fresh") == whole
    assert relay.replayed() == before
