"""The carrier: what a session with a relay stands on, and whom it tells.

Floor: `relay_frames`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from pysync.machines.relay_frames import Cursor, Heard, RelayFrame
from pysync.model.ordinary import Ordinary
from pysync.model.roles import Person


class Carrier(Protocol):
    """What a session asks of whoever carries it."""

    left_out: frozenset[str]
    """Modules that the device does not want to hear of."""

    def cursor(self) -> Cursor | None:
        """Where the newest entry that is stored ends; None if none of any log is."""

    def unsent(self) -> Iterable[tuple[str, str]]:
        """Name and text of what is stored and has no entry yet; an author's in its order."""

    def void(self, batch: str) -> Collection[int]:
        """Which of its changes must have no effect."""

    def runs_again(self, batch: str) -> bool:
        """Whether its author is there to run a function in it again."""

    def ordinary(self) -> Ordinary:
        """How the space has its devices stand with the relay."""

    def check_sum(self) -> tuple[Any, ...]:
        """What is stored, for the relay to compare, as the parts of a ping; () where that is not
        known now."""

    def welcomed(self, person: Person | None, ahead: int) -> None:
        """The relay says whose session this is (None where nobody signs in), and by how many ms the
        clock here is ahead of its own."""

    def entries(self, epoch: str, rows: list[Heard]) -> None:
        """These follow what was handed over before: store and apply them, in their order."""

    def rejected(self, batch: str, code: str, message: str) -> None:
        """This batch will never be in the log."""

    def known(self, batch: str, special: Any) -> None:
        """This batch is in the log where the device began to follow it; these are its exceptions,
        as JSON. Raises ProtocolError."""

    def present(self, frame: RelayFrame) -> None:
        """Who else is here. Raises ProtocolError."""

    def renew(self, *, diverged: bool) -> None:
        """What is stored is not of the relay's log any more, or (`diverged`) not what that makes of
        it: take its state over anew, then lead
        again; or tell the session that it was `not_renewed`."""

    def session_changed(self) -> None:
        """`state` or `reason` is another."""
