"""The executor: in what order things happen around a change, and what comes after the end."""

from __future__ import annotations

import pytest

from pysync import Collection
from pysync.telling import Update
from tests.pysync.rig import Device


@pytest.mark.req("TAB-15")
def test_a_change_is_posted_and_stored_before_any_listener_hears_of_it() -> None:
    device = Device()
    space = device.open()
    heard: list[tuple[int, int]] = []
    begun = len(device.said)
    space.on_change(lambda _: heard.append((len(device.said) - begun, len(device.disk.log))))
    Collection("rooms", space=space).create({"id": "101"})
    assert heard[0] == (1, 1)


def test_what_a_listener_writes_follows_what_it_was_told_of() -> None:
    device = Device()
    space = device.open()
    rooms = Collection("rooms", space=space)

    def echo(update: Update) -> None:
        if "101" in update.ids("rooms") and "102" not in rooms:
            rooms.create({"id": "102"})

    space.on_change(echo)
    rooms.create({"id": "101"})
    device.settle()
    assert [row.batch for row in device.disk.log.values()] == ["t1.1", "t1.2"]
    assert space.status().pending == 0


def test_an_application_that_fails_when_told_does_not_hold_up_the_tab() -> None:
    device = Device()
    space = device.open()
    rooms = Collection("rooms", space=space)
    host = device.hosts[0]

    def fail(_: object) -> None:
        raise RuntimeError("a fault of the application")

    host.on_events = fail
    with pytest.raises(RuntimeError):
        rooms.create({"id": "101"})
    host.on_events = space.take_events
    device.settle()
    assert [row.batch for row in device.disk.log.values()] == ["t1.1"]
    assert space.status().pending == 0, "the leader went on to decide it"


def test_an_answer_after_the_end_is_dropped() -> None:
    device = Device()
    space = device.open()
    host = device.hosts[0]
    told: list[object] = []
    answer = host._answers(lambda result, _now: told.append(result))
    space.close()
    answer("late")
    assert told == []
