"""Several devices and their relay: swarms that share one log, over a network that fails.

Each device is a whole random world. They share virtual time, the relay, and what must hold of the
log: an entry is the same on every device and for ever (SIM-2), and is on the relay's disk. Healed,
all of them must show the same, with nothing pending and without anybody touching anything.
Floor: `swarm`, `relay`, `fickle`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from random import Random
from typing import Any, Final
from unittest.mock import patch

from pysync.machines import pushing, relayed
from pysync.machines.batches import parse_batch
from pysync.machines.rounds import VOID_REF, decode_special
from pysync.machines.void import unpack_void
from pysync.model.decision import VOID_OUTCOMES, is_void
from pysync.model.snapshot import read_rows
from pysync.testing.sim.apart import apart
from pysync.testing.sim.fickle import Fickle
from pysync.testing.sim.relay import SimRelay
from pysync.testing.sim.schema import SCHEMA
from pysync.testing.sim.swarm import CALM_MS, Swarm
from pysync.testing.sim.timeline import Timeline
from pysync.testing.sim.verdict import account, has_effect
from pysync.testing.sim.world import World, verdict_text
from pysync.values.jsontext import parse_json

RENEWED_MS: Final = 60_000
"""In which a device takes a state over, while nothing fails."""
MODULES: Final = sorted(set(SCHEMA.modules.values()))
HEAL_MS: Final = 400_000
"""A device may have just begun to wait a whole minute when all is healed, another one's wire may
have gone silent, and whoever comes after reads for a while."""


class Fleet:
    """Random devices around one relay."""

    def __init__(
        self, seed: int, *, restores: bool = False, leaves: bool = False, fails: bool = False
    ) -> None:
        """`restores`: the relay's disk may be put back to what it was; `leaves`: devices leave
        modules out, and have them back; `fails`: the relay fails on changes, now and then."""
        self.random = random = Random(f"fleet {seed}")
        self.timeline = timeline = Timeline()
        self.fickle = Fickle(random, lambda: self.relay.machine.seq)
        self.relay = SimRelay(timeline, random, self.fickle.schema if fails else SCHEMA)
        self.relay.latency = random.choice((1.0, 5.0, 30.0, 200.0))
        self.relay.disk_ms = random.choice((0.5, 4.0, 40.0))
        self.swarms: list[Swarm] = []
        for at in range(random.choice((2, 2, 3))):
            prefix = "abc"[at]

            def make(world_seed: int, prefix: str = prefix, **options: Any) -> World:
                return World(
                    world_seed, timeline=timeline, relay=self.relay, prefix=prefix, **options
                )

            self.swarms.append(Swarm(seed * 10 + at, make=make))
        first = self.swarms[0].world
        for swarm in self.swarms:
            # What a tab may confirm, and who made it, is one matter of all devices.
            swarm.world.log, swarm.world.made = first.log, first.made
            swarm.world.trace = first.trace
        self.relay.note = first.note
        self._verbs: dict[Callable[[], None], float] = {
            self._away: 2,
            self._back: 4,
            self._cut: 2,
            self._silence: 1,
            self._crash: 1,
            self._lose_disk: 1,
            self._clean_up: 4,
            self._look: 4,
        }
        if restores:
            self._verbs[self._restore] = 2
        if leaves:
            self._verbs[self._leave_out] = 6
            for world in self.worlds:
                world.partial = True
        self._copied = False
        """Whether the relay's disk was once put back under the same epoch, as it should not be: a
        device may then hold what the log does not say, under the same names."""
        self._void: set[str] = set()
        """Changes of which a device knows that they had no effect, in a log that was put back."""

    @property
    def worlds(self) -> list[World]:
        """The devices."""
        return [swarm.world for swarm in self.swarms]

    def run(self, steps: int) -> int:
        """Live, heal, converge; answers how many entries the log has. Raises Broken."""
        with ExitStack() as stack:
            stack.enter_context(self.swarms[0].bounded())
            rounds, window = self.random.choice((1, 7, 200)), self.random.choice((2, 256))
            stack.enter_context(patch.object(relayed, "ROUND", rounds))
            stack.enter_context(patch.object(pushing, "WINDOW", window))
            self.relay.crash(0.0)  # so that these bounds hold for it, too
            try:
                self._live(steps)
                self._heal()
            except Exception as error:
                if type(error).__name__ != "Broken":
                    self.worlds[0].fail(f"{type(error).__name__}: {error}")
                raise
        return self.relay.head

    def _live(self, steps: int) -> None:
        verbs, weights = list(self._verbs), list(self._verbs.values())
        for world in self.worlds:
            world.open()
        for _ in range(steps):
            if self.random.random() < 0.1:
                self.random.choices(verbs, weights)[0]()
            else:
                self.random.choice(self.swarms).step()
            self._run(self.random.choice((0.0, 1.0, 5.0, 30.0, 300.0, 3_000.0, 20_000.0)))

    def _run(self, ms: float) -> None:
        def watch() -> None:
            for world in self.worlds:
                world.check()

        self.timeline.run(ms, watch=watch)

    def _heal(self) -> None:
        self.relay.note("world", "heals")
        self.relay.heal()
        for world in self.worlds:
            world.heal()
            if self.random.random() < 0.5:
                self._keep(world, frozenset())
            if not world.pages:
                world.open()
        limit = self.timeline.now + HEAL_MS
        while (why := apart(self.worlds, self.relay)) and self.timeline.now < limit:
            self._run(500)
        if not why:
            self._run(CALM_MS)
            why = apart(self.worlds, self.relay)
        if why:
            self.worlds[0].fail(f"did not converge: {why}")
        if self._look_at_sums() and not self._copied:
            self.worlds[0].fail("a device is said to hold something else than it should")
        if self._copied and self._look_at_sums():
            self.worlds[0].fail("a device that held something else was not healed")
        self._account()

    def _look_at_sums(self) -> bool:
        """Let all devices say what they hold; whether one held something else than it should, which
        is healed then."""
        self.relay.divergences = 0
        for world in self.worlds:
            for page in world.pages:
                page.task(page.tab.relayed.hurry)
        self._run(RENEWED_MS if self._copied else CALM_MS)
        return bool(self.relay.divergences)

    def _account(self) -> None:
        """An acknowledged change is in the log exactly once, and what was saved is in it, also if
        the log was put back: then its authors sent it again."""
        texts = [row.text for row in self.relay.log]
        if self.worlds[0].rewritten or self.worlds[0].partial or self.relay.floor > 1:
            # What a device took over as a part of the state it confirmed by no entry.
            for world in self.worlds:
                world.log = dict(enumerate(self._entries()))
        decided = dict(self._entries())
        if self.worlds[0].rewritten:
            self._account_void(decided)
        elif wrong := self._told_wrongly(decided):
            self.worlds[0].fail(f"told to have had no effect, and they had: {wrong}")
        twice = [name for name, n in Counter(row.batch for row in self.relay.log).items() if n > 1]
        if twice:
            self.worlds[0].fail(f"twice in the log: {twice}")
        for world in self.worlds:
            account(world, texts)
        if wrong := self.fickle.overtaken(self.relay.log):
            self.worlds[0].fail(f"overtook what the relay had failed on: {wrong}")

    def _told_wrongly(self, decided: dict[str, str]) -> list[str]:
        refused = set[str]().union(*(world.refused for world in self.worlds))
        return sorted(id_ for id_ in refused & decided.keys() if has_effect(decided[id_]))

    def _account_void(self, decided: dict[str, str]) -> None:
        """What was told to have no effect has none, now or then; it need not be sent again. A
        device may store, and tell, what it heard of the former log only when that is gone."""
        if wrong := [id_ for id_ in self._void & decided.keys() if has_effect(decided[id_])]:
            self.worlds[0].fail(f"had no effect, and has one now: {sorted(wrong)}")
        for world in self.worlds:
            world.saved -= (self._void | world.refused) - decided.keys()

    def _entries(self) -> Iterator[tuple[str, str]]:
        """Each change in the relay's log and what became of it."""
        for row in self.relay.log:
            special = decode_special(parse_json(row.special or "0"), row.count)
            for at, change in enumerate(parse_batch(row.text, self.relay.schema).changes):
                yield change.id, verdict_text(special.get(at))

    # -- verbs ------------------------------------------------------------------------------------

    def _device(self) -> str:
        return self.random.choice(self.worlds).prefix

    def _away(self) -> None:
        device = self._device()
        self.relay.note("network", f"{device} is offline")
        self.relay.away.add(device)
        self.relay.cut(device)

    def _back(self) -> None:
        device = self._device()
        self.relay.note("network", f"{device} is online")
        self.relay.away.discard(device)
        for world in self.worlds:
            for page in world.pages if world.prefix == device else ():
                page.task(page.tab.relayed.hurry)

    def _look(self) -> None:
        pages = [page for world in self.worlds for page in world.pages]
        if pages:
            record = self.random.choice((("items", "1"), ("items", "2"), ()))
            page = self.random.choice(pages)
            self.relay.note(page.name, f"looks at {record}")
            page.task(lambda now: page.tab.look(record, now))

    def _cut(self) -> None:
        device = self._device()
        self.relay.note("network", f"{device} is cut off")
        self.relay.cut(device)

    def _silence(self) -> None:
        device = self._device()
        self.relay.note("network", f"{device} hears and says nothing")
        self.relay.silence(device)

    def _crash(self) -> None:
        if self.relay.up:
            self.relay.crash(self.random.choice((0.0, 500.0, 20_000.0)))

    def _restore(self) -> None:
        for world in self.worlds:
            world.rewritten = True
            for row in world.queue.disk.decided:
                tab, _, first = row.batch.rpartition(".")
                special = parse_json(row.body or "0") if VOID_REF in row.refs else 0
                decided = decode_special(special, row.count).items()
                places = [at for at, decision in decided if is_void(decision)]
                self._void |= {f"{tab}.{int(first) + at}" for at in places}
            disk = world.queue.disk  # Where a state was taken over since, it was carried along.
            for kept in unpack_void(read_rows({**disk.seed, **disk.snapshot}).void):
                tab, _, first = kept.batch.rpartition(".")
                places = [each[0] for each in kept.special if each[1] in VOID_OUTCOMES]
                self._void |= {f"{tab}.{int(first) + at}" for at in places}
        seqs = [0, *(row.last for row in self.relay.log)]
        anew = self.random.random() < 0.5
        self._copied |= not anew
        self.relay.restore(self.random.choice(seqs), anew=anew)

    def _clean_up(self) -> None:
        self.relay.clean_up()

    def _leave_out(self) -> None:
        world = self.random.choice(self.worlds)
        self._keep(world, frozenset(self.random.sample(MODULES, self.random.randrange(3))))

    def _keep(self, world: World, left_out: frozenset[str]) -> None:
        """All modules but these, in every tab of that device."""
        if left_out != world.left_out:
            self.relay.note("world", f"{world.prefix} leaves out {sorted(left_out)}")
        world.left_out = left_out
        for page in world.pages:
            page.task(partial(page.tab.relayed.leave_out, left_out))

    def _lose_disk(self) -> None:
        self.relay.lose_disk()
