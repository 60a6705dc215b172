"""How a space lies in IndexedDB: its object stores, its rows, and their way to Python and back.

| object store       | key                | value                                            |
|--------------------|--------------------|--------------------------------------------------|
| `log`              | `key` (increasing) | `{key, id, body}`; `id` is unique                |
| `decided`          | `seq`              | the fields of `DecidedRow`; by `refs`, `log_key` |
|                    |                    | (`frame` only where it is not ""); or of several |
|                    |                    | written together, as `rows`, under the last seq  |
| `seed`, `snapshot` | name               | text as bytes (UTF-8)                            |
| `meta`             | name               | `format`, `incarnation`, `snapshot_seq`; where a |
|                    |                    | relay's state was taken over `epoch`, `last`,    |
|                    |                    | `generation`, `log_key`                          |
| `term`             | name               | `term`, `lease` (JSON)                           |
| `fence`            | an overtaken term  | 1: a write under that term cannot pass it        |

Names begin with `pysync.`; the version of the database is always 1. Rows of the log and verdicts
cross the boundary as one JSON text for all of them. Floor: `idb_errors`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import js
from pyodide.ffi import to_js

from pysync.browser.idb_errors import StopWork
from pysync.browser.objects import options
from pysync.ports import FORMAT, DecidedRow, LogRow, StoreFault
from pysync.store_rules import check_format, new_incarnation
from pysync.values.jsontext import parse_json

LAYOUT: Final = 1
"""Generation of the object stores; it is part of the name of the database."""


FEW: Final = 8
"""Fewer verdict rows than these are stored one by one: each is found alone, by a history too."""
PACKED: Final = 64
"""Verdict rows of one object at most: a history reads all of it for one of them."""
_NAMES: Final = ("seq", "count", "log_key", "batch", "term", "body", "refs", "frame")
_VALUES: Final = attrgetter(*_NAMES)


def database_name(space: str) -> str:
    """The database of a space."""
    return f"pysync.{space}" if LAYOUT == 1 else f"pysync{LAYOUT}.{space}"


def create(db: Any, tx: Any) -> None:
    """Make the object stores of a new database and mint its incarnation."""
    log = db.createObjectStore("log", options(keyPath="key", autoIncrement=True))
    log.createIndex("id", "id", options(unique=True))
    decided = db.createObjectStore("decided", options(keyPath="seq"))
    decided.createIndex("refs", "refs", options(multiEntry=True))
    decided.createIndex("log_key", "log_key")
    for name in ("seed", "snapshot", "meta", "term", "fence"):
        db.createObjectStore(name)
    meta = tx.objectStore("meta")
    meta.put(FORMAT, "format")
    meta.put(new_incarnation(), "incarnation")
    meta.put(0, "snapshot_seq")
    tx.objectStore("term").put(0, "term")


def check_meta(meta: Mapping[str, Any]) -> None:
    """Refuse a format that is not ours to read, and a database without its fixed facts."""
    fault = check_format(meta.get("format"))
    if fault is None and not meta.get("incarnation"):
        fault = StoreFault("corrupt", "the incarnation is gone")
    if fault is not None:
        raise StopWork(fault)


def raise_term(tx: Any, stored: int, term: int) -> None:
    """Store the new term, and fence the one before."""
    tx.objectStore("term").put(term, "term")
    tx.objectStore("fence").put(1, stored)


def plain(value: Any) -> Any:
    """A JavaScript value as plain Python, by one text."""
    return parse_json(js.JSON.stringify(value))


def pairs(keys: Any, values: Any) -> dict[str, Any]:
    """What `getAllKeys` and `getAll` answered together."""
    return dict(zip(plain(keys), plain(values), strict=True))


def as_bytes(text: str) -> Any:
    """A long text as it is stored: bytes cross the boundary many times faster than characters."""
    return to_js(text.encode())


def as_text(stored: Any) -> str:
    """The text of such bytes, of which a reader owns a copy."""
    return bytes(stored).decode()


def log_rows(rows: Any) -> list[LogRow]:
    """Rows of the log with their bodies."""
    return [LogRow(row["key"], row["id"], row["body"]) for row in plain(rows)]


def js_rows(rows: Sequence[DecidedRow]) -> Any:
    """Verdict rows that are written together, as one JavaScript array of objects. What is stored
    costs by the object, so of many rows PACKED are one: it lies under the seq at which the last of
    them ends and counts as one, so that whatever is asked of the newest object holds for both."""
    if len(rows) < FEW:
        stored = [_one(row) for row in rows]
    else:
        stored = [_many(rows[at : at + PACKED]) for at in range(0, len(rows), PACKED)]
    return js.JSON.parse(json.dumps(stored))


def js_object(rows: Sequence[DecidedRow], *, several: bool) -> Any:
    """The object that holds these rows: of several, or of one alone."""
    return js.JSON.parse(json.dumps(_many(rows) if several else _one(rows[0])))


def _one(row: DecidedRow) -> dict[str, Any]:
    fields = dict(zip(_NAMES, _VALUES(row), strict=True))
    if not row.frame:
        del fields["frame"]
    return fields


def _many(rows: Sequence[DecidedRow]) -> dict[str, Any]:
    last = rows[-1]
    return {
        "seq": last.seq + last.count - 1,
        "count": 1,
        "log_key": max(row.log_key for row in rows),
        "batch": last.batch,
        "refs": list(dict.fromkeys(ref for row in rows for ref in row.refs)),
        "rows": [_VALUES(row) for row in rows],
    }


def decided_rows(rows: Any) -> list[DecidedRow]:
    """Verdict rows from what `getAll` answered, in its order."""
    found: list[DecidedRow] = []
    for stored in plain(rows):
        found += map(_row, stored.get("rows") or [[stored.get(name, "") for name in _NAMES]])
    return found


def _row(values: Sequence[Any]) -> DecidedRow:
    seq, count, log_key, batch, term, body, refs, frame = values
    return DecidedRow(seq, count, log_key, batch, term, body, tuple(refs), frame)


def with_frames(
    decided: Sequence[DecidedRow], log: Iterable[LogRow]
) -> list[tuple[DecidedRow, str]]:
    """Each verdict row with its batch's frame."""
    frames = {row.key: row.body for row in log}
    joined: list[tuple[DecidedRow, str]] = []
    for row in decided:
        frame = row.frame or frames.get(row.log_key)
        if frame is None:
            raise StopWork(StoreFault("corrupt", f"no frame for the verdict at seq {row.seq}"))
        joined.append((row, frame))
    return joined
