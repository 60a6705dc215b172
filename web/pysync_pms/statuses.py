"""A reservation's life: what may be done in which status, as total tables. Stands on `words`.

    confirmed ──check-in──▶ checked-in ──check-out──▶ checked-out
      │  ▲ ▲ └─cancel──▶ cancelled      ▲                 │
      │  │ └──reinstate───┘ │           └─undo-check-out──┘
      │  └──reinstate── no-show ◀─no-show─┘ (from confirmed)

STATUS-1 `AFTER` answers every (action, status): the status afterwards, or why it cannot be done.
STATUS-2 `MAY_BECOME` answers every (status, status) a merge can show a guard; it allows whatever
`AFTER` allows and besides only what two desks can cause without being wrong: a check-in beats a
cancellation that was made elsewhere meanwhile, because a guest stands at the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pysync_pms.words import CANCELLED, CHECKED_IN, CHECKED_OUT, CONFIRMED, NO_SHOW, STATUSES

Action = Literal[
    "check-in", "check-out", "cancel", "no-show", "reinstate", "undo-check-in", "undo-check-out",
    "assign", "unassign", "move", "extend", "shorten", "edit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class No:
    """The action cannot be done in this status; `message` says what to do instead."""

    code: str
    message: str


_IN_HOUSE: Final = No("in-house", "The guest is in the house: check out instead.")
_ALREADY_IN: Final = No("already-checked-in", "The guest is already checked in.")
_NOT_IN: Final = No("not-checked-in", "The guest is not checked in yet: check in first.")
_LEFT: Final = No("already-left", "The guest has left. Undo the check-out to change the stay.")
_CANCELLED: Final = No("cancelled", "The reservation is cancelled: reinstate it first.")
_ABSENT: Final = No("no-show", "The guest is marked as no-show: reinstate the reservation first.")
_STILL: Final = No("still-confirmed", "The reservation is confirmed: there is nothing to undo.")
_NEVER_IN: Final = No("never-checked-in", "This guest was never checked in.")
_HAS_ROOM: Final = No("in-house-needs-room", "A guest in the house needs a room: move instead.")

AFTER: Final[Mapping[str, Mapping[str, str | No]]] = {
    "check-in": {
        CONFIRMED: CHECKED_IN,
        CHECKED_IN: _ALREADY_IN,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "check-out": {
        CONFIRMED: _NOT_IN,
        CHECKED_IN: CHECKED_OUT,
        CHECKED_OUT: No("already-checked-out", "The guest has already checked out."),
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "cancel": {
        CONFIRMED: CANCELLED,
        CHECKED_IN: _IN_HOUSE,
        CHECKED_OUT: _LEFT,
        CANCELLED: No("already-cancelled", "The reservation is already cancelled."),
        NO_SHOW: _ABSENT,
    },
    "no-show": {
        CONFIRMED: NO_SHOW,
        CHECKED_IN: _IN_HOUSE,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: No("already-no-show", "The guest is already marked as no-show."),
    },
    "reinstate": {
        CONFIRMED: _STILL,
        CHECKED_IN: _ALREADY_IN,
        CHECKED_OUT: _LEFT,
        CANCELLED: CONFIRMED,
        NO_SHOW: CONFIRMED,
    },
    "undo-check-in": {
        CONFIRMED: _NOT_IN,
        CHECKED_IN: CONFIRMED,
        CHECKED_OUT: _LEFT,
        CANCELLED: _NEVER_IN,
        NO_SHOW: _NEVER_IN,
    },
    "undo-check-out": {
        CONFIRMED: _NOT_IN,
        CHECKED_IN: No("still-in-house", "The guest is in the house: there is nothing to undo."),
        CHECKED_OUT: CHECKED_IN,
        CANCELLED: _NEVER_IN,
        NO_SHOW: _NEVER_IN,
    },
    "assign": {
        CONFIRMED: CONFIRMED,
        CHECKED_IN: CHECKED_IN,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "unassign": {
        CONFIRMED: CONFIRMED,
        CHECKED_IN: _HAS_ROOM,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "move": {
        CONFIRMED: CONFIRMED,
        CHECKED_IN: CHECKED_IN,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "extend": {
        CONFIRMED: CONFIRMED,
        CHECKED_IN: CHECKED_IN,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "shorten": {
        CONFIRMED: CONFIRMED,
        CHECKED_IN: CHECKED_IN,
        CHECKED_OUT: _LEFT,
        CANCELLED: _CANCELLED,
        NO_SHOW: _ABSENT,
    },
    "edit": {status: status for status in STATUSES},
}
"""Action and status to the status afterwards, or `No`."""

MAY_BECOME: Final[Mapping[str, Mapping[str, No | None]]] = {
    CONFIRMED: {
        CONFIRMED: None,
        CHECKED_IN: None,
        CHECKED_OUT: _NOT_IN,
        CANCELLED: None,
        NO_SHOW: None,
    },
    CHECKED_IN: {
        CONFIRMED: None,
        CHECKED_IN: None,
        CHECKED_OUT: None,
        CANCELLED: _IN_HOUSE,
        NO_SHOW: _IN_HOUSE,
    },
    CHECKED_OUT: {
        CONFIRMED: _LEFT,
        CHECKED_IN: None,
        CHECKED_OUT: None,
        CANCELLED: _LEFT,
        NO_SHOW: _LEFT,
    },
    CANCELLED: {
        CONFIRMED: None,
        CHECKED_IN: None,
        CHECKED_OUT: _NEVER_IN,
        CANCELLED: None,
        NO_SHOW: None,
    },
    NO_SHOW: {
        CONFIRMED: None,
        CHECKED_IN: None,
        CHECKED_OUT: _NEVER_IN,
        CANCELLED: None,
        NO_SHOW: None,
    },
}
"""Status before and after a merged change to None (allowed), or why it must not happen."""


def allowed(status: str) -> list[str]:
    """The actions that make sense in this status, for menus.

    >>> allowed("checked-out")
    ['undo-check-out', 'edit']
    """
    return [action for action, row in AFTER.items() if not isinstance(row[status], No)]
