"""First states: what a space that is empty may begin with, as a file that any device can take; and
a relay's state, which is the beginning of a device that follows its log.

A first state holds records only, under a mark older than any write, so that two devices which start
from the same file hold the same records and agree on every base. `SEED-1` the same records give the
same text. Floor: `space`, `model.snapshot`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from pysync.errors import StoreCorrupt
from pysync.model.snapshot import pack_seed, read_rows
from pysync.ports import Beginning, Loaded
from pysync.space import Space
from pysync.values.jsontext import parse_json
from pysync.values.jsonvalue import Json

FORMAT: Final = 2


def export_first_state(space: Space) -> str:
    """The space's living records as the text of a first state."""
    records: dict[tuple[str, str], Mapping[str, Json]] = {}
    for key, cells in space.tab.replica.view.cells.items():
        for rid, cell in cells.items():
            if not cell.dead:
                records[key, rid] = cell.fields
    return write_first_state(space.name, pack_seed(records))


def write_first_state(space: str, rows: Mapping[str, str]) -> str:
    """The text of a first state of that space, from its rows."""
    body: dict[str, Any] = {"format": FORMAT, "space": space, "rows": rows}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def read_first_state(text: str, space: str) -> dict[str, str]:
    """The rows to seed a store with. Raises StoreCorrupt for anything else than a first state of
    that space in a format this build knows, of which every row can be read."""
    try:
        body = parse_json(text)
        rows = {str(name): row for name, row in body["rows"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreCorrupt(f"this is no first state: {error}") from None
    if body.get("format") != FORMAT:
        raise StoreCorrupt(f"a first state of format {body.get('format')!r}: reload the page")
    if body.get("space") != space or not all(isinstance(row, str) for row in rows.values()):
        raise StoreCorrupt(f"this is no first state of {space!r}")
    read_rows(rows).decode()
    return rows


def read_relay_state(text: str) -> Beginning:
    """What a relay answers for a device that begins, `{"epoch", "seq", "last", "rows"}`. Raises
    StoreCorrupt for anything else, or rows that are not whole; what is in them the relay has read.
    """
    try:
        body = parse_json(text)
        rows, epoch, seq = dict(body["rows"]), body["epoch"], body["seq"]
        last = body.get("last", "")
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(f"this is no relay's state: {error}") from None
    if not (isinstance(epoch, str) and epoch and type(seq) is int and seq >= 0):
        raise StoreCorrupt(f"a relay's state at {epoch!r:.80}, {seq!r:.80}: reload the page")
    if not all(isinstance(row, str) for row in (*rows.values(), last)):
        raise StoreCorrupt("rows of a relay's state are no text: reload the page")
    read_rows(rows)
    return Beginning(rows, epoch, seq, last)


def state_address(without: Collection[str]) -> str:
    """Where below a space at its relay the state without these modules is.

    >>> state_address(["stock", "guests"]), state_address([])
    ('/state?without=guests,stock', '/state')
    """
    return f"/state?without={quote(','.join(sorted(without)), safe=',')}" if without else "/state"


def is_empty(loaded: Loaded) -> bool:
    """Whether nothing ever began in this store."""
    meta = loaded.meta
    return not (meta.epoch or meta.seq or loaded.seed or loaded.snapshot or loaded.tail)
