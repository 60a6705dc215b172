"""The elements on real spaces: what they show, and what their buttons do."""

from __future__ import annotations

import json
import re
from collections.abc import Coroutine
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pysync import Space, SyncedKV
from pysync.widget.badge import State, badge, state_of
from pysync.widget.events import Events
from pysync.widget.markup import Markup
from pysync.widget.panels import PANELS, Panel
from pysync.widget.words import GERMAN, Words
from tests.pysync.house import note, put
from tests.pysync.rig import Device, outcome
from tests.pysync.test_settling import Two

pytestmark = pytest.mark.req("WGT-02")


class Screen:
    """Where a panel draws; what has to wait runs to its end at once."""

    def __init__(self, space: Space, name: str, **attributes: str) -> None:
        self.html = ""
        self.state = ""
        self.drawn = 0
        self.panel: Panel = PANELS[f"pysync-{name}"](space, attributes, self._draw, self._run)
        self.panel.open()

    def press(self, label: str) -> None:
        """The first button of that label."""
        found = re.search(rf'data-act="([^"]+)" data-args="([^"]+)">{label}<', self.html)
        assert found is not None, f"no button {label!r} in {self.html}"
        self.panel.act(found[1], json.loads(found[2].replace("&quot;", '"')))

    def _draw(self, content: Markup, state: str) -> None:
        self.html, self.state = str(content), state
        self.drawn += 1

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        outcome(work)


def two_tabs() -> tuple[Device, Space, Space]:
    device = Device()
    one, two = device.open(), device.open()
    device.settle()
    return device, one, two


def test_the_badge_follows_the_tabs() -> None:
    device, one, _ = two_tabs()
    screen = Screen(one, "status")
    assert screen.state == "synced"
    assert "2 tabs open" in screen.html
    device.open()
    device.settle()
    assert "3 tabs open" in screen.html
    german = Screen(one, "status", lang="de-CH")
    assert "3 Tabs offen" in german.html


def test_the_badge_says_synced_only_when_nothing_waits() -> None:
    _, one, _ = two_tabs()
    now = one.status()
    ways: list[tuple[dict[str, Any], State]] = [
        ({}, "synced"),
        ({"pending": 1}, "syncing"),
        ({"unsaved": 1}, "syncing"),
        ({"ready": False}, "syncing"),
        ({"behind": True}, "syncing"),
        ({"relay": "connecting"}, "syncing"),
        ({"relay": "offline", "pending": 2}, "offline"),
        ({"relay": "paused"}, "offline"),
        ({"problem": "full"}, "offline"),
        ({"conflicts": 1, "relay": "offline"}, "conflict"),
        ({"relay": "signed-out", "conflicts": 1}, "unavailable"),
        ({"relay": "refused"}, "unavailable"),
        ({"channel": "none"}, "unavailable"),
    ]
    for facts, state in ways:
        assert state_of(replace(now, **facts)) == state, facts
    assert "the disk is full" in badge(replace(now, problem="full"), Words())
    signed_out = badge(replace(now, relay="signed-out"), Words("de"), sign_in="https://r/sign-in")
    assert 'href="https://r/sign-in"' in signed_out
    assert GERMAN["Sign in"] in signed_out


def test_the_badge_never_says_synced_for_a_server_that_the_space_does_not_follow() -> None:
    _, one, _ = two_tabs()
    assert Screen(one, "status").state == "synced"
    assert Screen(one, "status", server="https://sync.example").state == "offline"


def test_tabs_are_listed_the_leader_first() -> None:
    _, one, two = two_tabs()
    for space in (one, two):
        rows = re.findall(r"<li.*?</li>", Screen(space, "tabs").html)
        assert len(rows) == 2
        assert "leads" in rows[0]
        assert ("This tab" in rows[0]) == space.is_leader


def test_a_panel_that_was_closed_draws_no_more() -> None:
    device, one, two = two_tabs()
    before = len(one._listeners)
    screens = [Screen(one, name.removeprefix("pysync-")) for name in PANELS]
    assert len(one._listeners) > before
    for screen in screens:
        screen.panel.close()
        screen.panel.close()
    drawn = [screen.drawn for screen in screens]
    SyncedKV("n", 0, space=two).set(1)
    device.settle()
    assert [screen.drawn for screen in screens] == drawn
    assert len(one._listeners) == before


@pytest.mark.parametrize(("label", "chosen"), [("Keep", "shown"), ("Take the other", "other")])
def test_an_open_conflict_is_settled_by_a_button(label: str, chosen: str) -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    conflict = two.conflict
    screen = Screen(two.one, "conflicts")
    assert screen.state == "conflict"
    assert "notes" in screen.html
    screen.press(label)
    two.town.settle()
    wanted = getattr(conflict, chosen).value
    assert note(two.two)["email"] == wanted
    assert screen.state == "none"
    assert two.two.conflicts() == []


def test_a_conflict_can_wait() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    screen = Screen(two.one, "conflicts")
    assert "Merge both" not in screen.html
    screen.press("Later")
    assert "put aside" in screen.html
    assert "Later" not in screen.html
    assert screen.state == "conflict"


def test_both_can_be_merged_where_that_is_possible() -> None:
    two = Two({"list": ["a"]}, {"list": ["a", "b"]}, {"list": ["c", "a"]})
    screen = Screen(two.one, "conflicts")
    screen.press("Merge both")
    two.town.settle()
    assert sorted(note(two.two)["list"]) == ["a", "b", "c"]


def test_what_a_rule_settled_is_listed_and_can_be_taken_instead() -> None:
    two = Two({"plain": "x"}, {"plain": "a"}, {"plain": "b"})
    [conflict] = two.one.conflicts(settled=True)
    screen = Screen(two.one, "conflicts")
    assert screen.state == "none"
    assert "Settled by rule" in screen.html
    screen.press("Take the other")
    two.town.settle()
    assert note(two.two)["plain"] == conflict.other.value
    assert "Settled by rule" not in screen.html


def test_what_is_refused_is_said_until_the_next_button() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    screen = Screen(two.one, "conflicts")
    screen.panel.act("keep", ["nothing.1"])
    assert 'role="alert"' in screen.html
    screen.press("Later")
    assert 'role="alert"' not in screen.html


def test_a_history_lists_versions_and_restores_one() -> None:
    device, one, two = two_tabs()
    text = SyncedKV("note", "", space=one)
    screen = Screen(two, "history", key="note")
    assert "No history yet" in screen.html
    for value in ("one", "<b>two</b>", "three"):
        text.set(value)
        device.settle()
    rows = re.findall(r"<li.*?</li>", screen.html)
    assert ["three" in row for row in rows] == [True, False, False]
    assert "&lt;b&gt;two" in rows[0]
    assert [("Restore" in row) for row in rows] == [False, True, True]
    screen.press("Restore")
    device.settle()
    assert text.value == "<b>two</b>"
    few = Screen(two, "history", key="note", limit="2")
    assert few.html.count("<li") == 2
    for odd in ("many", "0", "-3", "1.5", ""):
        assert Screen(two, "history", key="note", limit=odd).html.count("<li") == 4, odd
    assert "Restored" in few.html


def test_without_a_key_it_lists_what_happened() -> None:
    device, one, two = two_tabs()
    screen = Screen(two, "history")
    SyncedKV("note", "", space=one).set("one")
    SyncedKV("room", "", space=one).set("two")
    device.settle()
    rows = re.findall(r"<li.*?</li>", screen.html)
    assert ["room" in row for row in rows] == [True, False]


def test_a_page_hears_of_changes_conflicts_and_how_things_stand() -> None:
    two = Two({"plain": "x"}, {"plain": "a"})
    told: list[tuple[str, dict[str, Any]]] = []
    events = Events(two.one, lambda name, detail: told.append((name, detail)))
    two.apart()
    for space, value in ((two.one, "b"), (two.two, "c")):
        space.run("", put(plain=value), atomic=False)
    two.town.go_online()
    two.town.settle()
    names = [name for name, _ in told]
    assert {"pysync-change", "pysync-conflict", "pysync-status"} <= set(names)
    [conflict] = [detail for name, detail in told if name == "pysync-conflict"]
    assert {conflict["conflicts"][0][side] for side in ("shown", "other")} == {"b", "c"}
    status = [detail for name, detail in told if name == "pysync-status"]
    assert all(now != then for then, now in pairwise(status))
    json.dumps(told)
    events.close()
    told.clear()
    two.one.run("", put(plain="d"))
    two.town.settle()
    assert told == []
