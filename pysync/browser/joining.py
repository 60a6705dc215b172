"""A page's space that began alone comes to the relay of its server. Floor: the core's `joining`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial

from pysync.alone import OwnLocks
from pysync.browser.first_state import bring_state, fetch_state
from pysync.browser.host import RELAY, Soon, page_link
from pysync.browser.timers import Timers, clock
from pysync.executor import Executor
from pysync.joining import Joining
from pysync.machines.tab import Tab
from pysync.memory_channel import MemoryHub
from pysync.ports import Beginning, Store
from pysync.space import Space
from pysync.values.ids import encode_id
from pysync.version import BUILD


class PageWays:
    """`Ways` to the relay that has its spaces at this address of the server."""

    def __init__(self, space: Space, relay: str) -> None:
        self._space = space
        self._relay = relay

    async def fetch(self) -> Beginning:
        """The relay's state of the space. Raises RelayUnreachable, or SignInNeeded."""
        return await fetch_state(self._relay, self._space.name)

    def carry(self, name: str, store: Store) -> tuple[Tab, Executor]:
        """A tab of that space which follows the relay."""
        tab = Tab(
            space=name,
            tab=encode_id(os.urandom(8)),
            born=clock().wall,
            schema=self._space.tab.schema,
            stores=False,
            build=BUILD,
        )
        relay = self._relay
        return tab, Executor(
            tab=tab,
            store=store,
            channel=MemoryHub().join(lambda _: None),
            locks=OwnLocks(),
            timers=Timers(),
            clock=clock,
            soon=Soon(),
            pledge=lambda: asyncio.get_running_loop().create_future(),
            link=lambda host: page_link(host, relay),
            fetch_state=partial(bring_state, name, relay),
        )


def joining(space: Space, changed: Callable[[], None], *, relay: str = RELAY) -> Joining:
    """The steps that bring a space of this page to the relay of its server."""
    return Joining(space, PageWays(space, relay), changed)
