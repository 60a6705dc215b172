"""What a page hears of a space as events of the DOM: names and details, as JSON can hold them.

    pysync-change    {keys, source}               records or values look different
    pysync-conflict  {conflicts: [{…}]}           conflicts that were not there before
    pysync-status    {state, tabs, waiting, …}    it says something else than before
    pysync-problem   {kind, detail}               for whoever operates the page

Floor: `space`, `badge`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pysync.listeners import Unsubscribe
from pysync.machines.events import Problem
from pysync.machines.status import Status
from pysync.model.conflict import Conflict
from pysync.model.sealed import KEYRING
from pysync.space import Space
from pysync.telling import Update
from pysync.values.jsonvalue import thaw
from pysync.widget.badge import state_of, towards

Tell = Callable[[str, dict[str, Any]], None]


class Events:
    """Tells of one space until `close`; `server` is the one that the page names for it."""

    def __init__(self, space: Space, tell: Tell, *, server: str = "") -> None:
        self._space = space
        self._tell = tell
        self._server = server
        self._status: dict[str, Any] = {}
        self._known: set[str] = set()
        self._stops: list[Unsubscribe] = [
            space.on_change(self._changed),
            space.on_status(self._stands),
            space.on_history(lambda _: self._conflicts()),
            space.on_conflicts(lambda _: self._conflicts()),
            space.on_problem(self._problem),
        ]

    def close(self) -> None:
        """Tell nothing more; a second call does nothing."""
        stops, self._stops = self._stops, []
        for stop in stops:
            stop()

    def _changed(self, update: Update) -> None:
        keys = sorted({key for key, _ in update.refs})
        self._tell("pysync-change", {"keys": keys, "source": update.source})

    def _stands(self, status: Status) -> None:
        status = towards(self._server, status)
        detail = {
            "state": state_of(status),
            "tabs": status.tabs,
            "leader": status.is_leader,
            "waiting": max(status.pending, status.unsaved),
            "conflicts": status.conflicts,
            "server": status.relay,
        }
        if detail != self._status:
            self._status = detail
            self._tell("pysync-status", detail)

    def _conflicts(self) -> None:
        found = [each for each in self._space.conflicts(settled=True) if each.key != KEYRING]
        new = [each for each in found if each.id not in self._known]
        self._known = {each.id for each in found}
        new = [each for each in new if each.status != "resolved"]
        if new:
            self._tell("pysync-conflict", {"conflicts": [_described(each) for each in new]})

    def _problem(self, problem: Problem) -> None:
        self._tell("pysync-problem", {"kind": problem.kind, "detail": problem.detail})


def _described(conflict: Conflict) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "key": conflict.key,
        "record": conflict.rid,
        "field": conflict.register,
        "status": conflict.status,
        "shown": thaw(conflict.shown.value),
        "other": thaw(conflict.other.value),
    }
