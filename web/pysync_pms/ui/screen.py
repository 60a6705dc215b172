"""What a screen and the host are to the application: functions, no base class to inherit from.

Owns the protocols `Screen` and `Host`, the keyed `Part`, and `Changes`, which tells a screen what
moved. A screen reads its data when it is asked to draw and keeps nothing of it; what it does keep
(a filter, a chosen day) belongs into the route's query, so that it survives reloading and can be
sent to a colleague. The docstring of the package shows a whole screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pysync_pms.ui.html import Html
from pysync_pms.ui.router import Route
from pysync_pms.ui.shell import ShellModel
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent

__all__ = ["Action", "Changes", "Gathering", "Host", "Part", "Screen"]

Action = Callable[[UiEvent], bool | None]
"""What runs when an element asks for an action by name. `False` says: not dealt with, or, to a
drag, not here."""


@dataclass(frozen=True, slots=True)
class Part:
    """An element that is kept up to date by itself: its id and its markup, whose root carries the
    same id. `None` takes it away. An id that is not on the page is ignored. `glow` is a `data-ref`
    that is marked with it, as what others changed."""

    element_id: str
    markup: Html | None
    glow: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What moved since the last drawing, by collection. `remote` are those of other tabs and
    devices, which glow softly where an element's `data-ref` names them (`rooms/r1`). `everything`
    says that no list was kept."""

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    remote: frozenset[tuple[str, str]] = frozenset()
    everything: bool = False
    status: bool = False
    """Whether how this tab stands moved, too."""

    @property
    def elsewhere(self) -> bool:
        """Whether none of it was done in this tab: what is in hand here stays where it is."""
        mine = any((name, key) not in self.remote for name, ids in self.ids.items() for key in ids)
        return (bool(self.remote) or self.status) and not mine and not self.everything

    def of(self, collection: str) -> frozenset[str]:
        """The ids of the records of one collection that changed."""
        return self.ids.get(collection, frozenset())

    def only(self, *collections: str) -> bool:
        """Whether nothing outside these collections changed."""
        return not self.everything and all(name in collections for name in self.ids)


class Gathering:
    """What moved since the last drawing, gathered until `take` empties it."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}
        self._remote: set[tuple[str, str]] = set()
        self.everything = self.status = False

    def add(self, collection: str, record_id: str, *, remote: bool) -> None:
        """One record moved."""
        self._ids.setdefault(collection, set()).add(record_id)
        if remote:
            self._remote.add((collection, record_id))

    def take(self) -> Changes:
        """All of it, once."""
        ids = {name: frozenset(moved) for name, moved in self._ids.items()}
        changes = Changes(ids, frozenset(self._remote), self.everything, self.status)
        self._ids, self._remote, self.everything, self.status = {}, set(), False, False
        return changes


class Screen(Protocol):
    """One destination of the navigation."""

    @property
    def name(self) -> str:
        """The word in the address, such as "rooms"."""
        ...

    def title(self, route: Route) -> str:
        """What the browser's tab and history show."""
        ...

    def view(self, route: Route) -> Html:
        """The whole screen."""
        ...

    def drawer(self, route: Route) -> Html | None:
        """The record that `route.record` names, to stand beside the screen; or nothing."""
        ...

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """Only what `changes` touched; `None` when it is simpler to draw the whole screen."""
        ...

    def shows_status(self, route: Route) -> bool:
        """Whether it tells how this tab stands (which tabs are open, who leads, how far the log
        is), which moves when no record does: it is then drawn again, too."""
        ...

    def actions(self) -> Mapping[str, Action]:
        """Handlers by the name that `data-action` gives; they hold while the screen is shown."""
        ...

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys that hold while the screen is shown."""
        ...


class Host(Protocol):
    """What the application around the interface provides."""

    def shell(self, route: Route) -> ShellModel:
        """What the frame shows now. Called once per frame: cheap."""
        ...

    def resolve(self, route: Route) -> Route:
        """The route to show for an address: fills in the space used last. Called on every move,
        before the screen is drawn, so it may also choose the data of the space."""
        ...

    def actions(self) -> Mapping[str, Action]:
        """Actions that hold on every screen, such as `sync.force`."""
        ...
