"""What a hotel's records may hold, and how they are found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pysync.errors import InvalidValue
from pysync_pms.calendar import add_days
from pysync_pms.indexes import fold, name_key, phone_digits
from pysync_pms.schema import SCHEMA
from tests.pms.support import TODAY, book, open_house

BAD = [
    ("reservations", {"from": "20.11.2026"}),
    ("reservations", {"to": "2026-11-31"}),
    ("reservations", {"status": "maybe"}),
    ("reservations", {"adults": -1}),
    ("reservations", {"adults": 2.5}),
    ("reservations", {"rate": 99.5}),
    ("reservations", {"rate": 10**13}),
    ("reservations", {"currency": "euro"}),
    ("reservations", {"guest_id": ""}),
    ("reservations", {"earlier": [["101", "2026-11-20"]]}),
    ("reservations", {"earlier": [["101", "2026-11-21", "2026-11-20"]]}),
    ("reservations", {"notes": "x" * 4_001}),
    ("reservations", {"attention": "hello"}),
    ("rooms", {"condition": "messy"}),
    ("rooms", {"serviceability": "broken"}),
    ("rooms", {"number": " "}),
    ("rooms", {"features": [1]}),
    ("guests", {"email": "nobody"}),
    ("guests", {"last_name": ""}),
    ("guests", {"country": "Portugal"}),
    ("guests", {"vip": 1}),
    ("preferences", {"theme": "pink"}),
    ("preferences", {"font_size": 500}),
    ("staff", {"role": "king"}),
]


@pytest.mark.parametrize(("collection", "fields"), BAD)
def test_a_value_that_does_not_fit_is_refused(collection: str, fields: dict[str, Any]) -> None:
    [(name, value)] = fields.items()
    with pytest.raises(InvalidValue) as error:
        SCHEMA.collections[collection].check_field(name, value)
    assert error.value.path == f"{collection}/{name}"


def test_arrival_and_departure_merge_with_the_room() -> None:
    group = SCHEMA.collections["reservations"].group_of("to")
    assert group is not None
    assert {"room", "from", "to"} <= set(group)


def test_a_status_merges_with_the_day_and_the_reason_it_was_closed() -> None:
    group = SCHEMA.collections["reservations"].group_of("closed_on")
    assert group is not None
    assert {"status", "closed_on", "close_reason"} <= set(group)


def test_names_of_people_are_marked_personal() -> None:
    guests = SCHEMA.collections["guests"].fields
    for name in ("first_name", "last_name", "email", "phone", "birth_date", "notes"):
        assert guests[name].personal


def test_a_stay_is_listed_under_few_keys() -> None:
    record: Mapping[str, Any] = book("r", "2026-11-02", "2026-12-28").record()
    indexes = SCHEMA.collections["reservations"].indexes
    keys = [key for function in indexes.values() for key in function(record)]
    # Nights would be 56.
    assert len(keys) <= 12


def test_a_record_with_missing_fields_breaks_no_index() -> None:
    for declared in SCHEMA.collections.values():
        for function in declared.indexes.values():
            tuple(function({"id": "x"}))
            tuple(function({"id": "x", "status": "confirmed", "room": "1"}))


def test_the_indexes_find_a_stay_in_every_month_it_touches() -> None:
    space = open_house("schema-months", book("r", "2026-11-28", "2027-01-02"))
    for month in ("2026-11", "2026-12", "2027-01"):
        found = space.view.find("reservations", "room_month", ("101", month))
        assert [stay["id"] for stay in found] == ["r"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Gonçalves", "jose goncalves"),
        ("Łukasz Müller-Weiß", "LUKASZ MULLER WEISS"),
        ("D’Ávila, Ana", "d avila ana"),
        ("Søren Bjørk", "soren bjork"),
    ],
)
def test_names_compare_without_accents_and_case(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_first_and_last_name_may_be_swapped() -> None:
    one = {"first_name": "Ana", "last_name": "Souza"}
    assert name_key(one) == name_key({"first_name": "SOUZA", "last_name": "Aná"})


def test_a_telephone_number_compares_without_its_prefix() -> None:
    assert phone_digits("+351 912 345 678") == phone_digits("912-345-678")


def test_a_refused_record_leaves_nothing() -> None:
    space = open_house("schema-backwards")
    record = book("r", TODAY, add_days(TODAY, 2)).record()
    with pytest.raises(InvalidValue):
        space.run("x", lambda draft: draft.create("reservations", record | {"to": "soon"}))
    assert space.view.get("reservations", "r") is None


@pytest.mark.req("SRV-07", "SRV-08")
def test_schema_3_who_decides_between_what_two_write_in_one_moment() -> None:
    def rule(collection: str, field: str) -> tuple[str, int]:
        found = SCHEMA.collection(collection).rule_of(field)
        return found.strategy, found.window_ms

    assert rule("guests", "email") == ("manual", 30_000)
    assert rule("guests", "phone") == ("merge", 30_000)
    assert rule("reservations", "room") == ("manual", 10_000)
    assert rule("reservations", "status") == ("manual", 10_000)
    assert rule("rooms", "condition")[0] == "merge", "of a clash the newer word holds"
    assert rule("rooms", "serviceability") == ("manual", 10_000)
    assert rule("settings", "currency") == ("keep-remote", 60_000)
