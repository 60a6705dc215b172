"""The rules of the ledger that hold whatever the timing and whoever is offline.

FOLIO-1 a line is never changed or deleted. The same line posted again under its id (a double click,
two desks, a retry after a lost answer) is one line; of a night the first one counts, whatever it
says; another one under any other id is refused. FOLIO-2 a reversal is the exact opposite of one
line of its window, and a line has one at most. FOLIO-3 parts of a line are posted with its reversal
and sum to it, every tax too. FOLIO-4 what a provider knows under one reference is one payment,
unless it was reversed. FOLIO-6 a line bears the business date that the log has when it is decided
(`day_guards`). FOLIO-7 if a guest who has left owes more than was known at the check-out, in
whatever order it was decided, the stay asks for attention. FOLIO-9 a folio has one currency. A stay
with lines is not deleted. Stands on `ledger`, `ledger_schema`, `night_lines`, `day_guards`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.day_guards import day_of
from pysync_pms.ledger import known_due, reversal_of, stands, sum_taxes
from pysync_pms.ledger_schema import LINE, payment_key
from pysync_pms.night_lines import fits_night
from pysync_pms.words import (
    ATTENTION_WORDS,
    CHARGE,
    CHARGED_AFTERWARDS,
    CHECKED_OUT,
    LINES,
    RESERVATIONS,
)

STAMPED: Final = "business-date"
AGAIN: Final = "posted-again"
_WORDS: Final = {
    CHARGED_AFTERWARDS: ATTENTION_WORDS[CHARGED_AFTERWARDS],
    AGAIN: "It was posted already, and is there once.",
    STAMPED: "It was posted on the hotel's business date.",
}
"""What is said of an amendment, the most important first."""
_JUDGED: Final = frozenset((LINES, RESERVATIONS))
_FINAL: Final = Refuse("posted", "What is posted stays as it is: reverse it, with a reason.")
_Fields = dict[tuple[str, str], Mapping[str, Any]]


def check_lines(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of the ledger, for every line and stay that the change touched."""
    again = _posted_again(before, change)
    if isinstance(again, Refuse):
        return again
    fields: _Fields = {}
    said: set[str] = set()
    stays: set[str] = set()
    for collection, record_id in sorted(ref for ref in refs if ref[0] in _JUDGED):
        old, new = before.get(collection, record_id), after.get(collection, record_id)
        if collection == RESERVATIONS:
            refusal = _stay_misfit(before, old, new)
            stays.add(record_id)
        elif old is None and new is not None:
            refusal = _misfit(before, after, new)
            stays.add(str(new.get("stay")))
            if (day := day_of(before, new.get("on") or "")) != new.get("on"):
                fields[LINES, record_id] = {"on": day}
                said.add(STAMPED)
        else:
            refusal = None if old == new or record_id in again else _FINAL
            if old is not None and old != new:
                fields[LINES, record_id] = _restored(old, new or {})
                said.add(AGAIN)
        if refusal is not None:
            return refusal
    for stay in sorted(stays):
        if _owes_more(after, stay):
            fields[RESERVATIONS, stay] = {"attention": CHARGED_AFTERWARDS}
            said.add(CHARGED_AFTERWARDS)
    if not fields or _holds(after, fields):
        return None
    code = next(each for each in _WORDS if each in said)
    return Amend(code, fields, _WORDS[code])


def found_lines(
    _before: View, after: View, _change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of lines that a device began with: each is of a stay and in its currency. What it
    reverses or is a part of may be told after it, and its day has gone."""
    for _, record_id in sorted(ref for ref in refs if ref[0] == LINES):
        line = after.get(LINES, record_id) or {}
        if refusal := _homeless(after, line):
            return refusal
    return None


def _restored(old: Record, new: Record) -> dict[str, Any]:
    return {name: old.get(name) for name in {**old, **new} if name != "id"}


def _holds(view: View, fields: _Fields) -> bool:
    """Whether all of this is so already: a second judgement asks for nothing more."""
    for (collection, record_id), values in fields.items():
        record = view.get(collection, record_id) or {}
        if any(record.get(name) != value for name, value in values.items()):
            return False
    return True


def _posted_again(before: View, change: Change) -> frozenset[str] | Refuse:
    """The lines of the change that are there already, by id. Refused if they say something else,
    but for nights: of these two desks may know two prices."""
    found: set[str] = set()
    for op in change.ops:
        old = before.get(LINES, op.rid) if op.key == LINES and op.kind == CREATE else None
        if old is None:
            continue
        mine = {name: value for name, value in op.fields.items() if name != "on"}
        differs = any(old.get(name) != value for name, value in mine.items() if "/" not in name)
        if differs and not old.get("night"):
            return Refuse(
                "posted-otherwise",
                "Something else was posted under this number meanwhile: look at the folio, and post"
                " it again if it is missing.",
                {"line": op.rid},
            )
        found.add(op.rid)
    return frozenset(found)


def _stay_misfit(before: View, old: Record | None, new: Record | None) -> Refuse | None:
    """Why a stay with lines cannot become so."""
    if old is None or (new is not None and new.get("currency") == old.get("currency")):
        return None
    if not before.find(LINES, "stay", old["id"]):
        return None
    if new is None:
        return Refuse("stay-has-lines", "This stay has a folio: cancel it instead.")
    return Refuse("folio-currency", "This stay has a folio in its currency: it keeps it.")


def _owes_more(after: View, stay_id: str) -> bool:
    """Whether a guest who has left owes more than was known at the check-out, and nobody is told
    yet."""
    stay = after.get(RESERVATIONS, stay_id)
    if stay is None or stay.get("status") != CHECKED_OUT or stay.get("attention"):
        return False
    return known_due(after, stay_id) > max(0, stay.get("left_owing") or 0)


def _misfit(before: View, after: View, line: Record) -> Refuse | None:
    """Why a new line cannot stand."""
    if refusal := _homeless(after, line):
        return refusal
    if line.get("reverses"):
        return _not_reversed(after, line)
    if line.get("part_of"):
        return _not_parted(before, after, line)
    return _not_signed(line) or _paid_twice(after, line)


def _homeless(after: View, line: Record) -> Refuse | None:
    """Why it is no line of a stay."""
    if missing := LINE.missing(line):
        return Refuse("incomplete", f"A line needs {', '.join(missing)}.")
    if after.get(RESERVATIONS, line["stay"]) is None:
        return Refuse("no-stay", "There is no such stay: it cannot be charged.")
    if not fits_night(line):
        return Refuse("not-that-night", "It bears the number of a night, and is of another.")
    for other in after.find(LINES, "stay", line["stay"]):
        if other["id"] != line["id"]:
            if other.get("currency") != line.get("currency"):
                words = f"This folio is in {other.get('currency') or 'another currency'}."
                return Refuse("folio-currency", words)
            break
    return None


def _not_signed(line: Record) -> Refuse | None:
    if line["kind"] == CHARGE and line["amount"] < 0:
        return Refuse("negative", "A charge is not below 0: reverse what was charged.")
    tax = sum(row[2] for row in line.get("taxes") or ())
    if not 0 <= tax <= max(0, line["amount"]):
        return Refuse("taxes", "The taxes are no part of the amount.")
    return None


def _not_reversed(after: View, line: Record) -> Refuse | None:
    whole = after.get(LINES, line["reverses"])
    if whole is None or whole.get("reverses") or line.get("part_of"):
        return Refuse("not-reversible", "Only a charge or a payment can be reversed.")
    if [each["id"] for each in after.find(LINES, "reverses", whole["id"])] != [line["id"]]:
        return Refuse("reversed", "It was reversed already, or moved, by somebody else.")
    if not line.get("reason"):
        return Refuse("no-reason", "A reversal needs a reason.")
    alike = ("stay", "window", "kind", "category", "currency")
    same = all(line.get(name) == whole.get(name) for name in alike)
    if not same or line["amount"] != -whole["amount"] or not _is_opposite(line, whole):
        return Refuse("not-opposite", "A reversal is the exact opposite of what it reverses.")
    return None


def _is_opposite(line: Record, whole: Record) -> bool:
    mine = [[code, rate, -amount] for code, rate, amount in line.get("taxes") or ()]
    return mine == [[*row] for row in whole.get("taxes") or ()]


def _not_parted(before: View, after: View, line: Record) -> Refuse | None:
    whole = after.get(LINES, line["part_of"])
    reversal = reversal_of(after, whole["id"]) if whole is not None else None
    if whole is None or reversal is None or before.get(LINES, reversal["id"]) is not None:
        return Refuse("not-reversed", "What is moved or split is reversed where it was.")
    parts = after.find(LINES, "part_of", whole["id"])
    kinds = {_kind(part) for part in parts}
    if (
        sum(part["amount"] for part in parts) != whole["amount"]
        or _nonzero(sum_taxes(parts)) != _nonzero(sum_taxes([whole]))
        or kinds != {_kind(whole)}
    ):
        return Refuse("parts-differ", "The parts do not come to what was split.")
    return None


def _kind(line: Record) -> tuple[Any, ...]:
    """What a line and its parts have in common."""
    return line.get("kind"), line.get("category"), line.get("currency"), line["amount"] < 0


def _nonzero(rows: list[list[Any]]) -> list[list[Any]]:
    return [row for row in rows if row[2]]


def _paid_twice(after: View, line: Record) -> Refuse | None:
    key = payment_key(line)
    if key is None:
        return None
    for each in after.find(LINES, "paid_by", key):
        if each["id"] != line["id"] and stands(after, each):
            return Refuse(
                "paid-already",
                f"The payment {line['reference']} was posted already.",
                {"line": each["id"], "stay": each["stay"]},
            )
    return None


def _tokens(collection: str, record: Record) -> Iterable[Hashable]:
    """What lines are weighed against: their stay, what they correct, how a provider knows them."""
    if collection == RESERVATIONS:
        return (record["id"],)
    named = (record["id"], record.get("stay"), record.get("reverses"), record.get("part_of"))
    return (*(each for each in named if each), *filter(None, (payment_key(record),)))


LEDGER_GUARDS: Final = (Guard("ledger", _JUDGED, check_lines, _tokens, found_lines),)
