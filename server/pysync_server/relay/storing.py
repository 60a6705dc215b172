"""Storing what a space decided: in as few transactions as may be.

Floor: `log`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pysync.machines.redaction import Redaction
from pysync.machines.relay_frames import EntryRow
from pysync.model.schema import Schema
from pysync.relay.effects import Commit
from pysync_server.relay.log import RelayLog


def store(log: RelayLog, made: Sequence[Commit], schema: Schema) -> int:
    """Commit these in order; answers how many of them erased somebody. What was decided after an
    erasure is none of its business, so it is committed after it. Raises whatever `commit` raises:
    then the rest was not stored."""
    rows: list[EntryRow] = []
    erased = 0
    for each in made:
        rows.append(each.row)
        if each.erases:
            log.commit(rows, Redaction(schema, each.erases))
            erased, rows = erased + 1, []
    if rows:
        log.commit(rows)
    return erased
