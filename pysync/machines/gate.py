"""How often changes leave: throttle, debounce, coalesce by key.

GATE-1  Never two sendings closer than `throttle_ms`, but for `flush`.
GATE-2  The last value of every key that changed goes out; of several waiting ones only the last.
GATE-3  With `debounce_ms` nothing goes before that long a silence, except by `flush`.

Floor: `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from pysync.errors import UsageError
from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer


class Gated(Protocol):
    """Something that lets out later what came in: a tab wakes it, and empties it before it ends."""

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due, perhaps one of its own."""

    def flush(self, now: Moment) -> None:
        """Let out what waits, now."""


AnyGate = TypeVar("AnyGate", bound=Gated)


class Gate:
    """Lets values out by key, never faster than configured, the last one always.

    The first change goes at once, later ones when `throttle_ms` have passed since the last sending,
    all that wait in one call of `send`. With `debounce_ms` a change waits until none followed it
    for so long. `should_sync(previous, next)` may keep a value back: `previous` is what the others
    last got (None at first), so small steps that are kept back do not add up unseen.
    """

    def __init__(
        self,
        *,
        name: str,
        throttle_ms: float = 100,
        debounce_ms: float | None = None,
        should_sync: Callable[[Any, Any], bool] | None = None,
        out: list[Effect],
        send: Callable[[Mapping[str, Any]], None],
    ) -> None:
        if throttle_ms < 0 or (debounce_ms or 0) < 0:
            raise UsageError("throttle_ms and debounce_ms are milliseconds, 0 or more")
        self._timer = f"gate.{name}"
        self._throttle = throttle_ms
        self._debounce = debounce_ms or 0
        self._should_sync = should_sync
        self._out = out
        self._send = send
        self._waiting: dict[str, Any] = {}
        self._shared: dict[str, Any] = {}
        self._open_at = float("-inf")
        """Until then (mono) nothing goes."""
        self._timed = False

    def offer(self, key: str, value: Any, now: Moment) -> None:
        """A value changed. It goes now, or with the next sending, or is replaced before that."""
        if not self._wanted(key, value):
            self._waiting.pop(key, None)
            return
        self._waiting[key] = value
        if self._debounce:
            self._set(max(now.mono + self._debounce, self._open_at))
        elif now.mono >= self._open_at:
            self.flush(now)
        elif not self._timed:
            self._set(self._open_at)

    def saw(self, key: str, value: Any) -> None:
        """The others have this value already (it came from them): `should_sync` compares to it."""
        if self._should_sync is not None:
            self._shared[key] = value

    def woke(self, name: str, now: Moment) -> None:
        """The timer is due; other names are ignored."""
        if name == self._timer and self._timed:
            self._timed = False
            self.flush(now)

    def flush(self, now: Moment) -> None:
        """Send what waits, now (pagehide, freeze, stop). Sends nothing if nothing waits."""
        if self._timed:
            self._timed = False
            self._out.append(ClearTimer(self._timer))
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, {}
        if self._should_sync is not None:
            self._shared.update(batch)
        self._open_at = now.mono + self._throttle
        self._send(batch)

    def holds(self, key: str) -> bool:
        """Whether a value of that key waits to be sent."""
        return key in self._waiting

    @property
    def waiting(self) -> int:
        """How many keys wait to be sent."""
        return len(self._waiting)

    def _wanted(self, key: str, value: Any) -> bool:
        if self._should_sync is None:
            return True
        return bool(self._should_sync(self._shared.get(key), value))

    def _set(self, due: float) -> None:
        self._timed = True
        self._out.append(SetTimer(self._timer, due))
