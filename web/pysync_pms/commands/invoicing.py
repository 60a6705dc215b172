"""Invoices and credit notes: what is billed is issued under a number, and stays. Stands on
`invoices`.

The number that a command writes is a guess: the next one is given where the change is decided
(`invoice_guards`), so somebody who prints one waits until the server has answered.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, View
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.commands.booking import gone
from pysync_pms.invoice_schema import COPIED, LINES_MAX, PAPER_TAXES_MAX
from pysync_pms.invoices import (
    billed_on,
    can_be_told,
    next_serial,
    number_of,
    settings_of,
    standing_lines,
    taxed,
    told_on,
)
from pysync_pms.ledger import FIRST, balance, is_open
from pysync_pms.money import MAX_AMOUNT
from pysync_pms.words import (
    CHARGE,
    CREDIT_NOTE,
    INVOICE,
    INVOICES,
    LINES,
    PRINTED,
    RESERVATIONS,
    ROOMS,
)


def _found(view: View, ids: Sequence[str]) -> list[Record]:
    return [line for line in (view.get(LINES, each) for each in ids) if line is not None]


def _paper(draft: Drafting, kind: str, lines: Sequence[Record], **more: Any) -> dict[str, Any]:
    """A record of this kind about these lines."""
    sign = -1 if kind == CREDIT_NOTE else 1
    serial = next_serial(draft, kind)
    return {
        "kind": kind,
        "serial": serial,
        "number": number_of(draft, kind, serial),
        "lines": [line["id"] for line in lines],
        "total": sign * balance(lines),
        "currency": lines[0].get("currency"),
        **present({"taxes": taxed(draft, lines, sign) or None, **more}),
    }


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInvoice(Command):
    """Bill these charges of a window to somebody. `payments` are those that the invoice mentions.
    After that none of it changes: what was wrong is credited."""

    do: ClassVar[str] = "issue-invoice"
    final: ClassVar[bool] = True

    id: str
    stay: str
    on: str
    lines: tuple[str, ...]
    to_name: str
    window: int = FIRST
    payments: tuple[str, ...] = ()
    to_address: str | None = None
    to_tax_id: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Charges that count, on no invoice yet, and somebody to whom they are billed."""
        if view.get(RESERVATIONS, self.stay) is None:
            return [gone()]
        if view.get(INVOICES, self.id) is not None:
            return [Problem(code="issued", message="It is issued already.")]
        values = {"to_name": self.to_name, "to_address": self.to_address, "on": self.on}
        found = field_problems(INVOICES, {**values, "to_tax_id": self.to_tax_id})
        if not 1 <= len(self.lines) <= LINES_MAX:
            words = "There is nothing to be billed: everything here is on an invoice already."
            if self.lines:
                words = f"An invoice holds {LINES_MAX} lines at most: split the folio."
            found.append(Problem(code="lines", message=words))
        for each in self.lines:
            if wrong := self._problem(view, view.get(LINES, each)):
                found.append(wrong)
                break
        if len({line.get("currency") for line in _found(view, self.lines)}) > 1:
            message = "An invoice is in one currency."
            found.append(Problem(code="folio-currency", message=message))
        told = told_on(view, self.stay)
        payments = _found(view, self.payments)
        if len({line["id"] for line in payments}) != len(self.payments) or not all(
            self._is_here(line) and can_be_told(view, line, told) for line in payments
        ):
            message = "A payment was moved, reversed or billed meanwhile: look at the folio."
            found.append(Problem(code="no-payment", message=message))
        lines = _found(view, self.lines)
        if not found and abs(balance(lines)) > MAX_AMOUNT:
            message = "It comes to too much for one invoice: split the folio."
            found.append(Problem(code="amount", message=message))
        if not found and len(taxed(view, lines)) > PAPER_TAXES_MAX:
            message = f"It has more than {PAPER_TAXES_MAX} taxes: split the folio."
            found.append(Problem(code="taxes", message=message))
        settings = settings_of(view)
        if not found and not (settings.get("address") and settings.get("tax_id")):
            message = (
                "The hotel's address and tax number are not set (Settings → Charges): most laws "
                "want them on an invoice."
            )
            found.append(Problem(code="no-issuer", message=message, level="warning"))
        return found

    def _is_here(self, line: Record) -> bool:
        return line.get("stay") == self.stay and (line.get("window") or FIRST) == self.window

    def _problem(self, view: View, line: Record | None) -> Problem | None:
        if line is None or line.get("kind") != CHARGE or not self._is_here(line):
            return Problem(code="lines", message="Only charges of this folio are billed.")
        if not is_open(view, line):
            message = f"{line['text']} was reversed or moved: look at the folio."
            return Problem(code="not-open", message=message)
        if (paper := billed_on(view, line["id"])) is not None:
            message = f"{line['text']} is on invoice {paper.get('number')} already."
            return Problem(code="invoiced", message=message)
        return None

    def apply(self, draft: Drafting) -> str:
        """Issue it, under the next number as far as this device knows."""
        settings, stay = settings_of(draft), draft.get(RESERVATIONS, self.stay) or {}
        lines, room = _found(draft, self.lines), draft.get(ROOMS, stay.get("room") or "") or {}
        paper = _paper(
            draft,
            INVOICE,
            lines,
            from_name=settings.get("name"),
            from_address=settings.get("address"),
            from_tax_id=settings.get("tax_id"),
            note=settings.get("invoice_note"),
            **{"from": stay.get("from"), "to": stay.get("to"), "room": room.get("number")},
            to_address=(self.to_address or "").strip(),
            to_tax_id=(self.to_tax_id or "").strip(),
            payments=list(self.payments) or None,
        )
        about = {"id": self.id, "on": self.on, "stay": self.stay, "window": self.window}
        return draft.create(INVOICES, {**paper, **about, "to_name": self.to_name.strip()})

    def label(self, view: View) -> str:
        """Names to whom."""
        return f"Invoice for {self.to_name.strip()}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class NotePrinted(Command):
    """A paper is printed: the number that it has now is in somebody's hands."""

    do: ClassVar[str] = "note-printed"
    final: ClassVar[bool] = True

    id: str

    def check(self, view: View, today: str) -> list[Problem]:
        """One that was issued."""
        if view.get(INVOICES, self.id) is None:
            return [Problem(code="gone", message="There is no such paper.")]
        return []

    def apply(self, draft: Drafting) -> str:
        """Write its number down, once."""
        paper = draft.get(INVOICES, self.id) or {}
        if draft.get(PRINTED, self.id) is None:
            said = {name: paper.get(name) for name in ("kind", "serial", "number", "on")}
            draft.create(PRINTED, {"id": self.id, **said})
        return self.id

    def label(self, view: View) -> str:
        """Names it."""
        return f"Print {(view.get(INVOICES, self.id) or {}).get('number') or 'a paper'}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditInvoice(Command):
    """Take lines off an invoice by a credit note: they may be reversed then, or billed anew."""

    do: ClassVar[str] = "credit-invoice"
    final: ClassVar[bool] = True

    id: str
    invoice: str
    on: str
    lines: tuple[str, ...]
    reason: str

    def check(self, view: View, today: str) -> list[Problem]:
        """Lines that stand on the invoice, and a reason."""
        invoice = view.get(INVOICES, self.invoice)
        if invoice is None or invoice.get("kind") != INVOICE:
            return [Problem(code="gone", message="There is no such invoice.")]
        if view.get(INVOICES, self.id) is not None:
            return [Problem(code="issued", message="It is issued already.")]
        found = field_problems(INVOICES, {"on": self.on, "reason": self.reason})
        left = standing_lines(view, invoice)
        if not self.lines or len(set(self.lines)) != len(self.lines):
            found.append(Problem(code="lines", message="Choose what is credited."))
        elif any(line not in left for line in self.lines):
            message = "Some of it was credited already."
            found.append(Problem(code="credited", message=message))
        if not self.reason.strip():
            message = "Say why: it stands on the credit note."
            found.append(Problem(code="reason", field="reason", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Issue it."""
        invoice = draft.get(INVOICES, self.invoice)
        assert invoice is not None
        same = present({name: invoice.get(name) for name in COPIED})
        paper = _paper(draft, CREDIT_NOTE, _found(draft, self.lines), credits=self.invoice)
        about = {"id": self.id, "on": self.on, "reason": self.reason.strip()}
        return draft.create(INVOICES, {**paper, **same, **about})

    def label(self, view: View) -> str:
        """Names the invoice."""
        number = (view.get(INVOICES, self.invoice) or {}).get("number") or ""
        return f"Credit invoice {number}"
