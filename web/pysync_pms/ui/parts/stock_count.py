"""A sheet to count a location by: a number for each item, saved as one change, also offline.

What is typed is what somebody saw: the sheet notes what was expected at that moment, so what others
take before it is saved counts as well (`STOCK-4`). Stands on `stock.counting`, `forms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pysync_pms.stock.counting import CountSheet
from pysync_pms.stock.levels import Seen, seen
from pysync_pms.stock.quantities import digits_of, parse
from pysync_pms.stock.queries import ItemLine, is_used, item_lines, places
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, link
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.stock_words import GOODS_WORDS, place_choices, quantity
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["CountSheets"]

FORM = "count-sheet"


class CountSheets:
    """The sheets of all locations: what was typed into them and what was expected then."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._noted: dict[tuple[str, str], tuple[str, Seen]] = {}
        self._errors: dict[str, str] = {}
        self._of = ""

    def view(self, route: Route) -> Html:
        """The location to choose, and its sheet."""
        place = self.place(route)
        if place != self._of:
            self._of, self._errors = place, {}
        whole = route.query.get("all") == "on"
        lines = self._lines(place, whole=whole)
        chooser = FormView(form_id="stock-filter", values={"place": place})
        more = route.with_query(all="" if whole else "on")
        told = tr("What you leave empty is not counted.")
        return join(
            h.form("filters", id="stock-filter", data_action="stock.filter")[
                chooser.choose(
                    "place",
                    tr("Location"),
                    place_choices(self._hotel),
                    required=True,
                    hint=told,
                    data_change="stock.filter",
                )
            ],
            self._sheet(place, lines)
            if lines
            else card(
                tr("Count sheet"),
                empty(
                    tr("Nothing was ever here"),
                    tr("Receive or transfer something, or count all items."),
                    icon_name="sparkles",
                ),
                flush=True,
            ),
            h.p[
                link(tr("Only what was here before") if whole else tr("Show all items"), more.href)
            ],
        )

    def place(self, route: Route) -> str:
        """The location that is counted: the one of the address, or the first."""
        known = [str(each["id"]) for each in places(self._hotel.view)]
        asked = route.query.get("place", "")
        return asked if asked in known else known[0] if known else ""

    def actions(self) -> Mapping[str, Action]:
        """Typing and saving."""
        return {"stock.typed": self._typed, "stock.save-count": self._save}

    def _lines(self, place: str, *, whole: bool) -> list[ItemLine]:
        here = {line.id: line for line in item_lines(self._hotel.view, place=place)}
        if not whole:
            return list(here.values())
        lines = [line for line in item_lines(self._hotel.view) if is_used(line.item)]
        return [here.get(line.id, line) for line in lines]

    def _sheet(self, place: str, lines: list[ItemLine]) -> Html:
        view = FormView(form_id=FORM, values={}, errors=self._errors)
        groups: dict[str, list[ItemLine]] = {}
        for line in lines:
            groups.setdefault(str(line.item.get("category")), []).append(line)
        return form(
            FORM,
            "stock.save-count",
            [
                card(
                    GOODS_WORDS.get(code, tr("Other")),
                    h.div("count-rows")[[self._row(view, place, line) for line in items]],
                )
                for code, items in groups.items()
            ],
            error=tr("Some numbers cannot be right: see below.") if self._errors else None,
            footer=button(tr("Save the count"), type="submit", kind="primary"),
            data_id=place,
            data_draft=f"count/{place}",
        )

    def _row(self, view: FormView, place: str, line: ItemLine) -> Html:
        expected = seen(self._hotel.view, line.id, place).expected
        return view.text(
            line.id,
            str(line.item.get("name") or line.id),
            hint=self._hint(line, quantity(self._hotel, expected, line.unit)),
            inputmode="decimal" if digits_of(line.unit) else "numeric",
            enterkeyhint="next",
            data_input="stock.typed",
            data_place=place,
            data_item=line.id,
        )

    def _hint(self, line: ItemLine, expected: str) -> str:
        if not line.counted_on:
            return tr("Expected {quantity}", quantity=expected)
        day = self._hotel.app.formats.day(date.fromisoformat(line.counted_on))
        return tr("Expected {quantity}, counted {day}", quantity=expected, day=day)

    # -- doing ------------------------------------------------------------------------------------

    def _typed(self, event: UiEvent) -> None:
        """Note what was to be seen when this was typed."""
        item, place = event.args.get("item", ""), event.args.get("place", "")
        now = seen(self._hotel.view, item, place)
        self._noted[place, item] = (event.value.strip(), now)

    def _seen(self, place: str, item: str, text: str) -> Seen:
        """What was expected when this was typed; of what came otherwise, what is now."""
        known = self._noted.get((place, item))
        if known is not None and known[0] == text:
            return known[1]
        return seen(self._hotel.view, item, place)

    def _save(self, event: UiEvent) -> None:
        place = event.id
        units = {line.id: line.unit for line in item_lines(self._hotel.view, all_=True)}
        rows: list[tuple[str, str, int, int, int]] = []
        self._errors = {}
        for item, typed in event.values.items():
            text = typed.strip()
            if not text or item not in units:
                continue
            try:
                counted = parse(text, units[item])
            except ValueError as error:
                self._errors[item] = told(str(error))
                continue
            known = self._seen(place, item, text)
            new = self._hotel.new_id()
            rows.append((new, item, counted, known.expected, known.adjusted))
        sheet = CountSheet(place=place, on=self._hotel.today, rows=tuple(rows))
        if not self._errors and self._done(sheet):
            self._noted = {key: known for key, known in self._noted.items() if key[0] != place}
            self._hotel.app.settle(FORM)
        elif self._errors:
            self._hotel.app.focus(FORM)
        self._hotel.app.refresh()

    def _done(self, sheet: CountSheet) -> bool:
        if not sheet.rows:
            self._hotel.app.toast(tr("Nothing was counted: enter at least one number."), tone="act")
            return False
        return self._hotel.perform(sheet) is not None
