"""The real tab machine with a window in it, through which the world sees what it does.

Floor: `machines.tab`.
"""

from __future__ import annotations

from collections.abc import Callable

from pysync.machines.effects import Moment
from pysync.machines.reruns import Command
from pysync.machines.tab import Tab
from pysync.model.change import Change, Meta
from pysync.model.decision import Decision
from pysync.model.draft import Draft


class Watched(Tab):
    """The real machine, watched: what it accepts and what it confirms."""

    watch: Callable[[int, Change, Decision | None], None]
    made: dict[str, Change]

    def commit(
        self, draft: Draft, now: Moment, meta: Meta | None = None, rerun: Command | None = None
    ) -> Change | None:
        """A change is made, by the application or by the machine itself."""
        change = super().commit(draft, now, meta, rerun)
        if change is not None:
            self.made[change.id] = change
        return change

    def decided(self, seq: int, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed."""
        self.watch(seq, change, decision)
        super().decided(seq, change, decision)
