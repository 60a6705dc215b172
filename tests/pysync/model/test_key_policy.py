"""What is declared of a key while an application runs: its place among policies, which holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.model.key_policy import (
    CONTRADICTS,
    FIELDS,
    POLICIES,
    WINDOW_MAX_MS,
    KeyPolicy,
    key_policy_of,
)
from pysync.model.ordinary import STRATEGY, WINDOW, is_settled, rule_of
from pysync.model.policy import DEFAULT, HIGH, LOW, MEDIUM, WINDOW_MS, Rule
from pysync.model.schema import CollectionSchema, Field, Schema
from tests.pysync.kit import mark
from tests.pysync.model.test_ordinary import house, meet, say
from tests.pysync.model.test_reducer import Race

pytestmark = pytest.mark.req("SRV-01", "SRV-07")


def declare(race: Race, n: int = 1, **policy: Any) -> Any:
    """Somebody declares how `c` is settled, having seen what is there."""
    fields = KeyPolicy(**policy).fields()
    known = race.get(POLICIES, "c") is not None
    return race.do(
        mark("boss", n, n),
        lambda draft: (
            draft.update(POLICIES, "c", fields)
            if known
            else draft.create(POLICIES, {"id": "c", **fields})
        ),
    )


@pytest.mark.parametrize(
    ("policy", "shown", "status"),
    [
        ({"strategy": "first-write-wins"}, "there", "auto"),
        ({"strategy": "keep-local"}, "incoming b", "auto"),
        ({"strategy": "keep-remote"}, "there", "auto"),
        ({"priority": "low"}, "there", "auto"),
        ({"priority": "high"}, "incoming b", "open"),
        ({"priority": "low", "strategy": "manual"}, "incoming b", "open"),
        ({"strategy": "manual"}, "incoming b", "open"),
        ({"strategy": "manual", "window_ms": 999}, "incoming b", "auto"),
    ],
)
def test_what_is_declared_of_a_key_settles_it(policy: Any, shown: str, status: str) -> None:
    race = house()
    declare(race, **policy)
    shows, _, stands = meet(race, 1_000)
    assert (shows, stands) == (shown, status)


def test_it_stands_below_the_schemas_field_and_key_and_above_class_settings_and_staleness() -> None:
    field, key, by_class = Field(strategy="keep-local"), "keep-local", LOW
    for made, strategy in (
        (house(field), "keep-local"),
        (house(Field(policy=MEDIUM)), "merge"),
        (house(strategy=key), "keep-local"),
        (house(policy=by_class), "manual"),
        (house(), "manual"),
    ):
        say(made, 1, **{STRATEGY: "first-write-wins"})
        declare(made, strategy="manual")
        assert rule_of(made.state, "c", "f").strategy == strategy
        assert rule_of(made.state, "c", "f").declared, "so staleness has no say"


def test_what_it_does_not_say_is_as_it_would_be_without_it() -> None:
    race = house()
    say(race, 1, **{STRATEGY: "keep-remote", WINDOW: 7})
    declare(race, strategy="manual")
    assert rule_of(race.state, "c", "f") == Rule("manual", 7_000, True)
    declare(race, 2, window_ms=50, version=2)
    assert rule_of(race.state, "c", "f") == Rule("keep-remote", 50, False)
    declare(race, 3, priority="high", version=3)
    assert rule_of(race.state, "c", "f") == Rule("manual", HIGH.window_ms, True)
    assert rule_of(race.state, "other", "f") == Rule("keep-remote", 7_000, False), "another key"


def test_a_strategy_of_all_keys_is_a_setting_and_one_of_a_key_is_not() -> None:
    schema = Schema(strategy="first-write-wins", strategies={"a": "manual"})
    assert [is_settled(schema, key, "value") for key in ("a", "b")] == [True, False]
    plain = Schema(collections={"c": CollectionSchema(name="c", strategy="merge")})
    assert is_settled(plain, "c", "f")
    custom = Schema(strategy="custom").collection(POLICIES)
    assert custom.strategy_of("strategy") == "keep-local", "not what the schema says of all keys"


def test_key_1_of_one_version_the_first_counts_and_a_higher_one_takes_its_place() -> None:
    race = house()
    assert declare(race, strategy="manual").outcome == "applied"
    assert declare(race, 2, strategy="manual").outcome == "applied", "it says the same"
    for n, version in ((3, 1), (4, 0)):
        refused = declare(race, n, strategy="merge", version=version)
        assert (refused.outcome, refused.code) == ("refused", CONTRADICTS)
    assert "'manual' in version 1" in declare(race, 5, strategy="merge").message
    assert declare(race, 6, strategy="merge", version=2).outcome == "applied"
    assert declare(race, 7, strategy="manual", version=1).outcome == "refused", "it is older"
    assert rule_of(race.state, "c", "f").strategy == "merge"


@pytest.mark.parametrize(("first", "second", "holds"), [(1, 1, 1), (1, 2, 2), (2, 1, 2)])
@pytest.mark.parametrize("stamp", [1, 10**12])
def test_key_1_of_two_who_did_not_see_each_other(
    first: int, second: int, holds: int, stamp: int
) -> None:
    race = house()
    both = ((first, "keep-local", 50), (second, "keep-remote", stamp))
    for n, (version, strategy, at) in enumerate(both, 1):
        fields = KeyPolicy(strategy, version=version).fields()  # type: ignore[arg-type]
        row = {"id": "c", **fields}
        race.blind(f"t{n}", lambda draft, row=row: draft.create(POLICIES, row), at)
    winner = "keep-remote" if (holds, first) == (2, 1) else "keep-local"
    said = key_policy_of(race.get(POLICIES, "c") or {})
    assert said == KeyPolicy(winner, version=holds), "nothing of both, whatever the clocks say"


def test_key_1_two_editions_that_did_not_see_each_other_are_not_mixed() -> None:
    race = house()
    declare(race, strategy="keep-local", window_ms=9)
    race.seen.put(POLICIES, "c", race.state.cell(POLICIES, "c"))
    editions = (KeyPolicy("manual", 9, version=2), KeyPolicy("keep-local", 5, version=3))
    for n, edition in enumerate(editions):
        fields = edition.fields()
        race.blind(f"t{n}", lambda draft, said=fields: draft.update(POLICIES, "c", said))
    assert key_policy_of(race.get(POLICIES, "c") or {}) == editions[1]


def test_key_1_what_is_no_declaration_says_nothing_and_is_refused() -> None:
    for wrong in (
        {"strategy": "custom"},
        {"strategy": ["manual"]},
        {"strategy": "manual", "version": True},
        {"priority": {}},
        {"window_ms": WINDOW_MAX_MS + 1},
        {"window_ms": 1.5},
        {},
    ):
        race = house()
        decision = declare(race, **{"version": 1, **wrong})
        assert (decision.outcome, decision.code) == ("refused", CONTRADICTS), wrong
        assert rule_of(race.state, "c", "f") == Rule(DEFAULT, WINDOW_MS, False)


def test_who_takes_it_back_leaves_the_key_as_it_was() -> None:
    race = house()
    declare(race, strategy="manual")
    race.do(mark("boss", 2, 2), lambda draft: draft.delete(POLICIES, "c"))
    assert rule_of(race.state, "c", "f") == Rule(DEFAULT, WINDOW_MS, False)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, st.integers() | st.text())))
def test_whatever_a_record_holds_is_read_or_counts_as_nothing(fields: Any) -> None:
    said = key_policy_of(fields)
    assert said is None or any(said.says)


def test_a_schema_has_the_rule_once() -> None:
    schema = Schema()
    assert replace(schema, version=2).guards == schema.guards
    assert POLICIES in schema.guarded
