"""What was refused after it had been shown is kept for a person, once."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import DeadLetter
from pysync.model.cell import Mark
from pysync.model.change import CREATE, SET, Change, Meta, Op
from pysync.native import open_space
from pysync_pms.commands import DiscardRefused, KeepRefused, from_json, kept_of, perform
from pysync_pms.queries import attention_count
from pysync_pms.schema import SCHEMA
from pysync_pms.words import FOLIOS, GUESTS, INVOICES, LINES, REFUSALS, RESERVATIONS
from tests.pms.support import book, open_house

TODAY = "2026-11-20"
ROW = ["reservations", "from", "2026-11-20"]
KEEP = KeepRefused(id="t.1", what="Move Ana", message="Taken.", at=7, content=(ROW,))


@pytest.mark.req("SRV-11")
def test_what_was_refused_is_kept_until_it_is_discarded_once() -> None:
    with open_space("refusals", schema=SCHEMA) as space:
        perform(space, KEEP, view=space.view, today=TODAY)
        kept = {"id": "t.1", "label": "Move Ana", "message": "Taken.", "at": 7, "content": [ROW]}
        assert space.view.get(REFUSALS, "t.1") == kept
        assert attention_count(space.view, TODAY) == 1
        discard = DiscardRefused(id="t.1")
        assert discard.label(space.view) == "Discard: Move Ana"
        perform(space, discard, view=space.view, today=TODAY)
        assert space.view.get(REFUSALS, "t.1") is None
        assert attention_count(space.view, TODAY) == 0
        assert [problem.code for problem in discard.check(space.view, TODAY)] == ["gone"]


def test_it_is_written_down_and_read_back() -> None:
    assert from_json(KEEP.to_json()) == KEEP
    with open_space("refusals-2", schema=SCHEMA) as space:
        assert KEEP.label(space.view) == "Refused: Move Ana"


@pytest.mark.req("SRV-17", "SRV-19")
def test_what_is_encrypted_is_not_told_to_all_who_read_what_was_refused() -> None:
    fields = {"document": "e1.sealed", "last_name": "Lind"}
    with open_space("refusals-3", schema=SCHEMA) as space:
        letter = refused(fields)
        kept = kept_of(letter, space.view)
        assert kept is not None
        assert kept.content == ((GUESTS, "last_name", "Lind"),)
        assert kept_of(refused({"document": "e1.sealed"}), space.view) is None


def refused(fields: dict[str, Any]) -> DeadLetter:
    """The letter of a change of a guest that was refused."""
    op = Op(SET, GUESTS, "g", fields, "")
    change = Change(Mark("t", 1, 1, ""), (op,), Meta(label="Edit"))
    return DeadLetter(change, "concurrent", "Changed elsewhere.", {})


@pytest.mark.req("SRV-20")
@pytest.mark.parametrize("key", [RESERVATIONS, LINES, FOLIOS, INVOICES])
def test_what_was_refused_of_a_stay_is_known_to_be_about_its_guest(key: str) -> None:
    """So that it goes when the guest is erased: a refused invoice was never issued."""
    rid = "s" if key == RESERVATIONS else "i"
    op = Op(CREATE, key, rid, {"stay": "s"} if key != RESERVATIONS else {"notes": "Late"}, "")
    letter = DeadLetter(Change(Mark("t", 1, 1, ""), (op,), Meta(label="Bill")), "no", "No.", {})
    space = open_house(f"refusals-{key}", book("s"))
    kept = kept_of(letter, space.view)
    assert kept is not None
    assert kept.guests == ("ana",)
