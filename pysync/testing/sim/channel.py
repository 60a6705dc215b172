"""A simulated BroadcastChannel: in order per sender, never to itself, and as lossy as the weather.

Floor: `timeline`, `weather`.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pysync.testing.sim.timeline import Timeline
from pysync.testing.sim.weather import Weather


class Bus:
    """The channel of one space on one device."""

    def __init__(self, timeline: Timeline, random: Random, weather: Weather) -> None:
        self.weather = weather
        self.log: Callable[[str, str], None] | None = None
        """Told of every post: sender and text."""
        self._timeline = timeline
        self._random = random
        self._members: dict[str, Callable[[str], None]] = {}
        self._last: dict[tuple[str, str], float] = {}

    def join(self, name: str, deliver: Callable[[str], None]) -> None:
        """Listen from now on."""
        self._members[name] = deliver

    def leave(self, name: str) -> None:
        """Listen no more; what is under way to this member is lost."""
        self._members.pop(name, None)

    def post(self, sender: str, text: str) -> None:
        """Send to all that listen now, except the sender."""
        if self.log is not None:
            self.log(sender, text)
        for receiver in list(self._members):
            if receiver != sender and self._random.random() >= self.weather.drop:
                self._send(sender, receiver, text)
                if self._random.random() < self.weather.duplicate:
                    self._send(sender, receiver, text)

    def _send(self, sender: str, receiver: str, text: str) -> None:
        delay = self._random.expovariate(1 / self.weather.latency)
        if self._random.random() < self.weather.reorder:
            delay *= 20
        else:
            pair = (sender, receiver)
            arrival = max(self._timeline.now + delay, self._last.get(pair, 0.0))
            self._last[pair] = arrival
            delay = arrival - self._timeline.now
        self._timeline.after(delay, lambda: self._arrive(receiver, text))

    def _arrive(self, receiver: str, text: str) -> None:
        deliver = self._members.get(receiver)
        if deliver is not None:
            deliver(text)
