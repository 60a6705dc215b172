"""The life of a page: hidden, frozen, in the back-forward cache, shown again, on and off line.

Each event is handed on as one word. `froze` and `hid` are the last chance to speak and to let go:
what listens must finish inside the call. Floor: `owned`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import js

from pysync.browser.owned import Listener

Stage = Literal["hidden", "visible", "froze", "resumed", "hid", "shown", "online", "offline"]


class Lifecycle:
    """Calls `on_stage(stage)` until `close`. `hid` is pagehide, `shown` a return from the cache."""

    def __init__(self, on_stage: Callable[[Stage], None]) -> None:
        self._on_stage = on_stage
        document, window = js.document, js.window
        self._listeners = [
            Listener(document, "visibilitychange", lambda _: on_stage(self._seen())),
            Listener(document, "freeze", lambda _: on_stage("froze")),
            Listener(document, "resume", lambda _: on_stage("resumed")),
            Listener(window, "pagehide", lambda _: on_stage("hid")),
            Listener(window, "pageshow", self._page_shown),
            Listener(window, "online", lambda _: on_stage("online")),
            Listener(window, "offline", lambda _: on_stage("offline")),
        ]

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        for listener in self._listeners:
            listener.close()

    def _seen(self) -> Stage:
        return "hidden" if js.document.hidden else "visible"

    def _page_shown(self, event: Any) -> None:
        if event.persisted:
            self._on_stage("shown")


def is_hidden() -> bool:
    """Whether the page is hidden now."""
    return bool(js.document.hidden)
