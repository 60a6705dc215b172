"""Functions that may have to run again: a change made by `set(fn)` counts only on the base it saw.

When the leader hands such a change back because something was ordered before it, its function runs
again on what is true then, and the new change supersedes the old. Everything handed back at once
becomes one change, so a loop of a thousand increments costs one more change, not a thousand.

RERUN-1 a function's effect is in the decided state exactly once, or its caller is told that it was
refused. Floor: `model.draft`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pysync.errors import Refused, SyncError
from pysync.model.change import Change, Meta
from pysync.model.decision import Decision
from pysync.model.draft import Draft

Command = Callable[[Draft], Any]
EAGER: Final = 5
"""How often in a row functions are run again at once. What they build on may be somebody's change
that waits long for its decision; then they run once a tick until it is made."""
HEIRS: Final = 10_000
NAMED: Final = 100
"""Superseded changes that the new one names; more than that are only counted by their history."""


class Reruns:
    """The functions of one tab's undecided changes."""

    def __init__(
        self,
        *,
        attempt: Callable[[Command, Meta], Change | None],
        superseded: Callable[[tuple[int, ...]], None],
        refused: Callable[[Change, Decision], None],
    ) -> None:
        self._commands: dict[int, Command] = {}
        self._again: list[Change] = []
        self._streak = 0
        self._heirs: dict[int, int] = {}
        """Changes that were handed back -> the one that superseded each, the newest HEIRS."""
        self._attempt = attempt
        self._superseded = superseded
        self._refused = refused

    def keep(self, n: int, command: Command) -> None:
        """Change `n` was made by this function."""
        self._commands[n] = command

    def holds(self, n: int) -> bool:
        """Whether the function of change `n` may still have to run again."""
        return n in self._commands

    def latest(self, n: int) -> int:
        """The change that superseded change `n` in the end, or itself."""
        while n in self._heirs:
            n = self._heirs[n]
        return n

    def decided(self, change: Change, decision: Decision | None) -> bool:
        """A change was decided; True if it will be run again."""
        n = change.mark.n
        if any(waiting.mark.n == n for waiting in self._again):
            return True
        if decision is not None and decision.outcome == "retry" and n in self._commands:
            self._again.append(change)
            return True
        if self._commands.pop(n, None) is not None:
            self._streak = 0
        return False

    def run(self, *, patient: bool = False) -> None:
        """Run again what was handed back; after EAGER times in a row only if `patient`, which is
        said once a tick."""
        while self._again and (self._streak < EAGER or patient):
            patient = False
            self._streak += 1
            again, self._again = self._again, []
            commands = [self._commands.pop(change.mark.n) for change in again]

            def everything(draft: Draft, commands: list[Command] = commands) -> None:
                for command in commands:
                    command(draft)

            first = again[0].meta
            superseded = tuple(change.id for change in again[:NAMED])
            try:
                meta = Meta(supersedes=superseded, label=first.label, author=first.author)
                made = self._attempt(everything, meta)
            except SyncError as error:
                self._hand_back(again, error)
            else:
                self._inherit([change.mark.n for change in again], made)

    def _inherit(self, numbers: list[int], made: Change | None) -> None:
        if made is not None:
            self._heirs.update(dict.fromkeys(numbers, made.mark.n))
        while len(self._heirs) > HEIRS:
            del self._heirs[next(iter(self._heirs))]
        self._superseded(tuple(numbers))

    def _hand_back(self, changes: list[Change], error: SyncError) -> None:
        """What made sense when it ran makes none on what is true now."""
        code = error.code if isinstance(error, Refused) else "concurrent"
        for change in changes:
            self._refused(change, Decision(outcome="refused", code=code, message=str(error)))
