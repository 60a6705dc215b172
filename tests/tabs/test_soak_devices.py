"""Devices that anything may happen to, at random: their tabs, their networks, and the relay.

As `test_soak`, with two browsers around one relay. `--soak-steps 2000` makes it long.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bench.bare import BareChromium
from tests.bench.rig import wait_for
from tests.proxy import Network
from tests.support import BLANK, Server, start_server
from tests.tabs.conftest import until
from tests.tabs.test_soak import LOOK_AFTER, WITHIN_S, Soak

LONG = 50
RELAY = ("--test-pages", "--open", "--relay", "tests.browser.in_page.soak_schema:SCHEMA")


@pytest.fixture
def relay(bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that is a relay for the soak's schema."""
    running = start_server(tmp_path / "data", "--port", "0", *RELAY)
    yield running
    running.stop()


@dataclass
class Devices:
    """Two devices, the network of each, and the relay."""

    relay: Server
    dice: random.Random
    devices: list[Soak] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    def add(self, browser: BareChromium) -> None:
        """One more device."""
        network = Network(self.relay.url, only="/sync/")
        self.networks.append(network)
        first = self.devices[0] if self.devices else None
        soak = Soak(browser, network.url + BLANK, self.dice, story=self.story)
        soak.named, soak.first_states = f"d{len(self.devices)}", "/first-state"
        if first is not None:
            soak.promised = first.promised
        self.devices.append(soak)

    def step(self) -> None:
        """One thing that happens: to a network or the relay, or on a device."""
        if self.dice.random() < 0.3:
            act = self.dice.choice((self.cut, self.silence, self.mend, self.mend, self.kill))
            self.story.append(act.__name__)
            act()
        else:
            self.dice.choice(self.devices).step()

    def cut(self) -> None:
        self.dice.choice(self.networks).cut()

    def silence(self) -> None:
        self.dice.choice(self.networks).silence()

    def mend(self) -> None:
        self.dice.choice(self.networks).mend()

    def kill(self) -> None:
        self.relay.process.kill()
        self.relay.stop()
        port = self.relay.url.rpartition(":")[2]
        self.relay.process = start_server(self.relay.data, "--port", port, *RELAY).process

    def look(self) -> None:
        """All is well again: wait until nothing is under way, and compare."""
        for network in self.networks:
            network.mend()
        tabs = [(device, tab) for device in self.devices for tab in device.tabs]
        for device in self.devices:
            device.wake()
        for _, tab in tabs:
            tab.run("space.request_state()\nNone")
            tab.run(until("space.status().relay == 'online' and is_calm()"))
        try:
            wait_for(lambda: len(self.prints()) == 1, WITHIN_S, "equal devices")
        except TimeoutError:
            raise AssertionError(f"devices that differ: {self.prints()}") from None
        for device in self.devices:
            device.look()

    def prints(self) -> set[str]:
        return {print_ for device in self.devices for print_ in device.prints()}


@pytest.mark.req("TAB-01", "TAB-15", "SRV-02", "SRV-04", "SRV-05", "SRV-26")
@pytest.mark.slow
@pytest.mark.soak
def test_whatever_happens_to_devices_and_relay_they_come_to_be_the_same_and_nothing_is_lost(
    relay: Server, chromium: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    steps = request.config.getoption("--soak-steps")
    steps = min(steps, LOOK_AFTER) if steps < LONG else steps  # one look in the suite
    seed = request.config.getoption("--soak-seed")
    world = Devices(relay, random.Random(seed))
    with contextlib.ExitStack() as stack:
        for at in range(2):
            (tmp_path / f"device{at}").mkdir()
            browser = stack.enter_context(BareChromium(chromium, tmp_path / f"device{at}"))
            world.add(browser)
            stack.callback(world.networks[-1].close)
        try:
            for device in world.devices:
                for _ in range(2):
                    device.open()
            for number in range(1, steps + 1):
                world.step()
                if number % LOOK_AFTER == 0 or number == steps:
                    world.look()
                    world.story.append("|")
        except BaseException:  # a timeout too
            print(f"seed {seed}, {len(world.story)} things happened: {' '.join(world.story)}")
            raise
    assert world.devices[0].promised
