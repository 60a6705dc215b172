"""Conflicts: the durable record of two writes of one register, neither of whose authors had seen
the other. The value that lost is a candidate here and can be restored. Floor: `cell`,
`merge`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pysync.errors import ProtocolError
from pysync.model.cell import Mark
from pysync.model.merge import ABSENT
from pysync.values.jsonvalue import Json, freeze

Status = Literal["auto", "open", "resolved"]
KEPT: Final = 1_000
"""Settled conflicts kept at hand; older ones are found in the record's history."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the values, and who wrote it."""

    value: Json
    mark: Mark

    def encode(self) -> list[Any]:
        """As JSON."""
        return [self.value, *self.mark.encode()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two writes of `register` of one record. `auto`: settled by rule, the loser kept; `open`: the
    shown value is provisional until somebody resolves it; `resolved`: a later change settled it.
    `strategy` is the rule that was applied (`policy`), or in words what happened."""

    id: str
    key: str
    rid: str
    register: str
    status: Status
    strategy: str
    shown: Candidate
    other: Candidate
    base: str | None = None
    """The version that the incoming author had seen, "" if nothing was there; None: not known."""
    before: Any = ABSENT
    """Its value, if that travelled with the change; else the record's history may know it."""

    @property
    def incoming(self) -> Candidate:
        """The one that came when the other was there already: the sender's own value."""
        ours = self.other.mark.version == self.id.rpartition(":")[0]
        return self.other if ours else self.shown

    @property
    def there(self) -> Candidate:
        """The one that was there."""
        return self.shown if self.incoming is self.other else self.other

    def resolved(self) -> Conflict:
        """The same, settled."""
        return replace(self, status="resolved")

    def encode(self) -> list[Any]:
        """As JSON; what is known of the time before comes last, as far as it is known."""
        row = [
            self.id,
            self.key,
            self.rid,
            self.register,
            self.status,
            self.strategy,
            self.shown.encode(),
            self.other.encode(),
        ]
        if self.before is not ABSENT:
            return [*row, self.base, self.before]
        return row if self.base is None else [*row, self.base]


def decode_conflict(row: Any) -> Conflict:
    """Read what `encode` wrote, or an older build, which knew nothing of the time before; what a
    newer one adds passes by. Raises ProtocolError."""
    try:
        id_, key, rid, register, status, strategy, shown, other, *more = row
        if status not in ("auto", "open", "resolved"):
            raise ProtocolError(f"conflict status {status!r}")
        return Conflict(
            id=str(id_),
            key=str(key),
            rid=str(rid),
            register=str(register),
            status=status,
            strategy=str(strategy),
            shown=_candidate(shown),
            other=_candidate(other),
            base=str(more[0]) if more else None,
            before=freeze(more[1]) if len(more) > 1 else ABSENT,
        )
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"malformed conflict: {error}") from None


def _candidate(row: Any) -> Candidate:
    value, tab, n, stamp, author = row
    if type(n) is not int or type(stamp) is not int:
        raise ProtocolError("a candidate's mark is numbers")
    return Candidate(freeze(value), Mark(str(tab), n, stamp, str(author)))
