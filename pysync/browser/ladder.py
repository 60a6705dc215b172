"""What a page may stand on: the capability ladder and the words for it. Pure; `probe` finds out.

| storage      | leadership | told between tabs by | said when something is missing         |
|--------------|------------|----------------------|----------------------------------------|
| IndexedDB    | Web Locks  | BroadcastChannel     |                                        |
| IndexedDB    | lease      | storage events       | "works, more slowly"                   |
| localStorage | (the same) | nothing              | "small and less durable"               |
| memory       | none       |                      | "kept in this tab only"                |

Never "everyone leads": without locks and without a store for a lease, nobody does.
Floor: nothing below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StoreRung = Literal["indexeddb", "localstorage", "memory"]
SeatRung = Literal["locks", "lease", "none"]
ChannelRung = Literal["broadcast", "storage", "none"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the browser has here."""

    indexeddb: bool
    localstorage: bool
    locks: bool
    broadcast: bool
    secure: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs this tab stands on, and the reasons, in words for people, where one is missing."""

    store: StoreRung
    seat: SeatRung
    channel: ChannelRung
    reasons: tuple[str, ...]

    @property
    def synced(self) -> bool:
        """Whether tabs of this device can tell each other anything at once."""
        return self.channel != "none"


def climb(found: Found) -> Ladder:
    """The best rungs for what was found."""
    store: StoreRung = (
        "indexeddb" if found.indexeddb else "localstorage" if found.localstorage else "memory"
    )
    channel: ChannelRung = (
        "broadcast" if found.broadcast else "storage" if found.localstorage else "none"
    )
    seat: SeatRung = "locks" if found.locks else "none" if store == "memory" else "lease"
    return Ladder(store, seat, channel, tuple(_reasons(found, store, channel)))


def _reasons(found: Found, store: StoreRung, channel: ChannelRung) -> list[str]:
    said: list[str] = []
    if store == "localstorage":
        said.append("IndexedDB is missing: changes are kept in localStorage, small, less durable")
    if store == "memory":
        said.append("Storage is denied here: changes are kept in this tab only, until it closes")
    if not found.locks:
        why = "this page needs https for them" if not found.secure else "the browser has none"
        said.append(f"No Web Locks ({why}): the next leader takes over more slowly")
    if channel == "storage":
        said.append("BroadcastChannel is missing: tabs tell each other through storage events")
    if channel == "none":
        said.append("Sync unavailable: tabs cannot tell each other of changes here")
    return said
