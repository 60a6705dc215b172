"""Changes of programs: made on what the relay holds, pushed like a device's, answered when their
entry comes.

A program is a device of the relay that has one tab per space and run of the server, so that a name
of a batch is never used again. The name of a change that the program gave is in the entry's origin,
and so in the log in the same transaction: what is sent again, also after a crash, finds it there.

WRITE-1 a change of one name happens at most once, however often and whenever it is sent. WRITE-2 an
outcome is answered when its entry is on the disk. Floor: `model`, `machines`, `relay.space`.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from pysync.errors import InvalidValue, Refused, SensitiveKey, SyncError, Unknown
from pysync.kv import put_value
from pysync.machines.batches import Batch, encode_batch
from pysync.machines.relay_frames import (
    ENTRIES,
    FAILED,
    PUSH,
    REJECT,
    EntryRow,
    Hello,
    decode_frame,
    encode_frame,
    read_entries,
    read_words,
)
from pysync.machines.rounds import decode_special
from pysync.model.cell import Mark
from pysync.model.change import Change, Meta
from pysync.model.conflict import Conflict
from pysync.model.decision import Decision
from pysync.model.draft import Draft
from pysync.model.rights import NOT_PERMITTED
from pysync.relay.folding import PROGRAMS
from pysync.relay.projection import project_entry
from pysync.values.clock import stamp_at
from pysync.values.ids import encode_id
from pysync.values.jsontext import json_text, parse_json
from pysync_server.api.callers import Caller
from pysync_server.api.errors import Failed
from pysync_server.api.reading import Sight
from pysync_server.relay.space import SpaceHost


class Scribe:
    """Writes for programs into any space."""

    def __init__(self) -> None:
        self._tabs: WeakKeyDictionary[SpaceHost, dict[str, tuple[str, int]]] = WeakKeyDictionary()
        """Per open space and program: its tab, and the number of its newest change."""
        self._running: dict[tuple[SpaceHost, str], tuple[str, asyncio.Task[dict[str, Any]]]] = {}

    async def write(
        self, space: SpaceHost, caller: Caller, body: Mapping[str, Any], name: str
    ) -> dict[str, Any]:
        """Make a change, once; answers its outcome. `name` is what the program calls it, "" for
        nothing. Raises Failed."""
        device = f"{PROGRAMS}{caller.id}"
        known = sha256((name or secrets.token_hex(16)).encode()).hexdigest()[:32]
        content = sha256(json_text(body).encode()).hexdigest()[:16]
        key = (space, f"{device}/{known}")
        if key in self._running:
            before, task = self._running[key]
            repeated = True
        else:
            before, repeated = content, False
            task = asyncio.get_running_loop().create_task(
                self._once(space, caller, body, device, f"{known}.{content}")
            )
            self._running[key] = (content, task)
            task.add_done_callback(lambda _: self._running.pop(key, None))
        if before != content:
            raise _another()
        # Whoever asked may be gone: what was begun is ended all the same.
        outcome = await asyncio.shield(task)
        return {**outcome, "repeated": True} if repeated else outcome

    async def _once(
        self, space: SpaceHost, caller: Caller, body: Mapping[str, Any], device: str, life: str
    ) -> dict[str, Any]:
        rights = caller.rights(space.view.schema)
        found = await space.entry_of(f"{device}/{life.partition('.')[0]}.")
        if found is not None:
            if found.origin != f"{device}/{life}":
                raise _another()
            if rights is not None:
                found = project_entry(found, rights, own=True)
            return {**_outcome(found), "repeated": True}
        courier = Courier(f"{device}-{secrets.token_hex(8)}")
        space.join(courier, caller)
        try:
            hello = Hello(device=device, life=life, cursor=space.place(rights))
            await space.heard(courier, hello.encode())
            batch = self._batch(space, caller, body)
            if batch is None:
                return {"outcome": "unchanged", "repeated": False}
            row = courier.expect(batch.id)
            await space.heard(courier, encode_frame(PUSH, 0, lines=[batch.text]))
            if space.failure:
                courier.close(0, "the space cannot be used now")
            return {**_outcome(await row), "repeated": False}
        finally:
            space.left(courier)

    def _batch(self, space: SpaceHost, caller: Caller, body: Mapping[str, Any]) -> Batch | None:
        """The change as a batch; None if everything is so already. Raises Failed."""
        tabs = self._tabs.setdefault(space, {})
        tab, number = tabs.get(caller.id) or (encode_id(os.urandom(8)), 0)
        now = time.time() * 1000
        mark = Mark(tab, number + 1, stamp_at(now), caller.name)
        sight = Sight(space, caller)
        draft = Draft(sight, mark)
        try:
            for write in body["writes"]:
                _do(draft, write, sight)
            ops = draft.ops()
            seen = draft.seen(ops)
        except SyncError as error:
            raise _cannot(error) from error
        if not ops:
            return None
        meta = Meta(
            author=caller.name,
            label=body.get("label", ""),
            atomic=body.get("atomic", False),
            seen=seen,
        )
        tabs[caller.id] = (tab, number + 1)
        return encode_batch(tab, [Change(mark, ops, meta)], now)


class Courier:
    """The connection of one change, as the space sees it."""

    kind = "program"

    def __init__(self, id_: str) -> None:
        self.id = id_
        self._batch = ""
        self._row: asyncio.Future[EntryRow] | None = None

    def expect(self, batch: str) -> asyncio.Future[EntryRow]:
        """Where the entry of that batch will come, or Failed is raised."""
        self._batch = batch
        self._row = asyncio.get_running_loop().create_future()
        return self._row

    def send(self, text: str) -> None:
        """The space says something."""
        row = self._row
        if row is None or row.done() or f'"{self._batch}"' not in text:
            return
        frame = decode_frame(text)
        if frame.type == REJECT:
            _, code, message = read_words(frame, 3)
            row.set_exception(Failed(500 if code == FAILED else 422, code, message))
        for each in read_entries(frame) if frame.type == ENTRIES else ():
            if each.batch == self._batch and not row.done():
                special = json_text(each.special) if each.special else ""
                row.set_result(EntryRow(each.seq, each.count, each.batch, "", "", special))

    def close(self, _code: int, reason: str) -> None:
        """The space ends it: nothing is known of the change."""
        if self._row is not None and not self._row.done():
            self._row.set_exception(Failed(503, "unavailable", f"{reason}: send it again"))


def _do(draft: Draft, write: Mapping[str, Any], sight: Sight) -> None:
    """One write. Raises SyncError or Failed."""
    key = write["key"]
    rights = sight.rights
    if rights is not None and not rights.knows(key):
        # Before it could be told by the error whether there is such a record.
        raise Failed(422, NOT_PERMITTED, f"{rights.role.title} may not change {key}")
    if write["do"] == "put":
        put_value(draft, key, write["value"])
        return
    rid = write["id"]
    if "if_version" in write:
        cell = sight.cell(key, rid)
        if cell is None or cell.dead or cell.rev.version != write["if_version"]:
            raise Failed(409, "stale", f"{key}/{rid} is at another version: read it again")
    match write["do"]:
        case "create":
            draft.create(key, {**write["fields"], "id": rid})
        case "set":
            draft.update(key, rid, write["fields"])
        case "delete":
            draft.delete(key, rid)
        case "add":
            draft.increment(key, rid, write["field"], write["by"])


def _cannot(error: SyncError) -> Failed:
    """Why it can be no change."""
    match error:
        case InvalidValue() | Refused():
            code = error.code
        case Unknown():
            code = "unknown"
        case SensitiveKey():
            code = "sensitive"
        case _:
            code = "unfit"
    return Failed(422, code, str(error))


def _another() -> Failed:
    return Failed(409, "another", "this Idempotency-Key names another change: choose a new one")


def _outcome(row: EntryRow) -> dict[str, Any]:
    """What an entry of one change says."""
    special = decode_special(parse_json(row.special) if row.special else 0, 1)
    decision = special.get(0, Decision(outcome="applied"))
    said: dict[str, Any] = {
        "outcome": decision.outcome,
        "seq": row.seq,
        "version": row.batch,
    }
    if decision.code:
        said |= {"code": decision.code, "message": decision.message, "params": decision.params}
    if decision.conflicts:
        said["conflicts"] = [_conflict(each) for each in decision.conflicts]
    return said


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "key": conflict.key,
        "record": conflict.rid,
        "field": conflict.register,
        "open": conflict.status == "open",
        "shown": conflict.shown.value,
        "other": conflict.other.value,
    }
