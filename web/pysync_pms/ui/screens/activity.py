"""Activity: what happened in this hotel, newest first, from the log itself. Stands on the space."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Final

from pysync.history import Happening
from pysync_pms.claim_kinds import CLAIM_KINDS
from pysync_pms.expenses.queries import name_of
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.indexes import full_name
from pysync_pms.queries import guest_name, room_name
from pysync_pms.stock.words import MOVES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tab, button, chip, link, tabs
from pysync_pms.ui.components.surfaces import empty, page_head, skeleton
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import dates, label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.told import told
from pysync_pms.words import AUDITS, GUESTS, LINES, RESERVATIONS, ROOMS, STAFF

__all__ = ["Activity"]

SHOWN: Final = 100
_PLACES: Final[Mapping[str, str]] = {
    RESERVATIONS: "reservations",
    GUESTS: "guests",
    ROOMS: "rooms",
    EXPENSES: "expenses",
}


class Activity(DeskScreen):
    """The newest entries of the log."""

    name = "activity"
    label = tr("Activity")

    _seen: tuple[int, Sequence[Happening]] | None = None
    _reading = False

    def view(self, route: Route) -> Html:
        """A list; only what was not applied as sent with `show=special`."""
        happenings = self._happenings()
        special = route.query.get("show") == "special"
        head = page_head(tr("Activity"), note=tr("The newest {n} changes on this device", n=SHOWN))
        if happenings is None:
            return join(head, skeleton(6, label=tr("Reading the log")))
        shown = [each for each in happenings if not special or each.outcome != "applied"]
        rows = [self._row(each) for each in shown]
        return join(
            head,
            tabs(
                tr("Show"),
                [
                    Tab(name="", label=tr("Everything"), href=route.with_query(show="").href),
                    Tab(name="special", label=tr("Refused, merged, changed by a rule"),
                        href=route.with_query(show="special").href),
                ],
                current="special" if special else "",
            ),
            h.ul("list card")[rows]
            if rows
            else empty(tr("Nothing yet"), tr("Every change made in any tab is listed here."),
                       icon_name="history"),
        )  # fmt: skip

    def shows_status(self, route: Route) -> bool:
        """A change is listed once it is decided, which alters no record any more."""
        return True

    def shortcuts(self) -> Sequence[Shortcut]:
        """None of its own."""
        return ()

    def actions(self) -> Mapping[str, Action]:
        """None of its own."""
        return {}

    def _happenings(self) -> Sequence[Happening] | None:
        seq = self.hotel.space.status().seq
        if (self._seen is None or self._seen[0] != seq) and not self._reading:
            self._reading = True
            self.hotel.spawn(self._read(seq))
        return self._seen[1] if self._seen is not None else None

    async def _read(self, seq: int) -> None:
        try:
            self._seen = (seq, await self.hotel.space.recent(SHOWN))
        finally:
            self._reading = False
        self.hotel.app.refresh()

    def _row(self, each: Happening) -> Html:
        formats = self.hotel.app.formats
        when = datetime.datetime.fromtimestamp(each.at / 1000, tz=datetime.UTC)
        posted = any(key in (LINES, AUDITS, MOVES, *CLAIM_KINDS) for key, _ in each.refs)
        undoable = not posted and self.hotel.space.can_undo(each.change_id)
        return h.li("list-item", id=f"entry-{each.seq}")[
            h.div("row wrap")[
                h.strong[formats.told(each.label) or tr("Changed")],
                None if each.outcome == "applied" else chip(label(each.outcome), tone="act"),
                h.span("muted")[
                    each.author or tr("tab {tab}", tab=each.tab[:4]), " · ",
                    h.time(datetime=when.isoformat())[
                        formats.moment(each.at, day=True)
                    ],
                ],
                button(tr("Undo"), action="hotel.undo", small=True, kind="quiet",
                       data_change=each.change_id) if undoable else None,
            ],
            each.message and h.p("muted")[told(each.message)],
            h.div("row wrap")[[self._link(key, rid) for key, rid in each.refs[:6]]],
        ]  # fmt: skip

    def _link(self, key: str, rid: str) -> Child:
        place = _PLACES.get(key)
        if place is None or self.hotel.view.get(key, rid) is None:
            return None
        address = self.hotel.app.route.to(place, rid).href
        return link(self._name(key, rid), address)

    def _name(self, key: str, rid: str) -> str:
        view = self.hotel.view
        record = view.get(key, rid) or {}
        if key == ROOMS:
            return tr("Room {room}", room=room_name(view, rid))
        if key == GUESTS:
            return tr("Guest {name}", name=full_name(record))
        if key == EXPENSES:
            return tr("Expense of {name}", name=name_of(view, STAFF, record.get("staff")))
        when = dates(self.hotel.app.formats, record)
        return tr("Stay of {name}, {dates}", name=guest_name(view, record), dates=when)
