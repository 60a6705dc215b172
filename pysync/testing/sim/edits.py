"""What simulated people write: one kind of edit per way of merging. Floor: `schema`, `machines`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from pysync.machines.effects import Moment
from pysync.machines.tab import Tab
from pysync.model.change import Meta
from pysync.model.draft import Draft
from pysync.model.schema import ERASED
from pysync.testing.sim.schema import SLOTS
from pysync.testing.sim.wiping import PEOPLE, TRIPS, marker

IDS: Final = ("a", "b", "c", "d")


@dataclass(frozen=True, slots=True)
class Pen:
    """What to write where: a record, a value that nobody wrote before, and chance."""

    rid: str
    value: int
    random: Random


Edit = Callable[[Draft, Pen], None]


def _put(draft: Draft, key: str, rid: str, fields: dict[str, Any]) -> None:
    if draft.get(key, rid) is None:
        draft.create(key, {"id": rid, **fields})
    else:
        draft.update(key, rid, fields)


def rename(draft: Draft, pen: Pen) -> None:
    """One field, last write wins."""
    _put(draft, "items", pen.rid, {pen.random.choice(("name", "note")): f"v{pen.value}"})


def move(draft: Draft, pen: Pen) -> None:
    """Two fields that merge as one."""
    _put(draft, "items", pen.rid, {"room": f"r{pen.value}", "from": pen.value})


def first(draft: Draft, pen: Pen) -> None:
    """One field, first write wins."""
    _put(draft, "firsts", pen.rid, {"name": f"v{pen.value}"})


def text(draft: Draft, pen: Pen) -> None:
    """A list that merges three ways."""
    _put(draft, "texts", pen.rid, {"list": [pen.random.randrange(5), pen.value]})


def tag(draft: Draft, pen: Pen) -> None:
    """An element of a set comes or goes."""
    if draft.get("items", pen.rid) is None:
        draft.create("items", {"id": pen.rid})
    act = draft.add if pen.random.random() < 0.6 else draft.remove
    act("items", pen.rid, "tags", pen.random.choice(("x", "y", "z")))


def count(draft: Draft, pen: Pen) -> None:
    """A number changed by a delta."""
    if draft.get("items", "counter") is None:
        draft.create("items", {"id": "counter"})
    else:
        draft.increment("items", "counter", "count", pen.random.choice((1, 2, -1)))


def tally(draft: Draft, pen: Pen) -> None:
    """A number changed by a function, which is run again if something came in between."""
    record = draft.get("items", "tally") or {}
    _put(draft, "items", "tally", {"n": (record.get("n") or 0) + 1, "by": f"v{pen.value}"})


def stay(draft: Draft, pen: Pen) -> None:
    """Something that a rule may refuse."""
    _put(draft, "stays", pen.rid, {"slot": pen.value % SLOTS, "who": f"v{pen.value}"})


def ask(draft: Draft, pen: Pen) -> None:
    """A field on which a person decides."""
    _put(draft, "asks", pen.rid, {"email": f"v{pen.value}"})


def prefer(draft: Draft, pen: Pen) -> None:
    """One field where the sender is right, one where he is not, and one that asks in a moment."""
    _put(draft, "asks", pen.rid, {pen.random.choice(("mine", "theirs", "near")): f"v{pen.value}"})


def remove(draft: Draft, pen: Pen) -> None:
    """A deletion."""
    key = pen.random.choice(("items", "stays", "firsts"))
    if draft.get(key, pen.rid) is not None:
        draft.delete(key, pen.rid)


def two(draft: Draft, pen: Pen) -> None:
    """Two records in one change."""
    rename(draft, pen)
    first(draft, Pen(pen.random.choice(IDS), pen.value, pen.random))


def person(draft: Draft, pen: Pen) -> None:
    """Data of a person."""
    rid, secret = _person(pen), f"{marker(_person(pen))}{pen.value}"
    if draft.get(PEOPLE, rid) is not None and pen.random.random() < 0.3:
        draft.add(PEOPLE, rid, "likes", secret)
    else:
        _put(draft, PEOPLE, rid, {pen.random.choice(("name", "mail")): secret})


def trip(draft: Draft, pen: Pen) -> None:
    """Something about a person, and what stays of it."""
    rid = _person(pen)
    _put(draft, TRIPS, rid, {"who": rid, "day": pen.value, "note": f"{marker(rid)}{pen.value}"})


def erase(draft: Draft, pen: Pen) -> None:
    """A person goes for good; a name where nobody is to erase."""
    people = sorted(each["id"] for each in draft.all(PEOPLE) if ERASED not in each)
    if people:
        draft.erase(PEOPLE, pen.random.choice(people))
    else:
        rename(draft, pen)


def _person(pen: Pen) -> str:
    return f"{pen.rid}{pen.value % 5}"


EDITS: Final[tuple[Edit, ...]] = (
    *(rename, rename, move, first, text, tag, count, tally, stay, stay, remove, two, ask, prefer),
    *(person, person, trip, erase),
)


def write(tab: Tab, pen: Pen, now: Moment) -> None:
    """One change of a random kind, or the resolution of a conflict that waits. Raises Refused."""
    waiting = tab.replica.open_conflicts()
    draft = tab.draft(now)
    if waiting and pen.random.random() < 0.3:
        conflict = pen.random.choice(waiting)
        value = pen.random.choice((conflict.shown.value, conflict.other.value, f"v{pen.value}"))
        draft.update(conflict.key, conflict.rid, {conflict.register: value}, even_if_equal=True)
        tab.commit(draft, now, Meta(resolves=(conflict.id,)))
        return
    edit = pen.random.choice(EDITS)
    if edit is tally:
        tab.run(lambda counting: edit(counting, pen), now)
    else:
        edit(draft, pen)
        tab.commit(draft, now)
