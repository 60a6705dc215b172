"""The status badge (TAB-13): one look says whether what is shown is where it should be.

Owns the five states, their words and colours. Invariant: the badge never says more than the model
knows; "Synced" is the caller's to give only once everything is acknowledged. Details show on hover,
on focus and on touch, and Escape hides them. Stands on `controls`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pysync.machines.queue import Queue
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button
from pysync_pms.ui.html import Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import grouped, plural, tr

__all__ = ["State", "SyncStatus", "badge", "of_bound", "queue_words", "sentence"]

State = Literal["synced", "syncing", "offline", "conflict", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """What the badge shows. `last_sync` is already in words ("14:02:07"); `note` says what is
    special here ("No server: saved on this device", "Not saved yet: the disk is full");
    `facts` are further lines of the details, such as the leader; `signed_out` offers to sign in;
    `bound` is how many changes may wait, 0 where there is no such bound."""

    state: State
    tabs: int = 1
    queued: int = 0
    bound: int = 0
    conflicts: int = 0
    last_sync: str = ""
    note: str = ""
    facts: Sequence[tuple[str, str]] = ()
    can_force: bool = True
    signed_out: bool = False


_LOOK: dict[State, tuple[str, Tone, str]] = {
    "synced": (tr("Synced"), "ok", "check"),
    "syncing": (tr("Syncing"), "live", "refresh-cw"),
    "offline": (tr("Offline"), "idle", "cloud-off"),
    "conflict": (tr("Conflict"), "act", "git-compare"),
    "unavailable": (tr("Sync unavailable"), "danger", "unplug"),
}


def sentence(status: SyncStatus) -> str:
    """The state in words, as a screen reader says it.

    >>> sentence(SyncStatus(state="offline", queued=3, tabs=2))
    'Offline, 3 changes waiting, 2 tabs open'
    """
    parts = [_LOOK[status.state][0]]
    if status.conflicts:
        parts.append(plural(status.conflicts, "conflict"))
    if status.queued:
        parts.append(tr("{changes} waiting", changes=plural(status.queued, "change")))
    parts.append(tr("{tabs} open", tabs=plural(status.tabs, "tab")))
    return ", ".join(map(str, parts))


def badge(status: SyncStatus) -> Html:
    """The badge with its details, keyed `sync-status`."""
    label, tone, icon_name = _LOOK[status.state]
    number = status.conflicts if status.state == "conflict" else status.queued
    lines = [
        (tr("Last sync"), status.last_sync or tr("not yet")),
        (tr("Open tabs"), str(status.tabs)),
        (tr("Waiting to be sent"), of_bound(status.queued, status.bound)),
        (tr("Open conflicts"), str(status.conflicts)),
        *status.facts,
    ]
    return h.div(f"status tone-{tone}", id="sync-status", data_state=status.state, data_tip=True)[
        h.button("status-button", type="button", aria_describedby="sync-details")[
            h.span("status-dot" + (" pulse" if status.state == "syncing" else ""))[icon(icon_name)],
            h.span("status-label")[label],
            bool(number) and h.span("status-number tnum")[str(number)],
            h.span("status-tabs tnum", title=plural(status.tabs, "open tab"))[
                icon("layers"), str(status.tabs)
            ],
            h.span("sr-only")[sentence(status)],
        ],
        h.div("status-details", id="sync-details", role="group", aria_label=tr("Sync details"))[
            h.p("status-title")[label],
            status.note and h.p("muted")[status.note],
            h.dl("facts")[(h.div[h.dt[name], h.dd("tnum")[value]] for name, value in lines)],
            h.div("row")[
                button(
                    tr("Sign in"),
                    action="people.sign-in",
                    icon_name="log-in",
                    small=True,
                    kind="primary",
                )
                if status.signed_out
                else button(
                    tr("Sync now"),
                    action="sync.force",
                    icon_name="refresh-cw",
                    small=True,
                    reason=None if status.can_force else tr("There is no server to sync with"),
                ),
                button(
                    tr("Open conflicts") if status.conflicts else tr("Needs attention"),
                    action="sync.conflicts",
                    icon_name="git-compare",
                    small=True,
                    kind="primary" if status.conflicts else "quiet",
                ),
            ],
        ],
    ]


def of_bound(queued: int, bound: int) -> str:
    """How much waits, and of how much that may.

    >>> of_bound(823, 1_000)
    '823 of 1,000'
    """
    if not (bound and queued):
        return grouped(queued)
    return tr("{number} of {bound}", number=grouped(queued), bound=grouped(bound))


def queue_words(queue: Queue) -> str:
    """What is to be said of what waits here: nothing while there is room."""
    if not queue.is_long:
        return ""
    number, bound = grouped(queue.depth), grouped(queue.bound)
    if not queue.room:
        return tr(
            "{number} of {bound} changes wait here for the server: this device takes no more "
            "until some are sent. What you type is kept.",
            number=number,
            bound=bound,
        )
    return tr(
        "{number} of {bound} changes wait here for the server. At {bound} this device takes no "
        "more until some are sent.",
        number=number,
        bound=bound,
    )
