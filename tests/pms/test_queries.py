"""What the screens show, from a house whose day is known to the last detail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync import Space
from pysync_pms.commands import (
    AssignHousekeeper,
    Cancel,
    CheckIn,
    CheckOut,
    CreateGuest,
    EditGuest,
    MergeGuests,
    Move,
    NoShow,
    SetCondition,
    SetServiceability,
)
from pysync_pms.queries import (
    ChartRow,
    all_guests,
    all_rooms,
    arrivals,
    arrived,
    board_by_floor,
    board_by_person,
    chart_row,
    departed,
    departures,
    duplicates_of,
    guest_figures,
    guest_of,
    housekeepers,
    in_house,
    nearest_stay,
    needs_attention,
    rack_room,
    room_rack,
    search_guests,
    search_stays,
    stats,
    stay_line,
    stays_of,
    today_figures,
    unassigned_bars,
)
from tests.pms.support import TODAY, book, give, open_house

YESTERDAY, TOMORROW = "2026-11-19", "2026-11-21"


def chart(space: Space, start: str, end: str) -> dict[str, ChartRow]:
    """The lines of all rooms, by number."""
    rows = [chart_row(space.view, room["id"], start, end, TODAY) for room in all_rooms(space.view)]
    return {row.room["number"]: row for row in rows if row is not None}


@pytest.fixture(scope="module")
def space() -> Iterator[Space]:
    """101 turns over today, 102 stays, 103 was left, 201 is new today; two have no room yet."""
    made = open_house("queries")
    past = "2026-11-17"
    give(
        made,
        book("leaving", past, TODAY, room="101", guest_id="bob"),
        CheckIn(id="leaving", on=past),
        book("staying", past, "2026-11-24", room="102", guest_id="eve", adults=2),
        CheckIn(id="staying", on=past),
        book("gone", past, TODAY, room="103"),
        CheckIn(id="gone", on=past),
        today=past,
    )
    give(
        made,
        CheckOut(id="gone", on=TODAY),
        book("coming", TODAY, "2026-11-23", room="101"),
        book("roomless", TODAY, TOMORROW, room=None, guest_id="eve"),
        book("new", TODAY, TOMORROW, room="201", guest_id="bob", room_type="STE", children=1),
        CheckIn(id="new", on=TODAY),
        book("next", "2026-11-24", "2026-11-26", room="102"),
        book("off", TOMORROW, "2026-11-22", room="202"),
        Cancel(id="off", on=TODAY),
        book("late", YESTERDAY, TOMORROW, room=None, overbook=True),
        SetServiceability(room="202", serviceability="out-of-order", reason="flood", since=TODAY),
        AssignHousekeeper(room="101", housekeeper="rosa"),
        AssignHousekeeper(room="102", housekeeper="rosa"),
        SetCondition(room="102", condition="clean", on=TODAY),
    )
    yield made
    made.close()


def ids(lines: list[object]) -> list[str]:
    """The reservations of some lines."""
    return [line.id for line in lines]  # type: ignore[attr-defined]


@pytest.mark.req("PMS-02")
def test_the_lists_of_the_day(space: Space) -> None:
    view = space.view
    assert ids([*arrivals(view, TODAY)]) == ["late", "roomless", "coming"]
    assert ids([*arrived(view, TODAY)]) == ["new"]
    assert ids([*departures(view, TODAY)]) == ["leaving"]
    assert ids([*departed(view, TODAY)]) == ["gone"]
    assert ids([*in_house(view)]) == ["leaving", "staying", "new"]


@pytest.mark.req("PMS-02")
def test_a_line_holds_what_a_clerk_reads(space: Space) -> None:
    line = stay_line(space.view, "staying")
    assert line is not None
    assert (line.guest_name, line.room_number, line.nights) == ("Eve Çelik", "102", 7)
    assert (line.status, line.ready) == ("checked-in", True)
    roomless = stay_line(space.view, "roomless")
    assert roomless is not None
    assert (roomless.room_number, roomless.ready) == ("", False)
    assert stay_line(space.view, "nothing") is None


@pytest.mark.req("PMS-02")
def test_the_figures_are_the_lengths_of_the_lists(space: Space) -> None:
    figures = today_figures(space.view, TODAY)
    assert (figures.arrivals_due, figures.arrived) == (3, 1)
    assert (figures.departures_due, figures.departed) == (1, 1)
    assert (figures.in_house, figures.guests_in_house, figures.occupied) == (3, 5, 3)
    assert (figures.rooms, figures.dirty, figures.out_of_order) == (5, 1, 1)
    assert figures.attention == len(needs_attention(space.view, TODAY))


@pytest.mark.req("PMS-01")
def test_the_rack_shows_three_axes_per_room(space: Space) -> None:
    rack = {room.number: room for room in room_rack(space.view, TODAY)}
    assert list(rack) == ["101", "102", "103", "201", "202"]
    assert [rack[n].occupancy for n in rack] == [
        "due-out", "stay-over", "vacant", "stay-over", "vacant",
    ]  # fmt: skip
    assert [rack[n].condition for n in rack] == ["clean", "clean", "dirty", "clean", "clean"]
    assert rack["202"].serviceability == "out-of-order"
    assert rack["202"].closed_now
    turnover = rack["101"]
    assert turnover.turnover
    assert (turnover.until, turnover.arriving and turnover.arriving.id) == (TODAY, "coming")
    assert turnover.current is not None
    assert turnover.current.guest_name == "Bob Miller"
    assert rack["102"].following is not None
    assert rack["102"].following.id == "next"
    # 102 was made up today; 101 has been slept in since it was.
    assert (rack["102"].needs_service, rack["101"].needs_service) == (False, True)
    assert rack_room(space.view, "101", TODAY) == turnover
    assert rack_room(space.view, "999", TODAY) is None


@pytest.mark.req("PMS-01")
def test_the_board_by_floor_and_by_person(space: Space) -> None:
    floors = board_by_floor(space.view, TODAY)
    assert [(group.key, len(group.rooms), group.to_do) for group in floors] == [
        ("1", 3, 2),
        ("2", 2, 0),
    ]
    people = board_by_person(space.view, TODAY)
    assert [(group.title, len(group.rooms)) for group in people] == [
        ("Kofi", 0), ("Rosa", 2), ("Nobody yet", 3),
    ]  # fmt: skip
    assert [person["name"] for person in housekeepers(space.view)] == ["Kofi", "Rosa"]


@pytest.mark.req("PMS-02")
def test_the_tape_chart_has_a_bar_per_stay_in_its_columns(space: Space) -> None:
    rows = chart(space, TODAY, "2026-11-25")
    assert [(bar.reservation, bar.column, bar.span) for bar in rows["102"].bars] == [
        ("staying", 0, 4),
        ("next", 4, 1),
    ]
    staying, following = rows["102"].bars
    assert (staying.cut_left, staying.cut_right, staying.tone) == (True, False, "in-house")
    assert (following.cut_left, following.cut_right, following.tone) == (False, True, "booked")
    assert [bar.tone for bar in rows["101"].bars] == ["arriving"]
    assert rows["103"].bars == ()
    [closed] = rows["202"].closed
    assert (closed.column, closed.span, closed.reason) == (0, 5, "flood")
    waiting = unassigned_bars(space.view, TODAY, "2026-11-25", TODAY)
    assert [(bar.reservation, bar.lane, bar.tone) for bar in waiting] == [
        ("late", 0, "due"),
        ("roomless", 1, "arriving"),
    ]
    assert chart_row(space.view, "999", TODAY, TOMORROW, TODAY) is None


@pytest.mark.req("PMS-02")
def test_a_stay_across_months_is_seen_once_and_day_use_on_its_day() -> None:
    space = open_house("queries-months", book("long", "2026-11-28", "2027-02-03"))
    give(space, book("day", "2026-11-28", "2026-11-28"))
    for start, end in (("2026-11-01", "2027-03-01"), ("2026-11-28", "2026-12-02")):
        bars = chart(space, start, end)["101"].bars
        assert sorted(bar.reservation for bar in bars) == ["day", "long"]
    assert [bar.reservation for bar in chart(space, "2026-11-29", "2026-12-02")["101"].bars] == [
        "long"
    ]


@pytest.mark.req("PMS-02")
def test_a_stay_that_moved_has_a_bar_in_each_room() -> None:
    space = open_house("queries-moved", book("r", YESTERDAY, "2026-11-23"))
    give(space, CheckIn(id="r", on=YESTERDAY), today=YESTERDAY)
    give(space, Move(id="r", on=TODAY, room="102"))
    bars = {number: row.bars for number, row in chart(space, "2026-11-18", "2026-11-24").items()}
    assert [(b.column, b.span, b.part) for b in bars["101"]] == [(1, 1, True)]
    assert [(b.column, b.span, b.part) for b in bars["102"]] == [(2, 3, False)]


@pytest.mark.req("PMS-10")
def test_what_needs_attention_says_what_to_do() -> None:
    space = open_house("queries-attention", book("old", "2026-11-17", "2026-11-18", room="102"))
    give(space, CheckIn(id="old", on="2026-11-17"), today="2026-11-17")
    give(space, book("due", YESTERDAY, TOMORROW, room="103"), book("broken", room="201"))
    give(space, book("first"))
    give(space, SetServiceability(room="201", serviceability="out-of-order", reason="flood"))
    # Past the command's own check, as from a desk that was offline.
    space.run("blind", lambda draft: book("second").apply(draft))
    found = {item.line.id: item for item in needs_attention(space.view, TODAY)}
    assert {key: item.code for key, item in found.items()} == {
        "old": "overdue-departure",
        "due": "overdue-arrival",
        "broken": "room-out-of-order",
        "second": "room-taken",
    }
    assert found["second"].source == "mark"
    assert "101" in found["second"].message
    assert all(item.message.endswith(".") for item in found.values())


# -- guests ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people() -> Iterator[Space]:
    """Some guests whose names are alike."""
    made = open_house("queries-people")
    give(
        made,
        CreateGuest(id="jose", first_name="José", last_name="Gonçalves Pereira"),
        CreateGuest(id="jose2", first_name="Jose", last_name="Goncalves", phone="+351 912345678"),
        CreateGuest(id="josh", first_name="Josh", last_name="Gonzalez", email="jg@example.org"),
        CreateGuest(id="same", first_name="Joshua", last_name="G", email="JG@example.org"),
        CreateGuest(id="twin", first_name="Gonzalez", last_name="Josh", birth_date="1980-01-01"),
    )
    yield made
    made.close()


@pytest.mark.req("PMS-03")
def test_the_stay_in_mind_is_the_present_one_else_the_next_else_the_last() -> None:
    with open_house("queries-nearest") as space:
        assert nearest_stay(space.view, "ana") is None

        def nearest() -> str:
            return str((nearest_stay(space.view, "ana") or {}).get("id"))

        give(space, book("gone", "2026-11-01", "2026-11-03", None), today="2026-11-01")
        give(space, Cancel(id="gone", on="2026-11-01"), today="2026-11-01")
        assert nearest() == "gone"
        give(space, book("before", "2026-10-01", "2026-10-03", "101"), today="2026-10-01")
        give(space, CheckIn(id="before", on="2026-10-01"), today="2026-10-01")
        give(space, CheckOut(id="before", on="2026-10-03"), today="2026-10-03")
        assert nearest() == "before", "a stay that was slept says more than one that was cancelled"
        give(space, book("later", "2026-12-20", "2026-12-22", None))
        give(space, book("next", "2026-12-01", "2026-12-03", None))
        assert nearest() == "next"
        give(space, book("now", TODAY, "2026-11-22", "101"), CheckIn(id="now", on=TODAY))
        assert nearest() == "now"


@pytest.mark.req("PMS-03")
def test_all_guests_stand_by_last_name_without_merged_profiles(people: Space) -> None:
    ids = [guest["id"] for guest in all_guests(people.view)]
    wanted = ["same", "jose2", "jose", "josh", "twin"]
    assert [gid for gid in ids if gid in wanted] == wanted
    assert len(ids) == len(set(ids)) > len(wanted)
    done = give(people, MergeGuests(keep="josh", others=("same",)))
    assert "same" not in {guest["id"] for guest in all_guests(people.view)}
    people.undo(done.change_id)


@pytest.mark.req("PMS-03")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("jose", {"jose", "jose2"}),
        ("GONÇ", {"jose", "jose2"}),
        ("gonc jos", {"jose", "jose2"}),
        ("jos gonz", {"josh", "twin"}),
        ("pereira", {"jose"}),
        ("jg@EXAMPLE.org", {"josh", "same"}),
        ("912 345 678", {"jose2"}),
        ("j", {"jose", "jose2", "josh", "same", "twin"}),
        ("", set()),
        ("zz", set()),
    ],
)
def test_guests_are_found_by_the_beginnings_of_their_names(
    people: Space, typed: str, wanted: set[str]
) -> None:
    assert {guest["id"] for guest in search_guests(people.view, typed)} == wanted


@pytest.mark.req("PMS-03")
def test_likely_duplicates_are_named_the_likeliest_first(people: Space) -> None:
    assert [guest["id"] for guest in duplicates_of(people.view, "josh")] == ["same", "twin"]
    give(people, EditGuest(id="josh", changes={"birth_date": "1990-05-05"}))
    assert [guest["id"] for guest in duplicates_of(people.view, "josh")] == ["same"]
    assert duplicates_of(people.view, "nobody") == []


@pytest.mark.req("PMS-03")
def test_a_guests_stays_follow_a_merge_the_latest_first() -> None:
    space = open_house("queries-merge", book("a", "2026-11-20", "2026-11-22"))
    give(space, book("b", "2026-12-01", "2026-12-04", room="102", guest_id="bob"))
    give(space, book("c", "2026-12-05", "2026-12-06", guest_id="bob"), Cancel(id="c", on=TODAY))
    give(space, book("d", TODAY, TOMORROW, room="103"), NoShow(id="d", on=TODAY))
    give(space, MergeGuests(keep="ana", others=("bob",)))
    # A desk that was offline books for the profile that is gone.
    space.run(
        "late", lambda draft: book("e", "2027-01-01", "2027-01-02", guest_id="bob").apply(draft)
    )
    found = stays_of(space.view, "ana")
    assert [line.id for line in found] == ["e", "c", "b", "d", "a"]
    figures = guest_figures(found)
    assert (figures.stays, figures.nights, figures.cancellations, figures.no_shows) == (3, 6, 1, 1)
    assert figures.revenue == {"EUR": 60_000}
    guest = guest_of(space.view, {"guest_id": "bob"})
    assert guest is not None
    assert guest["id"] == "ana"
    assert search_guests(space.view, "miller") == []


@pytest.mark.req("PMS-03")
def test_profiles_merged_one_after_another_all_lead_to_the_last() -> None:
    space = open_house("queries-chain")
    give(space, MergeGuests(keep="bob", others=("eve",)), MergeGuests(keep="ana", others=("bob",)))
    late = book("r", guest_id="eve")
    space.run("late", late.apply)
    assert [line.id for line in stays_of(space.view, "ana")] == ["r"]


@pytest.mark.req("PMS-02")
def test_stays_are_found_by_guest_room_and_id(space: Space) -> None:
    assert [line.id for line in search_stays(space.view, "102")] == ["staying", "next"]
    assert [line.id for line in search_stays(space.view, "bob")] == ["leaving", "new"]
    assert [line.id for line in search_stays(space.view, "roomless")] == ["roomless"]
    assert search_stays(space.view, " ") == []


def test_stats_leave_out_what_did_not_happen(space: Space) -> None:
    figures = stats(space.view)
    assert (figures.bookings, figures.stays, figures.cancellations) == (9, 8, 1)
    assert figures.unassigned == 2
    assert len(all_rooms(space.view)) == 5
