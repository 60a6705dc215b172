"""Each command: what it does, what stands against it, and what it says then."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Space
from pysync.errors import InvalidValue, Refused
from pysync_pms.commands import (
    HOTEL,
    REGISTRY,
    Assign,
    AssignHousekeeper,
    Cancel,
    CheckIn,
    CheckOut,
    ClearAttention,
    Command,
    CreateGuest,
    CreateReservation,
    CreateRoom,
    EditGuest,
    EditReservation,
    Extend,
    MergeGuests,
    Move,
    NoShow,
    Problem,
    Reinstate,
    SetCondition,
    SetPreferences,
    SetServiceability,
    SetSettings,
    Shorten,
    Unassign,
    UndoCheckIn,
    UndoCheckOut,
    WalkIn,
    check_all,
    errors,
    from_json,
    perform,
    warnings,
)
from tests.pms.support import TODAY, book, give, open_house

pytestmark = pytest.mark.req("PMS-02")

TOMORROW = "2026-11-21"


def codes(problems: list[Problem]) -> list[str]:
    """The codes in the order shown."""
    return [problem.code for problem in problems]


def stay(space: Space, reservation: str = "r") -> dict[str, Any]:
    """The reservation as it is."""
    found = space.view.get("reservations", reservation)
    assert found is not None
    return dict(found)


def check(space: Space, command: Command, today: str = TODAY) -> list[Problem]:
    """What stands against the command."""
    return command.check(space.view, today)


# -- booking --------------------------------------------------------------------------------------


def test_a_booking_is_confirmed_and_holds_its_room() -> None:
    space = open_house("c-book")
    receipt = give(space, book("r", adults=2, notes="late"))
    assert receipt.value == "r"
    assert stay(space) == {
        "id": "r", "guest_id": "ana", "room_type": "DBL", "room": "101", "from": TODAY,
        "to": "2026-11-22", "status": "confirmed", "adults": 2, "rate": 10_000, "currency": "EUR",
        "notes": "late",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"arrival": "soon"}, "date", "arrival"),
        ({"departure": "2026-11-19"}, "dates-reversed", "departure"),
        ({"departure": "2036-11-19"}, "too-long", "departure"),
        ({"guest_id": "nobody"}, "guest-unknown", "guest_id"),
        ({"room_type": "TENT"}, "type-unknown", "room_type"),
        ({"room": "999"}, "room-unknown", "room"),
        ({"adults": -1}, "field", "adults"),
        ({"source": "aliens"}, "field", "source"),
        ({"rate": 10**14}, "field", "rate"),
    ],
)
def test_a_booking_that_makes_no_sense_says_what_to_mend(
    changes: dict[str, Any], code: str, field: str
) -> None:
    space = open_house("c-wrong-" + code + field)
    fields = {"guest_id": "ana", "room_type": "DBL", "arrival": TODAY, "departure": "2026-11-22"}
    command = CreateReservation(**({"id": "r", "room": "101"} | fields | changes))
    found = errors(check(space, command))
    assert (code, field) in [(problem.code, problem.field) for problem in found]
    with pytest.raises(Refused) as refused:
        give(space, command)
    assert refused.value.message
    assert space.view.get("reservations", "r") is None


def test_a_taken_room_names_who_has_it_and_offers_others() -> None:
    space = open_house("c-taken", book("r"), book("q", TOMORROW, "2026-11-25", room="102"))
    [problem] = errors(check(space, book("s")))
    assert (problem.code, problem.field) == ("room-taken", "room")
    assert "Ana Souza has room 101" in problem.message
    # 102 is taken from tomorrow on; 103 is of the type booked; the suites come after.
    assert problem.alternatives == ("103", "201", "202")


def test_a_stay_without_a_room_is_taken_while_its_type_has_one_left() -> None:
    space = open_house("c-sold", book("a"), book("b", room="102"), book("c", room=None))
    [problem] = errors(check(space, book("d", room=None)))
    assert (problem.code, problem.alternatives) == ("type-sold-out", ("STE",))
    give(space, book("d", room=None, overbook=True))


def test_another_type_and_a_large_party_are_worth_a_second_look() -> None:
    space = open_house("c-warn")
    found = check(space, book("r", "2026-11-19", room="201", adults=3))
    assert errors(found) == []
    assert codes(warnings(found)) == ["other-type", "too-many", "in-the-past"]


def test_day_use_takes_no_night() -> None:
    space = open_house("c-day", book("r"))
    give(space, book("d", TODAY, TODAY))
    assert stay(space, "d")["room"] == "101"


def test_details_are_edited_and_nothing_else() -> None:
    space = open_house("c-edit", book("r"))
    give(space, EditReservation(id="r", changes={"notes": "cot", "adults": 2, "guest_id": "bob"}))
    assert (stay(space)["notes"], stay(space)["guest_id"]) == ("cot", "bob")
    [problem] = check(space, EditReservation(id="r", changes={"room": "102"}))
    assert problem.code == "not-a-detail"


# -- the desk -------------------------------------------------------------------------------------


def test_a_walk_in_is_booked_and_checked_in_at_once() -> None:
    space = open_house("c-walk")
    fields: dict[str, Any] = {"guest_id": "ana", "room_type": "DBL", "departure": TOMORROW}
    assert codes(check(space, WalkIn(id="r", arrival=TODAY, **fields))) == ["room-needed"]
    later = WalkIn(id="r", arrival=TOMORROW, room="101", **fields)
    assert codes(errors(check(space, later))) == ["not-today"]
    give(space, WalkIn(id="r", arrival=TODAY, room="101", **fields))
    assert (stay(space)["status"], stay(space)["source"]) == ("checked-in", "walk-in")


def test_a_stay_is_checked_in_and_out_and_leaves_its_room_dirty() -> None:
    space = open_house("c-desk", book("r"))
    give(space, CheckIn(id="r", on=TODAY))
    assert stay(space)["status"] == "checked-in"
    room = space.view.get("rooms", "101")
    assert room is not None
    assert room["condition"] == "clean"
    give(space, CheckOut(id="r", on="2026-11-22"), today="2026-11-22")
    assert (stay(space)["status"], stay(space)["closed_on"]) == ("checked-out", "2026-11-22")
    room = space.view.get("rooms", "101")
    assert room is not None
    assert (room["condition"], room["condition_on"]) == ("dirty", "2026-11-22")


def test_leaving_early_shortens_the_stay_and_frees_its_nights() -> None:
    space = open_house("c-early", book("r", TODAY, "2026-11-25"), CheckIn(id="r", on=TODAY))
    assert codes(check(space, CheckOut(id="r", on=TOMORROW), TOMORROW)) == ["early", "nights-open"]
    give(space, CheckOut(id="r", on=TOMORROW), today=TOMORROW)
    assert stay(space)["to"] == TOMORROW
    give(space, book("s", TOMORROW, "2026-11-23"), today=TOMORROW)


@pytest.mark.parametrize(
    ("on", "today", "code"),
    [("2026-11-19", TODAY, "too-early"), (TOMORROW, TODAY, "in-the-future"),
     ("2026-11-23", "2026-11-23", "too-late"), ("never", TODAY, "date")],
)  # fmt: skip
def test_a_check_in_on_the_wrong_day_says_so(on: str, today: str, code: str) -> None:
    space = open_house("c-day-" + code, book("r"))
    assert codes(errors(check(space, CheckIn(id="r", on=on), today))) == [code]


def test_a_check_in_needs_a_room_that_is_vacant_and_says_if_it_is_dirty() -> None:
    space = open_house(
        "c-ready",
        book("old", "2026-11-18", TODAY),
        CheckIn(id="old", on="2026-11-18"),
        book("r"),
        book("s", room=None),
    )
    [occupied] = errors(check(space, CheckIn(id="r", on=TODAY)))
    assert (occupied.code, occupied.params["reservation"]) == ("room-occupied", "old")
    [needed] = errors(check(space, CheckIn(id="s", on=TODAY)))
    assert (needed.code, needed.alternatives[0]) == ("room-needed", "102")
    give(space, CheckOut(id="old", on=TODAY))
    found = check(space, CheckIn(id="r", on=TODAY))
    assert (errors(found), codes(found)) == ([], ["room-dirty"])


def test_cancel_and_reinstate_give_the_room_away_and_back() -> None:
    space = open_house("c-cancel", book("r"), Cancel(id="r", on=TODAY, reason="ill"))
    assert (stay(space)["close_reason"], stay(space)["closed_on"]) == ("ill", TODAY)
    give(space, book("s"))
    [lost] = check(space, Reinstate(id="r"))
    assert (lost.code, lost.level, lost.alternatives[0]) == ("room-taken", "warning", "102")
    give(space, Reinstate(id="r"))
    assert (stay(space)["status"], stay(space)["room"]) == ("confirmed", None)
    # Who reinstated was told: nobody else needs to be.
    assert stay(space).get("attention") is None
    give(space, Cancel(id="s", on=TODAY), Cancel(id="r", on=TODAY), Reinstate(id="s"))
    assert stay(space, "s")["room"] == "101"


def test_a_no_show_is_marked_from_the_day_of_arrival_on() -> None:
    space = open_house("c-noshow", book("r", TOMORROW))
    assert codes(check(space, NoShow(id="r", on=TODAY))) == ["too-early"]
    give(space, NoShow(id="r", on=TOMORROW), today=TOMORROW)
    assert stay(space)["status"] == "no-show"


def test_a_check_in_and_a_check_out_can_be_taken_back() -> None:
    space = open_house("c-undo", book("r"), CheckIn(id="r", on=TODAY), UndoCheckIn(id="r"))
    assert stay(space)["status"] == "confirmed"
    give(space, CheckIn(id="r", on=TODAY), CheckOut(id="r", on=TODAY), UndoCheckOut(id="r"))
    assert stay(space)["status"] == "checked-in"


def test_undo_of_a_change_is_held_to_the_same_rules() -> None:
    space = open_house("c-undone", book("r"))
    receipt = give(space, CheckIn(id="r", on=TODAY))
    space.undo(receipt.change_id)
    assert stay(space)["status"] == "confirmed"
    cancelled = give(space, Cancel(id="r", on=TODAY))
    give(space, book("s"))
    space.undo(cancelled.change_id)
    assert (stay(space)["status"], stay(space)["room"]) == ("confirmed", None)
    assert stay(space)["attention"] == "room-taken"


@pytest.mark.parametrize(
    "command",
    [CheckIn(id="x", on=TODAY), CheckOut(id="x", on=TODAY), Cancel(id="x", on=TODAY),
     NoShow(id="x", on=TODAY), Reinstate(id="x"), UndoCheckIn(id="x"), UndoCheckOut(id="x"),
     Assign(id="x", room="101"), Unassign(id="x"), Move(id="x", on=TODAY, room="101"),
     Extend(id="x", departure=TOMORROW), Shorten(id="x", departure=TOMORROW),
     EditReservation(id="x", changes={}), ClearAttention(id="x")],
    ids=lambda command: command.do,
)  # fmt: skip
def test_a_reservation_that_is_gone_is_said_to_be(command: Command) -> None:
    space = open_house("c-gone-" + command.do)
    assert codes(check(space, command)) == ["reservation-unknown"]


# -- place ----------------------------------------------------------------------------------------


def test_assign_and_unassign() -> None:
    space = open_house("c-assign", book("r", room=None), Assign(id="r", room="102"))
    assert stay(space)["room"] == "102"
    give(space, Unassign(id="r"))
    assert stay(space)["room"] is None
    give(space, Assign(id="r", room="102"), CheckIn(id="r", on=TODAY))
    assert codes(check(space, Unassign(id="r"))) == ["in-house-needs-room"]


def test_a_drag_moves_room_and_dates_at_once() -> None:
    space = open_house("c-drag", book("r"))
    give(space, Move(id="r", on=TODAY, room="103", arrival="2026-11-24", departure="2026-11-27"))
    moved = stay(space)
    assert (moved["room"], moved["from"], moved["to"]) == ("103", "2026-11-24", "2026-11-27")


def test_a_move_in_the_house_keeps_the_nights_already_spent() -> None:
    space = open_house("c-move", book("r", TODAY, "2026-11-25"), CheckIn(id="r", on=TODAY))
    assert codes(check(space, Move(id="r", on=TODAY, arrival=TOMORROW))) == ["in-house"]
    give(space, Move(id="r", on=TOMORROW, room="102"), today=TOMORROW)
    moved = stay(space)
    assert (moved["room"], moved["since"], moved["from"]) == ("102", TOMORROW, TODAY)
    assert moved["earlier"] == [["101", TODAY, TOMORROW]]
    room = space.view.get("rooms", "101")
    assert room is not None
    assert room["condition"] == "dirty"
    assert codes(check(space, UndoCheckIn(id="r"))) == ["has-moved"]


def test_a_guest_who_should_have_left_moves_without_claiming_the_nights_since() -> None:
    space = open_house(
        "c-late",
        book("r", "2026-11-17", "2026-11-19"),
        CheckIn(id="r", on="2026-11-17"),
        book("next", "2026-11-19", "2026-11-23"),
    )
    give(space, Move(id="r", on=TODAY, room="102", departure=TOMORROW))
    assert stay(space)["earlier"] == [["101", "2026-11-17", "2026-11-19"]]


def test_extend_and_shorten() -> None:
    space = open_house("c-extend", book("r"), book("s", "2026-11-24", "2026-11-26"))
    give(space, Extend(id="r", departure="2026-11-24"))
    [problem] = check(space, Extend(id="r", departure="2026-11-25"))
    assert (problem.code, problem.field) == ("room-taken", "departure")
    assert problem.alternatives
    assert codes(check(space, Extend(id="r", departure="2026-11-23"))) == ["not-later"]
    assert codes(check(space, Shorten(id="r", departure="2026-11-25"))) == ["not-earlier"]
    give(space, Shorten(id="r", departure="2026-11-22"))
    give(space, CheckIn(id="r", on=TODAY))
    assert codes(check(space, Shorten(id="r", departure=TODAY), TOMORROW)) == ["in-house"]


# -- guests ---------------------------------------------------------------------------------------


@pytest.mark.req("PMS-03")
def test_a_profile_is_added_and_edited() -> None:
    space = open_house("c-guest")
    give(space, CreateGuest(id="g", last_name="Ng"), EditGuest(id="g", changes={"phone": "1"}))
    assert dict(space.view.get("guests", "g") or {}) == {"id": "g", "last_name": "Ng", "phone": "1"}
    assert codes(check(space, CreateGuest(id="h", last_name=""))) == ["field"]
    assert codes(check(space, CreateGuest(id="g", last_name="X"))) == ["exists"]
    [problem] = check(space, EditGuest(id="g", changes={"email": "here"}))
    assert (problem.field, "name@example.org" in problem.message) == ("email", True)


@pytest.mark.req("PMS-03")
def test_duplicates_become_one_profile_with_all_stays_and_nothing_lost() -> None:
    space = open_house("c-merge", book("r", guest_id="bob"), book("s", room="102"))
    give(space, EditGuest(id="bob", changes={"notes": "Vegetarian.", "phone": "123456789"}))
    give(space, EditGuest(id="ana", changes={"notes": "High floor."}))
    give(space, MergeGuests(keep="ana", others=("bob", "eve")))
    kept = space.view.get("guests", "ana")
    assert kept is not None
    assert (kept["email"], kept["phone"]) == ("bob@example.org", "123456789")
    assert kept["notes"] == "High floor.\nVegetarian."
    assert stay(space, "r")["guest_id"] == "ana"
    assert codes(check(space, MergeGuests(keep="eve", others=("ana",)))) == ["already-merged"]
    assert codes(check(space, MergeGuests(keep="ana", others=("ana",)))) == ["not-different"]


# -- rooms, staff, settings -----------------------------------------------------------------------


@pytest.mark.req("PMS-01")
def test_cleaning_a_room_never_touches_who_is_in_it_or_whether_it_works() -> None:
    space = open_house("c-axes", book("r"), CheckIn(id="r", on=TODAY))
    give(
        space,
        SetServiceability(room="101", serviceability="out-of-service", reason="tap"),
        SetCondition(room="101", condition="inspected", on=TODAY),
        AssignHousekeeper(room="101", housekeeper="rosa"),
    )
    room = space.view.get("rooms", "101")
    assert room is not None
    assert (room["condition"], room["serviceability"]) == ("inspected", "out-of-service")
    assert (room["housekeeper"], room["closed_reason"]) == ("rosa", "tap")
    assert stay(space)["status"] == "checked-in"


@pytest.mark.req("PMS-01")
def test_putting_a_room_out_of_order_names_the_stays_it_meets() -> None:
    space = open_house("c-closed", book("r"))
    command = SetServiceability(
        room="101", serviceability="out-of-order", reason="flood", until="2026-11-25"
    )
    [problem] = check(space, command)
    assert (problem.code, problem.level) == ("stays-affected", "warning")
    assert problem.params["reservations"] == ["r"]
    give(space, command)
    [wrong] = errors(check(space, book("s", "2026-11-24", "2026-11-26")))
    assert wrong.code == "room-out-of-order"
    give(space, book("t", "2026-11-25", "2026-11-26"))
    give(space, SetServiceability(room="101", serviceability="in-service"))
    room = space.view.get("rooms", "101")
    assert room is not None
    assert (room["closed_reason"], room["closed_until"]) == (None, None)


def test_what_is_wrong_with_a_room_command_is_said() -> None:
    space = open_house("c-rooms")
    out = SetServiceability(room="101", serviceability="out-of-order")
    assert codes(check(space, out)) == ["reason-needed"]
    assert codes(check(space, SetCondition(room="9", condition="x", on=TODAY))) == [
        "room-unknown",
        "field",
    ]
    nobody = AssignHousekeeper(room="101", housekeeper="x")
    assert codes(check(space, nobody)) == ["staff-unknown"]
    again = CreateRoom(id="new", number="101", room_type="DBL")
    assert codes(check(space, again)) == ["number-taken"]


def test_settings_and_preferences_are_made_when_first_set() -> None:
    space = open_house("c-settings")
    give(space, SetSettings(id=HOTEL, changes={"name": "Miradouro", "currency": "EUR"}))
    give(space, SetPreferences(id="me", changes={"theme": "dark"}))
    give(space, SetPreferences(id="me", changes={"density": "compact"}))
    mine = space.view.get("preferences", "me")
    assert mine == {"id": "me", "theme": "dark", "density": "compact"}
    assert codes(check(space, SetPreferences(id="me", changes={"smell": 1}))) == ["unknown"]


# -- commands as values ---------------------------------------------------------------------------


def test_every_command_says_what_it_does() -> None:
    space = open_house("c-labels", book("r"))
    label = CheckIn(id="r", on=TODAY).label(space.view)
    assert label == "Check in Ana Souza, room 101"
    for kind in REGISTRY.values():
        assert kind.__doc__


def test_commands_are_written_down_and_read_back() -> None:
    for command in (
        book("r", adults=2),
        MergeGuests(keep="a", others=("b", "c")),
        EditGuest(id="a", changes={"vip": True}),
        Move(id="r", on=TODAY, room="1"),
        CreateRoom(id="1", number="1", room_type="D", features=("sea view",)),
    ):
        assert from_json(command.to_json()) == command


@pytest.mark.parametrize(
    "row", [{}, {"do": "fly"}, {"do": "check-in", "id": "r"}, {"do": "cancel", "wings": 2}]
)
def test_what_is_no_command_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        from_json(row)


def test_several_commands_are_checked_on_what_they_build_on() -> None:
    space = open_house("c-several")
    guest = CreateGuest(id="g", last_name="Ng")
    booking = book("r", guest_id="g")
    assert "guest-unknown" in codes(check(space, booking))
    assert check_all(space.view, [guest, booking, CheckIn(id="r", on=TODAY)], TODAY) == []
    perform(space, guest, booking, view=space.view, today=TODAY)
    assert stay(space)["guest_id"] == "g"


def test_one_command_that_fails_leaves_nothing_of_the_others() -> None:
    space = open_house("c-whole", book("r"))
    with pytest.raises(Refused) as refused:
        perform(
            space, CreateGuest(id="g", last_name="Ng"), book("s", guest_id="g"),
            view=space.view, today=TODAY,
        )  # fmt: skip
    assert refused.value.code == "room-taken"
    assert refused.value.params["alternatives"][0] == "102"
    assert space.view.get("guests", "g") is None
