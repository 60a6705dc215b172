"""The rules of the ledger that hold whatever the timing and whoever is offline.

FOLIO-1 a line is never changed or deleted. The same line posted again under its id (a double
click, two desks, a retry after a lost answer) is one line; another one under that id is refused.
FOLIO-2 a reversal is the exact opposite of one line of its window, and a line has one at most.
FOLIO-3 parts of a line stand beside its reversal and sum to it, every tax too. FOLIO-4 what a
provider knows under one reference is one payment. FOLIO-6 a line bears the business date that the
log has when it is decided. FOLIO-7 a charge to a guest who has left is kept, and asks for
attention unless whoever posted it knew. FOLIO-8 a day that was closed stays closed, with the
figures it was closed with. A stay with lines is not deleted. Stands on `ledger`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.ledger import sum_taxes
from pysync_pms.words import (
    ATTENTION_WORDS,
    AUDITS,
    CHARGE,
    CHARGED_AFTERWARDS,
    CHECKED_OUT,
    HOTEL,
    LINES,
    RESERVATIONS,
    SETTINGS,
)

STAMPED: Final = "business-date"
AGAIN: Final = "posted-again"
_STAMPED_WORDS: Final = "It was posted on the hotel's business date, {on}."
_AGAIN_WORDS: Final = "It was posted already, and is there once."
_FINAL: Final = Refuse("posted", "What is posted stays as it is: reverse it, with a reason.")
_CLOSED: Final = Refuse("day-closed", "That day was closed already.")
_Fields = dict[tuple[str, str], Mapping[str, Any]]


def check_lines(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of the ledger, for every line that the change touched."""
    again = _posted_again(before, change)
    if isinstance(again, Refuse):
        return again
    settings = before.get(SETTINGS, HOTEL)
    day = settings.get("business_date") if settings is not None else None
    fields: _Fields = {}
    said = ""
    for collection, record_id in sorted(refs):
        if collection != LINES:
            if _stay_deleted(before, after, record_id):
                return Refuse("stay-has-lines", "This stay has a folio: cancel it instead.")
            continue
        old, new = before.get(LINES, record_id), after.get(LINES, record_id)
        if old is not None or new is None:
            if old != new and record_id not in again:
                return _FINAL
            if old is not None and old != new:
                said = said or AGAIN
                fields[LINES, record_id] = {name: old.get(name) for name in {**old, **(new or {})}
                                            if name != "id"}  # fmt: skip
            continue
        refusal = _misfit(after, new)
        if refusal is not None:
            return refusal
        if day and new.get("on") != day:
            fields[LINES, record_id] = {"on": day}
            said = said or STAMPED
        if _is_afterwards(after, new):
            fields[RESERVATIONS, new["stay"]] = {"attention": CHARGED_AFTERWARDS}
            said = CHARGED_AFTERWARDS
    if not fields or _holds(after, fields):
        return None
    words = ATTENTION_WORDS.get(said) or (
        _AGAIN_WORDS if said == AGAIN else _STAMPED_WORDS.format(on=day)
    )
    return Amend(said or STAMPED, fields, words)


def _holds(view: View, fields: _Fields) -> bool:
    """Whether all of this is so already: a second judgement asks for nothing more."""
    for (collection, record_id), values in fields.items():
        record = view.get(collection, record_id) or {}
        if any(record.get(name) != value for name, value in values.items()):
            return False
    return True


def _posted_again(before: View, change: Change) -> frozenset[str] | Refuse:
    """The lines of the change that are there already, by id. Refused if they say something else."""
    found: set[str] = set()
    for op in change.ops:
        old = before.get(LINES, op.rid) if op.key == LINES and op.kind == CREATE else None
        if old is None:
            continue
        mine = {name: value for name, value in op.fields.items() if name != "on"}
        if any(old.get(name) != value for name, value in mine.items() if "/" not in name):
            return Refuse(
                "posted-otherwise",
                "Something else was posted under this number meanwhile: look at the folio, and post"
                " it again if it is missing.",
                {"line": op.rid},
            )
        found.add(op.rid)
    return frozenset(found)


def _stay_deleted(before: View, after: View, stay: str) -> bool:
    if before.get(RESERVATIONS, stay) is None or after.get(RESERVATIONS, stay) is not None:
        return False
    return bool(before.find(LINES, "stay", stay))


def _misfit(after: View, line: Record) -> Refuse | None:
    """Why a new line cannot stand."""
    if after.get(RESERVATIONS, line["stay"]) is None:
        return Refuse("no-stay", "There is no such stay: it cannot be charged.")
    if line.get("reverses"):
        return _not_reversed(after, line)
    if line.get("part_of"):
        return _not_parted(after, line)
    if line.get("reference"):
        return _paid_twice(after, line)
    return None


def _not_reversed(after: View, line: Record) -> Refuse | None:
    whole = after.get(LINES, line["reverses"])
    if whole is None or whole.get("reverses"):
        return Refuse("not-reversible", "Only a charge or a payment can be reversed.")
    if [each["id"] for each in after.find(LINES, "reverses", whole["id"])] != [line["id"]]:
        return Refuse("reversed", "It was reversed already, or moved, by somebody else.")
    if not line.get("reason"):
        return Refuse("no-reason", "A reversal needs a reason.")
    same = all(line.get(name) == whole.get(name) for name in ("stay", "window", "kind", "category"))
    if not same or line["amount"] != -whole["amount"] or not _is_opposite(line, whole):
        return Refuse("not-opposite", "A reversal is the exact opposite of what it reverses.")
    return None


def _is_opposite(line: Record, whole: Record) -> bool:
    mine = [[code, rate, -amount] for code, rate, amount in line.get("taxes") or ()]
    return mine == [[*row] for row in whole.get("taxes") or ()]


def _not_parted(after: View, line: Record) -> Refuse | None:
    whole = after.get(LINES, line["part_of"])
    if whole is None or not after.find(LINES, "reverses", whole["id"]):
        return Refuse("not-reversed", "What is moved or split is reversed where it was.")
    parts = after.find(LINES, "part_of", whole["id"])
    kinds = {(part.get("kind"), part.get("category")) for part in parts}
    if (
        sum(part["amount"] for part in parts) != whole["amount"]
        or _nonzero(sum_taxes(parts)) != _nonzero(sum_taxes([whole]))
        or kinds != {(whole.get("kind"), whole.get("category"))}
    ):
        return Refuse("parts-differ", "The parts do not come to what was split.")
    return None


def _nonzero(rows: list[list[Any]]) -> list[list[Any]]:
    return [row for row in rows if row[2]]


def _paid_twice(after: View, line: Record) -> Refuse | None:
    key = (line.get("provider") or "", line["reference"])
    others = [each for each in after.find(LINES, "paid_by", key) if each["id"] != line["id"]]
    if not others:
        return None
    return Refuse(
        "paid-already",
        f"The payment {line['reference']} was posted already.",
        {"line": others[0]["id"], "stay": others[0]["stay"]},
    )


def _is_afterwards(after: View, line: Record) -> bool:
    if line.get("kind") != CHARGE or line.get("late"):
        return False
    if line.get("reverses") or line.get("part_of"):
        return False
    stay = after.get(RESERVATIONS, line["stay"])
    return stay is not None and stay.get("status") == CHECKED_OUT


def _tokens(collection: str, record: Record) -> Iterable[Hashable]:
    """What lines are weighed against: their stay, what they correct, how a provider knows them."""
    if collection == RESERVATIONS:
        return (record["id"],)
    reference = record.get("reference")
    named = (record["id"], record.get("stay"), record.get("reverses"), record.get("part_of"))
    paid = ((record.get("provider") or "", reference),) if reference else ()
    return (*(each for each in named if each), *paid)


def check_audits(
    before: View, after: View, _change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """A day that was closed stays as it is."""
    for _, day in refs:
        if before.get(AUDITS, day) not in (None, after.get(AUDITS, day)):
            return _CLOSED
    return None


LEDGER_GUARDS: Final = (
    Guard("ledger", frozenset((LINES, RESERVATIONS)), check_lines, _tokens),
    Guard("audits", frozenset((AUDITS,)), check_audits, lambda _, record: (record["id"],)),
)
