"""What a space tells its application, and how to be told.

Floor: `listeners`, `machines.events`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pysync.listeners import Listeners, Unsubscribe
from pysync.machines.events import Decided, Message, Problem
from pysync.machines.news import Steps
from pysync.machines.status import Status
from pysync.model.change import Ref
from pysync.model.guard import Record


@dataclass(frozen=True, slots=True)
class Update:
    """Records that look different now, because of the tab `source`; "" is this one."""

    refs: frozenset[Ref]
    source: str
    steps: Steps = field(default_factory=dict, compare=False, repr=False)
    """Their cells before and after, for who needs more than the records."""

    def ids(self, collection: str) -> list[str]:
        """Ids of the collection's records among them, ordered."""
        return sorted(rid for key, rid in self.refs if key == collection)

    def records(self, ref: Ref) -> tuple[Record | None, Record | None]:
        """One of them, as it was when its change was last told, and as it is; None: there is none.
        What is told begins where the telling before ended, whatever came in between."""
        before, after = (
            None if cell is None or cell.dead else cell.record(ref[1]) for cell in self.steps[ref]
        )
        return before, after


class Telling(ABC):
    """The part of a space that calls back."""

    def __init__(self) -> None:
        self._listeners = Listeners()

    @property
    def problems(self) -> list[Problem]:
        """The last hundred problems an operator should know of."""
        return self._listeners.problems

    def on_erased(self, callback: Callable[[frozenset[Ref]], None]) -> Unsubscribe:
        """Call back when somebody was erased, with the records that lost their data: whoever keeps
        something of them outside of the space lets go of it."""
        return self._listen("erased", callback)

    def on_change(self, callback: Callable[[Update], None]) -> Unsubscribe:
        """Call back when records look different, whoever changed them. Answers how to stop."""
        return self._listen("change", callback)

    def on_history(self, callback: Callable[[frozenset[Ref]], None]) -> Unsubscribe:
        """Call back when entries of these records were decided, whoever wrote them: what `history`
        and `recent` answer holds them from here on (HISTORY-1). A change is shown at once
        (`on_change`) and decided later: who shows a history reads it again now, not then."""
        return self._listen("history", callback)

    def on_status(self, callback: Callable[[Status], None]) -> Unsubscribe:
        """Call back when the status may show something else."""
        return self._listen("status", callback)

    def on_message(self, callback: Callable[[Message], None]) -> Unsubscribe:
        """Call back for application messages of other tabs."""
        return self._listen("message", callback)

    def on_problem(self, callback: Callable[[Problem], None]) -> Unsubscribe:
        """Call back for problems: not saved, a foreign message, a store that was cleared."""
        return self._listen("problem", callback)

    def on_leader(self, started: Callable[[], Unsubscribe | None]) -> Unsubscribe:
        """Call `started` whenever this tab becomes leader, also now if it is; what it answers is
        called when leadership ends. So a task runs in exactly one tab."""
        running: list[Unsubscribe | None] = []

        def change(leads: bool) -> None:
            if leads and not running:
                running.append(started())
            elif not leads and running:
                end = running.pop()
                if end is not None:
                    end()

        stop_listening = self._listen("leader", change)
        if self.is_leader:
            change(True)

        def stop() -> None:
            stop_listening()
            change(False)

        return stop

    def _recorded(self, event: Decided) -> None:
        """Entries were decided."""
        if self._listeners.waits("history"):
            self._listeners.tell("history", event.refs)

    def _listen(self, kind: str, callback: Callable[[Any], None]) -> Unsubscribe:
        self._check_open()
        return self._listeners.add(kind, callback)

    @property
    @abstractmethod
    def is_leader(self) -> bool:
        """Whether this tab leads."""

    @abstractmethod
    def _check_open(self) -> None:
        """Raises UsageError once it is closed."""
