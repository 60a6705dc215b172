"""A screen that is loaded when somebody goes there: what few visits need costs no start anything.

Stands on the protocol `Screen`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pysync_pms.ui.html import Html
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part, Screen
from pysync_pms.ui.shortcuts import Shortcut

__all__ = ["Later"]


class Later:
    """The screen of this name that `load` makes, once."""

    def __init__(self, name: str, load: Callable[[], Screen]) -> None:
        self.name = name
        self._load = load
        self._made: Screen | None = None

    @property
    def screen(self) -> Screen:
        """The screen itself."""
        if self._made is None:
            self._made = self._load()
        return self._made

    def title(self, route: Route) -> str:
        """As the screen has it."""
        return self.screen.title(route)

    def view(self, route: Route) -> Html:
        """The screen."""
        return self.screen.view(route)

    def drawer(self, route: Route) -> Html | None:
        """Beside it."""
        return self.screen.drawer(route)

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """What changed of it."""
        return self.screen.parts(route, changes)

    def shows_status(self, route: Route) -> bool:
        """Whether it tells how this tab stands."""
        return self.screen.shows_status(route)

    def actions(self) -> Mapping[str, Action]:
        """The screen's."""
        return self.screen.actions()

    def shortcuts(self) -> Sequence[Shortcut]:
        """The screen's."""
        return self.screen.shortcuts()
