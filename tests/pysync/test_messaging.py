"""`use_broadcast`: messages between tabs (TAB-06)."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import InvalidValue, Message, SensitiveKey, SyncedKV, UsageError, use_broadcast
from pysync.machines.messages import decode
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("TAB-06")


class Talk:
    """Two tabs that listen."""

    def __init__(self) -> None:
        self.device = Device()
        self.heard: list[list[Message]] = [[], []]
        self.spaces = [self.device.open(), self.device.open()]
        self.device.settle()
        self.talks = [
            use_broadcast(heard.append, space=space)
            for heard, space in zip(self.heard, self.spaces, strict=True)
        ]

    def rows(self, tab: int) -> list[tuple[Any, ...]]:
        self.device.settle()
        return [(m.kind, m.key, m.value) for m in self.heard[tab]]


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.mark.parametrize("kind", ["notification", "cache-invalidation", "order.ready", "ü"])
def test_a_message_reaches_the_others_and_not_the_sender(talk: Talk, kind: str) -> None:
    talk.talks[0].broadcast(kind, "kitchen", {"order": [12, None, "x"]})
    assert talk.rows(1) == [(kind, "kitchen", {"order": [12, None, "x"]})]
    assert talk.heard[1][0].tab == talk.talks[0].tab_id == talk.spaces[0].tab_id
    assert talk.rows(0) == []


@pytest.mark.req("TAB-16")
def test_cache_invalidation_has_its_own_row_in_the_table(talk: Talk) -> None:
    talk.talks[0].broadcast("cache-invalidation", "kpis")
    assert decode(talk.device.said[-1]).type == "cache-invalidation"


def test_kv_update_and_kv_delete_are_changes_and_last(talk: Talk) -> None:
    one, _ = talk.talks
    one.broadcast("kv-update", "theme", {"dark": True})
    assert talk.rows(1) == [("kv-update", "theme", {"dark": True})]
    late = SyncedKV("theme", None, space=talk.device.open())
    assert late.value == {"dark": True}
    one.broadcast("kv-delete", "theme")
    assert talk.rows(1)[1:] == [("kv-delete", "theme", None)]
    assert late.value is None
    assert talk.rows(0) == []


def test_a_value_set_by_any_way_is_told_once(talk: Talk) -> None:
    SyncedKV("size", 0, space=talk.spaces[0]).set(3)
    for _ in range(4):
        talk.device.beat()
    assert [row for row in talk.rows(1) if row[0] == "kv-update"] == [("kv-update", "size", 3)]


def test_of_two_values_set_at_once_the_one_that_stays_is_told_once(talk: Talk) -> None:
    one, two = (SyncedKV("size", 0, space=space) for space in talk.spaces)
    one.set(1)
    talk.device.pass_time(5, settle=False)
    two.set(2)
    assert talk.rows(0) == [("kv-update", "size", 2)]
    assert talk.rows(1) == []


def test_each_heartbeat_is_heard_as_user_activity(talk: Talk) -> None:
    for _ in range(6):
        talk.device.beat()
    assert talk.rows(1) == [("user-activity", "", {"hidden": False})] * 3
    assert {m.tab for m in talk.heard[1]} == {talk.talks[0].tab_id}
    host = talk.device.hosts[0]
    host.report(host.tab.visibility, True)
    assert talk.rows(1)[3:] == [("user-activity", "", {"hidden": True})]
    with pytest.raises(UsageError, match="heartbeat"):
        talk.talks[0].broadcast("user-activity")


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("", None, UsageError),
        ("x" * 101, None, UsageError),
        (7, None, UsageError),
        ("x", {1, 2}, InvalidValue),
        ("x", float("nan"), InvalidValue),
        ("kv-update", object(), InvalidValue),
    ],
)
def test_what_cannot_be_sent_is_refused(talk: Talk, kind: Any, value: Any, error: type) -> None:
    begun = len(talk.device.said)
    with pytest.raises(error):
        talk.talks[0].broadcast(kind, "k", value)
    assert len(talk.device.said) == begun


@pytest.mark.req("TAB-12")
@pytest.mark.req("TAB-10")
@pytest.mark.parametrize("kind", ["notification", "kv-update"])
@pytest.mark.parametrize(("key", "value"), [("api_key", 1), ("desk", [{"Password": 1}])])
def test_nothing_under_a_sensitive_name_is_sent(
    talk: Talk, kind: str, key: str, value: Any
) -> None:
    with pytest.raises(SensitiveKey):
        talk.talks[0].broadcast(kind, key, value)
    assert talk.rows(1) == []


def test_closing_ends_hearing(talk: Talk) -> None:
    with talk.talks[1]:
        pass
    talk.talks[1].close()
    talk.talks[0].broadcast("notification")
    talk.talks[0].broadcast("kv-update", "a", 1)
    assert talk.rows(1) == []
    assert len(talk.spaces[1]._listeners) == 0


def test_a_listener_that_fails_keeps_nobody_else_from_hearing(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Message) -> None:
        raise RuntimeError("mine")

    second: list[Message] = []
    space = talk.device.open()
    use_broadcast(broken, space=space)
    use_broadcast(second.append, space=space)
    talk.talks[0].broadcast("notification", "a")
    talk.device.settle()
    assert [m.key for m in second] == ["a"]
    assert [problem.kind for problem in space.problems] == ["function-failed"]
    assert "RuntimeError: mine" in capsys.readouterr().err


def test_sending_needs_no_listener(talk: Talk) -> None:
    use_broadcast(space=talk.spaces[0]).broadcast("notification", "a")
    assert talk.rows(1) == [("notification", "a", None)]
