"""How large a change may be, so that whoever gets it can read it.

SIZE-1 what passes fits into a frame, alone. Floor: `messages`, `model.change`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.errors import InvalidValue
from pysync.machines.messages import MAX_FRAME
from pysync.model.change import PLAIN, Change
from pysync.model.names import KEY_MAX
from pysync.values.jsontext import json_text
from pysync.values.jsonvalue import FrozenDict, FrozenList, Json, freeze

MAX_CHANGE: Final = MAX_FRAME - 1_000
"""Characters of one change on the wire; the rest is for the frame around it."""
_WORST: Final = 6
"""Characters that one character of text may come to."""
_FEW: Final = 20
_SHORT: Final = 1_000
_AROUND: Final = 200
"""What stands around a field or an op: a version, brackets, commas."""


def check_size(change: Change) -> None:
    """Raises InvalidValue for a change that nobody could read. It is measured only where an
    estimate leaves doubt."""
    meta = change.meta
    if meta is not PLAIN:
        for name, text in (("label", meta.label), ("author", meta.author)):
            if len(freeze(text, name)) > KEY_MAX:
                raise InvalidValue(f"longer than {KEY_MAX} characters: {text[:40]}...", path=name)
    if not _is_small(change) and _at_most(change) > MAX_CHANGE:
        size = len(json_text(change.encode()))
        if size > MAX_CHANGE:
            raise InvalidValue(
                f"a change of {size:,} characters; one holds {MAX_CHANGE:,}: cut it into several"
            )


def _is_small(change: Change) -> bool:
    """What most changes are: one op that sets a few short values."""
    fields = change.ops[0].fields if change.ops else {}
    if len(change.ops) > 1 or len(fields) > _FEW or change.meta.seen:
        return False
    for value in fields.values():
        kind = type(value)
        if kind is FrozenDict or kind is FrozenList or (kind is str and len(value) > _SHORT):
            return False
    return True


def _at_most(change: Change) -> int:
    """What it comes to at most."""
    total = _of_fields(change.meta.seen) if change.meta.seen else 0
    for op in change.ops:
        total += _AROUND + _WORST * (len(op.key) + len(op.rid)) + _of_fields(op.fields)
        if op.gone:
            total += _of_fields(dict.fromkeys(op.gone))
        if type(op.base) is dict:
            total += _AROUND * len(op.base)
    return total


def _of_fields(fields: Mapping[str, Json]) -> int:
    total = 0
    for path, value in fields.items():
        if type(value) is str:
            total += _WORST * len(value)
        elif isinstance(value, (dict, list)):
            total += len(json_text(value))
        total += _AROUND + 2 * _WORST * len(path)
    return total
