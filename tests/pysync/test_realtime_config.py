"""The settings of live data, and what a type of data is."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import DataType, RealtimeConfig, Unknown, UsageError
from pysync.realtime_config import MAX_SUBSCRIPTIONS

pytestmark = pytest.mark.req("RT-02", "RT-03")


def test_the_settings_are_those_of_the_requirements() -> None:
    config = RealtimeConfig()
    assert (config.throttle_ms, config.batch_size, config.max_pending) == (500, 10, 100)
    assert config.max_subscriptions == MAX_SUBSCRIPTIONS == 10


def test_without_types_each_collection_is_one() -> None:
    config = RealtimeConfig()
    assert config.type_of("rooms") == DataType(collections=("rooms",))
    assert config.types_of("rooms") == [("rooms", DataType(collections=("rooms",)))]
    with pytest.raises(UsageError, match="key"):
        config.type_of("")


def test_declared_types_are_all_there_are() -> None:
    config = RealtimeConfig(
        types={
            "expenses": ["receipts", "mileage", "receipts"],
            "money": ("receipts",),
            "staff": DataType(collections=["employees"], employee="id"),
            "weather": (),
        }
    )
    assert config.type_of("expenses").collections == ("receipts", "mileage")
    assert [name for name, _ in config.types_of("receipts")] == ["expenses", "money"]
    assert config.types_of("rooms") == []
    assert config.type_of("weather").collections == ()
    with pytest.raises(Unknown, match="did you mean 'expenses'"):
        config.type_of("expense")
    with pytest.raises(Unknown, match="there are expenses, money, staff, weather"):
        config.type_of("qqqqq")


@pytest.mark.req("RT-08")
@pytest.mark.parametrize(
    ("field", "record", "employee"),
    [
        ("employee", {"id": "1", "employee": "anna"}, "anna"),
        ("by", {"id": "1", "employee": "anna"}, None),
        ("id", {"id": "1"}, "1"),
        ("employee", {"id": "1", "employee": ""}, None),
        ("employee", {"id": "1", "employee": 7}, None),
        ("employee", None, None),
    ],
)
def test_a_type_says_which_field_names_the_employee(
    field: str, record: Any, employee: str | None
) -> None:
    assert DataType(employee=field).employee_of(record) == employee


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"maxPending": 5}, "did you mean 'max_pending'"),
        ({"types": ["rooms"]}, "types maps"),
        ({"types": {"": ["rooms"]}}, "key"),
        ({"types": {"a": "rooms"}}, "list of names"),
        ({"types": {"a": 7}}, "list of names"),
        ({"types": {"a": [7]}}, "key"),
        ({"batch_size": 0}, "batch_size is a whole number, 1 or more"),
        ({"batch_size": True}, "batch_size"),
        ({"max_pending": 2.5}, "max_pending is a whole number"),
        ({"max_subscriptions": -1}, "max_subscriptions"),
        ({"throttle_ms": -1}, "throttle_ms is a number of milliseconds, 0 or more"),
        ({"throttle_ms": float("nan")}, "throttle_ms"),
        ({"throttle_ms": float("inf")}, "throttle_ms"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        RealtimeConfig(**options)


def test_a_type_needs_a_field_for_its_employee() -> None:
    with pytest.raises(UsageError, match="names a field"):
        DataType(employee="")
