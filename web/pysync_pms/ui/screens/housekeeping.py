"""The housekeeping board: what is to do, by floor and by person, one tap or key away.

Stands on `queries.rooms`, `screens.rooms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pysync_pms.queries import (
    BoardGroup,
    RackRoom,
    all_rooms,
    board_by_floor,
    board_by_person,
)
from pysync_pms.ui.components.controls import Choice, Tab, segmented, tabs
from pysync_pms.ui.components.rooms import Task, housekeeping_list, housekeeping_row
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.room_deeds import condition_mark, service_mark
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Changes, Part
from pysync_pms.ui.screens.rooms import RoomScreen
from pysync_pms.ui.told import told
from pysync_pms.words import CLEAN, DIRTY, RESERVATIONS, STAFF

__all__ = ["Housekeeping"]

_SHOWN = (Choice(value="", label=tr("To do")), Choice(value="all", label=tr("All rooms")))


class Housekeeping(RoomScreen):
    """Rooms as work."""

    name = "housekeeping"
    label = tr("Housekeeping")

    def view(self, route: Route) -> Html:
        """Groups of tasks; what is done goes to the end of its group."""
        by_person = route.query.get("by") == "person"
        if not all_rooms(self.hotel.view):
            return join(page_head(tr("Housekeeping")), self.no_rooms(route))
        grouped = board_by_person if by_person else board_by_floor
        groups = grouped(self.hotel.view, self.hotel.today)
        if route.query.get("show") != "all":
            groups = [_to_do(group) for group in groups]
        left = sum(group.to_do for group in groups)
        chosen = "person" if by_person else "floor"
        return join(
            page_head(
                tr("Housekeeping"),
                note=tr("{rooms} to do", rooms=plural(left, "room")),
                actions=segmented("show", tr("Show"), _SHOWN, value=route.query.get("show", ""),
                                  action="rooms.show"),
            ),
            tabs(
                tr("Group"),
                [
                    Tab(name="floor", label=tr("By floor"), href=route.with_query(by="").href),
                    Tab(name="person", label=tr("By person"),
                        href=route.with_query(by="person").href),
                ],
                current=chosen,
            ),
            [self._group(group) for group in groups if group.rooms],
            None if any(group.rooms for group in groups) else empty(
                tr("Everything is done"), tr("Rooms that get dirty today are listed here.")),
        )  # fmt: skip

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """Progress and order depend on everything."""
        return None

    def _group(self, group: BoardGroup) -> Html:
        title = (
            tr("Floor {floor}", floor=group.title)
            if group.key and group.title == group.key
            else told(group.title)
            if not group.key
            else group.title
        )
        rows = [housekeeping_row(self._task(item)) for item in _ordered(group.rooms)]
        done = len(group.rooms) - group.to_do
        key = group.key or "none"
        listed = housekeeping_list(title, rows, list_id=f"board-{key}")
        return card(
            title,
            listed,
            flush=True,
            card_id=f"group-{key}",
            note=tr("{n} to do, {done} done", n=group.to_do, done=done),
        )

    def _task(self, item: RackRoom) -> Task:
        steps = [(tr("Clean"), "room.clean"), (tr("Inspected"), "room.inspect")]
        if item.condition == CLEAN:
            steps = [(tr("Inspected"), "room.inspect"), (tr("Dirty"), "room.dirty")]
        elif item.condition != DIRTY:
            steps = [(tr("Dirty"), "room.dirty")]
        person = self.hotel.view.get(STAFF, str(item.room.get("housekeeper") or ""))
        return Task(
            room_id=item.id,
            number=item.number,
            kind=self.kind(item),
            condition=condition_mark(item),
            service=service_mark(item),
            why=self._why(item),
            due=self.note(item),
            person=str(person["name"]) if person else "",
            next_actions=(*steps, (tr("Assign"), "room.assign")),
            late=item.turnover,
        )

    def _why(self, item: RackRoom) -> str:
        if not sees(RESERVATIONS, "status"):
            return tr("Occupancy is not known here")
        if item.turnover:
            return tr("Departure and arrival")
        if item.occupancy in ("due-out", "overdue"):
            return tr("Departure")
        if item.arriving is not None:
            return tr("Arrival")
        return tr("Stay-over") if item.occupancy == "stay-over" else tr("Vacant")


def _to_do(group: BoardGroup) -> BoardGroup:
    rooms = tuple(item for item in group.rooms if item.condition == DIRTY or item.needs_service)
    return BoardGroup(key=group.key, title=group.title, rooms=rooms, to_do=group.to_do)


def _ordered(rooms: Sequence[RackRoom]) -> list[RackRoom]:
    """The most urgent first: somebody comes today, then whoever leaves, then the rest."""

    def rank(item: RackRoom) -> tuple[bool, bool, bool]:
        return (
            item.condition != DIRTY and not item.needs_service,
            not item.turnover,
            item.arriving is None,
        )

    return sorted(rooms, key=rank)
