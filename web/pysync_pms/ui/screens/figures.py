"""The screens of figures, which share one book. Loaded with the first of them that is shown."""

from __future__ import annotations

from collections.abc import Mapping

from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.figures_live import Live, LiveTools
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.ports import PageTools
from pysync_pms.ui.screen import Screen
from pysync_pms.ui.screens.dashboard import Dashboard
from pysync_pms.ui.screens.reports import Reports

__all__ = ["figure_screens"]


def figure_screens(
    hotel: Hotel, tools: PageTools, desk: Desk, asker: Asker
) -> Mapping[str, Screen]:
    """The dashboard and the reports, by name."""
    live = Live(hotel, LiveTools(tools.now, tools.breathe, tools.rest))
    screens: list[Screen] = [Dashboard(live, desk, asker), Reports(live, desk, asker)]
    return {screen.name: screen for screen in screens}
