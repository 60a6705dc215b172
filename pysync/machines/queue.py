"""The queue: how many changes of a device wait for a relay, and the bound of that.

They lie in the device's log, whichever of its tabs wrote them, and are all that the relay has not
decided. The log grows for as long as the relay cannot be reached, so it has a bound, which the
space sets (`max_queue_size`) and every tab keeps. What a full queue refuses is not kept as a dead
letter: a list of what did not fit would be the queue by another name, without its bound. Nothing of
it was shown, so whoever made it holds its content, and a form what was typed.

Where people sign in, each has a queue: what somebody else left here can be neither sent nor given
up by who is signed in now (WHO-2), so it takes no room of theirs.

QUEUE-1 a change that goes beyond the bound is refused before it is numbered, shown or sent.
QUEUE-2 what makes room, or replaces what waited already, is taken at the bound as well: the record
of the settings and what is declared as housekeeping (RESERVE of these may wait in any case,
however much else does: the bound may have been lowered), functions that run again,
and the note that nothing will come of a dead letter. Floor: `who`, `model.ordinary`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pysync.errors import Refused
from pysync.machines.relayed import Relayed
from pysync.machines.replica import Replica
from pysync.machines.who import Who
from pysync.model.change import Change
from pysync.model.ordinary import QUEUE_SIZES, ordinary_of
from pysync.model.schema import Schema

QUEUE_FULL: Final = "queue-full"
"""The code of the refusal."""
RESERVE: Final = 100
"""Changes of housekeeping that are taken beyond the bound, or beyond what waits besides them."""
WARNING: Final = 0.8
"""The part of the bound from which on people are told."""


class Owner(Protocol):
    """The tab whose queue it is."""

    replica: Replica
    relayed: Relayed
    who: Who


@dataclass(frozen=True, slots=True)
class Queue:
    """How many changes of the device wait for the relay, and how many may: of those that this
    session may send."""

    depth: int = 0
    bound: int = 0
    """0: the space follows no relay, so nothing waits for one."""

    @property
    def is_long(self) -> bool:
        """Whether it is time to warn somebody."""
        return 0 < self.bound * WARNING <= self.depth

    @property
    def room(self) -> int:
        """How many more changes are taken; meaningless without a bound."""
        return max(0, self.bound - self.depth)


def own_waiting(tab: Owner) -> Sequence[Change]:
    """What is not decided yet and this session may send, in no order."""
    may_send = tab.who.may_send
    return [each.change for each in tab.replica.pending.values() if may_send((each.change,))]


def queue_of(tab: Owner) -> Queue:
    """How it stands, as this tab knows it."""
    if not tab.relayed.epoch:
        return Queue()
    return Queue(len(own_waiting(tab)), ordinary_of(tab.replica.view).queue_size)


def is_full(tab: Owner, change: Change, *, again: bool) -> bool:
    """Whether the queue takes this change no more; `again`: its function runs once more."""
    pending = len(tab.replica.pending)
    if pending < QUEUE_SIZES[0] or not tab.relayed.epoch:  # The common case costs next to nothing.
        return False
    if not change.ops or (again and change.meta.supersedes):
        return False
    bound = ordinary_of(tab.replica.view).queue_size
    if pending < bound:
        return False
    own, schema = own_waiting(tab), tab.replica.schema
    if len(own) < bound or not _keeps_house(change, schema):
        return len(own) >= bound
    house = sum(_keeps_house(each, schema) for each in own)
    return len(own) >= bound + RESERVE and house >= RESERVE


def full(tab: Owner) -> Refused:
    """The refusal, in words that say what to do."""
    waiting = len(own_waiting(tab))
    message = (
        f"{waiting:,} changes of this device wait for the server, and it keeps no more: this one "
        "was not made. Try again when the server has taken some of them."
    )
    return Refused(QUEUE_FULL, message, {"waiting": waiting})


def _keeps_house(change: Change, schema: Schema) -> bool:
    settings, keys = schema.settings, schema.housekeeping
    return all((op.key, op.rid) == settings or op.key.startswith(keys) for op in change.ops)
