"""A space that began alone on a device comes to the server that its page names by now.

The tab that leads uploads what is here and switches the space over once all of it has arrived, as
`joining` does it; where the server has another value under the same name both are kept, as a
conflict. What does not work (no network, nobody signed in) is tried again by the next leader or the
next start of the page; until then the space goes on alone. Floor: `joining`.
"""

from __future__ import annotations

import asyncio
from typing import Final

from pysync.browser.joining import joining
from pysync.listeners import Unsubscribe
from pysync.space import Space

_running: Final[set[asyncio.Task[None]]] = set()


class Bringing:
    """For one space, as soon as it is loaded; does nothing where it follows a relay already."""

    def __init__(self, space: Space, relay: str) -> None:
        self._space = space
        self._relay = relay
        self._news = asyncio.Event()
        space.when_ready(self._begin)

    def _begin(self) -> None:
        if not self._space.closed and self._space.status().relay == "none":
            self._space.on_leader(self._lead)

    def _lead(self) -> Unsubscribe:
        task = asyncio.get_running_loop().create_task(self._bring())
        _running.add(task)
        task.add_done_callback(_running.discard)

        def stop() -> None:
            task.cancel()

        return stop

    async def _bring(self) -> None:
        steps = joining(self._space, self._news.set, relay=self._relay)
        try:
            await steps.upload()
            while steps.stage == "uploading" and not self._space.closed:
                self._news.clear()
                await self._news.wait()
            if steps.stage == "uploaded" and not self._space.closed:
                await steps.switch_on()
        finally:
            steps.stop()
