"""Room rack and housekeeping board: occupancy, condition, serviceability, each for itself.

A clean never touches an occupancy: the first is the room's, the second is derived from stays.
Stands on `queries.rooms`, `components.rooms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from pysync_pms.queries import RackRoom, rack_room, room_rack
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Choice, Tone, button, segmented
from pysync_pms.ui.components.rooms import Mark, RoomTile, room_tile
from pysync_pms.ui.components.rooms import room_rack as rack_view
from pysync_pms.ui.components.surfaces import card, drawer, empty, facts, page_head
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.history import history_view
from pysync_pms.ui.parts.room_deeds import condition_mark, room_actions, service_mark
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import (
    DIRTY,
    ROOM_TYPES,
    ROOMS,
)

__all__ = ["RoomScreen", "Rooms"]

_OCCUPANCY: Final[Mapping[str, tuple[str, str]]] = {
    "vacant": (tr("Vacant"), "door-open"),
    "stay-over": (tr("Stays over"), "bed-double"),
    "due-out": (tr("Leaves today"), "bed-double"),
    "overdue": (tr("Should have left"), "bed-double"),
}
FIGURES: Final = "rooms-figures"
_FILTERS: Final = (
    Choice(value="", label=tr("All")),
    Choice(value="vacant", label=tr("Vacant")),
    Choice(value="occupied", label=tr("Occupied")),
    Choice(value="dirty", label=tr("Dirty")),
    Choice(value="closed", label=tr("Closed")),
)


class RoomScreen(DeskScreen):
    """A screen about rooms: the drawer, the actions and the keys."""

    def drawer(self, route: Route) -> Html | None:
        """The room that the address names, or a reservation opened from it."""
        item = rack_room(self.hotel.view, route.record, self.hotel.today)
        if item is None:
            return self.desk.drawer(route.record)
        return self._room_drawer(item)

    def actions(self) -> Mapping[str, Action]:
        """What is done with rooms, and which of them are shown."""

        def show(event: UiEvent) -> None:
            self.hotel.app.go(self.hotel.app.route.with_query(show=event.value), replace=True)

        return {**super().actions(), **room_actions(self.hotel, self.asker), "rooms.show": show}

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys about the room in hand."""
        return (
            Shortcut(keys="c", action="room.clean", label=tr("Clean"), group=tr("Room")),
            Shortcut(keys="d", action="room.dirty", label=tr("Dirty"), group=tr("Room")),
            Shortcut(keys="i", action="room.inspect", label=tr("Inspected"), group=tr("Room")),
            Shortcut(keys="p", action="room.assign", label=tr("Person"), group=tr("Room")),
            Shortcut(keys="s", action="room.service", label=tr("Serviceability"), group=tr("Room")),
        )

    def kind(self, item: RackRoom) -> str:
        """The name of the room's type."""
        kind = self.hotel.view.get(ROOM_TYPES, str(item.room.get("room_type")))
        return str(kind.get("name") or kind["id"]) if kind else ""

    def day(self, iso: str) -> str:
        """A day in the user's language."""
        return self.hotel.app.formats.day(date.fromisoformat(iso))

    def note(self, item: RackRoom) -> str:
        """The line that matters today."""
        if item.closed_now:
            return str(item.room.get("closed_reason") or tr("Closed"))
        if item.occupancy in ("due-out", "overdue"):
            leaves = item.occupancy == "due-out"
            words = tr("Leaves today") if leaves else tr("Should have left")
            if not item.arriving:
                return words
            return tr("{leaves}, then {name}", leaves=words, name=item.arriving.guest_name)
        if item.occupancy == "stay-over" and item.until:
            return tr("until {day}", day=self.day(item.until))
        if item.arriving:
            return tr("Arrival today: {name}", name=item.arriving.guest_name)
        if item.following:
            day = self.day(item.following.stay["from"])
            return tr("from {day}: {name}", day=day, name=item.following.guest_name)
        return ""

    def _room_drawer(self, item: RackRoom) -> Html:
        words, _ = _OCCUPANCY[item.occupancy]
        rows: list[tuple[str, Child]] = [
            (tr("Occupancy"), words),
            (tr("Condition"), condition_mark(item).label),
            (tr("Serviceability"), label(item.serviceability)),
        ]
        if item.room.get("closed_reason"):
            rows.append((tr("Reason"), str(item.room["closed_reason"])))
        for title, line in (
            (tr("In the room"), item.current),
            (tr("Arrives today"), item.arriving),
            (tr("Next"), item.following),
        ):
            if line is not None:
                open_it = h.button("link", type="button", data_action="stay.open", data_id=line.id)[
                    line.guest_name or tr("A guest")
                ]
                rows.append((title, open_it))
        return drawer(
            "room",
            tr("Room {room}", room=item.number),
            self.hotel.company.line(ROOMS, item.id),
            facts(rows),
            h.div("row")[
                button(tr("Clean"), action="room.clean", data_id=item.id, shortcut="c"),
                button(tr("Inspected"), action="room.inspect", data_id=item.id, shortcut="i"),
                button(tr("Dirty"), action="room.dirty", data_id=item.id, shortcut="d"),
                button(tr("Serviceability…"), action="room.service", data_id=item.id, kind="quiet"),
            ],
            card(tr("History"), history_view(self.hotel, ROOMS, item.id)),
            note=self.kind(item),
        )


class Rooms(RoomScreen):
    """The rack: every room of the house at a glance."""

    name = "rooms"
    label = tr("Rooms")

    _drawn: Sequence[tuple[str, str]] = ()
    """Floor and id of the tiles on the page, in order."""

    def view(self, route: Route) -> Html:
        """Tiles by floor."""
        rack = room_rack(self.hotel.view, self.hotel.today)
        self._drawn = _order(rack)
        if not rack:
            return join(page_head(tr("Rooms")), self.no_rooms(route))
        shown = [item for item in rack if _fits(item, route.query.get("show", ""))]
        floors: dict[str, list[RackRoom]] = {}
        for item in shown:
            floors.setdefault(item.floor, []).append(item)
        return join(
            page_head(
                tr("Rooms"),
                note=_figures(rack),
                actions=segmented(
                    "show",
                    tr("Show"),
                    _FILTERS,
                    value=route.query.get("show", ""),
                    action="rooms.show",
                ),
            ),
            [
                h.section("floor")[
                    h.h2[tr("Floor {floor}", floor=floor) if floor else tr("No floor")],
                    rack_view(
                        tr("Floor {floor}", floor=floor),
                        [self._tile(item) for item in items],
                        rack_id=f"rack-{floor or 'none'}",
                    ),
                ]
                for floor, items in floors.items()
            ],
            None
            if shown
            else empty(
                tr("No such room"), tr("No room is in this state now."), icon_name="layout-grid"
            ),
        )

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """One room changed: one tile is drawn, and the figures. Stays can move anything."""
        if route.query.get("show") or not changes.only(ROOMS):
            return None
        rack = room_rack(self.hotel.view, self.hotel.today)
        if _order(rack) != self._drawn:
            return None
        moved = changes.of(ROOMS)
        tiles = [Part(f"room-{item.id}", self._tile(item)) for item in rack if item.id in moved]
        return [Part(FIGURES, _figures(rack)), *tiles]

    def _tile(self, item: RackRoom) -> Html:
        words, icon_name = _OCCUPANCY[item.occupancy]
        condition, service = condition_mark(item), service_mark(item)
        tone: Tone = "idle"
        if item.occupancy == "overdue" or item.closed_now:
            tone = "danger"
        elif item.occupancy == "due-out" or condition.tone == "act":
            tone = "act"
        return room_tile(
            RoomTile(
                room_id=item.id,
                number=item.number,
                kind=self.kind(item),
                occupancy=Mark(label=words, icon_name=icon_name),
                condition=condition,
                service=service,
                guest=item.current.guest_name if item.current else "",
                note=self.note(item),
                tone=tone,
                free=item.occupancy == "vacant",
            )
        )


def _order(rack: Iterable[RackRoom]) -> Sequence[tuple[str, str]]:
    return [(item.floor, item.id) for item in rack]


def _figures(rack: Sequence[RackRoom]) -> Html:
    vacant = sum(item.occupancy == "vacant" for item in rack)
    dirty = sum(item.condition == DIRTY for item in rack)
    return h.span(id=FIGURES)[
        tr(
            "{rooms}, {vacant} vacant, {dirty} dirty",
            rooms=plural(len(rack), "room"),
            vacant=vacant,
            dirty=dirty,
        )
    ]


def _fits(item: RackRoom, show: str) -> bool:
    if show == "vacant":
        return item.occupancy == "vacant"
    if show == "occupied":
        return item.occupancy != "vacant"
    if show == "dirty":
        return item.condition == DIRTY
    if show == "closed":
        return item.closed_now
    return True
