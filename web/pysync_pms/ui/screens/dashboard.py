"""The dashboard: tonight's figures and the next weeks', each with what it is made of and how fresh
it is. It follows what everybody does, all changes of a moment together, and marks what moved.

Which charts are shown as tables stands in the address. Stands on `figures_live`, `figures_tonight`,
`figures_staff`, `figures_charts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pysync_pms.queries import all_rooms
from pysync_pms.ui import html as h
from pysync_pms.ui.components.sheets import csv_text
from pysync_pms.ui.components.surfaces import card, page_head, skeleton
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts import figures_staff, figures_tonight
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.figures_charts import CHARTS, chart_card, picture
from pysync_pms.ui.parts.figures_live import FIGURES, Live
from pysync_pms.ui.parts.figures_tiles import Tile, tile_id, tile_view, waiting_tile
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.wire import UiEvent

__all__ = ["Dashboard"]

NAMES: Final = (*figures_tonight.NAMES, *figures_staff.NAMES)
TABLES = "tables"
"""In the address: the charts that are shown as tables."""


def tiles(live: Live) -> Mapping[str, Tile]:
    """All tiles by name, as the hotel stands."""
    found = (*figures_tonight.tiles(live), *figures_staff.tiles(live))
    return {tile.name: tile for tile in found}


class Dashboard(DeskScreen):
    """Figures of tonight and around it."""

    name = "dashboard"
    label = tr("Dashboard")

    def __init__(self, live: Live, desk: Desk, asker: Asker) -> None:
        super().__init__(live.hotel, desk, asker)
        self.live = live
        self._values: dict[str, str] = {}

    def view(self, route: Route) -> Html:
        """Tiles, then charts."""
        head = page_head(tr("Dashboard"), note=tr("Room revenue as it is booked"))
        if not all_rooms(self.hotel.view):
            return join(head, self.no_rooms(route))
        ready = self.live.ready
        self.live.tick()
        shown = tiles(self.live) if ready else {}
        self._values = {name: tile.value for name, tile in shown.items()}
        return join(
            head,
            h.div("tiles")[(self._tile(name, shown) for name, _ in NAMES)],
            h.div("charts")[(self._chart(name, route, ready=ready) for name in CHARTS)],
        )

    def drawer(self, route: Route) -> Html | None:
        """Nothing stands beside it."""
        return None

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """The tiles and charts, once for all changes of a moment; records as such are not shown."""
        if not changes.of(FIGURES):
            return ()
        if not self.live.ready or not self._values:
            return None
        return list(self._parts(route))

    def _parts(self, route: Route) -> Iterator[Part]:
        self.live.tick()
        shown = tiles(self.live)
        for name, _ in NAMES:
            moved = self._values.get(name) != shown[name].value
            glow = f"{FIGURES}/{name}" if moved else ""
            yield Part(tile_id(name), self._tile(name, shown), glow)
        self._values = {name: tile.value for name, tile in shown.items()}
        for name in CHARTS:
            yield Part(f"chart-{name}", self._chart(name, route, ready=True))

    def _tile(self, name: str, shown: Mapping[str, Tile]) -> Html:
        words = dict(NAMES)[name]
        if name not in shown:
            return waiting_tile(name, words)
        return tile_view(words, shown[name], self.live.wall(), self.hotel.app.formats)

    def _chart(self, name: str, route: Route, *, ready: bool) -> Html:
        if not ready:
            return card(tr("Waiting for data…"), skeleton(4), card_id=f"chart-{name}")
        return chart_card(self.live, name, as_table=name in _tables(route))

    def actions(self) -> Mapping[str, Action]:
        """A chart as a table, and as a file."""
        return {**super().actions(), "chart.table": self._toggle, "chart.csv": self._csv}

    def _toggle(self, event: UiEvent) -> None:
        app, name = self.hotel.app, event.args.get("chart", "")
        now = _tables(app.route) ^ {name}
        tables = ",".join(each for each in CHARTS if each in now)
        app.go(app.route.with_query(**{TABLES: tables}), replace=True)

    def _csv(self, event: UiEvent) -> None:
        name = event.args.get("chart", "")
        if name in CHARTS and self.live.ready:
            text = csv_text(picture(self.live, name).sheet)
            file = f"{name}-{self.hotel.today}.csv"
            self.hotel.app.download(file, "text/csv;charset=utf-8", text)


def _tables(route: Route) -> set[str]:
    return {name for name in route.query.get(TABLES, "").split(",") if name in CHARTS}
