"""The emergency list: who is in the house now, room by room, on one page to be printed.

It needs nothing that is not on this device, says as of when it is, and leaves a box for a tick on
paper. Stands on `queries`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

from pysync.connection import confirmed_at
from pysync_pms.occupancy import natural
from pysync_pms.queries import StayLine, all_rooms, arrivals, in_house
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.surfaces import card, empty, figure, page_head
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.router import Route
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.words import OUT_OF_ORDER

__all__ = ["Emergency"]

RECENT_MS: Final = 60_000
"""What was surely complete so lately is not called old."""


class Emergency(DeskScreen):
    """Everybody who sleeps here tonight."""

    name = "emergency"
    label = tr("Emergency list")

    def view(self, route: Route) -> Html:
        """Who is here by floor, who may still come, which rooms are closed."""
        view, today = self.hotel.view, self.hotel.today
        inside, coming = in_house(view), arrivals(view, today)
        closed = [room for room in all_rooms(view) if room.get("serviceability") == OUT_OF_ORDER]
        people = sum(_heads(line) for line in inside)
        return join(
            page_head(
                tr("Emergency list"),
                note=self._as_of(),
                actions=button(
                    tr("Print"),
                    action="ui.print",
                    kind="primary",
                    icon_name="printer",
                    data_part="page",
                ),
            ),
            h.div("figures")[
                figure(tr("People in the house"), str(people)),
                figure(tr("Rooms occupied"), str(len({line.room_number for line in inside}))),
                figure(tr("May still arrive"), str(sum(_heads(line) for line in coming))),
            ],
            [self._floor(floor, lines) for floor, lines in _by_floor(inside)]
            if inside
            else empty(
                tr("Nobody is in the house"),
                tr("Who is checked in is listed here, room by room."),
                icon_name="bed-double",
            ),
            card(
                tr("May still arrive"),
                self._table("expected", coming),
                flush=True,
                note=str(len(coming)),
            )
            if coming
            else None,
            card(
                tr("Rooms out of order"),
                h.p[", ".join(str(room.get("number") or room["id"]) for room in closed)],
            )
            if closed
            else None,
        )

    def drawer(self, route: Route) -> Html | None:
        """The list stands alone."""
        return None

    def shows_status(self, route: Route) -> bool:
        """It says as of when it is."""
        return True

    def _as_of(self) -> str:
        formats, space = self.hotel.app.formats, self.hotel.space
        day = formats.day(date.fromisoformat(self.hotel.today), "long")
        known, now = confirmed_at(space), space.host.now().wall
        if known is None or now - known < RECENT_MS:
            return tr("{day}. Tick who was seen.", day=day)
        at = formats.moment(known, day=True)
        return tr("{day}. Offline: what other devices did since {at} is not in it.", day=day, at=at)

    def _floor(self, floor: str, lines: Sequence[StayLine]) -> Html:
        title = tr("Floor {floor}", floor=floor) if floor else tr("Without a room or floor")
        people = plural(sum(_heads(line) for line in lines), "person", "people")
        return card(title, self._table(f"floor-{floor or 'none'}", lines), flush=True, note=people)

    def _table(self, name: str, lines: Sequence[StayLine]) -> Html:
        return h.div("table-wrap")[
            h.table("table roll", id=name)[
                h.caption("sr-only")[tr("Guests by room")],
                h.thead[h.tr[h.th(scope="col")[tr("Room")], h.th(scope="col")[tr("Guest")],
                             h.th(scope="col")[tr("People")],
                             h.th("prio-2", scope="col")[tr("Telephone")],
                             h.th("prio-3", scope="col")[tr("Until")],
                             h.th("prio-2", scope="col")[tr("Seen")]]],
                h.tbody[[self._row(line) for line in lines]],
            ]
        ]  # fmt: skip

    def _row(self, line: StayLine) -> Html:
        guest = line.guest or {}
        until = self.hotel.app.formats.day(date.fromisoformat(line.stay["to"]))
        return h.tr("table-row", id=f"roll-{line.id}")[
            h.th(scope="row")[line.room_number or "–"],
            h.td("wraps anywhere", dir="auto")[
                line.guest_name or "–",
                guest.get("vip") and join(" ", chip("VIP", tone="live")),
            ],
            h.td[_party(line)],
            h.td("prio-2")[str(guest.get("phone") or "–")],
            h.td("prio-3")[until],
            h.td("prio-2")[
                h.span("tick-box", role="img", aria_label=tr("a box to tick on paper"))[()]
            ],
        ]


def _by_floor(lines: Sequence[StayLine]) -> list[tuple[str, list[StayLine]]]:
    def floor(line: StayLine) -> str:
        return str((line.room or {}).get("floor") or "")

    known = sorted(lines, key=lambda line: (natural(floor(line)), natural(line.room_number)))
    return [(name, list(found)) for name, found in groupby(known, floor)]


def _heads(line: StayLine) -> int:
    stay = line.stay
    return sum(stay.get(name) or 0 for name in ("adults", "children", "infants"))


def _party(line: StayLine) -> Child:
    """How many; children by themselves, for they are looked for first."""
    young = (line.stay.get("children") or 0) + (line.stay.get("infants") or 0)
    told = str(_heads(line))
    return f"{told} ({plural(young, 'child', 'children')})" if young else told
