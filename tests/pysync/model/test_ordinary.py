"""What a space itself says of its conflicts: read where the change stands in the log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pysync.model.ordinary import INTERVAL, STRATEGY, WINDOW, WINDOWS, Ordinary, ordinary_of
from pysync.model.policy import DEFAULT, HIGH, MEDIUM, STALE_MS, WINDOW_MS, Policy, Strategy
from pysync.model.schema import Field, Schema
from pysync.values.clock import stamp_at
from tests.pysync.kit import mark
from tests.pysync.model.test_policy import NOW, schema
from tests.pysync.model.test_reducer import START, Race, update

pytestmark = pytest.mark.req("SRV-12", "SRV-06")


def house(field: Field | None = None, **declared: Any) -> Race:
    """Two authors of a field of which nothing is said, in a space that has settings."""
    made = replace(schema(field or Field(), **declared), settings=("settings", "s"))
    return Race(made, **{name: None for name in START if name != "id"} | {"f": "was"})


def say(race: Race, n: int, **fields: object) -> None:
    """Somebody who may changes how the space decides."""
    known = race.get("settings", "s") is not None
    race.do(
        mark("boss", n, n),
        lambda draft: (
            draft.update("settings", "s", fields)
            if known
            else draft.create("settings", {"id": "s", **fields})
        ),
    )


def meet(race: Race, apart_ms: int = 0, tab: str = "b") -> tuple[object, str, str]:
    """What two who did not see each other come to: what is shown, by what rule, and whether that
    waits for somebody."""
    race.blind("a", update(f="there"), stamp_at(NOW))
    decision = race.blind(tab, update(f=f"incoming {tab}"), stamp_at(NOW + apart_ms))
    [conflict] = decision.conflicts
    return race.record["f"], conflict.strategy, conflict.status


@pytest.mark.parametrize(
    ("strategy", "shown", "status"),
    [
        ("last-write-wins", "incoming b", "auto"),
        ("first-write-wins", "there", "auto"),
        ("keep-local", "incoming b", "auto"),
        ("keep-remote", "there", "auto"),
        ("manual", "incoming b", "open"),
    ],
)
def test_what_nothing_is_declared_of_is_settled_as_the_space_says(
    strategy: Strategy, shown: str, status: str
) -> None:
    race = house()
    say(race, 1, **{STRATEGY: strategy})
    assert meet(race, 1_000) == (shown, strategy, status)


def test_the_window_of_the_space_says_what_counts_as_one_moment() -> None:
    for seconds, status in ((60, "open"), (20, "auto")):
        race = house()
        say(race, 1, **{STRATEGY: "manual", WINDOW: seconds})
        assert meet(race, 40_000)[2] == status
    asks = house(Field(strategy="manual"), policy=MEDIUM)
    say(asks, 1, **{WINDOW: 5})
    assert meet(asks, 10_000)[2] == "auto", "what is declared asks within it, too"


def test_what_is_declared_and_a_class_with_a_window_of_its_own_stay_as_they_are() -> None:
    race = house(Field(strategy="first-write-wins"))
    say(race, 1, **{STRATEGY: "manual"})
    assert meet(race, 1_000)[1:] == ("first-write-wins", "auto")
    high = house(policy=HIGH)
    say(high, 1, **{STRATEGY: "keep-remote", WINDOW: 3_600})
    assert meet(high, 9_000)[1:] == ("manual", "open")
    assert meet(house(policy=Policy("manual", 10_000)), 11_000)[2] == "auto"


def test_ordinary_1_what_stands_in_the_log_when_a_change_is_decided_counts() -> None:
    race = house()
    assert meet(race, 1_000)[1] == DEFAULT
    say(race, 1, **{STRATEGY: "manual"})
    decision = race.blind("c", update(f="later"), stamp_at(NOW + 1_500))
    assert decision.conflicts[0].status == "open"
    say(race, 2, **{STRATEGY: None})
    decision = race.blind("d", update(f="last"), stamp_at(NOW + 2_000))
    assert decision.conflicts[0].status == "auto"


@pytest.mark.parametrize("seconds", [0, -1, 1.5, True, "30", WINDOWS[1] + 1, None, [30]])
@pytest.mark.parametrize("strategy", ["merge", "custom", "", 7, None, {"a": 1}])
def test_ordinary_1_a_value_that_cannot_be_counts_as_absent(
    seconds: object, strategy: object
) -> None:
    race = house()
    say(race, 1, **{WINDOW: seconds, INTERVAL: seconds, STRATEGY: strategy})
    assert ordinary_of(race.state) == Ordinary(DEFAULT, WINDOW_MS)


def test_a_space_without_such_a_record_and_a_deleted_one_decide_as_ever() -> None:
    assert ordinary_of(Race(Schema()).state) == Ordinary()
    race = house()
    say(race, 1, **{STRATEGY: "manual"})
    race.do(mark("boss", 2, 2), lambda draft: draft.delete("settings", "s"))
    assert ordinary_of(race.state) == Ordinary()


def test_who_was_out_of_touch_yields_all_the_same() -> None:
    race = house()
    say(race, 1, **{STRATEGY: "keep-local"})
    race.blind("a", update(f="there"), stamp_at(NOW))
    decision = race.blind("b", update(f="incoming"), stamp_at(NOW + 1), stale=True)
    assert (race.record["f"], decision.conflicts[0].strategy) == ("there", "keep-remote")
    assert STALE_MS > WINDOW_MS
