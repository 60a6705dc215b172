"""A screen that is loaded when somebody goes there: few visits need it, and the start is shorter.

Before that it costs its name and label; after that it is the screen itself. Stands on `screen`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pysync_pms.ui.html import Html
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part, Screen
from pysync_pms.ui.shortcuts import Shortcut

__all__ = ["Later"]


class Later:
    """The screen that `make` imports and makes, the first time anything of it is asked for."""

    def __init__(self, name: str, label: str, make: Callable[[], Screen]) -> None:
        self.name = name
        self._label = label
        self._make = make
        self._screen: Screen | None = None

    @property
    def screen(self) -> Screen:
        """The screen itself."""
        if self._screen is None:
            self._screen = self._make()
        return self._screen

    def title(self, route: Route) -> str:
        """What the browser's tab shows; the screen need not be there for it."""
        return self._label if self._screen is None else self._screen.title(route)

    def view(self, route: Route) -> Html:
        """The screen's."""
        return self.screen.view(route)

    def drawer(self, route: Route) -> Html | None:
        """The screen's."""
        return self.screen.drawer(route)

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """The screen's."""
        return self.screen.parts(route, changes)

    def shows_status(self, route: Route) -> bool:
        """The screen's."""
        return self.screen.shows_status(route)

    def actions(self) -> Mapping[str, Action]:
        """The screen's."""
        return self.screen.actions()

    def shortcuts(self) -> Sequence[Shortcut]:
        """The screen's."""
        return self.screen.shortcuts()
