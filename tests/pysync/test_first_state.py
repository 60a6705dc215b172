"""First states: what an empty space may begin with."""

from __future__ import annotations

import json
from binascii import crc32
from typing import Any

import pytest

from pysync import Collection
from pysync.errors import StoreCorrupt
from pysync.first_state import export_first_state, read_first_state, read_relay_state
from pysync.model.snapshot import pack_seed, read_rows
from pysync.ports import Beginning
from tests.pysync.rig import Device


def exported() -> str:
    space = Device().open()
    rooms = Collection("rooms", space=space)
    for rid in ("b", "a"):
        rooms.create({"id": rid, "beds": 2, "tags": ["x", {"y": None}]})
    rooms.create({"id": "gone"})
    rooms.delete("gone")
    return export_first_state(space)


def test_seed_1_the_same_records_give_the_same_text() -> None:
    assert exported() == exported()


def test_what_was_exported_is_read_back() -> None:
    rows = read_rows(read_first_state(exported(), "rig")).packed
    cells = {(row.key, rid): cell for row in rows for rid, cell in row.cells().items()}
    records = {(key, rid): cell.record(rid) for (key, rid), cell in cells.items()}
    assert records == {
        ("rooms", rid): {"id": rid, "beds": 2, "tags": ["x", {"y": None}]} for rid in "ab"
    }
    assert all(cell.rev.n == 0 for cell in cells.values())


_DEEP = "1 0\n" + "[" * 10_000
_NESTED = f"{crc32(_DEEP.encode(), crc32(b'a/1')):08x} {_DEEP}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no first state"),
        ("[" * 10_000, "nested deeper"),
        ("[]", "no first state"),
        ('{"rows":[]}', "no first state"),
        ('{"rows":{}}', "format None: reload"),
        ('{"rows":{},"format":1}', "format 1: reload"),
        ('{"rows":{},"format":2,"space":"other"}', "no first state of 'rig'"),
        ('{"rows":{"a/1":5},"format":2,"space":"rig"}', "no first state of 'rig'"),
        (json.dumps({"rows": {"a/1": "["}, "format": 2, "space": "rig"}), "'a/1' cannot be read"),
        (
            json.dumps({"rows": {"a/1": _NESTED}, "format": 2, "space": "rig"}),
            "nested deeper",
        ),
    ],
)
def test_anything_else_is_refused_before_it_is_seeded(text: Any, says: str) -> None:
    with pytest.raises(StoreCorrupt, match=says):
        read_first_state(text, "rig")


ROWS = pack_seed({("rooms", "a"): {"beds": 2}})


def test_a_relays_state_is_read() -> None:
    text = json.dumps({"epoch": "e", "seq": 7, "rows": ROWS})
    assert read_relay_state(text) == Beginning(ROWS, "e", 7)
    empty = json.dumps({"epoch": "e", "seq": 0, "rows": {}})
    assert read_relay_state(empty) == Beginning({}, "e", 0)


_CUT = {name: row[:-1] for name, row in ROWS.items()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 10_000,
        '{"error":"x"}',
        '{"epoch":"","seq":0,"rows":{}}',
        '{"epoch":1,"seq":0,"rows":{}}',
        '{"epoch":"e","seq":-1,"rows":{}}',
        '{"epoch":"e","seq":true,"rows":{}}',
        '{"epoch":"e","seq":0,"rows":5}',
        '{"epoch":"e","seq":0,"rows":{"a/1":5}}',
        json.dumps({"epoch": "e", "seq": 0, "rows": _CUT}),
    ],
)
def test_anything_else_is_no_relays_state(text: str) -> None:
    with pytest.raises(StoreCorrupt):
        read_relay_state(text)
