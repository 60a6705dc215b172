"""Settling conflicts: which there are, what stands against what, and how one is resolved.

A resolution is an ordinary change that names what it settles: it works offline, guards judge it,
and it counts only on the very values it was made on. So the first one in the log wins; a second one
is refused (code `settled`), told and kept like every refused change. To ignore a conflict is no
change: it says "not now" in the open tabs of this device, keeps the conflict listed, and is
forgotten with them, so that nothing stays hidden from others or for ever.
Floor: `letters`, `history`, `machines`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from pysync.errors import Refused, Unknown, UsageError
from pysync.history import Version, ancestor_in
from pysync.letters import Letters
from pysync.listeners import Unsubscribe
from pysync.machines.events import Message
from pysync.model.cell import Mark
from pysync.model.change import Meta, Ref
from pysync.model.conflict import Candidate, Conflict
from pysync.model.draft import Draft
from pysync.model.merge import ABSENT, merge3
from pysync.receipt import Receipt
from pysync.values.jsonvalue import Json

Way = Literal["keep-local", "keep-remote", "merge", "manual"]
WAYS: Final = ("keep-local", "keep-remote", "merge", "manual")
IGNORED: Final = "pysync-ignored"
"""The message to the other tabs of the device that a conflict is ignored, or no more."""


class Settling(Letters):
    """The part of a space that deals with conflicts."""

    def __init__(self) -> None:
        super().__init__()
        self.ignored: frozenset[str] = frozenset()
        """Conflicts that were put aside in the open tabs of this device."""
        self._told: tuple[object, ...] = ()

    def conflicts(self, *, settled: bool = False, record: Ref | None = None) -> list[Conflict]:
        """Conflicts that wait for somebody, the oldest first, ignored ones included; with `settled`
        all that are at hand; `record`: those of that (collection, record id)."""
        replica = self.tab.replica
        found = replica.conflicts.values() if settled else replica.open_conflicts()
        return [each for each in found if record is None or (each.key, each.rid) == record]

    def conflict(self, conflict_id: str) -> Conflict:
        """One conflict as it stands. Raises Unknown."""
        found = self.tab.replica.conflicts.get(conflict_id)
        if found is None:
            raise Unknown(f"no conflict {conflict_id}")
        return found

    def nearness(self, mark: Mark) -> int:
        """Who wrote it: 2 this tab, 1 another open tab of this device, 0 anybody else."""
        if mark.tab == self.tab.id:
            return 2
        return int(any(tab.id == mark.tab for tab in self.tab.tabs()))

    def sides(self, conflict: Conflict) -> tuple[Candidate, Candidate]:
        """What was written here, and what elsewhere. Where neither is nearer, as when the tabs that
        wrote are closed, the incoming value counts as ours."""
        incoming, there = conflict.incoming, conflict.there
        if self.nearness(there.mark) > self.nearness(incoming.mark):
            return there, incoming
        return incoming, there

    async def ancestor(self, conflict: Conflict) -> Candidate | None:
        """What both began from, as far as it is known here. Raises NotDurable if the store cannot
        be read."""
        versions = await self.history(conflict.key, conflict.rid)
        return ancestor_in(self.tab.schema, conflict, versions)

    def merged(self, conflict: Conflict, before: Any = ABSENT) -> Json:
        """Both values merged; `before` is what both began from, where the conflict itself does not
        know. Raises Refused (`no-merge`) if both changed the same part of it."""
        incoming, there = conflict.incoming, conflict.there
        known = before if conflict.before is ABSENT else conflict.before
        found = merge3(known, incoming.value, there.value, "ours")
        if found.clashes:
            raise Refused("no-merge", "both changed the same part: choose one, or write another")
        return found.value

    def resolve(
        self, conflict_id: str, way: Way, value: Json = None, *, author: str = ""
    ) -> Receipt[None]:
        """Settle a conflict, everywhere: `keep-local` and `keep-remote` take one of the `sides`,
        `merge` takes what `merged` answers, `manual` takes `value`. What a rule settled (`auto`)
        can be settled otherwise in the same way.

        Raises Unknown for a conflict that is not there, UsageError for one that is about a whole
        record or for an unknown way, InvalidValue if the value does not fit, and Refused: with
        `settled` if somebody was first, `no-merge`, or what a guard says.
        """
        conflict = self.conflict(conflict_id)
        if way not in WAYS:
            raise UsageError(f"no way {way!r} to resolve: one of {', '.join(WAYS)}")
        if way == "merge":
            value = self.merged(conflict)
        elif way != "manual":
            mine, theirs = self.sides(conflict)
            value = (mine if way == "keep-local" else theirs).value
        return self.settle({conflict_id: value}, author=author)

    def settle(
        self, values: Mapping[str, Json], *, author: str = "", label: str = "Resolved"
    ) -> Receipt[None]:
        """Settle several conflicts, by id, in one change named `label`, each with that value; of
        fields that go together an object of them. Raises as `resolve` does; then none of them is
        settled."""
        conflicts = [self.conflict(conflict_id) for conflict_id in values]
        for conflict in conflicts:
            if conflict.status == "resolved" or self.tab.replica.pending.touches(conflict.id):
                raise Refused("settled", "it is settled already")

        def work(draft: Draft) -> None:
            for conflict in conflicts:
                _put(draft, conflict, values[conflict.id])

        names = [other.id for conflict in conflicts for other in self._beside(conflict)]
        meta = Meta(label=label, author=author, resolves=tuple(dict.fromkeys(names)))
        return self.run(label, work, meta=meta)

    def _beside(self, conflict: Conflict) -> list[Conflict]:
        """The conflict, and others about the same that wait: one answer is the answer to all."""
        place = (conflict.key, conflict.rid, conflict.register)
        others = self.tab.replica.open_conflicts()
        same = [other for other in others if (other.key, other.rid, other.register) == place]
        return [conflict, *(other for other in same if other.id != conflict.id)]

    def ignore(self, conflict_id: str, *, ignored: bool = True) -> None:
        """Put a conflict aside for now, or take it up again: it stays listed and open. Holds in the
        tabs of this device that are open, until they close. Raises Unknown."""
        self._ignore(self.conflict(conflict_id).id, ignored)
        self.broadcast(IGNORED, conflict_id, ignored)
        self._tell_conflicts()

    def _ignore(self, conflict_id: str, ignored: bool) -> None:
        self.ignored = (
            self.ignored | {conflict_id} if ignored else self.ignored - {conflict_id}
        ) & self.tab.replica.conflicts.keys()

    def on_conflicts(self, callback: Callable[[list[Conflict]], None]) -> Unsubscribe:
        """Call back with the conflicts that wait for somebody whenever these are others, or what is
        ignored of them is. Answers how to stop."""
        self._told = self._waiting()
        return self._listen("conflicts", callback)

    def _waiting(self) -> tuple[object, ...]:
        return (self.ignored, *(conflict.id for conflict in self.conflicts()))

    def _tell_conflicts(self) -> None:
        """For after anything that may have changed them."""
        if self._listeners.waits("conflicts"):
            waiting = self._waiting()
            if waiting != self._told:
                self._told = waiting
                self._listeners.tell("conflicts", self.conflicts())

    def _heard(self, message: Message) -> bool:
        """A tab of this device says something: to us (True), or to the application."""
        if message.kind == IGNORED:
            self._ignore(message.key, message.value is True)
            return True
        self._listeners.tell("message", message)
        return False

    @abstractmethod
    def broadcast(self, kind: str, key: str = "", value: Any = None) -> None:
        """Tell the other tabs of this device."""

    @abstractmethod
    async def history(self, collection: str, record_id: str) -> Sequence[Version]:
        """Every version of the record, oldest first."""


def _put(draft: Draft, conflict: Conflict, value: Json) -> None:
    """Write what a conflict is settled with, also if it is what is shown: that it was meant is
    news."""
    key, rid, register = conflict.key, conflict.rid, conflict.register
    declared = draft.schema.collection(key)
    if not register or conflict.strategy == "item-removed":
        raise UsageError("a whole record or item is brought back from its history, not here")
    if declared.group_of(register) is not None:
        if not isinstance(value, Mapping):
            raise UsageError(f"{register} goes together with others: give an object of them")
        draft.update(key, rid, dict(value), even_if_equal=True)
    elif register in declared.fields:
        draft.update(key, rid, {register: value}, even_if_equal=True)
    else:
        draft.put(key, rid, register, value)
