"""A screen whose module this device may leave out: it says so, instead of showing an empty hotel.

Stands on `Hotel`, `words` and the screen that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pysync_pms.ui.components.controls import link
from pysync_pms.ui.components.surfaces import empty, page_head
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part, Screen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.told import told

__all__ = ["Kept"]


class Kept:
    """`screen`, where this device keeps `collection`."""

    def __init__(self, hotel: Hotel, screen: Screen, collection: str) -> None:
        self.hotel = hotel
        self.screen = screen
        self.collection = collection
        self.name = screen.name

    @property
    def is_left_out(self) -> bool:
        """Whether there is nothing to show."""
        rights = self.hotel.rights
        return rights is not None and rights.leaves_out(self.collection)

    def title(self, route: Route) -> str:
        """As the screen has it."""
        return self.screen.title(route)

    def view(self, route: Route) -> Html:
        """The screen, or where to have it."""
        if not self.is_left_out:
            return self.screen.view(route)
        there = route.to("settings", section="sync").href
        return join(
            page_head(self.title(route)),
            empty(
                tr("This device does not keep {what}", what=told(self.collection)),
                tr("They are left out here. The server and the other devices have them."),
                icon_name="cloud-off",
                actions=link(tr("Choose what is kept here"), there),
            ),
        )

    def drawer(self, route: Route) -> Html | None:
        """Beside it."""
        return None if self.is_left_out else self.screen.drawer(route)

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """What changed of it."""
        return None if self.is_left_out else self.screen.parts(route, changes)

    def shows_status(self, route: Route) -> bool:
        """What can be shown changes with what is kept."""
        return self.is_left_out or self.screen.shows_status(route)

    def actions(self) -> Mapping[str, Action]:
        """The screen's."""
        return self.screen.actions()

    def shortcuts(self) -> Sequence[Shortcut]:
        """The screen's."""
        return self.screen.shortcuts()
