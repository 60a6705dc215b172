"""One tab of one space: presence, election, replica, outbox and ledger put together.

The host calls a method per event, with the time, then executes `take_effects()` and hands
`take_events()` to the application. The application reads `view` and writes by `draft` + `commit`.
Everything here is synchronous and pure of clocks and sockets, so a simulator can host a thousand.

TAB-A a change that the application was told is applied is in the view. TAB-B a change is posted
and appended in the call that makes it, if it is the first of its task. TAB-C a paused tab makes no
effect but what gives things back. TAB-D nothing a peer can send raises here: it is dropped, counted
and reported. Floor: all machines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pysync.errors import ProtocolError, Refused, StoreCorrupt, SyncError, UsageError
from pysync.machines import messages
from pysync.machines.batches import Batch, decode_batch, header
from pysync.machines.cards import TabInfo
from pysync.machines.effects import Effect, Moment, Post
from pysync.machines.election import Election, Followed, LeaderChanged, Led
from pysync.machines.events import (
    Changed,
    Message,
    Problem,
    Ready,
    Saved,
    Settled,
    StatusChanged,
    TabEvent,
)
from pysync.machines.hydration import Hydration
from pysync.machines.ledger import Ledger
from pysync.machines.messages import Frame
from pysync.machines.outbox import Outbox
from pysync.machines.presence import Presence
from pysync.machines.replica import Replica
from pysync.machines.snapshots import Snapshots
from pysync.model.cell import Mark
from pysync.model.change import PLAIN, Change, Meta
from pysync.model.draft import Draft
from pysync.model.reducer import Decision
from pysync.model.schema import Schema
from pysync.ports import Lease, Loaded, LogRow, StoreFault
from pysync.values.clock import HybridClock, wall_of
from pysync.values.jsonvalue import bounded, freeze

Rung = Literal["locks", "lease", "none"]
Command = Callable[[Draft], Any]
MAX_HELD: Final = 2_000
"""Frames kept while the store is being read at the start; beyond that, gaps are filled later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the badge shows, derived from progress and never from hope. Times are wall ms."""

    ready: bool
    tabs: int
    leader: str | None
    is_leader: bool
    term: int
    pending: int
    """Changes not decided yet, whoever made them."""
    unsaved: int
    """Own changes that the store has not taken yet."""
    conflicts: int
    seq: int
    last_sync: int
    """When something was last decided or heard; 0 if never."""
    problem: str
    """Why saving fails at the moment, in one word of `FaultReason`; "" if it does not."""


class Tab:
    """The machine of one tab. `rung` is what leadership rests on, `shared` whether the tabs of the
    device write to one store, `durable` whether that store outlives the browser."""

    def __init__(
        self,
        *,
        space: str,
        tab: str,
        born: float,
        schema: Schema,
        rung: Rung = "locks",
        shared: bool = True,
        stores: bool = True,
        locks: bool = True,
        build: int = 0,
        author: str = "",
    ) -> None:
        self.id = tab
        self.space = space
        self.author = author
        self.schema = schema
        self.shared = shared
        self.ready = False
        self.dropped_frames = 0
        self.clock = HybridClock()
        self.replica = Replica(schema)
        self._out: list[Effect] = []
        self._events: list[TabEvent] = []
        self._n = 0
        self._reruns: dict[int, Command] = {}
        self._again: list[Change] = []
        self._held: list[tuple[Frame, str]] = []
        self._awake = False
        self._last_sync = 0
        self._leaderless = rung == "none"
        self.presence = Presence(
            space=space, tab=tab, born=born, build=build, locks=locks, out=self._out, tell=self._tell
        )
        self.election = Election(
            space=space, tab=tab, rung=rung, presence=self.presence, out=self._out, tell=self._tell
        )
        self.ledger = Ledger(
            tab=tab, shared=shared, replica=self.replica, out=self._out, owner=self
        )
        self.outbox = Outbox(
            tab=tab, stores=shared, out=self._out, made=self._made, saved=self._saved
        )
        self.snapshots = Snapshots(replica=self.replica, enabled=stores, out=self._out)
        self.hydration = Hydration(
            tab=tab, replica=self.replica, ledger=self.ledger, shared=shared, out=self._out
        )
        self._now = Moment(born, 0.0)

    # -- what the application does ----------------------------------------------------------------

    @property
    def view(self) -> Any:
        """The state as this tab sees it: confirmed, with pending changes predicted on it."""
        return self.replica.view

    def draft(self, now: Moment) -> Draft:
        """Begin a change. Raises UsageError while the state is not loaded."""
        if not self.ready:
            raise UsageError(f"space {self.space!r} is not open yet: await its opening first")
        return Draft(self.replica.view, Mark(self.id, self._n + 1, self.clock.last, self.author))

    def commit(
        self, draft: Draft, now: Moment, meta: Meta | None = None, rerun: Command | None = None
    ) -> Change | None:
        """Make the draft a change: apply, post, append. None if it comes to nothing.

        Raises Refused if a guard says no (nothing was applied, nothing sent). With `rerun`, the
        function that filled the draft, it is run again if something else comes in between.
        """
        self._now = now
        ops = draft.ops()
        if not ops:
            return None
        meta = self._complete(meta, rerun is not None, draft.seen(ops))
        stamp = self.clock.tick(now.wall)
        mark = Mark(self.id, self._n + 1, stamp, meta.author)
        change = Change(mark, ops, meta)
        decision = self.replica.try_out(change)
        if decision.outcome == "refused":
            raise Refused(decision.code, decision.message, decision.params)
        self._n += 1
        self.replica.admit(change, decision)
        if rerun is not None:
            self._reruns[mark.n] = rerun
        self.outbox.add(change, now)
        self._tell_changes("")
        return change

    def _complete(self, meta: Meta | None, rerun: bool, seen: dict[str, Any]) -> Meta:
        """Most changes say nothing about themselves: then the shared empty Meta will do."""
        if meta is None and not rerun and not seen and not self.author:
            return PLAIN
        meta = meta or PLAIN
        return replace(meta, author=meta.author or self.author, rerun=rerun, seen=seen)

    def run(self, command: Command, now: Moment, meta: Meta | None = None) -> Change | None:
        """Run a pure command and commit what it did; it is run again if it must be."""
        draft = self.draft(now)
        command(draft)
        return self.commit(draft, now, meta, rerun=command)

    def broadcast(self, kind: str, key: str, value: Any, now: Moment) -> None:
        """Send an application message to the other tabs. Raises InvalidValue if it is not JSON."""
        payload = {"kind": kind, "key": key, "value": bounded(value, "value")}
        type_ = messages.CACHE_INVALIDATION if kind == "cache-invalidation" else messages.MESSAGE
        self._post(type_, payload, now)

    def force_leader(self, now: Moment) -> None:
        """Make this tab the leader."""
        self.election.force(now)

    def status(self) -> Status:
        """How things stand."""
        unsaved = sum(len(batch.changes) for batch in self.outbox.waiting.values())
        fault = self.outbox.problem or self.ledger.problem
        return Status(
            ready=self.ready,
            tabs=len(self.presence.tabs()),
            leader=self.election.leader,
            is_leader=self.election.is_leader,
            term=self.election.term,
            pending=len(self.replica.pending),
            unsaved=unsaved,
            conflicts=len(self.replica.open_conflicts()),
            seq=self.replica.seq,
            last_sync=self._last_sync,
            problem=fault.reason if fault is not None else "",
        )

    def tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs, this one included."""
        return self.presence.tabs()

    # -- life -------------------------------------------------------------------------------------

    def start(self, now: Moment, *, hidden: bool = False) -> None:
        """Begin: say hello and stand for election. The host reads the store meanwhile."""
        self._now = now
        self._awake = True
        self.presence.start(now, hidden=hidden)
        self.election.start(now)
        self.hydration.ask(now)

    def loaded(self, result: Loaded | StoreFault, now: Moment) -> None:
        """The store was read (or cannot be). What was heard meanwhile is taken in now."""
        self._now = now
        fault = ""
        if isinstance(result, StoreFault):
            fault = f"{result.reason}: {result.detail}"
        else:
            try:
                self.hydration.load(result, now)
            except (StoreCorrupt, ProtocolError) as error:
                fault = f"corrupt: {error}"
        self.snapshots.loaded(0 if isinstance(result, StoreFault) else result.meta.snapshot_seq)
        self.clock.observe(self.hydration.newest_stamp, now.wall)
        self.replica.dirty.clear()
        self.ready = True
        held, self._held = self._held, []
        self._events.append(Ready(fault))
        for frame, text in held:
            self._route(frame, text, now)
        self.ledger.step(now)
        self._tell_changes("")

    def stop(self, now: Moment) -> None:
        """End: send what waits, give everything back. Nothing happens afterwards."""
        self.flush(now)
        self._pause(now, frozen=False)
        self.election.stop(now)
        self.presence.stop(now)
        self.ledger.stop()
        self.snapshots.stop()
        self.outbox.stop()

    def hid(self, now: Moment) -> None:
        """pagehide: the page closes, or is put into the back-forward cache."""
        self.flush(now)
        self._pause(now, frozen=False)

    def froze(self, now: Moment) -> None:
        """The browser freezes the page: after this, handlers only take note."""
        self.flush(now)
        self._pause(now, frozen=True)

    def resumed(self, now: Moment) -> None:
        """The page runs again."""
        self._resume(now)

    def shown(self, now: Moment) -> None:
        """pageshow from the back-forward cache."""
        self._resume(now)

    def visibility(self, hidden: bool, now: Moment) -> None:
        """The page was hidden or shown."""
        self._now = now
        self.presence.hid(hidden, now)

    def beat(self, now: Moment) -> None:
        """The worker ticked and the page could handle it."""
        self._now = now
        if self._awake:
            self.presence.beat(now)
            self.election.beat(now)

    def _pause(self, now: Moment, *, frozen: bool) -> None:
        self._now = now
        if self._awake:
            self._awake = False
            self.election.pause(now)
            self.presence.pause(now, frozen=frozen)

    def _resume(self, now: Moment) -> None:
        self._now = now
        if not self._awake:
            self._awake = True
            self.presence.resume(now)
            self.election.resume(now)
            self.outbox.retry_now()
            if self.ready:
                self.ledger.catch_up()
                self.hydration.ask(now)

    # -- what the host reports --------------------------------------------------------------------

    def heard(self, text: str, now: Moment) -> None:
        """A frame of the channel. Whatever it holds, this does not raise."""
        self._now = now
        if not self._awake:
            return
        try:
            frame = messages.decode(text)
            if frame.tab != self.id:
                self.presence.heard(frame, now)
                self.election.heard(frame, now)
                self._route(frame, text, now)
            else:
                self.presence.heard(frame, now)
        except (ProtocolError, StoreCorrupt) as error:
            self.dropped_frames += 1
            self._events.append(Problem("foreign", str(error)))

    def _route(self, frame: Frame, text: str, now: Moment) -> None:
        if not self.ready:
            if len(self._held) < MAX_HELD:
                self._held.append((frame, text))
            return
        kind, payload = frame.type, frame.payload
        if kind == messages.STATE_UPDATE:
            self._heard_update(frame, text, now)
        elif kind == messages.DATA_UPDATE:
            self._heard_verdicts(frame, now)
        elif kind == messages.STATE_REQUEST:
            self.hydration.asked(frame, self.outbox.waiting.values(), self._answers(), now)
        elif kind == messages.STATE_RESPONSE:
            if self.hydration.answered(frame, self.election.known_term, now):
                self._tell_changes(frame.tab)
        elif kind in (messages.MESSAGE, messages.CACHE_INVALIDATION):
            self._heard_message(frame, payload)

    def _heard_update(self, frame: Frame, text: str, now: Moment) -> None:
        self._last_sync = int(now.wall)
        if header(frame.payload)[1] is None:
            self.ledger.read()
            self.ledger.stored(now)
            return
        batch = decode_batch(frame, text, self.schema)
        self.clock.observe(batch.changes[-1].mark.stamp, now.wall)
        for change in batch.changes:
            for problem in change.dropped:
                self._events.append(Problem("dropped-field", problem))
        self.ledger.heard(batch, now)
        self._tell_changes(frame.tab)

    def _heard_verdicts(self, frame: Frame, now: Moment) -> None:
        if not self.shared and frame.tab != self.election.leader:
            return
        self._last_sync = int(now.wall)
        self.ledger.announced(frame.payload, now)
        self._after_verdicts(now)
        self._tell_changes(frame.tab)

    def _heard_message(self, frame: Frame, payload: Any) -> None:
        if not isinstance(payload, dict) or not isinstance(payload.get("kind"), str):
            raise ProtocolError("an application message names its kind")
        self._events.append(
            Message(
                payload["kind"],
                str(payload.get("key", "")),
                freeze(payload.get("value")),
                frame.tab,
            )
        )

    def flush(self, now: Moment) -> None:
        """The task that made changes ends."""
        self._now = now
        self.outbox.flush(now)

    def appended(self, batch: str, result: int | StoreFault, now: Moment) -> None:
        """The log took a batch, or did not."""
        self._now = now
        if batch in self.outbox.waiting:
            before = self.outbox.problem
            self.outbox.appended(batch, result, now)
            if self.outbox.problem is not before:
                reason = self.outbox.problem.reason if self.outbox.problem else ""
                self._events.append(Problem("not-saved", reason) if reason else StatusChanged())
            self.ledger.stored(now)
        else:
            self.ledger.adopted(batch, result, now)

    def log_read(self, result: Sequence[LogRow] | StoreFault, now: Moment) -> None:
        """The answer to ReadLog."""
        self._now = now
        self.ledger.log_read(result, now)
        self._tell_changes("")

    def decided_read(self, result: Any, now: Moment) -> None:
        """The answer to ReadDecided."""
        self._now = now
        self.ledger.decided_read(result, now)
        self._after_verdicts(now)
        self._tell_changes("")

    def decisions_written(self, result: int | StoreFault, now: Moment) -> None:
        """The answer to WriteDecisions."""
        self._now = now
        self.ledger.decisions_written(result, now)
        self._after_verdicts(now)
        self._tell_changes("")

    def snapshot_written(self, result: int | StoreFault, now: Moment) -> None:
        """The answer to WriteSnapshot."""
        self.snapshots.written(result, now)

    def term_claimed(self, result: int | StoreFault, now: Moment) -> None:
        """The answer to ClaimTerm."""
        self._now = now
        self.election.term_claimed(result, now)

    def lease_answered(self, result: Lease | StoreFault, now: Moment) -> None:
        """The answer to TakeLease."""
        self._now = now
        self.election.lease_answered(result, now)

    def lock_granted(self, name: str, now: Moment) -> None:
        """A lock is ours."""
        self._now = now
        self.election.lock_granted(name, now)

    def lock_lost(self, name: str, now: Moment) -> None:
        """A lock was stolen."""
        self._now = now
        self.election.lock_lost(name, now)
        self.presence.lock_lost(name)

    def locks_seen(self, held: Collection[str], now: Moment) -> None:
        """The answer to QueryLocks."""
        self._now = now
        self.presence.locks_seen(held, now)

    def woke(self, timer: str, now: Moment) -> None:
        """A timer is due."""
        self._now = now
        self.election.woke(timer, now)
        self.outbox.woke(timer)
        self.ledger.woke(timer, now)
        self.snapshots.woke(timer, self.leads_under(), now)
        self._after_verdicts(now)
        self._tell_changes("")

    def store_lost(self, reason: str, now: Moment) -> None:
        """The database was cleared or closed under this tab: say so; memory still holds all."""
        self._events.append(Problem("store-lost", reason))

    # -- what the parts ask and tell --------------------------------------------------------------

    def leads_under(self) -> int:
        """The term to decide under; 0 while this tab may not."""
        return self.election.term if self.ready and self._awake else 0

    def is_present(self, tab: str) -> bool:
        """Whether that tab is open and awake."""
        return tab == self.id or self.presence.is_awake(tab)

    def decided(self, seq: int, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed."""
        self.snapshots.touched(change, decision)
        if change.mark.tab != self.id:
            return
        if decision is not None and decision.outcome == "retry" and change.mark.n in self._reruns:
            self._again.append(change)
            return
        self._reruns.pop(change.mark.n, None)
        self._events.append(Settled(change, decision))

    def batch_decided(self, batch: Batch) -> None:
        """All of a batch was confirmed."""
        self.outbox.decided(batch.id)
        self._last_sync = int(self._now.wall)
        self.snapshots.grown(self._now, self.leads_under())

    def fenced(self, now: Moment) -> None:
        """Somebody newer leads."""
        self.election.fenced(now)

    def lagging(self, now: Moment) -> None:
        """Verdicts are missing, and only a peer can help."""
        self.hydration.ask(now)

    def _made(self, batch: Batch) -> None:
        self.ledger.made(batch, self._now)

    def _saved(self, batch: Batch) -> None:
        self._events.append(Saved(batch.first, batch.last))

    def _answers(self) -> bool:
        """Whether this tab is the one to answer for the state: the leader, or with none, anybody."""
        return self.election.is_leader or self.election.leader is None

    def _after_verdicts(self, now: Moment) -> None:
        """Run again what was handed back: all of it as one change, so that it is one step."""
        while self._again:
            again, self._again = self._again, []
            commands = [self._reruns.pop(change.mark.n) for change in again]
            superseded = tuple(change.id for change in again)

            def all_again(draft: Draft, commands: list[Command] = commands) -> None:
                for command in commands:
                    command(draft)

            try:
                draft = self.draft(now)
                all_again(draft)
                meta = Meta(supersedes=superseded[:100], label=again[0].meta.label)
                self.commit(draft, now, meta, rerun=all_again)
            except SyncError as error:
                self._hand_back(again, error)

    def _hand_back(self, changes: list[Change], error: SyncError) -> None:
        """A function that made sense when it ran makes none on what is true now."""
        code = error.code if isinstance(error, Refused) else "concurrent"
        for change in changes:
            refused = Decision(outcome="refused", code=code, message=str(error))
            self._events.append(Settled(change, refused))

    def _tell(self, event: TabEvent) -> None:
        self._events.append(event)
        if isinstance(event, Led):
            self.ledger.led(self._now)
        elif isinstance(event, Followed):
            self.ledger.followed()
        elif isinstance(event, LeaderChanged) and event.leader is not None:
            if not self.shared and self.ready:
                self.hydration.ask(self._now)

    def _tell_changes(self, source: str) -> None:
        if self.replica.dirty:
            self._events.append(Changed(frozenset(self.replica.dirty), source))
            self.replica.dirty.clear()

    def _post(self, type_: str, payload: object, now: Moment) -> None:
        self._out.append(Post(messages.encode(type_, self.id, now.wall, payload)))

    def take_effects(self) -> list[Effect]:
        """What the host is to do, in order; the list is the caller's."""
        taken = self._out[:]
        self._out.clear()
        return taken

    def take_events(self) -> list[TabEvent]:
        """What the application is to hear, in order; the list is the caller's."""
        taken = self._events[:]
        self._events.clear()
        return taken

    def age(self, now: Moment) -> float:
        """Milliseconds since the newest stamp known: for the status, not for decisions."""
        return now.wall - wall_of(self.clock.last)
