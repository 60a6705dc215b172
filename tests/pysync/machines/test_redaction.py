"""Redaction: what of stored text goes with a person, and what can still be read."""

from __future__ import annotations

import json

import pytest

from pysync.machines.batches import encode_batch, parse_batch
from pysync.machines.redaction import Redaction, is_redacted, is_same, redact_late
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.change import Change, Meta, Op
from pysync.model.conflict import Candidate, Conflict
from pysync.model.decision import Decision
from pysync.model.snapshot import CONFLICTS_ROW, HEADS_ROW, VOID_ROW, Packed, bucket_of, pack
from tests.pysync.kit import WALL, mark
from tests.pysync.people_kit import MARKER, PEOPLE

pytestmark = [pytest.mark.req("SRV-20")]

REFS = frozenset({("people", "1"), ("trips", "t")})
OF_ONE = Redaction(PEOPLE, REFS)
SEEN = {"people/1/mail": f"{MARKER} seen", "people/2/mail": "kept seen"}
CHANGES = [
    Change(
        mark("a", 1),
        (
            Op("*", "people", "1", {"name": MARKER, "vip": True, f"likes/#{MARKER}": True}),
            Op("+", "people", "1", {"visits": 7}),
            Op("=", "people", "1", {"mail": MARKER}, {"mail": "x.1", f"likes/#{MARKER}": "x.2"},
               (f"likes/#{MARKER}",)),
            Op("=", "people", "2", {"mail": "kept"}, "x.3"),
        ),
        Meta(label=f"Add {MARKER}", author="desk", seen=SEEN, reads={"people/1": "0badc0de"}),
    ),
    Change(mark("a", 2), (Op("=", "trips", "t", {"note": MARKER, "day": 2}),), Meta(atomic=True)),
    Change(mark("a", 3), (Op("=", "rooms", "9", {"state": "clean"}),), Meta(label="Room 9")),
    Change(mark("a", 4), (Op("*", "trips", "u", {"who": "1"}),), Meta(label=f"Book {MARKER}")),
]  # fmt: skip
BATCH = encode_batch("a", CHANGES, WALL)
CONFLICT = Conflict(
    id="a.1:0",
    key="people",
    rid="1",
    register="mail",
    status="open",
    strategy="manual",
    shown=Candidate(f"{MARKER} one", mark("a", 1)),
    other=Candidate(f"{MARKER} two", mark("b", 1)),
    base="x.1",
    before=f"{MARKER} before",
)
SPECIAL = [
    [0, *Decision(outcome="conflict", message=f"{MARKER} says", params={"who": MARKER},
                  writes=CHANGES[0].ops, conflicts=(CONFLICT,)).encode()],
    [2, *Decision(outcome="amended", code="late", message="Room 9 stays").encode()],
]  # fmt: skip


def test_values_labels_and_words_go_and_the_facts_can_be_read() -> None:
    """REDACT-1"""
    text, special = OF_ONE.entry(BATCH.text, json.dumps([5, *SPECIAL]))
    assert MARKER not in text + special and "0badc0de" not in text and is_redacted(text)
    read = parse_batch(text, PEOPLE)
    assert read.id == BATCH.id and [change.id for change in read.changes] == [
        "a.1",
        "a.2",
        "a.3",
        "a.4",
    ]
    made, added, edited, other = read.changes[0].ops
    assert made.fields == {"name": None, "vip": True} and added.fields == {"visits": 0}
    assert (edited.fields, edited.gone, edited.base) == ({"mail": None}, (), {"mail": "x.1"})
    assert (other.fields, read.changes[0].meta.author) == ({"mail": "kept"}, "desk")
    assert dict(read.changes[0].meta.seen) == {"people/2/mail": "kept seen"}
    assert read.changes[1].ops[0].fields == {"note": None, "day": 2}
    assert read.changes[2].meta.label == "Room 9" and "Room 9 stays" in special
    assert '"resolved"' in special and '"kept"' in special


def test_redacting_again_changes_nothing_nor_what_is_about_others() -> None:
    """REDACT-2"""
    special = json.dumps(SPECIAL)
    once = OF_ONE.entry(BATCH.text, special)
    assert OF_ONE.entry(*once) == once
    assert Redaction(PEOPLE, {("people", "7")}).entry(BATCH.text, special) == (BATCH.text, special)


def test_a_redacted_batch_is_known_when_it_is_sent_again() -> None:
    stored = OF_ONE.batch(BATCH.text)
    assert is_same(BATCH.text, BATCH.text, PEOPLE) and is_same(BATCH.text, stored, PEOPLE)
    assert is_same(stored, stored, PEOPLE)
    changed = encode_batch("a", [*CHANGES[:3], Change(mark("a", 4), CHANGES[2].ops)], WALL).text
    assert not is_same(changed, stored, PEOPLE) and not is_same(stored, BATCH.text, PEOPLE)


def test_of_what_came_too_late_everything_personal_goes() -> None:
    text = redact_late(BATCH.text, [1], PEOPLE)
    changes = parse_batch(text, PEOPLE).changes
    assert changes[1].ops[0].fields == {"note": None, "day": 2}
    assert changes[0].ops[0].fields == CHANGES[0].ops[0].fields


def test_rows_of_states_lose_the_values_of_these_records_alone() -> None:
    name = bucket_of("people", "1")
    cells = {
        rid: Cell({"mail": f"{MARKER} {rid}", "vip": True}, SEED_MARK, {}, SEED_MARK)
        for rid in ("1", "2")
    }
    left = Packed(name, OF_ONE.row(name, pack(name, cells))).cells()
    assert left["1"].fields == {"vip": True} and left["2"].fields == cells["2"].fields
    assert OF_ONE.row(HEADS_ROW, '{"1":1}') == '{"1":1}'
    row = OF_ONE.row(CONFLICTS_ROW, json.dumps([CONFLICT.encode()]))
    assert MARKER not in row and "a.1:0" in row
    void = json.dumps([["a.1", 4, SPECIAL, BATCH.text]])
    assert MARKER not in OF_ONE.row(VOID_ROW, void)


def test_what_a_change_without_effect_would_have_made_about_them_goes_too() -> None:
    """REDACT-1: its record never came to be, so it is none of those that are about them."""
    ops = (
        Op("*", "trips", "n", {"who": "1", "note": MARKER}),
        Op("=", "trips", "n", {"why": MARKER}, "a.1"),
        Op("*", "trips", "o", {"who": "2", "note": "kept"}),
    )
    text = encode_batch("a", [Change(mark("a", 1), ops)], WALL).text
    special = json.dumps([[0, *Decision(outcome="refused", code="taken").encode()]])
    left, _ = OF_ONE.entry(text, special)
    assert MARKER not in left and "kept" in left and is_redacted(left)
    assert MARKER not in OF_ONE.void(["a.1", 1, json.loads(special), text])[3]
    assert OF_ONE.entry(text, "") == (text, ""), "of what happened the state tells whose it is"
