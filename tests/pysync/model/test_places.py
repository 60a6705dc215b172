"""Places: there is always room for one more, and the fewest items move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.model.places import between, is_place, rearrange


@given(st.lists(st.floats(0, 0.999), min_size=1, max_size=60))
def test_place_1_there_is_room_between_any_two_places(where: list[float]) -> None:
    placed: list[str] = []
    for share in where:
        at = int(share * (len(placed) + 1))
        low = placed[at - 1] if at else ""
        high = placed[at] if at < len(placed) else None
        made = between(low, high)
        assert low < made and (high is None or made < high)
        assert is_place(made)
        placed.insert(at, made)
    assert placed == sorted(set(placed))


def test_places_stay_short_when_items_are_always_added_behind() -> None:
    last = ""
    for _ in range(1_000):
        last = between(last, None)
    assert len(last) < 260


@pytest.mark.parametrize(("low", "high"), [("V", "V"), ("W", "V")])
def test_no_place_between_what_is_not_in_order(low: str, high: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        between(low, high)


@given(st.lists(st.one_of(st.none(), st.sampled_from("1 5 A V VV a z z1 zz".split())), max_size=12))
def test_rearranged_places_ascend_and_as_many_as_possible_are_kept(
    places: list[str | None],
) -> None:
    made = rearrange(places)
    assert made == sorted(set(made)) and len(made) == len(places)
    kept = sum(new == old for new, old in zip(made, places, strict=True))
    assert kept >= _longest(places)


def _longest(places: list[str | None]) -> int:
    """Longest strictly increasing run, the plain way."""
    best: list[int] = []
    for at, place in enumerate(places):
        if place is None:
            best.append(0)
        else:
            before = [
                n for n, p in zip(best, places[:at], strict=True) if p is not None and p < place
            ]
            best.append(1 + max(before, default=0))
    return max(best, default=0)


def test_one_item_that_is_moved_moves_alone() -> None:
    places = rearrange([None] * 5)
    moved = [places[4], *places[:4]]
    assert rearrange(moved)[1:] == places[:4]


@pytest.mark.parametrize("value", [None, 5, "", "V0", "0", "V-", "é", ["V"], True])
def test_what_peers_wrote_may_be_no_place(value: object) -> None:
    assert not is_place(value)


def test_places_of_many_new_items_are_short_wherever_they_go() -> None:
    for places in ([None] * 1_000, ["V", *[None] * 1_000], ["V", *[None] * 1_000, "W"]):
        made = rearrange(places)
        assert made == sorted(set(made))
        assert max(map(len, made)) <= 5
