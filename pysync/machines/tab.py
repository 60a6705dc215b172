"""One tab of one space: presence, election, replica, outbox and ledger put together.

The host calls a method per event, with the time, then executes `take_effects()` and hands
`take_events()` to the application. The application reads `view` and writes by `draft` + `commit`.
Everything here is synchronous and pure of clocks and sockets, so a simulator can host a thousand.

TAB-A a change that the application was told is applied is in the view. TAB-B a change is posted
and appended in the call that makes it, if it is the first of its task. TAB-C a paused tab makes no
effect but what gives things back. Floor: all machines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal

from pysync.errors import UsageError
from pysync.machines import messages
from pysync.machines.batches import Batch
from pysync.machines.books import Books
from pysync.machines.cards import TabChanged, TabInfo, TabJoined, TabLeft
from pysync.machines.confirming import Confirming
from pysync.machines.effects import Effect, Moment, Post, take_posts
from pysync.machines.election import Election
from pysync.machines.events import Changed, Problem, Ready, StatusChanged, Superseded, TabEvent
from pysync.machines.gate import AnyGate, Gated
from pysync.machines.hydration import Hydration
from pysync.machines.inbox import Inbox
from pysync.machines.leadership import Followed, LeaderChanged, Led
from pysync.machines.ledger import Ledger
from pysync.machines.loading import Loading
from pysync.machines.outbox import Outbox
from pysync.machines.presence import Presence
from pysync.machines.present import Looks
from pysync.machines.relayed import Relayed
from pysync.machines.replica import Replica
from pysync.machines.reruns import Command, Reruns
from pysync.machines.snapshots import Snapshots
from pysync.machines.status import ChannelKind, Status, status_of
from pysync.machines.who import Who
from pysync.machines.writer import Writer
from pysync.model.cell import Cell
from pysync.model.change import Change, Meta, Ref
from pysync.model.decision import Decision
from pysync.model.draft import Draft
from pysync.model.names import sendable
from pysync.model.schema import Schema
from pysync.model.total import total
from pysync.ports import Lease, Loaded, LogRow, StoreFault
from pysync.values.clock import HybridClock

Rung = Literal["locks", "lease", "none"]


class Tab:
    """The machine of one tab. `rung` is what leadership rests on, `shared` whether the tabs of the
    device write to one store, `stores` whether that store outlives the page."""

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
        self.now = Moment(born, 0.0)
        self.id = tab
        self.channel: ChannelKind = "broadcast"
        """How the tabs hear each other: the host says so before it starts the machine."""
        self.space = space
        self.schema = schema
        self.shared = shared
        self.stores = stores
        self.ready = False
        self.clock = HybridClock()
        self.who = Who(author, schema)
        self._out: list[Effect] = []
        self._events: list[TabEvent] = []
        self.replica = Replica(
            total(schema, lambda detail: self.tell(Problem("function-failed", detail))), tab
        )
        self.confirming = Confirming(self)
        self.reruns = Reruns(
            attempt=lambda command, meta: self.run(command, self.now, meta),
            superseded=lambda numbers: self.tell(Superseded(numbers)),
            refused=self.confirming.handed_back,
        )
        self._awake = False
        self.gates: list[Gated] = []
        self.presence = Presence(
            space=space, tab=tab, born=born, build=build, locks=locks, out=self._out, tell=self.tell
        )
        self.election = Election(
            space=space,
            tab=tab,
            rung=rung,
            shared=shared,
            presence=self.presence,
            out=self._out,
            tell=self.tell,
        )
        self.books = Books(tab=tab, shared=shared, replica=self.replica, owner=self)
        self.relayed = Relayed(
            tab=tab, replica=self.replica, books=self.books, out=self._out, owner=self
        )
        self.ledger = Ledger(
            tab=tab,
            shared=shared,
            replica=self.replica,
            books=self.books,
            relayed=self.relayed,
            out=self._out,
            owner=self,
        )
        self.outbox = Outbox(
            tab=tab, stores=shared, out=self._out, made=self._made, saved=self.confirming.saved
        )
        self._writer = Writer(self)
        self.snapshots = Snapshots(
            replica=self.replica, enabled=stores, has_log=shared, out=self._out
        )
        self.hydration = Hydration(
            tab=tab,
            replica=self.replica,
            books=self.books,
            ledger=self.ledger,
            snapshots=self.snapshots,
            shared=shared,
            out=self._out,
        )
        self.loading = Loading(self.hydration, self._out)
        self.inbox = Inbox(self)

    # -- what the application does ----------------------------------------------------------------

    @property
    def view(self) -> Any:
        """The state as this tab sees it: confirmed, with pending changes predicted on it."""
        return self.replica.view

    def draft(self, now: Moment, seen: Mapping[Ref, Cell | None] | None = None) -> Draft:
        """Begin a change; `seen`: cells its author saw before. Raises UsageError before `ready`."""
        if not self.ready:
            raise UsageError(f"space {self.space!r} is not open yet: await its opening first")
        return self._writer.draft(now, seen)

    def commit(
        self, draft: Draft, now: Moment, meta: Meta | None = None, rerun: Command | None = None
    ) -> Change | None:
        """Make the draft a change: apply, post, append. None if it comes to nothing.

        Raises Refused if a guard says no (nothing was applied, nothing sent). With `rerun`, the
        function that filled the draft, it is run again if something else comes in between.
        """
        self.now = now
        change = self._writer.commit(draft, now, meta, rerun, self.reruns)
        self.tell_changes()
        return change

    def run(self, command: Command, now: Moment, meta: Meta | None = None) -> Change | None:
        """Run a pure command and commit what it did; it is run again if it must be."""
        draft = self.draft(now)
        draft.track()
        command(draft)
        return self.commit(draft, now, meta, rerun=command)

    def broadcast(self, kind: str, key: str, value: Any, now: Moment) -> None:
        """Send an application message to the other tabs. Raises InvalidValue, SensitiveKey."""
        payload = {"kind": kind, "key": key, "value": sendable(key, value, key or "value")}
        type_ = messages.CACHE_INVALIDATION if kind == "cache-invalidation" else messages.MESSAGE
        self._out.append(Post(messages.encode(type_, self.id, now.wall, payload)))

    def look(self, looks: Looks, now: Moment) -> None:
        """This tab shows that record; () for none in particular."""
        self.now = now
        self.presence.look(looks, now)

    def add_gate(self, gate: Callable[[list[Effect]], AnyGate]) -> AnyGate:
        """Make a gate of this tab: its timers are routed to it, and it is flushed before the tab
        pauses or stops. Give it to `gates.remove` when it is no longer needed."""
        made = gate(self._out)
        self.gates.append(made)
        return made

    def request_state(self, now: Moment) -> None:
        """Ask the others again for what they have, and the relay."""
        if self._awake and self.ready:
            self.hydration.ask(now)
        self.hurry(now)

    def hurry(self, now: Moment) -> None:
        """The network is back, or somebody looks: do not wait any longer for a server."""
        self.relayed.hurry(now)
        self.loading.hurry()

    def force_leader(self, now: Moment) -> None:
        """Make this tab the leader."""
        self.election.force(now)

    def status(self) -> Status:
        """How things stand."""
        return status_of(self)

    def tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs, this one included."""
        return self.presence.tabs()

    # -- life -------------------------------------------------------------------------------------

    def start(self, now: Moment, *, hidden: bool = False) -> None:
        """Begin: say hello and stand for election. The host reads the store meanwhile."""
        self.now = now
        self._awake = True
        self.presence.start(now, hidden=hidden)
        self.election.start(now)
        self.hydration.ask(now)

    def loaded(self, result: Loaded | StoreFault, now: Moment) -> None:
        """The store was read (or cannot be). What was heard meanwhile is taken in now."""
        self.now = now
        known, fault = self.loading.take(result, now), self.loading.fault
        if not known:
            self._events.append(Problem("not-loaded", fault.reason if fault else ""))
            return
        self.clock.observe(self.hydration.newest_stamp, now.wall)
        if isinstance(result, Loaded):
            self.relayed.follow(result.meta, self.clock.last)
        if not self.ready:
            self.replica.dirty.clear()
            self.ready = True
            self._events.append(Ready(f"{fault.reason}: {fault.detail}" if fault else ""))
            self.inbox.open(now)
            self.ledger.step(now)
        elif self.leads_under():
            self.ledger.led(now)
        self.after_verdicts(now)
        self.tell_changes()

    def stop(self, now: Moment) -> None:
        """End: send what waits, give everything back. Nothing happens afterwards."""
        self._pause(now, frozen=False)
        self.election.stop(now)
        self.presence.stop(now)
        for part in (self.loading, self.ledger, self.snapshots, self.outbox):
            part.stop()

    def hid(self, now: Moment) -> None:
        """pagehide: the page closes, or is put into the back-forward cache."""
        self._pause(now, frozen=False)

    def froze(self, now: Moment) -> None:
        """The browser freezes the page: after this, handlers only take note."""
        self._pause(now, frozen=True)

    def resumed(self, now: Moment) -> None:
        """The page runs again: it was frozen, or comes from the back-forward cache (pageshow)."""
        self.now = now
        if not self._awake:
            self._awake = True
            self._events.append(StatusChanged())
            self.presence.resume(now)
            self.election.resume(now)
            self.outbox.retry_now()
            if self.ready:
                self.ledger.catch_up()
                self.hydration.ask(now)
                self.after_verdicts(now)

    def visibility(self, hidden: bool, now: Moment) -> None:
        """The page was hidden or shown."""
        self.now = now
        self.presence.hid(hidden, now)
        if not hidden:
            self.hurry(now)

    def beat(self, now: Moment) -> None:
        """The worker ticked and the page could handle it."""
        self.now = now
        if self._awake:
            self.presence.seq = self.replica.seq
            self.presence.made = self._writer.made
            self.presence.known_term = self.election.known_term
            self.presence.beat(now)
            self.election.beat(now)
            self.ledger.beat(now)
            self.relayed.here.beat(now)
            self.reruns.run(patient=True)
            self.tell_changes()

    def _send_all(self, now: Moment) -> None:
        for gate in tuple(self.gates):
            gate.flush(now)
        self.flush(now)

    @property
    def awake(self) -> bool:
        """Whether the page runs: it was started, and is not frozen, hidden away or stopped."""
        return self._awake

    def _pause(self, now: Moment, *, frozen: bool) -> None:
        self._send_all(now)
        if self._awake:
            self._awake = False
            self._events.append(StatusChanged())
            self.election.pause(now)
            self.presence.pause(now, frozen=frozen)

    # -- what the host reports --------------------------------------------------------------------

    def heard(self, text: str, now: Moment) -> None:
        """A frame of the channel. Whatever it holds, this does not raise."""
        self.now = now
        if self._awake:
            self.inbox.heard(text, now)

    def flush(self, now: Moment) -> None:
        """The task that made changes ends."""
        self.now = now
        self.outbox.flush(now)

    def appended(self, batch: str, result: int | StoreFault, now: Moment) -> None:
        """The log took a batch, or did not."""
        self.now = now
        if batch in self.outbox.waiting:
            before = self.outbox.problem
            self.outbox.appended(batch, result, now)
            if self.outbox.problem is not before:
                reason = self.outbox.problem.reason if self.outbox.problem else ""
                self._events.append(Problem("not-saved", reason) if reason else StatusChanged())
            self.ledger.stored(now, batch)
        else:
            self.ledger.adopted(batch, result, now)

    def log_read(self, result: Sequence[LogRow] | StoreFault, now: Moment) -> None:
        """The answer to ReadLog."""
        self.now = now
        self.ledger.log_read(result, now)
        self.tell_changes()

    def decided_read(self, result: Any, now: Moment) -> None:
        """The answer to ReadDecided."""
        self.now = now
        self.ledger.decided_read(result, now)
        self.after_verdicts(now)
        self.tell_changes()

    def decisions_written(self, result: int | StoreFault, now: Moment) -> None:
        """The answer to WriteDecisions."""
        self.now = now
        self.ledger.decisions_written(result, now)
        self.after_verdicts(now)
        self.tell_changes()

    def snapshot_written(self, result: int | StoreFault, now: Moment) -> None:
        """The answer to WriteSnapshot."""
        self.now = now
        self.snapshots.written(result, self.leads_under(), now)
        self.confirming.snapshot_stored()

    def term_claimed(self, result: int | StoreFault, now: Moment) -> None:
        """The answer to ClaimTerm."""
        self.now = now
        self.election.term_claimed(result, now)

    def lease_answered(self, result: Lease | StoreFault, now: Moment) -> None:
        """The answer to TakeLease."""
        self.now = now
        self.election.lease_answered(result, now)

    def lock_granted(self, name: str, now: Moment) -> None:
        """A lock is ours."""
        self.now = now
        self.election.lock_granted(name, now)

    def lock_lost(self, name: str, now: Moment) -> None:
        """A lock was stolen."""
        self.now = now
        self.election.lock_lost(name, now)
        self.presence.lock_lost(name)

    def locks_seen(self, held: Collection[str], now: Moment) -> None:
        """The answer to QueryLocks."""
        self.now = now
        self.presence.locks_seen(held, now)

    def woke(self, timer: str, now: Moment) -> None:
        """A timer is due."""
        self.now = now
        self.loading.woke(timer)
        self.election.woke(timer, now)
        self.outbox.woke(timer)
        self.ledger.woke(timer, now)
        self.relayed.woke(timer, now)
        self.snapshots.woke(timer, self.leads_under(), now)
        self.after_verdicts(now)
        self.tell_changes()
        for gate in tuple(self.gates):
            gate.woke(timer, now)

    def store_lost(self, reason: str, now: Moment) -> None:
        """The database was cleared or closed: memory still holds all, and who has a store leads."""
        self.loading.fault = StoreFault("closed", reason)
        self.election.stop(now)
        self._events.append(Problem("store-lost", reason))

    # -- what the parts ask and tell --------------------------------------------------------------

    def leads_under(self) -> int:
        """The term to decide under; 0 while this tab may not."""
        if not (self.ready and self._awake) or self.loading.unfit or self.loading.pending:
            return 0
        return self.election.term

    def is_present(self, tab: str) -> bool:
        """Whether that tab is open and awake."""
        return tab == self.id or self.presence.is_awake(tab)

    def decided(self, seq: int, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed."""
        self.confirming.decided(change, decision)

    def batch_decided(self, batch: Batch, special: Mapping[int, Decision], *, own: bool) -> None:
        """All of a batch was confirmed."""
        self.confirming.batch_decided(batch, special, own=own)

    def data_came(self) -> int:
        """Data came in; answers up to which entry it is confirmed."""
        self.inbox.last_heard = int(self.now.wall)
        return self.replica.seq

    def step(self) -> None:
        """Verdicts came from the relay."""
        self.ledger.step(self.now)

    def fenced(self, now: Moment) -> None:
        """Somebody newer leads."""
        self.election.fenced(now)

    def anew(self) -> None:
        """What is stored was replaced since this tab read it."""
        self.loading.again()

    def lagging(self, now: Moment) -> None:
        """Verdicts are missing, and only a peer can help."""
        self.hydration.ask(now)

    def _made(self, batch: Batch) -> None:
        self.ledger.made(batch, self.now)

    def follows(self, tab: str) -> bool:
        """Whether that tab leads as far as this one knows."""
        return tab == self.election.leader

    def answers(self) -> bool:
        """Whether this tab answers for the state: the leader does, or with none, anybody."""
        return self.election.is_leader or self.election.leader is None

    def after_verdicts(self, now: Moment) -> None:
        """Entries may have been confirmed: run again what was handed back, if we may write."""
        self.now = now
        if self._awake and self.ready:
            self.reruns.run()

    def tell(self, event: TabEvent) -> None:
        """Something happened that the application, and perhaps a sibling, must know."""
        self._events.append(event)
        if isinstance(event, Led):
            self.ledger.led(self.now)
            self.snapshots.grown(self.now, self.leads_under())
            self.after_verdicts(self.now)
        elif isinstance(event, Followed):
            self.ledger.followed()
        elif isinstance(event, TabJoined | TabLeft | TabChanged) and self._awake:
            self.relayed.here.look(self.now)
        elif isinstance(event, LeaderChanged) and not event.leader:
            self.relayed.link.leaderless()
        elif isinstance(event, LeaderChanged) and self.ready:
            if self.shared:
                # The former leader may have committed what it could not announce any more.
                self.ledger.catch_up()
            else:
                # Only the leader has the truth, and a new one lacks our news.
                self.hydration.ask(self.now)

    def tell_changes(self) -> None:
        """Tell the application what looks different since it was last told, and because of whom."""
        for source, steps in self.replica.dirty.take(self.replica.view).items():
            self._events.append(Changed(frozenset(steps), source, steps))
        if detail := self.books.newly_unreadable():
            self._events.append(Problem("unreadable", detail))
        self.relayed.link.stands_at(self.replica.seq)

    def send_at_once(self, send: Callable[[], None]) -> None:
        """For hosts: `send` is called when the frame of an own change may leave, before the change
        is in the view. It executes `take_posts`, and must not call into this tab."""
        self._writer.send = send

    def take_posts(self) -> list[Post]:
        """The posts among the effects, which the others do not hold up."""
        return take_posts(self._out)

    def take_effects(self) -> list[Effect]:
        """What the host is to do, in order; the list is the caller's."""
        taken, self._out[:] = self._out[:], []
        return taken

    def take_events(self) -> list[TabEvent]:
        """What the application is to hear, in order; the list is the caller's."""
        taken, self._events[:] = self._events[:], []
        return taken
