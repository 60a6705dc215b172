"""Buckets of what is confirmed: the records that are packed, and summed up, together.

Floor: `replica`, `model.snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pysync.machines.replica import Replica
from pysync.model.cell import Cell
from pysync.model.snapshot import bucket_number

SLICE: Final = 250
"""Records that are looked at in one go, so that a page can breathe in between."""
Bucket = tuple[str, int]
"""(collection, number)"""


def confirmed_buckets(
    replica: Replica, buckets: Iterable[Bucket]
) -> Iterator[tuple[Bucket, dict[str, Cell]]]:
    """The confirmed cells of these buckets: the view's, but for what pending changes touch."""
    under: dict[Bucket, dict[str, Cell | None]] = {}
    for (key, rid), cell in replica.under.items():
        under.setdefault((key, bucket_number(rid)), {})[rid] = cell
    for bucket in buckets:
        cells = replica.view.bucket(*bucket)
        for rid, below in under.get(bucket, {}).items():
            if below is None:
                cells.pop(rid, None)
            else:
                cells[rid] = below
        yield bucket, cells
