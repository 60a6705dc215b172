"""Any interleaving of any commands at three offline desks keeps the rules, and loses nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysync.errors import Refused
from pysync.model.state import State
from pysync_pms.calendar import add_days
from pysync_pms.commands import (
    Assign,
    Cancel,
    CheckIn,
    CheckOut,
    Command,
    Extend,
    Move,
    NoShow,
    Reinstate,
    SetCondition,
    SetServiceability,
    Shorten,
    Unassign,
    UndoCheckIn,
    UndoCheckOut,
    WalkIn,
    errors,
    from_json,
)
from pysync_pms.words import CONDITIONS
from tests.pms.support import ROOMS, TODAY, Desk, Leader, book, double_nights, house

SPAN = 8
"""Days in which everything happens: few, so that stays get into each other's way."""

Throw = tuple[int, int, int, int]


def command_of(kind: str, desk: Desk, serial: int, throw: Throw) -> Command | None:
    """A command of that kind, on what the desk sees; None if it sees nothing to do it to."""
    a, b, c, d = throw
    start = add_days(TODAY, a % SPAN)
    end = add_days(start, b % 4 + (kind == "walk-in"))
    room = ROOMS[c % len(ROOMS)]
    name = f"{desk.name}{serial}"
    if kind == "book":
        return book(name, start, end, room if d % 4 else None, overbook=bool(d % 3))
    if kind == "walk-in":
        fields: dict[str, Any] = {"guest_id": "eve", "room_type": "DBL", "room": room}
        return WalkIn(id=name, arrival=TODAY, departure=add_days(TODAY, b % 4), **fields)
    if kind == "close":
        out = ("in-service", "out-of-order", "out-of-order")[d % 3]
        return SetServiceability(room=room, serviceability=out, reason="x", since=start, until=end)
    if kind == "clean":
        return SetCondition(room=room, condition=CONDITIONS[d % 3], on=TODAY)
    seen = sorted(stay["id"] for stay in desk.state.all("reservations"))
    if not seen:
        return None
    stay = seen[d % len(seen)]
    return ON_STAYS[kind](stay, room, start, end, throw)


ON_STAYS: dict[str, Callable[[str, str, str, str, Throw], Command]] = {
    "check-in": lambda i, room, day, _, t: CheckIn(id=i, on=day, room=room if t[2] % 2 else None),
    "check-out": lambda i, _, day, __, ___: CheckOut(id=i, on=day),
    "assign": lambda i, room, *_: Assign(id=i, room=room),
    "unassign": lambda i, *_: Unassign(id=i),
    "move": lambda i, room, day, end, t: Move(
        id=i, on=day, room=room, departure=end if t[1] % 2 else None
    ),
    "drag": lambda i, _, start, end, __: Move(id=i, on=start, arrival=start, departure=end),
    "extend": lambda i, _, __, ___, t: Extend(id=i, departure=add_days(TODAY, t[1] + 2)),
    "shorten": lambda i, _, __, ___, t: Shorten(id=i, departure=add_days(TODAY, t[1] % SPAN)),
    "cancel": lambda i, _, day, *__: Cancel(id=i, on=day),
    "no-show": lambda i, _, day, *__: NoShow(id=i, on=day),
    "reinstate": lambda i, _, __, ___, t: Reinstate(id=i, overbook=bool(t[1] % 2)),
    "undo-check-in": lambda i, *_: UndoCheckIn(id=i),
    "undo-check-out": lambda i, *_: UndoCheckOut(id=i),
}


KINDS = ("book", "book", "book", "walk-in", "close", "clean", "check-in", "move", *ON_STAYS)
ACTIONS = (*KINDS, "deliver", "deliver", "deliver", "sync", "sync")
throws = st.tuples(*(st.integers(0, 11) for _ in range(4)))
steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(ACTIONS),
        throws,
        st.booleans(),
        st.integers(1, 40),
    ),
    min_size=5,
    max_size=60,
)


class World:
    """Three desks and the leader, with what is promised watched at every decision."""

    def __init__(self) -> None:
        self.leader = Leader()
        setup = Desk("setup", self.leader)
        for command in house():
            setup.give(command, stamp=1)
        while setup.deliver():
            pass
        self.desks = [Desk(name, self.leader) for name in "nes"]
        self.serial = 0
        self.kept: dict[str, tuple[Any, Any]] = {}
        self.outcomes: set[str] = set()

    def act(self, desk: Desk, kind: str, throw: Throw, blind: bool, stamp: int) -> None:
        """Somebody does something; `blind` leaves the commands' own checks out."""
        self.serial += 1
        command = command_of(kind, desk, self.serial, throw)
        if command is None:
            return
        assert from_json(command.to_json()) == command
        today = add_days(TODAY, throw[0] % SPAN)
        if blind:
            try:
                desk.write(command, stamp=stamp)
            except Refused:
                return
        elif not errors(command.check(desk.state, today)):
            # What a command found nothing wrong with, no rule refuses on the same view.
            desk.give(command, stamp=stamp, today=today)

    def take(self, number: int, kind: str, throw: Throw, blind: bool, stamp: int) -> None:
        """One step of a plan."""
        desk = self.desks[number]
        if kind == "deliver":
            self.deliver(desk)
        elif kind == "sync":
            desk.sync()
        else:
            self.act(desk, kind, throw, blind, stamp)

    def settle(self) -> None:
        """Everybody comes online: all that is pending is decided."""
        for desk in self.desks:
            while desk.pending:
                self.deliver(desk)

    def deliver(self, desk: Desk) -> None:
        """Have one change decided, and look at what it left."""
        before = snapshot(self.leader.state)
        delivered = desk.deliver()
        if delivered is None:
            return
        change, decision = delivered
        self.outcomes.add(decision.outcome)
        after = snapshot(self.leader.state)
        if decision.outcome == "refused":
            assert after == before
            assert decision.message
        else:
            for op in change.ops:
                if op.kind == "*" and op.key == "reservations":
                    self.kept[op.rid] = (op.fields["guest_id"], op.fields["rate"])
        self.watch()

    def watch(self) -> None:
        """What always holds of the confirmed state."""
        stays = list(self.leader.state.all("reservations"))
        assert double_nights(stays) == []
        for stay in stays:
            assert stay["from"] <= stay["to"]
            assert stay["status"] != "checked-in" or stay.get("room")
            assert not stay.get("room") or self.leader.state.get("rooms", stay["room"])
            if stay["status"] == "checked-out" and stay["from"] < stay["to"]:
                assert stay["to"] <= max(stay["closed_on"], stay.get("since") or "")
        found = {stay["id"]: (stay["guest_id"], stay["rate"]) for stay in stays}
        assert found == self.kept


def snapshot(state: State) -> dict[str, Any]:
    """Everything about the reservations, to compare."""
    return {stay["id"]: dict(stay) for stay in state.all("reservations")}


@pytest.mark.req("PMS-10")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_the_rules_hold_and_nothing_is_lost(
    plan: list[tuple[int, str, Throw, bool, int]],
) -> None:
    world = World()
    for step in plan:
        world.take(*step)
    world.settle()


@pytest.mark.req("PMS-10")
@pytest.mark.parametrize("seed", range(12))
def test_long_days_at_three_desks_keep_the_rules(seed: int) -> None:
    dice = random.Random(seed)
    world = World()
    for stamp in range(300):
        throw = (dice.randrange(12), dice.randrange(12), dice.randrange(12), dice.randrange(12))
        clock = stamp + dice.randrange(-20, 20)
        world.take(dice.randrange(3), dice.choice(ACTIONS), throw, dice.random() < 0.3, clock + 30)
    world.settle()
    # A day on which nothing collided would have tested nothing.
    assert {"amended", "refused", "applied"} <= world.outcomes
