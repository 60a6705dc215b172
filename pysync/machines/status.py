"""What a tab's status shows, derived from progress and never from hope. Floor: nothing below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChannelKind = Literal["broadcast", "storage", "none"]
"""How the tabs of the device hear each other: BroadcastChannel (or its like in one process),
storage events, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand in one tab. Times are wall ms."""

    ready: bool
    tabs: int
    leader: str | None
    is_leader: bool
    term: int
    pending: int
    """Changes not decided yet, whoever made them."""
    unsaved: int
    """Own changes that the store has not taken yet."""
    conflicts: int
    seq: int
    last_sync: int
    """When something was last decided or heard; 0 if never."""
    problem: str
    """Why saving fails at the moment, in one word of `FaultReason`; "" if it does not."""
    channel: ChannelKind
    """With "none" the status is "Sync unavailable": this tab keeps what is stored, alone."""
