"""The elements themselves: what each shows of a space, when it is drawn anew, what its buttons do.

A panel is given its space, its attributes, a way to draw and a way to run what has to wait; it
listens until `close`. It draws the whole of itself each time, as text: whoever puts that on a page
changes what differs. Floor: `badge`, `lists`, `space`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from pysync.errors import Refused, SyncError, Unknown
from pysync.kv import VALUE
from pysync.listeners import Unsubscribe
from pysync.model.conflict import Conflict
from pysync.model.sealed import KEYRING
from pysync.space import Space
from pysync.widget.badge import badge, state_of, towards
from pysync.widget.lists import conflict_list, happening_list, tab_list, version_list
from pysync.widget.markup import Markup, several, tag
from pysync.widget.words import Words

Draw = Callable[[Markup, str], None]
"""Show this, and say in one word how things stand (`data-state` of the element)."""
Run = Callable[[Coroutine[Any, Any, None]], None]
LIMIT: Final = 50
"""Versions that are shown where nobody says how many."""


class Panel:
    """An element on a page. `open` it once it can be drawn on, and `close` it in the end."""

    def __init__(self, space: Space, attributes: Mapping[str, str], draw: Draw, run: Run) -> None:
        self.space = space
        self.attributes = attributes
        self.words = Words(attributes.get("lang", ""))
        self._draw = draw
        self._run = run
        self._stops: list[Unsubscribe] = []
        self._trouble = ""

    def open(self) -> None:
        """Draw it, and listen."""
        self._stops = self.listen()
        self.draw()

    def close(self) -> None:
        """Listen no more; a second call does nothing."""
        stops, self._stops = self._stops, []
        for stop in stops:
            stop()

    def act(self, name: str, arguments: list[str]) -> None:
        """A button was pressed. What is refused is said above the rest, until the next one."""
        self._trouble = ""
        try:
            self.do(name, arguments)
        except SyncError as error:
            self._trouble = self.words("That did not work: {why}", why=str(error))
        self.draw()

    def show(self, content: Markup, state: str) -> None:
        """For `draw`."""
        trouble = tag("p", self._trouble, role="alert", part="trouble") if self._trouble else None
        self._draw(several(trouble, content), state)

    def listen(self) -> list[Unsubscribe]:
        """Wait for what changes it."""
        return [self.space.on_status(lambda _: self.draw())]

    def draw(self) -> None:
        """Show how things are now."""

    def do(self, name: str, arguments: list[str]) -> None:
        """What a button does. Raises SyncError."""


class StatusPanel(Panel):
    """`<pysync-status>`."""

    def draw(self) -> None:
        """The badge."""
        server = self.attributes.get("server", "")
        status = towards(server, self.space.status())
        sign_in = f"{server}/sign-in" if status.relay == "signed-out" else ""
        self.show(badge(status, self.words, sign_in=sign_in), state_of(status))


class TabsPanel(Panel):
    """`<pysync-tabs>`."""

    def draw(self) -> None:
        """The open tabs of this device."""
        tabs = self.space.tabs()
        self.show(tab_list(tabs, self.words), str(len(tabs)))


class ConflictsPanel(Panel):
    """`<pysync-conflicts>`."""

    def listen(self) -> list[Unsubscribe]:
        """Conflicts come and go with changes."""
        space = self.space
        return [
            space.on_conflicts(lambda _: self.draw()),
            space.on_change(lambda _: self.draw()),
            space.on_history(lambda _: self.draw()),
        ]

    def draw(self) -> None:
        """Those of people: what counts in the keyring is proved by keys, and chosen by nobody."""
        found = [each for each in self.space.conflicts(settled=True) if each.key != KEYRING]
        waiting = [each for each in self.space.conflicts() if each.key != KEYRING]
        content = conflict_list(
            waiting,
            [each for each in found if each.status == "auto"][-LIMIT:],
            self.words,
            ignored=self.space.ignored,
            mergeable=self._can_merge,
        )
        self.show(content, "conflict" if waiting else "none")

    def do(self, name: str, arguments: list[str]) -> None:
        """Settle one, or put it aside."""
        conflict = self.space.conflict(arguments[0])
        match name:
            case "keep":
                self.space.resolve(conflict.id, "manual", conflict.shown.value)
            case "take":
                self.space.resolve(conflict.id, "manual", conflict.other.value)
            case "merge":
                self.space.resolve(conflict.id, "merge")
            case "later":
                self.space.ignore(conflict.id)

    def _can_merge(self, conflict: Conflict) -> bool:
        try:
            self.space.merged(conflict)
        except Refused:
            return False
        return True


class HistoryPanel(Panel):
    """`<pysync-history key="todo">`, with `record` for one of a collection; without a key what
    happened in the space."""

    def listen(self) -> list[Unsubscribe]:
        """A history is longer when something was decided."""
        return [self.space.on_history(lambda _: self.draw())]

    def draw(self) -> None:
        """Read it and show it: with the store, so it takes a moment."""
        self.space.when_ready(lambda: self._run(self._read()))

    def do(self, name: str, arguments: list[str]) -> None:
        """Make the record what it was then."""
        if name == "restore":
            self._run(self._restore(arguments[0]))

    async def _read(self) -> None:
        if not self._stops:
            return
        limit = self._limit
        key = self.attributes.get("key", "")
        try:
            if key:
                versions = await self.space.history(key, self._record)
                content = version_list(versions, self.words, limit=limit)
            else:
                content = happening_list(await self.space.recent(limit), self.words)
        except SyncError as error:
            self._trouble = self.words("That did not work: {why}", why=str(error))
            content = Markup()
        if self._stops:
            self.show(content, "shown")

    async def _restore(self, change_id: str) -> None:
        key = self.attributes.get("key", "")
        try:
            versions = await self.space.history(key, self._record)
            found = [each for each in versions if each.change_id == change_id]
            if not found:
                raise Unknown(f"no version {change_id}")
            self.space.restore(key, self._record, found[0])
        except SyncError as error:
            self._trouble = self.words("That did not work: {why}", why=str(error))
            await self._read()

    @property
    def _limit(self) -> int:
        """What is no number of versions says nothing."""
        try:
            limit = int(self.attributes.get("limit", ""))
        except ValueError:
            return LIMIT
        return limit if limit > 0 else LIMIT

    @property
    def _record(self) -> str:
        return self.attributes.get("record") or VALUE


PANELS: Final[Mapping[str, type[Panel]]] = {
    "pysync-status": StatusPanel,
    "pysync-tabs": TabsPanel,
    "pysync-conflicts": ConflictsPanel,
    "pysync-history": HistoryPanel,
}
"""By the name of their tags."""
