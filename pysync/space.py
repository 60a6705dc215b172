"""A space as an application uses it: read the view, run commands, be told what changed.

`Space` joins a tab's machine to its host. Everything that reads or writes is synchronous; only what
waits for the store is awaited. The same class serves the browser and CPython: they differ in the
host below. Floor: `machines`, `ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pysync.company import Accompanied
from pysync.durability import ask
from pysync.errors import Refused, Unknown, UsageError
from pysync.history import Happening, Version, fold, happenings
from pysync.levels import Levels
from pysync.machines.cards import TabChanged, TabInfo, TabJoined, TabLeft
from pysync.machines.effects import Moment
from pysync.machines.events import (
    Changed,
    Decided,
    Dropped,
    Message,
    Problem,
    Ready,
    Settled,
    StatusChanged,
    TabEvent,
)
from pysync.machines.leadership import Followed, LeaderChanged, Led
from pysync.machines.reruns import Command
from pysync.machines.status import Status
from pysync.machines.tab import Tab
from pysync.model.cell import Cell
from pysync.model.change import ERASE, Change, Meta, Ref
from pysync.model.draft import Draft
from pysync.model.guard import View
from pysync.model.sealed import KEYRING
from pysync.model.snapshot import bucket_of
from pysync.ports import Host, Pledge
from pysync.receipt import Receipt
from pysync.telling import Update
from pysync.undo import Recent

T = TypeVar("T")


class Space(Accompanied):
    """One space, open in this tab. Made by `open_space`; a context manager that closes itself."""

    def __init__(self, tab: Tab, host: Host) -> None:
        super().__init__()
        self.tab = tab
        self.host = host
        self.closed = False
        self._ready = host.pledge()
        self._levels = Levels(tab, host)
        self._recent = Recent()
        self._early: list[Callable[[], None]] = []

    # -- reading ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of the space."""
        return self.tab.space

    @property
    def view(self) -> View:
        """The state as this tab sees it now; a live view, not a copy."""
        return self.tab.replica.view

    def is_undecided(self, collection: str, record_id: str) -> bool:
        """Whether the record is shown with a change that the relay (without one, the leader) has
        not decided yet: a number that a guard gives may still become another one."""
        return (collection, record_id) in self.tab.replica.under

    @property
    def is_ready(self) -> bool:
        """Whether the stored state is loaded."""
        return self.tab.ready

    async def ready(self) -> Space:
        """Wait until the stored state is loaded. Answers the space itself."""
        await self._ready
        return self

    def status(self) -> Status:
        """How things stand: tabs, leader, what is not saved, conflicts."""
        return self.tab.status()

    def tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs of this device, this one included."""
        return self.tab.tabs()

    @property
    def tab_id(self) -> str:
        """This tab's id, new with every document."""
        return self.tab.id

    @property
    def is_leader(self) -> bool:
        """Whether this tab leads."""
        return self.tab.election.is_leader

    # -- writing ----------------------------------------------------------------------------------

    def run(
        self,
        label: str,
        command: Callable[[Draft], T],
        *,
        author: str = "",
        atomic: bool = True,
        rerun: bool = False,
        meta: Meta | None = None,
    ) -> Receipt[T]:
        """Run a command and commit what it wrote as one change named `label`.

        Raises Refused if a rule says no, InvalidValue if a value does not fit, and whatever the
        command raises; then nothing was changed. With `atomic` the change is later refused as a
        whole if part of it would lose against a concurrent one. With `rerun` the command must be
        pure: if what it wrote or read (up to 1,000 records) has changed in between, it is run
        again on what is true then.
        """
        self._check_open()
        now = self.host.now()
        draft = self.tab.draft(now)
        if rerun:
            draft.track()
        value = command(draft)
        if meta is None and (label or author or (atomic and not rerun)):
            meta = Meta(label=label, author=author, atomic=atomic and not rerun)
        change = self.commit(draft, meta, command if rerun else None, now)
        return Receipt(
            change.id if change is not None else "", value, self.durable, self.acknowledged
        )

    def commit(
        self,
        draft: Draft,
        meta: Meta | None = None,
        rerun: Command | None = None,
        now: Moment | None = None,
    ) -> Change | None:
        """Commit a draft of `self.tab.draft`. What `run` is made of."""
        replica = self.tab.replica
        before: dict[Ref, Cell | None] = {}
        if not self.tab.shared:  # the leader decides inside the call
            before = {(op.key, op.rid): replica.view.cell(op.key, op.rid) for op in draft.ops()}
        change = self.tab.commit(draft, now or self.host.now(), meta, rerun)
        if change is not None and all(op.kind != ERASE and op.key != KEYRING for op in change.ops):
            entry = replica.pending.get(change.id)
            self._recent.keep(change, entry.pre if entry is not None else before)
        self.host.pump()
        return change

    def when_ready(self, action: Callable[[], None]) -> None:
        """Run it now if the state is loaded, else as soon as it is."""
        if self.is_ready:
            action()
        else:
            self._early.append(action)

    def durable(self, change_id: str) -> Pledge:
        """Kept when that own change is in the store; broken with NotDurable if it refuses."""
        return self._levels.durable(change_id)

    def acknowledged(self, change_id: str) -> Pledge:
        """Kept when the relay has that own change; broken with Refused. Raises UsageError where the
        space follows no relay."""
        return self._levels.acknowledged(change_id)

    # -- time travel ------------------------------------------------------------------------------

    async def history(self, collection: str, record_id: str) -> list[Version]:
        """Every version of the record that was decided, oldest first; `on_history` says when there
        are more. Raises NotDurable if the store cannot be read."""
        seed = await ask(self.host, self.host.store.seed_row, bucket_of(collection, record_id))
        rows = await ask(self.host, self.host.store.history, f"{collection}/{record_id}")
        return fold(self.tab.schema, collection, record_id, seed, rows)

    async def recent(self, limit: int = 100) -> list[Happening]:
        """The last entries of the log, newest first. Raises NotDurable if it cannot be read."""
        after = max(0, self.tab.replica.seq - limit)
        rows = await ask(self.host, self.host.store.read_decided, after)
        return happenings(self.tab.schema, rows)[::-1][:limit]

    def restore(self, collection: str, record_id: str, version: Version) -> Receipt[None]:
        """Make the record what it was in that version: an ordinary change, guards included."""
        return self.run(
            "Restored", lambda draft: draft.restore(collection, record_id, version.cell)
        )

    def can_undo(self, change_id: str) -> bool:
        """Whether `undo` knows this change."""
        return change_id in self._recent

    def undo(self, change_id: str) -> Receipt[None]:
        """Take back an own recent change by a compensating one. What others changed since stays: of
        an increment its own amount is taken back, whatever was added besides.

        Raises Unknown for a change that is not among the last RECENT of this tab, Refused with code
        `changed-since` if nothing of it is left to take back, InvalidValue if what is left would
        not fit, or what a guard says.
        """
        if change_id not in self._recent:
            raise Unknown(f"change {change_id} is not among this tab's recent ones")

        def take_back(draft: Draft) -> None:
            self._recent.take_back(change_id, draft, self.tab.replica.view)

        receipt = self.run("Undone", take_back, meta=Meta(label="Undone", undoes=change_id))
        if not receipt.change_id:
            raise Refused("changed-since", "others have changed it since: nothing is left to undo")
        return receipt

    # -- speaking ---------------------------------------------------------------------------------

    def broadcast(self, kind: str, key: str = "", value: Any = None) -> None:
        """Send an application message to the other tabs of this device."""
        self._check_open()
        self.tab.broadcast(kind, key, value, self.host.now())
        self.host.pump()

    # -- life -------------------------------------------------------------------------------------

    def close(self) -> None:
        """Send what waits and leave nothing behind. A second call does nothing."""
        if not self.closed:
            self.closed = True
            self.host.close()
            self._levels.close()
            self._listeners.clear()

    def __enter__(self) -> Space:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take_events(self, events: list[TabEvent]) -> None:
        """For hosts: what the tab has to tell. Listeners may write: their changes follow."""
        status = False
        for event in events:
            status = self._take(event) or status
        if status and self._listeners.waits("status"):
            self._listeners.tell("status", self.tab.status())
        if status:
            self._tell_conflicts()
            self._tell_present()

    # -- inside -----------------------------------------------------------------------------------

    def _take(self, event: TabEvent) -> bool:
        """Deal with one event; True if the status may look different."""
        self._levels.take(event)
        match event:
            case Changed():
                self._listeners.tell("change", Update(event.refs, event.source, event.steps))
            case Settled():
                self._settled(event)
            case Decided():
                self._recorded(event)
                if refs := event.erases:
                    self._recent.forget(refs)
                    self._listeners.tell("erased", refs)
            case Dropped():
                self._dropped(event)
            case Ready():
                self._take_ready(event)
            case Message():
                return self._heard(event)
            case Problem():
                self._listeners.problem(event)
                if event.kind == "not-saved":
                    self._levels.not_saved(event.detail)
            case Led() | Followed():
                self._listeners.tell("leader", isinstance(event, Led))
            case LeaderChanged() | TabJoined() | TabLeft() | TabChanged() | StatusChanged():
                pass
        return True

    def _take_ready(self, event: Ready) -> None:
        if event.fault:
            self._take(Problem("store", event.fault))
        early, self._early = self._early, []
        for action in early:
            self._listeners.call("ready", action)
        self._read_letters()
        if not self._ready.done():
            self._ready.set_result(None)

    def _check_open(self) -> None:
        if self.closed:
            raise UsageError(f"space {self.name!r} is closed: open it again")
