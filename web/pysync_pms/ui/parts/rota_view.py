"""The rota of a week: a grid of people by day where there is room, a list by day on a telephone.

Stands on `staffing.queries`, `rota_questions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pysync.model.guard import Record
from pysync_pms.calendar import add_days
from pysync_pms.staffing.queries import RotaRow, rota
from pysync_pms.staffing.rota import WEEK, CopyWeek, PublishWeek
from pysync_pms.staffing.words import SHIFTS
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, icon_button
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.clock import week_links
from pysync_pms.ui.parts.rota_questions import clock_words, edit_shift, plan_shift
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["Rota"]


class Rota:
    """A week of shifts, and what managers do with them."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker

    # -- drawing ----------------------------------------------------------------------------------

    def _plans(self) -> bool:
        return self._hotel.beyond(SHIFTS, ("start",)) is None

    def view(self, week: str, route: Route) -> Html:
        """The week that begins then."""
        plans = self._plans()
        rows = rota(self._hotel.view, week, drafts=plans)
        shifts = [each for row in rows for day in row.days for each in day]
        drafts = sum(not each.get("published") for each in shifts)
        first, last = self._day(week), self._day(add_days(week, WEEK - 1))
        body: Child = join(self._grid(rows, week, plans=plans), self._list(rows, week))
        if not rows:
            body = empty(tr("Nobody works here yet"), tr("Add the people first, under People."),
                         icon_name="users")  # fmt: skip
        elif not shifts and not plans:
            body = empty(
                tr("Nothing is planned yet"),
                tr("The rota is here as soon as a manager has published it."),
                icon_name="calendar-range",
            )
        return card(
            f"{first} – {last}",
            body,
            self._foot(week, drafts) if plans and rows else None,
            flush=True,
            note=plural(len(shifts), "shift"),
            actions=week_links(route, week),
        )

    def _foot(self, week: str, drafts: int) -> Child:
        copies = len(CopyWeek(week=week).copies(self._hotel.view))
        return h.div("row wrap pad")[
            button(
                tr("Plan a shift…"),
                action="rota.add",
                small=True,
                kind="primary",
                data_day=week,
                icon_name="plus",
            ),
            button(
                tr("Copy last week ({copies})", copies=copies) if copies else tr("Copy last week"),
                action="rota.copy",
                small=True,
                data_week=week,
                reason=None if copies else tr("Nothing of last week is missing here"),
            ),
            button(
                tr("Publish {drafts}", drafts=plural(drafts, "draft")) if drafts else tr("Publish"),
                action="rota.publish",
                small=True,
                data_week=week,
                reason=None if drafts else tr("All of it is published"),
            ),
        ]

    def _grid(self, rows: Sequence[RotaRow], week: str, *, plans: bool) -> Html:
        days = [add_days(week, at) for at in range(WEEK)]
        return h.div("table-wrap rota-wide")[
            h.table("table rota")[
                h.caption("sr-only")[tr("Rota")],
                h.thead[
                    h.tr[
                        h.th(scope="col")[tr("Who")],
                        [
                            h.th("is-today" if day == self._hotel.today else "", scope="col")[
                                self._head(day)
                            ]
                            for day in days
                        ],
                    ]
                ],
                h.tbody[[self._line(row, days, plans=plans) for row in rows]],
            ]
        ]

    def _line(self, row: RotaRow, days: Sequence[str], *, plans: bool) -> Html:
        name, id_ = str(row.staff.get("name") or ""), str(row.staff["id"])
        return h.tr(id=f"rota-{id_}")[
            h.th(scope="row")[h.span("clip")[name], h.span("muted clip")[row.staff.get("job")]],
            [
                h.td("is-today" if day == self._hotel.today else "")[
                    h.div("rota-cell")[
                        [self._shift(each, name, "wide") for each in shifts],
                        plans
                        and icon_button(
                            tr("Plan {who}, {day}", who=name, day=self._head(day)),
                            "plus",
                            small=True,
                            action="rota.add",
                            data_staff=id_,
                            data_day=day,
                        ),
                    ]
                ]
                for day, shifts in zip(days, row.days, strict=True)
            ],
        ]

    def _list(self, rows: Sequence[RotaRow], week: str) -> Html:
        days = []
        for at in range(WEEK):
            found = [
                (each, str(row.staff.get("name") or "")) for row in rows for each in row.days[at]
            ]
            found.sort(key=lambda pair: pair[0]["start"])
            day = add_days(week, at)
            days.append(
                h.section("rota-day")[
                    h.h3[self._head(day)],
                    h.ul("list")[
                        [
                            h.li("list-item")[h.span[name], self._shift(each, name, "day")]
                            for each, name in found
                        ]
                    ]
                    if found
                    else h.p("muted")[tr("Nobody")],
                ]
            )
        return h.div("rota-narrow")[days]

    def _shift(self, shift: Record, name: str, place: str) -> Html:
        words = f"{clock_words(shift['start'])}–{clock_words(shift['end'])}"
        draft = not shift.get("published")
        named = h.span("sr-only")[f" {name}", draft and [", ", tr("not published")]]
        if not self._plans():
            return chip(join(words, named), tone="live")
        return h.button(
            "shift" + (" is-draft" if draft else ""),
            type="button",
            id=f"shift-{place}-{shift['id']}",
            data_action="rota.edit",
            data_id=shift["id"],
            data_ref=f"{SHIFTS}/{shift['id']}",
            title=str(shift.get("note") or "") or None,
        )[words, named]

    def _day(self, day: str) -> str:
        return self._hotel.app.formats.day(date.fromisoformat(day))

    def _head(self, day: str) -> str:
        formats, moment = self._hotel.app.formats, date.fromisoformat(day)
        return f"{formats.day(moment, 'weekday')} {formats.day(moment, 'day')}"

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """What the buttons do."""
        hotel, ask = self._hotel, self._asker.ask
        return {
            "rota.add": lambda event: ask(
                plan_shift(hotel, event.args.get("staff", ""), event.args.get("day", hotel.today))
            ),
            "rota.edit": self._edit,
            "rota.copy": lambda event: _done(hotel.perform(CopyWeek(week=event.args["week"]))),
            "rota.publish": lambda event: _done(
                hotel.perform(PublishWeek(week=event.args["week"]))
            ),
        }

    def _edit(self, event: UiEvent) -> None:
        shift = self._hotel.view.get(SHIFTS, event.id)
        if shift is not None:
            self._asker.ask(edit_shift(self._hotel, shift))


def _done(_: object) -> None:
    """An action answers nothing."""
