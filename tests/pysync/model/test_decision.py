"""Decisions as they are written and read."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.errors import ProtocolError
from pysync.model.change import Op
from pysync.model.decision import apply_writes, decode_decision
from pysync.model.schema import Schema
from pysync.model.state import State
from tests.pysync.kit import mark


@pytest.mark.parametrize(
    "row",
    [
        5,
        [],
        ["lost", "", "", {}, [], []],
        ["applied", "", "", 5, [], []],
        ["applied", "", "", {}, 5, []],
        ["applied", "", "", {}, [], 5],
        ["applied", "", "", {}, [["?", "c", "r", {}]], []],
        ["applied", "", "", {}, [["=", "c", "r"]], []],
        ["applied", "", "", {}, [["=", 5, "r", {}]], []],
        ["applied", "", "", {}, [["=", "c", "r", []]], []],
        ["applied", "", "", {}, [["=", "c", "r", {"f": 2**60}]], []],
        ["applied", "", "", {}, [["+", "c", "r", {"f": "1"}]], []],
        ["applied", "", "", {}, [["=", "c", "r", {}, "", "gone"]], []],
        ["applied", "", "", {}, [], [[]]],
    ],
)
def test_malformed_decisions_are_refused(row: Any) -> None:
    with pytest.raises(ProtocolError):
        decode_decision(row)


def test_writes_on_what_is_not_there_are_a_broken_protocol() -> None:
    with pytest.raises(ProtocolError):
        apply_writes(State(Schema()), (Op("=", "c", "r", {}),), mark(), Schema())
