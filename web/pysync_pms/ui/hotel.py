"""The hotel behind the screens: its data, its day, and what is done to it.

Owns the way every command takes, whether it comes from a click, a drag, a key or a form: checked,
performed, told, with undo offered. Nothing here imports the page, so screens are tested in CPython
over a real space. Stands on `pysync.Space`, `commands` and `app`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pysync import DeadLetter, InvalidValue, Refused, Space, Update, UsageError, View, new_id
from pysync.history import Version
from pysync.machines.outcomes import DISCARDED
from pysync.machines.relay_frames import FAILED
from pysync.machines.status import Status
from pysync.model.change import Ref
from pysync.model.conflict import Conflict
from pysync.model.rights import Rights
from pysync_pms.commands import HOTEL, Command, Problem, kept_of
from pysync_pms.commands.base import check_all, errors, label_of, perform, warnings
from pysync_pms.ui.app import App
from pysync_pms.ui.deciding import of_people
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.company import Around
from pysync_pms.ui.pictures import Pictures
from pysync_pms.ui.sealed import SealedValues
from pysync_pms.ui.status import queue_words
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import SETTINGS

__all__ = ["Done", "Hotel"]

UNDO_SECONDS: Final = 8.0
KEPT_HISTORIES: Final = 20
UNDO_STEPS: Final = 30
OF_THE_DEVICE: Final = (DISCARDED, FAILED)  # letters that are tried again where they were written


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was performed: the record it was about, and the change to undo it by."""

    record_id: str
    change_id: str
    label: str


class Hotel:
    """One hotel's space as the screens use it. `local_day()` answers the calendar's day, `spawn`
    runs a coroutine beside. Set `app` then."""

    app: App

    def __init__(
        self,
        space: Space,
        *,
        local_day: Callable[[], str],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        author: str = "",
    ) -> None:
        self.space = space
        self.author = author
        self._local_day = local_day
        self._spawn = spawn
        self._histories: dict[tuple[str, str], list[Version] | None] = {}
        self._own: deque[Done] = deque(maxlen=UNDO_STEPS)
        self.ask_server: Callable[[str], Awaitable[tuple[int, str]]] | None = None
        """Gets a path of the server: status (0: not reached) and text, or why there is none."""
        self.moves = 0
        """Grows whenever the data moved: what was computed from the view before is old then."""
        space.on_change(self._moved)
        space.on_history(self._recorded)
        space.on_conflicts(lambda _: self.app.refresh())
        self._warned = False
        space.on_status(self._stands)
        self.company = Around(space, lambda ref: self.app.changed(*ref))
        self.sealed = SealedValues(self.spawn, lambda: self.app.refresh())  # noqa: PLW0108 - later
        self.pictures = Pictures(self.spawn, lambda: self.app.refresh())  # noqa: PLW0108 - later

    def _moved(self, _: Update) -> None:
        self.moves += 1

    def _stands(self, status: Status) -> None:
        """Say once that the queue of this device gets long."""
        if status.queue.is_long and not self._warned:
            self.app.toast(queue_words(status.queue), tone="act", seconds=0)
        self._warned = status.queue.is_long

    # -- reading ----------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """The data as this tab sees it now."""
        return self.space.view

    @property
    def settings(self) -> Mapping[str, Any]:
        """The hotel's settings; empty before anybody set one."""
        return self.view.get(SETTINGS, HOTEL) or {}

    @property
    def today(self) -> str:
        """The business date, `YYYY-MM-DD`: the one that is set, else the calendar's."""
        return str(self.settings.get("business_date") or self._local_day())

    @property
    def open_conflicts(self) -> int:
        """How many conflicts wait for somebody, without those that were put aside."""
        return sum(each.id not in self.space.ignored for each in of_people(self.space.conflicts()))

    @property
    def calendar_day(self) -> str:
        """Today by this device's calendar, whatever the business date."""
        return self._local_day()

    @property
    def currency(self) -> str:
        """The hotel's currency code."""
        return str(self.settings.get("currency") or "EUR")

    @property
    def rights(self) -> Rights | None:
        """What the person who is signed in may do; None: everything."""
        return self.space.tab.who.rights

    def beyond(self, collection: str, fields: Iterable[str]) -> str | None:
        """Why that person may write none of these fields; None if they may."""
        rights = self.rights
        if rights is None or any(rights.may_write(collection, name) for name in fields):
            return None
        return tr("{role} may not do this", role=told(rights.role.title))

    def unsettling(self, *conflicts: Conflict) -> str | None:
        """Why that person may not settle all of these; None if they may."""
        rights = self.rights
        if rights is None or all(rights.may_resolve(c.key, c.register) for c in conflicts):
            return None
        return tr("{role} may not settle this", role=told(rights.role.title))

    def new_id(self) -> str:
        """An id for a record that a command is about to create."""
        return new_id()

    # -- doing ------------------------------------------------------------------------------------

    def problems(self, *commands: Command) -> list[Problem]:
        """What stands against these commands, one building on the other: errors and warnings."""
        found = check_all(self.view, commands, self.today)
        return [replace(each, message=self.app.formats.told(each.message)) for each in found]

    def perform(self, *commands: Command, quiet: bool = False) -> Done | None:
        """Perform commands as one change and say so, with undo. None if it was refused: the reason
        was told. Forms check first (`problems`) and show reasons beside their fields."""
        try:
            label = self.app.formats.told(label_of(self.view, commands))
            receipt = perform(
                self.space, *commands, view=self.view, today=self.today, author=self.author
            )
        except (Refused, InvalidValue, UsageError) as error:
            self.app.toast(told(str(error)), tone="danger", seconds=0)
            return None
        done = Done(str(receipt.value), receipt.change_id, label)
        can = self.space.can_undo(done.change_id) and not any(c.final for c in commands)
        self._own.extend([done] if can else [])
        if done.change_id and not quiet:
            undo = (tr("Undo"), "hotel.undo", {"change": done.change_id}) if can else None
            self.app.toast(label, tone="ok", action=undo, seconds=UNDO_SECONDS)
        return done

    def refusals(self, *commands: Command) -> list[Problem]:
        """Only what stops these commands."""
        return errors(self.problems(*commands))

    def cautions(self, *commands: Command) -> list[Problem]:
        """Only what is to be confirmed."""
        return warnings(self.problems(*commands))

    def undo(self, change_id: str, *, what: str = "") -> None:
        """Take an own change back, and say what came of it; `what` says what it was."""
        for done in [done for done in self._own if done.change_id == change_id]:
            self._own.remove(done)
        try:
            self.space.undo(change_id)
        except (Refused, UsageError) as error:
            self.app.toast(tr("Not undone: {error}", error=told(str(error))), tone="danger")
        else:
            self.app.toast(tr("Undone: {what}", what=what) if what else tr("Undone"), seconds=4)

    def undo_last(self) -> None:
        """Take back what was done last in this tab and can still be taken back; the next call takes
        what came before."""
        while self._own:
            done = self._own.pop()
            if self.space.can_undo(done.change_id):
                self.undo(done.change_id, what=done.label)
                return
        self.app.toast(tr("Nothing left to undo in this tab"), seconds=4)

    def use_other(self, conflict: Conflict) -> None:
        """Show the value of a conflict that is not shown: an ordinary change that settles it.
        Raises Refused or UsageError."""
        value = conflict.other.value
        receipt = self.space.resolve(conflict.id, "manual", value, author=self.author)
        undo = (tr("Undo"), "hotel.undo", {"change": receipt.change_id})
        self.app.toast(tr("The other value is shown"), tone="ok", action=undo, seconds=UNDO_SECONDS)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside everything else; its failure is told."""
        self._spawn(self._told(work))

    async def _told(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - nobody awaits it: the person is the last to know
            words = tr("That did not work: {error}", error=told(str(error)))
            self.app.toast(words, tone="danger", seconds=0)

    # -- history ----------------------------------------------------------------------------------

    def history(self, collection: str, record_id: str) -> Sequence[Version] | None:
        """The record's versions, newest first; None while they are being read. Reading begins by
        asking, and the screen is drawn again when they are there, and when there are more."""
        key = (collection, record_id)
        if key not in self._histories:
            if len(self._histories) >= KEPT_HISTORIES:
                self._histories.pop(next(iter(self._histories)))
            self._histories[key] = None
            self.spawn(self._read_history(collection, record_id))
        return self._histories[key]

    def restore(self, collection: str, record_id: str, change_id: str) -> None:
        """Make the record what it was right after that change."""
        for version in self._histories.get((collection, record_id)) or ():
            if version.change_id == change_id:
                try:
                    receipt = self.space.restore(collection, record_id, version)
                except (Refused, InvalidValue, UsageError) as error:
                    words = tr("Not restored: {error}", error=told(str(error)))
                    self.app.toast(words, tone="danger", seconds=0)
                    return
                undo = (tr("Undo"), "hotel.undo", {"change": receipt.change_id})
                self.app.toast(tr("Restored"), tone="ok", action=undo, seconds=UNDO_SECONDS)
                return
        self.app.toast(
            tr("Not restored: that version is not kept any more"), tone="danger", seconds=0
        )

    async def _read_history(self, collection: str, record_id: str) -> None:
        key = (collection, record_id)
        try:
            versions = await self.space.history(collection, record_id)
        except BaseException:
            self._histories.pop(key, None)
            raise
        if key in self._histories:
            self._histories[key] = versions[::-1]
        self.app.refresh()

    def _recorded(self, refs: frozenset[Ref]) -> None:
        """The log holds more of these: read again what is kept, and show the old one meanwhile."""
        for key in refs & self._histories.keys():
            self.spawn(self._read_history(*key))

    # -- being told -------------------------------------------------------------------------------

    def refused(self, letter: DeadLetter) -> None:
        """A change that was shown already was refused in the meantime, and is rolled back."""
        what = self.app.formats.told(letter.change.meta.label) or tr("A change")
        if letter.code != DISCARDED:  # Whoever gave it up knows.
            self.app.toast(f"{what}: {told(letter.message)}", tone="danger", seconds=0)

    def keep_refused(self) -> None:
        """List what was refused on this device in every tab of every device, until somebody has
        seen to it. Who may not write that list sees it on this device alone."""
        for letter in tuple(self.space.dead_letters):
            self._keep_refused(letter)
        self.app.refresh()

    def _keep_refused(self, letter: DeadLetter) -> None:
        keep = kept_of(letter, self.view) if letter.code not in OF_THE_DEVICE else None
        if keep is None:
            return
        try:
            perform(self.space, keep, view=self.view, today=self.today, author=self.author)
        except (Refused, InvalidValue, UsageError):
            return  # too large for a record: the log has it, and the notice stays
        self.space.discard(letter)

    def on_undo(self, event: UiEvent) -> None:
        """The action `hotel.undo` with `data-change`."""
        self.undo(event.args["change"])
