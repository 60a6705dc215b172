"""What most screens say the same way. Stands on `screen`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pysync_pms.ui.components.controls import link
from pysync_pms.ui.components.surfaces import empty
from pysync_pms.ui.components.tables import Column, Row, long_table
from pysync_pms.ui.components.window import Window
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.pending import Apart
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent

__all__ = ["SCROLLED", "DeskScreen"]

SCROLLED: Final = "list.scrolled"
"""What a long list asks for when other rows come into view."""


class DeskScreen:
    """A list of reservations with one of them beside it; drawn whole, what is equal stays."""

    name = ""
    label = ""

    def __init__(self, hotel: Hotel, desk: Desk, asker: Asker) -> None:
        self.hotel = hotel
        self.desk = desk
        self.asker = asker
        self.window = Window()
        self._found: tuple[object, list[Any]] = (None, [])
        self._apart = Apart(hotel)

    def title(self, route: Route) -> str:
        """What the browser's tab shows."""
        return self.label

    def view(self, route: Route) -> Html:
        """The whole screen."""
        raise TypeError(f"{type(self).__name__} draws nothing")

    def drawer(self, route: Route) -> Html | None:
        """The reservation that the address names."""
        return self.desk.drawer(route.record)

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """Lists depend on order and counts: they are drawn whole and patched where they differ."""
        return None

    def shows_status(self, route: Route) -> bool:
        """What is provisional is marked, while the server is away."""
        return self._apart.turned()

    def actions(self) -> Mapping[str, Action]:
        """Scrolling the long list; those about reservations hold everywhere."""
        return {SCROLLED: self._scrolled}

    def _scrolled(self, event: UiEvent) -> None:
        self.window.moved(event)
        self.hotel.app.refresh()

    def no_rooms(self, route: Route) -> Html:
        """Said where rooms would stand: how a hotel gets some."""
        return empty(
            tr("No rooms yet"),
            tr("A hotel begins with its rooms."),
            icon_name="bed-double",
            actions=self.ways_to_rooms(route),
        )

    def ways_to_rooms(self, route: Route) -> Child:
        """Where rooms are added, one by one or with the bookings of a file."""
        return [
            link(words, route.to("settings", section=section).href)
            for section, words in (("rooms", tr("Add rooms")), ("import", tr("Import bookings")))
        ]

    def long_list(
        self,
        caption: str,
        columns: Sequence[Column],
        records: Sequence[Any],
        row: Callable[[Any], Row],
        *,
        prefix: str,
        table_id: str,
        when_empty: Child,
    ) -> Html:
        """The screen's long list, drawn where one looks; `row` makes a line with `record_row`, of
        the same `prefix`."""
        return long_table(
            caption,
            columns,
            [f"{prefix}-{record['id']}" for record in records],
            lambda at: row(records[at]),
            window=self.window,
            action=SCROLLED,
            table_id=table_id,
            when_empty=when_empty,
        )

    def record_row(
        self, prefix: str, collection: str, record_id: str, cells: Sequence[Child]
    ) -> Row:
        """A line that opens its record beside the list, and is marked while it is open."""
        return Row(
            row_id=f"{prefix}-{record_id}",
            cells=cells,
            action="stay.open",
            key=record_id,
            ref=f"{collection}/{record_id}",
            selected=self.hotel.app.route.record == record_id,
        )

    def remembered(self, asked: object, find: Callable[[], Iterable[Any]]) -> list[Any]:
        """What `find` answers, until the data moves or something else is asked: scrolling then
        costs only the rows that come into view."""
        known = (self.hotel.moves, asked)
        if self._found[0] != known:
            self._found = (known, list(find()))
        return self._found[1]

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys about the reservation in hand."""
        return self.desk.shortcuts()
