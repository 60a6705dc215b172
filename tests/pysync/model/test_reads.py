"""What a function read: it runs again where it would read something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pysync import Collection, CollectionSchema, Draft, Schema, UsageError
from pysync.model.reads import MAX_READS
from tests.pysync.house import House

pytestmark = pytest.mark.req("TAB-04")
OPEN = Schema(
    collections={
        "stays": CollectionSchema(name="stays", indexes={"room": lambda stay: [stay.get("room")]})
    }
)


class Bill:
    """Two tabs, three stays, and a bill that a function makes from them."""

    def __init__(self) -> None:
        self.house = House(OPEN)
        self.stays = [Collection("stays", space=s) for s in (self.house.one, self.house.two)]
        for rid, room, price in (("a", "1", 10), ("b", "1", 20), ("c", "2", 40)):
            self.stays[0].create({"id": rid, "room": room, "price": price})
        Collection("bills", space=self.house.one).create({"id": "x", "sum": 0})
        self.house.settle()
        self.runs = 0

    def make(self, read: Callable[[Draft], int]) -> None:
        """In the second tab, which has not heard what the first did."""

        def command(draft: Draft) -> None:
            self.runs += 1
            draft.update("bills", "x", {"sum": read(draft)})

        self.house.two.run("Bill", command, rerun=True)

    def settled(self) -> tuple[int, int]:
        """The sum that both tabs show, and how often the function ran."""
        self.house.settle()
        self.house.device.beat()
        sums = {s.view.get("bills", "x")["sum"] for s in (self.house.one, self.house.two)}  # type: ignore[index]
        [found] = sums
        return found, self.runs


def price(draft: Draft, rid: str) -> int:
    record = draft.get("stays", rid)
    return record["price"] if record is not None else 0


WAYS: dict[str, Callable[[Draft], int]] = {
    "get": lambda draft: price(draft, "a") + price(draft, "b"),
    "find": lambda draft: sum(stay["price"] for stay in draft.find("stays", "room", "1")),
    "all": lambda draft: sum(s["price"] for s in draft.all("stays") if s["room"] == "1"),
}


@pytest.mark.parametrize("way", WAYS)
def test_reads_1_a_function_that_read_what_changed_runs_again(way: str) -> None:
    bill = Bill()
    bill.stays[0].update("a", {"price": 11})
    bill.make(WAYS[way])
    assert bill.settled() == (31, 2)


def test_reads_1_what_was_not_there_and_is_now_and_the_other_way_round() -> None:
    bill = Bill()
    bill.stays[0].create({"id": "new", "room": "3", "price": 5})
    bill.stays[0].delete("a")
    bill.make(lambda draft: price(draft, "new") * 100 + price(draft, "a"))
    assert bill.settled() == (500, 2)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda stays: stays.update("c", {"price": 41}),
        lambda stays: stays.create({"id": "d", "room": "9", "price": 1}),
    ],
    ids=["another record", "a new record"],
)
def test_reads_1_a_function_that_would_read_the_same_does_not_run_again(meanwhile: Any) -> None:
    bill = Bill()
    meanwhile(bill.stays[0])
    bill.make(WAYS["get"])
    assert bill.settled() == (30, 1)


def test_reads_1_own_changes_under_a_function_are_no_reason_to_run_again() -> None:
    bill = Bill()
    for n in range(5):
        bill.stays[1].update("a", {"price": n})
        bill.make(WAYS["get"])
    assert bill.settled() == (24, 5)


def test_reads_1_an_own_write_that_lost_under_a_function_is_one() -> None:
    bill = Bill()
    bill.house.device.ms += 50
    bill.stays[0].update("a", {"price": 12})
    bill.house.device.ms -= 50
    bill.stays[1].update("a", {"price": 99})
    bill.make(WAYS["get"])
    assert bill.stays[1].get("a")["price"] == 99
    assert bill.settled() == (32, 2)


def test_a_function_that_reads_and_writes_one_value_says_nothing_besides() -> None:
    bill = Bill()
    said = len(bill.house.device.said)
    bill.house.two.run("", lambda d: d.update("bills", "x", {"sum": 1}), rerun=True)
    bill.make(lambda draft: draft.get("bills", "x")["sum"] + 1)  # type: ignore[index]
    bill.house.device.end_tasks()
    assert not any('"d":{' in text for text in bill.house.device.said[said:])
    assert bill.settled() == (2, 1)


def test_more_than_can_travel_is_refused_and_changes_nothing() -> None:
    bill = Bill()
    stays = Collection("many", space=bill.house.two)
    stays.set_all({"id": str(n)} for n in range(MAX_READS + 1))
    with pytest.raises(UsageError, match="at most 1000 records"):
        bill.make(lambda draft: len(list(draft.all("many"))))
    assert bill.settled() == (0, 1)
    bill.house.two.run(
        "", lambda draft: draft.create("c", {"id": str(len(list(draft.all("many"))))})
    )
    assert bill.house.two.view.get("c", str(MAX_READS + 1)) is not None
