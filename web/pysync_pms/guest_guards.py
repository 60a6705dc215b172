"""The rule of guests who are one person.

GUARD-6 merged guests form no circle. Stands on `words`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

from pysync.model.guard import Guard, Record, Refuse, Verdict, View
from pysync_pms.words import GUESTS


def check_guests(
    before: View, after: View, _change: Any, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """A guest is merged into one who is there and is not merged away."""
    for _, guest_id in sorted(refs):
        guest = after.get(GUESTS, guest_id)
        target = guest.get("merged_into") if guest is not None else None
        old = before.get(GUESTS, guest_id)
        if not target or (old is not None and old.get("merged_into") == target):
            continue
        kept = after.get(GUESTS, target)
        if kept is None or kept.get("merged_into") or target == guest_id:
            return Refuse(
                "merge-circle",
                "The profile to keep was itself merged into another meanwhile: open that one.",
                {"guest": guest_id, "into": kept.get("merged_into") if kept else None},
            )
    return None


def found_guests(
    _before: View, after: View, _change: Any, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of guests that a device began with: into whom they were merged may follow."""
    for _, guest_id in sorted(refs):
        seen, at = [guest_id], guest_id
        while at := (after.get(GUESTS, at) or {}).get("merged_into") or "":
            if at in seen:
                return Refuse("merge-circle", "These profiles were merged into each other.")
            seen.append(at)
    return None


def _guest_tokens(_: str, record: Record) -> Iterable[Hashable]:
    return (record["id"], record.get("merged_into"))


MERGED_GUESTS: Final = Guard(
    "guests", frozenset((GUESTS,)), check_guests, _guest_tokens, found_guests
)
