"""Reports: the hotel's figures of a period, each as a table, a file and a page to print.

The period stands in the address, so that a report can be sent to a colleague. Stands on
`figures_live`, `figures_sheets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from pysync_pms.calendar import from_day, is_date
from pysync_pms.figures import queries as q
from pysync_pms.queries import all_rooms
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, link
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.sheets import csv_text, sheet_table
from pysync_pms.ui.components.surfaces import card, page_head, skeleton
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.figures_live import FIGURES, Live
from pysync_pms.ui.parts.figures_sheets import MONTHS_AT_MOST, SHEETS, Period
from pysync_pms.ui.parts.figures_tiles import freshness
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.wire import UiEvent

__all__ = ["Reports"]

FORM = "report-period"
_MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)


def _months_off(month: str, by: int) -> str:
    """The month so many months later, or before."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12:04}-{number % 12 + 1:02}"


class Reports(DeskScreen):
    """Figures of a period."""

    name = "reports"
    label = tr("Reports")

    def __init__(self, live: Live, desk: Desk, asker: Asker) -> None:
        super().__init__(live.hotel, desk, asker)
        self.live = live

    def view(self, route: Route) -> Html:
        """The period, then its sheets."""
        if not all_rooms(self.hotel.view):
            return join(page_head(tr("Reports")), self.no_rooms(route))
        ready, period = self.live.ready, self._period(route)
        self.live.tick()
        return join(
            page_head(
                tr("Reports"),
                actions=button(tr("Print all"), action="ui.print", icon_name="printer",
                               data_part="reports"),
            ),
            h.p("paper-only")[
                tr("{hotel}: {first} to {last}", hotel=self._named(), first=period.first,
                   last=period.last)
            ],
            self._choose(route, period),
            h.div("reports")[
                (self._sheet(name, period) for name in SHEETS)
                if ready
                else card(tr("Waiting for data…"), skeleton(6))
            ],
        )  # fmt: skip

    def drawer(self, route: Route) -> Html | None:
        """Nothing stands beside it."""
        return None

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """Sheets are drawn again when figures moved, all together."""
        return None if changes.of(FIGURES) else ()

    def _named(self) -> str:
        return str(self.hotel.settings.get("name") or self.hotel.space.name)

    def _period(self, route: Route) -> Period:
        """What the address asks for, within reason; else the year of the business date."""
        year = self.hotel.today[:4]
        first, last = route.query.get("from", ""), route.query.get("to", "")
        first = first if _MONTH.fullmatch(first) else f"{year}-01"
        last = last if _MONTH.fullmatch(last) else max(first, f"{year}-12")
        farthest = _months_off(first, MONTHS_AT_MOST - 1)
        day = route.query.get("day", "")
        return Period(
            first, min(max(first, last), farthest), day if is_date(day) else self.hotel.today
        )

    def _choose(self, route: Route, period: Period) -> Html:
        values = {"from": period.first, "to": period.last, "day": period.day}
        view = FormView(form_id=FORM, values=values)
        year, month = self.hotel.today[:4], self.hotel.today[:7]
        known = q.span(self.live.book)
        ways = [(tr("This month"), month, month), (tr("This year"), f"{year}-01", f"{year}-12"),
                (tr("Last year"), f"{int(year) - 1}-01", f"{int(year) - 1}-12")]  # fmt: skip
        if known is not None:
            newest = from_day(known[1] - 1)[:7]
            oldest = max(from_day(known[0])[:7], _months_off(newest, 1 - MONTHS_AT_MOST))
            ways.append((tr("Everything"), oldest, newest))
        return card(
            tr("Period"),
            form(
                FORM,
                "reports.period",
                h.div("report-fields")[
                    view.text("from", tr("First month"), kind="month", required=True),
                    view.text("to", tr("Last month"), kind="month", required=True),
                    view.date("day", tr("Day of arrivals"), required=True),
                ],
                footer=button(tr("Show"), type="submit", kind="primary"),
            ),
            actions=[
                link(words, route.with_query(**{"from": first, "to": last}).href)
                for words, first, last in ways
            ],
            card_id="report-period-card",
            note=tr("At most {n} months", n=MONTHS_AT_MOST),
        )

    def _sheet(self, name: str, period: Period) -> Html:
        make, basis, of = SHEETS[name]
        sheet = make(self.live, period)
        formats = self.hotel.app.formats
        note = None
        if name == "arrivals":
            note = formats.day(date.fromisoformat(period.day), "medium")
        return card(
            sheet.title,
            sheet_table(sheet),
            h.div("chart-foot")[
                h.p("tile-basis")[basis],
                freshness(self.live.fresh(*of), self.live.wall(), formats),
            ],
            card_id=f"report-{name}",
            note=note,
            actions=[
                button(
                    tr("Print"),
                    action="ui.print",
                    small=True,
                    kind="quiet",
                    icon_name="printer",
                    data_part=f"report-{name}",
                    aria_label=tr("Print {sheet}", sheet=sheet.title),
                ),
                button(
                    "CSV",
                    action="report.csv",
                    small=True,
                    kind="quiet",
                    icon_name="download",
                    data_report=name,
                    aria_label=tr("{sheet} as a CSV file", sheet=sheet.title),
                ),
            ],
        )

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """Choosing a period, and a sheet as a file."""
        return {**super().actions(), "reports.period": self._show, "report.csv": self._csv}

    def _show(self, event: UiEvent) -> None:
        app = self.hotel.app
        asked = {name: event.values.get(name, "").strip() for name in ("from", "to", "day")}
        bad = [name for name in ("from", "to") if not _MONTH.fullmatch(asked[name])]
        if bad or asked["to"] < asked["from"]:
            app.toast(tr("Enter months such as 2026-11, the first one first."), tone="act")
            return
        app.settle(FORM)
        app.go(app.route.with_query(**asked))

    def _csv(self, event: UiEvent) -> None:
        name, app = event.args.get("report", ""), self.hotel.app
        if name not in SHEETS or not self.live.ready:
            return
        period = self._period(app.route)
        when = period.day if name == "arrivals" else f"{period.first}-{period.last}"
        text = csv_text(SHEETS[name][0](self.live, period))
        app.download(f"{name}-{when}.csv", "text/csv;charset=utf-8", text)
