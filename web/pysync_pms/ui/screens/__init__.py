"""The screens, one module each. They are made with the hotel; `hotel.app` exists when they draw."""

from __future__ import annotations

from collections.abc import Mapping

from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.screen import Action, Screen
from pysync_pms.ui.screens.attention import Attention
from pysync_pms.ui.screens.home import Home
from pysync_pms.ui.screens.reservations import Reservations

__all__ = ["make_screens"]


def make_screens(hotel: Hotel) -> tuple[list[Screen], Mapping[str, Action]]:
    """All screens, and the actions that hold on every one of them."""
    asker = Asker(hotel)
    desk = Desk(hotel, asker)
    screens: list[Screen] = [
        Home(hotel, desk, asker),
        Reservations(hotel, desk, asker),
        Attention(hotel, desk, asker),
    ]
    return screens, desk.actions()
