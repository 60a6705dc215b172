"""What a `BroadcastSync` tells: its callbacks, its problems, its debug log.

VOICE-1 a callback that fails harms nobody: it is printed and noted. VOICE-2 a state is told when it
becomes so, never twice in a row. Floor: `broadcast_config`, `broadcast_log`, `space`.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any, Final

from pysync.broadcast_config import BroadcastConfig, SyncState
from pysync.broadcast_log import Event, Log, LogEntry
from pysync.machines import messages
from pysync.machines.events import Problem
from pysync.machines.status import Status
from pysync.space import Space

PROBLEMS_KEPT: Final = 100
_TYPES: Final = {"sent": messages.STATE_UPDATE, "received": messages.STATE_UPDATE}


class Voice:
    """Tells what the config asks to be told."""

    def __init__(self, config: BroadcastConfig) -> None:
        self.problems: list[Problem] = []
        self.log = Log(config.debug)
        self.space: Space | None = None
        """The space that is spoken of, from start to stop."""
        self._config = config
        self._connected = False
        self._role: SyncState | None = None
        self._said: dict[str, str] = {}

    def status(self, status: Status, *, awake: bool) -> None:
        """The space's status may show something else."""
        role = self._role
        if status.is_leader:
            role = "leader"
        elif status.leader is not None or role == "leader":
            role = "follower"
        self._tell(connected=status.ready and awake, role=role)

    def ended(self) -> None:
        """It was stopped."""
        self.note("stopped", "", ())
        self._tell(connected=False, role=None)
        self.space = None

    def _tell(self, *, connected: bool, role: SyncState | None) -> None:
        told = self._config.on_sync_state_change
        if connected != self._connected:
            self._connected = connected
            self._role = None
            self._call(told, "connected" if connected else "disconnected")
        if connected and role != self._role and self._config.enable_leader_election:
            self._role = role
            self._call(told, role)

    def updated(self, keys: list[str], source: str) -> None:
        """These keys were put into the store."""
        self._call(self._config.on_remote_update, keys, source)

    def note(self, event: Event, sender: str, keys: Iterable[str]) -> None:
        """One line for the debug log."""
        if self.log.on and self.space is not None:
            entry = LogEntry(
                at=int(self.space.host.now().wall),
                event=event,
                tab=self.space.tab_id,
                type=_TYPES.get(event, ""),
                sender=sender,
                keys=tuple(keys),
            )
            try:
                self.log.add(entry)
            except Exception as error:  # noqa: BLE001 - VOICE-1
                self._failed(error)

    def report(self, kind: str, key: str, why: str) -> None:
        """Something cannot be carried; the same of one key is said once in a row."""
        if self._said.get(key) != kind + why:
            self._said[key] = kind + why
            self.note("rejected", "", [key] if key else ())
            self.problem(Problem(kind, f"{key}: {why}" if key else why))

    def settled(self, key: str) -> None:
        """The key can be carried again: the next problem with it is news."""
        self._said.pop(key, None)

    def problem(self, problem: Problem) -> None:
        """Keep it and tell it."""
        self._keep(problem)
        self._call(self._config.on_problem, problem)

    def _keep(self, problem: Problem) -> None:
        self.problems.append(problem)
        del self.problems[:-PROBLEMS_KEPT]

    def _call(self, callback: Callable[..., None] | None, *what: Any) -> None:
        if callback is not None:
            try:
                callback(*what)
            except Exception as error:  # noqa: BLE001 - VOICE-1
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        traceback.print_exception(error, file=sys.stderr)
        self._keep(Problem("function-failed", repr(error)))
