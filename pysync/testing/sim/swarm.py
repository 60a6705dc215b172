"""Random worlds: what people, browsers and bad luck do to a device, drawn from a seed.

Each world draws its own weather and its own mix of verbs, runs, is healed, and must then converge:
every open tab shows the same bytes, exactly one leads and all know it, nothing is pending, every
change reported saved is decided, and no written value vanished without a trace.
Floor: `world`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from typing import Final
from unittest.mock import patch

from pysync.errors import Refused
from pysync.machines import ledger, outbox, rounds, snapshots
from pysync.machines.effects import Moment
from pysync.machines.tab import Rung
from pysync.testing.sim.edits import IDS, Pen, write
from pysync.testing.sim.page import Page
from pysync.testing.sim.verdict import account, unconverged
from pysync.testing.sim.weather import Weather
from pysync.testing.sim.world import World

MAX_TABS: Final = 7
HEAL_MS: Final = 120_000
"""Within this time a healed world must have converged."""
CALM_MS: Final = 15_000
"""For so long it must stay that way."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one world went through."""

    seed: int
    weather: str
    verbs: int
    changes: int
    decided: int
    virtual_ms: float


class Swarm:
    """One random world."""

    def __init__(
        self,
        seed: int,
        *,
        rung: Rung | None = None,
        shared: bool = True,
        make: Callable[..., World] = World,
    ) -> None:
        self.random = Random(f"swarm {seed}")
        weather = Weather.draw(self.random)
        rungs: tuple[Rung, ...] = ("locks", "locks", "lease") if rung is None else (rung,)
        drawn: Rung = self.random.choice(rungs)
        if not shared:
            drawn = "locks"  # a lease lies in a store
        self.world = make(seed, weather=weather, rung=drawn, shared=shared)
        self.weather = weather
        self.refused = 0
        self.verbs = 0
        self._value = 0
        self._weights = self._draw_weights()
        self._bounds = {
            (snapshots, "EVERY"): self.random.choice((3, 20, 500)),
            (ledger, "ROUND"): self.random.choice((1, 5, 400)),
            (outbox, "CHUNK"): self.random.choice((2, 256)),
            (outbox, "POINTER_CHARS"): self.random.choice((200, 65_536)),
            (rounds, "POINTER_CHARS"): self.random.choice((200, 65_536)),
        }

    def _draw_weights(self) -> dict[Callable[[], None], float]:
        """Every world has its own habits: half of the verbs it hardly knows."""
        verbs: dict[Callable[[], None], float] = {
            self._write: 60,
            self._burst: 8,
            self._open: 4,
            self._close: 2,
            self._crash: 2,
            self._freeze: 2,
            self._thaw: 4,
            self._stop: 2,
            self._go_on: 4,
            self._leave: 2,
            self._come_back: 4,
            self._hide: 2,
            self._force: 1,
            self._fill: 1,
            self._empty: 3,
            self._block: 1,
            self._unblock: 2,
            self._jump: 1,
            self._kill_browser: 0.3,
        }
        kind = (self._thaw, self._go_on, self._come_back, self._empty, self._unblock)
        return {
            verb: weight * (1 if verb in kind else self.random.choice((0, 0.3, 1, 3)))
            for verb, weight in verbs.items()
        } | {self._write: 60.0}

    # -- running ---------------------------------------------------------------------------------

    def run(self, steps: int) -> Report:
        """Live through `steps` verbs, heal, converge. Raises Broken."""
        with self.bounded():
            try:
                self._live(steps)
                self._heal()
            except Exception as error:
                if type(error).__name__ != "Broken":
                    self.world.fail(f"{type(error).__name__}: {error}")
                raise
        return Report(
            self.world.seed,
            str(self.weather),
            self.verbs,
            len(self.world.made),
            len(self.world.log),
            self.world.timeline.now,
        )

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """The bounds that this world drew, in force."""
        with ExitStack() as stack:
            for (module, name), value in self._bounds.items():
                stack.enter_context(patch.object(module, name, value))
            yield

    def step(self) -> None:
        """Something happens."""
        verb = self.random.choices(list(self._weights), list(self._weights.values()))[0]
        if self._awake() is None and self.random.random() < 0.5:
            verb = self.random.choice((self._open, self._thaw, self._go_on, self._come_back))
        self.verbs += 1
        verb()

    def _live(self, steps: int) -> None:
        self.world.open()
        for _ in range(steps):
            self.step()
            self.world.run(self.random.choice((0.0, 1.0, 5.0, 30.0, 300.0, 2_000.0)))

    def _heal(self) -> None:
        world = self.world
        world.note("world", "heals")
        world.heal()
        if not world.pages:
            world.open()
        limit = world.timeline.now + HEAL_MS
        while (why := unconverged(world)) and world.timeline.now < limit:
            world.run(500)
        if why:
            world.fail(f"did not converge: {why}")
        world.run(CALM_MS)
        if why := unconverged(world):
            world.fail(f"did not stay converged: {why}")
        self._reopen()
        if world.shared:
            account(world)

    def _reopen(self) -> None:
        """What a new tab reads from the disk is what the others show."""
        world = self.world
        world.open()
        world.run(5_000)
        if why := unconverged(world):
            world.fail(f"a new tab differs: {why}")

    # -- verbs -----------------------------------------------------------------------------------

    def _pick(self, wanted: Callable[[Page], bool]) -> Page | None:
        found = [page for page in self.world.pages if wanted(page)]
        return self.random.choice(found) if found else None

    def _awake(self) -> Page | None:
        return self._pick(lambda page: page.awake)

    def _on_awake(self, what: str, act: Callable[[Page], None]) -> None:
        page = self._awake()
        if page is not None:
            self.world.note(page.name, what)
            act(page)

    def _write(self) -> None:
        page = self._pick(lambda page: page.awake and page.ready)
        if page is not None:
            page.do(lambda _now: self._edit(page))

    def _burst(self) -> None:
        page = self._pick(lambda page: page.awake and page.ready)
        if page is not None:
            count = self.random.randrange(2, 9)

            def burst(_now: Moment) -> None:
                for _ in range(count):
                    self._edit(page)

            page.do(burst)

    def _edit(self, page: Page) -> None:
        """One change of a random kind; refusals are part of life."""
        self._value += 1
        pen = Pen(self.random.choice(IDS), self._value, self.random)
        try:
            write(page.tab, pen, page.now)
        except Refused:
            self.refused += 1

    def _open(self) -> None:
        if len(self.world.pages) < MAX_TABS:
            self.world.open()

    def _close(self) -> None:
        page = self._pick(lambda _: True)
        if page is not None:
            self.world.note(page.name, "closes")
            page.close()

    def _crash(self) -> None:
        page = self._pick(lambda _: True)
        if page is not None:
            self.world.note(page.name, "crashes")
            page.die()

    def _freeze(self) -> None:
        self._on_awake("freezes", Page.freeze)

    def _thaw(self) -> None:
        page = self._pick(lambda page: page.frozen and not page.stopped)
        if page is not None:
            self.world.note(page.name, "thaws")
            page.thaw()

    def _stop(self) -> None:
        self._on_awake("is stopped", Page.stop)

    def _go_on(self) -> None:
        page = self._pick(lambda page: page.stopped)
        if page is not None:
            self.world.note(page.name, "goes on")
            page.go_on()

    def _leave(self) -> None:
        self._on_awake("goes into the back-forward cache", Page.leave)

    def _come_back(self) -> None:
        page = self._pick(lambda page: page.away and not page.stopped)
        if page is not None:
            self.world.note(page.name, "comes back")
            page.come_back()

    def _hide(self) -> None:
        hidden = self.random.random() < 0.5
        self._on_awake(
            f"hidden {hidden}", lambda page: page.do(lambda now: page.tab.visibility(hidden, now))
        )

    def _force(self) -> None:
        self._on_awake("is told to lead", lambda page: page.do(page.tab.force_leader))

    def _fill(self) -> None:
        self.world.note("disk", "is full")
        self.world.queue.full = True

    def _empty(self) -> None:
        self.world.queue.full = False

    def _block(self) -> None:
        self.world.note("disk", "is blocked")
        self.world.queue.blocked = True

    def _unblock(self) -> None:
        self.world.queue.unblock()

    def _jump(self) -> None:
        self.world.wall_skew += self.random.choice((-3_600_000, -5_000, 5_000, 3_600_000))
        self.world.note("clock", f"is off by {self.world.wall_skew:g}")

    def _kill_browser(self) -> None:
        self.world.note("browser", "is killed")
        for page in list(self.world.pages):
            page.die()
        self.world.open()
