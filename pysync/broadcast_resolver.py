"""The strategy `custom`: the leader runs the application's resolver and commits what it answers.

The engine keeps both values of a concurrent write in an open conflict and shows the newer one
meanwhile. The resolution is an ordinary change that names the conflicts it settles and counts only
on the very state it was made on; so the first one in the log wins, and a second that was on its way
comes to nothing. RESOLVE-1 only a leader resolves, and only what is decided and nobody is changing.
RESOLVE-2 a value that somebody wrote knowing the shown one stands: it is not resolved away.
Floor: `space`, `kv`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pysync.errors import SyncError
from pysync.kv import VALUE, put_value, read_value
from pysync.machines.events import Problem
from pysync.model.change import Meta
from pysync.model.conflict import Candidate, Conflict
from pysync.space import Space
from pysync.values.jsonvalue import thaw

Report = Callable[[Problem], None]


class Resolver:
    """Settles open conflicts of single values in one space. Call `look` when something changed."""

    def __init__(
        self,
        space: Space,
        resolve: Callable[[Any, Any], Any],
        covers: Callable[[str], bool],
        report: Report,
    ) -> None:
        self._space = space
        self._resolve = resolve
        self._covers = covers
        self._report = report
        self._failed: set[str] = set()

    def look(self) -> None:
        """Resolve what is open, if this tab leads."""
        if not self._space.is_leader:
            return
        by_key: dict[str, list[Conflict]] = {}
        for conflict in self._space.conflicts():
            if conflict.rid == VALUE and conflict.id not in self._failed:
                by_key.setdefault(conflict.key, []).append(conflict)
        for key, conflicts in by_key.items():
            if self._covers(key) and not self._is_busy(key):
                self._settle(key, conflicts)

    def _is_busy(self, key: str) -> bool:
        """Whether a change of it is not decided yet, as our own resolution a moment ago."""
        return (key, VALUE) in self._space.tab.replica.under

    def _settle(self, key: str, conflicts: list[Conflict]) -> None:
        names = tuple(conflict.id for conflict in conflicts)
        try:
            self._commit(key, self._value(key, conflicts), names)
        except Exception as error:  # noqa: BLE001 - the resolver is the application's
            self._failed.update(names)
            kind = "not-sent" if isinstance(error, SyncError) else "function-failed"
            self._report(Problem(kind, f"{key}: custom_resolver: {error!r}"))

    def _value(self, key: str, conflicts: list[Conflict]) -> Any:
        found: dict[str, Candidate] = {}
        for conflict in conflicts:
            for candidate in (conflict.shown, conflict.other):
                found[candidate.mark.version] = candidate
        cell = self._space.tab.replica.view.cell(key, VALUE)
        written = cell.mark(VALUE) if cell is not None else None
        if cell is None or cell.dead or written is None or written.version not in found:
            return read_value(self._space.view, key, None)  # RESOLVE-2
        own = self._space.tab_id
        first, *others = sorted(
            found.values(),
            key=lambda c: (c.mark.tab != own, c.mark.stamp, c.mark.tab, c.mark.n),
        )
        value = thaw(first.value)
        for other in others:
            value = self._resolve(value, thaw(other.value))
        return value

    def _commit(self, key: str, value: Any, names: tuple[str, ...]) -> None:
        space = self._space
        draft = space.tab.draft(space.host.now())
        put_value(draft, key, value, even_if_equal=True)
        space.commit(draft, Meta(label="Resolved", resolves=names), _not_again)


def _not_again(_: Any) -> None:
    """Run if the resolution was handed back: `look` finds out what is still open then."""
