"""What a `BroadcastSync` does, entry by entry, for its debug mode. Floor: nothing below it."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Event = Literal["started", "stopped", "sent", "received", "applied", "withheld", "rejected"]
KEPT: Final = 500
"""Entries that `Log.entries` remembers; older ones are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One thing that happened. `at` is wall ms; `type` names the message of the table of tab
    messages that carried it, "" if none did; `sender` is the tab that wrote the keys."""

    at: int
    event: Event
    tab: str
    type: str = ""
    sender: str = ""
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [f"pysync {self.tab} {self.event}", self.type, ", ".join(self.keys)]
        if self.sender:
            parts.append(f"by {self.sender}")
        return " · ".join(part for part in parts if part)


class Log:
    """Takes entries while debugging is on; else it costs nothing."""

    def __init__(self, debug: bool | Callable[[LogEntry], None]) -> None:
        self.entries: deque[LogEntry] = deque(maxlen=KEPT)
        self.on = debug is not False
        self._tell = _print if isinstance(debug, bool) else debug

    def add(self, entry: LogEntry) -> None:
        """Remember it and tell it."""
        if self.on:
            self.entries.append(entry)
            self._tell(entry)


def _print(entry: LogEntry) -> None:
    sys.stdout.write(f"{entry}\n")
