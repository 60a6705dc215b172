"""A link by whichever way the network lets through, on networks that a test plays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pysync.either_link import OVER_HTTP, EitherLink
from pysync.machines.effects import Moment
from pysync.machines.relay_frames import PONG, encode_frame
from pysync.machines.ways import DIAL_MS, FIRST_MS

FRAME = encode_frame(PONG, 0)


class Way:
    """A link of one way, which does what the test says."""

    def __init__(
        self,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> None:
        self.stands, self.hears, self.fails = connected, heard, disconnected
        self.dialled = False
        self.dials = 0
        self.closed = 0
        self.sent: list[str] = []

    def connect(self) -> None:
        self.dialled = True
        self.dials += 1

    def transmit(self, text: str) -> None:
        self.sent.append(text)

    def disconnect(self) -> None:
        self.dialled = False

    def close(self) -> None:
        self.closed += 1


class Network:
    """The link, the ways below it, and a clock with timers."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: dict[str, tuple[float, Callable[[], None]]] = {}
        self.told: list[str] = []
        made: list[Way] = []

        def make(**callbacks: Callable[..., None]) -> Way:
            made.append(Way(**callbacks))
            return made[-1]

        self.link = EitherLink(
            {"socket": make, "http": make},
            timers=self,
            clock=lambda: Moment(0.0, self.now),
            connected=lambda how: self.told.append(f"connected {how}".strip()),
            heard=self.told.append,
            disconnected=lambda: self.told.append("disconnected"),
        )
        self.socket, self.http, self.scout = made

    def set(self, name: str, due: float, call: Callable[[], None]) -> None:
        self.timers[name] = (due, call)

    def clear(self, name: str) -> None:
        self.timers.pop(name, None)

    def wait(self, ms: float) -> None:
        """Time passes, and timers are due."""
        end = self.now + ms
        while due := sorted((d, n) for n, (d, _) in self.timers.items() if d <= end):
            self.now = due[0][0]
            self.timers.pop(due[0][1])[1]()
        self.now = end

    def blocked(self) -> None:
        """It lets no socket through, and HTTP carries."""
        self.link.connect()
        self.socket.fails()
        self.http.stands()
        self.http.hears(FRAME)
        assert self.take() == [f"connected {OVER_HTTP}", FRAME]

    def take(self) -> list[str]:
        told = self.told.copy()
        self.told.clear()
        return told


def test_either_1_a_socket_that_is_let_through_is_all_there_is() -> None:
    net = Network()
    net.link.connect()
    assert (net.socket.dialled, net.http.dialled) == (True, False)
    net.socket.stands()
    net.link.transmit("x")
    net.socket.hears(FRAME)
    net.wait(10 * FIRST_MS)
    assert net.take() == ["connected", FRAME]
    assert net.socket.sent == ["x"]
    assert (net.http.dials, net.scout.dials) == (0, 0)
    net.socket.fails()
    assert net.take() == ["disconnected"], "a socket that carried frames is dialled again, no other"


@pytest.mark.req("SRV-02")
def test_either_1_a_socket_that_is_blocked_gives_way_to_http_within_the_same_dial() -> None:
    net = Network()
    net.link.connect()
    net.socket.fails()
    assert (net.told, net.http.dialled) == ([], True)
    net.http.stands()
    net.link.transmit("x")
    assert (net.take(), net.http.sent) == ([f"connected {OVER_HTTP}"], ["x"])


def test_a_socket_that_is_neither_made_nor_refused_gives_way_too() -> None:
    net = Network()
    net.link.connect()
    net.wait(DIAL_MS)
    assert (net.socket.dialled, net.http.dialled) == (False, True)
    net.socket.stands()
    assert net.told == [], "what comes of it afterwards is nobody's"


@pytest.mark.req("SRV-26")
def test_where_nothing_gets_through_it_is_offline_and_the_next_dial_is_the_same() -> None:
    net = Network()
    for _ in range(2):
        net.link.connect()
        assert net.socket.dialled
        net.socket.fails()
        assert net.http.dialled
        net.http.fails()
        assert net.take() == ["disconnected"]


@pytest.mark.parametrize("end", ["cut", "lost"])
def test_a_socket_that_stands_and_swallows_what_is_said_is_not_dialled_first_again(
    end: str,
) -> None:
    net = Network()
    net.link.connect()
    net.socket.stands()
    net.wait(4 * DIAL_MS)
    if end == "lost":
        net.socket.fails()
        assert net.take() == ["connected", "disconnected"], "it was told that it stands"
    net.link.connect()
    assert net.http.dialled


def test_to_hang_up_at_once_says_nothing_of_the_network() -> None:
    net = Network()
    net.link.connect()
    net.socket.stands()
    net.link.disconnect()
    net.link.connect()
    assert net.socket.dialled


@pytest.mark.req("SRV-02")
def test_while_http_carries_the_socket_is_looked_at_and_taken_when_a_frame_comes_by_it() -> None:
    net = Network()
    net.blocked()
    net.wait(FIRST_MS)
    assert net.scout.dialled
    net.scout.fails()
    net.wait(FIRST_MS)
    assert net.scout.dials == 1, "it is left in peace for longer"
    net.wait(FIRST_MS)
    assert net.scout.dials == 2
    net.scout.stands()
    assert (len(net.scout.sent), net.told) == (1, []), "to stand is not to carry"
    net.scout.hears(FRAME)
    assert net.take() == ["disconnected"]
    assert not net.http.dialled
    assert not net.scout.dialled
    net.link.connect()
    assert net.socket.dialled


def test_a_socket_that_swallows_is_given_up_while_http_carries_on() -> None:
    net = Network()
    net.blocked()
    net.wait(FIRST_MS)
    net.scout.stands()
    net.wait(DIAL_MS)
    assert not net.scout.dialled
    net.http.hears(FRAME)
    assert net.take() == [FRAME]


def test_http_that_breaks_is_dialled_first_and_the_socket_after_it() -> None:
    net = Network()
    net.blocked()
    net.http.fails()
    assert net.take() == ["disconnected"]
    net.link.connect()
    assert net.http.dialled
    net.http.fails()
    assert net.socket.dialled
    net.socket.fails()
    assert net.take() == ["disconnected"]


def test_it_does_nothing_once_closed() -> None:
    net = Network()
    net.blocked()
    net.link.close()
    net.link.connect()
    net.link.transmit("x")
    assert (net.timers, net.told, net.http.dialled, net.socket.dials) == ({}, [], False, 1)
    assert [way.closed for way in (net.socket, net.http, net.scout)] == [1, 1, 1]
