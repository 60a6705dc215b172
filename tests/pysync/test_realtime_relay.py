"""Live data of several devices around a relay: offline at once, and reconciled afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync import Draft, Filter, RealtimeConfig, RealtimeManager, RealtimeUpdate, Refused, Space
from tests.pysync import kit
from tests.pysync.house import SCHEMA, book
from tests.pysync.relay.town import Town

assert kit.WALL, "its profile of Hypothesis holds here"
pytestmark = pytest.mark.req("RT-07")


class Board:
    """What somebody knows of stays who applies what is told, and nothing else."""

    def __init__(self, space: Space, wanted: Filter | None = None) -> None:
        self.space = space
        self.wanted = wanted or Filter()
        self.held: dict[str, dict[str, Any]] = {}
        self.heard: list[RealtimeUpdate] = []
        self.live = RealtimeManager(space, RealtimeConfig(batch_size=2, max_pending=3))
        self.live.initialize().subscribe("stays", self.apply, wanted)

    def apply(self, update: RealtimeUpdate) -> None:
        self.heard.append(update)
        if update.action == "delete":
            del self.held[update.id]
            return
        assert (update.id in self.held) == (update.action == "update")
        fields = {**self.held.get(update.id, {}), **update.data}
        self.held[update.id] = {name: v for name, v in fields.items() if v is not None}

    def shown(self) -> dict[str, dict[str, Any]]:
        """What the view shows of it."""
        return {
            stay["id"]: {name: v for name, v in stay.items() if name != "id" and v is not None}
            for stay in self.space.view.all("stays")
            if self.wanted.wants(stay)
        }


def test_a_booking_made_offline_is_told_at_once_and_taken_back_if_another_desk_was_first() -> None:
    """LIVE-1."""
    town = Town(SCHEMA)
    here, there = town.device(), town.device()
    one, two = town.open(here, "one"), town.open(there, "two")
    board = Board(one)
    town.go_offline()
    assert board.live.status.connection == "disconnected"
    one.run("Book", book("mine", "101"))
    assert [(each.action, each.id) for each in board.heard] == [("create", "mine")]
    town.pass_time(1_000)
    two.run("Book", book("theirs", "101"))
    town.pass_time(1_000)
    town.offline = False
    for line in town.lines:
        if line.device is there:
            line.host.report(line.host.tab.relayed.hurry)
    town.settle()
    town.go_online()
    town.pass_time(2_000)
    assert board.live.status.connection == "connected"
    assert [(each.action, each.id) for each in board.heard[1:]] == [
        ("create", "theirs"),
        ("delete", "mine"),
    ]
    assert board.held == board.shown() == {"theirs": {"room": "101"}}


ACT = st.tuples(
    st.sampled_from(["book", "move", "delete", "go", "come", "wait"]),
    st.integers(0, 2),
    st.sampled_from("abc"),
    st.sampled_from(["101", "102", "103"]),
)


@given(st.lists(ACT, max_size=24))
def test_live_1_whoever_applies_what_is_told_holds_what_is_shown(
    acts: list[tuple[str, int, str, str]],
) -> None:
    """LIVE-1: with and without a filter, whatever was refused, and whoever was away."""
    town = Town(SCHEMA)
    here, there = town.device(), town.device()
    spaces = [town.open(here, "one"), town.open(here, "two"), town.open(there, "far")]
    boards = [Board(space) for space in spaces]
    boards += [Board(space, Filter(where={"room": ["101", "102"]})) for space in spaces]
    for act, who, rid, room in acts:
        try:
            if act == "book":
                spaces[who].run("", book(rid, room))
            elif act in ("move", "delete"):
                spaces[who].run("", _change(act, rid, room))
        except (Refused, LookupError, ValueError):
            pass
        if act == "go":
            town.go_offline()
        elif act == "come":
            town.go_online()
        elif act == "wait":
            town.pass_time(300)
    for _ in range(2):
        town.go_online()
        town.pass_time(10_000)
    for board in boards:
        board.live.flush()
        assert board.held == board.shown()
        assert board.live.problems == []


def _change(act: str, rid: str, room: str) -> Any:
    def command(draft: Draft) -> None:
        if act == "delete":
            draft.delete("stays", rid)
        else:
            draft.update("stays", rid, {"room": room})

    return command
