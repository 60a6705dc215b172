"""The rules that hold whatever the timing: two desks, both offline, meet at the decision."""

from __future__ import annotations

import pytest

from pysync.errors import Refused
from pysync_pms.commands import (
    Assign,
    Cancel,
    CheckIn,
    CheckOut,
    EditReservation,
    Extend,
    MergeGuests,
    Move,
    NoShow,
    Reinstate,
    SetCondition,
    SetServiceability,
    Shorten,
    Unassign,
    WalkIn,
)
from tests.pms.support import TODAY, Desk, book, deliver_all, double_nights, two_desks

pytestmark = pytest.mark.req("PMS-10")


def reservation(desk: Desk, reservation_id: str) -> dict[str, object]:
    """The reservation as it is decided."""
    record = desk.leader.state.get("reservations", reservation_id)
    assert record is not None
    return dict(record)


def test_two_bookings_of_one_room_end_with_one_assigned_and_one_kept_unassigned() -> None:
    _, north, south = two_desks()
    north.give(book("n"), stamp=10)
    south.give(book("s", "2026-11-21", "2026-11-24"), stamp=11)

    first, second = deliver_all(north, south)

    assert first.outcome == "applied"
    assert (second.outcome, second.code) == ("amended", "room-taken")
    assert reservation(north, "n")["room"] == "101"
    loser = reservation(south, "s")
    assert (loser["status"], loser["room"]) == ("confirmed", None)
    assert (loser["attention"], loser["attention_room"]) == ("room-taken", "101")
    assert (loser["from"], loser["to"]) == ("2026-11-21", "2026-11-24")
    # Free rooms of the type booked come first.
    assert second.params["alternatives"] == ["102", "103", "201", "202"]


def test_stays_that_only_touch_share_a_room() -> None:
    _, north, south = two_desks()
    north.give(book("n", "2026-11-20", "2026-11-22"), stamp=10)
    south.give(book("s", "2026-11-22", "2026-11-24"), stamp=11)

    assert [d.outcome for d in deliver_all(north, south)] == ["applied", "applied"]


def test_an_assignment_that_comes_second_leaves_the_stay_unassigned() -> None:
    _, north, south = two_desks(book("a", room=None), book("b", room=None))
    north.give(Assign(id="a", room="101"), stamp=10)
    south.give(Assign(id="b", room="101"), stamp=11)

    _, second = deliver_all(north, south)

    assert second.outcome == "amended"
    assert reservation(south, "b")["room"] is None
    assert reservation(south, "b")["attention"] == "room-taken"


@pytest.mark.req("SRV-11")
def test_a_move_into_a_room_taken_meanwhile_is_refused_and_the_stay_stays() -> None:
    _, north, south = two_desks(book("a", room="102"))
    north.give(book("n", room="101"), stamp=10)
    south.give(Move(id="a", on=TODAY, room="101"), stamp=11)

    _, second = deliver_all(north, south)

    assert (second.outcome, second.code) == ("refused", "room-taken")
    assert "Room 101 is taken" in second.message
    assert second.params["alternatives"][0] == "103"
    assert reservation(south, "a")["room"] == "102"


def test_an_extension_into_nights_sold_meanwhile_is_refused() -> None:
    _, north, south = two_desks(book("a", "2026-11-20", "2026-11-22"))
    north.give(book("n", "2026-11-22", "2026-11-23"), stamp=10)
    south.give(Extend(id="a", departure="2026-11-24"), stamp=11)

    _, second = deliver_all(north, south)

    assert second.outcome == "refused"
    assert reservation(south, "a")["to"] == "2026-11-22"


def test_two_guests_checked_in_to_one_room_leave_one_in_it_and_one_asking_for_attention() -> None:
    _, north, south = two_desks(book("a", room=None), book("b", room=None))
    north.give(CheckIn(id="a", on=TODAY, room="101"), stamp=10)
    south.give(CheckIn(id="b", on=TODAY, room="101"), stamp=11)

    _, second = deliver_all(north, south)

    assert (second.outcome, second.code) == ("amended", "check-in-room-taken")
    assert reservation(north, "a")["status"] == "checked-in"
    loser = reservation(south, "b")
    assert (loser["status"], loser["room"]) == ("confirmed", None)
    assert loser["attention_room"] == "101"


def test_a_check_in_that_loses_its_room_goes_back_to_the_room_it_had() -> None:
    _, north, south = two_desks(book("a", room=None), book("b", room="102"))
    north.give(CheckIn(id="a", on=TODAY, room="101"), stamp=10)
    south.give(CheckIn(id="b", on=TODAY, room="101"), stamp=11)

    list(deliver_all(north, south))

    loser = reservation(south, "b")
    assert (loser["status"], loser["room"]) == ("confirmed", "102")
    assert loser["attention"] == "check-in-room-taken"


def test_two_walk_ins_into_one_room_are_both_kept() -> None:
    _, north, south = two_desks()
    for desk, name, stamp in ((north, "n", 10), (south, "s", 11)):
        desk.give(
            WalkIn(
                id=name,
                guest_id="ana",
                room_type="DBL",
                room="101",
                arrival=TODAY,
                departure="2026-11-21",
            ),
            stamp=stamp,
        )

    list(deliver_all(north, south))

    assert reservation(north, "n")["status"] == "checked-in"
    assert reservation(south, "s")["status"] == "confirmed"
    assert reservation(south, "s")["attention"] == "check-in-room-taken"


def test_a_check_in_without_a_room_goes_back_to_confirmed() -> None:
    _, north, south = two_desks(book("a", room="101"))
    north.give(Unassign(id="a"), stamp=10)
    south.give(CheckIn(id="a", on=TODAY), stamp=11)

    list(deliver_all(north, south))

    assert reservation(south, "a")["status"] == "confirmed"
    assert reservation(south, "a")["attention"] == "check-in-without-room"


def test_a_guest_in_the_house_is_not_cancelled_from_another_desk() -> None:
    _, north, south = two_desks(book("a"))
    north.give(CheckIn(id="a", on=TODAY), stamp=10)
    south.give(Cancel(id="a", on=TODAY), stamp=11)

    _, second = deliver_all(north, south)

    assert second.outcome == "refused"
    assert reservation(south, "a")["status"] == "checked-in"


def test_a_check_in_of_a_booking_cancelled_meanwhile_stands_and_asks_for_attention() -> None:
    _, north, south = two_desks(book("a"))
    north.give(Cancel(id="a", on=TODAY), stamp=10)
    south.give(CheckIn(id="a", on=TODAY), stamp=11)

    list(deliver_all(north, south))

    assert reservation(south, "a")["status"] == "checked-in"
    assert reservation(south, "a")["attention"] == "cancelled-meanwhile"


def test_a_cancelled_booking_checked_in_elsewhere_after_its_room_was_sold_asks_for_attention() -> (
    None
):
    _, north, south = two_desks(book("a"))
    north.give(Cancel(id="a", on=TODAY), book("n"), stamp=10)
    south.give(CheckIn(id="a", on=TODAY), stamp=11)

    list(deliver_all(north, south))

    assert reservation(north, "n")["room"] == "101"
    assert reservation(south, "a")["status"] == "confirmed"
    assert reservation(south, "a")["attention"] == "check-in-room-taken"


def test_a_stay_that_is_over_is_not_extended_from_another_desk() -> None:
    _, north, south = two_desks(book("a"), CheckIn(id="a", on=TODAY))
    north.give(CheckOut(id="a", on="2026-11-22"), stamp=10, today="2026-11-22")
    south.give(Extend(id="a", departure="2026-11-25"), stamp=11)

    _, second = deliver_all(north, south)

    assert (second.outcome, second.code) == ("refused", "already-left")
    assert reservation(south, "a")["to"] == "2026-11-22"


def test_a_reinstated_booking_whose_room_went_meanwhile_is_kept_unassigned() -> None:
    _, north, south = two_desks(book("a"), Cancel(id="a", on=TODAY))
    north.give(book("n"), stamp=10)
    south.give(Reinstate(id="a"), stamp=11)

    list(deliver_all(north, south))

    assert reservation(south, "a")["status"] == "confirmed"
    assert reservation(south, "a")["room"] is None
    assert reservation(south, "a")["attention"] == "room-taken"


def test_no_show_and_cancellation_of_one_booking_agree_on_one() -> None:
    _, north, south = two_desks(book("a"))
    north.give(NoShow(id="a", on=TODAY), stamp=10)
    south.give(Cancel(id="a", on=TODAY), stamp=11)

    list(deliver_all(north, south))

    assert reservation(north, "a")["status"] in ("no-show", "cancelled")


def test_a_room_put_out_of_order_meanwhile_is_not_given_to_a_new_stay() -> None:
    _, north, south = two_desks()
    north.give(
        SetServiceability(room="101", serviceability="out-of-order", reason="flood"), stamp=10
    )
    south.give(book("s"), stamp=11)

    _, second = deliver_all(north, south)

    assert second.code == "room-out-of-order"
    assert reservation(south, "s")["room"] is None


def test_a_room_that_breaks_down_does_not_throw_out_who_has_it() -> None:
    _, north, south = two_desks(book("a"))
    north.give(
        SetServiceability(room="101", serviceability="out-of-order", reason="flood"), stamp=10
    )
    south.give(CheckIn(id="a", on=TODAY), stamp=11)

    list(deliver_all(north, south))

    assert reservation(south, "a")["status"] == "checked-in"
    assert reservation(south, "a")["room"] == "101"


def test_a_move_in_the_middle_takes_a_room_vacated_this_morning() -> None:
    leader, north, _ = two_desks(
        book("a", "2026-11-18", "2026-11-23", room="101"),
        book("b", "2026-11-18", "2026-11-20", room="102"),
    )
    north.give(CheckIn(id="a", on="2026-11-18"), stamp=10, today="2026-11-18")
    north.give(CheckIn(id="b", on="2026-11-18"), stamp=11, today="2026-11-18")
    north.give(CheckOut(id="b", on=TODAY), stamp=12)
    north.give(Move(id="a", on=TODAY, room="102"), stamp=13)
    assert all(d.outcome == "applied" for d in deliver_all(north))

    moved = reservation(north, "a")
    assert (moved["room"], moved["since"]) == ("102", TODAY)
    assert moved["earlier"] == [["101", "2026-11-18", TODAY]]
    assert double_nights(leader.state.all("reservations")) == []
    # The nights spent in the old room stay taken, those from today on are free again.
    with pytest.raises(Refused):
        north.give(book("c", "2026-11-19", "2026-11-21", room="101"), stamp=14)
    north.give(book("d", TODAY, "2026-11-21", room="101"), stamp=15)


def test_a_room_with_open_stays_is_not_deleted() -> None:
    leader, _, south = two_desks(book("a"))
    with pytest.raises(Refused) as refused:
        south.delete("rooms", "101", stamp=11)
    assert refused.value.code == "room-in-use"
    assert leader.state.get("rooms", "101") is not None


def test_two_rooms_can_be_swapped_in_one_change() -> None:
    leader, north, _ = two_desks(book("a", room="101"), book("b", room="102"))
    north.write(Move(id="a", on=TODAY, room="102"), Move(id="b", on=TODAY, room="101"), stamp=10)

    assert [d.outcome for d in deliver_all(north)] == ["applied"]
    assert reservation(north, "a")["room"] == "102"
    assert double_nights(leader.state.all("reservations")) == []


def test_guests_merged_into_each_other_at_two_desks_form_no_circle() -> None:
    leader, north, south = two_desks()
    north.give(MergeGuests(keep="ana", others=("bob",)), stamp=10)
    south.give(MergeGuests(keep="bob", others=("ana",)), stamp=11)

    _, second = deliver_all(north, south)

    assert second.outcome == "refused"
    ana = leader.state.get("guests", "ana")
    assert ana is not None
    assert ana.get("merged_into") is None


def test_dates_in_the_wrong_order_are_refused_even_without_a_command() -> None:
    _, north, _ = two_desks()
    with pytest.raises(Refused) as refused:
        north.write(book("n", "2026-11-24", "2026-11-20"), stamp=10)
    assert refused.value.code == "dates-reversed"


def test_two_new_stays_in_one_change_do_not_both_get_the_room() -> None:
    leader, north, _ = two_desks()
    north.write(book("m"), book("n"), stamp=10)

    list(deliver_all(north))

    assert double_nights(leader.state.all("reservations")) == []
    assert reservation(north, "m")["room"] in ("101", None)
    assert {reservation(north, "m")["room"], reservation(north, "n")["room"]} == {"101", None}


@pytest.mark.parametrize("first", ["desk", "housekeeping"])
def test_a_check_out_stands_whatever_housekeeping_says_of_the_room_meanwhile(first: str) -> None:
    leader, north, south = two_desks(book("a"), CheckIn(id="a", on=TODAY))
    day = "2026-11-22"
    north.give(CheckOut(id="a", on=day), stamp=10, today=day)
    south.give(SetCondition(room="101", condition="inspected", on=day), stamp=11, today=day)

    order = (north, south) if first == "desk" else (south, north)
    assert all(d.outcome != "refused" for d in deliver_all(*order))

    assert reservation(north, "a")["status"] == "checked-out"
    room = leader.state.get("rooms", "101")
    assert room is not None
    # The newer word about the room stands, in whatever order the two are decided.
    assert (room["condition"], room["condition_on"]) == ("inspected", day)


def test_edits_of_different_details_at_two_desks_both_stand() -> None:
    _, north, south = two_desks(book("a"))
    north.give(EditReservation(id="a", changes={"notes": "cot", "adults": 2}), stamp=10)
    south.give(EditReservation(id="a", changes={"notes": "dog", "eta": "22:00"}), stamp=11)

    assert all(d.outcome != "refused" for d in deliver_all(south, north))

    stay = reservation(north, "a")
    assert (stay["notes"], stay["adults"], stay["eta"]) == ("dog", 2, "22:00")


def test_a_check_out_that_meets_an_extension_frees_the_nights_that_were_added() -> None:
    _, north, south = two_desks(book("a"), CheckIn(id="a", on=TODAY))
    north.give(Extend(id="a", departure="2026-11-26"), stamp=10)
    south.give(CheckOut(id="a", on="2026-11-22"), stamp=11, today="2026-11-22")

    _, second = deliver_all(north, south)

    assert (second.outcome, second.code) == ("amended", "left-early")
    left = reservation(south, "a")
    assert (left["status"], left["to"]) == ("checked-out", "2026-11-22")


def test_type_1_of_two_desks_that_sell_the_last_room_of_a_type_the_second_is_asked() -> None:
    """One double is left: both bookings are kept, the second one offers what else is free."""
    _, north, south = two_desks(book("x", room="101"), book("y", room="102"))
    north.give(book("n", room=None), stamp=10)
    south.give(book("s", "2026-11-21", "2026-11-24", room=None), stamp=11)

    first, second = deliver_all(north, south)

    assert (first.outcome, second.outcome) == ("applied", "amended")
    assert "attention" not in reservation(north, "n")
    loser = reservation(south, "s")
    assert (loser["status"], loser["attention"]) == ("confirmed", "type-sold-out")
    assert (second.code, second.params["alternatives"]) == ("type-sold-out", ["STE"])


def test_type_1_nights_that_do_not_meet_and_meant_overbookings_ask_for_nothing() -> None:
    _, north, south = two_desks(book("x", room="101"), book("y", room="102"))
    north.give(book("n", room=None), stamp=10)
    south.give(book("s", "2026-11-22", "2026-11-24", room=None), stamp=11)
    south.give(book("o", room=None, overbook=True), stamp=12)

    assert [d.outcome for d in deliver_all(north, south)] == ["applied"] * 3


def test_type_2_who_asks_for_less_or_was_there_before_is_not_judged_again() -> None:
    """A type that is sold out: a shorter stay and a note are nobody's last room."""
    given = [book(name, room=room) for name, room in (("x", "101"), ("y", "102"), ("n", None))]
    _, north, south = two_desks(*given)
    south.give(book("o", room=None, overbook=True), stamp=10)
    north.give(EditReservation(id="n", changes={"notes": "Late"}), stamp=11)
    north.give(Shorten(id="n", departure="2026-11-21"), stamp=12)

    assert [d.outcome for d in deliver_all(north, south)] == ["applied"] * 3
