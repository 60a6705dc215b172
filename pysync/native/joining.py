"""A program's space that began alone comes to a relay. Floor: the core's `joining`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pysync.errors import UsageError
from pysync.executor import Executor
from pysync.joining import Joining
from pysync.machines.tab import Tab
from pysync.native.first_state import fetch_state
from pysync.native.host import Device, NativeHost, new_tab
from pysync.native.timers import running_loop
from pysync.ports import Beginning, Store
from pysync.space import Space


class ProgramWays:
    """`Ways` to the relay at this address."""

    def __init__(self, space: Space, relay: str, token: str) -> None:
        self._space = space
        self._relay = relay
        self._token = token

    async def fetch(self) -> Beginning:
        """The relay's state of the space. Raises RelayUnreachable."""
        return await asyncio.to_thread(fetch_state, self._relay, self._space.name, self._token)

    def carry(self, name: str, store: Store) -> tuple[Tab, Executor]:
        """A tab of that space which follows the relay."""
        tab = new_tab(name, self._space.tab.schema)
        return tab, NativeHost(tab, Device(), store, lambda: None, self._relay, self._token)


def joining(
    space: Space, relay: str, changed: Callable[[], None] = lambda: None, *, token: str = ""
) -> Joining:
    """The steps that bring a space which was opened without a relay to `relay`
    (`http://host:port/sync`): `look`, `upload`, `switch_on`. The upload goes on while the asyncio
    loop runs. Afterwards close the space, and open it with `relay`.

    Raises UsageError where no asyncio loop runs.
    """
    if running_loop() is None:
        raise UsageError("a space comes to a relay in an asyncio loop: call it in a coroutine")
    return Joining(space, ProgramWays(space, relay, token), changed)
