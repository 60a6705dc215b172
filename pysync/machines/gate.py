"""How often changes leave: throttle, debounce, coalesce by key. Floor: `effects`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pysync.machines.effects import Effect, Moment


class Gate:
    """Lets values out by key, never faster than configured, the last one always.

    `send` gets everything that waits, by key, in one call.
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
    ) -> None: ...

    def offer(self, key: str, value: Any, now: Moment) -> None:
        """A value changed. It goes now, or with the next sending, or is replaced before that."""

    def saw(self, key: str, value: Any) -> None:
        """The others have this value already (it came from them): `should_sync` compares to it."""

    def woke(self, name: str, now: Moment) -> None:
        """The timer is due; other names are ignored."""

    def flush(self, now: Moment) -> None:
        """Send what waits, now (pagehide, freeze, stop)."""
