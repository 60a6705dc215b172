"""What was sent to the page, and the least that must be sent now.

Owns the memory of every place's markup and the queue of commands for the coming frame. Invariants:
markup equal to what the page shows is not sent again; the commands that need their element on the
page (focus, dialogs, scrolling, the glow) run after all that draw. Stands on `Dom`.
"""

from __future__ import annotations

from pysync_pms.ui import wire
from pysync_pms.ui.html import Html
from pysync_pms.ui.ports import Dom
from pysync_pms.ui.screen import Part
from pysync_pms.ui.wire import Command

__all__ = ["Painter"]

_LATE = frozenset({"focus", "scroll", "entered", "beside", "glow"})


class Painter:
    """The queue to the page. `flush` once per frame."""

    def __init__(self, dom: Dom) -> None:
        self._dom = dom
        self._places: dict[str, Html] = {}
        self._parts: dict[str, Html] = {}
        self._commands: list[Command] = []
        self.fresh = True
        """Whether nothing was sent yet."""

    def order(self, command: Command) -> None:
        """Queue a command for this frame."""
        self._commands.append(command)

    def fill(self, place: str, markup: Html) -> None:
        """Let the children of a place be `markup`."""
        if self._places.get(place) != markup:
            self._places[place] = markup
            self._commands.append(wire.fill(place, markup))

    def patch(self, place: str, markup: Html) -> None:
        """Let a place itself be `markup`."""
        if self._places.get(place) != markup:
            self._places[place] = markup
            self._commands.append(wire.patch(place, markup))

    def whole(self, place: str, markup: Html) -> None:
        """Fill a place that may also be kept up to date by parts: their memory ends here."""
        self._parts.clear()
        self.fill(place, markup)

    def part(self, place: str, part: Part) -> None:
        """Draw one part inside a place, whose own memory ends here."""
        self._places.pop(place, None)
        if part.markup is None:
            self._parts.pop(part.element_id, None)
            self._commands.append(wire.remove(part.element_id))
        elif self._parts.get(part.element_id) != part.markup:
            self._parts[part.element_id] = part.markup
            self._commands.append(wire.patch(part.element_id, part.markup))
            if part.glow:
                self._commands.append(wire.glow([part.glow]))

    def forget(self) -> None:
        """The page held something back (the row in hand kept its place): send everything anew."""
        self._places.clear()
        self._parts.clear()

    def flush(self, *, hold: bool = False) -> None:
        """Send everything queued in one crossing; nothing queued, nothing sent. `hold` keeps a row
        that somebody has in hand, even if it went."""
        commands, self._commands = self._commands, []
        ordered = [command for command in commands if not _is_late(command)]
        ordered += [command for command in commands if _is_late(command)]
        if ordered:
            self.fresh = False
            self._dom.run([wire.hold(), *ordered] if hold else ordered)


def _is_late(command: Command) -> bool:
    # A dialog is closed while it stands on the page, so that the browser gives the focus back.
    return command["op"] in _LATE or (command["op"] == "dialog" and command["open"])
