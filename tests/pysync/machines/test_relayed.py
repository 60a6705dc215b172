"""A space that follows a relay's log: the leader pushes and writes down, nobody decides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pysync.machines import messages
from pysync.machines.batches import Batch
from pysync.machines.effects import (
    Connect,
    Disconnect,
    Post,
    ReadDecided,
    ReadLog,
    Transmit,
    WriteDecisions,
)
from pysync.machines.relay_frames import (
    ENTRIES,
    PUSH,
    REFUSE,
    REJECT,
    Welcome,
    decode_frame,
    encode_frame,
)
from pysync.ports import LogRow, StoreFault, StoreMeta
from tests.pysync.machines.ledger_bench import NOW, Bench, batch

EPOCH = "e1"
FOLLOWED = StoreMeta(2, "device", 0, 0, 0, 0, EPOCH)


class Line(Bench):
    """A leader of a space that follows a relay, and the relay's end of its connection."""

    def __init__(self, *logged: Batch) -> None:
        super().__init__()
        self.relayed.follow(FOLLOWED)
        self.lead()
        self.read(*logged)
        assert self.took(Connect) == [Connect()]
        self.relayed.connected(NOW)
        [hello] = self.said()
        assert hello[0] == "hello"
        self.cursor = hello[1]["cursor"]
        welcome = Welcome(epoch=EPOCH, head=0, resumes=True, now=0)
        self.relayed.heard(welcome.encode(), NOW)
        self.took(Post)

    def read(self, *logged: Batch, key: int = 1) -> None:
        """These are read from the log, behind what was read before."""
        assert len(self.took(ReadLog)) == 1
        self.it.log_read([LogRow(key + at, b.id, b.text) for at, b in enumerate(logged)], NOW)

    def said(self) -> list[list[Any]]:
        """The first lines of the frames that went to the relay."""
        return [json.loads(effect.text.split("\n")[0]) for effect in self.took(Transmit)]

    def pushed(self) -> list[str]:
        """What was pushed: the batches, in order."""
        frames = [decode_frame(effect.text) for effect in self.took(Transmit)]
        assert {frame.type for frame in frames} <= {PUSH}
        return [line for frame in frames for line in frame.lines]

    def hear(self, *rows: tuple[int, Batch, Any, bool]) -> None:
        """Entries come: seq, batch, exceptions, whether the batch is there in full."""
        lines = []
        for seq, entry, special, whole in rows:
            row = [seq, len(entry.changes), special, 0 if whole else entry.id]
            lines += [json.dumps(row), *([entry.text] if whole else [])]
        self.relayed.heard(encode_frame(ENTRIES, lines=lines), NOW)

    def written(self) -> list[tuple[int, int, str, bool]]:
        """What is being written: seq, log key, batch, whether its frame goes along."""
        [write] = self.took(WriteDecisions)
        return [(row.seq, row.log_key, row.batch, row.frame != "") for row in write.rows]


def test_relayed_1_only_what_the_log_holds_is_pushed_in_the_order_of_its_authors() -> None:
    first, second, other = batch("a", 1), batch("a", 2), batch("b", 1)
    line = Line(second, other)
    assert line.pushed() == [], "what its author wrote before is on its way to the log"
    line.it.stored(NOW)
    line.read(first, key=3)
    assert line.pushed() == [first.text, other.text, second.text]
    line.it.heard(batch("a", 3), NOW)
    assert line.pushed() == [], "it was heard, and is not in the log"
    assert line.took(WriteDecisions) == []


def test_what_is_stored_next_is_pushed_without_being_read_and_nothing_is_passed_over() -> None:
    line = Line(batch("a"))
    line.took(Transmit)
    own, later = batch("me"), batch("me", 2)
    for made, key in ((own, 2), (later, 4)):
        line.it.made(made, NOW)
        made.key = key
        line.it.stored(NOW, made.id)
        assert line.pushed() == ([own.text] if made is own else [])
    between = batch("b")
    line.read(between, later, key=3)
    assert line.pushed() == [between.text, later.text]


def test_relayed_2_a_read_begun_under_a_former_seat_passes_nothing_over() -> None:
    first, second = batch("a"), batch("b")
    line = Line(first)
    assert line.pushed() == [first.text]
    line.it.stored(NOW)
    assert line.took(ReadLog) == [ReadLog(1)]
    line.it.followed()
    line.lead()
    assert line.took(ReadLog) == [], "the one that is under way is waited for"
    line.it.log_read([LogRow(2, second.id, second.text)], NOW)
    assert line.took(ReadLog) == [ReadLog(0)]
    rows = [LogRow(1, first.id, None), LogRow(2, second.id, None)]
    line.it.log_read(rows, NOW)
    assert [b.id for b in line.relayed._outgoing.undecided()] == ["a.1", "b.1"]


@pytest.mark.req("TAB-15", "SRV-02")
def test_relayed_1_the_relays_entries_are_written_then_applied_and_announced() -> None:
    mine, theirs = batch("a"), batch("far", count=2)
    line = Line(mine)
    assert line.pushed() == [mine.text]
    line.hear((1, theirs, 0, True), (3, mine, 0, False))
    assert line.written() == [(1, 0, "far.1", True), (3, 1, "a.1", False)]
    assert (line.replica.seq, line.took(Post)) == (0, [])
    line.it.decisions_written(3, NOW)
    assert [change for _, change, _ in line.done] == ["far.1", "far.2", "a.1"]
    [post] = line.took(Post)
    _, rows = messages.decode(post.text).payload
    assert rows == [[1, 2, 0, "far.1", 0, theirs.text], [3, 1, 1, "a.1"]]
    follower = Bench(term=0)
    follower.it.heard(mine, NOW)
    follower.it.announced([1, rows], NOW)
    assert follower.replica.seq == 3, "it was told what it could not know"


def test_what_is_long_is_announced_without_and_read_from_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pysync.machines.rounds.POINTER_CHARS", 10)
    line = Line()
    line.hear((1, batch("far"), 0, True))
    line.it.decisions_written(1, NOW)
    [post] = line.took(Post)
    follower = Bench(term=0)
    follower.it.announced(messages.decode(post.text).payload, NOW)
    assert follower.took(ReadDecided) == [ReadDecided(0)]


def test_relayed_2_the_log_counts_as_decided_only_up_to_where_all_of_it_is() -> None:
    later, sooner = batch("a", 2), batch("a", 1)
    line = Line(later, sooner)
    assert line.pushed() == [sooner.text, later.text]
    line.hear((1, sooner, 0, False))
    assert line.written() == [(1, 0, "a.1", True)], "key 1 has no entry yet"
    line.it.decisions_written(1, NOW)
    assert line.books.log_key == 0
    line.hear((2, later, 0, False))
    assert line.written() == [(2, 1, "a.2", False)]
    line.it.decisions_written(2, NOW)
    line.it.stored(NOW)
    line.took(ReadLog)
    heir = Bench()
    heir.replica, heir.books.log_key = line.replica, 1
    found, _ = line.books.take_in([LogRow(2, sooner.id, sooner.text)])
    assert found == [], "the tail of the log may hold what is decided"


@pytest.mark.req("SRV-11")
def test_the_relays_exceptions_hold_in_the_tab() -> None:
    mine = batch("a")
    line = Line(mine)
    refusal = [[0, "refused", "taken", "the room is taken", {}, [], []]]
    line.hear((1, mine, refusal, False))
    line.it.decisions_written(1, NOW)
    [(_, _, decision)] = line.done
    assert decision is not None
    assert (decision.outcome, decision.code) == ("refused", "taken")
    assert line.replica.view.get("c", "a1") is None


def test_what_is_heard_while_the_store_writes_waits_and_is_not_pushed_again() -> None:
    mine = batch("a")
    line = Line(mine)
    line.took(Transmit)
    line.hear((1, batch("far"), 0, True))
    assert line.written() == [(1, 0, "far.1", True)]
    line.hear((2, mine, 0, False))
    assert line.took(WriteDecisions) == []
    line.relayed.disconnected(NOW)
    line.relayed.hurry(NOW)
    line.relayed.connected(NOW)
    assert line.said()[0][1]["cursor"] == [EPOCH, 2, "a.1"], "it goes on behind what it has heard"
    line.relayed.heard(Welcome(epoch=EPOCH, head=2, resumes=True, now=0).encode(), NOW)
    assert line.pushed() == []
    line.it.decisions_written(1, NOW)
    assert line.written() == [(2, 1, "a.1", False)]


def test_relayed_3_a_store_that_does_not_take_entries_is_asked_again() -> None:
    line = Line()
    line.hear((1, batch("far"), 0, True))
    line.took(WriteDecisions)
    line.it.decisions_written(StoreFault("full"), NOW)
    assert (line.replica.seq, line.it.problem) == (0, StoreFault("full"))
    line.it.woke("ledger.look", NOW)
    assert line.written() == [(1, 0, "far.1", True)]


@pytest.mark.req("SRV-02")
def test_relayed_3_without_a_connection_nothing_is_decided_and_nothing_lost() -> None:
    line = Line()
    line.relayed.disconnected(NOW)
    line.took(Disconnect)
    mine = batch("a")
    line.it.heard(mine, NOW)
    line.read(mine)
    assert line.took(WriteDecisions, Transmit) == []
    assert "a.1" in line.books.open
    assert line.relayed.link.state == "offline"
    line.relayed.hurry(NOW)
    assert line.relayed.link.state == "offline", "to try again is not to be there"
    line.relayed.connected(NOW)
    line.relayed.heard(Welcome(epoch=EPOCH, head=0, resumes=True, now=0).encode(), NOW)
    assert line.relayed.link.state == "online"


def test_relayed_3_another_log_at_the_relay_is_not_followed() -> None:
    line = Line(batch("a"))
    line.took(Transmit)
    line.relayed.disconnected(NOW)
    line.relayed.hurry(NOW)
    line.relayed.connected(NOW)
    line.said()
    line.relayed.heard(Welcome(epoch="e2", head=0, resumes=True, now=0).encode(), NOW)
    assert line.said() == []
    assert (line.relayed.link.state, line.relayed.link.reason != "") == ("refused", True)
    assert "a.1" in line.books.open


def test_relayed_3_who_no_longer_leads_ends_its_session() -> None:
    line = Line(batch("a"))
    line.hear((1, batch("far"), 0, True))
    line.it.followed()
    assert line.took(Disconnect) == [Disconnect()]
    line.term = 0
    line.it.decisions_written(1, NOW)
    assert line.replica.seq == 0
    assert line.took(ReadDecided) == [ReadDecided(0)], "what was committed is read like others'"


@pytest.mark.req("SRV-05")
def test_what_the_relay_rejects_is_taken_back_in_every_tab() -> None:
    mine = batch("a")
    line = Line(mine)
    line.relayed.heard(encode_frame(REJECT, "a.1", "malformed", "no such kind"), NOW)
    assert line.refused == [("a.1", "malformed")]
    assert "a.1" not in line.books.open
    assert line.replica.view.get("c", "a1") is None
    posts = [messages.decode(post.text) for post in line.took(Post)]
    [told] = [frame for frame in posts if frame.type == messages.RELAY_REJECT]
    follower = Bench(term=0)
    follower.relayed.follow(FOLLOWED)
    follower.it.heard(mine, NOW)
    follower.relayed.outcomes.heard_reject(told.payload)
    assert follower.refused == [("a.1", "malformed")]


def test_every_tab_knows_how_the_leader_stands_with_the_relay() -> None:
    line = Line()
    follower = Bench(term=0)
    follower.relayed.follow(FOLLOWED)
    assert follower.relayed.link.state == "connecting"
    line.relayed.heard(encode_frame(REFUSE, "protocol", "update the page"), NOW)
    for post in line.took(Post):
        follower.relayed.link.heard(messages.decode(post.text).payload)
    assert (follower.relayed.link.state, follower.relayed.link.reason) == (
        "refused",
        "update the page",
    )
    follower.relayed.link.leaderless()
    assert follower.relayed.link.state == "connecting"


def test_relayed_3_what_was_heard_and_is_not_stored_is_pushed_again() -> None:
    """The state that was to take its place did not come to be stored."""
    mine, more = batch("me"), batch("me", 2)
    line = Line(mine, more)
    assert line.pushed() == [mine.text, more.text]
    line.hear((1, mine, 0, False), (2, more, 0, False))
    line.relayed.renew(diverged=False)
    line.relayed.renewed(StoreFault("full"), NOW)
    assert [each for each, _ in line.relayed.unsent()] == [mine.id, more.id]


def test_load_3_whoever_hears_of_a_newer_generation_reads_the_store_anew_first() -> None:
    line = Line()
    line.relayed.follow(replace(FOLLOWED, generation=3))
    line.books.begin(replace(FOLLOWED, generation=3), {}, {})
    line.relayed.link.tell()
    [status] = [messages.decode(post.text) for post in line.took(Post)]
    line.hear((1, batch("far"), 0, True))
    line.it.decisions_written(1, NOW)
    [verdicts] = [messages.decode(post.text) for post in line.took(Post)]
    follower = Bench(term=0)
    follower.relayed.follow(replace(FOLLOWED, generation=2))
    follower.books.begin(replace(FOLLOWED, generation=2), {}, {})
    follower.it.announced(verdicts.payload, NOW)
    assert (follower.anews, follower.replica.seq) == (1, 0)
    follower.relayed.link.heard(status.payload)
    assert follower.anews == 2
    follower.relayed.follow(replace(FOLLOWED, generation=3))
    follower.books.begin(replace(FOLLOWED, generation=3), {}, {})
    follower.relayed.link.heard(status.payload)
    follower.it.announced(verdicts.payload, NOW)
    assert (follower.anews, follower.replica.seq) == (2, 1)


@pytest.mark.req("SRV-05", "SRV-16")
def test_who_signed_out_keeps_what_there_is_and_sends_it_when_signed_in_again() -> None:
    line = Line(batch("a"))
    line.took(Transmit)
    line.relayed.heard(encode_frame(REFUSE, "sign-in", "sign in again"), NOW)
    assert line.relayed.link.state == "signed-out"
    assert "a.1" in line.books.open
    line.relayed.hurry(NOW)
    assert line.relayed.link.state == "signed-out", "to try again is not to be signed in"
    line.relayed.connected(NOW)
    line.said()
    line.relayed.heard(Welcome(epoch=EPOCH, head=0, resumes=True, now=0).encode(), NOW)
    assert line.relayed.link.state == "online"
    assert len(line.pushed()) == 1


def test_an_entry_without_its_batch_is_asked_for_again() -> None:
    line = Line()
    line.hear((1, batch("a"), 0, False))
    assert line.took(Disconnect) == [Disconnect()]
    assert line.took(WriteDecisions) == []
