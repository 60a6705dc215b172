"""What must hold of a healed world: one leader, equal tabs, nothing lost. Floor: `world`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from pysync.machines.batches import parse_batch
from pysync.model.change import ADD, CREATE, SET, Change
from pysync.model.decision import VOID_OUTCOMES
from pysync.testing.sim.page import Page
from pysync.testing.sim.wiping import PERSONAL, left_of_erased
from pysync.testing.sim.world import World


def unconverged(world: World) -> str:
    """Why the world has not converged yet; "" if it has.

    Converged: one tab leads and all know it, all count all, nothing is pending or unsaved, and all
    show the same.
    """
    leaders = [page.name for page in world.pages if page.tab.election.term]
    if len(leaders) != 1:
        return f"leaders {leaders}"
    for page in world.pages:
        status = page.tab.status()
        if not status.ready or status.pending or status.unsaved or status.problem:
            return f"{page.name} {status}"
        if status.leader != leaders[0]:
            return f"{page.name} follows {status.leader}, not {leaders[0]}"
        if status.tabs != len(world.pages):
            return f"{page.name} counts {status.tabs} of {len(world.pages)} tabs"
        if world.shared and status.seq != world.queue.disk.seq:
            return f"{page.name} at seq {status.seq} of {world.queue.disk.seq}"
    if left := left_of_erased(world):
        return left
    shown = {picture(page): page.name for page in world.pages}
    return f"views differ: {shown}" if len(shown) > 1 else ""


def picture(page: Page, without: Collection[str] = ()) -> str:
    """All that a tab shows, but for these collections, as text: equal texts mean equal states."""
    view = page.tab.view
    shown: dict[str, Any] = {}
    for key in sorted(view.cells):
        records = sorted(view.all(key), key=lambda record: record["id"])
        if records and key not in without:
            shown[key] = records
    conflicts = [c for c in page.tab.replica.conflicts.values() if c.key not in without]
    shown["conflicts"] = sorted(f"{conflict.id} {conflict.status}" for conflict in conflicts)
    return json.dumps(shown, sort_keys=True, ensure_ascii=False)


def account(world: World, texts: Iterable[str] | None = None) -> None:
    """Fail unless every change that was reported saved is decided, every value that was written
    left its trace, deltas add up, and the rule of the schema holds. `texts` are the batches of the
    log, where that is not the device's own."""
    logged: dict[str, Change] = {}
    for text in texts or [row.body or "" for row in world.queue.disk.log.values()]:
        for change in parse_batch(text, world.schema).changes:
            logged[change.id] = change
    decided = dict(world.log.values())
    if lost := world.saved - decided.keys():
        world.fail(f"saved but never decided: {sorted(lost)}")
    ours = {each for each in logged if not each.startswith("erased-")}  # the rest is the relay's
    if foreign := ours - world.made.keys():
        world.fail(f"decided but never made: {sorted(foreign)}")
    for change_id, verdict in decided.items():
        _account_values(world, logged[change_id], verdict)
    _account_deltas(world, [logged[id_] for id_, verdict in decided.items() if has_effect(verdict)])
    for page in world.pages:
        slots = Counter(record.get("slot") for record in page.tab.view.all("stays"))
        if double := [slot for slot, n in slots.items() if slot is not None and n > 1]:
            world.fail(f"{page.name} shows slots {double} twice")


def has_effect(verdict: str) -> bool:
    """Whether a change with that verdict changed anything."""
    return not verdict or json.loads(verdict)[0] not in VOID_OUTCOMES


def _account_values(world: World, change: Change, verdict: str) -> None:
    """REDUCE-2 from outside: a value is written, a candidate of a conflict, or refused whole."""
    if not verdict or not has_effect(verdict):
        return
    _, _, _, _, writes, conflicts = json.loads(verdict)
    kept = [value for op in writes if op[1] not in PERSONAL for value in op[3].values()]
    mine = [row for row in conflicts if row[1] not in PERSONAL]
    kept += [side[0] for row in mine for side in (row[6], row[7])]
    text = json.dumps(kept, ensure_ascii=False)
    for op in change.ops:
        if op.kind not in (SET, CREATE) or op.key in PERSONAL | {"texts"}:
            continue
        for path, value in op.fields.items():
            if json.dumps(value, ensure_ascii=False) not in text:
                world.fail(f"{change.id} lost {path} = {value!r}: {verdict}")


def _account_deltas(world: World, changes: list[Change]) -> None:
    """Whoever counted, and in whatever order."""
    total = sum(
        int(op.fields["count"])
        for change in changes
        for op in change.ops
        if op.kind == ADD and op.rid == "counter"
    )
    for page in world.pages:
        record = page.tab.view.get("items", "counter")
        if record is not None and (record.get("count") or 0) != total:
            world.fail(f"{page.name} counts {record}, the deltas make {total}")
