"""A guest: one connection that said hello, and whose deeds are what it sends.

AUTHOR-1 where somebody is signed in, guards take what comes for their deed: another name in it is
rejected, and a missing one is theirs. AUTHOR-2 what is brought along was made where nobody vouched
for names: they stay in the history, as testimony, and guards take it for nobody's deed, unless the
name is that of whoever brings it; so no approval is anybody's who did not give it here. Guards are
told who brings it, because it is them whom it may favour. Floor: `machines`, `model`,
`behind`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pysync.machines.batches import Batch
from pysync.model.cell import FOUNDER
from pysync.model.rights import Rights
from pysync.model.roles import Person
from pysync.relay.behind import Behind


@dataclass(slots=True)
class Guest:
    """One connection."""

    device: str
    life: str
    person: Person | None = None
    """Who is signed in on it; None where nobody has to."""
    rights: Rights | None = None
    """What that person may do; None: everything."""
    sees: Rights | None = None
    """Where something is hidden from it, or left out by its device: what it may read."""
    joins: bool = False
    """Whether it brings what was made before its device knew of this log."""
    browser: str = ""
    """What the server calls the device."""
    began: int = 0
    """Where it began to follow: of what stands before it is sent no entries."""
    sent: int = 0
    """Entries up to this one were sent on it."""
    follows: bool = False
    """Whether it has a state to apply entries to."""
    reading: bool = False
    """Whether the log is being read for it."""
    checking: bool = False
    """Whether what is read says first if the device stands on this log at all."""
    congested: bool = False
    behind: Behind = field(default_factory=Behind)
    """What it has to wait for, of what the relay failed on."""

    @property
    def origin(self) -> str:
        """Names whoever keeps the batches it sends."""
        return f"{self.device}/{self.life}"

    @property
    def name(self) -> str:
        """Of whose session it is in; "" where nobody signs in."""
        return self.person.name if self.person is not None else ""

    def may_author(self, batch: Batch) -> bool:
        """Whether its session is the one to send these changes. Of what is brought nobody can tell
        who made it. Only who brings something founds it."""
        person = self.person
        if batch.tab.startswith(FOUNDER) and not self.joins:
            return False
        return (
            person is None
            or self.joins
            or all(change.meta.author in ("", person.name) for change in batch.changes)
        )

    def signed(self, batch: Batch) -> Batch:
        """The batch as guards are to take it (AUTHOR-1, AUTHOR-2); the same where nobody signs
        in."""
        person = self.person
        if person is None:
            return batch
        name = person.name
        if not self.joins:
            return batch.signed(lambda _: (name, ""))
        return batch.signed(lambda change: (name if change.meta.author == name else "", name))
