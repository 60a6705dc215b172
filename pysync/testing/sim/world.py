"""A simulated device: its pages, channel, locks and disk, and what must never be false about them.

SIM-1  No two tabs ever land decisions under one term, and none under an older term than landed.
SIM-2  An entry that was confirmed at a seq is the same in every tab and for ever, and is committed.
SIM-3  What was reported saved is in the log on disk, at once and for ever.
SIM-4  A tab that is awake and decides holds the leader's lock, or hears at once that it lost it.
Floor: the other modules of `sim`.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Final

from pysync.machines.events import Saved, Settled, TabEvent
from pysync.machines.tab import Rung
from pysync.model.change import Change
from pysync.model.decision import Decision, is_void
from pysync.model.schema import Schema
from pysync.testing.sim.channel import Bus
from pysync.testing.sim.locks import Locks
from pysync.testing.sim.page import Page
from pysync.testing.sim.relay import EPOCH as EPOCH_OF_RELAY
from pysync.testing.sim.relay import SimRelay
from pysync.testing.sim.schema import SCHEMA
from pysync.testing.sim.store import DiskQueue
from pysync.testing.sim.timeline import Timeline
from pysync.testing.sim.weather import Weather
from pysync.testing.sim.wiping import PERSONAL

EPOCH: Final = 1_700_000_000_000.0
TRACE_LINES: Final = 4_000
"""Lines of the timeline that are kept for a failure."""
ROBBED_MS: Final = 100
"""How long an awake tab may not know that its lock was stolen."""


class Broken(AssertionError):
    """A world showed what must never be. The message holds the seed and the timeline."""


class World:
    """One device and everything on it, in virtual time."""

    def __init__(
        self,
        seed: int = 0,
        *,
        weather: Weather | None = None,
        rung: Rung = "locks",
        shared: bool = True,
        schema: Schema = SCHEMA,
        timeline: Timeline | None = None,
        relay: SimRelay | None = None,
        prefix: str = "t",
    ) -> None:
        """`prefix` begins the names of its tabs; `timeline` and `relay` are shared by devices."""
        self.seed = seed
        self.random = Random(seed)
        self.rung = rung
        self.shared = shared
        """Whether the tabs write to one store; without, each has its own memory and what is decided
        dies with those who know it: SIM-2 and SIM-3 are not promised then."""
        self.schema = schema
        self.timeline = timeline or Timeline()
        self.relay = relay
        self.prefix = prefix
        weather = weather or Weather()
        self.bus = Bus(self.timeline, self.random, weather)
        self.bus.log = lambda sender, text: self.note(sender, text[:300])
        self.locks = Locks(self.timeline, self.random)
        self.queue = DiskQueue(self.timeline, self.random, weather)
        if relay is not None:
            self.queue.disk.epoch = EPOCH_OF_RELAY
        self.wall_skew = 0.0
        self.pages: list[Page] = []
        """Open pages."""
        self.trace: deque[tuple[float, str, str]] = deque(maxlen=TRACE_LINES)
        self.on_event: Callable[[Page, TabEvent], None] | None = None
        self.writer_of: dict[int, str] = {}
        self.log: dict[int, tuple[str, str]] = {}
        """seq -> (change id, verdict): what any tab ever confirmed."""
        self.made: dict[str, Change] = {}
        """Every change that a tab accepted, its own reruns included."""
        self.rewritten = False
        """Whether the relay's log was put back to what it was: a seq may be another entry's now."""
        self.left_out: frozenset[str] = frozenset()
        """Modules that this device does not keep."""
        self.partial = False
        """Whether devices leave modules out: of an entry they hear what they may keep."""
        self.saved: set[str] = set()
        self.refused: set[str] = set()
        """Changes of which somebody was told that they had no effect."""
        self._robbed: dict[str, float] = {}
        self._checked = 0
        self._opened = 0

    # -- verbs -----------------------------------------------------------------------------------

    def open(self) -> Page:
        """Open one more tab."""
        self._opened += 1
        page = Page(self, f"{self.prefix}{self._opened}")
        self.pages.append(page)
        self.note(page.name, "opens")
        page.open()
        return page

    def disk_of_a_page(self) -> DiskQueue:
        """What a new page stores on: the device's disk, or memory of its own."""
        if self.shared:
            return self.queue
        return DiskQueue(self.timeline, self.random, Weather())

    def wall(self) -> float:
        """The device's wall clock."""
        return EPOCH + self.timeline.now + self.wall_skew

    def run(self, ms: float) -> None:
        """Let virtual time pass, checking after every single thing that happens."""
        self.timeline.run(ms, watch=self.check)

    def run_until(self, wanted: Callable[[], bool], *, limit_ms: float = 60_000) -> float:
        """Let time pass until something holds; answers how long it took. Raises Broken."""
        begun = self.timeline.now

        def checked() -> bool:
            self.check()
            return wanted()

        if not self.timeline.run_until(checked, limit_ms=limit_ms):
            self.fail(f"did not happen within {limit_ms:g} ms")
        return self.timeline.now - begun

    def heal(self) -> None:
        """Everything works from now on, and everybody runs."""
        weather = self.queue.weather.healed()
        self.bus.weather = self.queue.weather = weather
        self.queue.full = False
        self.queue.unblock()
        for page in list(self.pages):
            if page.stopped:
                page.go_on()
            if page.frozen:
                page.thaw()
            if page.away:
                page.come_back()

    # -- what pages report -----------------------------------------------------------------------

    def note(self, who: str, what: str) -> None:
        """One line of the timeline."""
        self.trace.append((self.timeline.now, who, what))

    def died(self, page: Page) -> None:
        """A page is gone."""
        self.note(page.name, "is gone")
        self.pages.remove(page)

    def told(self, page: Page, event: TabEvent) -> None:
        """The application in a page hears something."""
        self.note(page.name, f"tells {event}"[:300])
        if isinstance(event, Saved):
            for n in range(event.first, event.last + 1):
                self.saved.add(f"{page.name}.{n}")
            if f"{page.name}.{event.first}" not in self.queue.disk.keys:
                self.fail(f"SIM-3: {page.name} reports {event} that is not on the disk")
        elif isinstance(event, Settled) and is_void(event.decision):
            self.refused.add(event.change.id)
        if self.on_event is not None:
            self.on_event(page, event)

    def writing(self, page: Page, term: int) -> None:
        """A page sends decisions to the store under this term."""
        self.note(page.name, f"writes decisions under {term}")
        if self.writer_of.setdefault(term, page.name) != page.name:
            self.fail(f"SIM-1: {page.name} and {self.writer_of[term]} both decide under {term}")

    def confirmed(self, page: Page, seq: int, change: Change, decision: Decision | None) -> None:
        """A tab confirmed an entry."""
        if not self.shared:
            return
        if self.rewritten:
            return
        verdict = verdict_text(decision)
        if decision is not None and self.partial:
            verdict = decision.outcome
        entry = (change.id, verdict)
        if self.log.setdefault(seq, entry) != entry:
            self.fail(f"SIM-2: seq {seq} is {self.log[seq]}, for {page.name} it is {entry}")
        # A page that slept may hear late what was confirmed before another state was taken over.
        if seq > self.queue.disk.seq and not self.partial:
            self.fail(f"SIM-2: {page.name} confirms {seq}, committed is {self.queue.disk.seq}")

    # -- checks ----------------------------------------------------------------------------------

    def check(self) -> None:
        """What must hold after every step. Raises Broken."""
        rows = self.queue.disk.decided
        while self._checked < len(rows):
            if self._checked and rows[self._checked].term < rows[self._checked - 1].term:
                self.fail(f"SIM-1: term goes back at {rows[self._checked]}")
            self._checked += 1
        if self.rung == "locks":
            holder = self.locks.holder("pysync:sim:leader")
            robbed = [
                page.name
                for page in self.pages
                if page.tab.election.term and page.awake and page.name != holder
            ]
            now = self.timeline.now
            self._robbed = {name: self._robbed.get(name, now) for name in robbed}
            for name, since in self._robbed.items():
                if now - since > ROBBED_MS:
                    self.fail(f"SIM-4: {name} leads without the lock since {since:.1f}")

    def fail(self, why: str) -> None:
        """Say what is broken, with the seed and the timeline. Always raises Broken."""
        lines = [f"{when:12.1f}  {who:5} {what}" for when, who, what in self.trace]
        raise Broken(f"{why}\nseed {self.seed}, at {self.timeline.now:.1f} ms\n" + "\n".join(lines))


def verdict_text(decision: Decision | None) -> str:
    """A verdict as text. What the author saw is no part of it: it does not travel; nor what goes
    when a person is erased."""
    if decision is None:
        return ""
    row = decision.encode()
    row[2:4] = ["", {}]
    row[4] = [[*op[:3]] if op[1] in PERSONAL else [*op[:4], "", *op[5:]] for op in row[4]]
    row[5] = [each[:4] if each[1] in PERSONAL else each for each in row[5]]
    return json.dumps(row, sort_keys=True)
