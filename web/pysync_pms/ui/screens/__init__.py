"""The screens, one module each. They are made with the hotel; `hotel.app` exists when they draw."""

from __future__ import annotations

from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.screen import Screen
from pysync_pms.ui.screens.home import Home

__all__ = ["make_screens"]


def make_screens(hotel: Hotel) -> list[Screen]:
    """All screens, in the order of the navigation."""
    return [Home(hotel)]
