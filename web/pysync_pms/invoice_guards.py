"""The rules of invoices that hold whatever the timing and whoever is offline.

INVOICE-2 an invoice or credit note is never changed or deleted once it is issued; issued again
under its id it is there once. INVOICE-3 its number is the next of its series when it is decided,
and it bears the business date of that moment. INVOICE-4 a line is on one invoice at most that it
was not credited from; a paper comes to its lines, every tax too. INVOICE-5 what is on an invoice
is not reversed, moved or split before it was credited. INVOICE-6 a credit note takes lines off one
invoice, each once, and says why. INVOICE-7 the first number stays once there is an invoice.
Stands on `invoices`, `day_guards`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.day_guards import day_of
from pysync_pms.invoice_schema import PAPER
from pysync_pms.invoices import (
    billed_on,
    is_credited,
    next_serial,
    number_of,
    taxed,
)
from pysync_pms.ledger import balance, is_open
from pysync_pms.words import (
    CHARGE,
    CREDIT_NOTE,
    HOTEL,
    INVOICE,
    INVOICES,
    LINES,
    PAPERS,
    PAYMENT,
    SETTINGS,
)

NUMBERED: Final = "numbered"
_SAID: Final = "It has the next number of its series, and the hotel's business date."
_JUDGED: Final = frozenset((INVOICES, LINES, SETTINGS))
_FINAL: Final = Refuse(
    "issued", "What is issued stays as it is: issue a credit note, and another invoice."
)
_Fields = dict[tuple[str, str], Mapping[str, Any]]


def check_invoices(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of invoices, for every paper and line that the change touched."""
    fields: _Fields = {}
    following = dict[str, int]()
    written = {(op.key, op.rid): at for at, op in enumerate(change.ops)}
    judged = sorted(ref for ref in refs if ref[0] in _JUDGED)
    # Of several papers in one change the first one written has the first number.
    for collection, record_id in sorted(judged, key=lambda ref: written.get(ref, -1)):
        old, new = before.get(collection, record_id), after.get(collection, record_id)
        refusal: Refuse | None = None
        if collection == LINES:
            refusal = _billed(after, new) if old is None and new is not None else None
        elif collection == SETTINGS:
            refusal = _renumbered(before, old, new) if record_id == HOTEL else None
        elif old is not None:
            if old != new:
                refusal = None if _is_again(change, old) else _FINAL
                names = {**old, **(new or {})}
                fields[INVOICES, record_id] = {
                    name: old.get(name) for name in names if name != "id"
                }
        elif new is not None:
            refusal = _misfit(after, new)
            fields[INVOICES, record_id] = _issued(before, new, following)
        if refusal is not None:
            return refusal
    wrong = {ref: values for ref, values in fields.items() if not _holds(after, ref, values)}
    return Amend(NUMBERED, wrong, _SAID) if wrong else None


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


def _issued(before: View, paper: Record, following: dict[str, int]) -> dict[str, Any]:
    """INVOICE-3."""
    kind = paper.get("kind")
    if kind not in PAPERS:
        return {}
    serial = following.get(kind) or next_serial(before, kind)
    following[kind] = serial + 1
    return {
        "serial": serial,
        "number": number_of(before, kind, serial),
        "on": day_of(before, paper.get("on") or ""),
    }


def _renumbered(before: View, old: Record | None, new: Record | None) -> Refuse | None:
    """INVOICE-7."""
    first, other = (old or {}).get("invoice_first") or 1, (new or {}).get("invoice_first") or 1
    if first == other or not before.find(INVOICES, "serial", (INVOICE, first)):
        return None
    return Refuse("series-begun", f"Invoice {first} is issued: the numbers go on from there.")


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
    for each in paper.get("payments") or ():
        line = after.get(LINES, each) or {}
        if line.get("kind") != PAYMENT or _place(line) != _place(paper):
            return Refuse("no-payment", "What it says was paid is no payment of this folio.")
    return None


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
            if not is_credited(after, other["id"], line["id"]):
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
    gone = {
        line
        for note in after.find(INVOICES, "credits", invoice["id"])
        if note["id"] != paper["id"]
        for line in note["lines"]
    }
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


INVOICE_GUARDS: Final = (Guard("invoices", _JUDGED, check_invoices, _tokens),)
