"""Filters of live data: what a subscriber is told of what becomes of a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pysync import Filter, InvalidValue, RealtimeUpdate, UsageError
from pysync.machines.updates import came_to
from pysync.realtime_filter import filter_of

pytestmark = pytest.mark.req("RT-02")
BOOKED: Any = {"id": "7", "status": "booked", "room": "101", "price": 90}
GONE: Any = {"id": "7", "status": "left", "room": "101", "price": 90}


def update(was: Any, now: Any) -> RealtimeUpdate:
    became = came_to(was, now)
    assert became is not None
    made = RealtimeUpdate(type="stays", action=became[0], id="7", timestamp=1, data=became[1])
    return replace(made, collection="stays", was=was, record=now)


def notified(action: Any, **data: Any) -> RealtimeUpdate:
    return RealtimeUpdate(type="weather", action=action, id="lisbon", timestamp=1, data=data)


ALL_OF_IT = {"status": "booked", "room": "101", "price": 90}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (None, GONE, None),
        (None, BOOKED, ("create", ALL_OF_IT, False)),
        (GONE, BOOKED, ("create", ALL_OF_IT, True)),
        (BOOKED, GONE, ("delete", {}, True)),
        (BOOKED, None, ("delete", {}, False)),
        (GONE, None, None),
        (GONE, {**GONE, "price": 80}, None),
        (BOOKED, {**BOOKED, "price": 80}, ("update", {"price": 80}, False)),
    ],
)
def test_a_record_is_told_as_the_subscriber_sees_it(was: Any, now: Any, told: Any) -> None:
    wanted = Filter(where={"status": "booked"})
    found = wanted.seen(update(was, now))
    assert (found and (found.action, found.data, found.moved)) == told


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (BOOKED, {**BOOKED, "price": 80}, True),
        (BOOKED, {**BOOKED, "room": "102"}, False),
        (BOOKED, {**BOOKED, "room": "102", "price": 80}, True),
        (None, BOOKED, True),
        (BOOKED, None, True),
    ],
)
def test_fields_say_which_changes_matter(was: Any, now: Any, *, told: bool) -> None:
    found = Filter(fields=["price", "tax"]).seen(update(was, now))
    assert (found is not None) is told
    if found is not None and found.action == "update":
        assert found.data == update(was, now).data, "all that differs comes along"


@pytest.mark.parametrize(
    ("where", "wants"),
    [
        ({}, True),
        ({"status": ["left", "booked"]}, True),
        ({"status": {"left", "gone"}}, False),
        ({"status": ("booked",), "room": "101"}, True),
        ({"status": "booked", "room": "102"}, False),
        ({"company": None}, True),
        ({"price": 90.0}, True),
        ({"price": True}, False),
        ({"id": "7"}, True),
    ],
)
def test_properties_equal_a_value_or_one_of_several(where: Any, *, wants: bool) -> None:
    assert Filter(where=where).wants(BOOKED) is wants
    assert not Filter(where=where).wants(None)


@pytest.mark.parametrize(
    ("given", "action", "data", "told"),
    [
        ({}, "update", {"temp": 21}, True),
        ({"where": {"temp": 21}}, "update", {"temp": 21}, True),
        ({"where": {"temp": 21}}, "update", {"wind": 3}, False),
        ({"where": {"temp": 21}}, "delete", {}, True),
        ({"where": {"temp": 21}}, "delete", {"temp": 22}, False),
        ({"where": {"temp": 21}}, "delete", {"temp": 21}, True),
        ({"where": {"id": "lisbon"}}, "delete", {}, True),
        ({"fields": ["temp"]}, "update", {"wind": 3}, False),
        ({"fields": ["temp"]}, "create", {"wind": 3}, True),
    ],
)
def test_what_an_application_told_is_wanted_by_its_data(
    given: Any, action: Any, data: Any, *, told: bool
) -> None:
    said = notified(action, **data)
    assert filter_of(given).seen(said) == (said if told else None)


def test_a_filter_is_given_as_one_or_as_a_mapping() -> None:
    assert filter_of(None) == Filter()
    assert filter_of({"where": {"a": 1}, "fields": ["b"]}) == Filter(where={"a": 1}, fields=["b"])
    given = Filter(fields="a b".split())
    assert filter_of(given) is given


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"feilds": ["a"]}, "did you mean 'fields'"),
        ({"status": "booked"}, "properties go into 'where'"),
        ({1: 2}, "properties go into 'where'"),
        ("status", "a Filter or a mapping"),
        ({"where": "status"}, "maps properties to values"),
        ({"where": {"": 1}}, "by text"),
        ({"where": {"status": []}}, "no value at all"),
        ({"where": {"status": str}}, "not a function"),
        ({"fields": "price"}, "list of names"),
        ({"fields": 7}, "list of names"),
        ({"fields": [7]}, "by text"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(given: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        filter_of(given)


def test_a_value_that_is_not_json_is_refused() -> None:
    with pytest.raises(InvalidValue, match="status"):
        Filter(where={"status": object()})
