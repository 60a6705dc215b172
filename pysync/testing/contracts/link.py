"""The contract of the `Link` port. Floor: `ports`, `machines.relay_frames`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from pysync.machines.relay_frames import PING, PONG, encode_frame
from pysync.ports import Link

PATIENCE_S: Final = 60
"""How long what must come may take on a busy machine."""


class LinkPlace(Protocol):
    """Somewhere to dial. `address` leads to a relay, `nowhere` to nobody."""

    address: str
    nowhere: str

    def link(
        self,
        address: str,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> Link:
        """A link that was not connected yet."""


class _End:
    """One end, and what it told."""

    def __init__(self, place: LinkPlace, address: str) -> None:
        self.told: list[str] = []
        self.on_frame: Callable[[], None] = lambda: None
        self._more = asyncio.Event()
        self.link = place.link(
            address,
            lambda: self._tell("connected"),
            self._frame,
            lambda: self._tell("disconnected"),
        )

    def _tell(self, what: str) -> None:
        self.told.append(what)
        self._more.set()

    def _frame(self, text: str) -> None:
        self._tell(text)
        self.on_frame()

    def ping(self, *values: object) -> None:
        for value in values:
            self.link.transmit(encode_frame(PING, value))

    async def tells(self, *expected: str) -> None:
        """It tells this next, and has told nothing else."""
        while len(self.told) < len(expected):
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), PATIENCE_S)
        assert self.told == list(expected)
        self.told.clear()

    async def connect(self) -> None:
        self.link.connect()
        assert self.told == [], "nothing is told inside a call"
        await self.tells("connected")


def _pong(value: object) -> str:
    return encode_frame(PONG, value)


async def carries_frames_both_ways_in_order(place: LinkPlace) -> None:
    """Every frame arrives once, whole and in its order."""
    end = _End(place, place.address)
    await end.connect()
    values = ["zwei é 😀", "x" * 200_000, *range(200)]
    end.ping(*values)
    await end.tells(*map(_pong, values))
    end.link.close()


async def loses_what_is_sent_without_a_connection(place: LinkPlace) -> None:
    """Before it stands and after it ended: nothing is raised, and nothing is kept for later."""
    end = _End(place, place.address)
    end.ping("never connected")
    end.link.connect()
    end.ping("too early")
    await end.tells("connected")
    end.link.disconnect()
    end.ping("too late")
    await end.connect()
    end.ping("now")
    await end.tells(_pong("now"))
    end.link.close()


async def is_silent_once_disconnected(place: LinkPlace) -> None:
    """Nothing more is told, even of what had arrived already; also if nothing is to be ended."""
    end, other = _End(place, place.address), _End(place, place.address)
    await other.connect()
    await end.connect()
    end.on_frame = end.link.disconnect
    end.ping(*range(100))
    await end.tells(_pong(0))
    end.link.disconnect()
    for value in range(100):
        other.ping(value)
        await other.tells(_pong(value))
    assert end.told == []
    end.on_frame = lambda: None
    await end.connect()
    end.link.close()
    other.link.close()


async def drops_a_connection_to_make_another(place: LinkPlace) -> None:
    """Whether it stood or was being made; each that came to stand tells so once."""
    end = _End(place, place.address)
    await end.connect()
    end.link.connect()
    end.link.connect()
    await end.tells("connected")
    end.ping("new")
    await end.tells(_pong("new"))
    end.link.close()


async def tells_once_and_later_that_nobody_is_there(place: LinkPlace) -> None:
    """A connection that cannot be made is told like one that ended, never inside the call."""
    end = _End(place, place.nowhere)
    for _ in range(2):
        end.link.connect()
        assert end.told == []
        await end.tells("disconnected")
    end.link.connect()
    end.link.disconnect()
    other = _End(place, place.nowhere)
    other.link.connect()
    await other.tells("disconnected")
    assert end.told == []
    end.link.close()
    other.link.close()


async def does_nothing_once_closed(place: LinkPlace) -> None:
    """Closed whenever, and again: it tells nothing, and neither dials nor raises."""
    ends = [_End(place, place.address) for _ in range(3)]
    await ends[1].connect()
    ends[0].link.connect()
    for end in ends:
        end.link.close()
        end.link.close()
        end.link.disconnect()
        end.link.connect()
        end.link.transmit("x")
    other = _End(place, place.address)
    await other.connect()
    assert [end.told for end in ends] == [[], [], []]
    other.link.close()


LinkCase = Callable[[LinkPlace], Awaitable[None]]
LINK_CASES: Final[list[LinkCase]] = [
    carries_frames_both_ways_in_order,
    loses_what_is_sent_without_a_connection,
    is_silent_once_disconnected,
    drops_a_connection_to_make_another,
    tells_once_and_later_that_nobody_is_there,
    does_nothing_once_closed,
]
