"""Counting by difference: what a record added to the sums is taken out again before it adds anew.

Stands on nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

PartT = TypeVar("PartT")


class Counted(ABC, Generic[PartT]):
    """Sums over records, each of which is remembered by the part that it adds."""

    def __init__(self) -> None:
        self._parts: dict[str, PartT] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def put(self, record_id: str, fields: Mapping[str, Any] | None) -> bool:
        """The record is these fields now, or is gone; whether a figure moved."""
        old = self._parts.get(record_id)
        new = None if fields is None else self._part(fields)
        if old == new:
            return False
        if old is not None:
            self._count(record_id, old, -1)
            del self._parts[record_id]
        if new is not None:
            self._count(record_id, new, 1)
            self._parts[record_id] = new
        return True

    @abstractmethod
    def _part(self, fields: Mapping[str, Any]) -> PartT | None:
        """What such a record adds; None for nothing."""

    @abstractmethod
    def _count(self, record_id: str, part: PartT, sign: int) -> None:
        """Add that to the sums, or with -1 take it out."""
