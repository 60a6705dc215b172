"""What is done with claims of every kind: submit, decide, pay, discard. Stands on `claim_guard`.

`by` is the account of whoever does it, as histories name them: "" where nobody signs in. What a
command checks is what the guard judges, by the same function. A submission, a decision and a
payment are put right by what follows them, never undone.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, Refuse, View
from pysync_pms.claim_kinds import CLAIM_KINDS
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.expenses.claim_guard import TWO_PEOPLE, cannot, judge, paid_already
from pysync_pms.expenses.claims import (
    APPROVE,
    APPROVED,
    BOOK,
    PAY,
    REASON_MAX,
    REJECT,
    REJECTED,
    SUBMIT,
    TAKE_BACK,
    payment_key,
    state_of,
    submission_of,
)
from pysync_pms.words import STAFF

GONE = Problem(code="gone", message="It is not there any more: somebody discarded it.")


def problem_of(refusal: Refuse | None, field: str = "") -> list[Problem]:
    """What a guard would say, as a command says it."""
    if refusal is None:
        return []
    return [Problem(code=refusal.code, message=refusal.message, field=field)]


def whose(view: View, claim: Record) -> str:
    """The name of whom the claim is for."""
    person = view.get(STAFF, claim.get("staff") or "") or {}
    return str(person.get("name") or "somebody")


def noun(collection: str) -> str:
    """What one claim of it is called."""
    return {"expenses": "expense", "mileage": "trip"}.get(collection, collection.replace("_", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfClaim(Command):
    """Something that is done to one claim, as the `changes` say."""

    collection: str
    id: str
    by: str = ""

    @property
    def event(self) -> str:
        """What happens to the claim, of `EVENTS`."""
        return BOOK

    def changes(self, claim: Record) -> Mapping[str, Any]:
        """What it writes."""
        raise TypeError(f"{type(self).__name__} writes nothing")

    def check(self, view: View, today: str) -> list[Problem]:
        """Judged as the guard does."""
        kind, claim = CLAIM_KINDS.get(self.collection), view.get(self.collection, self.id)
        if kind is None or claim is None:
            return [GONE]
        changes = self.changes(claim)
        found = field_problems(self.collection, changes)
        refusal = cannot(state_of(claim), self.event)
        refusal = refusal or judge(kind, view, claim, {**claim, **changes}, self.by)
        return found or problem_of(refusal)

    def apply(self, draft: Drafting) -> str:
        """Write it."""
        claim = draft.get(self.collection, self.id) or {"id": self.id}
        draft.update(self.collection, self.id, self.changes(claim))
        return self.id

    def _named(self, view: View) -> str:
        claim = view.get(self.collection, self.id) or {}
        return f"{noun(self.collection)} of {whose(view, claim)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitClaim(OfClaim):
    """Its owner asks for the money; from then on it stays as it is until somebody decided."""

    do: ClassVar[str] = "submit-claim"
    final: ClassVar[bool] = True

    on: str
    """The business date."""

    @property
    def event(self) -> str:
        """It is submitted."""
        return SUBMIT

    def changes(self, claim: Record) -> Mapping[str, Any]:
        """One submission more."""
        number = submission_of(claim) + 1
        return {"submission": number, "submitted_on": self.on, "submitted_by": self.by or None}

    def label(self, view: View) -> str:
        """Names whose it is."""
        return f"Submit {self._named(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class DecideClaim(OfClaim):
    """Somebody else approves or rejects the submission of that number: the one they looked at."""

    do: ClassVar[str] = "decide-claim"
    final: ClassVar[bool] = True

    submission: int
    on: str
    approve: bool = True
    reason: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """A rejection says why, beside its field."""
        if not self.approve and not self.reason.strip():
            return [Problem(code="no-reason", field="reason", message="Say why it is rejected.")]
        if len(self.reason) > REASON_MAX:
            message = f"Say it in {REASON_MAX} characters at most."
            return [Problem(code="field", field="reason", message=message)]
        return OfClaim.check(self, view, today)

    @property
    def event(self) -> str:
        """Which way it is decided."""
        return APPROVE if self.approve else REJECT

    def changes(self, claim: Record) -> Mapping[str, Any]:
        """The decision."""
        return {
            "decision": APPROVED if self.approve else REJECTED,
            "decided": self.submission,
            "decided_on": self.on,
            "decided_by": self.by or None,
            "reason": self.reason.strip() or None,
        }

    def label(self, view: View) -> str:
        """Says which way."""
        return f"{'Approve' if self.approve else 'Reject'} {self._named(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackClaim(OfClaim):
    """Somebody who may approve takes the approval back, as long as it is not paid: its owner can
    change it then, and submit it again. What was approved stays in its history."""

    do: ClassVar[str] = "take-back-claim"
    final: ClassVar[bool] = True

    submission: int
    on: str
    reason: str

    def check(self, view: View, today: str) -> list[Problem]:
        """Says why, beside its field."""
        if not self.reason.strip():
            return [Problem(code="no-reason", field="reason", message="Say why.")]
        return OfClaim.check(self, view, today)

    @property
    def event(self) -> str:
        """The approval is taken back."""
        return TAKE_BACK

    def changes(self, claim: Record) -> Mapping[str, Any]:
        """A decision in the place of the approval."""
        return {
            "decision": TAKE_BACK,
            "decided": self.submission,
            "decided_on": self.on,
            "decided_by": self.by or None,
            "reason": self.reason.strip(),
        }

    def label(self, view: View) -> str:
        """Names whose it is."""
        return f"Take the approval back: {self._named(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardClaim(OfClaim):
    """Its owner throws a draft away."""

    do: ClassVar[str] = "discard-claim"

    def check(self, view: View, today: str) -> list[Problem]:
        """Judged as the guard does."""
        kind, claim = CLAIM_KINDS.get(self.collection), view.get(self.collection, self.id)
        if kind is None or claim is None:
            return [GONE]
        return problem_of(judge(kind, view, claim, None, self.by))

    def apply(self, draft: Drafting) -> str:
        """Delete it."""
        draft.delete(self.collection, self.id)
        return self.id

    def label(self, view: View) -> str:
        """Names whose it is."""
        return f"Discard draft: {self._named(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class PayClaims(Command):
    """What was approved is paid back, in one payment to one person, whose reference counts once.
    `claims` are `collection/id`."""

    do: ClassVar[str] = "pay-claims"
    final: ClassVar[bool] = True

    id: str
    """The payment's, made before it is posted."""
    claims: tuple[str, ...]
    method: str
    on: str
    reference: str = ""
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """Each is approved, all are of one person, and the reference is new."""
        if not self.claims:
            return [Problem(code="none", message="Choose what is paid.")]
        people = set()
        for collection, claim in self._found(view):
            kind = CLAIM_KINDS.get(collection)
            if kind is None or claim is None:
                return [GONE]
            changes = self._changes()
            found = field_problems(collection, changes)
            refusal = cannot(state_of(claim), PAY)
            refusal = refusal or judge(kind, view, claim, {**claim, **changes}, self.by)
            found = found or problem_of(refusal)
            if found:
                return found
            people.add(claim.get("staff"))
        key = payment_key(self._changes())
        for name in CLAIM_KINDS if key is not None else ():
            for other in view.find(name, "repaid_by", key):
                return problem_of(paid_already(self.reference.strip(), other), "reference")
        return problem_of(TWO_PEOPLE) if len(people) > 1 and key is not None else []

    def apply(self, draft: Drafting) -> str:
        """Write the payment into each."""
        for row in self.claims:
            collection, _, id_ = row.partition("/")
            draft.update(collection, id_, self._changes())
        return self.claims[-1].partition("/")[2]

    def label(self, view: View) -> str:
        """Names whom, and counts."""
        names = {whose(view, claim or {}) for _, claim in self._found(view)}
        return f"Pay {', '.join(sorted(names))} ({len(self.claims)})"

    def _found(self, view: View) -> Iterator[tuple[str, Record | None]]:
        for row in self.claims:
            collection, _, id_ = row.partition("/")
            yield collection, view.get(collection, id_) if collection in CLAIM_KINDS else None

    def _changes(self) -> dict[str, Any]:
        row = {"method": self.method, "reference": self.reference.strip(), "paid_by": self.by}
        row["payment"] = self.id
        return {"paid_on": self.on, **present(row)}
