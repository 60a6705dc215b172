"""Long lists: of thousands of rows those in view are drawn, with a margin above and below.

Owns which rows that are, and the contract with `window.js`, which asks for others as they scroll
into view. WINDOW-1 the row that has the focus, or is being dragged, is always drawn. WINDOW-2 what
is not drawn keeps its height, so that the scroll bar tells the truth. Stands on `html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pysync_pms.ui.html import Attr, Html
from pysync_pms.ui.wire import UiEvent

__all__ = ["Window"]

WHOLE: Final = 80
"""A list up to this long is drawn whole."""
FIRST: Final = 30
"""Rows drawn before the page said what is in view."""
MARGIN: Final = 12
"""Rows drawn above and below those in view."""


@dataclass(slots=True)
class Window:
    """Where one list is scrolled to. A screen keeps one for each of its long lists and hands the
    page's reports to `moved`."""

    first: int = 0
    last: int = FIRST
    held: str = ""

    def moved(self, event: UiEvent) -> None:
        """The page reports which rows are in view, and which is in hand; draw anew after that."""
        self.first = int(event.numbers.get("first", 0))
        self.last = int(event.numbers.get("last", FIRST))
        self.held = event.args.get("held", "")

    def rows(
        self, ids: Sequence[str], draw: Callable[[int], Html], gap: Callable[[int, int], Html]
    ) -> Iterator[Html]:
        """The drawn rows, `draw(index)`, with `gap(first index, rows)` for what lies between.

        Args:
            ids: the element ids of all rows, in their order.
        """
        at = 0
        for begin, end in self._drawn(ids):
            if at < begin:
                yield gap(at, begin - at)
            yield from (draw(index) for index in range(begin, end))
            at = end
        if at < len(ids):
            yield gap(at, len(ids) - at)

    def attributes(self, total: int, action: str) -> dict[str, Attr]:
        """What the element around the rows carries; nothing where the list is drawn whole."""
        return {} if total <= WHOLE else {"data_window": action, "data_total": total}

    def _drawn(self, ids: Sequence[str]) -> list[tuple[int, int]]:
        total = len(ids)
        if total <= WHOLE:
            return [(0, total)]
        seen = max(1, self.last - self.first)
        begin = max(0, min(self.first, total - seen) - MARGIN)
        end = min(total, begin + seen + 2 * MARGIN)
        spans = [(begin, end)]
        held = ids.index(self.held) if self.held in ids else begin
        if not begin <= held < end:
            spans.append((held, held + 1))
        return sorted(spans)
