"""Sealed texts: their shape, what an encrypted field takes, and what cannot be declared of one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import InvalidValue, ProtocolError, UsageError
from pysync.model.cell import Mark
from pysync.model.change import SET, Change, Op, decode_change
from pysync.model.draft import Draft
from pysync.model.guard import Guard
from pysync.model.keyring import RING
from pysync.model.policy import MEDIUM
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.sealed import (
    KEYRING,
    SEALED_MAX,
    Sealed,
    from_text,
    is_sealed,
    parse_sealed,
    sealed_problem,
    to_text,
)
from pysync.model.state import State

pytestmark = [pytest.mark.req("SRV-19")]

CLEAR = "PASSPORT-C0FFEE"
TEXT = Sealed(to_text(bytes(16)), bytes(12), bytes(20)).text
PEOPLE = CollectionSchema(name="people", fields={"paper": Field(encrypted=True), "name": Field()})
SCHEMA = Schema(collections={"people": PEOPLE, KEYRING: RING})
PIECES = st.text(st.sampled_from("e1.AZaz09-_=+/ é\n"), max_size=60)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=12, max_size=12), st.binary())
def test_what_is_sealed_is_read_back(key: bytes, nonce: bytes, body: bytes) -> None:
    sealed = Sealed(to_text(key), nonce, body + bytes(16))
    assert parse_sealed(sealed.text) == sealed
    assert is_sealed(sealed.text)


@given(
    st.one_of(
        PIECES, PIECES.map(lambda more: TEXT + more), st.none(), st.integers(), st.lists(PIECES)
    )
)
def test_sealed_1_whatever_else_is_refused_and_not_repeated(value: Any) -> None:
    """One text has one spelling, so nobody makes another one of it without the key."""
    if sealed_problem(value) is None:
        assert parse_sealed(value).text == value
    else:
        with pytest.raises(InvalidValue) as caught:
            parse_sealed(value)
        assert "seal it first" in str(caught.value)


def test_a_text_has_a_bound() -> None:
    assert is_sealed(TEXT + "A" * (SEALED_MAX - len(TEXT)))
    assert not is_sealed(TEXT + "A" * (SEALED_MAX - len(TEXT) + 1))


@pytest.mark.parametrize("text", ["A", "AB", "AA=", "A A", "é", "A\n"])
def test_bytes_have_one_spelling(text: str) -> None:
    with pytest.raises(InvalidValue):
        from_text(text)


def drafted() -> Draft:
    draft = Draft(State(SCHEMA), Mark("t", 1, 1, ""))
    draft.create("people", {"id": "1", "name": "Ana", "paper": TEXT})
    return draft


@pytest.mark.parametrize(
    "write",
    [
        lambda draft: draft.create("people", {"id": "2", "paper": CLEAR}),
        lambda draft: draft.update("people", "1", {"paper": CLEAR}),
        lambda draft: draft.update("people", "1", {"paper": {"no": CLEAR}}),
        lambda draft: draft.update("people", "1", {"paper": CLEAR}, by_shape=True),
        lambda draft: draft.put("people", "1", "paper", CLEAR),
    ],
)
def test_sealed_1_clear_text_is_refused_however_it_is_written(write: Any) -> None:
    draft = drafted()
    with pytest.raises(InvalidValue, match="seal it first") as caught:
        write(draft)
    assert CLEAR not in str(caught.value)
    assert CLEAR not in repr(draft.ops())


def test_it_takes_a_sealed_text_or_nothing() -> None:
    draft = drafted()
    draft.update("people", "1", {"paper": None})
    draft.put("people", "1", "paper", TEXT)
    assert (draft.get("people", "1") or {})["paper"] == TEXT


def test_sealed_1_clear_text_of_another_build_is_not_decided() -> None:
    """A change that arrives with it loses the field and keeps the rest."""
    op = Op(SET, "people", "1", {"paper": CLEAR, "name": "Ann"})
    change = decode_change("t", Change(Mark("t", 2, 2, ""), (op,)).encode(), SCHEMA)
    assert [each.fields for each in change.fitting] == [{"name": "Ann"}]
    assert CLEAR not in repr(change.dropped)
    with pytest.raises(ProtocolError):
        decode_change("t", [1, 1, [["=", "people", "1", {"paper": float("nan")}, ""]]], SCHEMA)


def people(field: Field, **more: Any) -> Schema:
    return Schema(
        collections={
            "people": CollectionSchema(name="people", fields={"paper": field}, **more),
            KEYRING: RING,
        }
    )


@pytest.mark.parametrize(
    ("field", "more", "told"),
    [
        (Field(encrypted=True, types=(str,)), {}, "cannot be checked"),
        (Field(encrypted=True, max_length=9), {}, "cannot be checked"),
        (Field(encrypted=True, choices=frozenset({"a"})), {}, "cannot be checked"),
        (Field(encrypted=True, check=lambda _: None), {}, "cannot be checked"),
        (Field(encrypted=True, kind="counter"), {}, "one value, not a counter"),
        (Field(encrypted=True, strategy="merge"), {}, "cannot be merged"),
        (Field(encrypted=True), {"policy": MEDIUM}, "cannot be merged"),
        (Field(encrypted=True), {"indexes": {"by": lambda r: [r.get("paper")]}}, "index 'by'"),
        (Field(encrypted=True), {"indexes": {"by": lambda r: [r["paper"]]}}, "index 'by'"),
        (
            Field(encrypted=True),
            {"indexes": {"by": lambda r: [1] if "paper" in r else []}},
            "index 'by'",
        ),
    ],
)
def test_what_needs_the_clear_text_cannot_be_declared(
    field: Field, more: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=f"people/paper is encrypted.*{told}"):
        people(field, **more)


def test_an_index_of_other_fields_is_as_ever() -> None:
    indexes = {"by": lambda r: [r["name"]], "all": lambda _: [1]}
    assert people(Field(encrypted=True, personal=True), indexes=indexes).collections


def test_a_guard_that_weighs_it_is_refused() -> None:
    guard = Guard("weighs", frozenset({"people"}), lambda *_: None, lambda _, r: [r.get("paper")])
    with pytest.raises(UsageError, match="guard 'weighs' weighs it"):
        Schema(collections=SCHEMA.collections, guards=(guard,))
    other = Guard("other", frozenset({"people"}), lambda *_: None, lambda _, r: [r.get("name")])
    assert Schema(collections=SCHEMA.collections, guards=(other,))


def test_it_needs_a_keyring() -> None:
    with pytest.raises(UsageError, match="KEYRING"):
        Schema(collections={"people": PEOPLE})
