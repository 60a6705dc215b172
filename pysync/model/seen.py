"""What the author of a change had seen: the version of each register that its ops name.

Floor: `change`, `write`.
"""

from __future__ import annotations

from pysync.model.cell import FOUNDER, ITEM, SEED_MARK, Cell, Mark, item_of
from pysync.model.change import Change, Op
from pysync.model.merge import ABSENT
from pysync.model.schema import CollectionSchema
from pysync.model.write import mark_of, register_of
from pysync.values.jsonvalue import same


def _own(theirs: Mark, change: Change) -> bool:
    """Whether this is an earlier write of the same tab. For a function that is not enough: what it
    was given may have held others' writes on top of it that never came to be."""
    mine = change.mark
    return theirs.tab == mine.tab and theirs.n < mine.n and not change.meta.rerun


def _is(version: str, mark: Mark) -> bool:
    """Whether the version that somebody saw is the one of this mark."""
    return version == mark.version or (
        version == SEED_MARK.version and mark.tab.startswith(FOUNDER)
    )


def saw(op: Op, cell: Cell, declared: CollectionSchema, path: str, change: Change) -> bool:
    """Whether the author had seen what is there now. Where values merge the version does not tell:
    an earlier write of the author may have become a merged value, so the value seen does."""
    register = register_of(declared, path)
    mark = mark_of(declared, cell, register)
    if mark is None:
        return path not in op.fields or is_placed(op, cell, path)
    if change.meta.seen:
        seen = change.meta.seen.get(f"{op.key}/{op.rid}/{path}", ABSENT)
        if seen is not ABSENT and not same(seen, cell.fields.get(path)):
            return False
    return _is(op.saw(register), mark) or _own(mark, change)


def is_placed(op: Op, cell: Cell, path: str) -> bool:
    """Whether a leaf of a keyed list belongs to an item that is there: of one that was removed no
    place is known any more to show it in."""
    stem = item_of(path)
    return not stem or f"{stem}/{ITEM}" in cell.fields or f"{stem}/{ITEM}" in op.fields


def fast_forward(op: Op, cell: Cell, declared: CollectionSchema, change: Change) -> bool:
    """Whether the author of a SET had seen all that it replaces."""
    for path in op.fields:
        if not saw(op, cell, declared, path, change):
            return False
    return not op.gone or all(saw(op, cell, declared, path, change) for path in op.gone)


def saw_all(op: Op, cell: Cell, change: Change) -> bool:
    """Whether the author of a deletion had seen every write that it deletes: not only the last
    one, which may be his own on top of somebody else's."""
    seen = [op.base] if isinstance(op.base, str) else list(op.base)
    for mark in (cell.rev, cell.base, *cell.marks.values()):
        if not any(_is(version, mark) for version in seen) and not _own(mark, change):
            return False
    return True
