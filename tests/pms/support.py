"""What the hotel's tests share: a small house, and desks that work offline on what they saw."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from pysync import Change, Space
from pysync.errors import Refused
from pysync.model.cell import Mark
from pysync.model.change import Meta
from pysync.model.decision import Decision
from pysync.model.draft import Draft
from pysync.model.reducer import decide
from pysync.model.state import State
from pysync.native import open_space
from pysync_pms.calendar import days_between
from pysync_pms.commands import (
    Command,
    CreateGuest,
    CreateReservation,
    CreateRoom,
    CreateRoomType,
    CreateStaff,
    execute,
    perform,
)
from pysync_pms.occupancy import places
from pysync_pms.schema import SCHEMA

TODAY = "2026-11-20"
ROOMS = ("101", "102", "103", "201", "202")


def house() -> list[Command]:
    """Two types, five rooms, three guests, two people of the staff."""
    return [
        CreateRoomType(id="DBL", name="Double", rank=0, capacity=2, rate=10_000, currency="EUR"),
        CreateRoomType(id="STE", name="Suite", rank=1, capacity=4, rate=25_000, currency="EUR"),
        *(
            CreateRoom(id=n, number=n, room_type="DBL" if n < "200" else "STE", floor=n[0])
            for n in ROOMS
        ),
        CreateGuest(id="ana", first_name="Ana", last_name="Souza", country="PRT"),
        CreateGuest(id="bob", first_name="Bob", last_name="Miller", email="bob@example.org"),
        CreateGuest(id="eve", first_name="Eve", last_name="Çelik"),
        CreateStaff(id="rosa", name="Rosa", role="housekeeping"),
        CreateStaff(id="kofi", name="Kofi", role="housekeeping"),
    ]


def book(
    reservation: str,
    start: str = TODAY,
    end: str = "2026-11-22",
    room: str | None = "101",
    **more: Any,
) -> CreateReservation:
    """A booking with what most tests do not care about filled in."""
    values: dict[str, Any] = {"guest_id": "ana", "room_type": "DBL", "rate": 10_000} | more
    return CreateReservation(id=reservation, arrival=start, departure=end, room=room, **values)


def open_house(name: str = "house", *commands: Command) -> Space:
    """A space in memory that holds the house, with these commands given."""
    space = open_space(name, schema=SCHEMA)
    give(space, *house(), *commands)
    return space


def give(space: Space, *commands: Command, today: str = TODAY) -> Any:
    """Give commands in one change each; answers the last receipt."""
    receipt = None
    for command in commands:
        receipt = perform(space, command, view=space.view, today=today)
    return receipt


def double_nights(reservations: Iterable[Any]) -> list[tuple[str, str, list[str]]]:
    """Rooms and nights that more than one stay has: counted night by night, with no index."""
    taken: dict[tuple[str, str], list[str]] = {}
    for stay in reservations:
        for place in places(stay):
            for night in days_between(place.start, place.end):
                taken.setdefault((place.room, night), []).append(stay["id"])
    return [(room, night, ids) for (room, night), ids in taken.items() if len(ids) > 1]


class Leader:
    """The confirmed state, and the one place where changes are decided."""

    def __init__(self) -> None:
        self.state = State(SCHEMA)

    def decide(self, change: Change) -> Decision:
        """Decide a change and apply what comes of it."""
        decision = decide(self.state, change)
        for (key, rid), cell in decision.cells.items():
            self.state.put(key, rid, cell)
        return decision


class Desk:
    """Somebody who works offline: on what was last seen, with the own changes predicted on it."""

    author = ""
    """Who signs in at it."""

    def __init__(self, name: str, leader: Leader) -> None:
        self.name = name
        self.leader = leader
        self.pending: deque[Change] = deque()
        self.state = State(SCHEMA)
        self._count = 0
        self.sync()

    def sync(self) -> None:
        """See what is confirmed now; the own changes still pending are predicted on it again."""
        self.state = State(SCHEMA)
        for key, cells in self.leader.state.cells.items():
            for rid, cell in cells.items():
                self.state.put(key, rid, cell)
        for change in self.pending:
            self._predict(change)

    def give(self, *commands: Command, stamp: int, today: str = TODAY) -> Change | None:
        """Give commands as one change; raises Refused as a person would be told."""
        mark = Mark(self.name, self._count + 1, stamp)
        draft = Draft(self.state, mark)
        execute(draft, commands, today)
        return self._commit(draft, mark, atomic=any(command.atomic for command in commands))

    def write(self, *commands: Command, stamp: int) -> Change | None:
        """The same without asking the commands first: only the guards have a say."""
        mark = Mark(self.name, self._count + 1, stamp)
        draft = Draft(self.state, mark)
        for command in commands:
            command.apply(draft)
        return self._commit(draft, mark)

    def delete(self, collection: str, record_id: str, *, stamp: int) -> Change | None:
        """Delete a record, which no command does."""
        mark = Mark(self.name, self._count + 1, stamp)
        draft = Draft(self.state, mark)
        draft.delete(collection, record_id)
        return self._commit(draft, mark)

    def edit(
        self, collection: str, record_id: str, fields: dict[str, Any], *, stamp: int
    ) -> Change | None:
        """Set fields of a record as no command does."""
        mark = Mark(self.name, self._count + 1, stamp)
        draft = Draft(self.state, mark)
        draft.update(collection, record_id, fields)
        return self._commit(draft, mark)

    def _commit(self, draft: Draft, mark: Mark, *, atomic: bool = True) -> Change | None:
        ops = draft.ops()
        if not ops:
            return None
        change = Change(mark, ops, Meta(atomic=atomic, author=self.author))
        decision = decide(self.state, change)
        if decision.outcome == "refused":
            raise Refused(decision.code, decision.message, decision.params)
        self._count += 1
        self._predict(change)
        self.pending.append(change)
        return change

    def deliver(self) -> tuple[Change, Decision] | None:
        """Have the oldest pending change decided; None if there is none."""
        if not self.pending:
            return None
        change = self.pending.popleft()
        return change, self.leader.decide(change)

    def _predict(self, change: Change) -> None:
        for (key, rid), cell in decide(self.state, change).cells.items():
            self.state.put(key, rid, cell)


def two_desks(*commands: Command) -> tuple[Leader, Desk, Desk]:
    """Two desks that have both seen the house and these commands, and are now offline."""
    leader = Leader()
    setup = Desk("setup", leader)
    for command in (*house(), *commands):
        setup.give(command, stamp=1)
    while setup.deliver():
        pass
    return leader, Desk("north", leader), Desk("south", leader)


def deliver_all(*desks: Desk) -> Iterator[Decision]:
    """Decide everything that is pending, desk by desk."""
    for desk in desks:
        while (delivered := desk.deliver()) is not None:
            yield delivered[1]
