"""A simulated page that hosts the real `Tab` machine: executes its effects, one task at a time.

A page can be frozen (it still hears the channel, but no timer, lock or store answer reaches it), be
stopped dead (nothing reaches it; all of it comes when it goes on), be away in the back-forward
cache, hang for a while, close, or die between any two effects.
Floor: the other modules of `sim`, `machines.tab`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pysync.erasing import write_decided
from pysync.machines import effects as fx
from pysync.machines.effects import Moment
from pysync.machines.events import Ready, TabEvent
from pysync.testing.sim.store import SimStore
from pysync.testing.sim.timeline import Planned
from pysync.testing.sim.watched import Watched
from pysync.testing.sim.wire import Wire

if TYPE_CHECKING:
    from pysync.testing.sim.world import World

Task = Callable[[Moment], None]
NEVER_EARLY_MS = 1e-6  # a timer rings at its time or after it, however the sums are rounded


class Page:
    """One tab of the simulated device."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.alive = True
        self.frozen = False
        self.stopped = False
        self.away = False
        self.ready = False
        self.events: list[TabEvent] = []
        """What the application heard, from the start."""
        self.born = world.timeline.now
        self.store = SimStore(world.disk_of_a_page(), self._from_store)
        relay = world.relay
        self.wire = Wire(relay, self, world.prefix) if relay is not None else None
        self.tab = Watched(
            space="sim",
            tab=name,
            born=world.wall(),
            schema=world.schema,
            rung=world.rung,
            shared=world.shared,
            stores=world.shared,
            locks=world.rung == "locks",
        )
        self.tab.made = world.made
        self.tab.watch = lambda seq, change, decision: world.confirmed(self, seq, change, decision)
        self._timers: dict[str, Planned] = {}
        self._late: list[Task] = []
        self._claims: dict[str, object] = {}
        self._flush_soon = False

    # -- life ------------------------------------------------------------------------------------

    @property
    def now(self) -> Moment:
        """Both clocks of this page."""
        return Moment(self.world.wall(), self.world.timeline.now - self.born)

    @property
    def awake(self) -> bool:
        """Whether it is open, running and reachable."""
        return self.alive and not (self.frozen or self.stopped or self.away)

    def open(self) -> None:
        """The page loads: start, read the store, tick."""
        self.world.bus.join(self.name, self._from_channel)
        self.do(self.tab.start)
        if self.world.left_out:
            self.do(lambda now: self.tab.relayed.leave_out(self.world.left_out, now))
        self._load()
        self._tick()

    def close(self) -> None:
        """The user closes it: pagehide runs, then it is gone."""
        if self.awake:
            self.do(self.tab.hid)
        self.die()

    def die(self) -> None:
        """It is gone at once."""
        if self.alive:
            self.alive = False
            self.world.bus.leave(self.name)
            self.world.locks.died(self.name)
            self.store.died()
            if self.wire is not None:
                self.wire.disconnect()
            self.world.died(self)

    def freeze(self) -> None:
        """The browser freezes it, after telling it."""
        self.do(self.tab.froze)
        self.frozen = True

    def thaw(self) -> None:
        """The browser lets it go on, and tells it before or after what waited."""
        self.frozen = False
        if self.world.random.random() < 0.5:
            self.do(self.tab.resumed)
            self._catch_up()
        else:
            self._catch_up()
            self.do(self.tab.resumed)

    def stop(self) -> None:
        """Nothing runs in it any more, without notice (a stopped process, a sleeping machine)."""
        self.stopped = True

    def go_on(self) -> None:
        """It runs again, and everything that waited comes at once."""
        self.stopped = False
        if not self.frozen:
            self._catch_up()

    def leave(self) -> None:
        """The user navigates away; the page goes into the back-forward cache."""
        self.do(self.tab.hid)
        self.world.bus.leave(self.name)
        self.away = True

    def come_back(self) -> None:
        """The user comes back."""
        self.away = False
        self.world.bus.join(self.name, self._from_channel)
        self._catch_up()
        self.do(self.tab.resumed)

    # -- tasks -----------------------------------------------------------------------------------

    def do(self, task: Task) -> None:
        """Run a task in the page, then its effects, then its microtasks."""
        if not self.alive:
            return
        task(self.now)
        self._settle()
        while self._flush_soon and self.alive:
            self._flush_soon = False
            self.tab.flush(self.now)
            self._settle()
        weather, random = self.world.bus.weather, self.world.random
        if self.alive and random.random() < weather.stall:
            self.stop()
            self.world.note(self.name, "stalls")
            self.world.timeline.after(random.uniform(10, weather.stall_ms), self.go_on)

    def task(self, task: Task) -> None:
        """Something happened for this page: a task now, or when it runs again."""
        if not self.alive:
            return
        if self.awake:
            self.do(task)
        else:
            self._late.append(task)

    def _catch_up(self) -> None:
        late, self._late = self._late, []
        for task in late:
            self.task(task)

    def _settle(self) -> None:
        while self.alive:
            effects = self.tab.take_effects()
            for effect in effects:
                if self.world.random.random() < self.world.bus.weather.crash_midway:
                    self.world.note(self.name, "dies midway")
                    self.die()
                    return
                self._execute(effect)
            for event in self.tab.take_events():
                self.ready = self.ready or isinstance(event, Ready)
                self.events.append(event)
                self.world.told(self, event)
            if not effects:
                return

    # -- effects ---------------------------------------------------------------------------------

    def _execute(self, effect: fx.Effect) -> None:  # noqa: C901, PLR0912 - one arm per effect
        tab = self.tab
        match effect:
            case fx.Post(text):
                self.world.bus.post(self.name, text)
            case fx.SetTimer(name, due):
                self._set_timer(name, due)
            case fx.ClearTimer(name):
                self._clear_timer(name)
            case fx.RequestLock(name, steal):
                self._request_lock(name, steal=steal)
            case fx.ReleaseLock(name):
                self._claims.pop(name, None)
                self.world.locks.release(name, self.name)
            case fx.QueryLocks():
                held = self.world.locks.held()
                self.world.timeline.after(
                    1.0, lambda: self.task(lambda now: tab.locks_seen(held, now))
                )
            case fx.TakeLease(ttl):
                self.store.take_lease(self.name, self.world.wall(), ttl, self._to("lease_answered"))
            case fx.ClaimTerm(at_least):
                self.store.claim_term(at_least, self._to("term_claimed"))
            case fx.Append(batch, body):
                self.store.append(batch, body, lambda r: tab.appended(batch, r, self.now))
            case fx.FlushSoon():
                self._flush_soon = True
            case fx.Load():
                self._load()
            case fx.ReadLog(after):
                self.store.read_log(after, tab.books.knows, self._to("log_read"))
            case fx.ReadDecided(after):
                self.store.read_decided(after, self._to("decided_read"))
            case fx.WriteDecisions(term):
                self.world.writing(self, term)
                write_decided(self.store, tab.schema, effect, self._to("decisions_written"))
            case fx.WriteSnapshot(term, seq, rows):
                self.store.write_snapshot(term, seq, rows, self._to("snapshot_written"))

        if self.wire is not None:
            match effect:
                case fx.Renew():
                    self.wire.renew(
                        effect, self.store, lambda result: tab.relayed.renewed(result, self.now)
                    )
                case fx.Connect():
                    self.wire.connect()
                case fx.Transmit(text):
                    self.wire.transmit(text)
                case fx.Disconnect():
                    self.wire.disconnect()

    def _to(self, method: str) -> Callable[[Any], None]:
        handler = getattr(self.tab, method)
        return lambda result: handler(result, self.now)

    def _from_store(self, answer: Callable[[], None]) -> None:
        self.task(lambda _now: answer())

    def _from_channel(self, text: str) -> None:
        if self.frozen and not self.stopped:
            self.do(lambda now: self.tab.heard(text, now))
        else:
            self.task(lambda now: self.tab.heard(text, now))

    def _request_lock(self, name: str, *, steal: bool) -> None:
        claim = self._claims[name] = object() if steal else self._claims.get(name, object())

        def report(method: Callable[[str, Moment], None]) -> Callable[[], None]:
            """News of a request that was given up meanwhile is no news."""
            return lambda: self.task(
                lambda now: method(name, now) if self._claims.get(name) is claim else None
            )

        self.world.locks.request(
            name,
            self.name,
            granted=report(self.tab.lock_granted),
            lost=report(self.tab.lock_lost),
            steal=steal,
        )

    def _set_timer(self, name: str, due: float) -> None:
        self._clear_timer(name)
        delay = due - self.now.mono + NEVER_EARLY_MS
        self._timers[name] = self.world.timeline.after(delay, lambda: self._ring(name))

    def _clear_timer(self, name: str) -> None:
        planned = self._timers.pop(name, None)
        if planned is not None:
            planned.cancel()

    def _ring(self, name: str) -> None:
        rung = self._timers.get(name)

        def wake(now: Moment) -> None:
            if self._timers.get(name) is rung:
                del self._timers[name]
                self.tab.woke(name, now)

        self.task(wake)

    def _tick(self) -> None:
        if self.alive:
            if not (self.frozen or self.away):
                self.task(self.tab.beat)
            jitter = self.world.random.uniform(0, 20)
            self.world.timeline.after(self.tab.presence.pace.tick_ms + jitter, self._tick)

    def _load(self) -> None:
        self.store.load(lambda result: self.tab.loaded(result, self.now))
