"""Schemas: what fits, what never leaves, what merges together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pysync.errors import InvalidValue, SensitiveKey
from pysync.model.names import KEY_MAX, check_key, is_sensitive
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.values.jsonvalue import freeze
from tests.pysync.kit import json_values


@pytest.mark.parametrize(
    "key", ["a", "w3-hotel-rooms", "é", "日本", "a b", "\u00a0x", "🛏", "x" * KEY_MAX]
)
def test_keys_are_text(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize(
    "key", ["", None, 5, "a/b", "a\n", "\x00", "\x7f", "\u2028", "\ud800", "x" * (KEY_MAX + 1)]
)
def test_other_keys_are_refused(key: Any) -> None:
    with pytest.raises(InvalidValue):
        check_key(key)


@pytest.mark.req("TAB-10")
@pytest.mark.parametrize(
    "name",
    ["password", "Password", "api_key", "apiKey", "API-KEY", "session token", "SSN", "creditCard"],
)
def test_sensitive_names_in_any_spelling_are_never_taken(name: str) -> None:
    assert is_sensitive(name)
    with pytest.raises(SensitiveKey):
        CollectionSchema(name="guests").check_field(name, "x")


@pytest.mark.req("TAB-10")
@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"Pass-Word": 1}, "guests/login/Pass-Word"),
        ({"a": [1, {"b": {"ssn": ""}}]}, "guests/login/a/1/b/ssn"),
        ([[{"session_token": None}]], "guests/login/0/0/session_token"),
        (freeze({"a": {"creditCard": 4}}), "guests/login/a/creditCard"),
    ],
)
def test_sensitive_names_inside_a_value_are_never_taken(value: Any, place: str) -> None:
    with pytest.raises(SensitiveKey, match=f"^{place} names"):
        CollectionSchema(name="guests").check_field("login", value)


@pytest.mark.parametrize("name", ["passwords_changed", "key", "card", "token"])
def test_names_that_only_resemble_pass(name: str) -> None:
    assert CollectionSchema(name="guests").check_field(name, "x") == "x"


@pytest.mark.parametrize("name", ["", "a/b", "a\x00", 3])
def test_a_field_name_that_would_be_read_as_a_path_is_refused(name: Any) -> None:
    with pytest.raises(InvalidValue):
        CollectionSchema(name="c").check_field(name, 1)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Field(types=(str,)), "a", 1),
        (Field(types=(int,)), 1, True),
        (Field(types=(bool,)), True, 1),
        (Field(types=(float,)), 2, "2"),
        (Field(types=(float,)), 2.5, True),
        (Field(choices=frozenset({"clean", "dirty"})), "clean", "tidy"),
        (Field(choices=frozenset({"clean"})), "clean", ["clean"]),
        (Field(max_length=2), "ab", "abc"),
        (Field(max_length=2), "ab", 5),
        (Field(minimum=0), 0, -1),
        (Field(maximum=3), 3, 4),
        (Field(minimum=0), 0, "text"),
        (Field(required=True), "", None),
        (Field(check=lambda v: None if v == 1 else "must be 1"), 1, 2),
        (Field(check=lambda v: v["x"]), {"x": None}, {}),
    ],
)
def test_each_rule_of_a_field_takes_what_fits_and_says_why_not(
    field: Field, good: Any, bad: Any
) -> None:
    collection = CollectionSchema(name="c", fields={"f": field})
    assert collection.check_field("f", good) == good
    with pytest.raises(InvalidValue) as caught:
        collection.check_field("f", bad)
    assert caught.value.code == "schema"
    assert caught.value.path == "c/f"


def test_none_is_allowed_unless_required() -> None:
    assert (
        CollectionSchema(name="c", fields={"f": Field(types=(int,))}).check_field("f", None) is None
    )


@given(json_values())
def test_a_declared_field_judges_every_value_and_never_breaks(value: Any) -> None:
    field = Field(
        types=(str, int, list, dict),
        choices=frozenset({"a"}),
        max_length=3,
        minimum=0,
        check=lambda v: v + 1,
    )
    problem = field.problem(value)
    assert problem is None or isinstance(problem, str)


def test_required_fields_that_are_missing_are_named() -> None:
    c = CollectionSchema(
        name="c", fields={"a": Field(required=True), "b": Field(), "d": Field(required=True)}
    )
    assert c.missing({"a": None, "b": 1}) == ["a", "d"]


def test_groups_and_strategies_are_found_by_field() -> None:
    c = CollectionSchema(
        name="c",
        groups=(("room", "from", "to"),),
        strategy="merge",
        fields={"email": Field(strategy="custom")},
    )
    assert c.group_of("to") == ("room", "from", "to")
    assert c.group_of("email") is None
    assert (c.strategy_of("email"), c.strategy_of("other")) == ("custom", "merge")


def test_a_key_without_declaration_takes_anything_under_the_strategy_of_the_space() -> None:
    schema = Schema(strategy="first-write-wins", strategies={"theme": "merge"})
    assert schema.collection("theme").strategy == "merge"
    assert schema.collection("locale").strategy == "first-write-wins"
    assert schema.collection("locale") is schema.collection("locale")
    assert schema.collection("locale").check_field("any", [1]) == [1]
    with pytest.raises(InvalidValue):
        schema.collection("a/b")
