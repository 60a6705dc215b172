"""Staff: clocking in, weeks of times, mileage, the rota, people, and all that waits for approval.

What is shown lives in the address: whose times, of which week. Of what waits, `x` chooses, `a`
approves and `r` rejects. Stands on the parts `clock`, `trips`, `rota_view`, `people_list`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.calendar import is_date
from pysync_pms.expenses.queries import employee_of, is_mine, name_of
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.staffing.queries import staff_by_name
from pysync_pms.staffing.times import monday, month_of
from pysync_pms.staffing.words import MILEAGE
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tab, button, clipped, tabs
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.components.tables import Column, Row
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.claim_state import state_chip
from pysync_pms.ui.parts.claims import Claims
from pysync_pms.ui.parts.clock import Clock
from pysync_pms.ui.parts.days import work_day
from pysync_pms.ui.parts.expense_card import EXPENSE_WORDS, expense_actions, expense_drawer
from pysync_pms.ui.parts.files import times_csv, trips_csv
from pysync_pms.ui.parts.people_list import People
from pysync_pms.ui.parts.rota_view import Rota
from pysync_pms.ui.parts.staff_waiting import me, to_approve, weeks_waiting
from pysync_pms.ui.parts.trips import (
    TRIP_WORDS,
    distance,
    edit_trip,
    hotel_rate,
    new_trip,
    rate_question,
    trip_drawer,
)
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import STAFF

__all__ = ["StaffScreen"]

OPEN: Final = "staff.open"
FORM: Final = "staff-filter"
_TRIPS: Final = (
    Column(label=tr("Day"), sorted="descending"),
    Column(label=tr("Who"), priority=2),
    Column(label=tr("What for")),
    Column(label=tr("Distance"), numeric=True, priority=2),
    Column(label=tr("Amount"), numeric=True),
    Column(label=tr("State")),
)


class StaffScreen(DeskScreen):
    """The staff portal."""

    name = "staff"
    label = tr("Staff")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.clock = Clock(self.hotel, self.asker)
        self.trips = Claims(self.hotel, self.asker, TRIP_WORDS)
        self.expenses = Claims(self.hotel, self.asker, EXPENSE_WORDS)
        self.rota = Rota(self.hotel, self.asker)
        self.people = People(self.hotel, self.asker)

    # -- drawing ----------------------------------------------------------------------------------

    def view(self, route: Route) -> Html:
        """The tabs, and what the chosen one shows."""
        chosen = self._tab(route)
        if chosen != "approve":
            self.trips.forget()
            self.expenses.forget()
        draw = {
            "time": self._times,
            "mileage": self._mileage,
            "rota": lambda at: self.rota.view(self._week(at), at),
            "approve": self._approvals,
            "people": self.people.view,
        }[chosen]
        action = button(tr("New trip"), action="mileage.new", kind="primary", icon_name="plus",
                        shortcut="n", reason=None if hotel_rate(self.hotel) else
                        tr("A manager sets first what driving is paid with"))  # fmt: skip
        times = _csv("staff.times-csv", chosen == "time" and self._person(route))
        receipt = button(tr("New receipt"), action="expenses.new", icon_name="receipt")
        actions, note = [times, receipt], tr("Times, trips, and who is planned for when")
        return join(
            page_head(tr("Staff"), note=note, actions=action if chosen == "mileage" else actions),
            tabs(tr("Show"), self._tabs(route), current=chosen),
            draw(route),
        )

    def _decides(self) -> bool:
        return self.hotel.beyond(MILEAGE, ("decision",)) is None

    def _tab(self, route: Route) -> str:
        wanted = route.query.get("show", "")
        return wanted if wanted in {tab.name for tab in self._tabs(route)} else "time"

    def _tabs(self, route: Route) -> list[Tab]:
        def tab(name: str, words: str, count: int | None = None) -> Tab:
            href = route.with_query(show=name).with_record("").href
            return Tab(name=name, label=words, href=href, count=count or None, tone="act")

        found = [tab("time", tr("Time")), tab("mileage", tr("Mileage")), tab("rota", tr("Rota"))]
        if self._decides():
            claims = to_approve(self.hotel, MILEAGE) + to_approve(self.hotel, EXPENSES)
            found.append(tab("approve", tr("To approve"), claims + len(weeks_waiting(self.hotel))))
        return [*found, tab("people", tr("People"))]

    def drawer(self, route: Route) -> Html | None:
        """The trip, or the expense, that the address names."""
        if self.hotel.view.get(EXPENSES, route.record) is not None:
            return expense_drawer(self.hotel, self.expenses, route.record)
        return trip_drawer(self.hotel, self.trips, route.record)

    def _week(self, route: Route) -> str:
        week = route.query.get("week", "")
        return monday(week if is_date(week) else work_day(self.hotel))

    def _person(self, route: Route) -> Record | None:
        """Whose times are shown: who was chosen, else whoever is signed in."""
        chosen = self.hotel.view.get(STAFF, route.query.get("person", ""))
        return chosen or employee_of(self.hotel.view, me(self.hotel))

    def _chooser(self, person: Record | None, empty_words: str) -> Html:
        id_ = str(person["id"]) if person is not None else ""
        found = staff_by_name(self.hotel.view, (id_,))
        names = [(str(e["id"]), str(e.get("name") or "")) for e in found]
        view = FormView(form_id=FORM, values={"person": id_})
        return h.form("filters", id=FORM, data_action="staff.filter")[
            view.choose("person", tr("Who"), names, empty=empty_words, data_change="staff.filter")
        ]

    def _times(self, route: Route) -> Html:
        person = self._person(route)
        if person is None:
            how = tr("Choose who you are. Whose account is under People sees their own at once.")
            body = empty(tr("Whose time?"), how, icon_name="clock")
        else:
            body = self.clock.view(person, self._week(route), route)
        return join(self._chooser(person, tr("Choose")), body)

    def _mileage(self, route: Route) -> Html:
        found = self._trips_of(route)
        chosen = self.hotel.view.get(STAFF, route.query.get("person", ""))
        rate = button(tr("Rate…"), action="staff.rate", small=True, kind="quiet")
        title, how = tr("Set the rate first"), tr(
            "A trip comes to its kilometres at what the hotel pays for 100 of them.")  # fmt: skip
        if hotel_rate(self.hotel):
            title, how = tr("No trips yet"), tr(
                "Who drives for the hotel in their own car presses n and enters the kilometres. It "
                "works offline, too.")  # fmt: skip
        none = empty(title, how, icon_name="footprints")
        return join(
            self._chooser(chosen, tr("Everybody")),
            card(
                tr("Trips"),
                self.long_list(tr("Trips"), _TRIPS, found, self._trip, prefix="trip",
                               table_id="trips", when_empty=None if found else none),
                flush=True,
                note=grouped(len(found)),
                actions=[rate, _csv("staff.trips-csv")],
            ),
        )  # fmt: skip

    def _trips_of(self, route: Route) -> list[Any]:
        view, who, chosen = self.hotel.view, me(self.hotel), route.query.get("person", "")
        own = bool(who) and not self._decides() and bool(self.hotel.beyond(MILEAGE, ("paid_on",)))

        def find() -> list[Any]:
            found = [
                each
                for each in view.all(MILEAGE)
                if (not chosen or each["staff"] == chosen) and (not own or is_mine(view, each, who))
            ]
            return sorted(found, key=lambda each: (each["on"], each["id"]), reverse=True)

        return self.remembered((chosen, own, who), find)

    def _trip(self, trip: Record) -> Row:
        row = self.record_row(
            "trip",
            MILEAGE,
            str(trip["id"]),
            [
                clipped(self.trips.day(trip["on"])),
                clipped(name_of(self.hotel.view, STAFF, trip["staff"])),
                clipped(str(trip["purpose"])),
                distance(self.hotel, trip["distance"]),
                self.trips.money(trip),
                state_chip(trip),
            ],
        )
        return Row(row_id=row.row_id, cells=row.cells, action=OPEN, key=row.key, ref=row.ref,
                   selected=row.selected)  # fmt: skip

    def _approvals(self, route: Route) -> Html:
        return join(
            self.clock.approvals(weeks_waiting(self.hotel), route),
            self.trips.approvals(action=OPEN, title=tr("Mileage to approve")),
            self.expenses.approvals(action=OPEN, title=tr("Expenses to approve")),
        )

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """What the tabs do; keys find out by the record in hand what they are about."""
        hotel, ask = self.hotel, self.asker.ask
        own: dict[str, Action] = {
            OPEN: lambda event: hotel.app.go(hotel.app.route.with_record(event.id)),
            "staff.filter": self._filter,
            "staff.rate": lambda _: ask(rate_question(hotel)),
            "staff.trips-csv": self._give_trips,
            "staff.times-csv": self._give_times,
            "mileage.new": self._new_trip,
            "mileage.edit": self._edit_trip,
            **expense_actions(hotel, self.asker),
        }
        parts = (self.clock, self.trips, self.expenses, self.rota, self.people)
        for part in parts:
            own |= part.actions()
        for name in ("pick", "approve", "reject"):
            own[f"staff.{name}"] = self._of_either(name)
        return {**super().actions(), **own}

    def shortcuts(self) -> Sequence[Shortcut]:
        """A new trip, and what is done with what waits."""
        new = Shortcut(keys="n", action="mileage.new", label=tr("New trip"), group=tr("Staff"))
        if not self._decides():
            return (new,)
        named = (("x", "pick", tr("Choose, or not")), ("a", "approve", tr("Approve")),
                 ("r", "reject", tr("Reject")))  # fmt: skip
        return (
            new,
            *(
                Shortcut(keys=key, action=f"staff.{name}", label=words, group=tr("Approving"))
                for key, name, words in named
            ),
        )

    def _of_either(self, name: str) -> Action:
        def run(event: UiEvent) -> None:
            is_expense = self.hotel.view.get(EXPENSES, event.id) is not None
            claims = self.expenses if is_expense else self.trips
            claims.actions()[f"{EXPENSES if is_expense else MILEAGE}.{name}"](event)

        return run

    def _filter(self, event: UiEvent) -> None:
        app, chosen = self.hotel.app, event.value or event.values.get("person", "")
        app.go(app.route.with_query(person=chosen).with_record(""), replace=True)

    def _give_trips(self, _: UiEvent) -> None:
        hotel = self.hotel
        text = trips_csv(hotel.view, self._trips_of(hotel.app.route), hotel.currency)
        hotel.app.download(f"mileage-{hotel.today}.csv", "text/csv", text)

    def _give_times(self, _: UiEvent) -> None:
        """What is shown, and the rest of that month."""
        hotel, person = self.hotel, self._person(self.hotel.app.route)
        if person is not None:
            month = self._week(hotel.app.route)[:7]
            found = month_of(hotel.view, str(person["id"]), month)
            text = times_csv(
                hotel.view, found, lambda minute: hotel.app.formats.moment(minute * 60_000)
            )
            hotel.app.download(f"times-{month}.csv", "text/csv", text)

    def _new_trip(self, _: UiEvent) -> None:
        if hotel_rate(self.hotel):
            self.asker.ask(new_trip(self.hotel, me(self.hotel)))
        else:
            self.hotel.app.toast(
                tr("A manager sets first what driving is paid with: under Mileage.")
            )

    def _edit_trip(self, event: UiEvent) -> None:
        trip = self.hotel.view.get(MILEAGE, event.id)
        if trip is not None:
            self.asker.ask(edit_trip(self.hotel, trip, me(self.hotel)))


def _csv(action: str, of: object = True) -> Html | None:
    """The button that hands a list out; none where there is nothing it would be `of`."""
    return button(tr("CSV"), action=action, kind="quiet", icon_name="download") if of else None
