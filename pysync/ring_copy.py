"""A device's copy of the keyring, and what of it a keyring lacks: so that a relay that was put back
from an older backup gets its keys back from any device that had them.

The copy is made of what is decided, by a device that has the newest key. What stands in it is
public, wrapped or proven, and counts for nobody who has no key: to write it once more gives nothing
to anyone. COPY-1 what is missing is written again only where the keyring is older than the copy: of
the same first key (or of none), without a data key that the copy does not know. So who was removed
is not brought back, and no other keyring is mixed with this one. Floor: `model.keyring`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pysync.errors import InvalidValue
from pysync.model.guard import Record
from pysync.model.keyring import GRANT, KEY, MEMBER, ROOT, Ring, read_ring
from pysync.values.jsontext import json_text, parse_json

Row = dict[str, Any]
_KINDS: Final = (KEY, GRANT, MEMBER)


def copy_of(records: Iterable[Record]) -> str:
    """The copy of a keyring that says something."""
    kept = (each for each in records if each["id"] == ROOT or each["id"].startswith(_KINDS))
    return json_text([dict(each) for each in sorted(kept, key=lambda each: str(each["id"]))])


def lost_of(copy: str, records: Iterable[Record]) -> list[Row]:
    """The records of the copy that a keyring lacks, none where it is not an older one. What cannot
    be read is no copy."""
    rows, there = _rows(copy), {str(each["id"]): each for each in records}
    known, ring = read_ring(rows), read_ring(there.values())
    if not known.root or ring.root not in ("", known.root):
        return []
    if not _keys(ring) <= _keys(known):
        return []
    granted = {member for _, member in known.grants}
    asked = {f"{MEMBER}{each}" for each in known.members if each not in granted}
    return [row for row in rows if row["id"] not in asked and _is_missing(row, there, ring)]


def _is_missing(row: Row, there: dict[str, Record], ring: Ring) -> bool:
    return not ring.root if row["id"] == ROOT else row["id"] not in there


def _keys(ring: Ring) -> set[str]:
    return {link.key_id for links in ring.links.values() for link in links}


def _rows(copy: str) -> list[Row]:
    try:
        rows = parse_json(copy) if copy else []
    except (ValueError, InvalidValue):
        return []
    if not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
