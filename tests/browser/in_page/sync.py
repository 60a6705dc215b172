"""Runs in the page: a store that `BroadcastSync` keeps the same, and what it and the channel told.

`sync_with(**options)` opens it. The channel is also heard raw, as a foreign script would hear it:
`frames` are the kinds of messages that other tabs sent.
"""

from typing import Any

import js

from pysync import BroadcastSync, ObservableStore, create_broadcast_sync
from pysync.browser.owned import Handler
from pysync.machines.messages import decode

CHANNEL = "doc"

store = ObservableStore()
states: list[str] = []
updates: list[list[str]] = []
frames: list[str] = []
_raw = js.BroadcastChannel.new(f"pysync:{CHANNEL}")
_heard = Handler(lambda event: frames.append(decode(event.data).type))
_raw.onmessage = _heard.js
sync: BroadcastSync


def sync_with(**options: Any) -> None:
    """Begin to keep `store` the same as those of the other tabs."""
    global sync  # noqa: PLW0603 - the tests' calls share it
    sync = create_broadcast_sync(
        store,
        channel_name=CHANNEL,
        on_sync_state_change=states.append,
        on_remote_update=lambda keys, source: updates.append([*keys, source]),
        **options,
    ).start()


def alone() -> None:
    """Stop hearing the channel raw."""
    _raw.close()
    _heard.close()


def ids() -> list[str]:
    """The tabs that are connected."""
    return sorted(tab.id for tab in sync.connected_tabs)
