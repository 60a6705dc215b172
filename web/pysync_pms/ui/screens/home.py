"""Home: today's arrivals, departures and guests in the house. Stands on `queries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pysync_pms.commands import CheckIn, CheckOut
from pysync_pms.queries import StayLine, arrivals, departures, guest_name, in_house
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent

__all__ = ["Home"]


class Home:
    """The sign-post of the day."""

    name = "home"

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel

    def title(self, route: Route) -> str:
        """The page's title."""
        return "Home"

    def view(self, route: Route) -> Html:
        """The whole screen."""
        view, today = self._hotel.view, self._hotel.today
        day = self._hotel.app.formats.day(date.fromisoformat(today), "long")
        return join(
            page_head("Home", note=day),
            self._list("Arrivals", arrivals(view, today), "stay.check-in", "Check in"),
            self._list("Departures", departures(view, today), "stay.check-out", "Check out"),
            self._list("In house", in_house(view), "", ""),
        )

    def _list(self, title: str, lines: list[StayLine], action: str, label: str) -> Html:
        rows = [
            h.li("row", data_ref=f"reservations/{line.id}", id=f"{title}-{line.id}")[
                h.span[guest_name(self._hotel.view, line.stay)],
                h.span("muted")[line.room_number or "no room"],
                button(label, action=action, id=line.id) if action else None,
            ]
            for line in lines
        ]
        body = h.ul[rows] if rows else empty("Nobody", "There is nobody on this list today.")
        return card(f"{title} ({len(lines)})", body)

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """Draw it anew."""
        return None

    def drawer(self, route: Route) -> Html | None:
        """None yet."""
        return None

    def actions(self) -> Mapping[str, Action]:
        """Check in and out."""

        def check_in(event: UiEvent) -> None:
            self._hotel.perform(CheckIn(id=event.id, on=self._hotel.today))

        def check_out(event: UiEvent) -> None:
            self._hotel.perform(CheckOut(id=event.id, on=self._hotel.today))

        return {"stay.check-in": check_in, "stay.check-out": check_out}

    def shortcuts(self) -> Sequence[Shortcut]:
        """None of its own."""
        return ()
