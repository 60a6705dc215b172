"""When to draw: at once for the user, and within a share of the time for everybody else.

Owns the rest after a drawing, so that typing stays smooth while an import or a return from offline
moves thousands of records. Pure: the time comes in as an argument.
"""

from __future__ import annotations

__all__ = ["REST", "REST_AT_MOST", "Pace"]

REST = 4
"""After a drawing the page rests this many times as long as the drawing took."""

REST_AT_MOST = 1.0
"""Seconds; what others do is never shown later than that because of resting."""


class Pace:
    """How long the last drawing took, and when the next one may begin."""

    def __init__(self) -> None:
        self._rested_at = 0.0

    def drew(self, began: float, ended: float) -> None:
        """A drawing took from `began` to `ended`, in seconds."""
        self._rested_at = ended + (ended - began) * REST

    def due(self, now: float, *, patient: bool) -> float:
        """When to draw what is asked for now; `patient` is what others caused."""
        return max(now, min(self._rested_at, now + REST_AT_MOST)) if patient else now
