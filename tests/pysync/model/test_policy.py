"""Policies: which of two concurrent values is shown, and whether somebody is asked."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.model.conflict import Conflict, decode_conflict
from pysync.model.merge import ABSENT
from pysync.model.policy import (
    DEFAULT,
    HIGH,
    LOW,
    MEDIUM,
    STALE_MS,
    WINDOW_MS,
    Policy,
    Rule,
    Strategy,
    judge,
)
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.values.clock import stamp_at
from tests.pysync.kit import mark
from tests.pysync.model.test_reducer import START, Race, update

NOW = 1_700_000_000_000
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)


def at(ms: int, tab: str = "a") -> Any:
    """A write so many ms after the beginning."""
    return mark(tab, 1, stamp_at(NOW + ms))


def schema(field: Field, **declared: Any) -> Schema:
    """A collection `c` whose field `f` is declared so."""
    collection = CollectionSchema(name="c", fields={"f": field}, **declared)
    return Schema(collections={"c": collection})


def race(declared: Schema, first_ms: int, second_ms: int, **meta: Any) -> tuple[Any, Conflict]:
    """Two set `f` from one state, `there` and then `incoming`; what is shown, and the conflict."""
    both = Race(declared, **{name: None for name in START if name != "id"} | {"f": "was"})
    both.blind("a", update(f="there"), stamp_at(NOW + first_ms))
    decision = both.blind("b", update(f="incoming"), stamp_at(NOW + second_ms), **meta)
    [conflict] = decision.conflicts
    return both.record["f"], conflict


@pytest.mark.req("SRV-06", "SRV-07")
@pytest.mark.parametrize(
    ("strategy", "near", "far", "status"),
    [
        ("last-write-wins", "there", "there", "auto"),
        ("first-write-wins", "incoming", "incoming", "auto"),
        ("merge", "there", "there", "auto"),
        ("keep-local", "incoming", "there", "auto"),
        ("keep-remote", "there", "there", "auto"),
        ("manual", "there", "there", "open"),
        ("custom", "there", "there", "open"),
    ],
)
def test_the_strategy_decides_between_what_was_written_in_one_moment(
    strategy: Strategy, near: str, far: str, status: str
) -> None:
    declared = schema(Field(strategy=strategy))
    shown, conflict = race(declared, 10_000, 0)
    assert (shown, conflict.status) == (near, status)
    shown, conflict = race(declared, WINDOW_MS + 1, 0)
    assert (shown, conflict.status) == (far, "open" if strategy == "custom" else "auto")
    assert {conflict.shown.value, conflict.other.value} == {"there", "incoming"}


@given(
    st.sampled_from(STRATEGIES),
    st.integers(0, 100_000),
    st.integers(0, 100_000),
    st.integers(0, 100_000),
    st.booleans(),
    st.booleans(),
)
def test_policy_1_what_is_far_apart_is_settled_by_time_and_what_is_near_by_strategy(
    strategy: Strategy, window: int, mine: int, theirs: int, declared: bool, stale: bool
) -> None:
    incoming, there = at(mine, "a"), at(theirs, "b")
    said = judge(Rule(strategy, window, declared), incoming, there, stale=stale)
    newer = incoming.after(there)
    near = abs(mine - theirs) <= window
    if near and stale and not declared:
        assert (said.wins, said.strategy) == (False, "keep-remote")
    elif strategy == "first-write-wins":
        assert said.wins is not newer
    elif near and strategy in ("keep-local", "keep-remote"):
        assert said.wins is (strategy == "keep-local")
    else:
        assert said.wins is newer
    yields = stale and not declared
    asks = strategy == "custom" or (strategy == "manual" and near)
    assert said.status == ("open" if asks and not (near and yields) else "auto")


@pytest.mark.req("SRV-07")
@given(st.data(), st.booleans())
def test_reduce_2_whatever_the_policy_the_value_that_is_not_shown_is_kept(
    data: st.DataObject, stale: bool
) -> None:
    declared = schema(
        Field(strategy=data.draw(st.none() | st.sampled_from(STRATEGIES))),
        strategy=data.draw(st.none() | st.sampled_from(STRATEGIES)),
        policy=data.draw(st.sampled_from([None, HIGH, MEDIUM, LOW])),
    )
    first, second = data.draw(st.integers(0, 90_000)), data.draw(st.integers(0, 90_000))
    shown, conflict = race(declared, first, second, stale=stale)
    assert shown == conflict.shown.value
    assert {conflict.shown.value, conflict.other.value} == {"there", "incoming"}
    assert (conflict.incoming.value, conflict.there.value) == ("incoming", "there")
    assert conflict.base == "seed.1"
    assert decode_conflict(conflict.encode()) == conflict


@pytest.mark.req("SRV-07", "SRV-08")
def test_a_field_comes_before_its_collection_that_before_the_class_and_last_the_default() -> None:
    def strategy(field: Field | None = None, **declared: Any) -> tuple[Strategy, int]:
        rule = schema(field or Field(), **declared).collection("c").rule_of("f")
        return rule.strategy, rule.window_ms

    assert strategy() == (DEFAULT, WINDOW_MS) == ("last-write-wins", 30_000)
    assert strategy(policy=HIGH) == ("manual", 10_000)
    assert strategy(policy=MEDIUM) == ("merge", 30_000)
    assert strategy(policy=LOW) == ("keep-remote", 60_000)
    assert strategy(Field(policy=HIGH), policy=LOW) == ("manual", 10_000)
    assert strategy(strategy="keep-local", policy=HIGH) == ("keep-local", 10_000)
    assert strategy(Field(policy=LOW), strategy="keep-local") == ("keep-local", 60_000)
    chosen = Field(strategy="merge", policy=Policy("manual", 5))
    assert strategy(chosen, strategy="keep-local") == ("merge", 5)


@pytest.mark.req("SRV-07")
def test_a_sender_that_was_out_of_touch_keeps_what_was_there_where_nothing_is_declared() -> None:
    assert STALE_MS == 300_000
    free = schema(Field())
    assert race(free, 0, 20_000, stale=True)[0] == "there"
    assert race(free, 0, 20_000)[0] == "incoming"
    assert race(free, 0, 40_000, stale=True)[0] == "incoming", "further apart than the window"
    for strategy in ("keep-local", "merge", "last-write-wins"):
        assert race(schema(Field(strategy=strategy)), 0, 20_000, stale=True)[0] == "incoming"
    shown, conflict = race(schema(Field(), policy=HIGH), 0, 5_000, stale=True)
    assert (shown, conflict.status) == ("incoming", "open"), "never instead of asking"


@pytest.mark.req("SRV-09")
def test_a_conflict_knows_what_both_began_from_where_that_travelled() -> None:
    _, asked = race(schema(Field(strategy="manual")), 0, 1)
    assert asked.before == "was"
    _, other = race(schema(Field(), policy=HIGH), 0, 1)
    assert (other.before, other.base) == (ABSENT, "seed.1"), "the history of the record knows it"
    assert len(asked.encode()) == 10
    assert len(other.encode()) == 9


def test_a_conflict_of_an_older_build_is_read_and_one_of_a_newer_as_far_as_it_is_known() -> None:
    _, conflict = race(schema(Field(strategy="manual")), 0, 1)
    old = decode_conflict(conflict.encode()[:8])
    assert (old.base, old.before) == (None, ABSENT)
    assert old.encode() == conflict.encode()[:8]
    assert decode_conflict([*conflict.encode(), "more"]) == conflict


@pytest.mark.req("SRV-09")
def test_reduce_4_the_first_resolution_counts_and_what_came_meanwhile_stands() -> None:
    declared = schema(Field(strategy="manual"))
    both = Race(declared, f="was")
    both.blind("a", update(f="one"), stamp_at(NOW))
    decision = both.blind("b", update(f="two"), stamp_at(NOW + 1))
    names = (decision.conflicts[0].id,)
    seen = both.seen = type(both.state)(declared)
    seen.put("c", "r", both.state.cell("c", "r"))
    first = both.blind("c", update(f="one"), stamp_at(NOW + 5), resolves=names)
    assert (first.outcome, first.plain, both.record["f"]) == ("applied", True, "one")
    second = both.blind("d", update(f="three"), stamp_at(NOW + 9), resolves=names)
    assert (second.outcome, second.code, second.writes) == ("refused", "settled", ())
    assert both.blind("e", update(f="one"), resolves=names).outcome == "merged", "the same answer"
    assert both.record["f"] == "one"
