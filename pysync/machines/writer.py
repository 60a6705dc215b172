"""The writer: turns a draft into a change of this tab, predicted, numbered, stamped and sent.

WRITE-1 a change is tried out before it is numbered, so a refusal leaves no gap and no trace.
WRITE-2 what was tried out cannot fail any more: it is sent before this tab keeps its books of it.
Floor: `replica`, `outbox`, `reruns`, `relayed`, `queue`, `model.draft`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from pysync.errors import InvalidValue, Refused, UsageError
from pysync.machines.coalescing import coalesced, take_back
from pysync.machines.effects import Moment
from pysync.machines.outbox import Outbox
from pysync.machines.queue import full, is_full
from pysync.machines.relayed import Relayed
from pysync.machines.replica import Replica
from pysync.machines.reruns import Command, Reruns
from pysync.machines.sizes import check_size
from pysync.machines.who import Who
from pysync.model.cell import Cell, Mark
from pysync.model.change import PLAIN, Change, Meta, Ref
from pysync.model.draft import Draft
from pysync.model.state import Patched
from pysync.values.clock import HybridClock


class Owner(Protocol):
    """The tab whose changes are made."""

    id: str
    who: Who
    clock: HybridClock
    replica: Replica
    outbox: Outbox
    relayed: Relayed


class Writer:
    """Makes the changes of one tab."""

    def __init__(self, tab: Owner) -> None:
        self.send: Callable[[], None] = _later
        """The host's: executes the posts that wait. Without one they wait for the end."""
        self._owner = tab
        self._tab = tab.id
        self._who = tab.who
        self._clock = tab.clock
        self._replica = tab.replica
        self._outbox = tab.outbox
        self._link = tab.relayed.link
        self._n = 0

    @property
    def made(self) -> int:
        """How many changes this tab made."""
        return self._n

    def draft(self, now: Moment, seen: Mapping[Ref, Cell | None] | None = None) -> Draft:
        """Begin a change on the view as it is now, or as it was where `seen` says so."""
        mark = Mark(self._tab, self._n + 1, self._clock.tick(now.wall), self._who.author(""))
        view = self._replica.view
        if not seen or all(view.cell(*ref) is cell for ref, cell in seen.items()):
            return Draft(view, mark)
        return Draft(Patched(view, seen), mark, late=True)

    def commit(
        self,
        draft: Draft,
        now: Moment,
        meta: Meta | None,
        rerun: Command | None,
        reruns: Reruns,
    ) -> Change | None:
        """Make the draft a change; None if it comes to nothing. Where the queue is full it may
        become part of the one before. Raises Refused, and InvalidValue if it is too large."""
        ops = draft.ops()
        if not ops and (rerun is not None or not (meta and meta.supersedes)):
            return None
        stale = self._link.is_stale(now.wall)
        whole = self._complete(meta, rerun is not None, stale, draft.seen(ops), draft.read(ops))
        mark = draft.mark
        if mark.n != self._n + 1:
            raise UsageError("another change was made since this draft began: begin a new one")
        mark.author = whole.author
        change = Change(mark, ops, whole)
        check_size(change)
        self._who.check(change, self._replica.conflicts)
        if is_full(self._owner, change, again=rerun is not None):
            return self._coalesce(change)
        cells, plain = self._foresee(change, draft)
        self._n += 1
        self._outbox.speak(change, now)
        self.send()
        self._replica.admit(change, cells, plain=plain)
        if rerun is not None:
            reruns.keep(mark.n, rerun)
        self._outbox.add(change, now)
        return change

    def _coalesce(self, change: Change) -> Change:
        """Make it part of the newest change that is not sealed yet. Raises Refused."""
        replica, before = self._replica, self._outbox.unsealed
        both = coalesced(before, change) if before is not None else None
        if before is None or both is None:
            raise full(self._owner)
        try:
            check_size(both)
        except InvalidValue:  # It is not this one that is too large.
            raise full(self._owner) from None
        take_back(replica, before.id)
        decision = replica.try_out(both)
        refused = decision.outcome == "refused" or decision.late
        made = before if refused else both
        told = replica.try_out(made)
        replica.admit(made, told.cells, plain=told.as_sent)
        if refused:
            raise Refused(decision.code, decision.message, decision.params)
        self._outbox.amend(both)
        return both

    def _foresee(self, change: Change, draft: Draft) -> tuple[Mapping[Ref, Cell], bool]:
        """The cells after the change, and whether it happens as sent. Raises Refused. On the very
        view it was drafted on nothing is concurrent, so where no guard has a say it is what the
        draft shows already."""
        if not (draft.late or self._replica.is_guarded(change)) and draft.is_current():
            return draft.cells(change.ops), True
        decision = self._replica.try_out(change)
        if decision.outcome == "refused" or decision.late:  # What may not be kept is not sent.
            raise Refused(decision.code, decision.message, decision.params)
        return decision.cells, decision.as_sent

    def _complete(
        self,
        meta: Meta | None,
        rerun: bool,
        stale: bool,
        seen: dict[str, Any],
        reads: dict[str, str],
    ) -> Meta:
        """Most changes say nothing about themselves: then the shared empty Meta will do."""
        author = self._who.author(meta.author if meta is not None else "")
        if meta is None and not (rerun or stale or seen or author):
            return PLAIN
        meta = meta or PLAIN
        return replace(meta, author=author, rerun=rerun, stale=stale, seen=seen, reads=reads)


def _later() -> None:
    return None
