"""The ledger: from batches in the log to decided entries, in every tab the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.batches import encode_batch
from pysync.machines.effects import (
    Append,
    ClearTimer,
    Post,
    ReadDecided,
    ReadLog,
    SetTimer,
    WriteDecisions,
)
from pysync.machines.ledger import RETRY_MS, ROUND, TIMER
from pysync.model.change import Change, Meta, Op
from pysync.ports import DecidedRow, LogRow, StoreFault
from tests.pysync.kit import WALL, json_values, mark
from tests.pysync.machines.ledger_bench import NOW, Bench, batch, verdicts


def test_ledger_1_nothing_is_confirmed_before_its_verdict_is_committed() -> None:
    bench = Bench().lead()
    write = bench.decide(batch(count=2))
    assert (bench.replica.seq, bench.done, bench.took(Post)) == (0, [], [])
    assert [(row.seq, row.count, row.log_key, row.batch) for row in write.rows] == [
        (1, 2, 1, "a.1")
    ]
    assert write.rows[0].refs == ("c/a1", "c/a2")
    bench.it.decisions_written(2, NOW)
    assert (bench.replica.seq, bench.books.log_key, bench.batches) == (2, 1, ["a.1"])
    [post] = bench.took(Post)
    frame = messages.decode(post.text)
    assert (frame.type, frame.payload) == (messages.DATA_UPDATE, [1, [[1, 2, 1, "a.1"]]])


def test_ledger_2_verdicts_are_applied_without_a_gap() -> None:
    bench = Bench(term=0)
    for made in (batch("a"), batch("b")):
        bench.it.heard(made, NOW)
    bench.it.announced(verdicts(1, [2, 1, 2, "b.1", 0]), NOW)
    assert (bench.replica.seq, bench.took(ReadDecided)) == (0, [ReadDecided(0)])
    bench.it.announced(verdicts(1, [1, 1, 1, "a.1", 0]), NOW)
    bench.it.announced(verdicts(1, [1, 1, 1, "a.1", 0]), NOW)
    assert bench.replica.seq == 1
    row = DecidedRow(2, 1, 2, "b.1", 1, "", ())
    bench.it.decided_read(
        [(DecidedRow(1, 1, 1, "a.1", 1, "", ()), ""), (row, batch("b").text)], NOW
    )
    assert [(seq, id_) for seq, id_, _ in bench.done] == [(1, "a.1"), (2, "b.1")]
    gap = DecidedRow(9, 1, 9, "x.1", 1, "", ())
    bench.it.decided_read([(gap, "")], NOW)
    assert bench.replica.seq == 2


@pytest.mark.parametrize("why", ["unknown batch", "wrong count"])
def test_ledger_2_a_verdict_on_what_was_not_heard_is_read_from_the_store(why: str) -> None:
    bench = Bench(term=0)
    if why == "wrong count":
        bench.it.heard(batch("a", count=2), NOW)
    bench.it.announced(verdicts(1, [1, 1, 1, "a.1", 0]), NOW)
    assert (bench.replica.seq, bench.took(ReadDecided)) == (0, [ReadDecided(0)])


def test_ledger_3_one_read_and_one_write_at_a_time_and_rounds_are_bounded() -> None:
    bench = Bench().lead()
    bench.it.stored(NOW)
    bench.it.stored(NOW)
    bench.it.read()
    assert len(bench.took(ReadLog)) == 1
    big = [batch("a", 1 + at * 100, 100) for at in range(6)]
    bench.it.log_read([LogRow(1 + at, b.id, b.text) for at, b in enumerate(big)], NOW)
    [write] = bench.took(WriteDecisions)
    assert ROUND <= sum(row.count for row in write.rows) <= ROUND + 100
    bench.it.stored(NOW)
    bench.it.step(NOW)
    assert bench.took(ReadLog, WriteDecisions) == []
    bench.it.decisions_written(500, NOW)
    assert bench.took(ReadLog) == [ReadLog(ROUND // 100 + 1)], "goes on with the rest"


def test_ledger_4_a_lost_seat_applies_nothing_of_what_was_under_way() -> None:
    bench = Bench().lead()
    bench.decide(batch())
    bench.term = 0
    bench.it.followed()
    bench.it.decisions_written(1, NOW)
    assert (bench.replica.seq, bench.took(Post)) == (0, [])
    assert bench.took(ReadDecided) == [ReadDecided(0)], "it may have been committed: it is read"


def test_ledger_4_a_new_seat_waits_for_the_answer_to_the_old_ones_write() -> None:
    bench = Bench().lead()
    first = bench.decide(batch())
    bench.it.followed()
    bench.it.led(NOW)
    bench.took(ReadDecided)
    bench.it.decided_read([], NOW)
    bench.it.stored(NOW)
    assert bench.took(ReadLog, WriteDecisions) == []
    bench.it.decisions_written(1, NOW)
    bench.took(ReadDecided)
    bench.it.decided_read([(first.rows[0], batch().text)], NOW)
    assert (bench.replica.seq, len(bench.done)) == (1, 1)
    assert bench.took(ReadLog) == [ReadLog(1)]


def test_ledger_4_fenced_says_so_and_applies_nothing() -> None:
    bench = Bench().lead()
    bench.decide(batch())
    bench.it.decisions_written(StoreFault("fenced"), NOW)
    assert (bench.fences, bench.replica.seq, bench.took(Post)) == (1, 0, [])


def test_somebody_wrote_in_between_so_it_is_read_and_decided_again() -> None:
    bench = Bench().lead()
    bench.decide(batch())
    bench.it.decisions_written(StoreFault("aborted"), NOW)
    assert bench.it.problem == StoreFault("aborted")
    assert bench.took(SetTimer)[-1] == SetTimer(TIMER, RETRY_MS)
    bench.it.woke("another", NOW)
    bench.it.woke(TIMER, NOW)
    assert bench.took(ReadDecided) == [ReadDecided(0)]
    bench.it.decided_read([], NOW)
    assert bench.took(ReadLog) == [ReadLog(0)]
    assert bench.it.problem is None


def test_what_was_read_before_its_write_was_answered_is_announced_all_the_same() -> None:
    bench = Bench().lead()
    write = bench.decide(batch())
    bench.it.announced(verdicts(2, [2, 1, 2, "b.1", 0]), NOW)
    bench.it.decided_read([(write.rows[0], batch().text)], NOW)
    bench.it.decisions_written(1, NOW)
    assert len(bench.done) == 1
    assert len(bench.took(Post)) == 1


@pytest.mark.parametrize("reason", ["full", "blocked"])
def test_a_store_that_refuses_is_reported_and_tried_again(reason: Any) -> None:
    bench = Bench().lead()
    bench.decide(batch())
    bench.it.decisions_written(StoreFault(reason), NOW)
    assert bench.it.problem == StoreFault(reason)
    bench.it.woke(TIMER, NOW)
    bench.took(ReadLog)
    bench.it.log_read([LogRow(1, "a.1", None)], NOW)
    assert len(bench.took(WriteDecisions)) == 1
    bench.it.decisions_written(1, NOW)
    assert (bench.it.problem, bench.replica.seq) == (None, 1)


def test_a_read_that_failed_is_tried_again_also_by_a_follower() -> None:
    bench = Bench(term=0)
    bench.it.catch_up()
    bench.it.catch_up()
    assert len(bench.took(ReadDecided)) == 1
    bench.it.decided_read(StoreFault("blocked"), NOW)
    assert bench.it.problem == StoreFault("blocked")
    bench.it.woke(TIMER, NOW)
    assert len(bench.took(ReadDecided)) == 1
    bench.it.decided_read([], NOW)
    assert bench.it.problem is None
    bench.it.read()
    bench.took(ReadLog)
    bench.it.log_read(StoreFault("aborted"), NOW)
    assert bench.it.problem == StoreFault("aborted")


def test_a_store_that_refuses_an_orphan_is_not_asked_in_a_circle() -> None:
    bench = Bench().lead()
    bench.present.discard("a")
    bench.it.heard(batch("a"), NOW)
    bench.took(ReadLog)
    bench.it.log_read([], NOW)
    bench.took(Append)
    bench.out.clear()
    bench.it.adopted("a.1", StoreFault("full"), NOW)
    assert bench.out == [SetTimer(TIMER, RETRY_MS)]


def test_an_echo_of_what_was_decided_is_dropped() -> None:
    bench = Bench(term=0)
    echo = batch("a")
    bench.it.heard(echo, NOW)
    bench.replica.heads["a"] = 1
    bench.it.adopted("a.1", StoreFault("duplicate"), NOW)
    assert (bench.books.open, bench.replica.pending) == ({}, {})
    bench.it.heard(echo, NOW)
    assert bench.books.open == {}


def test_a_function_of_a_tab_that_is_there_is_handed_back_and_of_one_that_is_gone_decided() -> None:
    for present, outcome in ((True, "retry"), (False, "conflict")):
        bench = Bench().lead()
        first = encode_batch("b", [Change(mark("b"), (Op("*", "c", "r", {"f": 0}),))], WALL)
        second = encode_batch(
            "a", [Change(mark("a"), (Op("*", "c", "r", {"f": 1}),), Meta(rerun=True))], WALL
        )
        if not present:
            bench.present.discard("a")
        bench.decide(first, second)
        bench.it.decisions_written(2, NOW)
        assert bench.done[1][2] is not None and bench.done[1][2].outcome == outcome


def test_rows_that_cannot_be_read_take_their_place_and_are_counted() -> None:
    bench = Bench().lead()
    bench.it.stored(NOW)
    bench.took(ReadLog)
    bench.it.log_read([LogRow(1, "a.1", "rubbish"), LogRow(2, "b.1", batch("b").text)], NOW)
    [write] = bench.took(WriteDecisions)
    assert [(row.seq, row.count, row.batch) for row in write.rows] == [(1, 1, "a.1"), (2, 1, "b.1")]
    bench.it.decisions_written(2, NOW)
    assert (bench.replica.seq, bench.books.unreadable) == (2, 1)
    assert [id_ for _, id_, _ in bench.done] == ["b.1"]


def test_what_the_leader_could_not_read_is_refused_also_where_it_can_be_read() -> None:
    leader = Bench().lead()
    leader.it.stored(NOW)
    leader.took(ReadLog)
    leader.it.log_read([LogRow(1, "me.1", "a frame of version 2")], NOW)
    [write] = leader.took(WriteDecisions)
    leader.it.decisions_written(1, NOW)
    newer = Bench(term=0)
    mine = batch("me", count=3)
    newer.replica.hear(mine.changes)
    newer.it.made(mine, NOW)
    newer.it.decided_read([(write.rows[0], mine.text)], NOW)
    assert [(id_, d.code) for _, id_, d in newer.done if d] == [
        ("me.1", "unreadable"),
        ("me.2", "unreadable"),
        ("me.3", "unreadable"),
    ]
    assert (newer.replica.pending, list(newer.replica.view.all("c"))) == ({}, [])
    assert newer.replica.seq == leader.replica.seq == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", "rubbish"),
        ("{", None),
        ('[["x"]]', None),
        ("[[]]", None),
        ('[[0,"lost","","",[],[]]]', None),
        ('[[0,"merged","","",{},[["=","c","nobody",{"f":1},""]],[]]]', None),
    ],
)
def test_verdicts_that_cannot_be_applied_do_not_stop_what_follows(
    body: str, text: str | None
) -> None:
    bench = Bench(term=0)
    row = DecidedRow(1, 1, 1, "a.1", 1, body, ())
    after = DecidedRow(2, 1, 2, "b.1", 1, "", ())
    bench.it.decided_read([(row, text or batch("a").text), (after, batch("b").text)], NOW)
    assert (bench.replica.seq, bench.books.unreadable) == (2, 1)
    assert bench.replica.view.get("c", "b1") is not None


def test_a_batch_known_to_the_reader_but_not_here_any_more_is_read_again() -> None:
    bench = Bench().lead()
    bench.it.stored(NOW)
    bench.took(ReadLog)
    bench.it.log_read([LogRow(1, "a.1", None)], NOW)
    assert bench.took(WriteDecisions) == []


def test_who_tells_of_more_than_is_known_here_was_missed() -> None:
    bench = Bench(term=0)
    bench.it.others_at("a", 0, 5, NOW)
    assert bench.out == []
    bench.it.others_at("a", 3, 0, NOW)
    assert bench.took(ReadDecided) == [ReadDecided(0)]
    leader = Bench().lead()
    leader.it.others_at("a", 0, 1, NOW)
    assert leader.took(ReadLog) == [ReadLog(0)]
    leader.it.heard(batch("a"), NOW)
    leader.took(ReadLog)
    leader.it.others_at("a", 0, 1, NOW)
    assert leader.took(ReadLog) == []


# -- without a shared store -----------------------------------------------------------------------


def test_without_a_store_the_leader_decides_as_it_hears_and_announces() -> None:
    bench = Bench(shared=False, term=3)
    bench.it.led(NOW)
    bench.it.heard(batch("a"), NOW)
    bench.it.made(batch("me"), NOW)
    assert (bench.replica.seq, bench.books.term, bench.books.open) == (2, 3, {})
    told = [messages.decode(post.text).payload for post in bench.took(Post)]
    assert told == [[3, [[1, 1, 0, "a.1"]]], [3, [[2, 1, 0, "me.1"]]]]
    assert bench.took(ReadLog, ReadDecided, WriteDecisions, Append) == []


def test_without_a_store_verdicts_of_another_leader_are_not_mixed_with_those_of_the_last() -> None:
    bench = Bench(shared=False, term=0)
    bench.books.term = 3
    bench.it.heard(batch("a"), NOW)
    bench.it.announced(verdicts(2, [1, 1, 0, "a.1", 0]), NOW)
    assert (bench.replica.seq, bench.lags) == (0, 0), "a former one is over"
    bench.it.announced(verdicts(4, [1, 1, 0, "a.1", 0]), NOW)
    assert (bench.replica.seq, bench.lags) == (0, 1), "a new one is asked for its state"
    bench.it.announced(verdicts(3, [1, 1, 0, "a.1", 0]), NOW)
    assert (bench.replica.seq, [b.id for b in bench.books.recent]) == (1, ["a.1"])


def test_without_a_store_what_was_passed_over_is_asked_for() -> None:
    bench = Bench(shared=False)
    bench.it.led(NOW)
    bench.it.heard(batch("a", 2), NOW)
    bench.it.others_at("a", 0, 2, NOW)
    assert bench.lags == 1
    bench.it.heard(batch("a", 1), NOW)
    assert (bench.replica.seq, bench.replica.skipped) == (2, {})
    bench.it.others_at("a", 0, 2, NOW)
    assert bench.lags == 1


def test_without_a_store_what_a_dead_tab_left_is_told_again() -> None:
    bench = Bench(shared=False, term=0)
    bench.it.heard(batch("a"), NOW)
    bench.it.heard(batch("b"), NOW)
    bench.it.made(batch("me"), NOW)
    bench.present.discard("a")
    assert [b.id for b in bench.books.ours_to_tell()] == ["a.1", "me.1"]
    bench.it.beat(NOW)
    bench.it.beat(NOW)
    assert bench.took(Post) == [Post(batch("a").text)]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        [1],
        [1, {}],
        ["1", []],
        [1, [5]],
        [1, [[1, 1, 1]]],
        [1, [["1", 1, 1, "a.1", 0]]],
        [1, [[1, 1, 1, ["a"], 0]]],
        [1, [[1, 0, 1, "a.1", 0]]],
        [1, [[1, 1, 1, "a.1", 5]]],
        [1, [[1, 1, 1, "a.1", [[]]]]],
        [1, [[1, 1, 1, "a.1", [[1, "applied", "", "", {}, [], []]]]]],
        [1, [[1, 1, 1, "a.1", [[0, "lost", "", "", {}, [], []]]]]],
    ],
)
def test_malformed_verdicts_are_refused_and_change_nothing(payload: Any) -> None:
    bench = Bench(term=0)
    bench.it.heard(batch("a"), NOW)
    with pytest.raises(ProtocolError):
        bench.it.announced(payload, NOW)
    assert (bench.replica.seq, list(bench.books.open)) == (0, ["a.1"])


@given(json_values(10))
def test_nothing_but_protocol_errors_for_any_verdict(value: Any) -> None:
    bench = Bench(term=0)
    bench.it.heard(batch("a"), NOW)
    for payload in (value, [1, value], [1, [value]], [1, [[1, 1, 1, "a.1", value]]]):
        try:
            bench.it.announced(payload, NOW)
        except ProtocolError:
            continue


def test_stopping_clears_the_timer() -> None:
    bench = Bench()
    bench.it.stop()
    assert bench.out == [ClearTimer(TIMER)]
