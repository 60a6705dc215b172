"""Telling tabs that stand on another store from those that are only a little ahead."""

from __future__ import annotations

from pysync.machines.apart import Apart


def _apart(gone: set[str] | None = None) -> Apart:
    away = gone if gone is not None else set()
    return Apart(lambda tab: tab not in away)


def test_apart_1_nobody_is_apart_whose_entries_may_still_come() -> None:
    apart = _apart()
    assert apart.told("b", 5, known=3)
    assert not apart.tabs, "the store was not asked yet"
    apart.asks()
    assert apart.told("c", 9, known=3)
    apart.read(known=5)
    assert not apart.tabs, "b's entries came, and c told of its own after the store was asked"


def test_a_tab_that_told_more_than_the_store_held_afterwards_is_apart() -> None:
    apart = _apart()
    apart.told("b", 5, known=3)
    apart.asks()
    apart.read(known=4)
    assert apart.tabs == {"b"}


def test_it_is_apart_no_more_when_it_is_level_or_gone() -> None:
    gone: set[str] = set()
    apart = _apart(gone)
    for tab in ("b", "c"):
        apart.told(tab, 5, known=3)
    apart.asks()
    apart.read(known=3)
    assert apart.tabs == {"b", "c"}
    assert not apart.told("b", 3, known=3)
    gone.add("c")
    assert not apart.tabs
