"""The executor: carries a tab's machine on whatever ports a host has. One loop for every runtime.

Posts and appends are executed first, then the application is told, then the rest is executed: what
others wait for comes before what this tab wants to know. Answers are queued and handed to the
machine afterwards, never from inside the execution, so that a store that answers at once and one
that answers later look alike to the machine.

EXEC-1 an answer that comes after `close` is dropped. EXEC-2 a change is on the channel and in the
store's hands before any listener runs. EXEC-3 effects of one kind are executed in their order.
Floor: `machines`, `ports`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from pysync.either_link import EitherLink, MakeLink
from pysync.erasing import write_decided
from pysync.machines import effects as fx
from pysync.machines.effects import Effect, Moment
from pysync.machines.events import TabEvent
from pysync.machines.tab import Tab
from pysync.no_relay import FetchState, NoLink, no_state
from pysync.ports import Beginning, Channel, Link, Pledge, Store, StoreFault
from pysync.taking_over import take_over


class Locks(Protocol):
    """Exclusive named locks of the device."""

    def request(
        self, name: str, steal: bool, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Queue for the lock (or take it): `granted` once, `lost` if it is stolen afterwards."""

    def release(self, name: str) -> None:
        """Give it back, or leave its queue."""

    def query(self, done: Callable[[Collection[str]], None]) -> None:
        """The names of all locks held on this device."""

    def close(self) -> None:
        """Give everything back."""


class Timers(Protocol):
    """Named timers on the monotonic clock."""

    def set(self, name: str, due: float, call: Callable[[], None]) -> None:
        """Call once at or after `due`; replaces a timer of that name."""

    def clear(self, name: str) -> None:
        """Forget it."""

    def close(self) -> None:
        """Forget all."""


class Executor:
    """Implements `ports.Host` for one tab. `soon` runs a function when the current task ends."""

    def __init__(
        self,
        *,
        tab: Tab,
        store: Store,
        channel: Channel,
        locks: Locks,
        timers: Timers,
        clock: Callable[[], Moment],
        soon: Callable[[Callable[[], None]], None],
        pledge: Callable[[], Pledge],
        link: Callable[[Executor], Link] | None = None,
        fetch_state: FetchState = no_state,
    ) -> None:
        """`link` makes the way to the relay, if this host has one; it reports to `tab.relayed`.
        `fetch_state` gets the relay's state."""
        self.tab = tab
        self.store = store
        self.channel = channel
        self.locks = locks
        self.timers = timers
        self.now = clock
        self.pledge = pledge
        nobody = NoLink(lambda: self.told(tab.relayed.disconnected))
        self.link: Link = link(self) if link is not None else nobody
        self.on_events: Callable[[list[TabEvent]], None] = lambda _: None
        self.closed = False
        self._soon = soon
        self._fetch_state = fetch_state
        self._inbox: deque[Callable[[], None]] = deque()
        self._pumping = False
        tab.send_at_once(self._send)
        self._acts: dict[type, Callable[[Any], None]] = {
            fx.FlushSoon: self._flush_soon,
            fx.SetTimer: self._set_timer,
            fx.ClearTimer: self._clear_timer,
            fx.Load: self._load,
            fx.ReadLog: self._read_log,
            fx.ReadDecided: self._read_decided,
            fx.WriteDecisions: self._write_decisions,
            fx.WriteSnapshot: self._write_snapshot,
            fx.ClaimTerm: self._claim_term,
            fx.TakeLease: self._take_lease,
            fx.RequestLock: self._request_lock,
            fx.ReleaseLock: self._release_lock,
            fx.QueryLocks: self._query_locks,
            fx.Renew: self._renew_state,
            fx.Connect: lambda _: self.link.connect(),
            fx.Transmit: lambda effect: self.link.transmit(effect.text),
            fx.Disconnect: lambda _: self.link.disconnect(),
            fx.Remember: lambda _: None,
        }

    def relay_link(self, *, socket: MakeLink, http: MakeLink) -> Link:
        """The way to the relay by whichever of these the network lets through."""
        relayed = self.tab.relayed

        def connected(detour: str) -> None:
            relayed.link.detour = detour
            self.told(relayed.connected)

        return EitherLink(
            {"socket": socket, "http": http},
            timers=self.timers,
            clock=self.now,
            connected=connected,
            heard=lambda text: self.told(relayed.heard, text),
            disconnected=lambda: self.told(relayed.disconnected),
        )

    def start(self, *, hidden: bool = False) -> None:
        """Start the machine and read the store."""
        self.tab.start(self.now(), hidden=hidden)
        self.pump()
        self._load(fx.Load())
        self.pump()

    def report(self, method: Callable[..., None], *args: Any) -> None:
        """Tell the machine that something happened (`report(tab.heard, text)`), and act on it."""
        if not self.closed:
            method(*args, self.now())
            self.pump()

    def pump(self) -> None:
        """Execute effects, hand over events and answers, until nothing is left to do at once."""
        if self._pumping:
            return
        self._pumping = True
        try:
            self._pump()
        finally:
            self._pumping = False

    def _pump(self) -> None:
        tab, acts = self.tab, self._acts
        while True:
            effects = tab.take_effects()
            rest = self._execute_urgent(effects) if effects else effects
            events = tab.take_events()
            try:
                if events:
                    self.on_events(events)
            finally:
                for effect in rest:
                    acts[type(effect)](effect)
            if not effects and not events:
                if not self._inbox:
                    return
                self._inbox.popleft()()

    def _execute_urgent(self, effects: list[Effect]) -> list[Effect]:
        """Post and append; answers the other effects."""
        rest: list[Effect] = []
        appends: list[fx.Append] = []
        for effect in effects:
            kind = type(effect)
            if kind is fx.Post:
                self.channel.post(effect.text)  # type: ignore[union-attr]
            elif kind is fx.Append:
                appends.append(effect)  # type: ignore[arg-type]
            else:
                rest.append(effect)
        if appends:
            self._append(appends)
        return rest

    def _send(self) -> None:
        """A change's own frame leaves while its author still keeps the books of it."""
        for effect in self.tab.take_posts():
            self.channel.post(effect.text)

    def close(self) -> None:
        """Stop the machine, execute what it asks for last, and let go of every port."""
        if self.closed:
            return
        self.tab.stop(self.now())
        self.pump()
        self.closed = True
        self._inbox.clear()
        for port in (self.link, self.timers, self.locks, self.channel, self.store):
            port.close()

    # -- one method per effect --------------------------------------------------------------------

    def _answers(self, method: Callable[..., None], *first: Any) -> Callable[[Any], None]:
        """A `done` callback that queues the answer for the machine."""

        def done(result: Any) -> None:
            if self.closed:
                return
            self._inbox.append(lambda: method(*first, result, self.now()))
            if not self._pumping:
                self.pump()

        return done

    def _append(self, effects: Sequence[fx.Append]) -> None:
        if len(effects) == 1:
            only = effects[0]
            self.store.append(only.batch, only.body, self._answers(self.tab.appended, only.batch))
            return
        rows = {effect.batch: effect.body for effect in effects}
        dones = {batch: self._answers(self.tab.appended, batch) for batch in rows}
        self.store.append_all(rows, lambda batch, result: dones[batch](result))

    def _flush_soon(self, effect: fx.FlushSoon) -> None:
        self._soon(self._flush)

    def _flush(self) -> None:
        self.report(self.tab.flush)

    def _set_timer(self, effect: fx.SetTimer) -> None:
        name = effect.name
        self.timers.set(name, effect.due, lambda: self.report(self.tab.woke, name))

    def _clear_timer(self, effect: fx.ClearTimer) -> None:
        self.timers.clear(effect.name)

    def _load(self, effect: fx.Load) -> None:
        self.store.load(self._answers(self.tab.loaded))

    def _read_log(self, effect: fx.ReadLog) -> None:
        answer = self._answers(self.tab.log_read)
        self.store.read_log(effect.after, self.tab.books.knows, answer)

    def _read_decided(self, effect: fx.ReadDecided) -> None:
        self.store.read_decided(effect.after, self._answers(self.tab.decided_read))

    def _write_decisions(self, effect: fx.WriteDecisions) -> None:
        answer = self._answers(self.tab.decisions_written)
        write_decided(self.store, self.tab.schema, effect, answer)

    def _write_snapshot(self, effect: fx.WriteSnapshot) -> None:
        answer = self._answers(self.tab.snapshot_written)
        self.store.write_snapshot(effect.term, effect.seq, effect.rows, answer)

    def _renew_state(self, effect: fx.Renew) -> None:
        answer = self._answers(self.tab.relayed.renewed)

        def fetched(state: Beginning | StoreFault) -> None:
            if isinstance(state, StoreFault):
                answer(state)
            else:
                schema = self.tab.schema
                take_over(self.store, schema, effect.term, state, effect.undecided, answer)

        self._fetch_state(effect.without, fetched)

    def _claim_term(self, effect: fx.ClaimTerm) -> None:
        self.store.claim_term(effect.at_least, self._answers(self.tab.term_claimed))

    def _take_lease(self, effect: fx.TakeLease) -> None:
        answer = self._answers(self.tab.lease_answered)
        self.store.take_lease(self.tab.id, self.now().wall, effect.ttl, answer)

    def _request_lock(self, effect: fx.RequestLock) -> None:
        name = effect.name
        self.locks.request(
            name,
            effect.steal,
            lambda: self.told(self.tab.lock_granted, name),
            lambda: self.told(self.tab.lock_lost, name),
        )

    def told(self, method: Callable[..., None], *args: Any) -> None:
        """Like an answer of a store: queued while effects are being executed."""
        if not self.closed:
            self._inbox.append(lambda: method(*args, self.now()))
            if not self._pumping:
                self.pump()

    def _release_lock(self, effect: fx.ReleaseLock) -> None:
        self.locks.release(effect.name)

    def _query_locks(self, effect: fx.QueryLocks) -> None:
        self.locks.query(self._answers(self.tab.locks_seen))
