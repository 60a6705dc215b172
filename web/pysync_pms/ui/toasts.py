"""Passing notices. Owns their ids. Stands on `painter`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pysync_pms.ui import wire
from pysync_pms.ui.components.feedback import toast_view
from pysync_pms.ui.painter import Painter

__all__ = ["Toasts"]


class Toasts:
    """The notices of one page; `announce` reads a text out."""

    def __init__(self, painter: Painter, announce: Callable[[str], None]) -> None:
        self._painter = painter
        self._announce = announce
        self._count = 0

    def show(
        self,
        message: str,
        *,
        tone: str = "idle",
        action: tuple[str, str, Mapping[str, str]] | None = None,
        seconds: float = 6,
    ) -> None:
        """A passing notice, also read out. `action` is (label, action, args), such as Undo."""
        self._count += 1
        toast_id = f"toast-{self._count}"
        markup = toast_view(toast_id, message, tone=tone, action=action)
        self._painter.order(wire.toast(toast_id, markup, seconds=seconds))
        self._announce(message)
