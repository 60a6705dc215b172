"""Stragglers: what lies open for long is put right at the second tick."""

from __future__ import annotations

import pytest

from pysync.machines import messages
from pysync.machines.effects import Append, Post, ReadLog, SetTimer
from pysync.machines.ledger import LOOK_MS, TIMER
from tests.pysync.machines.test_ledger import NOW, Bench, batch


@pytest.mark.req("TAB-15")
def test_stray_1_a_batch_heard_from_a_tab_that_died_before_its_commit_is_appended() -> None:
    bench = Bench().lead()
    orphan = batch("a")
    bench.it.heard(orphan, NOW)
    bench.took(ReadLog)
    bench.it.log_read([], NOW)
    assert bench.took(Append) == [], "its author lives"
    assert SetTimer(TIMER, LOOK_MS) in bench.took(SetTimer)
    bench.present.discard("a")
    bench.it.woke(TIMER, NOW)
    bench.took(ReadLog)
    bench.it.log_read([], NOW)
    assert bench.took(Append) == [Append("a.1", orphan.text)]
    bench.it.adopted("a.1", 5, NOW)
    assert bench.took(ReadLog) == [ReadLog(0)]


def test_stray_1_any_tab_that_holds_it_appends_it_after_two_ticks() -> None:
    bench = Bench(term=0)
    orphan = batch("a")
    bench.it.heard(orphan, NOW)
    bench.present.discard("a")
    bench.it.beat(NOW)
    assert bench.took(Append) == []
    bench.it.beat(NOW)
    assert bench.took(Append) == [Append("a.1", orphan.text)]
    bench.it.adopted("a.1", 5, NOW)
    [post] = bench.took(Post)
    assert messages.decode(post.text).payload == [1, None, 5], "the leader is told its place"


def test_stray_2_what_is_saved_and_stays_undecided_is_told_again() -> None:
    bench = Bench(term=0)
    mine = batch("me")
    mine.key = 4
    bench.it.made(mine, NOW)
    bench.it.beat(NOW)
    assert bench.took(Post) == []
    bench.it.beat(NOW)
    [post] = bench.took(Post)
    assert messages.decode(post.text).payload == [1, None, 4]


def test_stray_2_a_leader_reads_the_log_again_instead() -> None:
    bench = Bench().lead()
    bench.it.log_read([], NOW)
    mine = batch("me")
    mine.key = 4
    bench.it.made(mine, NOW)
    bench.out.clear()
    bench.it.beat(NOW)
    assert bench.took(ReadLog, Post) == []
    bench.it.beat(NOW)
    assert bench.took(Post) == []
    assert bench.took(ReadLog) == [ReadLog(0)]
