"""Every kind of claim that the hotel knows, and the one guard over all of them.

Stands on `expenses`, `staffing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.model.guard import Guard
from pysync_pms.expenses.claim_guard import ClaimKind, claims_guard
from pysync_pms.expenses.found_claims import found_claims
from pysync_pms.expenses.schema import EXPENSE
from pysync_pms.staffing.schema import TRIPS

CLAIM_KINDS: Final[Mapping[str, ClaimKind]] = {kind.schema.name: kind for kind in (EXPENSE, TRIPS)}
"""By collection."""
CLAIM_GUARDS: Final[tuple[Guard, ...]] = (
    claims_guard(tuple(CLAIM_KINDS.values()), found_claims(tuple(CLAIM_KINDS.values()))),
)
