"""The screens, one module each. They are made with the hotel; `hotel.app` exists when they draw."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.conflict import Conflicts
from pysync_pms.ui.parts.figures_others import Others
from pysync_pms.ui.parts.palette import Palette
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.ports import BringTools, PageTools
from pysync_pms.ui.screen import Action, Screen
from pysync_pms.ui.screens.activity import Activity
from pysync_pms.ui.screens.attention import Attention
from pysync_pms.ui.screens.emergency import Emergency
from pysync_pms.ui.screens.guests import Guests
from pysync_pms.ui.screens.home import Home
from pysync_pms.ui.screens.housekeeping import Housekeeping
from pysync_pms.ui.screens.later import Later
from pysync_pms.ui.screens.left_out import Kept
from pysync_pms.ui.screens.reservations import Reservations
from pysync_pms.ui.screens.rooms import Rooms
from pysync_pms.ui.screens.stock import Stock
from pysync_pms.ui.screens.tape import TapeScreen
from pysync_pms.words import GUESTS, INVOICES, RESERVATIONS

__all__ = ["make_screens"]


def make_screens(
    hotel: Hotel, tools: PageTools, bring: BringTools | None = None
) -> tuple[list[Screen], Mapping[str, Action]]:
    """All screens, and the actions that hold on every one of them. Without `bring` the hotel cannot
    be brought to a server from here."""
    asker = Asker(hotel)
    desk = Desk(hotel, asker)
    Others(hotel, tools.rest)

    @cache
    def figures() -> Mapping[str, Screen]:
        from pysync_pms.ui.screens.figures import figure_screens  # noqa: PLC0415 - few visits need it

        return figure_screens(hotel, tools, desk, asker)

    def figured(name: str, title: str) -> Screen:
        return Kept(hotel, Later(name, title, lambda: figures()[name]), RESERVATIONS)

    screens: list[Screen] = [
        Kept(hotel, Home(hotel, desk, asker), RESERVATIONS),
        Kept(hotel, Rooms(hotel, desk, asker), RESERVATIONS),
        Housekeeping(hotel, desk, asker),
        Kept(hotel, TapeScreen(hotel, desk, asker), RESERVATIONS),
        Kept(hotel, Reservations(hotel, desk, asker), RESERVATIONS),
        Kept(hotel, Guests(hotel, desk, asker), GUESTS),
        Kept(
            hotel,
            Later("invoices", tr("Invoices"), lambda: _invoices(hotel, desk, asker)),
            INVOICES,
        ),
        Later("expenses", tr("Expenses"), lambda: _expenses(hotel, desk, asker)),
        Later("staff", tr("Staff"), lambda: _staff(hotel, desk, asker)),
        Attention(hotel, desk, asker),
        Kept(hotel, Emergency(hotel, desk, asker), RESERVATIONS),
        Activity(hotel, desk, asker),
        figured("dashboard", tr("Dashboard")),
        figured("reports", tr("Reports")),
    ]
    stock = Stock(hotel, desk, asker)
    screens.append(stock)
    screens.append(
        Later("settings", tr("Settings"), lambda: _settings(hotel, desk, asker, tools, bring))
    )
    return screens, {
        **desk.actions(),
        **Conflicts(hotel).actions(),
        **stock.everywhere(),
        **Palette(hotel, desk.actions()).actions(),
    }


def _settings(
    hotel: Hotel, desk: Desk, asker: Asker, tools: PageTools, bring: BringTools | None
) -> Screen:
    from pysync_pms.ui.parts.importer import Importer  # noqa: PLC0415 - loaded when gone to
    from pysync_pms.ui.screens.settings import SettingsScreen  # noqa: PLC0415 - loaded when gone to

    return SettingsScreen(hotel, desk, asker, Importer(hotel, tools), bring)


def _invoices(hotel: Hotel, desk: Desk, asker: Asker) -> Screen:
    from pysync_pms.ui.screens.invoices import InvoicesScreen  # noqa: PLC0415 - loaded when gone to

    return InvoicesScreen(hotel, desk, asker)


def _expenses(hotel: Hotel, desk: Desk, asker: Asker) -> Screen:
    from pysync_pms.ui.screens.expenses import Expenses  # noqa: PLC0415 - loaded when gone to

    return Expenses(hotel, desk, asker)


def _staff(hotel: Hotel, desk: Desk, asker: Asker) -> Screen:
    from pysync_pms.ui.screens.staff import StaffScreen  # noqa: PLC0415 - loaded when gone to

    return StaffScreen(hotel, desk, asker)
