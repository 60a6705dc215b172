"""Broadcast between the tabs of a device: BroadcastChannel, or storage events where it is missing.

One permanent handler per channel, text in and out. A channel that is open keeps its page out of the
back-forward cache, so `pause` closes it there and `resume` opens it again; what was said meanwhile
is lost, as a channel may lose anything. Floor: `owned`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import js
from pyodide.ffi import JsException

from pysync.browser.owned import Handler, Listener, ended, opened

MAX_STORED: Final = 1_000_000
"""Characters of one message over storage events; localStorage holds about five million in all."""


class PageChannel(Protocol):
    """The `Channel` port, as a page needs it."""

    def post(self, text: str) -> None:
        """Send to every other tab that listens now. Never raises."""

    def pause(self) -> None:
        """Stop listening and speaking for a while."""

    def resume(self) -> None:
        """Listen and speak again."""

    def close(self) -> None:
        """Let go of everything."""


class BroadcastPort:
    """The port on a BroadcastChannel of that name."""

    def __init__(self, name: str, on_text: Callable[[str], None]) -> None:
        self._name = name
        self._on_text = on_text
        self._handler = Handler(self._heard)
        self._channel: Any = None
        self._post: Any = None
        self._closed = False
        self.resume()

    def post(self, text: str) -> None:
        """Send; nothing happens while paused or closed."""
        if self._post is not None:
            try:
                self._post(text)
            except JsException as error:
                js.console.warn(f"pysync: a message was lost: {error}")

    def pause(self) -> None:
        """Close the channel; harmless when repeated."""
        if self._channel is not None:
            self._channel.onmessage = None
            self._channel.close()
            self._channel = self._post = None
            ended("channel")

    def resume(self) -> None:
        """Open it; harmless when repeated, nothing after `close`."""
        if self._channel is None and not self._closed:
            self._channel = js.BroadcastChannel.new(self._name)
            self._channel.onmessage = self._handler.js
            self._post = self._channel.postMessage
            opened("channel")

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        self._closed = True
        self.pause()
        self._handler.close()

    def _heard(self, event: Any) -> None:
        text = event.data
        if isinstance(text, str) and not self._closed:
            self._on_text(text)


class StoragePort:
    """The port on storage events: a message is an item that is set and removed at once.

    The event carries the text, so nobody reads the item and nothing stays. It costs a synchronous
    write of the message, and one over MAX_STORED is lost: those of pysync are cut far below it.
    """

    def __init__(self, name: str, on_text: Callable[[str], None]) -> None:
        self._key = f"pysync-channel:{name}"
        self._on_text = on_text
        self._count = 0
        self._listener: Listener | None = None
        self._closed = False
        self.resume()

    def post(self, text: str) -> None:
        """Send; nothing happens while paused or closed, or if storage is full."""
        if self._listener is None or len(text) > MAX_STORED:
            return
        self._count += 1
        try:
            js.localStorage.setItem(self._key, f"{self._count}\n{text}")
            js.localStorage.removeItem(self._key)
        except JsException as error:
            js.console.warn(f"pysync: a message was lost: {error}")

    def pause(self) -> None:
        """Stop listening; harmless when repeated."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            ended("channel")

    def resume(self) -> None:
        """Listen; harmless when repeated, nothing after `close`."""
        if self._listener is None and not self._closed:
            self._listener = Listener(js.window, "storage", self._heard)
            opened("channel")

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        self._closed = True
        self.pause()

    def _heard(self, event: Any) -> None:
        value = event.newValue
        if event.key == self._key and isinstance(value, str):
            self._on_text(value.partition("\n")[2])


class NoChannel:
    """Neither is here: this tab is alone."""

    def post(self, text: str) -> None:
        """Nobody hears it."""

    def pause(self) -> None:
        """Nothing to stop."""

    def resume(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to let go of."""
