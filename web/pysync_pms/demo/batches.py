"""Steps of the demonstration in changes of a few, so that a page breathes between them.

Stands on `commands`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pysync_pms.commands import (
    Cancel,
    Charge,
    CheckIn,
    CheckOut,
    Command,
    CreateReservation,
    NoShow,
    execute,
)
from pysync_pms.importing.run import Target
from pysync_pms.stock.counting import CountSheet
from pysync_pms.stock.moving import Moving

__all__ = ["Step", "batches", "give"]

BATCH: Final = 10
Step = tuple[Command, str]
"""A command and the business date on which it is given."""
_FOLLOWS: Final = (CreateReservation, CheckIn, CheckOut, Cancel, NoShow)


def batches(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """About `BATCH` commands each. The rules see what a change comes to: one stay's booking and
    check-in stay together, for a stay that was booked does not leave without having come; and what
    is charged goes before the check-out, else it were charged to somebody who has left. Of one item
    something is moved once in a change."""
    batch: list[Step] = []
    for command, today in steps:
        full = len(batch) >= BATCH and not isinstance(command, _FOLLOWS)
        if full or _leaves_charged(command, batch) or _moves_again(command, batch):
            yield batch
            batch = []
        batch.append((command, today))
    yield batch


def _leaves_charged(command: Command, batch: Sequence[Step]) -> bool:
    return isinstance(command, CheckOut) and any(
        isinstance(each, Charge) and each.stay == command.id for each, _ in batch
    )


def _moves_again(command: Command, batch: Sequence[Step]) -> bool:
    """Whether something of it was moved already: what there is then is known after the change."""
    if isinstance(command, CountSheet):
        return any(isinstance(each, Moving) for each, _ in batch)
    return isinstance(command, Moving) and any(
        isinstance(each, CountSheet) or (isinstance(each, Moving) and each.item == command.item)
        for each, _ in batch
    )


def give(space: Target, steps: Sequence[Step], author: str) -> None:
    """Give them as one change."""

    def write(draft: object) -> None:
        for command, today in steps:
            execute(draft, [command], today)  # type: ignore[arg-type]

    space.run("Demonstration data", write, author=author)
