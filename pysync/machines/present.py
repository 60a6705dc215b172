"""Who is here: what a device and a relay say of it, on a lane of its own (`web/docs/protocol.md`).

A device says `["here", records]`, which replaces what it said before, and `["here"]` when nobody
looks any more. The relay tells whoever said so `["present", more]` with one line for each of the
others, `[name, device, records]`, which replaces what it told before. Both may be lost; nothing of
it is stored. Floor: `relay_frames`, `model`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pysync.errors import InvalidValue, ProtocolError
from pysync.machines.relay_frames import HERE, PRESENT, RelayFrame, encode_frame
from pysync.model.change import Ref
from pysync.model.names import check_key
from pysync.values.jsontext import json_text, parse_json

MOST_RECORDS: Final = 8
"""Records that a device is said to be on: those of its most senior tabs."""
MOST_TOLD: Final = 100
"""Others that one frame names; of the rest it says how many they are."""
NAME_MAX: Final = 200
"""Characters of a person's or a device's name."""

Looks = tuple[str, ...]
"""What a tab shows: a record as (collection, record id), or () for none in particular."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is here on another device, as the relay says: `name` is whose account it is, ""
    where nobody signs in, `device` what the server calls the device ("Firefox on Windows"), and
    `records` those that its visible tabs show, as far as one's own role may know of them."""

    name: str
    device: str
    records: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """The others; `more` is how many there are besides who is named."""

    who: tuple[Present, ...] = ()
    more: int = 0


NOBODY: Final = Company()


def encode_here(records: tuple[Ref, ...] | None) -> str:
    """The frame of a device whose visible tabs show these; None: nobody looks.

    >>> encode_here((("guests", "7"),)), encode_here(None)
    ('["here",[["guests","7"]]]', '["here"]')
    """
    return encode_frame(HERE) if records is None else encode_frame(HERE, records)


def read_here(frame: RelayFrame) -> tuple[Ref, ...] | None:
    """What a device says. Raises ProtocolError."""
    if not frame.parts:
        return None
    if len(frame.parts) > 1 or frame.lines:
        raise ProtocolError("here carries a list of records")
    return _records(frame.parts[0])


def present_line(name: str, device: str, records: Iterable[Ref]) -> str:
    """The line of one who is here."""
    text = json_text([name[:NAME_MAX], device[:NAME_MAX], list(records)])
    return text.encode("utf-8", "replace").decode()


def encode_present(lines: list[str], more: int) -> str:
    """The relay's frame."""
    return encode_frame(PRESENT, more, lines=lines)


def read_present(frame: RelayFrame) -> Company:
    """What the relay tells. Raises ProtocolError."""
    try:
        rows = [parse_json(line) for line in frame.lines]
    except ValueError as error:
        raise ProtocolError(f"no row of present: {error}") from None
    return read_company([*frame.parts, rows])


def read_company(value: Any) -> Company:
    """How many more there are, and rows of `[name, device, records]`. Raises ProtocolError."""
    if type(value) is not list or len(value) != 2 or type(value[0]) is not int or value[0] < 0:
        raise ProtocolError("who is present is a number and rows")
    more, rows = value
    if type(rows) is not list or len(rows) > MOST_TOLD:
        raise ProtocolError(f"at most {MOST_TOLD} are named")
    return Company(tuple(map(_present, rows)), more)


def company_payload(company: Company) -> list[Any]:
    """What `read_company` reads."""
    return [company.more, [[p.name, p.device, p.records] for p in company.who]]


def read_looks(value: Any) -> Looks | None:
    """What a tab says that it shows; None: it takes no part. Raises ProtocolError."""
    if value is None:
        return None
    return _records([value])[0] if value else ()


def _present(row: Any) -> Present:
    if type(row) is not list or len(row) != 3 or {type(row[0]), type(row[1])} != {str}:
        raise ProtocolError("who is present is a name, a device and records")
    if max(len(row[0]), len(row[1])) > NAME_MAX:
        raise ProtocolError("a name is too long")
    return Present(row[0], row[1], _records(row[2]))


def _records(value: Any) -> tuple[Ref, ...]:
    if type(value) is not list or len(value) > MOST_RECORDS:
        raise ProtocolError(f"records are a list of at most {MOST_RECORDS}")
    try:
        return tuple((check_key(key), check_key(rid)) for key, rid in value)
    except (InvalidValue, TypeError, ValueError):
        raise ProtocolError("a record is a collection and an id") from None
