"""Devices of a relay in this process: real spaces, real admission; frames wait for `settle`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from pysync.executor import Executor
from pysync.model.rights import Rights, sees_of
from pysync.model.roles import Person
from pysync.model.schema import Schema
from pysync.ports import Beginning, StoreFault
from pysync.relay.projection import project_rows, shown_epoch
from pysync.space import Space
from tests.pysync.relay.rig import RelayRig
from tests.pysync.rig import Device


class Line:
    """The port `Link` of one tab."""

    def __init__(self, town: Town, host: Executor, device: Device) -> None:
        self.town = town
        self.device = device
        self.host = host
        self.conn = ""
        self.taken = 0
        town.lines.append(self)

    def connect(self) -> None:
        self.disconnect()
        relayed = self.host.tab.relayed
        if self.town.offline:
            self.host.told(relayed.disconnected)
            return
        self.town.dialed += 1
        self.conn, self.taken = f"{self.host.tab.id}#{self.town.dialed}", 0
        person = self.town.people.get(id(self.device))
        self.town.relay.machine.came(self.conn, person, self.town.browser)
        self.host.told(relayed.connected)

    def transmit(self, text: str) -> None:
        if self.conn:
            self.town.relay.hear(self.conn, text)

    def disconnect(self) -> None:
        if self.conn:
            self.town.relay.machine.left(self.conn)
            self.town.relay.run()
        self.conn = ""

    def close(self) -> None:
        self.disconnect()

    def cut(self) -> None:
        if self.conn:
            self.disconnect()
            self.host.report(self.host.tab.relayed.disconnected)

    def take(self) -> bool:
        """The next frame arrives; False if there is none."""
        sent = self.town.relay.sent[self.conn] if self.conn else []
        if self.taken >= len(sent):
            return False
        self.taken += 1
        self.host.told(self.host.tab.relayed.heard, sent[self.taken - 1].text)
        return True


def meet(town: Town, device: Device) -> None:
    """Only this device comes back, and exchanges what there is."""
    town.offline = False
    for line in town.lines:
        if line.device is device and not line.host.closed:
            line.host.report(line.host.tab.relayed.hurry)
    town.settle()


class Town:
    """A relay, and devices that are opened on it."""

    def __init__(self, schema: Schema | None = None) -> None:
        self.schema = schema or Schema()
        self.relay = RelayRig(self.schema)
        self.lines: list[Line] = []
        self.devices: list[Device] = []
        self.dialed = 0
        self.offline = False
        self.browser = "Firefox on Linux"
        """What the server calls the devices that connect."""
        self.people: dict[int, Person] = {}
        """Who is signed in, by the id of the device."""

    def device(self, person: Person | None = None) -> Device:
        """A new device, which began with the relay's state; where `person` is signed in."""
        made = Device(lambda host: Line(self, host, made))
        self.sign_in(made, person)
        made.disk.begin_at(shown_epoch(self.relay.epoch, self._sees(made)), 0, "")
        made.fetch_state = lambda without, done: self._fetch(made, without, done)
        self.devices.append(made)
        return made

    def sign_in(self, device: Device, person: Person | None) -> None:
        """From its next connection on the device is theirs."""
        if person is not None:
            self.people[id(device)] = person

    def _sees(self, device: Device, without: Collection[str] = ()) -> Rights | None:
        person = self.people.get(id(device))
        return sees_of(self.schema, person.role if person is not None else "", without)

    def _fetch(
        self,
        device: Device,
        without: Collection[str],
        done: Callable[[Beginning | StoreFault], None],
    ) -> None:
        if self.offline:
            done(StoreFault("unreachable", "nobody answers"))
        else:
            done(self._state(self._sees(device, without)))

    def _state(self, sees: Rights | None) -> Beginning:
        state = self.relay.state()
        if sees is None:
            return state
        epoch = shown_epoch(state.epoch, sees)
        return replace(state, epoch=epoch, rows=project_rows(state.rows, sees))

    def open(self, device: Device, name: str) -> Space:
        """One more tab of it."""
        space = device.open(name, schema=self.schema)
        self.settle()
        return space

    def go_offline(self) -> None:
        """Nobody reaches the relay any more."""
        self.offline = True
        for line in self.lines:
            line.cut()

    def go_online(self, *, commits: bool = True) -> None:
        """The network is back, and the browsers say so."""
        self.offline = False
        for line in self.lines:
            line.host.report(line.host.tab.relayed.hurry)
        self.settle(commits=commits)

    def pass_time(self, ms: float) -> None:
        """The clocks of all go on, each tab's worker ticks, and everything arrives."""
        for device in self.devices:
            device.beat(ms)
        self.relay.wait(ms)
        self.settle()

    def settle(self, *, commits: bool = True) -> None:
        """Everything that is on its way arrives, until it is quiet; `commits`: also at the relay's
        disk."""
        for _ in range(10_000):
            for device in self.devices:
                device.settle()
            self.relay.wait(0)
            busy = [line.take() for line in self.lines]
            if self.relay.asked and commits:
                self.relay.commit()
            elif not any(busy):
                return
        raise AssertionError("they go on talking")
