"""Which conflicts people are asked about: those of the hotel's records, never those of its keys.

Stands on the core alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from pysync.model.conflict import Conflict
from pysync.model.sealed import KEYRING

__all__ = ["of_people"]


def of_people(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """Without those of the keyring: what counts there is proved by keys, and chosen by nobody."""
    return [each for each in conflicts if each.key != KEYRING]
