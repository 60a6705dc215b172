"""The rule of accounts, which holds whatever the timing and whoever is offline.

STAFF-1 whom an account belongs to, by which people are kept from deciding of their own, is not
taken away by whom it concerns, unless the hotel lets them decide of their own. Stands on
`claim_guard`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from pysync.model.change import Change
from pysync.model.guard import Guard, Record, Refuse, Verdict, View
from pysync_pms.expenses.claim_guard import brings_own, decides_own
from pysync_pms.words import HOTEL, SETTINGS, STAFF

_OWN_ACCOUNT: Final = Refuse(
    "own-account",
    "Nobody takes their own account away from themselves: somebody else who may does.",
)


def check_accounts(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rule of accounts, for every person that the change touched."""
    for record_id in sorted(rid for collection, rid in refs if collection == STAFF):
        old, new = before.get(STAFF, record_id) or {}, after.get(STAFF, record_id) or {}
        known, kept = ((each.get("account") or "").strip().casefold() for each in (old, new))
        mine = {"staff": record_id}
        own = decides_own(before, mine, change.author) or brings_own(before, before, mine, change)
        if known != kept and own:
            return _OWN_ACCOUNT
    return None


def _tokens(_: str, record: Record) -> Iterable[Hashable]:
    """The person, and the hotel's settings."""
    return (record["id"], HOTEL)


ACCOUNTS: Final = Guard("accounts", frozenset((STAFF, SETTINGS)), check_accounts, _tokens)
