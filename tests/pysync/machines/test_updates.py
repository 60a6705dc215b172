"""What two updates of one record come to: a total table, and nothing is lost in it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.machines.updates import (
    ACTIONS,
    Action,
    RealtimeUpdate,
    came_to,
    difference,
    together,
)
from tests.pysync.kit import WALL

pytestmark = pytest.mark.req("RT-03")


def made(was: Any, now: Any, **more: Any) -> RealtimeUpdate:
    """An update of a record of the space, which did change."""
    became = came_to(was, now)
    assert became is not None
    action, data = became
    update = RealtimeUpdate(
        type="rooms", action=action, id="1", timestamp=WALL, data=data, was=was, record=now
    )
    return replace(update, collection="rooms", **more)


def told(action: Action, data: Any = None, **more: Any) -> RealtimeUpdate:
    """An update of data that is not in the space."""
    update = RealtimeUpdate(type="weather", action=action, id="1", timestamp=WALL, data=data or {})
    return replace(update, **more)


def applied(held: dict[str, Any] | None, update: RealtimeUpdate) -> dict[str, Any] | None:
    """What a subscriber holds after an update."""
    if update.action == "delete":
        return None
    if update.action == "create":
        assert held is None
        return dict(update.data)
    assert held is not None
    return {name: v for name, v in {**held, **update.data}.items() if v is not None}


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("create", "create", ("create", {"b": 2, "c": 3})),
        ("create", "update", ("create", {"a": 1, "b": 2, "c": 3})),
        ("create", "delete", None),
        ("update", "create", ("create", {"b": 2, "c": 3})),
        ("update", "update", ("update", {"a": 1, "b": 2, "c": 3})),
        ("update", "delete", ("delete", {"b": 2, "c": 3})),
        ("delete", "create", ("create", {"b": 2, "c": 3})),
        ("delete", "update", ("create", {"b": 2, "c": 3})),
        ("delete", "delete", ("delete", {"b": 2, "c": 3})),
    ],
)
def test_every_pair_of_actions_has_an_answer(
    first: Action, second: Action, both: tuple[Action, Any] | None
) -> None:
    one = told(first, {"a": 1, "b": 1}, employee="anna")
    found = together(one, told(second, {"b": 2, "c": 3}, timestamp=2))
    assert (found and (found.action, found.data)) == both
    if found is not None:
        assert (found.timestamp, found.employee) == (2, "anna")
        assert together(one, told(second, employee="bo")) == replace(
            told(second, employee="bo"),
            action=found.action,
            data=one.data if second == "update" and first != "delete" else {},
            replaces=found.replaces,
        )


def test_there_are_as_many_answers_as_pairs() -> None:
    assert len(ACTIONS) == 3
    for first in ACTIONS:
        for second in ACTIONS:
            together(told(first), told(second))


def as_told(held: dict[str, Any] | None, update: RealtimeUpdate) -> dict[str, Any] | None:
    """What a subscriber of what an application tells holds after an update."""
    if update.action == "delete":
        return None
    return {**(held or {}), **update.data} if update.action == "update" else dict(update.data)


FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)
RECORD = st.none() | st.dictionaries(
    st.sampled_from("abc"), st.sampled_from([0, 1, True, "x"]), max_size=3
).map(lambda fields: {"id": "1", **fields})


@given(st.lists(RECORD, min_size=2, max_size=6))
def test_updates_1_an_aggregate_is_what_its_parts_come_to(versions: list[Any]) -> None:
    """UPDATES-1 and UPDATES-2: one after the other or as one, the subscriber holds the same."""
    parts = [made(was, now) for was, now in pairwise(versions) if came_to(was, now) is not None]
    begin = versions[0] and {name: v for name, v in versions[0].items() if name != "id"}
    one_by_one, waiting = begin, None
    for part in parts:
        one_by_one = applied(one_by_one, part)
        waiting = part if waiting is None else together(waiting, part)
    at_once = begin if waiting is None else applied(begin, waiting)
    assert at_once == one_by_one
    if waiting is not None:
        assert (waiting.action, waiting.data) == came_to(versions[0], versions[-1])


@given(st.none() | FIELDS, st.lists(st.none() | FIELDS, max_size=6))
def test_updates_1_what_an_application_told_comes_to_the_same_as_one(
    begin: Any, steps: list[Any]
) -> None:
    """UPDATES-1: of data of which nobody here knows what it was."""
    one_by_one, at_once, waiting = begin, begin, None
    for step in steps:
        if step is None and one_by_one is None:
            continue
        action: Action = "delete" if step is None else "create" if one_by_one is None else "update"
        part = told(action, step or {})
        one_by_one = as_told(one_by_one, part)
        waiting = part if waiting is None else together(waiting, part)
    if waiting is not None:
        assert waiting.replaces is (waiting.action == "create" and begin is not None)
        at_once = as_told(begin, waiting)
    assert at_once == one_by_one


def test_updates_2_only_what_differs_travels() -> None:
    """UPDATES-2."""
    assert difference({"id": "1", "a": 1, "b": True}, {"id": "1", "a": 1, "b": 1}) == {"b": 1}
    assert came_to({"id": "1", "a": 1}, {"id": "1", "a": 1}) is None
    assert came_to(None, None) is None
    assert came_to({"id": "1", "a": 1}, None) == ("delete", {})
    there_and_back = together(
        made({"id": "1", "a": 1}, {"id": "1", "a": 2}),
        made({"id": "1", "a": 2}, {"id": "1", "a": 1}),
    )
    assert there_and_back is None


def test_updates_of_two_records_are_two() -> None:
    with pytest.raises(AssertionError):
        together(told("update"), told("update", id="2"))
