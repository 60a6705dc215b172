"""The queue of live updates: seldom enough, in small batches, bounded, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import UsageError
from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer
from pysync.machines.update_queue import BATCH_SIZE, MAX_PENDING, THROTTLE_MS, UpdateQueue
from pysync.machines.updates import RealtimeUpdate, came_to
from tests.pysync.kit import WALL

pytestmark = pytest.mark.req("RT-03")


class Bench:
    """A queue whose timers fire exactly when they are due, a source, and who applies what is
    sent."""

    def __init__(self, **options: Any) -> None:
        self.sent: list[tuple[float, Sequence[RealtimeUpdate]]] = []
        self.source: dict[str, dict[str, Any]] = {}
        self.held: dict[str, dict[str, Any]] = {}
        self.mono = 0.0
        self.due: float | None = None
        self.sets = 0
        self.react: Any = None
        self._out: list[Effect] = []
        self.queue = UpdateQueue(name="q", out=self._out, send=self._apply, **options)

    def _apply(self, batch: Sequence[RealtimeUpdate]) -> None:
        self.sent.append((self.mono, batch))
        for update in batch:
            if update.action == "delete":
                del self.held[update.id]
            elif update.action == "create":
                assert update.id not in self.held
                self.held[update.id] = dict(update.data)
            else:
                self.held[update.id] |= update.data
        if self.react is not None:
            self.react()

    def pump(self) -> None:
        for effect in self._out:
            if isinstance(effect, SetTimer):
                self.due, self.sets = effect.due, self.sets + 1
            elif isinstance(effect, ClearTimer):
                self.due = None
        self._out.clear()

    def pass_to(self, mono: float) -> None:
        while self.due is not None and self.due <= mono:
            self.mono, self.due = self.due, None
            self.queue.woke("updates.q", Moment(WALL, self.mono))
            self.pump()
        self.mono = mono

    def change(self, *writes: tuple[str, dict[str, Any] | None]) -> None:
        """Make records look so (None: deleted), and put what that is into the queue."""
        updates = []
        for rid, fields in writes:
            was = self._record(rid)
            if fields is None:
                self.source.pop(rid, None)
            else:
                self.source[rid] = {**self.source.get(rid, {}), **fields}
            now = self._record(rid)
            became = came_to(was, now)
            if became is not None:
                made = RealtimeUpdate(
                    type="n", action=became[0], id=rid, timestamp=WALL, data=became[1]
                )
                updates.append(replace(made, collection="n", was=was, record=now))
        self.queue.put(updates, Moment(WALL, self.mono))
        self.pump()

    def _record(self, rid: str) -> dict[str, Any] | None:
        return {"id": rid, **self.source[rid]} if rid in self.source else None

    def flush(self) -> None:
        self.queue.flush(Moment(WALL, self.mono))
        self.pump()

    @property
    def sizes(self) -> list[tuple[float, int]]:
        return [(at, len(batch)) for at, batch in self.sent]


def some(count: int, start: int = 0, **fields: Any) -> list[tuple[str, dict[str, Any] | None]]:
    """So many records."""
    return [(f"r{n}", fields or {"n": 1}) for n in range(start, start + count)]


def test_the_settings_are_those_of_the_requirement() -> None:
    assert (THROTTLE_MS, BATCH_SIZE, MAX_PENDING) == (500, 10, 100)


def test_queued_3_the_first_goes_at_once_later_ones_in_batches_of_ten_every_half_second() -> None:
    """QUEUED-3."""
    bench = Bench()
    bench.change(*some(1))
    bench.change(*some(25, 1))
    assert (bench.sizes, len(bench.queue), bench.due) == ([(0, 1)], 25, 500)
    bench.pass_to(10_000)
    assert bench.sizes == [(0, 1), (500, 10), (1_000, 10), (1_500, 5)]
    assert bench.held == bench.source
    assert bench.due is None
    bench.change(*some(1, n=2))
    assert bench.sizes[-1] == (10_000, 1)


def test_what_changes_together_is_told_together() -> None:
    bench = Bench()
    bench.change(*some(7))
    assert bench.sizes == [(0, 7)]


def test_the_oldest_goes_first_also_if_it_changed_again() -> None:
    bench = Bench(batch_size=2)
    bench.change(*some(1, 100))
    for n in range(4):
        bench.change((f"r{n}", {"n": 1}))
    bench.change(("r0", {"n": 2}))
    bench.pass_to(500)
    assert [(update.id, update.data["n"]) for update in bench.sent[-1][1]] == [("r0", 2), ("r1", 1)]


def test_queued_2_one_more_than_the_bound_joins_its_own_or_a_batch_leaves_early() -> None:
    """QUEUED-2."""
    bench = Bench()
    bench.change(*some(1, 1_000))
    bench.change(*some(100))
    assert (len(bench.queue), bench.queue.early) == (100, 0)
    bench.change(("r50", {"n": 2}))
    assert (len(bench.queue), bench.queue.early, bench.queue.aggregated) == (100, 0, 1)
    bench.change(("r100", {"n": 1}))
    assert (len(bench.queue), bench.queue.early) == (91, 1)
    assert bench.sizes == [(0, 1), (0, 10)]
    bench.pass_to(100_000)
    assert bench.held == bench.source


def test_many_at_once_are_never_more_than_the_bound_and_none_is_lost() -> None:
    """QUEUED-1, QUEUED-2."""
    bench = Bench()
    most = 0

    def look() -> None:
        nonlocal most
        most = max(most, len(bench.queue))

    bench.react = look
    bench.change(*some(1_000))
    assert most <= 100 >= len(bench.queue)
    assert all(len(batch) <= 10 for _, batch in bench.sent)
    bench.pass_to(100_000)
    assert bench.held == bench.source


def test_what_comes_to_nothing_is_not_told_and_needs_no_timer() -> None:
    bench = Bench()
    bench.change(*some(1))
    bench.change(*some(1, 1))
    bench.change(("r1", None))
    assert (len(bench.queue), bench.due) == (0, None)
    bench.pass_to(1_000)
    assert bench.sizes == [(0, 1)]


def test_a_timer_that_is_set_is_not_set_again() -> None:
    bench = Bench()
    bench.change(*some(1))
    for n in range(1, 30):
        bench.change(*some(1, n))
    assert bench.sets == 1
    bench.queue.woke("updates.other", Moment(WALL, 1_000))
    assert bench.sizes == [(0, 1)]


def test_flush_sends_all_that_waits_in_batches() -> None:
    bench = Bench()
    bench.change(*some(1))
    bench.change(*some(25, 1))
    bench.flush()
    assert bench.sizes == [(0, 1), (0, 10), (0, 10), (0, 5)]
    assert bench.due is None
    bench.flush()
    assert len(bench.sent) == 4


def test_closing_forgets_what_waits_and_the_timer() -> None:
    bench = Bench()
    bench.change(*some(1))
    bench.change(*some(5, 1))
    bench.queue.close()
    bench.pump()
    assert (len(bench.queue), bench.due) == (0, None)


def test_queued_4_what_the_receiver_puts_in_is_told_afterwards() -> None:
    """QUEUED-4: also where that is more than the bound, and where it flushes."""
    bench = Bench(max_pending=3, batch_size=2)
    depth = most = left = 0

    def react() -> None:
        nonlocal depth, most, left
        depth += 1
        most = max(most, depth)
        if left:
            left -= 1
            bench.change(*some(3, 10 + 3 * left))
            bench.flush()
        depth -= 1

    bench.react, left = react, 4
    bench.change(*some(2))
    assert most == 1
    bench.pass_to(100_000)
    assert bench.held == bench.source
    assert len(bench.source) == 14


def test_one_that_raises_does_not_close_the_queue() -> None:
    bench = Bench()

    def fail() -> None:
        raise RuntimeError

    bench.react = fail
    with pytest.raises(RuntimeError):
        bench.change(*some(1))
    bench.react = None
    bench.change(*some(1, 1))
    bench.flush()
    assert bench.held == bench.source


@pytest.mark.parametrize(
    "options", [{"throttle_ms": -1}, {"batch_size": 0}, {"max_pending": 0}], ids=str
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Bench(**options)


STEP = st.one_of(
    st.tuples(
        st.just("change"),
        st.lists(
            st.tuples(
                st.integers(0, 8).map(lambda n: f"r{n}"),
                st.none() | st.dictionaries(st.sampled_from("ab"), st.integers(0, 2), min_size=1),
            ),
            max_size=6,
        ),
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 499, 500, 2_000])),
    st.tuples(st.just("flush"), st.none()),
)


@given(
    st.lists(STEP, max_size=25),
    st.integers(1, 4),
    st.integers(1, 6),
    st.sampled_from([0, 1, 500]),
)
def test_queued_1_whatever_happens_none_is_lost_and_every_bound_holds(
    steps: list[tuple[str, Any]], batch: int, bound: int, throttle: float
) -> None:
    """QUEUED-1, QUEUED-2, QUEUED-3."""
    bench = Bench(batch_size=batch, max_pending=bound, throttle_ms=throttle)
    by_itself: list[float] = []
    for act, what in steps:
        before, early = len(bench.sent), bench.queue.early
        if act == "change":
            bench.change(*what)
        elif act == "wait":
            bench.pass_to(bench.mono + what)
        else:
            bench.flush()
        assert len(bench.queue) <= bound
        assert (bench.due is not None) == bool(len(bench.queue))
        if act != "flush" and bench.queue.early == early:
            by_itself += [at for at, _ in bench.sent[before:]]
    assert all(0 < len(sent) <= batch for _, sent in bench.sent)
    assert all(b - a >= throttle for a, b in pairwise(by_itself))
    bench.pass_to(bench.mono + 100_000)
    assert len(bench.queue) == 0
    assert bench.held == bench.source
