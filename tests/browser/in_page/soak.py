"""Runs in the page: a desk of a hotel where everybody writes everything at once, at random.

What is promised is told to whoever drives the tab: records that were durable, increments that were.
Needs adapters.py before it, soak_schema.py, and FIRST_STATES: where the server says what spaces
begin with, "" for nowhere.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable
from typing import Any

from pysync import (
    Collection,
    Draft,
    SyncedKV,
    SyncError,
)
from pysync.browser import open_space
from pysync.values.jsonvalue import canonical

ROOMS = [f"10{n}" for n in range(6)]
SHARED = [f"s{n}" for n in range(12)]
durable: list[str] = []
added: list[int] = []


space = open_space("soak", schema=SCHEMA, first_states=FIRST_STATES)  # noqa: F821 - run before
stays, notes = Collection("stays", space=space), Collection("notes", space=space)
free, total = Collection("free", space=space), SyncedKV("total", 0, space=space)


def _write(dice: random.Random, name: str) -> None:
    """One random change; what does not fit is refused and nothing else."""
    rid = dice.choice(SHARED)
    room = {"room": dice.choice([*ROOMS, None]), "nights": dice.randrange(9)}
    acts: list[Callable[[], Any]] = [
        lambda: stays.update(rid, room) if rid in stays else stays.create({"id": rid, **room}),
        lambda: stays.delete(rid),
        lambda: free.update(rid, {dice.choice("abc"): dice.randrange(5)}),
        lambda: free.create({"id": rid, "a": name}),
        lambda: free.delete(rid),
        lambda: _note(dice, rid, name),
        lambda: total.set(lambda value: value + 1),
    ]
    try:
        dice.choice(acts)()
    except SyncError:
        return


def _note(dice: random.Random, rid: str, name: str) -> None:
    if rid not in notes:
        notes.create({"id": rid, "tags": [], "lines": [], "by": {}, "seen": 0})

    def edit(draft: Draft) -> None:
        note = draft.get("notes", rid)
        assert note is not None
        lines = [line for line in note["lines"] if dice.random() < 0.8]
        lines.insert(dice.randrange(len(lines) + 1), {"id": name, "n": dice.randrange(9)})
        unique = {line["id"]: line for line in lines}
        draft.update("notes", rid, {"lines": list(unique.values()), "by": {name: rid}})
        (draft.add if dice.random() < 0.7 else draft.remove)("notes", rid, "tags", name)
        draft.increment("notes", rid, "seen", 1)

    space.run("note", edit)


def act(seed: int, name: str, changes: int) -> None:
    """Some random changes in one task, then one whose durability is awaited and told."""
    dice = random.Random(seed)
    for _ in range(changes):
        _write(dice, f"{name}-{dice.randrange(4)}")
    mine = f"{name}-{seed}"
    receipt = free.create({"id": mine})
    count = free.increment(mine, "n", 1)

    async def promised() -> None:
        await receipt.durable()
        durable.append(mine)
        await count.durable()
        added.append(seed)

    asyncio.ensure_future(promised())  # noqa: RUF006 - the page holds it until it ends


def told() -> list[str]:
    """What became durable since it was last asked."""
    taken = list(durable)
    durable.clear()
    return taken


def is_calm() -> bool:
    """Whether nothing is under way as far as this tab knows."""
    status = space.status()
    return not status.pending and not status.unsaved


def print_of_all() -> str:
    """One line that is equal in tabs that are equal: how far, and what every record is."""
    replica = space.tab.replica
    rows = {
        f"{key}/{rid}": [cell.fields, cell.rev.encode(), cell.dead]
        for key, cells in replica.view.cells.items()
        for rid, cell in cells.items()
    }
    conflicts = {id_: conflict.status for id_, conflict in replica.conflicts.items()}
    text = canonical([rows, conflicts, sorted(replica.heads.items())])
    return f"{replica.seq} {hashlib.sha256(text.encode()).hexdigest()[:16]} {len(rows)}"


def shared_rooms() -> list[str]:
    """Rooms that two stays have: there must be none."""
    taken = [stay["room"] for stay in stays if stay.get("room")]
    return sorted({room for room in taken if taken.count(room) > 1})
