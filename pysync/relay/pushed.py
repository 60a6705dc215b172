"""What was pushed and is to be decided; and when it was made, by the relay's clock instead of the
author's.

A device says with every push what its clock shows, so the relay knows how far it is off, and moves
the stamps of what is pushed by that: made-at = arrival - (device's time at sending - device's time
at creation). The correction stands in the entry, so that every replica applies the same.

TIME-1 no stamp in the log lies more than MAX_AHEAD after its arrival, whatever a clock says, and
nothing is refused for its clock. Floor: `guests`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pysync.errors import ProtocolError
from pysync.machines.batches import Batch, clock_of, name_of
from pysync.machines.push_frames import Push
from pysync.machines.relay_frames import FAILED, REJECT, encode_frame
from pysync.machines.rounds import Round
from pysync.model.rights import NOT_PERMITTED
from pysync.relay.effects import Denied, Send
from pysync.relay.guest import Guest
from pysync.values.clock import CLOCK_ERROR_MS, MAX_AHEAD, wall_of


class Pushed(NamedTuple):
    """A batch that waits to be decided."""

    conn: str
    guest: Guest
    text: str
    push: Push
    arrived: float
    """When, by the relay's clock (ms since 1970)."""

    def timed(self, batch: Batch) -> tuple[Batch, int]:
        """The batch with its clock set right, and by how many ms that was; signed by whose deeds
        it holds."""
        ms = correction(batch, self.push.sent, self.arrived)
        return self.guest.signed(batch.moved(ms) if ms else batch), ms


def correction(batch: Batch, sent: int, now: float) -> int:
    """By how many ms the stamps of a batch are to be moved that was sent at `sent` by its device's
    clock (0: not known) and arrived at `now` by the relay's."""
    off = int(now) - sent if sent else 0
    if abs(off) <= CLOCK_ERROR_MS:
        off = 0
    newest = max(wall_of(change.mark.stamp) for change in batch.changes)
    if off > 0:
        # Of a slow clock the stamps may have been pulled forward by what was heard meanwhile.
        off -= min(max(0, newest - clock_of(batch.text)), off)
    newest += off
    # A clock that was set back between writing and sending: no later than now.
    return off if newest <= now + MAX_AHEAD else off + int(now) - newest


def not_taken(pushed: Pushed, error: Exception) -> Iterator[Send | Denied]:
    """Nothing became of a batch: it makes no sense, or a function of the application, or we, failed
    on it. Then its device is told no more than that: what failed may name what it must not see."""
    batch, kind = name_of(pushed.text), type(error).__name__
    if isinstance(error, ProtocolError):
        yield Send(pushed.conn, encode_frame(REJECT, batch, "malformed", str(error)))
        return
    pushed.guest.behind.hold(pushed.text)
    message = f"the server failed on it ({kind}): it is kept here, whoever runs the server sees why"
    yield Send(pushed.conn, encode_frame(REJECT, batch, FAILED, message))
    yield Denied(pushed.conn, f"{batch}: {error!r}", 1, FAILED)


def notes_of(made: Round, conn: str) -> Iterator[Denied]:
    """For the audit trail: what of it went beyond the rights of who sent it, and whom it erases."""
    beyond = [each.message for each in made.decisions[0].values() if each.code == NOT_PERMITTED]
    if beyond:
        yield Denied(conn, beyond[0], len(beyond))
    erased = sorted("/".join(ref) for ref in made.erases)
    if erased:
        yield Denied(conn, erased[0], len(erased), "erased")
