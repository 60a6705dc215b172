"""The carrier: what a session with a relay stands on, and whom it tells.

Floor: `relay_frames`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pysync.machines.relay_frames import Cursor, Heard
from pysync.model.roles import Person


class Carrier(Protocol):
    """What a session asks of whoever carries it."""

    def cursor(self) -> Cursor | None:
        """Where the newest entry that is stored ends; None if none of any log is."""

    def unsent(self) -> Iterable[tuple[str, str]]:
        """Name and text of what is stored and has no entry yet; an author's in its order."""

    def is_present(self, tab: str) -> bool:
        """Whether that tab of the device is open, to run a function again."""

    def welcomed(self, person: Person | None) -> None:
        """The relay says whose session this is; None where nobody signs in."""

    def entries(self, epoch: str, rows: list[Heard]) -> None:
        """These follow what was handed over before: store and apply them, in their order."""

    def rejected(self, batch: str, code: str, message: str) -> None:
        """This batch will never be in the log."""

    def renew(self) -> None:
        """What is stored is not of the relay's log any more: take its state over anew, then lead
        again; or tell the session that it was `not_renewed`."""

    def session_changed(self) -> None:
        """`state` or `reason` is another."""
