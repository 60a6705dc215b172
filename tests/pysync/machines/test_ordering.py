"""Which batches are decided next: a prefix of the log, every author in its own order."""

from __future__ import annotations

from random import Random

from pysync.machines.batches import Batch
from pysync.machines.effects import Moment
from pysync.machines.ordering import WAIT_MS, Ordering
from pysync.model.cell import Mark
from pysync.model.change import Change


def batch(tab: str, first: int, key: int, size: int = 1) -> Batch:
    changes = tuple(Change(Mark(tab, first + n, 1, ""), ()) for n in range(size))
    return Batch(tab, first, changes, "", key)


def log(*names: str) -> list[Batch]:
    """`log("a1", "b1")`: batches of one change each, by tab and number, in the order of the log."""
    return [batch(name[0], int(name[1:]), key) for key, name in enumerate(names, 1)]


def at(mono: float) -> Moment:
    return Moment(0, mono)


def chosen(found: list[Batch], ordering: Ordering | None = None, **options: object) -> list[str]:
    settings = {"heads": {}, "room": 400, "now": at(0), **options}
    picked = (ordering or Ordering()).choose(found, **settings)  # type: ignore[arg-type]
    return [f"{b.tab}{b.first}" for b in picked]


def test_the_order_of_the_log_is_kept_where_authors_are_in_order() -> None:
    assert chosen(log("a1", "b1", "a2", "b2")) == ["a1", "b1", "a2", "b2"]
    assert chosen(log("a4", "b8"), heads={"a": 3, "b": 7}) == ["a4", "b8"]


def test_order_2_an_author_s_batches_stand_by_their_numbers() -> None:
    assert chosen(log("a2", "b1", "a1", "a3")) == ["a1", "b1", "a2", "a3"]


def test_the_room_cuts_the_round_but_at_least_one_batch_goes() -> None:
    assert chosen(log("a1", "b1", "c1"), room=1) == ["a1", "b1"]
    assert chosen([batch("a", 1, 1, size=50)], room=1) == ["a1"]
    assert chosen([]) == []


def test_order_1_a_forerunner_later_in_the_log_brings_all_before_it_along() -> None:
    assert chosen(log("a2", "b1", "c1", "a1", "d1"), room=1) == ["a1", "b1", "c1", "a2"]


def test_order_3_a_missing_forerunner_is_waited_for_and_what_is_before_goes_on() -> None:
    ordering = Ordering()
    assert chosen(log("b1", "a2", "c1"), ordering) == ["b1"]
    assert chosen(log("a2", "c1"), ordering, now=at(WAIT_MS - 1)) == []
    assert chosen(log("a2", "c1"), ordering, now=at(WAIT_MS)) == ["a2", "c1"]


def test_the_wait_ends_when_the_forerunner_comes() -> None:
    ordering = Ordering()
    assert chosen(log("a2", "c1"), ordering) == []
    assert chosen(log("a2", "c1", "a1"), ordering, now=at(400)) == ["a1", "c1", "a2"]
    assert chosen(log("a3"), ordering, heads={"a": 1}, now=at(WAIT_MS)) == []


def test_what_cannot_be_read_holds_up_nobody() -> None:
    unreadable = Batch("a", 5, (), "?", 1)
    assert chosen([unreadable, *log("b1")]) == ["a5", "b1"]


def test_two_gaps_that_pull_in_both_directions_come_to_an_end() -> None:
    assert chosen(log("b3", "a3", "b2", "a2"), heads={"b": 1}) == []
    assert chosen(log("a3", "b2", "b1", "a2")) == []


def test_order_1_whatever_is_chosen_is_a_prefix_of_the_log_by_key() -> None:
    random = Random(5)
    for _ in range(2_000):
        names = [(tab, n) for tab in "abc" for n in range(1, random.randrange(1, 6))]
        random.shuffle(names)
        kept = names[: random.randrange(len(names) + 1)]
        found = [batch(tab, n, key) for key, (tab, n) in enumerate(kept, 1)]
        ordering, room = Ordering(), random.randrange(6)
        for now in (0, WAIT_MS, 2 * WAIT_MS, 3 * WAIT_MS):
            picked = ordering.choose(found, {}, room, at(now))
            assert sorted(b.key or 0 for b in picked) == list(range(1, len(picked) + 1))
            for tab in "abc":
                own = [b.first for b in picked if b.tab == tab]
                assert own == sorted(own)
