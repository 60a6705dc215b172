"""What these tests share: a page that only remembers, a sample hotel, and a reader of HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from pysync_pms.ui import html as h
from pysync_pms.ui.formats import Formats, PlainSource
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.preferences import Preferences, read_preferences
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.shell import ShellModel
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.status import SyncStatus
from pysync_pms.ui.wire import Command, UiEvent, encode

VOID = frozenset({"br", "hr", "img", "input"})


class MemoryDom:
    """A page that keeps the commands; frames run when a test says so, time when it is set."""

    def __init__(self, location: str = "/resort/rooms") -> None:
        self.sent: list[Command] = []
        self.runs = 0
        self.time = 0.0
        self.closed = False
        self._location = location
        self._handler: Callable[[UiEvent], bool] | None = None
        self._frame: Callable[[], None] | None = None
        self.waits: list[float] = []

    def run(self, commands: Sequence[Command]) -> None:
        assert encode(commands)
        self.runs += 1
        self.sent += commands

    def listen(self, handler: Callable[[UiEvent], bool]) -> None:
        self._handler = handler

    def frame(self, callback: Callable[[], None], *, after: float = 0) -> None:
        self._frame = callback
        self.waits.append(after)

    def now(self) -> float:
        return self.time

    def location(self) -> str:
        return self._location

    def browser_locale(self) -> str:
        return "en-GB"

    def speaks(self, language: str, ready: Callable[[], None]) -> bool:
        return language == "en"

    def formats(self, locale: str) -> Formats:
        return Formats(PlainSource())

    def close(self) -> None:
        self.closed = True
        self._handler = None

    def paint(self) -> list[Command]:
        """Run the frame asked for, if any; returns what was sent since the last call."""
        callback, self._frame = self._frame, None
        if callback is not None:
            callback()
        sent, self.sent = self.sent, []
        return sent

    def user(self, **event: Any) -> bool:
        """Let the user do something."""
        assert self._handler is not None
        return self._handler(UiEvent(**event))


@dataclass
class MemoryPreferences:
    """Preferences in memory."""

    stored: dict[str, str] = field(default_factory=dict)
    callbacks: list[Callable[[Preferences], None]] = field(default_factory=list)

    def read(self) -> Preferences:
        return read_preferences(self.stored)

    def write(self, name: str, value: str) -> None:
        self.stored[name] = value
        for callback in list(self.callbacks):
            callback(self.read())

    def subscribe(self, callback: Callable[[Preferences], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)


class RoomScreen:
    """A screen of named rooms, with a drawer and a key."""

    name = "rooms"

    def __init__(self, rooms: dict[str, str]) -> None:
        self.rooms = rooms
        self.views = self.drawers = 0
        self.opened: list[str] = []
        self.tells_status = False

    def title(self, route: Route) -> str:
        return "Rooms"

    def view(self, route: Route) -> Html:
        self.views += 1
        return h.ul(id="rooms")[(self.row(key) for key in self.rooms)]

    def row(self, key: str) -> Html:
        return h.li(id=f"room-{key}", data_ref=f"rooms/{key}")[self.rooms[key]]

    def drawer(self, route: Route) -> Html | None:
        self.drawers += 1
        return h.aside[self.rooms[route.record]] if route.record in self.rooms else None

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        if not changes.only("rooms"):
            return None
        return [
            Part(f"room-{key}", self.row(key) if key in self.rooms else None)
            for key in sorted(changes.of("rooms"))
        ]

    def shows_status(self, route: Route) -> bool:
        return self.tells_status

    def actions(self) -> Mapping[str, Action]:
        def fail(event: UiEvent) -> None:
            raise RuntimeError("the room is gone")

        return {
            "room.open": lambda event: self.opened.append(event.id),
            "room.fail": fail,
            "room.refuse": lambda _: False,
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        return [Shortcut(keys="o", action="room.open", label="Open", group="Rooms")]


class EmptyScreen(RoomScreen):
    """Another screen, without actions of its own."""

    name = "home"

    def title(self, route: Route) -> str:
        return "Home"

    def view(self, route: Route) -> Html:
        return join("nothing here")

    def actions(self) -> Mapping[str, Action]:
        return {}

    def shortcuts(self) -> Sequence[Shortcut]:
        return []


class MemoryHost:
    """The application around: one hotel, one status."""

    def __init__(self) -> None:
        self.status = SyncStatus(state="synced")
        self.forced = 0

    def shell(self, route: Route) -> ShellModel:
        return ShellModel(route=route, spaces=(("resort", "Resort"),), status=self.status)

    def resolve(self, route: Route) -> Route:
        return route if route.space else Route("resort", route.screen, route.record, route.query)

    def actions(self) -> Mapping[str, Action]:
        def force(event: UiEvent) -> None:
            self.forced += 1

        return {"sync.force": force}


@dataclass
class Node:
    """An element as a test looks at it."""

    tag: str
    attrs: dict[str, str | None]
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, tag: str = "", **attrs: str) -> list[Node]:
        """Elements inside with this tag and these attributes (`data_id` means `data-id`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        found: list[Node] = []
        for child in self.children:
            if isinstance(child, Node):
                same = all(child.attrs.get(name) == value for name, value in wanted.items())
                if same and tag in {"", child.tag}:
                    found.append(child)
                found += child.all(tag, **attrs)
        return found

    def has(self, tag: str = "", **attrs: str) -> bool:
        """Whether there is exactly one such element."""
        return len(self.all(tag, **attrs)) == 1

    def one(self, tag: str = "", **attrs: str) -> Node:
        """The only such element."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {attrs}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("#root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        assert len(node.attrs) == len(attrs), f"an attribute of <{tag}> is written twice: {attrs}"
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(markup: str) -> Node:
    """The tree of some markup; fails where tags are not balanced."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.root
