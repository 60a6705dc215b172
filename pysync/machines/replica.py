"""The replica: confirmed state, pending changes, and the view that predicts them.

One copy of the state is materialised, the view. Where pending changes touch a record, `under` keeps
its confirmed cell; everything else of the view *is* confirmed. A verdict on the oldest pending
change costs almost nothing when it says what was predicted on the very same cell; otherwise the
changes that share a record or a guard's token with it are rolled back and predicted again.

REPLICA-1 view = confirmed + pending predicted in (stamp, tab, n) order. REPLICA-2 `under` holds
exactly the records that pending changes touch. REPLICA-3 a confirmed entry is applied as decided,
never judged again. REPLICA-4 entries are confirmed in order of seq, each once. Floor: `model`.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from pysync.machines.disputes import Disputes
from pysync.machines.news import News
from pysync.machines.pendings import NO_CELLS, Pending, Pendings
from pysync.machines.tokens import tokens_of, weights_of
from pysync.model.cell import Cell
from pysync.model.change import Change, Op, Ref
from pysync.model.conflict import Conflict
from pysync.model.decision import Decision, apply_writes
from pysync.model.erasing import erases
from pysync.model.overlay import Indexed, Overlay
from pysync.model.reducer import decide, foresee
from pysync.model.schema import Schema
from pysync.model.snapshot import Rows
from pysync.model.state import State

MAX_SKIPPED: Final = 5_000
"""Numbers of one tab that are remembered as not decided before a later one was."""


class Replica:
    """The state of one space in one tab."""

    def __init__(self, schema: Schema, tab: str = "") -> None:
        self.schema = schema
        self.view = State(schema)
        self.under = Overlay(schema)
        self.confirmed = Indexed(self.view, self.under)
        self.seq = 0
        self.heads: dict[str, int] = {}
        """Per tab the highest change number decided: older frames heard again are no news."""
        self.skipped: dict[str, set[int]] = {}
        """Per tab the numbers below its head that were not decided: they came late, or were lost
        with their author."""
        self.conflicts = Disputes()
        self.pending = Pendings()
        self._rolled_back: dict[str, Pending] = {}
        """While several entries are confirmed together: what waits to be predicted again."""
        self._confirming = False
        self.dirty = News(tab)
        """Records whose view changed since the owner last took them."""

    # -- predicting -------------------------------------------------------------------------------

    def try_out(self, change: Change) -> Decision:
        """What would become of this change now. Changes nothing."""
        return decide(self.view, change)

    def is_guarded(self, change: Change) -> bool:
        """Whether a guard has a say in this change."""
        guarded = self.schema.guarded
        return bool(guarded) and any(op.key in guarded for op in change.ops)

    def admit(self, change: Change, cells: Mapping[Ref, Cell], *, plain: bool) -> None:
        """Add the tab's own newest change, whose outcome was tried out just now."""
        entry = Pending(change, self._tokens(change))
        self.dirty.because(change.mark.tab)
        if self.pending.is_last(entry):
            self.pending.enter(entry)
            if not plain:
                self._cover(change)
            self._predict(entry, cells, plain=plain)
        else:
            # A peer's clock runs so far ahead that it is not believed: its changes stay behind.
            self._replay(entry.tokens, (entry,))

    def hear(self, changes: Sequence[Change]) -> None:
        """Add changes of other tabs as provisional. Known and decided ones are no news."""
        fresh = [
            change
            for change in changes
            if change.id not in self.pending
            and not self.was_decided(change.mark.tab, change.mark.n)
        ]
        for at, change in enumerate(fresh):
            entry = Pending(change, self._tokens(change))
            self.dirty.because(change.mark.tab)
            if not self.pending.is_last(entry):
                rest = [Pending(later, frozenset()) for later in fresh[at:]]
                self._replay(entry.tokens, rest)
                return
            self._foresee(entry)

    def drop(self, change_ids: Collection[str]) -> None:
        """Forget pending changes that will never be decided (their batch is known to be void)."""
        for id_ in change_ids:
            self._rolled_back.pop(id_, None)
        gone = [self.pending[id_] for id_ in change_ids if id_ in self.pending]
        if gone:
            self.dirty.because(gone[0].change.mark.tab)
            self._replay({token for entry in gone for token in entry.tokens}, (), gone)

    def void(self, changes: Sequence[Change]) -> None:
        """These were decided without a trace: nobody was able to read them."""
        self.drop([change.id for change in changes])
        for change in changes:
            self._count(change.mark.tab, change.mark.n)

    # -- confirming -------------------------------------------------------------------------------

    def confirm(self, seq: int, change: Change, decision: Decision | None) -> None:
        """Apply a decided entry; None means it was applied as sent. `seq` must be the next.

        Raises ProtocolError, with nothing changed, if it cannot be applied here.
        """
        assert seq == self.seq + 1, (seq, self.seq)
        self.dirty.because(change.mark.tab)
        entry = self.pending.get(change.id)
        self._rolled_back.pop(change.id, None)
        if decision is None and entry is not None and self._as_predicted(entry, change):
            self._settle(entry)
        else:
            self._apply(change, change.ops if decision is None else decision.writes, entry)
        self.seq = seq
        self._count(change.mark.tab, change.mark.n)
        if decision is not None or change.meta.resolves:
            self.conflicts.decided(change, decision)
        if decision is not None and (refs := erases(decision.writes)):
            self.conflicts.erased(refs, self.schema)

    def _apply(self, change: Change, writes: tuple[Op, ...], entry: Pending | None) -> None:
        cells = apply_writes(self.confirmed, writes, change.mark, self.schema)
        tokens = self._tokens(change) | weights_of(cells, self.confirmed, self.schema)
        if entry is not None:
            tokens |= entry.tokens
        self._replay(tokens, (), (entry,) if entry is not None else (), cells)

    def was_decided(self, tab: str, n: int) -> bool:
        """Whether that tab's n-th change is in the decided log."""
        if n > self.heads.get(tab, 0):
            return False
        skipped = self.skipped.get(tab)
        return skipped is None or n not in skipped

    def _count(self, tab: str, n: int) -> None:
        head = self.heads.get(tab, 0)
        if n > head:
            if n > head + 1:
                first = max(head + 1, n - MAX_SKIPPED)
                self.skipped.setdefault(tab, set()).update(range(first, n))
            self.heads[tab] = n
        elif tab in self.skipped:
            self.skipped[tab].discard(n)
            if not self.skipped[tab]:
                del self.skipped[tab]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Confirm several entries: what has to be predicted again is, once, at the end."""
        self._confirming = True
        try:
            yield
        finally:
            self._confirming = False
            self.dirty.because("")
            waiting, self._rolled_back = self._rolled_back, {}
            self._predict_again(waiting.values())

    def pass_over(self, seq: int) -> None:
        """Entries up to `seq` hold nothing that can be read: go on behind them."""
        self.seq = max(self.seq, seq)

    def _as_predicted(self, entry: Pending, change: Change) -> bool:
        """Whether this very change was predicted as sent, on the very cells that are confirmed now,
        and nothing pending was predicted before it that would now come after it."""
        if not entry.plain or entry.change is not change or not self.pending.is_first(entry):
            return False
        under = self.under
        return all(under.get(ref) is cell for ref, cell in entry.pre.items())

    def _settle(self, entry: Pending) -> None:
        """The prediction became the truth: only the books move."""
        self.pending.forget(entry)
        for ref, cell in entry.post.items():
            if self.pending.touches(ref):
                self.under[ref] = cell
            else:
                self.under.pop(ref, None)

    def open_conflicts(self) -> list[Conflict]:
        """Conflicts that wait for somebody."""
        return self.conflicts.waiting(self.view, self.pending)

    # -- inside -----------------------------------------------------------------------------------

    def _tokens(self, change: Change) -> frozenset[Hashable]:
        return tokens_of(change, self.view, self.schema)

    def _foresee(self, entry: Pending) -> None:
        """Predict an entry as the last of those it shares tokens with."""
        change = entry.change
        self.pending.enter(entry)
        cells = None if self.is_guarded(change) else foresee(self.view, change)
        if cells is not None:
            self._predict(entry, cells, plain=True)
            return
        decision = decide(self.view, change)
        self._cover(change)
        self._predict(entry, decision.cells, plain=decision.as_sent)

    def _cover(self, change: Change) -> None:
        """REPLICA-2 also for records that a change does not come to alter."""
        for op in change.ops:
            ref = (op.key, op.rid)
            if ref not in self.under:
                self.under[ref] = self.view.cell(*ref)

    def _predict(self, entry: Pending, cells: Mapping[Ref, Cell], *, plain: bool) -> None:
        view, under = self.view, self.under
        entry.plain = plain
        entry.post = cells
        for ref, cell in cells.items():
            entry.pre[ref] = before = view.cell(*ref)
            if ref not in under:
                under[ref] = before
            if ref not in entry.tokens:
                # It writes to a record that it does not name: a guard amended it, or it erases.
                self.pending.join(entry, ref)
            view.put(*ref, cell)
            self.dirty.add(ref, before)

    def _replay(
        self,
        tokens: Iterable[Hashable],
        add: Iterable[Pending] = (),
        remove: Iterable[Pending] = (),
        decided: Mapping[Ref, Cell] = NO_CELLS,
    ) -> None:
        """Roll back everything connected with `tokens`, put the decided cells below it, and
        predict what remains and what is new, in order."""
        connected = self.pending.closure(tokens)
        for entry in remove:
            self.pending.forget(entry)
            connected.pop(entry.change.id, None)
        for entry in connected.values():
            self.pending.forget(entry)
        self._roll_back(tokens, (*connected.values(), *remove))
        for ref, cell in decided.items():
            self._show(ref, cell)
        if self._confirming:
            self._rolled_back.update(connected)
        else:
            self._predict_again((*connected.values(), *add))

    def _predict_again(self, entries: Iterable[Pending]) -> None:
        waiting = sorted(entries, key=lambda entry: entry.change.order)
        for at, old in enumerate(waiting):
            entry = Pending(old.change, self._tokens(old.change))
            if not self.pending.is_last(entry):
                # What it weighs changed, and connects it with more than was rolled back.
                self._replay(entry.tokens, waiting[at:])
                return
            self._foresee(entry)

    def _roll_back(self, tokens: Iterable[Hashable], entries: Sequence[Pending]) -> None:
        named = {*tokens, *(token for entry in entries for token in entry.tokens)}
        for ref in self.under.keys() & named:
            self._show(ref, self.under.pop(ref))

    def _show(self, ref: Ref, cell: Cell | None) -> None:
        self.dirty.add(ref, self.view.cell(*ref))
        self.view.put(*ref, cell)

    def replace(self, rows: Rows, seq: int, *, seen: bool = True) -> None:
        """Take over a confirmed state, the store's or another replica's. Pending changes are gone:
        the caller lets what is undecided be heard again. If `seen`, others may look different."""
        for entry in list(self.pending.values()):
            self.pending.forget(entry)
        self.under.clear()
        gone = self.view.cells if seen else {}
        self.view.hold(rows.packed)
        self.dirty.because("")
        for key, rid, cell in ((k, rid, cell) for k in gone for rid, cell in gone[k].items()):
            self.dirty.add((key, rid), cell, perhaps=True)
        shown = self.view.cells if seen else {}
        for key, rid, cell in ((k, rid, cell) for k in shown for rid, cell in shown[k].items()):
            self.dirty.because(cell.rev.tab)
            self.dirty.add((key, rid), None, perhaps=True)
        self.conflicts = Disputes((conflict.id, conflict) for conflict in rows.conflicts)
        self.heads, self.skipped = dict(rows.heads), dict(rows.skipped)
        self.seq = seq
