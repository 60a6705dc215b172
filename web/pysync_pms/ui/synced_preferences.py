"""Preferences on synced keys: one key per field, so that two tabs never undo each other's choice.

Where the hotel is shared by several devices each has its own: what suits the desk's screen is not
for the tablet.

Stands on `pysync.SyncedKV` and the port of `preferences`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from pysync import Space, SyncedKV
from pysync_pms.ui.preferences import Preferences, read_preferences

__all__ = ["SyncedPreferences"]


class SyncedPreferences:
    """The port, kept in a space."""

    def __init__(self, space: Space) -> None:
        device = space.tab.relayed.device
        prefix = f"preference-{device}-" if device else "preference-"
        self._keys = {
            item.name: SyncedKV[str](prefix + item.name, "", space=space)
            for item in fields(Preferences)
        }

    def read(self) -> Preferences:
        """The current values."""
        return read_preferences({name: key.value for name, key in self._keys.items()})

    def write(self, name: str, value: str) -> None:
        """Set one field, here and in every other tab."""
        self._keys[name].set(value)

    def subscribe(self, callback: Callable[[Preferences], None]) -> Callable[[], None]:
        """Call back after every change; returns what ends it."""
        ends = [key.subscribe(lambda _: callback(self.read())) for key in self._keys.values()]

        def end() -> None:
            for each in ends:
                each()

        return end
