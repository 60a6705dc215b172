"""`BroadcastConfig`: what is wrong is said when it is given, with what was probably meant."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest

from pysync import BroadcastConfig, Field, UsageError

pytestmark = pytest.mark.req("TAB-05")


def test_what_holds_without_options() -> None:
    config = BroadcastConfig()
    assert (config.throttle_ms, config.debounce_ms) == (100, None)
    assert config.conflict_strategy == "last-write-wins"
    assert config.enable_leader_election
    assert config.leader_heartbeat_ms == 5_000
    assert config.covers("anything")
    assert config.sensitive == {"password", "apikey", "sessiontoken", "creditcard", "ssn"}


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("channelName", "channel_name"),
        ("sync_key", "sync_keys"),
        ("throttle", "throttle_ms"),
        ("conflictStrategy", "conflict_strategy"),
        ("onRemoteUpdate", "on_remote_update"),
        ("leader_heartbeat", "leader_heartbeat_ms"),
        ("zzz", None),
    ],
)
def test_an_unknown_option_names_the_nearest_known_one(option: str, meant: str | None) -> None:
    with pytest.raises(UsageError) as raised:
        BroadcastConfig(**{option: 1})
    assert option in str(raised.value)
    assert ("did you mean" in str(raised.value)) == (meant is not None)
    if meant is not None:
        assert meant in str(raised.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"channel_name": ""}, "key is text"),
        ({"channel_name": "a/b"}, "holds '/'"),
        ({"channel_name": 5}, "key is text"),
        ({"sync_keys": "theme"}, r"write \['theme'\]"),
        ({"exclude_keys": 7}, "list of names"),
        ({"sync_keys": ["a", 1]}, "no text"),
        ({"throttle_ms": -1}, "0 ms or more"),
        ({"throttle_ms": "100"}, "number of milliseconds"),
        ({"throttle_ms": True}, "number of milliseconds"),
        ({"debounce_ms": float("inf")}, "number of milliseconds"),
        ({"leader_heartbeat_ms": 5}, "100 ms or more"),
        ({"conflict_strategy": "last_write_wins"}, "did you mean 'last-write-wins'"),
        ({"conflict_strategy": "best"}, "no conflict_strategy"),
        ({"conflict_strategy": "custom"}, "go together"),
        ({"custom_resolver": max}, "go together"),
        ({"conflict_strategy": "custom", "custom_resolver": 3}, "is a function"),
        ({"enable_leader_election": "no"}, "True or False"),
        ({"debug": "yes"}, "debug is"),
        ({"on_remote_update": []}, "is a function"),
        ({"should_sync": True}, "is a function"),
        ({"validators": [1]}, "map a key"),
        ({"validators": {"a": 1}}, r"validators\['a'\]"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], says: str) -> None:
    """CONF-1."""
    with pytest.raises(UsageError, match=says):
        BroadcastConfig(**options)


def test_a_config_never_changes_but_can_be_varied() -> None:
    config = BroadcastConfig(sync_keys=["a", "a", "b"], validators={"a": Field(types=(int,))})
    assert config.sync_keys == {"a", "b"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.throttle_ms = 5  # type: ignore[misc]
    varied = dataclasses.replace(config, exclude_keys=["b"])
    assert [varied.covers(key) for key in "abc"] == [True, False, False]
    assert copy.copy(varied) == varied
    with pytest.raises(UsageError):
        dataclasses.replace(config, throttle_ms=-5)
