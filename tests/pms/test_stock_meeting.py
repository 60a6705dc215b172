"""Two people at one stock, both offline: what they take adds up, what they count is
what they saw."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import Refused
from pysync.model.cell import Mark
from pysync.model.change import CREATE, Change, Op
from pysync_pms.commands import Command
from tests.pms.stock_support import (
    ITEMS,
    PLACES,
    STORE,
    count,
    flagged,
    issue,
    receive,
    reverse,
    summed,
    there,
    transfer,
    waste,
)
from tests.pms.support import Desk, Leader, deliver_all, two_desks

pytestmark = pytest.mark.req("PMS-05", "PMS-10")


def desks(*more: Command) -> tuple[Desk, Desk]:
    """Two desks that know a store, and what was given before."""
    _, north, south = two_desks(*STORE, *more)
    return north, south


@pytest.mark.req("SRV-07")
@pytest.mark.parametrize("turned", [False, True])
def test_two_people_take_towels_and_both_count(turned: bool) -> None:
    """STOCK-1"""
    north, south = desks(receive("r", 150))
    north.give(issue("n", 5), stamp=10)
    south.give(issue("s", 7), stamp=11)
    first, second = (south, north) if turned else (north, south)
    assert [each.outcome for each in deliver_all(first, second)] == ["applied", "applied"]
    assert there(north) == 138


@pytest.mark.req("SRV-07")
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("counted", "left"), [(150, 145), (148, 143), (160, 155)])
def test_what_is_taken_while_somebody_counts_counts_too(
    turned: bool, counted: int, left: int
) -> None:
    """STOCK-4: base 150, one counts 150, one takes 5: 145."""
    north, south = desks(receive("r", 150))
    north.give(count("n", counted), stamp=10)
    south.give(issue("s", 5), stamp=11)
    list(deliver_all(south, north) if turned else deliver_all(north, south))
    assert there(north) == left


@pytest.mark.parametrize("turned", [False, True])
def test_what_two_people_find_missing_is_taken_off_once(turned: bool) -> None:
    """STOCK-4"""
    north, south = desks(receive("r", 150))
    north.give(count("n", 148), stamp=10)
    south.give(issue("i", 3), stamp=11)
    south.give(count("s", 145), stamp=12)
    list(deliver_all(south, north) if turned else deliver_all(north, south))
    assert there(north) == 145
    found = {each["id"]: each for each in north.leader.state.all("stock_moves")}
    assert sorted(found[id_]["difference"] for id_ in ("n", "s")) == [-2, 0]
    assert (found["n"]["expected"], found["s"]["expected"]) == (150, 147), "as it was then"


def test_of_two_who_take_the_last_towels_one_is_told_where_there_are_some() -> None:
    """STOCK-2"""
    north, south = desks(receive("r", 4), receive("q", 40, place="floor-1"))
    north.give(issue("n", 3), stamp=10)
    change = south.give(issue("s", 3), stamp=5)
    first, second = deliver_all(north, south)
    assert first.outcome == "applied"
    assert (second.outcome, second.code) == ("refused", "not-enough")
    assert "only 1 piece of Bath towels" in second.message
    assert "Floor 1 pantry has 40 pieces" in second.message
    assert second.params["places"] == ["floor-1"]
    assert change is not None
    assert any(op.fields.get("issued") == -3 for op in change.ops), "its content is there"
    assert there(north) == 1
    assert not flagged(north)


def test_what_was_taken_already_is_recorded_and_flagged_until_somebody_counts() -> None:
    """STOCK-3"""
    north, south = desks(receive("r", 4))
    north.give(issue("n", 3), stamp=10)
    south.give(issue("s", 3, taken=True), stamp=11)
    assert [each.outcome for each in deliver_all(north, south)] == ["applied", "applied"]
    assert (there(north), flagged(north)) == (-2, True)
    north.sync()
    with pytest.raises(Refused, match="no Bath towels left"):
        north.give(issue("n2", 1), stamp=12)
    north.give(receive("r2", 10), stamp=13)
    list(deliver_all(north))
    assert (there(north), flagged(north)) == (8, True), "nobody knows what there is"
    north.give(count("c", 9), stamp=14)
    list(deliver_all(north))
    assert (there(north), flagged(north)) == (9, False)


def test_what_is_wasted_in_the_same_moment_as_the_rest_is_taken_is_flagged() -> None:
    """STOCK-3"""
    north, south = desks(receive("r", 4))
    north.give(transfer("n", 4), stamp=10)
    south.give(waste("s", 1), stamp=11)
    list(deliver_all(north, south))
    assert (there(north), flagged(north)) == (-1, True)
    assert (there(north, place="floor-1"), flagged(north, place="floor-1")) == (4, False)


def test_a_movement_that_two_reverse_is_reversed_once() -> None:
    """STOCK-6"""
    north, south = desks(receive("r", 20), issue("i", 5))
    north.give(reverse("n", "i"), stamp=10)
    south.give(reverse("s", "i"), stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "reversed")
    assert there(north) == 20


def test_who_takes_a_count_back_takes_back_what_it_was_decided_to_be() -> None:
    """STOCK-6"""
    north, south = desks(receive("r", 150))
    north.give(count("n", 148), stamp=10)
    south.give(count("s", 148), stamp=11)
    south.give(reverse("back", "s"), stamp=12)
    assert "refused" not in {each.outcome for each in deliver_all(north, south)}
    assert there(north) == 148, "the first count found them missing, the second nothing more"


def test_the_same_movement_sent_twice_is_one() -> None:
    """STOCK-5"""
    north, south = desks(receive("r", 20))
    north.give(issue("i", 5), stamp=10)
    south.give(issue("i", 5), stamp=11)
    assert "refused" not in {each.outcome for each in deliver_all(north, south)}
    assert there(north) == 15
    assert summed(north.leader.state)["towel.main"] == 15


def test_a_location_is_not_removed_under_what_comes_into_it() -> None:
    """STOCK-7"""
    north, south = desks(receive("r", 20))
    north.give(transfer("t", 5), stamp=10)
    south.delete("stock_places", "floor-1", stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "in-use")


def test_what_a_device_began_with_comes_out_at_a_server_as_it_was() -> None:
    """STOCK-9: record by record, in the order of the ids, which is not that of the movements."""
    _, north, south = two_desks(*STORE, receive("z", 20), issue("a", 15), count("d", 4))
    north.give(reverse("b", "d"), stamp=10)
    south.give(issue("c", 2, taken=True), stamp=11)
    south.give(waste("e", 9), stamp=12)
    list(deliver_all(north, south))
    was = north.leader.state
    rows = [
        Op(CREATE, key, rid, dict(cell.fields))
        for key in ("stock_items", "stock_places", "stock_levels", "stock_moves")
        for rid, cell in sorted(was.cells[key].items())
    ]
    relay = Leader()
    for n, op in enumerate(rows, 1):
        decision = relay.decide(Change(Mark("~device", n, 10), (op,)))
        assert decision.outcome != "refused", (op, decision)
    for level in was.all("stock_levels"):
        assert relay.state.get("stock_levels", level["id"]) == level
    assert flagged(north)
    _holds(relay.state)


NUMBERS = st.integers(0, 12)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(
            ("issue", "issue", "taken", "receive", "waste", "transfer", "count", "reverse",
             "again", "deliver")
        ),
        st.sampled_from(ITEMS),
        st.booleans(),
        NUMBERS,
    ),
    max_size=30,
)  # fmt: skip


def _command(what: str, at: int, item: str, place: str, other: str, number: int) -> Command:
    id_ = f"m{at}"
    if what == "receive":
        return receive(id_, number, item, place)
    if what == "waste":
        return waste(id_, number, item, place)
    if what == "count":
        return count(id_, number, item, place)
    if what == "transfer":
        return transfer(id_, number, place, other, item)
    return issue(id_, number, item, place, taken=what == "taken")


@settings(max_examples=80)
@given(STEPS, st.permutations((0, 1, 2)))
def test_whatever_three_people_do_the_levels_are_what_was_accepted(
    steps: list[Any], order: list[int]
) -> None:
    """STOCK-1 to STOCK-6: sums, flags, transfers and reversals, in any order of arrival."""
    leader, north, south = two_desks(*STORE, receive("r", 6), receive("f", 6, item="flour"))
    three = (north, south, Desk("west", leader))
    given_: list[Command] = []
    for at, (who, what, item, main, number) in enumerate(steps):
        desk = three[who]
        place, other = PLACES if main else PLACES[::-1]
        if what == "deliver":
            list(deliver_all(desk))
            desk.sync()
            continue
        command = _command(what, at, item, place, other, number)
        if what == "again" and given_:
            command = given_[number % len(given_)]
        if what == "reverse":
            known = sorted(move["id"] for move in desk.state.all("stock_moves"))
            command = reverse(f"m{at}", known[number % len(known)])
        given_.append(command)
        try:
            desk.give(command, stamp=10 + at)
        except Refused:
            continue
        _holds(desk.state)
    for who in order:
        for _ in deliver_all(three[who]):
            _holds(leader.state)


def _holds(state: Any) -> None:
    sums = summed(state)
    levels = {level["id"]: level for level in state.all("stock_levels")}
    assert {rid: level["on_hand"] for rid, level in levels.items()} == sums
    for level in levels.values():
        assert level["on_hand"] >= 0 or level["short"], "below nothing, and nobody is told"
    moves = {move["id"]: move for move in state.all("stock_moves")}
    taken_back = [move for move in moves.values() if move.get("reverses")]
    assert len({move["reverses"] for move in taken_back}) == len(taken_back)
    for move in taken_back:
        whole = moves[move["reverses"]]
        both: dict[str, int] = {}
        for each in (move, whole):
            for name in ("received", "issued", "wasted", "moved", "difference"):
                both[name] = both.get(name, 0) + (each.get(name) or 0)
        assert set(both.values()) == {0}, "they sum to nothing"


@settings(max_examples=60)
@given(st.integers(0, 40), st.lists(st.integers(1, 20), min_size=1, max_size=6), st.booleans())
def test_requests_alone_never_bring_a_level_below_nothing(
    first: int, asked: list[int], turned: bool
) -> None:
    """STOCK-2"""
    north, south = desks(*([receive("r", first)] if first else []))
    for at, quantity in enumerate(asked):
        try:
            (north if at % 2 else south).give(issue(f"i{at}", quantity), stamp=10 + at)
        except Refused:
            continue
    list(deliver_all(south, north) if turned else deliver_all(north, south))
    assert 0 <= there(north) <= first
    assert not flagged(north)


SHELF = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(("taken", "receive", "count", "deliver")),
              st.integers(0, 12)),
    max_size=14,
)  # fmt: skip


@settings(max_examples=150)
@given(SHELF, st.booleans())
def test_after_a_count_there_is_what_was_counted_and_what_its_author_had_not_seen(
    steps: list[Any], turned: bool
) -> None:
    """STOCK-4, against a count of every movement on both sides."""
    north, south = desks(receive("r", 20))
    seen: dict[str, set[str]] = {}
    log: list[str] = ["r"]

    def deliver(desk: Desk) -> None:
        while (delivered := desk.deliver()) is not None:
            change, decision = delivered
            assert decision.outcome != "refused"
            log.extend(op.rid for op in change.ops if op.key == "stock_moves")

    for at, (who, what, number) in enumerate(steps):
        desk = (north, south)[who]
        if what == "deliver":
            deliver(desk)
            desk.sync()
            continue
        id_ = f"m{at}"
        seen[id_] = {move["id"] for move in desk.state.all("stock_moves")}
        command = _command(what, at, "towel", "main", "floor-1", number + (what != "count"))
        desk.give(command, stamp=10 + at)
    for desk in (south, north) if turned else (north, south):
        deliver(desk)
    moves = {move["id"]: move for move in north.leader.state.all("stock_moves")}
    wanted = 0
    for place, id_ in enumerate(log):
        move = moves[id_]
        if move.get("counted") is None:
            wanted += move.get("received") or move.get("issued") or 0
            continue
        unseen = [moves[each] for each in log[:place] if each not in seen[id_]]
        wanted = move["counted"] + sum(
            each.get("received") or each.get("issued") or 0 for each in unseen
        )
    assert there(north) == wanted
