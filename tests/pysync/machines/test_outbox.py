"""The outbox: posted once, appended until the store has it, always as the same text."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.machines import messages
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.effects import Append, ClearTimer, FlushSoon, Moment, Post, SetTimer
from pysync.machines.outbox import CHUNK, POINTER_CHARS, RETRY_MS, RETRY_TIMER, Outbox
from pysync.model.change import Change, Op
from pysync.model.schema import Schema
from pysync.ports import StoreFault
from tests.pysync.kit import WALL, mark

NOW = Moment(WALL, 0)
FULL = StoreFault("full")


class Bench:
    """An outbox with its effects in reach."""

    def __init__(self, *, stores: bool = True) -> None:
        self.out: list[Any] = []
        self.made: list[Batch] = []
        self.saved: list[Batch] = []
        self.n = 0
        self.it = Outbox(
            tab="me", stores=stores, out=self.out, made=self.made.append, saved=self.saved.append
        )

    def add(self, times: int = 1, value: object = 1) -> None:
        for _ in range(times):
            self.n += 1
            change = Change(mark("me", self.n), (Op("=", "c", "r", {"f": value}),))
            self.it.add(change, NOW)

    def took(self, kind: type) -> list[Any]:
        found = [effect for effect in self.out if isinstance(effect, kind)]
        self.out[:] = [effect for effect in self.out if not isinstance(effect, kind)]
        return found


@pytest.mark.req("TAB-15")
def test_out_1_the_first_change_of_a_task_is_appended_and_posted_inside_the_call() -> None:
    bench = Bench()
    bench.add()
    [append], [post] = bench.took(Append), bench.took(Post)
    assert (append.batch, append.body) == ("me.1", post.text)
    assert bench.took(FlushSoon) == [FlushSoon()]
    assert [batch.id for batch in bench.made] == ["me.1"]


def test_out_1_the_rest_of_a_task_is_posted_in_chunks_and_appended_when_it_ends() -> None:
    bench = Bench()
    bench.add(CHUNK + 3)
    first, chunk = bench.took(Post)
    assert [a.body for a in bench.took(Append)] == [first.text]
    bench.it.flush(NOW)
    [last] = bench.took(Post)
    assert [a.body for a in bench.took(Append)] == [chunk.text, last.text]
    assert [c.mark.n for c in parse_batch(last.text, Schema()).changes] == [CHUNK + 2, CHUNK + 3]
    bench.it.flush(NOW)
    assert bench.took(Append) == []
    bench.add()
    assert len(bench.took(Append)) == 1, "a new task begins"


def test_out_2_what_is_not_saved_is_still_here_and_is_offered_again_as_the_same_text() -> None:
    bench = Bench()
    bench.add()
    [first] = bench.took(Append)
    for attempt, pause in enumerate((*RETRY_MS, RETRY_MS[-1])):
        bench.it.appended("me.1", FULL, NOW)
        assert (bench.it.problem, list(bench.it.waiting)) == (FULL, ["me.1"])
        assert bench.took(SetTimer) == [SetTimer(RETRY_TIMER, pause)], attempt
        bench.it.woke("another timer")
        assert bench.took(Append) == []
        bench.it.woke(RETRY_TIMER)
        assert bench.took(Append) == [first]
        bench.it.woke(RETRY_TIMER)
        assert bench.took(Append) == [], "offered already"
    bench.it.appended("me.1", 7, NOW)
    assert (bench.it.problem, bench.it.waiting) == (None, {})
    assert [(batch.id, batch.key) for batch in bench.saved] == [("me.1", 7)]
    assert len(bench.took(Post)) == 1, "posted once"


@pytest.mark.parametrize("result", [3, StoreFault("duplicate")])
def test_out_1_in_the_store_is_in_the_store_whoever_put_it_there(result: Any) -> None:
    bench = Bench()
    bench.add()
    bench.it.appended("me.1", result, NOW)
    bench.it.appended("me.1", result, NOW)
    bench.it.decided("me.1")
    assert len(bench.saved) == 1


def test_a_batch_that_was_decided_is_saved() -> None:
    bench = Bench()
    bench.add()
    bench.it.appended("me.1", FULL, NOW)
    bench.it.decided("me.1")
    assert (len(bench.saved), bench.it.waiting, bench.it.problem) == (1, {}, None)


def test_room_again_offers_at_once() -> None:
    bench = Bench()
    bench.it.retry_now()
    assert bench.out == []
    bench.add()
    bench.it.appended("me.1", FULL, NOW)
    bench.out.clear()
    bench.it.retry_now()
    assert bench.took(ClearTimer) == [ClearTimer(RETRY_TIMER)]
    assert [a.batch for a in bench.took(Append)] == ["me.1"]


def test_a_long_frame_is_stored_first_and_then_only_its_place_is_posted() -> None:
    bench = Bench()
    bench.add(value="x" * POINTER_CHARS)
    assert bench.took(Post) == []
    bench.it.appended("me.1", 9, NOW)
    [post] = bench.took(Post)
    assert messages.decode(post.text).payload == [1, None, 9]


def test_a_long_frame_that_the_store_refuses_is_shown_to_the_others_once() -> None:
    bench = Bench()
    bench.add(value="x" * POINTER_CHARS)
    bench.it.flush(NOW)
    [first] = bench.took(Append)
    for _ in range(2):
        bench.it.appended("me.1", FULL, NOW)
        bench.it.woke(RETRY_TIMER)
    assert [post.text for post in bench.took(Post)] == [first.body]
    bench.took(Append)
    bench.add(value="y" * POINTER_CHARS)
    [second] = bench.took(Post)
    assert bench.took(Append) == [], "it waits for the first"
    bench.it.appended("me.1", 8, NOW)
    assert [append.body for append in bench.took(Append)] == [second.text]
    bench.it.appended("me.2", 9, NOW)
    assert bench.took(Post) == []
    assert [batch.key for batch in bench.saved] == [8, 9]


def test_a_frame_that_would_be_too_long_is_cut() -> None:
    bench = Bench()
    bench.add()
    bench.add(6, "x" * 900_000)
    bench.it.flush(NOW)
    bodies = [append.body for append in bench.took(Append)]
    assert all(len(body) <= messages.MAX_FRAME for body in bodies)
    numbers = [c.mark.n for body in bodies for c in parse_batch(body, Schema()).changes]
    assert numbers == list(range(1, 8))


def test_without_a_store_everything_is_posted_and_nothing_waits() -> None:
    bench = Bench(stores=False)
    bench.add(value="x" * POINTER_CHARS)
    assert len(bench.took(Post)) == 1
    assert (bench.took(Append), bench.it.waiting) == ([], {})
    bench.it.stop()
    assert bench.took(ClearTimer) == [ClearTimer(RETRY_TIMER)]
