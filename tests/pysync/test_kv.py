"""`SyncedKV`: one value, the same in every tab (TAB-04)."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import FrozenValue, InvalidValue, SensitiveKey, SyncedKV, thaw
from tests.pysync.rig import Device, outcome

pytestmark = pytest.mark.req("TAB-04")


def two_tabs() -> tuple[Device, SyncedKV[Any], SyncedKV[Any]]:
    device = Device()
    one, two = device.open(), device.open()
    device.settle()
    return device, SyncedKV("n", 0, space=one), SyncedKV("n", 0, space=two)


@pytest.mark.parametrize("hear_every", [1, 3, 50, 400])
def test_two_tabs_counting_without_hearing_each_other_end_exact(hear_every: int) -> None:
    device, one, two = two_tabs()
    for n in range(200):
        one.set(lambda n: n + 1)
        two.set(lambda n: n + 1)
        if n % hear_every == 0:
            device.settle()
    device.settle()
    for _ in range(3):
        device.beat()
    assert one.value == two.value == 400


def test_a_default_is_answered_and_not_stored() -> None:
    device, one, _ = two_tabs()
    assert one.value == 0
    assert SyncedKV("n", "other default", space=device.open()).value == "other default"
    assert device.disk.log == {}


def test_delete_gives_every_tab_its_default_again() -> None:
    device, one, two = two_tabs()
    one.set(5)
    device.settle()
    heard: list[Any] = []
    two.subscribe(heard.append)
    one.delete()
    one.delete()
    device.settle()
    assert (one.value, two.value, heard) == (0, 0, [0])
    two.set(6)
    device.settle()
    assert one.value == 6


def test_none_is_a_value() -> None:
    device, one, two = two_tabs()
    one.set(None)
    device.settle()
    assert two.value is None


def test_subscribers_hear_new_values_of_their_key_only_until_they_stop() -> None:
    device, one, two = two_tabs()
    heard: list[tuple[str, Any]] = []
    one.subscribe(lambda value: heard.append(("one", value)))
    stop = two.subscribe(lambda value: heard.append(("two", value)))
    one.set(1)
    device.settle()
    SyncedKV("other", 0, space=device.open()).set(9)
    device.settle()
    assert sorted(heard) == [("one", 1), ("two", 1)]
    stop()
    stop()
    one.set(2)
    device.settle()
    assert heard[2:] == [("one", 2)]


def test_an_equal_value_is_not_sent() -> None:
    device, one, _ = two_tabs()
    one.set({"a": [1, 2.0]})
    begun = len(device.said)
    receipt = one.set({"a": [1.0, 2]})
    assert receipt is not None
    assert receipt.change_id == ""
    device.end_tasks()
    assert len(device.said) == begun


@pytest.mark.parametrize(
    "value",
    [{1, 2}, float("nan"), 2**53, {1: "a"}, "\ud800", object(), [[object()]], "x" * 1_000_001],
    ids=["set", "nan", "big", "int key", "surrogate", "object", "nested", "long"],
)
def test_what_is_not_json_is_refused_and_changes_nothing(value: Any) -> None:
    _, one, _ = two_tabs()
    one.set("before")
    with pytest.raises(InvalidValue):
        one.set(value)
    with pytest.raises(InvalidValue):
        one.set(lambda _: value)
    assert one.value == "before"


@pytest.mark.parametrize("key", ["", "a/b", "a\n", "x" * 201, None, 5])
def test_a_key_is_short_plain_text(key: Any) -> None:
    with pytest.raises(InvalidValue):
        SyncedKV(key, 0, space=Device().open())


@pytest.mark.req("TAB-10")
@pytest.mark.parametrize("key", ["password", "apiKey", "SESSION-TOKEN", "credit card", "ssn"])
def test_a_sensitive_key_is_refused_and_not_sent(key: str) -> None:
    device = Device()
    value = SyncedKV(key, "", space=device.open())
    with pytest.raises(SensitiveKey):
        value.set("s3cret")
    assert not any("s3cret" in text for text in device.said)


@pytest.mark.req("TAB-10")
@pytest.mark.parametrize("loaded", [True, False])
def test_a_sensitive_name_inside_a_value_is_refused_and_nothing_is_lost(*, loaded: bool) -> None:
    device = Device()
    value: SyncedKV[Any] = SyncedKV("login", {}, space=device.open(start=loaded))
    value.set({"name": "Ann"})
    for new in ({"name": "Bo", "pin": [{"API key": "s3cret"}]}, lambda now: {**now, "ssn": 1}):
        with pytest.raises(SensitiveKey, match="login"):
            value.set(new)
    assert value.value == {"name": "Ann"}
    device.hosts[0].start()
    device.settle()
    assert value.value == {"name": "Ann"}
    assert not any("s3cret" in text for text in device.said)


def test_of_early_writes_one_that_fails_later_does_not_take_the_others_along() -> None:
    device, one, _ = two_tabs()
    one.set(0)
    device.settle()
    late = device.open(start=False)
    value, other = SyncedKV("n", 1, space=late), SyncedKV("other", 0, space=late)
    value.set(lambda n: 12 // n)
    value.set(lambda n: n + 5)
    other.set(7)
    device.hosts[-1].start()
    device.settle()
    assert (value.value, other.value) == (5, 7)
    assert [problem.kind for problem in late.problems] == ["function-failed"]


def test_values_are_frozen_and_thaw_makes_a_copy() -> None:
    _, one, _ = two_tabs()
    given = {"tags": ["a"]}
    one.set(given)
    given["tags"].append("b")
    value = one.value
    for spoil in (
        lambda: value["tags"].append("c"),
        lambda: value.update(x=1),
        lambda: value.__setitem__("x", 1),
    ):
        with pytest.raises(FrozenValue):
            spoil()
    assert one.value == {"tags": ["a"]}
    copy = thaw(value)
    copy["tags"].append("c")
    one.set(copy)
    assert one.value == {"tags": ["a", "c"]}


def test_before_the_state_is_loaded_writes_are_taken_and_then_joined() -> None:
    device, one, _ = two_tabs()
    one.set(10)
    device.settle()
    late = device.open(start=False)
    value = SyncedKV("n", 0, space=late)
    assert value.value == 0
    assert value.set(lambda n: n + 1) is None
    assert value.set(lambda n: n + 1) is None
    assert value.value == 2
    with pytest.raises(InvalidValue):
        value.set(object())
    device.hosts[-1].start()
    device.settle()
    assert (value.value, one.value) == (12, 12)


def test_who_wrote_before_the_state_is_loaded_is_told_the_receipt_or_the_error() -> None:
    device, one, _ = two_tabs()
    one.set(0)
    device.settle()
    late = device.open(start=False)
    value = SyncedKV("n", 1, space=late)
    told: list[Any] = []
    for write in (lambda: value.set(lambda n: 12 // n), lambda: value.set(3), value.delete):
        assert write() is None
        value.when_written(told.append)
    device.hosts[-1].start()
    device.settle()
    failed, *receipts = told
    assert isinstance(failed, ZeroDivisionError)
    assert [outcome(receipt.durable()) for receipt in receipts] == [None, None]
    assert all(receipt.change_id for receipt in receipts)


def test_a_delete_before_the_state_is_loaded_keeps_its_place() -> None:
    device, one, _ = two_tabs()
    one.set(10)
    device.settle()
    late = device.open(start=False)
    value = SyncedKV("n", 0, space=late)
    value.set(5)
    value.delete()
    assert value.value == 0
    device.hosts[-1].start()
    device.settle()
    assert (value.value, one.value) == (0, 0)


def test_a_function_that_fails_changes_nothing() -> None:
    _, one, _ = two_tabs()
    one.set(1)
    with pytest.raises(ZeroDivisionError):
        one.set(lambda n: n / 0)
    assert one.value == 1
    assert repr(one) == "SyncedKV('n', 1)"
