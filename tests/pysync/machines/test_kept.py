"""Kept results: for a time, so many, and not after they were dropped (RT-04)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import UsageError
from pysync.machines.effects import Moment
from pysync.machines.kept import MAX_ENTRIES, TTL_MS, Kept
from tests.pysync.kit import WALL

pytestmark = pytest.mark.req("RT-04")


def at(ms: float) -> Moment:
    """The wall clock is another one than the clock that ages."""
    return Moment(WALL + ms, ms)


def value(kept: Kept, name: str, ms: float) -> Any:
    found = kept.find(name, at(ms))
    return None if found is None else found.value


def test_kept_1_a_result_is_answered_for_its_time_to_live() -> None:
    kept = Kept()
    kept.put("a", 1, at(0))
    assert (value(kept, "a", TTL_MS), value(kept, "a", TTL_MS + 1)) == (1, None)
    assert kept.peek("a") is not None
    kept.put("a", 2, at(TTL_MS + 2))
    assert value(kept, "a", TTL_MS + 3) == 2
    assert value(kept, "b", 0) is None


def test_kept_2_the_one_that_was_asked_for_longest_ago_goes_first() -> None:
    kept = Kept(max_entries=2)
    for name in "ab":
        kept.put(name, name, at(0))
    assert value(kept, "a", 1) == "a"
    kept.put("c", "c", at(1))
    assert [value(kept, name, 2) for name in "abc"] == ["a", None, "c"]
    assert len(kept) == 2
    assert MAX_ENTRIES == 200


def test_kept_3_dropping_a_name_drops_what_is_below_it_and_nothing_else() -> None:
    kept = Kept()
    names = ("kpis", "kpis/today", "kpis/today/x", "kpis2", "revenue")
    for name in names:
        kept.put(name, 1, at(0))
    kept.drop(("kpis",), at(1))
    assert [name for name in names if kept.peek(name)] == ["kpis2", "revenue"]
    kept.clear()
    assert len(kept) == 0


def test_what_is_still_right_stays() -> None:
    kept = Kept()
    kept.put("a", 1, at(0))
    kept.put("a/b", 2, at(0))
    kept.drop(("a",), at(1), still_right=lambda value: value == 2)
    assert (kept.peek("a"), value(kept, "a/b", 2)) == (None, 2)


def test_it_is_known_since_when_data_is_as_it_is() -> None:
    kept = Kept(ttl_ms=100)
    assert kept.put("a/1", 1, at(5)).since == WALL + 5
    assert kept.put("a/1", 1, at(500)).since == WALL + 5, "it only grew old"
    kept.drop(("a",), at(600))
    assert kept.put("a/1", 2, at(700)).since == WALL + 600
    kept.drop(("a/1",), at(800))
    assert kept.put("a/1", 2, at(900)).since == WALL + 800
    assert kept.put("a/2", 2, at(900)).since == WALL + 600


def test_what_changed_is_remembered_for_so_many_names_at_most() -> None:
    kept = Kept(max_entries=2)
    for ms, name in enumerate("abc"):
        kept.drop((name,), at(ms))
    assert kept.put("a", 1, at(9)).since == WALL + 9
    assert kept.put("c", 1, at(9)).since == WALL + 2


@pytest.mark.parametrize("options", [{"ttl_ms": -1}, {"max_entries": 0}], ids=str)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Kept(**options)


NAMES = st.sampled_from(["a", "a/b", "a/b/c", "b", "ab"])


@given(
    st.lists(st.tuples(st.sampled_from(["put", "drop", "wait"]), NAMES, st.integers(0, 60))),
    st.integers(1, 3),
)
def test_kept_1_never_what_is_too_old_or_was_dropped(
    steps: list[tuple[str, str, int]], bound: int
) -> None:
    """KEPT-1, KEPT-2, KEPT-3 whatever happens."""
    kept, ms, put_at = Kept(ttl_ms=100, max_entries=bound), 0, dict[str, int]()
    for act, name, wait in steps:
        if act == "put":
            kept.put(name, ms, at(ms))
            put_at[name] = ms
        elif act == "drop":
            kept.drop((name,), at(ms))
            for each in [n for n in put_at if n == name or n.startswith(f"{name}/")]:
                del put_at[each]
        else:
            ms += wait
        assert len(kept) <= bound
        for each in ("a", "a/b", "a/b/c", "b", "ab"):
            found = value(kept, each, ms)
            assert found is None or (found == put_at[each] and ms - found <= 100)
