"""The ways to a relay of a host that has none. Floor: `ports`."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pysync.ports import Beginning, StoreFault

FetchState = Callable[[Collection[str], Callable[[Beginning | StoreFault], None]], None]
"""`fetch_state(without, done)` gets the relay's state of the space without these modules; answers
it, or `unreachable`."""


class NoLink:
    """The port `Link`: nobody is ever there."""

    def __init__(self, disconnected: Callable[[], None]) -> None:
        self._disconnected = disconnected

    def connect(self) -> None:
        """Nobody answers."""
        self._disconnected()

    def transmit(self, text: str) -> None:
        """It is lost."""

    def disconnect(self) -> None:
        """Nothing is to be closed."""

    def close(self) -> None:
        """Nothing is held."""


def no_state(_without: Collection[str], done: Callable[[Beginning | StoreFault], None]) -> None:
    """Nobody has one."""
    done(StoreFault("unreachable", "this host fetches no state of a relay"))
