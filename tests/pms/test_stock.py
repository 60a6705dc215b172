"""The stock: what commands say, what the rules refuse, what roles may do, what is to be ordered."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync import Space
from pysync.errors import Refused
from pysync.model.cell import Mark
from pysync.model.change import CREATE, SET, Change, Meta, Op
from pysync.model.rights import rights_of
from pysync_pms.commands import Command, errors, from_json
from pysync_pms.schema import SCHEMA
from pysync_pms.stock.commands import IssueStock, TransferStock
from pysync_pms.stock.counting import CountSheet, CountStock
from pysync_pms.stock.items import CreatePlace, CreateStockItem, EditPlace, EditStockItem
from pysync_pms.stock.levels import on_hand
from pysync_pms.stock.quantities import amount_of, parse, plain
from pysync_pms.stock.queries import item_lines, movements, order_csv, orders, places, short_count
from pysync_pms.stock.words import MOVES, RECEIVED, UNITS
from tests.pms.stock_support import (
    ITEMS,
    PLACES,
    STORE,
    count,
    issue,
    receive,
    reverse,
    summed,
    transfer,
    waste,
)
from tests.pms.support import TODAY, Desk, give, open_house, two_desks

pytestmark = pytest.mark.req("PMS-05")


def store(name: str, *more: Command) -> Space:
    """A store, with what was given."""
    return open_house(f"stock-{name}", *STORE, *more)


def said(space: Space, command: Command) -> list[tuple[str, str]]:
    """What stands against a command: code and field."""
    return [(each.code, each.field) for each in command.check(space.view, TODAY)]


# -- movements ------------------------------------------------------------------------------------


def test_levels_follow_from_movements() -> None:
    """STOCK-1"""
    house = store("sums", receive("1", 100), issue("2", 30), waste("3", 2), transfer("4", 20))
    assert (on_hand(house.view, "towel", "main"), on_hand(house.view, "towel", "floor-1")) == (
        48,
        20,
    )
    give(house, count("5", 50), reverse("6", "2"), reverse("7", "4"))
    assert summed(house.view) == {"towel.main": 100, "towel.floor-1": 0}
    assert on_hand(house.view, "towel", "main") == 100


def test_kilograms_are_thousandths() -> None:
    house = store("kilos", receive("1", 12_500, item="flour"), issue("2", 250, item="flour"))
    assert amount_of(on_hand(house.view, "flour", "main"), "kg") == "12.25 kg"


def test_what_is_not_there_is_not_issued_and_the_next_best_is_named() -> None:
    """STOCK-2"""
    house = store("lack", receive("1", 3), receive("2", 30, place="floor-1"))
    [problem] = issue("3", 4).check(house.view, TODAY)
    assert (problem.code, problem.field, problem.alternatives) == (
        "not-enough",
        "place",
        ("floor-1",),
    )
    assert problem.message == (
        "Main store has only 3 pieces of Bath towels, not 4 pieces. Floor 1 pantry has 30 pieces."
    )
    assert said(house, issue("3", 4, taken=True)) == []
    assert said(house, issue("3", 3)) == []


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (issue("n", 0), ("quantity", "quantity")),
        (issue("n", 1, item="none"), ("no-item", "item")),
        (issue("n", 1, place="none"), ("no-place", "place")),
        (issue("1", 1), ("recorded", "")),
        (transfer("n", 1, into="main"), ("same-place", "into")),
        (transfer("n", 1, into="none"), ("no-place", "into")),
        (reverse("n", "none"), ("not-reversible", "")),
        (count("n", -1), ("field", "counted")),
        (CountSheet(place="main", on=TODAY, rows=()), ("nothing", "")),
        (IssueStock(id="n", item="towel", place="main", on="soon", quantity=1), ("field", "on")),
    ],
)
def test_what_stands_against_a_movement(command: Command, problem: tuple[str, str]) -> None:
    house = store(f"checks-{command.do}-{problem}", receive("1", 10))
    assert problem in said(house, command)


def test_a_movement_is_reversed_once_and_a_reversal_never() -> None:
    """STOCK-6"""
    house = store("once", receive("1", 10), reverse("2", "1"))
    assert said(house, reverse("3", "1")) == [("reversed", "")]
    assert said(house, reverse("3", "2")) == [("not-reversible", "")]
    give(house, receive("4", 5), issue("5", 5), reverse("6", "4"))
    level = house.view.get("stock_levels", "towel.main") or {}
    assert (level["on_hand"], level["short"]) == (-5, True), "that it never came is a fact"
    assert short_count(house.view) == 1


def test_a_sheet_is_one_change_and_says_what_was_seen_when_it_was_counted() -> None:
    """STOCK-4"""
    house = store("sheet", receive("1", 10), receive("2", 4_000, item="flour"))
    sheet = CountSheet(
        place="main", on=TODAY, rows=(("a", "towel", 9, 10, 0), ("b", "flour", 4_000, 4_000, 0))
    )
    give(house, issue("3", 2), sheet)
    assert on_hand(house.view, "towel", "main") == 7, "two were taken after it was counted"
    assert sheet.label(house.view) == "Count Main store, 2 items"
    assert [line.counted_on for line in item_lines(house.view, place="main")] == [TODAY, TODAY]
    assert from_json({**sheet.to_json(), "rows": [list(row) for row in sheet.rows]}) == sheet


# -- what hands write -----------------------------------------------------------------------------

ROW = {"item": "towel", "place": "main", "on": TODAY}


@pytest.mark.req("PMS-10")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**ROW, "issued": 5}, "quantity"),
        ({**ROW, "received": -5}, "quantity"),
        ({**ROW, "received": 0}, "quantity"),
        ({**ROW, "received": 5, "wasted": -5}, "incomplete"),
        (ROW, "incomplete"),
        ({"item": "towel", "received": 5, "on": TODAY}, "incomplete"),
        ({**ROW, "moved": -5}, "incomplete"),
        ({**ROW, "moved": -5, "into": "main"}, "incomplete"),
        ({**ROW, "received": 5, "into": "floor-1"}, "incomplete"),
        ({**ROW, "received": 5, "item": "none"}, "no-item"),
        ({**ROW, "received": 5, "place": "none"}, "no-place"),
        ({**ROW, "moved": -5, "into": "none"}, "no-place"),
        ({**ROW, "difference": 5}, "incomplete"),
        ({**ROW, "received": 5, "taken": True}, "incomplete"),
        ({**ROW, "issued": -99}, "not-enough"),
        ({**ROW, "received": -10, "reverses": "r"}, "no-reason"),
        ({**ROW, "received": -9, "reverses": "r", "reason": "x"}, "not-opposite"),
        ({**ROW, "issued": -10, "reverses": "r", "reason": "x"}, "not-opposite"),
        ({**ROW, "received": 5, "place": "floor-1"}, "no-level"),
    ],
)
def test_what_a_hand_writes_into_the_stock_is_refused(row: dict[str, Any], code: str) -> None:
    """STOCK-5, STOCK-6"""
    _, north, _ = two_desks(*STORE, receive("r", 10))
    change = Change(Mark("hand", 1, 10), (Op(CREATE, "stock_moves", "x", row),))
    decision = north.leader.decide(change)
    assert (decision.outcome, decision.code) == ("refused", code)


def test_what_is_recorded_stays_as_it_is() -> None:
    """STOCK-5"""
    _, north, _ = two_desks(*STORE, receive("r", 10))
    change = Change(Mark("hand", 1, 10), (Op(SET, "stock_moves", "r", {"received": 20}),))
    assert north.leader.decide(change).code == "recorded"
    with pytest.raises(Refused, match="stays as it is"):
        north.delete("stock_moves", "r", stamp=11)


@pytest.mark.parametrize("field", ["on_hand", "adjusted", "short", "counted_on"])
def test_what_a_hand_writes_into_a_level_is_put_right(field: str) -> None:
    """STOCK-1"""
    leader, north, _ = two_desks(*STORE, receive("r", 10))
    before = leader.state.get("stock_levels", "towel.main") or {}
    value = {"short": True, "counted_on": TODAY}.get(field, 77)
    leader.decide(
        Change(Mark("hand", 1, 10), (Op(SET, "stock_levels", "towel.main", {field: value}),))
    )
    after = leader.state.get("stock_levels", "towel.main") or {}
    assert {name: after.get(name) for name in (*before, field)} == {field: None, **before}
    with pytest.raises(Refused, match="not deleted"):
        north.delete("stock_levels", "towel.main", stamp=11)


def test_an_item_keeps_its_unit_and_is_not_deleted_once_there_was_some() -> None:
    """STOCK-7"""
    house = store("unit")
    give(house, EditStockItem(id="flour", changes={"unit": "box"}))
    give(house, receive("1", 3, item="flour"))
    change = EditStockItem(id="flour", changes={"unit": "kg"})
    assert said(house, change) == [("unit", "unit")]
    leader, north, _ = two_desks(*STORE, receive("r", 10))
    with pytest.raises(Refused, match="make a new item"):
        north.write(EditStockItem(id="towel", changes={"unit": "kg"}), stamp=9)
    for collection, rid in (("stock_items", "towel"), ("stock_places", "main")):
        with pytest.raises(Refused, match="take it out of use"):
            north.delete(collection, rid, stamp=10)
    north.delete("stock_places", "floor-1", stamp=11)
    assert leader is north.leader


# -- items and locations --------------------------------------------------------------------------


def test_items_and_locations_have_names_of_their_own() -> None:
    house = store("names")
    twin = CreateStockItem(id="x", name="bath  TOWELS", category="amenity", unit="piece")
    assert said(house, twin) == [("name", "name")]
    assert said(house, EditPlace(id="main", changes={"name": "Floor 1 pantry"})) == [
        ("name", "name")
    ]
    assert said(house, EditPlace(id="main", changes={"name": "Main store "})) == []
    assert said(house, CreatePlace(id="a.b", name="Bar")) == [("id", "id")]
    with pytest.raises(Refused, match="no point"):
        row = {"id": "a.b", "name": "Bar"}
        house.run("", lambda draft: draft.create("stock_places", row))
    half = CreateStockItem(id="x", name="Soap", category="amenity", unit="piece", reorder_level=5)
    assert said(house, half) == [("order", "reorder_quantity")]
    assert said(house, EditStockItem(id="flour", changes={"reorder_level": 5})) == [
        ("order", "reorder_quantity")
    ]
    assert said(house, EditStockItem(id="none", changes={})) == [("gone", "")]
    off = EditPlace(id="floor-1", changes={"active": False})
    assert off.label(house.view) == "Take Floor 1 pantry out of use"


def test_a_location_out_of_use_is_listed_while_something_is_there() -> None:
    house = store("off", receive("1", 5, place="floor-1"))
    give(house, EditPlace(id="floor-1", changes={"active": False}))
    assert [place["id"] for place in places(house.view)] == ["main", "floor-1"]
    give(house, issue("2", 5, place="floor-1"))
    assert [place["id"] for place in places(house.view)] == ["main"]
    assert [place["id"] for place in places(house.view, all_=True)] == ["main", "floor-1"]


def test_what_is_at_its_reorder_level_over_all_locations_is_ordered() -> None:
    house = store("order", receive("1", 40), receive("2", 21, place="floor-1"))
    assert orders(house.view) == []
    give(house, issue("3", 1))
    [order] = orders(house.view)
    assert (order.line.id, order.quantity, order.supplier) == ("towel", 100, "Linea")
    give(house, EditStockItem(id="towel", changes={"reorder_quantity": 20, "name": '=HYP("x")'}))
    give(house, waste("4", 30))
    rows = list(csv.reader(io.StringIO(order_csv(orders(house.view)))))
    assert rows[1] == ["Linea", '\'=HYP("x")', "amenity", "piece", "30", "60", "40"]


def test_items_are_found_by_name_and_location() -> None:
    house = store("find", receive("1", 40), receive("2", 5, item="flour", place="floor-1"))
    assert [line.id for line in item_lines(house.view)] == ["flour", "towel"]
    assert [line.id for line in item_lines(house.view, place="main")] == ["towel"]
    assert [line.id for line in item_lines(house.view, text="LINEA")] == ["towel"]
    assert [line.state for line in item_lines(house.view, text="towel")] == ["reorder"]
    give(house, EditStockItem(id="flour", changes={"active": False}))
    assert [line.id for line in item_lines(house.view)] == ["flour", "towel"], "some is there"
    give(house, EditStockItem(id="towel", changes={"active": False}))
    assert orders(house.view) == [], "what is out of use is not ordered"
    give(house, EditStockItem(id="towel", changes={"active": True}))
    give(house, waste("3", 5, item="flour", place="floor-1"))
    assert [line.id for line in item_lines(house.view)] == ["towel"]


def test_movements_are_read_by_month_newest_first() -> None:
    house = store("months")
    for at, day in enumerate(("2026-01-31", "2026-10-02", "2026-11-01", "2026-11-20")):
        give(house, CountStock(id=f"{at}", item="towel", place="main", on=day, counted=at))
    shown, more = movements(house.view, "towel", TODAY, 2)
    assert ([move["id"] for move in shown], more) == (["3", "2"], True)
    shown, more = movements(house.view, "towel", TODAY, 3)
    assert ([move["id"] for move in shown], more) == (["3", "2", "1"], True)
    assert [move["id"] for move in movements(house.view, "towel", TODAY, 9)[0]] == list("3210")


# -- roles, quantities, commands as values --------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", {"received", "issued", "wasted", "moved", "counted", "item"}),
        ("front-desk", {"issued", "wasted", "moved", "counted"}),
        ("housekeeping", {"issued", "wasted", "moved", "counted"}),
        ("accounting", {"received"}),
        ("viewer", set()),
    ],
)
def test_roles(role: str, may: set[str]) -> None:
    rights = rights_of(SCHEMA, role)
    assert rights is not None
    kinds = ("received", "issued", "wasted", "moved", "counted")
    found = {name for name in kinds if rights.may_write("stock_moves", name)}
    found |= {"item"} if rights.may_add("stock_items") else set()
    assert found == may
    assert rights.may_read("stock_levels", "on_hand")
    if role not in ("owner", "manager"):
        assert not rights.may_write("stock_levels", "on_hand")
    changes = {
        "received": receive("n", 1), "issued": issue("n", 1), "wasted": waste("n", 1),
        "moved": transfer("n", 1), "counted": count("n", 5), "item": CreatePlace(id="x", name="X"),
    }  # fmt: skip
    _, north, _ = two_desks(*STORE, receive("r", 10))
    for kind, command in changes.items():
        change = north.give(command, stamp=10)
        assert change is not None
        assert (rights.refusal(change, {}) is None) is (kind in may), kind
        north.pending.clear()
        north.sync()
    assert rights.may_add("stock_moves") == rights.may_add("stock_levels") == bool(may)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e3", "٣", "12 000", "9999999999"])
def test_what_is_no_quantity_of_pieces_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"Enter|too much"):
        parse(text, "piece")


@given(st.integers(0, 10**9), st.sampled_from(sorted(UNITS)))
def test_a_quantity_is_read_as_it_is_written(quantity: int, unit: str) -> None:
    assert parse(plain(quantity, unit), unit) == quantity


NUMBER = st.integers(1, 12)
ANY = st.builds(
    lambda what, quantity, item, turned: _any(
        what, quantity, item, *PLACES[:: -1 if turned else 1]
    ),
    st.sampled_from(("receive", "issue", "waste", "count", "transfer", "taken", "reverse")),
    NUMBER,
    st.sampled_from(ITEMS),
    st.booleans(),
)


def _any(what: str, quantity: int, item: str, place: str, into: str) -> Any:
    if what == "transfer":
        return lambda id_: transfer(id_, quantity, place, into, item)
    if what == "reverse":
        return lambda id_: reverse(id_, f"m{quantity}")
    made = {"receive": receive, "waste": waste, "count": count}.get(what, issue)
    more = {"taken": True} if what == "taken" else {}
    return lambda id_: made(id_, quantity, item, place, **more)  # type: ignore[operator]


@settings(max_examples=60)
@given(st.lists(ANY, max_size=20))
def test_a_command_without_errors_is_not_refused_by_the_guards(steps: list[Any]) -> None:
    """CMD-1 and CMD-2"""
    leader, _, _ = two_desks(*STORE)
    desk = Desk("one", leader)
    for at, make in enumerate(steps):
        command: Command = make(f"m{at}")
        assert from_json(command.to_json()) == command
        wrong = errors(command.check(desk.state, TODAY))
        try:
            desk.write(command, stamp=10 + at) if not wrong else None
        except Refused as refused:
            raise AssertionError(f"{command} was refused: {refused}") from None
        if wrong and not isinstance(command, TransferStock):
            with pytest.raises((Refused, KeyError)):
                desk.write(command, stamp=10 + at)


def test_labels_name_what_and_where() -> None:
    house = store("labels", receive("1", 10))
    assert issue("2", 1).label(house.view) == "Issue 1 piece of Bath towels, Main store"
    told = "Transfer 2 pieces of Bath towels, Main store to Floor 1 pantry"
    assert transfer("2", 2).label(house.view) == told
    assert count("2", 9).label(house.view) == "Count 9 pieces of Bath towels, Main store"
    assert reverse("2", "1").label(house.view) == "Reverse received: 10 pieces of Bath towels"
    assert CreatePlace(id="x", name=" Bar ").label(house.view) == "Add location Bar"


def test_stock_5_a_movement_is_not_rewritten_beside_the_same_one_again() -> None:
    """One change that says it again and then otherwise sees to nothing."""
    leader, _north, _ = two_desks(*STORE, receive("m", 100))
    move = leader.state.get(MOVES, "m")
    assert move is not None
    again = Op(CREATE, MOVES, "m", {"item": move["item"]}, "")
    forged = Op(SET, MOVES, "m", {RECEIVED: 1}, "")
    decision = leader.decide(Change(Mark("x", 1, 99), (again, forged), Meta()))
    assert decision.outcome == "refused"
    assert (leader.state.get(MOVES, "m") or {})[RECEIVED] == 100
