"""Figures as rows of a table: what was measured, beside what, against which bound.

Floor: nothing below it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADS = ("figure", "ours", "beside it", "ratio", "bound", "reached", "notes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. `reached` is None where there is no bound to reach, or no measurement:
    then `note` says why."""

    figure: str
    ours: str = ""
    baseline: str = ""
    ratio: str = ""
    bound: str = ""
    reached: bool | None = None
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line as texts, in the order of `HEADS`."""
        verdict = {True: "yes", False: "NO", None: "–"}[self.reached]
        return (
            self.figure,
            self.ours,
            self.baseline,
            self.ratio,
            self.bound,
            verdict,
            self.note,
        )


def skipped(figure: str, reason: str) -> Row:
    """A figure that could not be measured here."""
    return Row(figure=figure, note=f"skipped: {reason}")


def quantile(samples: Iterable[float], q: float) -> float:
    """The sample below which the fraction `q` of them lies (nearest rank).

    >>> quantile([3, 1, 2, 4], 0.5), quantile(range(1, 101), 0.99)
    (2, 99)
    """
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(q * len(ordered)) - 1)]


def median(samples: Iterable[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    return statistics.median(samples)


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' own ratios: each round's two sides saw the same load."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def ms(value: float) -> str:
    """A duration in milliseconds, with three digits that mean something.

    >>> ms(0.4567), ms(45.67), ms(456.7), ms(4567.0)
    ('0.46 ms', '45.7 ms', '457 ms', '4.57 s')
    """
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} ms"


def as_text(rows: Sequence[Row]) -> str:
    """The table for a terminal: columns aligned, notes below their line."""
    lines = [HEADS[:-1], *(row.cells()[:-1] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS) - 1)]
    shown = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines]
    result = [shown[0].rstrip(), "-" * len(shown[0])]
    for row, line in zip(rows, shown[1:], strict=True):
        result.append(line.rstrip())
        if row.note:
            result.append(f"    {row.note}")
    return "\n".join(result)


def as_markdown(rows: Sequence[Row]) -> str:
    """The same table for a document."""
    lines = [HEADS, tuple("---" for _ in HEADS), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(c.replace("|", "/") for c in line) + " |" for line in lines)
