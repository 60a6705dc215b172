"""The gate: how many messages changes become, and that the last value is among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import pytest

from pysync.errors import UsageError
from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer
from pysync.machines.gate import Gate


class Bench:
    """A gate whose timers fire exactly when they are due."""

    def __init__(self, **options: Any) -> None:
        self.sent: list[tuple[float, Mapping[str, Any]]] = []
        self.mono = 0.0
        self._out: list[Effect] = []
        self._due: float | None = None
        self.gate = Gate(name="g", out=self._out, send=self._note, **options)

    def _note(self, batch: Mapping[str, Any]) -> None:
        self.sent.append((self.mono, batch))

    def pump(self) -> None:
        for effect in self._out:
            if isinstance(effect, SetTimer):
                self._due = effect.due
            elif isinstance(effect, ClearTimer):
                self._due = None
        self._out.clear()

    def pass_to(self, mono: float) -> None:
        while self._due is not None and self._due <= mono:
            self.mono, self._due = self._due, None
            self.gate.woke("gate.g", Moment(0, self.mono))
            self.pump()
        self.mono = mono

    def offer(self, key: str, value: Any, *, at: float) -> None:
        self.pass_to(at)
        self.gate.offer(key, value, Moment(0, at))
        self.pump()

    def flush(self) -> None:
        self.gate.flush(Moment(0, self.mono))
        self.pump()


def _sixty_hertz(bench: Bench) -> int:
    for n in range(300):
        bench.offer("k", n, at=n * 1000 / 60)
    bench.pass_to(20_000)
    assert bench.sent[-1][1] == {"k": 299}
    return len(bench.sent)


@pytest.mark.req("TAB-09")
def test_five_seconds_at_60_hz_make_at_most_51_messages_at_throttle_100() -> None:
    bench = Bench(throttle_ms=100)
    assert 40 <= _sixty_hertz(bench) <= 51


@pytest.mark.req("TAB-09")
def test_five_seconds_at_60_hz_make_one_message_at_debounce_300() -> None:
    assert _sixty_hertz(Bench(debounce_ms=300)) == 1


@pytest.mark.req("TAB-09")
def test_gate_2_the_first_goes_at_once_and_the_last_of_each_key_follows() -> None:
    bench = Bench(throttle_ms=100)
    bench.offer("a", 1, at=0)
    assert bench.sent == [(0, {"a": 1})]
    bench.offer("a", 2, at=10)
    bench.offer("b", 1, at=20)
    bench.offer("a", 3, at=30)
    assert bench.gate.waiting == 2
    bench.pass_to(99)
    assert len(bench.sent) == 1
    bench.pass_to(100)
    assert bench.sent[1:] == [(100, {"a": 3, "b": 1})]
    bench.offer("a", 4, at=300)
    assert bench.sent[2:] == [(300, {"a": 4})]


def test_gate_1_no_two_sendings_are_closer_than_the_throttle() -> None:
    for options in ({"throttle_ms": 70}, {"throttle_ms": 500, "debounce_ms": 20}):
        bench = Bench(**options)
        for n in range(200):
            bench.offer("k", n, at=n * 37.0)
        bench.pass_to(30_000)
        times = [when for when, _ in bench.sent]
        gaps = [b - a for a, b in pairwise(times)]
        assert min(gaps) >= options["throttle_ms"]
        assert bench.sent[-1][1] == {"k": 199}


def test_gate_3_debounce_waits_for_silence_but_not_when_the_page_goes() -> None:
    bench = Bench(debounce_ms=300)
    bench.offer("k", 1, at=0)
    bench.offer("k", 2, at=250)
    bench.pass_to(500)
    assert bench.sent == []
    bench.flush()
    assert bench.sent == [(500, {"k": 2})]
    bench.pass_to(10_000)
    bench.flush()
    assert len(bench.sent) == 1


def test_no_throttle_sends_each_change() -> None:
    bench = Bench(throttle_ms=0)
    for n in range(3):
        bench.offer("k", n, at=0)
    assert [batch["k"] for _, batch in bench.sent] == [0, 1, 2]


def test_should_sync_compares_with_what_the_others_have() -> None:
    def moved(previous: int | None, value: int) -> bool:
        return previous is None or abs(value - previous) >= 5

    bench = Bench(throttle_ms=0, should_sync=moved)
    for n in range(12):
        bench.offer("k", n, at=n)
    assert [batch["k"] for _, batch in bench.sent] == [0, 5, 10]
    bench.gate.saw("k", 40)
    bench.offer("k", 42, at=50)
    assert len(bench.sent) == 3


def test_a_value_that_returns_to_what_the_others_have_need_not_go() -> None:
    differs: Callable[[Any, Any], bool] = lambda previous, value: previous != value  # noqa: E731
    bench = Bench(throttle_ms=100, should_sync=differs)
    bench.offer("k", 1, at=0)
    bench.offer("k", 2, at=10)
    bench.offer("k", 1, at=20)
    bench.pass_to(1_000)
    assert [batch for _, batch in bench.sent] == [{"k": 1}]


def test_a_timer_of_another_or_one_that_was_cleared_sends_nothing() -> None:
    bench = Bench(throttle_ms=100)
    bench.offer("k", 1, at=0)
    bench.offer("k", 2, at=1)
    bench.gate.woke("gate.other", Moment(0, 1))
    assert len(bench.sent) == 1
    bench.flush()
    bench.gate.woke("gate.g", Moment(0, 2))
    assert len(bench.sent) == 2


def test_options_that_make_no_sense_are_refused() -> None:
    for options in ({"throttle_ms": -1}, {"debounce_ms": -1}):
        with pytest.raises(UsageError):
            Bench(**options)
