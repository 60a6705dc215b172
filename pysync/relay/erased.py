"""People who were erased before a log was put back: it may hold them again. Floor: `model`,
`machines.batches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pysync.machines.batches import Batch, encode_batch
from pysync.machines.replica import Replica
from pysync.model.cell import Mark
from pysync.model.change import ERASE, Change, Meta, Op, Ref
from pysync.model.erasing import is_erased
from pysync.model.schema import ERASED
from pysync.values.clock import stamp_at

LABEL = "Erased before the log was put back"


def erased_again(
    replica: Replica, epoch: str, erased: Iterable[tuple[Ref, int]]
) -> Iterator[Batch]:
    """Batches that erase whom of these the state shows, or does not know yet: a device may still
    bring them. Each is to be decided before the next is asked for. `erased`: a record of theirs,
    and when that was (ms since 1970)."""
    view, tab = replica.view, f"erased-{epoch}"
    n = replica.heads.get(tab, 0)  # A log that was put back twice may hold some of them already.
    for (key, rid), at in erased:
        about = view.schema.abouts.get(key)
        if about is not None and about.people == key and not is_erased(view, key, [rid]):
            n += 1
            mark = Mark(tab, n, stamp_at(at))
            change = Change(mark, (Op(ERASE, key, rid, {ERASED: at}),), Meta(label=LABEL))
            yield encode_batch(mark.tab, [change], at)
