"""Dead letters: changes that were shown and then refused, kept until somebody saw to them.

They are found again in the store, so they outlive their tab: whoever opens the space on this device
has those that nobody has tried again or discarded (VOID-1). Both are ordinary changes, which name
what they take the place of, so that every tab hears of it.
Floor: `telling`, `machines`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pysync.errors import Refused, StoreCorrupt, Unknown, UsageError
from pysync.listeners import Unsubscribe
from pysync.machines.events import Decided, Dropped, Settled
from pysync.machines.outcomes import DISCARDED
from pysync.machines.redaction import Redaction, without_erased
from pysync.machines.rounds import VOID_REF
from pysync.machines.tab import Tab
from pysync.machines.void import all_void, unsettled
from pysync.model.cell import Cell
from pysync.model.change import ADD, CREATE, DELETE, Change, Meta
from pysync.model.decision import Decision, is_void
from pysync.model.draft import Draft
from pysync.model.erasing import TOO_LATE
from pysync.model.snapshot import VOID_ROW
from pysync.model.state import Reader
from pysync.ports import DecidedRow, Host, StoreFault
from pysync.receipt import Receipt
from pysync.telling import Telling

KEPT: Final = 1_000
"""Dead letters that are listed, the newest."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A change of this device that was refused after it had been shown. Its content is kept, unless
    it was about somebody who was erased."""

    change: Change
    code: str
    message: str
    params: Mapping[str, Any]


def letter_of(change: Change, why: Decision) -> DeadLetter:
    """The letter that a change without effect is."""
    return DeadLetter(change, why.code, why.message, why.params)


class Letters(Telling):
    """The part of a space that keeps what was refused."""

    tab: Tab
    host: Host
    closed: bool

    def __init__(self) -> None:
        super().__init__()
        self._letters: list[DeadLetter] = []

    @property
    def dead_letters(self) -> list[DeadLetter]:
        """Own changes refused in the meantime, and those of tabs of this device before, newest
        last: at most KEPT. Where people sign in, what others wrote here is not for this one."""
        if not self._letters:
            return []
        who, pending = self.tab.who, self.tab.replica.pending.values()
        replaced = {each for entry in pending for each in entry.change.meta.supersedes}
        listed = (each for each in self._letters if each.change.id not in replaced)
        return [each for each in listed if who.may_send([each.change]) and not self._came(each)]

    def _came(self, letter: DeadLetter) -> bool:
        """Whether what was discarded is in the log: the relay had it already."""
        mark = letter.change.mark
        return letter.code == DISCARDED and self.tab.replica.was_decided(mark.tab, mark.n)

    def on_refused(self, callback: Callable[[DeadLetter], None]) -> Unsubscribe:
        """Call back when an own change, shown already, was refused and rolled back."""
        return self._listen("refused", callback)

    def on_dead_letters(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when `dead_letters` holds others than before."""
        return self._listen("letters", lambda _: callback())

    def retry(self, letter: DeadLetter) -> Receipt[None]:
        """Write again what the change wrote, on what is true now; it is a dead letter no more.

        Raises what `run` raises, as Refused where a rule still says no: then the letter stays.
        UsageError for what a function wrote, which only the function can write again, for what was
        about somebody who was erased, and for a letter that is none any more.
        """
        change, of = letter.change, letter.change.meta
        if letter.code == TOO_LATE:
            raise UsageError("its content was not kept: discard it")
        if of.rerun:
            raise UsageError("a function wrote this: do it again instead")
        if letter.code == DISCARDED and not self.tab.relayed.caught_up:
            # It may have been sent before, and be there: then it would happen twice.
            raise Refused("unknown", "not before the server says whether it has this already")
        supersedes = (change.id,)
        meta = Meta(label=of.label, atomic=of.atomic, resolves=of.resolves, supersedes=supersedes)
        view = self.tab.replica.view
        return self._again(lambda draft: write_again(draft, change, view), meta)

    def discard(self, *letters: DeadLetter) -> Receipt[None]:
        """Nothing will come of it, or of several. They stay in the log, and are listed no more.
        Raises UsageError for a letter that is none any more: then all stay."""
        ids = tuple([letter.change.id for letter in letters])
        return self._again(lambda _: None, Meta(label="Discarded", supersedes=ids))

    def _again(self, command: Callable[[Draft], None], meta: Meta) -> Receipt[None]:
        if not {each.change.id for each in self.dead_letters}.issuperset(meta.supersedes):
            raise UsageError("it is no dead letter any more: somebody has seen to it")
        receipt = self.run("", command, meta=meta)
        self._drop(set(meta.supersedes))
        return receipt

    # -- how they come and go ---------------------------------------------------------------------

    def _settled(self, event: Settled) -> None:
        """An own change was decided."""
        decision = event.decision
        if is_void(decision):
            letter = letter_of(without_erased(event.change, decision, self.tab.schema), decision)
            self._list([letter])
            self._listeners.tell("refused", letter)

    def _dropped(self, event: Dropped) -> None:
        """Each is a letter now, in place of those that it tried again."""
        self._drop({each for change in event.changes for each in change.meta.supersedes})

    def _recorded(self, event: Decided) -> None:
        super()._recorded(event)
        done = {each for change, _ in event.entries for each in change.meta.supersedes}
        if given_up := {each.change.id for each in self._letters if each.code == DISCARDED}:
            # The relay had it already: then the reason is the one that is given there, if any.
            came = [(change, why) for change, why in event.entries if change.id in given_up]
            refused = [(change, why) for change, why in came if is_void(why)]
            self._drop({change.id for change, _ in came})
            schema = self.tab.schema
            self._list([letter_of(without_erased(each, why, schema), why) for each, why in refused])
        if done and event.own:  # Another device has no say in what becomes of this one's.
            self._drop(done)
        if refs := event.erases:
            gone = Redaction(self.tab.schema, refs, wide=True)
            left = [replace(each, change=gone.change(each.change)) for each in self._letters]
            self._letters = left

    def _read_letters(self) -> None:
        """Find those of before in the store."""
        store = self.host.store

        def read_kept(kept: Mapping[str, str] | StoreFault) -> None:
            if not isinstance(kept, StoreFault):
                store.history(VOID_REF, lambda rows: self._found(kept.values(), rows))

        store.rows(VOID_ROW, read_kept)

    def _found(
        self, kept: Iterable[str], rows: Sequence[tuple[DecidedRow, str]] | StoreFault
    ) -> None:
        if self.closed or isinstance(rows, StoreFault):
            return
        try:
            void = all_void(kept, rows)
        except StoreCorrupt:
            void = all_void((), rows)
        found = unsettled(void, self.tab.schema)
        self._list([letter_of(change, why) for change, why in found])

    @abstractmethod
    def run(self, label: str, command: Callable[[Draft], Any], *, meta: Meta) -> Receipt[Any]:
        """Run a command and commit what it wrote."""

    def _list(self, letters: Sequence[DeadLetter]) -> None:
        known = {letter.change.id for letter in self._letters}
        fresh = [letter for letter in letters if letter.change.id not in known]
        if fresh:
            self._letters += fresh
            self._letters.sort(key=lambda letter: letter.change.order)
            del self._letters[:-KEPT]
            self._listeners.tell("letters", None)

    def _drop(self, ids: set[str]) -> None:
        left = [letter for letter in self._letters if letter.change.id not in ids]
        if len(left) < len(self._letters):
            self._letters = left
            self._listeners.tell("letters", None)


def write_again(draft: Draft, change: Change, view: Reader) -> None:
    """Write into the draft what the change wrote, on what is there now. Raises Unknown where a
    record is gone, Refused where one that it made is there, InvalidValue where a value does not fit
    any more."""
    for op in change.ops:
        if op.kind == DELETE:
            draft.delete(op.key, op.rid)
        elif op.kind == ADD:
            for path, by in op.fields.items():
                draft.increment(op.key, op.rid, path, by)
        elif op.kind == CREATE:
            there = view.cell(op.key, op.rid)
            if there is not None and not there.dead:
                raise Refused("exists", "there is such a record by now")
            draft.restore(op.key, op.rid, Cell(op.fields, draft.mark, {}, draft.mark))
        else:
            now = view.cell(op.key, op.rid)
            if now is None or now.dead:
                raise Unknown(f"no record {op.key}/{op.rid}: it may have been deleted")
            kept = {path: value for path, value in now.fields.items() if path not in op.gone}
            draft.restore(op.key, op.rid, Cell(kept | op.fields, draft.mark, {}, draft.mark))
