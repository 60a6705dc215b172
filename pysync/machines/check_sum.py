"""The check sum of what is confirmed: by which a device and its relay find that they differ.

The sum of one hash per record (Bellare and Micciancio's incremental hashing, as a multiset hash:
Clarke et al., 2003), so that no order matters and a bucket of records is taken out and put back by
a subtraction and an addition. Sums are kept per bucket of the snapshot; what changed in one is put
in the place of what it was when somebody asks, record by record, SLICE hashes at a time. So a
change costs next to nothing until then, and records that nobody looked at stay packed.
Conflicts have a sum of their own, of one hash each, which is made once for a conflict that stays as
it is: of all that are at hand for who sees everything, else of the open ones that they may see
(which of the settled ones are at hand depends on how many there are).

SUM-1 equal records have equal sums, however they came to be; a role's sum of everything is that of
the state which is made for the role. SUM-2 other values, authors' marks or records have another
sum; so do other conflicts. SUM-3 what is asked for is of the state at that moment, or nothing.
Floor: `buckets`, `decided_sum`.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from itertools import chain
from typing import Any, Final, NamedTuple

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.machines.buckets import SLICE, Bucket, confirmed_buckets
from pysync.machines.decided_sum import DecidedSum
from pysync.machines.effects import Moment, SetTimer
from pysync.machines.relay_frames import RelayFrame
from pysync.machines.replica import Replica
from pysync.model.cell import Cell
from pysync.model.conflict import Conflict
from pysync.model.rights import Rights
from pysync.values.jsonvalue import canonical

_CORRUPT: Final = 1
"""Stands for a bucket that cannot be read: it is not what anybody else has."""


class Claim(NamedTuple):
    """What a device says it holds."""

    seq: int
    check_sum: str
    version: int
    """Of the schema by which it applied what it heard."""
    conflicts: str = ""
    """The check sum of its conflicts; "" of a device that says nothing of them."""
    decided: str = ""
    """The check sum of which changes are decided (`decided_sum`); "" likewise."""


def read_claim(frame: RelayFrame) -> Claim | None:
    """What a ping says behind its first part; None for nothing. Raises ProtocolError."""
    if len(frame.parts) < 2:
        return None
    if [type(part) for part in frame.parts[1:]] != [int, str, int]:
        raise ProtocolError("a check sum stands behind its seq and before the schema's version")
    first, seq, made, version = frame.parts
    said = first if type(first) is list and len(first) == 2 else ["", ""]
    decided, conflicts = (each if type(each) is str else "" for each in said)
    return Claim(seq, made, version, conflicts, decided)


class CheckSum:
    """Of a replica, or of what a role sees of it."""

    def __init__(self, replica: Replica, out: list[Any], sees: Rights | None = None) -> None:
        """`out` takes the timers that it asks for, by which `woke` is called."""
        self._replica = replica
        self._out = out
        self.sees = sees
        self.name = sees.digest if sees is not None else ""
        """Of what it is the sum."""
        self._timer = f"check-sum.{self.name}"
        self._sums: dict[Bucket, int] = {}
        self._total = 0
        self._hashes: dict[Bucket, dict[str, int]] = {}
        """Of the records of buckets that are not packed any more."""
        self._changed: dict[Bucket, set[str]] = {}
        """Records that were confirmed since their bucket was summed up."""
        self._everything = sees is None or sees.reads_all
        self._disputes: dict[str, tuple[Conflict, int]] = {}
        """The conflicts that count, with their hashes."""

    def touched(self, bucket: Bucket, rid: str) -> None:
        """This record in it was confirmed."""
        if bucket in self._sums:
            self._changed.setdefault(bucket, set()).add(rid)

    def forget(self) -> None:
        """The state is another one."""
        self._sums.clear()
        self._hashes.clear()
        self._changed.clear()
        self._disputes.clear()
        self._total = 0

    def ask(self, now: Moment) -> str:
        """The check sum; "" while it, or that of the `conflicts`, has to be made: ask again
        later."""
        if self._go_on():
            return _text(self._total)
        self._out.append(SetTimer(self._timer, now.mono))
        return ""

    @property
    def conflicts(self) -> str:
        """The check sum of the conflicts, where `ask` just answered."""
        return _text(sum(known[1] for known in self._disputes.values()))

    def claim(self, now: Moment, epoch: str, decided: DecidedSum) -> tuple[Any, ...]:
        """What a ping says of where the replica stands, if the check sums are there; () if not. By
        the name of its epoch a device knows whether something is hidden from it. The sums of what
        is `decided` and of conflicts are in the part that a relay hands back: an older one does not
        read it."""
        self._everything = "." not in epoch
        made, replica = self.ask(now), self._replica
        if not made:
            return ()
        return ([decided.ask(), self.conflicts], replica.seq, made, replica.schema.version)

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due; others' are ignored."""
        if name == self._timer and not self._go_on():
            self._out.append(SetTimer(self._timer, now.mono))

    def _go_on(self) -> bool:
        """Sum up some of what is left; answers whether nothing is."""
        room = self._hash_changed(SLICE)
        view = self._replica.view
        left = [bucket for bucket in view.buckets() if bucket not in self._sums]
        opened = [bucket for bucket in left if view.packed(*bucket) is None]
        packed = [bucket for bucket in left if view.packed(*bucket) is not None]
        for bucket, cells in chain(
            ((bucket, None) for bucket in packed), confirmed_buckets(self._replica, opened)
        ):
            if room <= 0:
                break
            try:
                found, hashed = self._sum_up(bucket, cells)
            except StoreCorrupt:
                found, hashed = _CORRUPT, 1
            self._sums[bucket] = found
            self._total += found
            room -= hashed + 1
        done = not self._changed and all(bucket in self._sums for bucket in left)
        return self._hash_conflicts(room) and done

    def _hash_changed(self, room: int) -> int:
        """Hash some of the records that were confirmed since; answers how much room is left. A
        bucket of which no single hash is known is summed up again as a whole."""
        while self._changed and room > 0:
            bucket, rids = next(iter(self._changed.items()))
            hashes = self._hashes.get(bucket)
            if hashes is None:
                self._total -= self._sums.pop(bucket)
            while hashes is not None and rids and room > 0:
                rid = rids.pop()
                cell = self._replica.confirmed.cell(bucket[0], rid)
                made = self._hash(bucket[0], rid, cell) if cell is not None else 0
                differs = made - hashes.get(rid, 0)
                hashes[rid] = made
                self._sums[bucket] += differs
                self._total += differs
                room -= 1
            if hashes is None or not rids:
                del self._changed[bucket]
        return room

    def _hash_conflicts(self, room: int) -> bool:
        """Hash some of the conflicts that are left; answers whether none is."""
        known, counted = self._disputes, {}
        for id_, conflict in self._replica.conflicts.items():
            if not self._counts(conflict):
                continue
            if id_ not in known or known[id_][0] is not conflict:
                if room <= 0:
                    return False
                known[id_] = (conflict, _hash_of(conflict.encode()))
                room -= 1
            counted[id_] = known[id_]
        self._disputes = counted
        return True

    def _counts(self, conflict: Conflict) -> bool:
        if self._everything:
            return True
        sees, register = self.sees, conflict.register
        if conflict.status != "open" or sees is None:
            return conflict.status == "open"
        return sees.may_read(conflict.key, register) if register else sees.knows(conflict.key)

    def _sum_up(self, bucket: Bucket, cells: Mapping[str, Cell] | None) -> tuple[int, int]:
        """The sum of a bucket (`cells` None: one that is packed), and of how many records it is."""
        key = bucket[0]
        if self.sees is not None and not self.sees.knows(key):
            return 0, 0
        if cells is None:
            packed = self._replica.view.packed(*bucket)
            cells = packed.peek() if packed is not None else {}
            return sum(self._hash(key, rid, cell) for rid, cell in cells.items()), len(cells)
        made = {rid: self._hash(key, rid, cell) for rid, cell in cells.items()}
        self._hashes[bucket] = made
        return sum(made.values()), len(made)

    def _hash(self, key: str, rid: str, cell: Cell) -> int:
        seen = cell if self.sees is None else self.sees.seen(key, cell)
        return hash_of(key, rid, seen) if seen is not None else 0


def hash_of(key: str, rid: str, cell: Cell) -> int:
    """Of one record, as it was confirmed: values, and who wrote each."""
    registers: dict[str, list[Any]] = {}
    for path in {**cell.fields, **cell.marks}:
        mark = cell.mark(path)
        held = [cell.fields[path]] if path in cell.fields else []
        registers[path] = [*(mark.encode() if mark is not None else ()), *held]
    return _hash_of([key, rid, cell.rev.version, cell.dead, registers])


def _hash_of(said: list[Any]) -> int:
    return int.from_bytes(blake2b(canonical(said).encode(), digest_size=8).digest(), "big")


def _text(total: int) -> str:
    return f"{total % (1 << 64):016x}"
