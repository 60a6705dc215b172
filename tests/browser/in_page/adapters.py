"""Runs in the page: waiting for something to hold, and a place for the contract of channels."""

import asyncio
import itertools
import time
from collections.abc import Callable

import js

from pysync.browser import owned
from pysync.browser.channel import BroadcastPort
from pysync.browser.objects import options
from pysync.browser.owned import Handler

_numbers = itertools.count(1)


async def until(
    holds: Callable[[], object], seconds: float = 90, state: Callable[[], object] = str
) -> None:
    """Return as soon as it holds; a failure tells the state. A poll: what may hold is anything."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"it never came to hold: {state()}"
        await asyncio.sleep(0.02)


async def nothing_left() -> dict[str, int]:
    """What is open once the browser has confirmed everything; {} unless something leaked.

    A poll: each thing is let go of by an event of its own, and a leak by none."""
    end = time.monotonic() + 60
    while owned.live() and time.monotonic() < end:
        await asyncio.sleep(0.01)
    return owned.live()


class BroadcastPlace:
    """Members of one BroadcastChannel in one page."""

    def __init__(self) -> None:
        self.name = f"contract-{next(_numbers)}"

    def join(self, on_text: Callable[[str], None]) -> BroadcastPort:
        return BroadcastPort(self.name, on_text)

    async def settle(self) -> None:
        """A marker that no adapter takes for a text, sent after everything else, has arrived."""
        arrived = asyncio.Event()
        handler = Handler(lambda _: arrived.set())
        listener, speaker = (js.BroadcastChannel.new(self.name) for _ in range(2))
        listener.onmessage = handler.js
        speaker.postMessage(options(marker=True))
        await arrived.wait()
        listener.close()
        speaker.close()
        handler.close()
