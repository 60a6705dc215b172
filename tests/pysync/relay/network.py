"""Devices that speak with a relay over a network that a test bends: frames wait until delivered."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from pysync.machines.effects import (
    ClearTimer,
    Connect,
    Disconnect,
    Effect,
    Moment,
    SetTimer,
    Transmit,
)
from pysync.machines.relay_frames import Cursor, Heard, RelayFrame
from pysync.machines.session import Session
from pysync.model.ordinary import Ordinary
from pysync.model.roles import Person
from tests.pysync.kit import WALL
from tests.pysync.relay.rig import RelayRig, batch


class Node:
    """One device: what it stores, and the session of its leader."""

    def __init__(self, network: Network, name: str) -> None:
        self.network = network
        self.name = name
        self.device = name
        """What it says it is: a copied profile says what the first one says."""
        self.log: dict[str, str] = {}
        """Its own batches, in the order in which they were stored."""
        self.stored: list[str] = []
        """Names of the entries it has, in order of seq (each counts one)."""
        self.epoch = ""
        self.refused: list[tuple[str, str]] = []
        self.changes = 0
        self.leaders = 0
        self.conn = ""
        """The connection as the relay knows it; "" while there is none."""
        self.up: deque[str] = deque()
        self.down: deque[str] = deque()
        self.timers: dict[str, float] = {}
        self.out: list[Effect] = []
        self.session: Session
        self.elect()

    # -- the carrier ------------------------------------------------------------------------------

    def cursor(self) -> Cursor | None:
        if not self.epoch:
            return None
        return Cursor(self.epoch, len(self.stored), self.stored[-1] if self.stored else "")

    def unsent(self) -> Iterable[tuple[str, str]]:
        done = set(self.stored)
        return [(name, text) for name, text in self.log.items() if name not in done]

    def void(self, batch: str) -> tuple[int, ...]:
        return ()

    def known(self, batch: str, special: object) -> None:
        raise AssertionError("no state is taken over here")

    def runs_again(self, batch: str) -> bool:
        return True

    def ordinary(self) -> Ordinary:
        return self.network.ordinary

    left_out: frozenset[str] = frozenset()

    def welcomed(self, person: Person | None, ahead: int) -> None:
        assert person is None, "nobody signs in here"

    def entries(self, epoch: str, rows: list[Heard]) -> None:
        for row in rows:
            assert row.seq == len(self.stored) + 1, "SESSION-2"
            assert row.text or row.batch in self.log, "it was said to have what it has not"
            self.stored.append(row.batch)
        self.epoch = epoch

    def rejected(self, batch: str, code: str, message: str) -> None:
        assert message
        self.refused.append((batch, code))

    def check_sum(self) -> tuple[()]:
        return ()

    def renew(self, *, diverged: bool) -> None:
        assert not diverged
        self.session.not_renewed(self.now)

    def present(self, frame: RelayFrame) -> None:
        pass

    def session_changed(self) -> None:
        pass

    # -- what a test does -------------------------------------------------------------------------

    @property
    def now(self) -> Moment:
        time = self.network.relay.time
        return Moment(WALL + time, time)

    def elect(self) -> None:
        """Another tab of the device leads."""
        if self.leaders:
            self.session.unled()
            self.run()
        self.leaders += 1
        tab = f"{self.name}{self.leaders}"
        self.session = Session(tab=tab, schema=1, device=self.device, carrier=self, out=self.out)
        self.session.led(self.now)
        self.run()

    def write(self) -> None:
        """A tab of this device made a change, and it is stored."""
        self.changes += 1
        made = batch(self.name, self.changes)
        self.log[made.id] = made.text
        self.session.offer(self.now)
        self.run()

    def run(self) -> None:
        """Execute what the session asks for."""
        while self.out:
            effects, self.out[:] = self.out[:], []
            for effect in effects:
                if isinstance(effect, Connect):
                    self.network.connect(self)
                elif isinstance(effect, Transmit) and self.conn:
                    self.up.append(effect.text)
                elif isinstance(effect, Disconnect):
                    self.hang_up()
                elif isinstance(effect, SetTimer):
                    self.timers[effect.name] = effect.due
                elif isinstance(effect, ClearTimer):
                    self.timers.pop(effect.name, None)

    def hang_up(self) -> None:
        """This end closes; what is on its way is lost."""
        if self.conn:
            self.network.relay.machine.left(self.conn)
        self.conn = ""
        self.up.clear()
        self.down.clear()

    def cut(self) -> None:
        """The network breaks the connection, and this end learns of it."""
        if self.conn:
            self.hang_up()
            self.session.disconnected(self.now)
            self.run()

    def wake(self) -> None:
        """Timers that are due ring."""
        for name in [name for name, at in self.timers.items() if at <= self.now.mono]:
            del self.timers[name]
            self.session.woke(name, self.now)
            self.run()


class Network:
    """A relay and its devices."""

    def __init__(self, names: Iterable[str]) -> None:
        self.relay = RelayRig()
        self.ordinary = Ordinary()
        self.half_open: set[str] = set()
        """Devices of which nothing arrives any more, and which are not told so."""
        self.away = False
        self._count = 0
        self.nodes: dict[str, Node] = {}
        for name in names:
            self.nodes[name] = Node(self, name)

    def connect(self, node: Node) -> None:
        """A device dials."""
        if self.away:
            node.session.disconnected(node.now)
            return
        self._count += 1
        node.conn = f"{node.name}#{self._count}"
        self.half_open.discard(node.name)
        node.session.connected(node.now)

    def carry(self, node: Node, up: bool) -> None:
        """One frame arrives."""
        self.collect()
        if node.name in self.half_open:
            (node.up if up else node.down).clear()
        elif up and node.up:
            self.relay.hear(node.conn, node.up.popleft())
        elif not up and node.down:
            node.session.heard(node.down.popleft(), node.now)
            node.run()
        self.collect()

    def collect(self) -> None:
        """What the relay sent is on its way."""
        for node in self.nodes.values():
            for frame in self.relay.sent.pop(node.conn, []):
                node.down.append(frame.text)
            if node.conn in self.relay.closed:
                # What was sent before the close still arrives.
                while node.down and node.name not in self.half_open:
                    node.session.heard(node.down.popleft(), node.now)
                node.run()
                node.cut()

    def crash(self) -> None:
        """The relay dies and starts anew; what was not on the disk is gone."""
        self.collect()
        self.relay.restart()
        for node in self.nodes.values():
            node.cut()

    def pass_time(self, ms: float) -> None:
        """The clocks go on."""
        self.relay.wait(ms)
        for node in self.nodes.values():
            node.wake()
        self.collect()

    def heal(self) -> None:
        """Everything works from now on, until nothing moves and nothing waits."""
        self.away = False
        self.half_open.clear()
        for _ in range(400):
            for node in self.nodes.values():
                while node.up or node.down or self.relay.sent.get(node.conn):
                    self.carry(node, True)
                    self.carry(node, False)
            self.relay.commit()
            self.collect()
            head = len(self.relay.log)
            if all(
                node.session.state == "following"
                and len(node.stored) == head
                and len(list(node.unsent())) == len(node.refused)
                for node in self.nodes.values()
            ):
                return
            self.pass_time(5_000)
        raise AssertionError({name: node.session.state for name, node in self.nodes.items()})
