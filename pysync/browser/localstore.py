"""The `Store` port on localStorage: for pages without IndexedDB. Small, and less durable.

The browser may lose the last seconds of it when it is killed, and two tabs that write in the same
moment overwrite each other: it holds no truth that tabs share. So it says `shared = False`: tabs
tell each other what they do, the leader alone writes, and what it wrote is what a tab starts with.
One item per part of the space, each read and written whole; at MAX_CHARS it answers `full`.
Floor: `memory`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, astuple
from typing import Any, Final, TypeVar

import js
from pyodide.ffi import JsException

from pysync.browser.idb_errors import UNREADABLE, fault_of
from pysync.memory import MemoryDisk, MemoryStore
from pysync.ports import DecidedRow, LogRow, StoreFault
from pysync.store_rules import LeaseRow, check_format
from pysync.values.jsontext import parse_json

T = TypeVar("T")

MAX_CHARS: Final = 2_000_000
"""Characters of one space: browsers give an origin about five million."""

_FACTS: Final = ("format", "incarnation", "term", "seq", "log_key", "snapshot_seq")
_LATER: Final = {"epoch": "", "last": "", "generation": 0}
"""Facts that what an older build stored lacks."""


class LocalStore(MemoryStore):
    """One space under the keys `pysync:<space>:...`."""

    def __init__(self, space: str) -> None:
        super().__init__()
        self._prefix = f"pysync:{space}:"

    def _answer(
        self, work: Callable[[], T | StoreFault], done: Callable[[T | StoreFault], None]
    ) -> None:
        """Read, work, and write what is different; nothing of it is kept on a fault."""
        result: T | StoreFault
        if self._closed:
            result = StoreFault("closed", "the store was closed")
        else:
            try:
                result = self._transact(work)
            except JsException as error:
                result = fault_of(error, "closed")
            except UNREADABLE as error:
                result = StoreFault("corrupt", f"{self._prefix} cannot be read: {error!r}")
        done(result)

    def _transact(self, work: Callable[[], T | StoreFault]) -> T | StoreFault:
        texts = {part: js.localStorage.getItem(self._prefix + part) for part in _PARTS}
        before = {part: text for part, text in texts.items() if isinstance(text, str)}
        self.disk = _unpacked(before) if before else MemoryDisk()
        if (fault := check_format(self.disk.format)) is not None:
            return fault
        result = work()
        after = _packed(self.disk)
        if sum(map(len, after.values())) > MAX_CHARS:
            return StoreFault("full", f"over {MAX_CHARS} characters")
        changed = [part for part, text in after.items() if before.get(part) != text]
        try:
            for part in changed:
                js.localStorage.setItem(self._prefix + part, after[part])
        except JsException:
            for part in changed:
                self._put_back(part, before.get(part))
            raise
        return result

    def _put_back(self, part: str, text: str | None) -> None:
        if text is None:
            js.localStorage.removeItem(self._prefix + part)
        else:
            js.localStorage.setItem(self._prefix + part, text)


_PARTS: Final = ("facts", "log", "decided", "seed", "snapshot")


def _packed(disk: MemoryDisk) -> dict[str, str]:
    """A disk as texts, one for each part."""
    facts: dict[str, Any] = {name: getattr(disk, name) for name in _FACTS}
    facts.update({name: getattr(disk, name) for name in _LATER})
    facts["lease"] = None if disk.lease is None else astuple(disk.lease)
    parts = {
        "facts": facts,
        "log": [astuple(row) for row in disk.log.values()],
        "decided": [asdict(row) for row in disk.decided],
        "seed": disk.seed,
        "snapshot": disk.snapshot,
    }
    return {part: json.dumps(value, separators=(",", ":")) for part, value in parts.items()}


def _unpacked(texts: dict[str, str]) -> MemoryDisk:
    """The disk again. Raises one of UNREADABLE if a part is not what was written."""
    parts = {part: parse_json(texts[part]) for part in _PARTS}
    facts = parts["facts"]
    lease = facts.pop("lease")
    rows = [LogRow(*row) for row in parts["log"]]
    decided = [DecidedRow(**{**row, "refs": tuple(row["refs"])}) for row in parts["decided"]]
    return MemoryDisk(
        **{name: facts[name] for name in _FACTS},
        **{name: facts.get(name, without) for name, without in _LATER.items()},
        lease=None if lease is None else LeaseRow(*lease),
        log={row.key: row for row in rows},
        keys={row.batch: row.key for row in rows},
        decided=decided,
        seed=parts["seed"],
        snapshot=parts["snapshot"],
    )
