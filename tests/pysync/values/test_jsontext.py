"""JSON text from outside: nothing in it may end an interpreter."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.values.jsontext import MAX_NESTING, json_text, parse_json
from tests.pysync.kit import json_values


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 10_000, 1_000_000])
@pytest.mark.parametrize("opening", ["[", '{"a":', '["]]]]}}",', r'["\"]]\\",'])
def test_json_1_nesting_that_would_end_an_interpreter_is_not_parsed(
    opening: str, depth: int
) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**9)  # as in a tab: nothing but the stack itself ends the parser
    try:
        with pytest.raises(ValueError, match="nested deeper"):
            parse_json('{"v":' + opening * depth)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("text", ["", "[", "{]", "nul", '{"a":1}}', "]" * 600, "\ud800"])
def test_json_1_what_is_no_json_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@given(st.text(alphabet='[]{}",:\\a1'))
def test_json_1_any_text_answers_or_raises_value_error(text: str) -> None:
    try:
        wanted: Any = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            parse_json(text)
    else:
        assert parse_json(text) == wanted


def test_many_brackets_side_by_side_or_in_strings_are_no_nesting() -> None:
    value = [["[[[{{{" * 50, {"n": [n]}] for n in range(2000)]
    assert parse_json(json.dumps(value)) == value


@given(json_values())
def test_what_is_json_is_read_as_it_is(value: Any) -> None:
    assert parse_json(json.dumps(value)) == value


@given(json_values(10))
def test_text_of_a_value_is_what_the_standard_library_writes(value: Any) -> None:
    assert json_text(value) == json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def test_what_is_no_json_has_no_text() -> None:
    with pytest.raises(TypeError):
        json_text({"a": {1, 2}})
