"""Claims that a device began with and brings along to a server.

How such a claim came to be nobody knows here, so it is judged as it stands: CLAIM-7 it bears no
name but that of who brings it, where people sign in, and decides nothing of theirs. Stands on
`claim_guard`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pysync.model.change import Change
from pysync.model.guard import Check, Record, Refuse, Verdict, View
from pysync_pms.expenses.claim_guard import OWN, ClaimKind, brings_own, differ, paid_already
from pysync_pms.expenses.claims import DRAFT, SUBMITTED, payment_key, state_of, submission_of

_NAMES = ("owner", "submitted_by", "decided_by", "paid_by")


def found_claims(kinds: Sequence[ClaimKind]) -> Check:
    """What judges claims of these kinds that are told by a founder."""
    by_name: Mapping[str, ClaimKind] = {kind.schema.name: kind for kind in kinds}

    def check(
        before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
    ) -> Verdict:
        for collection, record_id in sorted(refs):
            kind, new = by_name.get(collection), after.get(collection, record_id)
            if kind is not None and new is not None:
                refusal = _not_so(kind, before, after, new, change)
                refusal = refusal or _paid_for_others(by_name, after, collection, new)
                if refusal is not None:
                    return refusal
        return None

    return check


def _not_so(
    kind: ClaimKind, before: View, after: View, claim: Record, change: Change
) -> Refuse | None:
    if missing := kind.schema.missing(claim):
        return Refuse("incomplete", f"A claim needs {', '.join(missing)}.")
    if wrong := kind.misfit(after, claim):
        return Refuse("claim", wrong)
    if (claim.get("decided") or 0) > submission_of(claim):
        return Refuse("submission", "A submission is counted, with its day.")
    if signed_otherwise(change, claim, _NAMES):
        return Refuse("signed", "A claim says by whom something was done to it.")
    decided = state_of(claim) not in (DRAFT, SUBMITTED)
    return OWN if decided and brings_own(before, after, claim, change) else None


def signed_otherwise(change: Change, record: Record, names: Iterable[str]) -> bool:
    """Whether what is brought along bears a name for which nobody vouches: where people sign in,
    any but that of who brings it (AUTHOR-2)."""
    known = ("", change.brought_by)
    return bool(change.brought_by) and any((record.get(each) or "") not in known for each in names)


def _paid_for_others(
    by_name: Mapping[str, ClaimKind], after: View, collection: str, claim: Record
) -> Refuse | None:
    """Whether another payment has that reference; claims of one payment come one by one."""
    key = payment_key(claim)
    for name in by_name if key is not None else ():
        for other in after.find(name, "repaid_by", key):
            itself = (name, other["id"]) == (collection, claim["id"])
            if not itself and differ(("payment", "staff"), other, claim):
                return paid_already(claim.get("reference") or "", other)
    return None
