"""A broadcast between the tabs of one process: the channel of CPython, and for tests.

Floor: `ports`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

MAX_WAITING: Final = 100_000
"""Messages a hub holds back while it delivers; beyond it they are lost, as a channel may."""


class MemoryHub:
    """Broadcast between the tabs of one process. Delivery is in order and never nested.

    Without `defer` a message is delivered before the outermost `post` returns; with it (for
    example `loop.call_soon`) delivery is handed over, once per burst.
    """

    def __init__(self, defer: Callable[[Callable[[], None]], object] | None = None) -> None:
        self._defer = defer
        self._members: list[MemoryChannel] = []
        self._waiting: deque[tuple[MemoryChannel, str]] = deque()
        self._busy = False

    def join(self, on_text: Callable[[str], None]) -> MemoryChannel:
        """A new member; `on_text` gets what others post from now on."""
        member = MemoryChannel(self, on_text)
        self._members.append(member)
        return member

    @property
    def members(self) -> int:
        """How many channels are open."""
        return len(self._members)

    def _post(self, sender: MemoryChannel, text: str) -> None:
        for member in self._members:
            if member is not sender and len(self._waiting) < MAX_WAITING:
                self._waiting.append((member, text))
        if self._busy or not self._waiting:
            return
        self._busy = True
        if self._defer is None:
            self._deliver()
        else:
            self._defer(self._deliver)

    def _deliver(self) -> None:
        failure: Exception | None = None
        while self._waiting:
            member, text = self._waiting.popleft()
            if member not in self._members:
                continue
            try:
                member.on_text(text)
            except Exception as error:  # noqa: BLE001 - raised below, once all others have heard
                failure = failure or error
        self._busy = False
        if failure is not None:
            raise failure

    def _leave(self, member: MemoryChannel) -> None:
        if member in self._members:
            self._members.remove(member)


class MemoryChannel:
    """One member of a `MemoryHub`: the `Channel` port."""

    def __init__(self, hub: MemoryHub, on_text: Callable[[str], None]) -> None:
        self._hub = hub
        self.on_text: Final = on_text
        self._closed = False

    def post(self, text: str) -> None:
        """Send to all others; nothing happens after `close`."""
        if not self._closed:
            self._hub._post(self, text)

    def close(self) -> None:
        """Leave the hub; what waits for this member is dropped."""
        self._closed = True
        self._hub._leave(self)
