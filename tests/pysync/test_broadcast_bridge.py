"""What a bridge carries and what it does not: no echo, no secret, nothing that does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import (
    Field,
    ObservableStore,
    SyncedKV,
)
from tests.pysync.desk import Desk, frames

pytestmark = pytest.mark.req("TAB-05")


class LateStore(ObservableStore):
    """Calls back later, when told to, and then with the value of that moment."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.late: list[tuple[str, Any]] = []

    def _tell(self, key: str) -> None:
        self.late.append((key, self.get(key)))

    def catch_up(self) -> None:
        late, self.late = self.late, []
        for key, value in late:
            for callback in tuple(self._callbacks):
                callback(key, value)


def test_a_store_that_calls_back_late_echoes_nothing(desk: Desk) -> None:
    """SYNC-1: what came from the others is not told them again."""
    one, _ = desk.tab()
    late, _ = desk.tab(LateStore())
    one.set("x", "a")
    desk.settle()
    one.set("x", "b")
    desk.settle()
    begun = len(desk.device.said)
    late.catch_up()
    desk.settle()
    assert frames(desk, begun) == []
    assert (one.get("x"), late.get("x")) == ("b", "b")
    late.set("x", "c")
    late.catch_up()
    desk.settle()
    assert one.get("x") == "c"


class Restless(ObservableStore):
    """Changes whatever is put into it."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    def set(self, key: str, value: Any) -> None:
        super().set(key, value + self.step if isinstance(value, int) else value)


def test_stores_that_change_what_they_are_given_do_not_chase_each_other(desk: Desk) -> None:
    one, _ = desk.tab(Restless(1))
    two, sync = desk.tab(Restless(2))
    one.set("x", 0)
    desk.settle()
    assert (one.get("x"), two.get("x")) == (1, 3)
    assert sync.problems[0].kind == "not-applied"


def test_a_reaction_under_another_key_is_a_change(desk: Desk) -> None:
    one, _ = desk.tab()
    two = ObservableStore()
    two.subscribe(lambda key, value: key == "a" and two.set("b", value * 2))
    desk.tab(two)
    one.set("a", 4)
    desk.settle()
    assert one.get("b") == 8


# -- what may not travel --------------------------------------------------------------------------


@pytest.mark.req("TAB-10")
@pytest.mark.parametrize(
    "key", ["password", "API-Key", "sessionToken", "CREDIT_CARD", "Ssn", "pin"]
)
def test_sensitive_keys_never_leave(desk: Desk, key: str) -> None:
    """SECRET-1."""
    one, sync = desk.tab(ObservableStore(**{key: "s3cret"}), sensitive_keys=["PIN"])
    two, _ = desk.tab()
    one.set(key, "s3cret again")
    sync.broadcast_state([key])
    sync.broadcast_state()
    desk.settle()
    assert two.get(key) is None
    assert not any("s3cret" in text for text in desk.device.said)


@pytest.mark.req("TAB-10")
def test_sensitive_members_stay_where_they_are(desk: Desk) -> None:
    """SECRET-1, SECRET-2."""
    one, _ = desk.tab()
    two, _ = desk.tab()
    mine = {"name": "Ann", "login": {"apiKey": "s3cret"}, "cards": [{"id": "1", "ssn": "s3cret"}]}
    one.set("user", mine)
    desk.settle()
    assert two.get("user") == {"name": "Ann", "login": {}, "cards": [{"id": "1"}]}
    two.set("user", {**two.get("user"), "name": "Bo"})
    desk.settle()
    assert one.get("user") == {**mine, "name": "Bo"}
    assert not any("s3cret" in text for text in desk.device.said)
    one.set("user", {**one.get("user"), "login": {"apiKey": "s3cret 2"}})
    begun = len(desk.device.said)
    desk.settle()
    assert frames(desk, begun) == [], "nothing that may travel has changed"


@pytest.mark.req("TAB-10")
def test_values_that_do_not_fit_are_neither_applied_nor_sent(desk: Desk) -> None:
    told: list[str] = []
    rules = {
        "size": Field(types=(int,), maximum=40),
        "theme": lambda value: None if value in ("dark", "light") else "is no theme",
    }
    careless, _ = desk.tab()
    strict, sync = desk.tab(
        ObservableStore(size=12), validators=rules, on_problem=lambda p: told.append(p.detail)
    )
    careless.set("size", 99)
    careless.set("theme", "pink")
    careless.set("other", 1)
    desk.settle()
    assert (strict.get("size"), strict.get("theme"), strict.get("other")) == (12, None, 1)
    assert told == ["size: is above 40", "theme: is no theme"]
    strict.set("size", 50)
    desk.settle()
    assert careless.get("size") == 99
    assert strict.get("size") == 50
    careless.set("size", 20)
    desk.settle()
    assert strict.get("size") == 20
    assert sync.problems[-1].kind == "not-sent"


def test_what_is_not_json_is_reported_and_stops_no_other(desk: Desk) -> None:
    """SYNC-5."""
    one, sync = desk.tab()
    two, _ = desk.tab()
    one.set("bad", {1, 2})
    one.set("a/b", 1)
    one.set("huge", "x" * 2_000_000)
    one.set("good", 1)
    desk.settle()
    assert two.get("good") == 1
    assert [problem.detail.split(":")[0] for problem in sync.problems] == ["bad", "a/b", "huge"]
    assert one.get("bad") == {1, 2}
    sync.broadcast_state()
    desk.settle()
    assert one.get("huge") == "x" * 2_000_000, "what could not be sent stays here"


def test_a_store_that_refuses_a_value_is_reported(desk: Desk) -> None:
    class Picky(ObservableStore):
        def set(self, key: str, value: Any) -> None:
            if value == "no":
                raise ValueError("not here")
            super().set(key, value)

    one, _ = desk.tab()
    two, sync = desk.tab(Picky())
    one.set("a", "no")
    one.set("b", "yes")
    desk.settle()
    assert two.get("b") == "yes"
    assert "not here" in sync.problems[0].detail


def test_deleting(desk: Desk) -> None:
    one, _ = desk.tab(ObservableStore(a=1, b=2))
    two, _ = desk.tab()
    SyncedKV("a", None, space=desk.device.hosts[0].on_events.__self__).delete()  # type: ignore[attr-defined]
    one.delete("b")
    desk.settle()
    assert list(one.keys()) == []
    assert two.get("a") is None
    assert two.get("b") is None
