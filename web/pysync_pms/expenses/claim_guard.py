"""The rules of claims that hold whatever the timing and whoever is offline.

CLAIM-2 each deed is judged by `TABLE` on what the log holds when it is decided: only a draft or a
rejected claim is edited, what was approved never changes unless that is taken back before it is
paid, of two decisions the first stands, and nothing is paid twice. CLAIM-3 a decision is about the
newest submission, and says why unless it approves.
CLAIM-4 who signs in does so in their own name: only the owner edits and submits, and nobody decides
of their own claim, nor of one that is theirs by their account, unless the hotel's settings allow
it. CLAIM-5 one payment is one step: its method and reference repay what one person was paid in it,
and nothing later. CLAIM-6 what the hotel says of a claim, its rate, is not its owner's to write.
Stands on `claims`.

Guards know the author's name, not the role: which role may decide or pay is a matter of rights, by
field. Where nobody signs in, nobody is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pysync.model.change import Change
from pysync.model.guard import Amend, Check, Guard, Record, Refuse, Verdict, View
from pysync.model.schema import CollectionSchema
from pysync_pms.expenses.claims import (
    APPROVE,
    APPROVED,
    BOOK,
    DECISION,
    DISCARD,
    EDIT,
    PAY,
    PAYMENT,
    REJECT,
    REJECTED,
    SUBMISSION,
    SUBMIT,
    TAKE_BACK,
    payment_key,
    state_of,
    submission_of,
    why_not,
)
from pysync_pms.words import HOTEL, SETTINGS, STAFF

FIXED: Final = "hotels-rate"
_FIXED: Final = "It is paid at the hotel's rate."
OWN_CLAIMS: Final = "own_claims"
"""The setting that lets people decide of their own claims: for a hotel of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimKind:
    """A collection of claims. `own` are the fields its owner fills in, `booked` those by which it
    is counted otherwise; `misfit(after, claim)` says what is wrong with what was filled in."""

    schema: CollectionSchema
    own: tuple[str, ...]
    booked: tuple[str, ...] = ()
    misfit: Callable[[View, Record], str | None]
    fixed: Callable[[View, Record | None, Record], Mapping[str, Any] | Refuse] = lambda *_: {}
    """`fixed(after, old, claim)`: what the hotel says of it, by field, or why it says nothing."""


_DECIDES: Final = {APPROVED: APPROVE, REJECTED: REJECT, TAKE_BACK: TAKE_BACK}


def events_of(kind: ClaimKind, old: Record, new: Record) -> Iterator[str]:
    """What was done to a claim, in the order in which it is judged."""
    if differ(kind.own, old, new):
        yield EDIT
    if differ(SUBMISSION, old, new):
        yield SUBMIT
    if differ(DECISION, old, new):
        yield _DECIDES.get(str(new.get("decision")), REJECT)
    if differ(kind.booked, old, new):
        yield BOOK
    if differ(PAYMENT, old, new):
        yield PAY


def differ(names: Iterable[str], old: Record, new: Record) -> bool:
    return any(old.get(name) != new.get(name) for name in names)


def decides_own(view: View, claim: Record, author: str) -> bool:
    """Whether that account would decide of its own claim, which it may not."""
    if not author or (view.get(SETTINGS, HOTEL) or {}).get(OWN_CLAIMS):
        return False
    account = (view.get(STAFF, claim.get("staff") or "") or {}).get("account")
    own = (claim.get("owner"), claim.get("submitted_by"), account)
    return author.casefold() in {each.strip().casefold() for each in own if each}


OWN: Final = Refuse("own-claim", "Nobody decides of their own claim: somebody else does.")
_SIGNED: Final = {SUBMIT: "submitted_by", PAY: "paid_by"}


def claims_guard(kinds: Sequence[ClaimKind], found: Check) -> Guard:
    """The guard over these collections; `found` judges those that a device began with."""
    by_name: Mapping[str, ClaimKind] = {kind.schema.name: kind for kind in kinds}

    def check(
        before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
    ) -> Verdict:
        fields: dict[tuple[str, str], Mapping[str, Any]] = {}
        for collection, record_id in sorted(refs):
            kind = by_name.get(collection)
            if kind is None:
                continue
            old, new = before.get(collection, record_id), after.get(collection, record_id)
            refusal = judge(kind, after, old, new, change.author)
            if refusal is None and new is not None and (old is None or differ(PAYMENT, old, new)):
                refusal = _paid_otherwise(by_name, before, after, collection, new, refs)
            if refusal is None and new is not None:
                refusal = _let_oneself(kind, before, after, old, new, change)
            if refusal is None and new is not None:
                said = kind.fixed(after, old, new)
                if isinstance(said, Refuse):
                    refusal = said
                elif differ(said, new, said):
                    fields[collection, record_id] = said
            if refusal is not None:
                return refusal
        return Amend(FIXED, fields, _FIXED) if fields else None

    return Guard("claims", frozenset((*by_name, SETTINGS)), check, _tokens, found)


def _let_oneself(
    kind: ClaimKind, before: View, after: View, old: Record | None, new: Record, change: Change
) -> Refuse | None:
    """CLAIM-4 also by how things stood before the change: nobody makes it allowed, or somebody
    else's, in the very change that decides. Nor does anybody bring along what decides of theirs."""
    if not {*_DECIDES.values()} & {*events_of(kind, old or {}, new)}:
        return None
    own = decides_own(before, old or new, change.author)
    return OWN if own or brings_own(before, after, new, change) else None


def brings_own(before: View, after: View, claim: Record, change: Change) -> bool:
    """Whether who brings a decision along, made by nobody knows whom, would decide of their own."""
    return any(decides_own(view, claim, change.brought_by) for view in (before, after))


def judge(
    kind: ClaimKind, after: View, old: Record | None, new: Record | None, author: str
) -> Refuse | None:
    """Why what was done to one claim may not be, or not by this author; None if it may. Commands
    ask here, too. `old` and `new` are the claim before and after, None where there is none."""
    if new is None:
        if old is None:
            return None
        return _not_yours(old, author) or cannot(state_of(old), DISCARD)
    if missing := kind.schema.missing(new):
        return Refuse("incomplete", f"A claim needs {', '.join(missing)}.")
    if (old or new).get("owner") != new.get("owner") or (
        old is None and (new.get("owner") or "") != author
    ):
        words = "A claim belongs to whoever made it: its owner is the account that adds it."
        return Refuse("not-yours", words)
    claim: dict[str, Any] = {"id": new["id"], "owner": new.get("owner"), **(old or {})}
    for event in events_of(kind, old or {}, new):
        refusal = (
            cannot(state_of(claim), event)
            or _by_whom(after, claim, new, event, author)
            or _ill_done(kind, after, claim, new, event)
        )
        if refusal is not None:
            return refusal
        claim |= {name: new.get(name) for name in _written(kind, event)}
    return None


def cannot(state: str, event: str) -> Refuse | None:
    """Why the event cannot happen in that state."""
    sentence = why_not(state, event)
    if sentence is None:
        return None
    return Refuse(f"claim-{state}", sentence, {"state": state, "event": event})


def _written(kind: ClaimKind, event: str) -> tuple[str, ...]:
    by_event = {EDIT: kind.own, SUBMIT: SUBMISSION, BOOK: kind.booked, PAY: PAYMENT}
    return by_event.get(event, DECISION)


def _not_yours(claim: Record, author: str) -> Refuse | None:
    owner = claim.get("owner") or ""
    if owner in ("", author):
        return None  # what was made before anybody signed in is whoever's goes on with it
    if not author:
        return Refuse("sign-in", f"{owner} made it: sign in to go on with it.")
    return Refuse("not-yours", f"{owner} made it, and nobody else changes it.")


def _by_whom(after: View, claim: Record, new: Record, event: str, author: str) -> Refuse | None:
    """Whether this person may do that to it."""
    if event == EDIT:
        return _not_yours(claim, author)
    if event == BOOK:
        return None
    if (new.get(_SIGNED.get(event, "decided_by")) or "") != author:
        return Refuse("signed", "A claim says by whom something was done to it.")
    if event == SUBMIT:
        return _not_yours(claim, author)
    if claim.get("owner") and not author:
        return Refuse("sign-in", "Sign in to do this: the claim says by whom it was done.")
    if event != PAY and decides_own(after, claim, author):
        return OWN
    return None


def _ill_done(
    kind: ClaimKind, after: View, claim: Record, new: Record, event: str
) -> Refuse | None:
    """What is wrong with how it was done."""
    if event == EDIT:
        wrong = kind.misfit(after, new)
        return Refuse("claim", wrong) if wrong is not None else None
    if event == SUBMIT:
        right = submission_of(new) == submission_of(claim) + 1 and new.get("submitted_on")
        return None if right else Refuse("submission", "A submission is counted, with its day.")
    if event in _DECIDES.values():
        if new.get("decided") != submission_of(claim) or not new.get("decided_on"):
            return Refuse("older", "It was submitted anew since: look at it again.")
        if event != APPROVE and not (new.get("reason") or "").strip():
            return Refuse("no-reason", "A rejection says why, and so does who takes one back.")
    if event == PAY and not all(new.get(name) for name in ("paid_on", "method", "payment")):
        return Refuse("payment", "A payment has an id, a day and a method.")
    return None


def _paid_otherwise(
    by_name: Mapping[str, ClaimKind],
    before: View,
    after: View,
    collection: str,
    claim: Record,
    refs: frozenset[tuple[str, str]],
) -> Refuse | None:
    """Whether the payment under that reference was another one."""
    key = payment_key(claim)
    for name in by_name if key is not None else ():
        for other in after.find(name, "repaid_by", key):
            if (name, other["id"]) == (collection, claim["id"]):
                continue
            known = before.get(name, other["id"]) or {}
            if payment_key(known) == key or (name, other["id"]) not in refs:
                return paid_already(claim.get("reference") or "", other)
            if other.get("staff") != claim.get("staff"):
                return TWO_PEOPLE
    return None


TWO_PEOPLE: Final = Refuse("two-people", "One payment is to one person: pay each by itself.")


def paid_already(reference: str, claim: Record) -> Refuse:
    """Said of a payment that repaid this claim before."""
    message = f"The payment {reference} was posted already."
    return Refuse("paid-already", message, {"claim": claim["id"]})


def _tokens(_: str, record: Record) -> Iterable[Hashable]:
    """What a claim is weighed against: itself, its payment, and the hotel's settings."""
    key = payment_key(record)
    return (record["id"], HOTEL) if key is None else (record["id"], HOTEL, key)
