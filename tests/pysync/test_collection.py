"""`Collection`: records one by one."""

from __future__ import annotations

import pytest

from pysync import (
    Collection,
    CollectionSchema,
    Field,
    FrozenValue,
    InvalidValue,
    Schema,
    SensitiveKey,
    Space,
    Unknown,
)
from pysync.machines.messages import decode
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("TAB-01")

SCHEMA = Schema(
    collections={
        "rooms": CollectionSchema(
            name="rooms",
            fields={
                "floor": Field(types=(int,), required=True, minimum=0),
                "tags": Field(kind="set"),
                "guests": Field(types=(int,), kind="counter"),
            },
        )
    }
)


class House:
    def __init__(self) -> None:
        self.device = Device()
        self.spaces: list[Space] = [
            self.device.open(f"abcdefgh-{n}", schema=SCHEMA) for n in range(2)
        ]
        self.one, self.two = (Collection("rooms", space=space) for space in self.spaces)
        self.device.settle()

    def settle(self) -> None:
        self.device.settle()


@pytest.fixture
def house() -> House:
    return House()


def test_create_update_delete_show_in_the_other_tab(house: House) -> None:
    house.one.create({"id": "101", "floor": 1, "note": "quiet"})
    house.settle()
    assert house.two.get("101") == {"id": "101", "floor": 1, "note": "quiet"}
    house.two.update("101", {"note": None, "floor": 2})
    house.settle()
    assert house.one.get("101") == {"id": "101", "floor": 2, "note": None}
    house.one.delete("101")
    house.settle()
    assert "101" not in house.two
    assert len(house.two) == 0


def test_one_field_of_many_records_costs_few_bytes(house: House) -> None:
    house.one.set_all([{"id": str(n), "floor": 1, "note": "x" * 50} for n in range(1_000)])
    house.settle()
    begun = len(house.device.said)
    house.one.update("500", {"note": "y"})
    house.device.end_tasks()
    update, verdict = house.device.said[begun:]
    assert decode(update).type == "state-update"
    assert len(update) + len(verdict) <= 200


def test_what_is_equal_is_not_sent(house: House) -> None:
    house.one.create({"id": "101", "floor": 1})
    house.settle()
    begun = len(house.device.said)
    assert house.one.update("101", {"floor": 1}).change_id == ""
    house.device.end_tasks()
    assert len(house.device.said) == begun


def test_reading(house: House) -> None:
    house.one.create({"id": "b", "floor": 1})
    house.one.create({"id": "a", "floor": 2})
    assert sorted(str(record["id"]) for record in house.one) == ["a", "b"]
    assert ("a" in house.one, "c" in house.one, len(house.one)) == (True, False, 2)
    with pytest.raises(Unknown, match="rooms/c"):
        house.one.get("c")
    with pytest.raises(FrozenValue):
        house.one.get("a")["floor"] = 5  # type: ignore[index]


def test_what_does_not_fit_is_refused_and_changes_nothing(house: House) -> None:
    house.one.create({"id": "101", "floor": 1})
    for record, error in (
        ({"id": "101", "floor": 1}, InvalidValue),
        ({"id": "102"}, InvalidValue),
        ({"id": "102", "floor": "one"}, InvalidValue),
        ({"id": "102", "floor": 1, "bad": {1}}, InvalidValue),
        ({"id": "a/b", "floor": 1}, InvalidValue),
        ({"floor": 1}, InvalidValue),
        ({"id": "102", "floor": 1, "Api Key": "x"}, SensitiveKey),
        ({"id": "102", "floor": 1, "wifi": {"password": "x"}}, SensitiveKey),
    ):
        with pytest.raises(error):
            house.one.create(record)
    with pytest.raises(InvalidValue, match="rooms/101/floor: is below 0"):
        house.one.update("101", {"floor": -1})
    with pytest.raises(InvalidValue):
        house.one.update("101", {"floor": None})
    with pytest.raises(Unknown):
        house.one.update("103", {"floor": 1})
    with pytest.raises(Unknown):
        house.one.delete("103")
    with pytest.raises(Unknown):
        house.one.increment("103", "guests")
    house.settle()
    assert list(house.two) == [{"id": "101", "floor": 1}]


def test_different_fields_of_one_record_in_one_moment_both_stay(house: House) -> None:
    house.one.create({"id": "101", "floor": 1})
    house.settle()
    house.one.update("101", {"note": "quiet"})
    house.two.update("101", {"bed": "king"})
    house.settle()
    assert house.one.get("101") == house.two.get("101")
    assert house.one.get("101") == {"id": "101", "floor": 1, "note": "quiet", "bed": "king"}


@pytest.mark.req("SRV-24")
def test_increments_and_set_elements_of_one_moment_add_up(house: House) -> None:
    house.one.create({"id": "101", "floor": 1, "guests": 2, "tags": ["sea"]})
    house.settle()
    house.one.increment("101", "guests", 3)
    house.two.increment("101", "guests", -1)
    house.one.update("101", {"tags": ["sea", "quiet"]})
    house.two.update("101", {"tags": ["sea", "king"]})
    house.settle()
    for record in (house.one.get("101"), house.two.get("101")):
        assert record["guests"] == 4
        assert sorted(record["tags"]) == ["king", "quiet", "sea"]


def test_the_same_id_created_twice_in_one_moment_is_one_record(house: House) -> None:
    house.one.create({"id": "101", "floor": 1, "a": 1})
    house.two.create({"id": "101", "floor": 2, "b": 2})
    house.settle()
    assert house.one.get("101") == house.two.get("101")
    assert {**house.one.get("101"), "floor": 0} == {"id": "101", "floor": 0, "a": 1, "b": 2}


def test_set_all_sends_only_the_difference(house: House) -> None:
    house.one.set_all([{"id": str(n), "floor": n, "note": "x"} for n in range(5)])
    house.settle()
    begun = len(house.device.said)
    house.one.set_all([{"id": "9", "floor": 9}, {"id": "0", "floor": 0, "note": "y"},
                       *({"id": str(n), "floor": n, "note": "x"} for n in (1, 2))])  # fmt: skip
    house.device.end_tasks()
    frame = house.device.said[begun]
    assert [frame.count(f'"rooms","{n}"') for n in range(5)] == [1, 0, 0, 1, 1]
    house.settle()
    assert sorted(str(record["id"]) for record in house.two) == ["0", "1", "2", "9"]
    assert house.two.get("0")["note"] == "y"


def test_set_all_takes_as_many_records_as_there_are(house: House) -> None:
    records = [{"id": str(n), "floor": n % 9} for n in range(5_000)]
    house.one.set_all(records)
    for _ in range(20):
        house.device.beat()
    assert len(house.two) == 5_000
    house.two.set_all(records[:1])
    assert list(house.two) == [{"id": "0", "floor": 0}]


def test_subscribers_hear_ids_of_their_collection(house: House) -> None:
    heard: list[list[str]] = []
    stop = house.two.subscribe(heard.append)
    house.one.set_all([{"id": "b", "floor": 1}, {"id": "a", "floor": 1}])
    Collection("other", space=house.spaces[0]).create({"id": "x"})
    house.settle()
    assert heard == [["a", "b"]]
    stop()
    house.one.delete("a")
    house.settle()
    assert heard == [["a", "b"]]
