"""The import: every quirk of the format, nothing twice, nothing stopped by a bad row."""

from __future__ import annotations

import csv
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync import Space
from pysync.errors import InvalidValue
from pysync.native import open_space
from pysync_pms.commands import Assign, Cancel
from pysync_pms.importing import (
    HotelFile,
    HotelReport,
    Reading,
    import_hotel,
    read_bookings,
    run_all,
    space_name,
)
from pysync_pms.queries import stats
from pysync_pms.schema import SCHEMA
from tests.pms.bookings_csv import BAD, GOOD, HEADER, row, table
from tests.pms.support import book, double_nights, give, open_house

pytestmark = pytest.mark.req("PMS-11")


def read(data: str | bytes) -> Reading:
    """Read a file to its end."""
    return run_all(read_bookings(data))


def city(data: str | bytes) -> HotelFile:
    """The city hotel's bookings."""
    return read(data).hotels["city-hotel"]


def empty(name: str) -> Space:
    """A space with nothing in it."""
    return open_space(f"import-{name}", schema=SCHEMA)


def records(space: Space) -> dict[str, dict[str, Any]]:
    """Everything in the space."""
    return {
        f"{collection}/{record['id']}": dict(record)
        for collection in SCHEMA.collections
        for record in space.view.all(collection)
    }


# -- reading --------------------------------------------------------------------------------------


def test_a_line_becomes_a_booking() -> None:
    [booking] = city(table([row()])).bookings
    assert (booking.arrival, booking.departure, booking.status) == (
        "2015-07-03", "2015-07-05", "checked-out",
    )  # fmt: skip
    assert (booking.rate, booking.adults, booking.country) == (9_850, 2, "PRT")
    assert (booking.board, booking.source, booking.agent) == ("breakfast", "online-agency", "240")
    assert (booking.booked_on, booking.closed_on) == ("2015-06-19", "2015-07-05")
    assert booking.line == 2


def test_every_quirk_of_the_format_is_read() -> None:
    reading = read(table(GOOD))
    assert reading.bad == ()
    assert {name: len(hotel.bookings) for name, hotel in reading.hotels.items()} == {
        "city-hotel": len(GOOD) - 1,
        "resort-hotel": 1,
    }
    by_line = {b.line: b for hotel in reading.hotels.values() for b in hotel.bookings}
    assert (by_line[6].children, by_line[6].country, by_line[6].board) == (0, None, None)
    assert by_line[8].arrival == by_line[8].departure
    assert by_line[9].rate == -639
    assert by_line[12].departure == "2016-03-02"
    assert by_line[17].company == 'Smith, Sons & Co "Ltd"'


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_bad_row_is_listed_with_line_and_reason_and_stops_nothing(
    bad: dict[str, str], reason: str
) -> None:
    reading = read(table([row(), bad, row()]))
    [listed] = reading.bad
    assert listed.line == 3
    assert reason in listed.reason
    assert len(reading.hotels["city-hotel"].bookings) == 2


def test_lines_that_are_cut_or_quoted_wrongly_spoil_only_themselves() -> None:
    good = table([row()]).split("\r\n")[1]
    lines = [
        ",".join(HEADER),
        good,
        "City Hotel,0,14",
        good + ",surplus",
        '"' + good,
        "",
        "   ",
        "," * 31,
        good.replace("240", "2\x0040"),
        good,
    ]
    reading = read("\n".join(lines))
    assert [bad.line for bad in reading.bad] == [3, 4, 5]
    assert [b.line for b in reading.hotels["city-hotel"].bookings] == [2, 9, 10]


@pytest.mark.parametrize(
    "data",
    [
        table(GOOD),
        table(GOOD).replace("\r\n", "\n"),
        table(GOOD).replace("\r\n", "\r"),
        "\ufeff" + table(GOOD),
        ("\ufeff" + table(GOOD)).encode(),
        table(GOOD).encode("utf-16"),
        "\r\n\r\n" + table(GOOD),
        table(GOOD, quoting=csv.QUOTE_ALL),
        table(GOOD, delimiter=";"),
        table(GOOD, delimiter="\t"),
        table(GOOD, columns=sorted(HEADER)),
        table(GOOD).rstrip(),
        table(GOOD).replace("hotel,is_canceled", " Hotel ,IS CANCELED", 1),
    ],
    ids=["crlf", "lf", "cr", "bom", "bom-bytes", "utf-16", "blank-first", "quoted", "semicolons",
         "tabs", "other-order", "no-last-end", "other-case"],
)  # fmt: skip
def test_the_same_bookings_in_any_dress_have_the_same_keys(data: str | bytes) -> None:
    def keys(reading: Reading) -> list[str]:
        return [b.key for hotel in reading.hotels.values() for b in hotel.bookings]

    reading = read(data)
    assert reading.bad == ()
    assert keys(reading) == keys(read(table(GOOD)))


def test_equal_lines_are_different_bookings_with_keys_of_their_own() -> None:
    keys = [b.key for b in city(table([row(), row(), row()])).bookings]
    assert len(set(keys)) == 3
    assert len({key.rpartition("-")[0] for key in keys}) == 1


def test_rows_in_another_order_are_the_same_bookings() -> None:
    one = {b.key for b in city(table(GOOD)).bookings}
    other = {b.key for b in city(table(reversed(GOOD))).bookings}
    assert one == other


def test_a_file_with_few_columns_is_enough() -> None:
    from pysync_pms.importing.rows import REQUIRED

    [booking] = city(table([row()], columns=REQUIRED)).bookings
    assert (booking.children, booking.country, booking.closed_on) == (0, None, "2015-07-05")


@pytest.mark.parametrize("column", ["hotel", "adr", "reservation_status"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(InvalidValue, match=column):
        read(table([row()], columns=[name for name in HEADER if name != column]))


@pytest.mark.parametrize(
    "data", ["", "\n\n", b"", b"\xef\xbb\xbf", b"\x00\x01\xff\xfe", "PK\x03\x04"]
)
def test_what_is_no_such_file_is_refused(data: str | bytes) -> None:
    with pytest.raises(InvalidValue):
        read(data)


@settings(deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from(table(GOOD).split("\r\n")))))
def test_no_garbage_stops_the_reader_and_every_line_is_accounted_for(lines: list[str]) -> None:
    text = "\n".join([",".join(HEADER), *lines])
    reading = read(text)
    count = sum(len(hotel.bookings) for hotel in reading.hotels.values()) + len(reading.bad)
    flat = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:]
    assert count == sum(bool(line.strip(" ,;\t")) for line in flat)


def test_spaces_are_named_after_hotels() -> None:
    assert space_name("City Hotel") == "city-hotel"
    assert space_name("  Grand Hôtel / Nord ") == "grand-hôtel-nord"


# -- booking --------------------------------------------------------------------------------------


def test_everything_read_is_booked_with_rooms_that_nobody_shares() -> None:
    space = empty("all")
    hotel = city(table(GOOD))
    report = run_all(import_hotel(space, hotel))
    assert (report.booked, report.known, report.bad) == (len(hotel.bookings), 0, ())
    stays = list(space.view.all("reservations"))
    assert double_nights(stays) == []
    figures = stats(space.view)
    assert (figures.stays, figures.cancellations, figures.no_shows) == (len(GOOD) - 3, 1, 1)
    assert figures.unassigned == 0
    # As many rooms of a type as its fullest night needs: nine stays of type A meet on 3 July.
    held = [s for s in stays if s["status"] == "checked-out" and s["from"] < s["to"]]
    used = {s["room"] for s in held if s["room"].startswith("A")}
    assert len(used) == max(
        sum(s["from"] <= night < s["to"] and s["room"].startswith("A") for s in held)
        for night in {s["from"] for s in held}
    )
    assert report.rooms == len(list(space.view.all("rooms")))


def test_a_booking_went_through_what_happened_to_it() -> None:
    space = empty("life")
    closed = row(is_canceled="1", reservation_status="Canceled", reservation_status_date="6/1/2015")
    run_all(import_hotel(space, city(table([row(), closed]))))
    cancelled, stay = sorted(space.view.all("reservations"), key=lambda r: str(r["status"]))
    assert (stay["status"], stay["closed_on"]) == ("checked-out", "2015-07-05")
    assert (cancelled["status"], cancelled["closed_on"]) == ("cancelled", "2015-06-01")
    assert "room" not in cancelled
    room = space.view.get("rooms", stay["room"])
    assert room is not None
    assert room["condition"] == "clean"
    guest = space.view.get("guests", stay["guest_id"])
    assert guest is not None
    assert guest["last_name"]
    assert guest["country"] == "PRT"


def test_a_repeat_changes_nothing() -> None:
    space = empty("repeat")
    run_all(import_hotel(space, city(table(GOOD))))
    before = records(space)
    report = run_all(import_hotel(space, city(table(GOOD))))
    assert (report.booked, report.known, report.rooms) == (0, len(GOOD) - 1, 0)
    assert records(space) == before


def test_two_devices_that_import_one_file_hold_the_same_records() -> None:
    spaces = [empty("one"), empty("two")]
    for space in spaces:
        run_all(import_hotel(space, city(table(GOOD))))
    assert records(spaces[0]) == records(spaces[1])


def test_a_longer_file_adds_what_is_new_around_what_is_there() -> None:
    space = empty("longer")
    run_all(import_hotel(space, city(table(GOOD[:6]))))
    before = {s["id"]: s["room"] for s in space.view.all("reservations")}
    report = run_all(import_hotel(space, city(table([*GOOD, row(), row()]))))
    assert (report.known, report.bad) == (len(before), ())
    stays = list(space.view.all("reservations"))
    assert double_nights(stays) == []
    assert {s["id"]: s["room"] for s in stays if s["id"] in before} == before
    assert not any(s.get("attention") for s in stays)


def test_an_import_that_was_cancelled_goes_on_where_it_stopped() -> None:
    space = empty("cancel")
    hotel = city(table([row(arrival_date_day_of_month=str(d)) for d in range(1, 29)]))
    steps: Generator[Any, None, HotelReport] = import_hotel(space, hotel, batch=3)
    for progress in steps:
        if progress.stage == "booking" and progress.done >= 12:
            steps.close()
    held = len(list(space.view.all("reservations")))
    assert 0 < held < 28
    report = run_all(import_hotel(space, hotel))
    assert (report.known, report.booked) == (held, 28 - held)


def test_progress_only_grows_and_never_passes_its_total() -> None:
    space = empty("progress")
    seen: list[Any] = []
    run_all(import_hotel(space, city(table(GOOD)), batch=2), seen.append)
    booking = [p for p in seen if p.stage == "booking"]
    assert [p.done for p in booking] == sorted(p.done for p in booking)
    assert all(0 <= p.done <= p.total for p in seen)
    assert len(booking) > 3


def test_people_who_work_meanwhile_keep_their_stays() -> None:
    space = open_house("import-busy")
    hotel = city(table([row(assigned_room_type="DBL", reserved_room_type="DBL")] * 4))
    give(space, book("mine", "2015-07-01", "2015-07-09"), today="2015-07-01")
    steps = import_hotel(space, hotel, batch=1)
    for progress in steps:
        if progress.stage == "booking" and progress.done == 1:
            break
    # Somebody takes a room the import had in mind, between two slices.
    free = next(r for r in ("102", "103") if not space.view.find("reservations", "room_month",
        (r, "2015-07")))  # fmt: skip
    give(space, book("late", "2015-07-01", "2015-07-09", room=free), today="2015-07-01")
    report = run_all(steps)
    stays = list(space.view.all("reservations"))
    assert double_nights(stays) == []
    assert {"mine", "late"} <= {s["id"] for s in stays}
    assert report.booked + len(report.bad) == 4
    assert all("taken" in bad.reason or "has room" in bad.reason for bad in report.bad)


def test_a_space_of_another_kind_of_use_can_go_on_after_an_import() -> None:
    space = empty("after")
    run_all(import_hotel(space, city(table(GOOD))))
    room = next(iter(space.view.all("rooms")))
    guest = next(iter(space.view.all("guests")))
    again = book("new", "2026-11-20", "2026-11-22", room=None, guest_id=guest["id"], room_type="A")
    give(space, again, Assign(id="new", room=room["id"]), Cancel(id="new", on="2026-11-20"))
