"""Claims: the life of what somebody wants back from the hotel, from the draft until it is paid.

    draft -> submitted -> approved -> paid
                 \\          \\ (taken back)
                  -> rejected <- ... -> submitted again

The state is not stored: it is read off what was done, each deed in fields of its own, because
rights are given by field. Submissions are counted, and a decision names the one it is about: what
was decided of an older one says nothing of what was submitted since. CLAIM-1 `TABLE` answers every
event in every state: with the state that follows, or with a sentence. Stands on `fields`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Final

from pysync.model.guard import Record
from pysync.model.schema import Field
from pysync_pms.expenses.words import REPAID_BY
from pysync_pms.fields import DAY, NAME_MAX, count, one_of, text

DRAFT: Final = "draft"
SUBMITTED: Final = "submitted"
REJECTED: Final = "rejected"
APPROVED: Final = "approved"
PAID: Final = "paid"
STATES: Final = (DRAFT, SUBMITTED, REJECTED, APPROVED, PAID)
GONE: Final = "gone"
"""What follows a draft that is discarded."""

EDIT: Final = "edit"
SUBMIT: Final = "submit"
APPROVE: Final = "approve"
REJECT: Final = "reject"
TAKE_BACK: Final = "take-back"
"""Its approval is: it is as if it had been rejected, until it is paid."""
BOOK: Final = "book"
"""It is counted under another category or cost centre than its owner said."""
PAY: Final = "pay"
DISCARD: Final = "discard"
EVENTS: Final = (EDIT, SUBMIT, APPROVE, REJECT, TAKE_BACK, BOOK, PAY, DISCARD)

_WAITS: Final = "It was submitted and waits for a decision: have it rejected to change it."
_FINAL: Final = "It was approved: have that taken back to change it."
_WAS_PAID: Final = "It was paid: it stays as it is."
_NOT_YET: Final = "It is a draft: its owner submits it first."
_DECIDED: Final = "It was approved already: that decision stands."
_TURNED_DOWN: Final = "It was rejected already: its owner changes it and submits it again."
_KEPT: Final = "Only a draft that was never submitted is discarded."

TABLE: Final[Mapping[str, Mapping[str, str]]] = {
    DRAFT: {
        EDIT: DRAFT,
        SUBMIT: SUBMITTED,
        DISCARD: GONE,
        APPROVE: _NOT_YET,
        REJECT: _NOT_YET,
        TAKE_BACK: _NOT_YET,
        PAY: _NOT_YET,
        BOOK: "It is a draft: its owner says what it is counted under.",
    },
    SUBMITTED: {
        APPROVE: APPROVED,
        REJECT: REJECTED,
        TAKE_BACK: "It was not approved yet: reject it instead.",
        BOOK: SUBMITTED,
        EDIT: _WAITS,
        DISCARD: _KEPT,
        SUBMIT: "It was submitted already, and waits for a decision.",
        PAY: "It was not approved yet: it is paid after that.",
    },
    REJECTED: {
        EDIT: REJECTED,
        SUBMIT: SUBMITTED,
        **dict.fromkeys((APPROVE, REJECT, TAKE_BACK, BOOK, PAY), _TURNED_DOWN),
        DISCARD: _KEPT,
    },
    APPROVED: {
        TAKE_BACK: REJECTED,
        BOOK: APPROVED,
        PAY: PAID,
        EDIT: _FINAL,
        SUBMIT: _FINAL,
        APPROVE: _DECIDED,
        REJECT: _DECIDED,
        DISCARD: _KEPT,
    },
    PAID: {**dict.fromkeys(EVENTS, _WAS_PAID), PAY: "It was paid already.", DISCARD: _KEPT},
}
"""By state and event: the state that follows, or why nothing does."""

REASON_MAX: Final = 300
SUBMISSION: Final = ("submission", "submitted_on", "submitted_by")
DECISION: Final = ("decision", "decided", "decided_on", "decided_by", "reason")
PAYMENT: Final = ("paid_on", "paid_by", "method", "reference", "payment")
CLAIM_GROUPS: Final = (SUBMISSION, DECISION, PAYMENT)
"""What merges as one: no claim is half decided or half paid."""
CLAIM_FIELDS: Final[Mapping[str, Field]] = {
    "owner": text(NAME_MAX),
    "submission": count(10_000),
    "submitted_on": DAY,
    "submitted_by": text(NAME_MAX),
    "decision": one_of((APPROVED, REJECTED, TAKE_BACK)),
    "decided": count(10_000),
    "decided_on": DAY,
    "decided_by": text(NAME_MAX),
    "reason": text(REASON_MAX),
    "paid_on": DAY,
    "paid_by": text(NAME_MAX),
    "method": one_of(REPAID_BY),
    "reference": text(120),
    "payment": text(200),
}
"""The fields of a claim, whatever it is for. `owner` is the account that made it, and `..._by` the
one that did the rest: "" where nobody signs in. `payment` is the payment's own id, made before it
is posted, so that the same one sent twice is one and another one is another."""


def submission_of(claim: Record) -> int:
    """How often it was submitted."""
    return claim.get("submission") or 0


def state_of(claim: Record) -> str:
    """Where it stands.

    >>> state_of({"submission": 2, "decided": 1, "decision": "rejected"})
    'submitted'
    """
    if claim.get("paid_on"):
        return PAID
    if not submission_of(claim):
        return DRAFT
    if claim.get("decided") == submission_of(claim):
        return APPROVED if claim.get("decision") == APPROVED else REJECTED
    return SUBMITTED


def follows(state: str, event: str) -> str | None:
    """The state after the event; None if it cannot happen in this one."""
    following = TABLE[state][event]
    return following if following in STATES or following == GONE else None


def why_not(state: str, event: str) -> str | None:
    """Why the event cannot happen in this state, in a sentence; None if it can."""
    return None if follows(state, event) is not None else TABLE[state][event]


def payment_key(claim: Record) -> tuple[str, str] | None:
    """By what a payment is known; None without a reference.

    >>> payment_key({"method": "cash"}) is None
    True
    """
    reference = claim.get("reference")
    return (claim.get("method") or "", reference) if reference else None


def repaid_by(claim: Record) -> Iterable[Hashable]:
    """An index: under what it was paid."""
    key = payment_key(claim)
    return () if key is None else (key,)


def by_state(claim: Record) -> Iterable[Hashable]:
    """An index: its state; what was paid, which only grows, under its month."""
    state = state_of(claim)
    return ((state, (claim.get("paid_on") or "")[:7]),) if state == PAID else (state,)
