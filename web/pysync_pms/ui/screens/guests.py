"""Guests: find by name as you type, one profile beside the list, two that are one person merged.

Stands on `queries.guests`, `parts.ask`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync_pms.commands import EditGuest
from pysync_pms.indexes import full_name
from pysync_pms.queries import duplicates_of, guest_figures, room_name, search_guests, stays_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, facts, page_head
from pysync_pms.ui.components.tables import Column, Row, long_table
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.parts.guest_questions import FIELDS, merge_guests, new_guest
from pysync_pms.ui.parts.history import history_view
from pysync_pms.ui.parts.words import dates, money, status_chip
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import GUESTS

__all__ = ["Guests"]

FOUND: Final = 20_000
"""More than any name has: a bound, not a page."""
PROFILE_FORM: Final = "guest-profile"
_COLUMNS: Final = (
    Column(label="Name"),
    Column(label="E-mail", priority=2),
    Column(label="Telephone", priority=3),
    Column(label="Country", priority=2),
)


class Guests(DeskScreen):
    """Profiles."""

    name = "guests"
    label = "Guests"

    def view(self, route: Route) -> Html:
        """A search, and what it found."""
        typed = route.query.get("q", "")
        found = self._matches(typed)
        none = (
            empty("Nobody found", "Two letters of any part of the name will do; an e-mail address "
                  "or a telephone number finds exactly.", icon_name="search")
            if typed.strip()
            else empty("Search for a guest", "Type two letters of a name, an e-mail address or a "
                       "telephone number.", icon_name="users")
        )  # fmt: skip
        listed = long_table(
            "Guests",
            _COLUMNS,
            [f"guest-{guest['id']}" for guest in found],
            lambda at: self._row(found[at]),
            window=self.window,
            action="guests.window",
            table_id="guests",
            when_empty=none,
        )
        search = FormView(form_id="guest-search", values={"q": typed})
        return join(
            page_head(
                "Guests",
                note=f"{len(found):,} found" if typed.strip() else None,
                actions=button("New guest", action="guest.new", kind="primary", icon_name="plus"),
            ),
            h.form("filters", id="guest-search", data_action="guest.search")[
                search.text(
                    "q", "Name, e-mail or telephone", kind="search", data_input="guest.search"
                )
            ],
            card("Found", listed, flush=True),
        )

    def _matches(self, typed: str) -> list[Any]:
        return self.remembered(typed, lambda: search_guests(self.hotel.view, typed, FOUND))

    def _row(self, guest: Any) -> Row:
        return Row(
            row_id=f"guest-{guest['id']}",
            cells=[
                h.span("clip", title=full_name(guest))[full_name(guest)],
                guest.get("email"),
                guest.get("phone"),
                guest.get("country"),
            ],
            action="stay.open",
            key=str(guest["id"]),
            ref=f"{GUESTS}/{guest['id']}",
            selected=self.hotel.app.route.record == guest["id"],
        )

    def drawer(self, route: Route) -> Html | None:
        """The profile; or a reservation opened from it."""
        guest = self.hotel.view.get(GUESTS, route.record)
        if guest is None:
            return self.desk.drawer(route.record)
        return drawer(
            "guest",
            full_name(guest) or "A guest",
            self._merged(guest),
            self._duplicates(guest),
            self._profile(guest),
            self._figures(guest),
            self._stays(guest),
            card("History", history_view(self.hotel, GUESTS, str(guest["id"]))),
            note=guest.get("email"),
        )

    def actions(self) -> Mapping[str, Action]:
        """Searching, editing, merging."""
        return {
            "guest.search": self._search,
            "guests.window": self.scrolled,
            "guest.new": lambda _: self.asker.ask(new_guest(self.hotel)),
            "guest.save": self._save,
            "guest.merge": lambda event: self.asker.ask(
                merge_guests(self.hotel, event.id, event.args["other"])
            ),
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """A new guest."""
        return (Shortcut(keys="n", action="guest.new", label="New guest", group="Guests"),)

    # -- the profile ------------------------------------------------------------------------------

    def _merged(self, guest: Any) -> Child:
        into = guest.get("merged_into")
        if not into:
            return None
        address = self.hotel.app.route.with_record(str(into)).href
        told = h.a("link", href=address, data_link=True)["Open the profile that is kept"]
        return banner(join("This profile was merged. ", told))

    def _profile(self, guest: Any) -> Html:
        values = {name: str(guest.get(name) or "") for name in (*[f[0] for f in FIELDS], "notes")}
        view = FormView(form_id=PROFILE_FORM, values=values)
        return form(
            PROFILE_FORM,
            "guest.save",
            h.div("grid-2")[
                [
                    view.text(name, words, kind=kind, required=name == "last_name")
                    for name, words, kind in FIELDS
                ]
            ],
            view.area("notes", "Notes", rows=2),
            footer=button("Save profile", type="submit", small=True),
            data_id=guest["id"],
            data_draft=f"profile/{guest['id']}",
        )

    def _figures(self, guest: Any) -> Html:
        figures = guest_figures(stays_of(self.hotel.view, str(guest["id"])))
        formats = self.hotel.app.formats
        rows: list[tuple[str, Child]] = [
            ("Stays", str(figures.stays)),
            ("Nights", str(figures.nights)),
            *(
                ("Revenue", money(formats, amount, currency))
                for currency, amount in figures.revenue.items()
            ),
        ]
        return facts(rows)

    def _stays(self, guest: Any) -> Html:
        today, formats = self.hotel.today, self.hotel.app.formats
        stays = [item.stay for item in stays_of(self.hotel.view, str(guest["id"]))]
        lines = [
            h.li("list-item", id=f"stay-{stay['id']}")[
                h.button("link", type="button", data_action="stay.open", data_id=stay["id"])[
                    dates(formats, stay)
                ],
                h.span("muted")[
                    formats.day(date.fromisoformat(stay["from"]), "medium"), " · ",
                    room_name(self.hotel.view, stay.get("room")),
                ],
                status_chip(stay, today),
            ]
            for stay in stays
        ]  # fmt: skip
        body = h.ul("list")[lines] if lines else h.p("muted pad")["No stays yet."]
        return card("Stays", body, flush=True, note=str(len(stays)))

    def _duplicates(self, guest: Any) -> Child:
        others = duplicates_of(self.hotel.view, str(guest["id"]))
        if not others or guest.get("merged_into"):
            return None
        return card(
            "Perhaps the same person",
            h.ul("list")[
                [
                    h.li("list-item")[
                        h.span[full_name(other)],
                        chip(str(other.get("email") or other.get("phone") or "same name")),
                        button("Merge…", action="guest.merge", small=True, data_id=guest["id"],
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

    def _save(self, event: UiEvent) -> None:
        guest = self.hotel.view.get(GUESTS, event.id)
        if guest is None:
            return
        names = (*[f[0] for f in FIELDS], "notes")
        changes = {
            name: event.values.get(name, "").strip() or None
            for name in names
            if (event.values.get(name, "").strip() or None) != (guest.get(name) or None)
        }
        if not changes:
            self.hotel.app.settle(PROFILE_FORM)
            return
        if self.hotel.perform(EditGuest(id=event.id, changes=changes)) is not None:
            self.hotel.app.settle(PROFILE_FORM)
