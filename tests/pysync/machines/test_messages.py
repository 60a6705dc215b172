"""The table of messages: what is one of ours, and what is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.messages import MAX_FRAME, TYPES, VERSION, Frame, decode, encode
from tests.pysync.kit import json_values, texts


@pytest.mark.req("TAB-16")
@given(json_values())
def test_a_frame_comes_back_with_type_sender_time_and_payload(payload: Any) -> None:
    for type_ in TYPES:
        assert decode(encode(type_, "t1", 5.9, payload)) == Frame(type_, "t1", 5, payload)


@pytest.mark.req("TAB-16")
def test_every_type_stands_in_the_table_of_the_documentation() -> None:
    table = messages.__doc__ or ""
    for type_ in TYPES:
        assert f"| {type_}" in table or f", {type_}" in table, type_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        "x" * (MAX_FRAME + 1),
        5,
        None,
        "{}",
        '{"v":1,"t":"message","tab":"a","ts":1}',
        "[1]",
        '[1,"message","a",1]',
        '[true,"message","a",1,{}]',
        '[2,"message","a",1,{}]',
        '[1,"gossip","a",1,{}]',
        '[1,["message"],"a",1,{}]',
        '[1,"message","",1,{}]',
        '[1,"message",5,1,{}]',
        '[1,"message","a\\ud800",1,{}]',
        '[1,"message","a\\n",1,{}]',
        '[1,"message","' + "a" * 65 + '",1,{}]',
        '[1,"message","a","1",{}]',
        '[1,"message","a",1e999,{}]',
        '[1,"message","a",-1,{}]',
        f'[1,"message","a",{1 << 60},{{}}]',
    ],
)
def test_what_is_not_one_of_ours_is_a_protocol_error(text: Any) -> None:
    with pytest.raises(ProtocolError):
        decode(text)


@given(json_values(10), texts(20))
def test_nothing_but_protocol_errors_for_any_json_and_any_text(value: Any, text: str) -> None:
    whole = [VERSION, "message", "a", 1, {}]
    parts = [[*whole[:at], value, *whole[at + 1 :]] for at in range(len(whole))]
    for sent in (text, *map(json.dumps, (value, *parts))):
        try:
            assert isinstance(decode(sent), Frame)
        except ProtocolError:
            continue


def test_a_newer_version_says_to_reload() -> None:
    with pytest.raises(ProtocolError, match="reload"):
        decode('[2,"message","a",1,{}]')


def test_a_payload_that_should_be_an_object() -> None:
    assert Frame("message", "a", 1, {"x": 1}).object() == {"x": 1}
    with pytest.raises(ProtocolError, match="no object"):
        Frame("message", "a", 1, [1]).object()


@pytest.mark.parametrize("depth", [501, 1_000_000])
def test_nesting_that_would_end_an_interpreter_is_dropped_unparsed(depth: int) -> None:
    with pytest.raises(ProtocolError, match=r"nested deeper|too long"):
        decode('[1,"message","a",1,' + '{"a":' * depth)
