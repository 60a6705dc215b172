"""Tiles: one figure each, with what it is made of, what it was, and how fresh it is.

Stands on `figures.queries`, `figures_live`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pysync_pms.calendar import from_day
from pysync_pms.money import decimals
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import chip
from pysync_pms.ui.components.surfaces import skeleton
from pysync_pms.ui.formats import Formats
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.figures_live import FIGURES, Fresh

__all__ = [
    "NONE",
    "UNSEEN",
    "Tile",
    "Words",
    "freshness",
    "tile_id",
    "tile_view",
    "waiting_tile",
]

NONE: Final = "—"
"""Where there is nothing to divide by."""
UNSEEN: Final = tr("Your role does not see amounts.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure: its `value` in words, `basis` says what it is made of, `beside` are what it was, as
    (when, value)."""

    name: str
    value: str
    basis: str
    fresh: Fresh
    beside: Sequence[tuple[str, str]] = ()


class Words:
    """Figures as people read them."""

    def __init__(self, formats: Formats, currency: str) -> None:
        self.formats = formats
        self.currency = currency

    def percent(self, tenths: int | None) -> str:
        """A share in tenths of a percent."""
        return NONE if tenths is None else f"{self.formats.number(tenths / 10, 1)} %"

    def money(self, minor: int | None) -> str:
        """An amount in minor units."""
        if minor is None:
            return NONE
        return self.formats.money(minor, self.currency, digits=decimals(self.currency))

    def number(self, value: int) -> str:
        """A count."""
        return self.formats.number(value)

    def day(self, day: int) -> str:
        """A day by its number."""
        return self.formats.day(date.fromisoformat(from_day(day)))


def tile_id(name: str) -> str:
    """The id of a tile's element."""
    return f"tile-{name}"


def tile_view(label: str, tile: Tile, now: int, formats: Formats) -> Html:
    """A tile."""
    return h.section(
        "tile", id=tile_id(tile.name), aria_label=label, data_ref=f"{FIGURES}/{tile.name}"
    )[
        h.span("figure-label")[label],
        h.span("figure-value tnum")[tile.value],
        h.span("tile-beside")[
            (h.span("nowrap")[f"{value} ", h.span("muted")[when]] for when, value in tile.beside)
        ]
        if tile.beside
        else None,
        h.p("tile-basis")[tile.basis],
        freshness(tile.fresh, now, formats),
    ]


def waiting_tile(name: str, label: str) -> Html:
    """A tile while its figures are read."""
    return h.section("tile", id=tile_id(name), aria_label=label, aria_busy="true")[
        h.span("figure-label")[label],
        skeleton(1, label=tr("{label}: waiting for data", label=label)),
        h.p("tile-fresh")[tr("Waiting for data…")],
    ]


def freshness(fresh: Fresh, now: int, formats: Formats) -> Child:
    """When figures last changed, and whether somebody has confirmed them since."""
    if fresh.updated:
        told = tr("Updated {ago}", ago=formats.ago(max(0, now - fresh.updated) / 1000))
    else:
        told = tr("Not changed since it was loaded")
    stale = fresh.unconfirmed and chip(
        tr("Stale: not confirmed for {minutes}", minutes=plural(fresh.unconfirmed // 60, "minute")),
        tone="act",
    )
    return h.p("tile-fresh")[told, stale or None]
