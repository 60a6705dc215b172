"""What a chart of the dashboard is. Stands on `sheets`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pysync_pms.ui.components.sheets import Sheet
from pysync_pms.ui.html import Html
from pysync_pms.words import RESERVATIONS, ROOMS

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart: its title, what it is made of, the drawing, and the same as a sheet. `of` are the
    collections whose figures it shows."""

    title: str
    basis: str
    drawing: Html
    sheet: Sheet
    of: Sequence[str] = (RESERVATIONS, ROOMS)
