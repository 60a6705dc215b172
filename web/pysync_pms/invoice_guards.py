"""The rules of invoices that hold whatever the timing and whoever is offline.

INVOICE-2 an invoice or credit note is never changed or deleted once it is issued, but for its
number where a log was put back (`printed`); issued again under its id it is there once. INVOICE-3
its number is the next of its series when it is decided, and it bears the business date of that
moment, never one before its predecessor's. INVOICE-4 a line is on one invoice at most that it was
not credited from; a paper comes to its lines, every tax too. INVOICE-5 what is billed is not
reversed, moved or split before it was credited. INVOICE-6 a credit note takes lines off one
invoice, each once, says why, and names who the invoice names. INVOICE-7 the first number stays once
there is an invoice. INVOICE-8 no two papers bear one number: a prefix ends in no digit, and the two
series have different ones. INVOICE-9 a payment that counts is on one invoice at most. INVOICE-10 a
paper that was issued elsewhere keeps its number where no other has it; else it has the next one,
and says which it was printed under.
Stands on `invoices`, `day_guards`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.day_guards import day_of
from pysync_pms.invoice_schema import COPIED, PAPER
from pysync_pms.invoices import (
    billed_on,
    can_be_told,
    credited_lines,
    number_of,
    prefix_of,
    taxed,
    told_on,
)
from pysync_pms.ledger import balance, is_open
from pysync_pms.printed import Moved, numbered_as, printed_twice
from pysync_pms.words import (
    CHARGE,
    CREDIT_NOTE,
    HOTEL,
    INVOICE,
    INVOICES,
    LINES,
    PAPERS,
    PRINTED,
    SETTINGS,
)

NUMBERED: Final = "numbered"
_SAID: Final = "It has the next number of its series, and the hotel's business date."
RENUMBERED: Final = "renumbered"
_RENUMBERED: Final = "Another paper has the number that it was printed under: look at both."
_JUDGED: Final = frozenset((INVOICES, LINES, PRINTED, SETTINGS))
_FINAL: Final = Refuse(
    "issued", "What is issued stays as it is: issue a credit note, and another invoice."
)
_PAID: Final = "A payment was moved, reversed or billed meanwhile: look at the folio."
_Fields = dict[tuple[str, str], Mapping[str, Any]]


def check_invoices(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of invoices, for every paper and line that the change touched."""
    fields: _Fields = {}
    days = dict[str, str]()
    moved, refusal = _moved(before, after, refs)
    if refusal is not None:
        return refusal
    fields |= {(PRINTED, rid): values for rid, values in moved.printed.items()}
    fields |= {(INVOICES, rid): values for rid, values in moved.papers.items()}
    written = {(op.key, op.rid): at for at, op in enumerate(change.ops)}
    judged = sorted(ref for ref in refs if ref[0] in _JUDGED)
    # Of several papers in one change the first one written has the first number.
    for collection, record_id in sorted(judged, key=lambda ref: written.get(ref, -1)):
        old, new = before.get(collection, record_id), after.get(collection, record_id)
        refusal = None
        if collection == PRINTED:
            continue
        if collection == LINES:
            refusal = _billed(after, new) if old is None and new is not None else None
        elif collection == SETTINGS:
            refusal = _renumbered(after, old, new) if record_id == HOTEL else None
        elif old is not None:
            right = {**old, **moved.papers.get(record_id, {})}
            if new is None or any(right.get(n) != new.get(n) for n in {**right, **new}):
                refusal = None if _is_again(change, old) else _FINAL
            names = {**right, **(new or {})}
            fields[INVOICES, record_id] = {n: right.get(n) for n in names if n != "id"}
        elif new is not None:
            refusal = _misfit(after, new)
            fields[INVOICES, record_id] = _issued(before, new, moved, days)
        if refusal is not None:
            return refusal
    wrong = {ref: values for ref, values in fields.items() if not _holds(after, ref, values)}
    if any("printed_as" in each and each["printed_as"] for each in wrong.values()):
        return Amend(RENUMBERED, wrong, _RENUMBERED)
    if all(values.keys() == {"free_below"} for values in wrong.values()):
        return Amend("", wrong) if wrong else None  # nothing that anybody looks at
    return Amend(NUMBERED, wrong, _SAID)


def found_invoices(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of papers that a device began with: they were issued, so each keeps its number and
    its day where no other paper has that number; else it has the next one, and says which it bore.
    """
    fields: _Fields = {}
    if any(collection in (SETTINGS, PRINTED) for collection, _ in refs):
        return check_invoices(before, after, change, refs)
    moved = Moved()
    for _, record_id in sorted(ref for ref in refs if ref[0] == INVOICES):
        paper = after.get(INVOICES, record_id) or {}
        if missing := PAPER.missing(paper):
            return Refuse("incomplete", f"An invoice needs {', '.join(missing)}.")
        key = (paper.get("kind"), paper.get("serial"))
        if any(each["id"] != record_id for each in after.find(INVOICES, "serial", key)):
            right = _issued(before, paper, moved, {}) | {"printed_as": paper.get("number")}
            if not _holds(after, (INVOICES, record_id), right):
                fields[INVOICES, record_id] = right
    return Amend(RENUMBERED, fields, _RENUMBERED) if fields else None


def _holds(view: View, ref: tuple[str, str], values: Mapping[str, Any]) -> bool:
    record = view.get(*ref) or {}
    return all(record.get(name) == value for name, value in values.items())


def _is_again(change: Change, old: Record) -> bool:
    """Whether the change issues the very same again: what is decided here may differ."""
    for op in change.ops:
        if op.key == INVOICES and op.rid == old["id"]:
            said = {n: v for n, v in op.fields.items() if n not in ("on", "serial", "number")}
            same = all(old.get(name) == value for name, value in said.items())
            return op.kind == CREATE and same
    return False


def _issued(before: View, paper: Record, moved: Moved, days: dict[str, str]) -> dict[str, Any]:
    """INVOICE-3: what only the place can say where it is decided. Days of a series never run
    back: without a business date each desk has its own."""
    kind = paper.get("kind")
    if kind not in PAPERS:
        return {}
    said = moved.said.get(paper["id"]) or before.get(PRINTED, paper["id"])
    if said is not None and said.get("serial"):
        return numbered_as(said)
    serial = moved.next(before, kind)
    moved.given.add((kind, serial))
    last = before.find(INVOICES, "serial", (kind, serial - 1))
    earlier = str(last[0].get("on") or "") if last else ""
    on = days[kind] = max(day_of(before, paper.get("on") or ""), earlier, days.get(kind, ""))
    number = number_of(before, kind, serial)
    was = {"printed_as": said["number"]} if said is not None else {}
    return {"serial": serial, "number": number, "on": on, **was}


def _moved(
    before: View, after: View, refs: frozenset[tuple[str, str]]
) -> tuple[Moved, Refuse | None]:
    """What is printed by the change, and moves papers."""
    moved = Moved()
    for _, record_id in sorted(ref for ref in refs if ref[0] == PRINTED):
        old, new = before.get(PRINTED, record_id), after.get(PRINTED, record_id)
        if old is not None:
            same = new is not None and new.get("number") == old.get("number")
            kept = {name: value for name, value in old.items() if name != "id"}
            kept = {"serial": None, "free_below": None, **kept}
            if not same:
                return moved, printed_twice(old, new or {})
            moved.printed[record_id] = kept
        elif new is not None and (refusal := moved.take(before, new)):
            return moved, refusal
    return moved, None


def _renumbered(after: View, old: Record | None, new: Record | None) -> Refuse | None:
    """INVOICE-7, INVOICE-8."""
    first, other = ((each or {}).get("invoice_first") or 1 for each in (old, new))
    if first != other and after.find(INVOICES, "serial", (INVOICE, first)):
        return Refuse("series-begun", "Invoices are issued: the numbers go on from there.")
    if prefix_of(new or {}, INVOICE) == prefix_of(new or {}, CREDIT_NOTE):
        words = "Invoices and credit notes must not have the same words before their numbers."
        return Refuse("same-prefix", words)
    return None


def _billed(after: View, line: Record) -> Refuse | None:
    """INVOICE-5."""
    paper = billed_on(after, line["reverses"]) if line.get("reverses") else None
    if paper is None:
        return None
    number = paper.get("number") or ""
    words = f"It is on invoice {number}: issue a credit note for it first."
    return Refuse("invoiced", words, {"invoice": paper["id"], "number": number})


def _misfit(after: View, paper: Record) -> Refuse | None:
    """Why a paper cannot be issued."""
    if missing := PAPER.missing(paper):
        return Refuse("incomplete", f"An invoice needs {', '.join(missing)}.")
    ids: Sequence[str] = paper["lines"]
    lines = [line for line in (after.get(LINES, each) for each in ids) if line is not None]
    sign = -1 if paper["kind"] == CREDIT_NOTE else 1
    if not ids or len(lines) != len(ids) or len(set(ids)) != len(ids):
        return Refuse("no-lines", "There is nothing to be billed.")
    refusal = _not_billable(after, paper, lines) if sign > 0 else _not_credited(after, paper)
    if refusal is not None:
        return refusal
    if {line.get("currency") for line in lines} != {paper.get("currency")}:
        return Refuse("folio-currency", "It is in another currency than what was charged.")
    rows = [[code, *rest] for code, _, *rest in paper.get("taxes") or ()]
    counted = [[code, *rest] for code, _, *rest in taxed(after, lines, sign)]
    if paper["total"] != sign * balance(lines) or rows != counted:
        return Refuse("sums-differ", "It does not come to what was charged: look at it again.")
    return _not_paid(after, paper) if sign > 0 else None


def _not_paid(after: View, paper: Record) -> Refuse | None:
    """What an invoice tells of as paid was, here, and no other invoice tells of it."""
    ids: Sequence[str] = paper.get("payments") or ()
    told = told_on(after, paper["stay"], but=paper["id"])
    for each in ids:
        line = after.get(LINES, each)
        if line is None or _place(line) != _place(paper) or not can_be_told(after, line, told):
            return Refuse("no-payment", _PAID)
    return Refuse("no-payment", _PAID) if len(set(ids)) != len(ids) else None


def _place(record: Record) -> tuple[Any, Any]:
    return record.get("stay"), record.get("window")


def _not_billable(after: View, paper: Record, lines: Sequence[Record]) -> Refuse | None:
    """INVOICE-4."""
    if paper.get("credits"):
        return Refuse("credits", "An invoice credits nothing: that is a credit note.")
    for line in lines:
        if line.get("kind") != CHARGE or _place(line) != _place(paper) or not is_open(after, line):
            words = f"{line.get('text')} was reversed or moved meanwhile: look at the folio."
            return Refuse("not-open", words, {"line": line["id"]})
        for other in after.find(INVOICES, "line", line["id"]):
            if other["id"] == paper["id"] or other.get("kind") != INVOICE:
                continue
            if line["id"] not in credited_lines(after, other["id"]):
                words = f"{line.get('text')} is on invoice {other.get('number') or ''} already."
                return Refuse("invoiced", words, {"invoice": other["id"], "line": line["id"]})
    return None


def _not_credited(after: View, paper: Record) -> Refuse | None:
    """INVOICE-6."""
    invoice = after.get(INVOICES, paper.get("credits") or "")
    if invoice is None or invoice.get("kind") != INVOICE or _place(invoice) != _place(paper):
        return Refuse("no-invoice", "There is no such invoice to credit.")
    if not (paper.get("reason") or "").strip():
        return Refuse("no-reason", "A credit note says why.")
    gone = credited_lines(after, invoice["id"], but=paper["id"])
    if paper.get("payments") or any(paper.get(n) != invoice.get(n) for n in COPIED):
        return Refuse("not-copied", "A credit note says of whom and to whom as its invoice does.")
    if any(line not in invoice["lines"] or line in gone for line in paper["lines"]):
        return Refuse("credited", "It was credited already, or was never on that invoice.")
    return None


def _tokens(collection: str, record: Record) -> Iterable[Hashable]:
    """Papers are weighed against each other, for their numbers; lines against what they reverse."""
    if collection == LINES:
        return tuple(each for each in (record["id"], record.get("reverses")) if each)
    if collection == SETTINGS:
        return (HOTEL,)
    return (INVOICES, HOTEL, *(record.get("lines") or ()), *(record.get("payments") or ()))


INVOICE_GUARDS: Final = (Guard("invoices", _JUDGED, check_invoices, _tokens, found_invoices),)
