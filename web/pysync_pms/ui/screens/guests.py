"""Guests: all by name, found as one types, a profile beside the list, two of one person merged.

Stands on `queries.guests`, `parts.ask`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync.model.schema import ERASED
from pysync_pms.indexes import full_name
from pysync_pms.queries import (
    all_guests,
    duplicates_of,
    guest_figures,
    nearest_stay,
    room_name,
    search_guests,
    search_stays,
    stays_of,
)
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, clipped, link
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, facts, page_head
from pysync_pms.ui.components.tables import Column, Row
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.conflict import conflict_notice
from pysync_pms.ui.parts.guest_data import data_card, erase_guest, erased_note, export_guest
from pysync_pms.ui.parts.guest_profile import profile_form, resealed, save_profile
from pysync_pms.ui.parts.guest_questions import merge_guests, new_guest
from pysync_pms.ui.parts.history import history_view
from pysync_pms.ui.parts.pending import stay_state
from pysync_pms.ui.parts.words import dates, money
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import GUESTS, RESERVATIONS, ROOMS

__all__ = ["Guests"]

FOUND: Final = 20_000
"""More than any name has: a bound, not a page."""
_COLUMNS: Final = (
    Column(label=tr("Name"), sorted="ascending"),
    Column(label=tr("Stay")),
    Column(label=tr("State")),
    Column(label=tr("E-mail"), priority=2),
    Column(label=tr("Telephone"), priority=3),
    Column(label=tr("Country"), priority=3),
)


class Guests(DeskScreen):
    """Profiles."""

    name = "guests"
    label = tr("Guests")

    def view(self, route: Route) -> Html:
        """A search, and whom it found; everybody before anything is typed."""
        typed = route.query.get("q", "").strip()
        found = self._matches(typed)
        listed = self.long_list(
            tr("Guests"),
            _COLUMNS,
            found,
            self._row,
            prefix="guest",
            table_id="guests",
            when_empty=None if found else self._nobody(route, typed),
        )
        otherwise = self._named_otherwise(typed) if typed else None
        search = FormView(form_id="guest-search", values={"q": route.query.get("q", "")})
        return join(
            page_head(
                tr("Guests"),
                actions=button(
                    tr("New guest"),
                    action="guest.new",
                    kind="primary",
                    icon_name="plus",
                    shortcut="n",
                ),
            ),
            h.form("filters", id="guest-search", data_action="guest.search")[
                search.text(
                    "q", tr("Name, e-mail or telephone"), kind="search", data_input="guest.search"
                )
            ],
            otherwise,
            card(
                tr("Found") if typed else tr("All guests"),
                listed,
                flush=True,
                note=grouped(len(found)),
            )
            if found or otherwise is None
            else None,
        )

    def _matches(self, typed: str) -> list[Any]:
        view = self.hotel.view
        if not typed:
            return self.remembered("", lambda: all_guests(view))
        return self.remembered(typed, lambda: search_guests(view, typed, FOUND))

    def _nobody(self, route: Route, typed: str) -> Html:
        if typed:
            return empty(
                tr("Nobody found"),
                tr(
                    "The beginning of any part of the name will do; an e-mail "
                    "address or a telephone number finds exactly."
                ),
                icon_name="search",
            )
        way = link(tr("Import bookings"), route.to("settings", section="import").href)
        return empty(
            tr("No guests yet"),
            tr(
                "A profile is made with every reservation and walk-in, and "
                "by importing a file of bookings."
            ),
            icon_name="users",
            actions=way,
        )

    def _named_otherwise(self, typed: str) -> Html | None:
        """The open stays of a room whose number was typed, or the reservation of that id."""
        view = self.hotel.view
        if not view.find(ROOMS, "number", typed) and view.get(RESERVATIONS, typed) is None:
            return None
        lines = [
            self._stay_item(item.stay, item.guest_name or tr("A guest"), item.room_number)
            for item in search_stays(view, typed)
        ]
        body = (
            h.ul("list")[lines] if lines else h.p("muted pad")[tr("Nobody is in it or expected.")]
        )
        room = any(view.find(ROOMS, "number", typed))
        return card(tr("Room {room}", room=typed) if room else tr("Reservation"), body, flush=True)

    def _row(self, guest: Any) -> Row:
        formats, stay = self.hotel.app.formats, nearest_stay(self.hotel.view, str(guest["id"]))
        first, last = guest.get("first_name"), guest.get("last_name")
        return self.record_row(
            "guest",
            GUESTS,
            str(guest["id"]),
            [
                clipped(full_name(guest), shown=join(first and f"{first} ", h.strong[last])),
                formats.day(date.fromisoformat(stay["from"]), "medium") if stay else None,
                stay_state(self.hotel, stay) if stay else None,
                guest.get("email"),
                guest.get("phone"),
                guest.get("country"),
            ],
        )

    def drawer(self, route: Route) -> Html | None:
        """The profile; or a reservation opened from it."""
        guest = self.hotel.view.get(GUESTS, route.record)
        if guest is None:
            return self.desk.drawer(route.record)
        return drawer(
            "guest",
            full_name(guest) or tr("A guest"),
            self.hotel.company.line(GUESTS, str(guest["id"])),
            conflict_notice(self.hotel, GUESTS, str(guest["id"])),
            self._merged(guest),
            *self._person(guest),
            self._figures(guest),
            self._stays(guest),
            None if guest.get(ERASED) else data_card(guest),
            card(tr("History"), h.div(data_no_cache=self.hotel.sealed.reads)[
                history_view(self.hotel, GUESTS, str(guest["id"]))
            ]),
            note=guest.get("email"),
        )  # fmt: skip

    def actions(self) -> Mapping[str, Action]:
        """Searching, editing, merging."""
        return {
            **super().actions(),
            "guest.search": self._search,
            "guest.new": lambda _: self.asker.ask(new_guest(self.hotel)),
            "guest.save": lambda event: save_profile(self.hotel, event),
            "guest.merge": self._merge,
            "guest.erase": lambda event: self.asker.ask(erase_guest(self.hotel, event.id)),
            "guest.export": lambda event: self.hotel.spawn(export_guest(self.hotel, event.id)),
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """A new guest."""
        return (Shortcut(keys="n", action="guest.new", label=tr("New guest"), group=tr("Guests")),)

    # -- the profile ------------------------------------------------------------------------------

    def _person(self, guest: Any) -> list[Child]:
        note = erased_note(self.hotel, guest)
        if note is not None:
            return [note]
        return [self._duplicates(guest), profile_form(self.hotel, guest)]

    def _merged(self, guest: Any) -> Child:
        into = guest.get("merged_into")
        if not into:
            return None
        address = self.hotel.app.route.with_record(str(into)).href
        told = h.a("link", href=address, data_link=True)[tr("Open the profile that is kept")]
        return banner(join(tr("This profile was merged. "), told))

    def _figures(self, guest: Any) -> Html:
        figures = guest_figures(stays_of(self.hotel.view, str(guest["id"])))
        formats = self.hotel.app.formats
        rows: list[tuple[str, Child]] = [
            (tr("Stays"), str(figures.stays)),
            (tr("Nights"), str(figures.nights)),
            *(
                (tr("Revenue"), money(formats, amount, currency))
                for currency, amount in figures.revenue.items()
            ),
        ]
        return facts(rows)

    def _stays(self, guest: Any) -> Html:
        formats, view = self.hotel.app.formats, self.hotel.view
        stays = [item.stay for item in stays_of(view, str(guest["id"]))]
        lines = [
            self._stay_item(
                stay,
                formats.day(date.fromisoformat(stay["from"]), "medium"),
                told(room_name(view, stay.get("room"))),
            )
            for stay in stays
        ]
        body = h.ul("list")[lines] if lines else h.p("muted pad")[tr("No stays yet.")]
        return card(tr("Stays"), body, flush=True, note=str(len(stays)))

    def _stay_item(self, stay: Any, *words: str) -> Html:
        return h.li("list-item", id=f"stay-{stay['id']}")[
            h.button("link", type="button", data_action="stay.open", data_id=stay["id"])[
                dates(self.hotel.app.formats, stay)
            ],
            h.span("muted", dir="auto")[" · ".join(word for word in words if word)],
            stay_state(self.hotel, stay),
        ]

    def _duplicates(self, guest: Any) -> Child:
        others = duplicates_of(self.hotel.view, str(guest["id"]))
        if not others or guest.get("merged_into"):
            return None
        return card(
            tr("Perhaps the same person"),
            h.ul("list")[
                [
                    h.li("list-item")[
                        h.span[full_name(other)],
                        chip(str(other.get("email") or other.get("phone") or tr("same name"))),
                        button(tr("Merge…"), action="guest.merge", small=True, data_id=guest["id"],
                               data_other=other["id"]),
                    ]
                    for other in others
                ]
            ],
            flush=True,
        )  # fmt: skip

    # -- doing ------------------------------------------------------------------------------------

    def _search(self, event: UiEvent) -> None:
        typed = event.values.get("q", event.value)
        app = self.hotel.app
        app.go(app.route.with_query(q=typed).with_record(""), replace=True)

    def _merge(self, event: UiEvent) -> None:
        self.hotel.spawn(self._ask_to_merge(event.id, event.args["other"]))

    async def _ask_to_merge(self, kept: str, other: str) -> None:
        """A document is sealed for one profile: it has to be sealed for the other before."""
        document = await resealed(self.hotel, kept, other)
        self.asker.ask(merge_guests(self.hotel, kept, other, document))
