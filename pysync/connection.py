"""How live a tab is: whether what others do reaches it, and until when it surely did.

Derived from the space's status, which follows progress and never an open socket. An *error* is what
does not mend by itself: somebody has to do something. Floor: `machines.status`, `space`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from pysync.machines.relay_link import Link
from pysync.machines.status import Status
from pysync.space import Space

Connection = Literal["connecting", "connected", "disconnected", "error"]

_BY_LINK: Final[dict[Link, Connection]] = {
    "none": "connected",  # The device decides alone, and its tabs hear each other.
    "connecting": "connecting",
    "online": "connected",
    "offline": "disconnected",
    "paused": "disconnected",
    "refused": "error",
    "signed-out": "error",
}
_LASTING: Final = {
    "full": "the disk or the quota is full: make room, what is changed is not saved",
    "closed": "the stored data was deleted or closed: reload the page",
    "corrupt": "the stored data cannot be read here: reload, or update the page",
    "apart": "storage was cleared under open tabs: reload them",
}
"""Problems of the store that somebody has to deal with; others are tried again."""


def _nothing() -> None:
    """There is nothing to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeStatus:
    """How live the data is. Times are wall ms."""

    connection: Connection
    reason: str
    """In words, why it is not connected, or what one should know of it; "" if there is nothing."""
    active: bool
    """Whether the manager was initialized and not stopped."""
    subscriptions: int
    max_subscriptions: int
    pending: int
    """Updates that wait to be told."""
    last_update: int | None
    """When an update was told last."""
    confirmed: int | None
    """Until when this tab surely knew what the others had: now, while it is connected."""
    unsubscribe: Callable[[], None] = field(default=_nothing, compare=False, repr=False)
    """Ends the callback that was given to `use_realtime_status`; of any other does nothing."""


def connection_of(status: Status, *, awake: bool) -> tuple[Connection, str]:
    """The state and, in words, why it is not `connected`, or what one should know of it."""
    if not awake:
        return "disconnected", "this page is put away, or the space is closed"
    if status.problem in _LASTING:
        return "error", _LASTING[status.problem]
    if not status.ready:
        return "connecting", "what is stored is being read"
    if status.relay == "none" and status.channel == "none":
        return "disconnected", "Sync unavailable: tabs cannot hear each other in this browser"
    if status.behind:
        return "connecting", "what others did meanwhile is on its way"
    return _BY_LINK[status.relay], status.relay_reason


def confirmed_at(space: Space) -> int | None:
    """Until when (wall ms) what this tab shows was surely what the others had: now while it is
    reached, else when the relay was last there, or when what is stored was last true. None before
    the state is loaded, and where nobody can tell.

    A relay that falls silent is noticed by the sign of life that is asked of it (`sync_interval`,
    30 s), so that long it may be claimed that it was there.
    """
    tab = space.tab
    if not space.is_ready:
        return None
    link = tab.relayed.link
    caught_up = link.state == "online" and not link.is_behind(tab.replica.seq)
    reached = caught_up or (link.state == "none" and tab.channel != "none")
    if reached and tab.awake and not space.closed:
        return int(space.host.now().wall)
    return int(link.known) or None
