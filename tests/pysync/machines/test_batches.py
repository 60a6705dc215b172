"""Batches: what one tab makes in one task, under the text it was posted with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.batches import MAX_CHANGES, decode_batch, encode_batch, parse_batch
from pysync.model.change import Change, Op
from pysync.model.schema import Schema
from tests.pysync.kit import WALL, json_values, mark

SCHEMA = Schema()


def changes(*numbers: int) -> list[Change]:
    return [Change(mark("t1", n), (Op("=", "c", "r", {"f": n}),)) for n in numbers]


def test_a_batch_comes_back_from_its_text_and_is_named_by_its_first_change() -> None:
    batch = encode_batch("t1", changes(4, 5, 6), WALL)
    assert (batch.id, batch.first, batch.last, batch.key) == ("t1.4", 4, 6, None)
    again = parse_batch(batch.text, SCHEMA)
    assert (again.id, again.last, again.text) == (batch.id, batch.last, batch.text)
    assert [c.encode() for c in again.changes] == [c.encode() for c in batch.changes]
    assert {c.mark.tab for c in again.changes} == {"t1"}, "the frame names the tab"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        [],
        [1],
        ["1", []],
        [True, []],
        [1, {}],
        [1, []],
        [1, [[1, 1, []]] * (MAX_CHANGES + 1)],
        [1, [[2, 1, []]]],
        [1, [[1, 1, []], [3, 1, []]]],
        [0, [[0, 1, []]]],
        [1, [5]],
    ],
)
def test_what_is_no_batch_is_refused(payload: Any) -> None:
    with pytest.raises(ProtocolError):
        parse_batch(messages.encode(messages.STATE_UPDATE, "t1", WALL, payload), SCHEMA)


def test_the_log_holds_updates_only() -> None:
    with pytest.raises(ProtocolError, match="the log holds a message"):
        parse_batch(messages.encode(messages.MESSAGE, "t1", WALL, {}), SCHEMA)


def test_a_pointer_names_its_first_change_and_has_no_body() -> None:
    text = messages.encode(messages.STATE_UPDATE, "t1", WALL, [7, None, 12])
    assert decode_batch(messages.decode(text), text, SCHEMA) is None
    with pytest.raises(ProtocolError):
        parse_batch(text, SCHEMA)


@given(json_values(10))
def test_nothing_but_protocol_errors_for_any_payload(value: Any) -> None:
    for payload in (value, [1, value], [1, [value]]):
        frame = messages.decode(messages.encode(messages.STATE_UPDATE, "t1", WALL, payload))
        try:
            decode_batch(frame, json.dumps(payload), SCHEMA)
        except ProtocolError:
            continue
