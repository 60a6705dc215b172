"""The dialogs that are open: each is drawn again whenever the data moves, until it closes.

Invariants: a dialog is closed while it stands on the page, so that the browser gives the focus
back; what its form held when the user left it goes to who opened it. Stands on `Painter`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pysync_pms.ui import wire
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.painter import Painter
from pysync_pms.ui.shell import Slot

__all__ = ["Dialogs", "Left", "View"]

View = Callable[[], Html]
Left = Callable[[Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class _Dialog:
    view: View
    left: Left


class Dialogs:
    """What the place for dialogs holds."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self._open: dict[str, _Dialog] = {}

    def show(self, dialog_id: str, view: View, left: Left) -> None:
        """Open one; one that is open is drawn anew."""
        again = dialog_id in self._open
        self._open[dialog_id] = _Dialog(view, left)
        self.draw()
        if not again:
            self._painter.order(wire.open_dialog(dialog_id))

    def close(self, dialog_id: str) -> bool:
        """Close one; says whether it was open."""
        if self._open.pop(dialog_id, None) is None:
            return False
        self._painter.order(wire.close_dialog(dialog_id))
        self.draw()
        return True

    def closed(self, dialog_id: str, values: Mapping[str, str]) -> bool:
        """The user closed one; says whether it was known."""
        left = self._open.pop(dialog_id, None)
        if left is None:
            return False
        self.draw()
        left.left(values)
        return True

    def draw(self) -> None:
        """Send what differs."""
        self._painter.fill(Slot.DIALOGS, join(*(each.view() for each in self._open.values())))

    def clear(self) -> None:
        """Forget them all: the page stays as it is."""
        self._open.clear()
