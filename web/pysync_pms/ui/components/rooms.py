"""The tile of the room rack and the row of the housekeeping board.

Owns how the three axes of a room are drawn, apart from each other: occupancy (a word and the
guest), condition (clean, inspected, dirty, in progress) and serviceability (out of order, out of
service). One tone for the whole tile says whether somebody has to act; the words say about what.
Stands on `controls`; the models are values that the screen fills from the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button, chip, clipped
from pysync_pms.ui.html import Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import drawn_in, tr

__all__ = [
    "Mark",
    "RoomTile",
    "Task",
    "housekeeping_list",
    "housekeeping_row",
    "room_rack",
    "room_tile",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One axis of a room in words, with the icon that stands for it."""

    label: str
    icon_name: str
    tone: Tone = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTile:
    """What a rack shows of a room. `note` is the line that matters today: who leaves, who comes."""

    room_id: str
    number: str
    kind: str
    occupancy: Mark
    condition: Mark
    service: Mark | None = None
    guest: str = ""
    note: str = ""
    tone: Tone = "idle"
    free: bool = True


@lru_cache(maxsize=1_024)
def room_tile(tile: RoomTile) -> Html:
    """One room. Enter or a click opens it (`room.open`). An equal one is remembered."""
    # A vacant room says so in the line of the guest.
    marks = [tile.occupancy if tile.guest else None, tile.condition, tile.service]
    return h.li(
        f"room tone-{tile.tone}" + (" is-free" if tile.free else ""),
        id=f"room-{tile.room_id}",
        data_ref=f"rooms/{tile.room_id}",
    )[
        h.button(
            "room-open", type="button", tabindex="-1", data_action="room.open", data_id=tile.room_id
        )[
            h.span("room-head")[
                h.strong("room-number tnum")[tile.number], h.span("room-kind")[tile.kind]
            ],
            clipped(tile.guest, "room-guest")
            if tile.guest
            else h.span("room-guest clip")[h.span("faint")[tile.occupancy.label]],
            clipped(tile.note, "room-note"),
            h.span("room-marks")[
                (
                    h.span(f"room-mark tone-{mark.tone}", title=mark.label)[
                        icon(mark.icon_name), h.span("room-mark-label")[mark.label]
                    ]
                    for mark in marks
                    if mark
                )
            ],
        ]
    ]


drawn_in(room_tile.cache_clear)


def room_rack(label: str, rooms: Iterable[Html], *, rack_id: str) -> Html:
    """Rooms in a grid that the four arrow keys walk."""
    return h.ul("rack", id=rack_id, aria_label=label, data_roving="xy", data_hold_order=True)[rooms]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A line of the housekeeping board. `next_actions` are (label, action) pairs; the first is the
    usual one and is drawn so."""

    room_id: str
    number: str
    kind: str
    condition: Mark
    why: str
    person: str = ""
    due: str = ""
    service: Mark | None = None
    next_actions: Sequence[tuple[str, str]] = ()
    late: bool = False


def housekeeping_row(task: Task) -> Html:
    """One room to clean or check, with its next step one key or tap away."""
    return h.li(
        "task" + (" is-late" if task.late else ""),
        id=f"task-{task.room_id}",
        tabindex="-1",
        data_id=task.room_id,
        data_ref=f"rooms/{task.room_id}",
    )[
        h.strong("task-room tnum")[task.number],
        h.span("task-main")[
            h.span("task-why")[task.why],
            h.span("muted")[task.kind, task.due and f" · {task.due}"],
        ],
        h.span("task-state")[
            (
                chip(mark.label, tone=mark.tone, icon_name=mark.icon_name)
                for mark in (task.condition, task.service)
                if mark
            )
        ],
        h.span("task-person")[icon("user"), task.person or h.span("faint")[tr("Nobody")]],
        h.span("task-actions")[
            (
                button(
                    label,
                    action=action,
                    small=True,
                    kind="plain" if at == 0 else "quiet",
                    data_id=task.room_id,
                    aria_label=f"{label} {task.number}",
                )
                for at, (label, action) in enumerate(task.next_actions)
            )
        ],
    ]


def housekeeping_list(label: str, rows: Iterable[Html], *, list_id: str) -> Html:
    """Tasks one below the other, walked with the arrow keys; a task in hand keeps its place."""
    return h.ul("tasks", id=list_id, aria_label=label, data_roving="y", data_hold_order=True)[rows]
