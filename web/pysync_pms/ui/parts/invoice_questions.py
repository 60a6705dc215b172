"""Questions about invoices: what is billed to whom, what is credited, who issues them.

Stands on `ask`. The id of a paper is made with the question: the same answer sent twice is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.commands import HOTEL, Command, CreditInvoice, IssueInvoice, SetSettings, window_id
from pysync_pms.fields import NAME_MAX
from pysync_pms.invoice_schema import ADDRESS_MAX, PREFIX_MAX, TAX_ID_MAX
from pysync_pms.invoices import billable, next_serial, paid, standing_lines, to_bill
from pysync_pms.ledger import FIRST, balance
from pysync_pms.queries import guest_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Done, Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.online import why_offline
from pysync_pms.ui.parts.words import amount, line_text
from pysync_pms.words import FOLIOS, GUESTS, INVOICE, LINES

__all__ = ["ISSUING", "credit", "issue", "issuer", "unbilled"]

ISSUING: Final = tr("when an invoice is issued: it gives the number")
_TEXTS: Final = ("address", "tax_id", "invoice_note", "invoice_prefix", "credit_prefix")


def unbilled(hotel: Hotel, stay: str) -> list[int]:
    """The windows of a stay in which something is to be billed."""
    return sorted(billable(hotel.view, stay))


def issue(hotel: Hotel, asker: Asker, stay: Record) -> Question:
    """Bill what a window holds and no invoice does; then show the invoice."""
    paper_id, windows = hotel.new_id(), unbilled(hotel, stay["id"])
    first = (windows or [FIRST])[0]
    usual = _payer(hotel, stay, first)

    def window(values: Values) -> int:
        return int(values.get("window") or first)

    def fields(form: FormView, values: Values) -> Child:
        at = window(values)
        if values.get("to_name") == usual:  # of the window that was asked about first
            form = replace(form, values={**values, "to_name": _payer(hotel, stay, at)})
        return [
            len(windows) > 1
            and form.choose(
                "window",
                tr("Window"),
                [(str(n), tr("Window {number}", number=n)) for n in windows],
                required=True,
                **asker.live(),
            ),
            form.text("to_name", tr("To"), required=True, maxlength=str(NAME_MAX)),
            form.area("to_address", tr("Address"), rows=3, maxlength=str(ADDRESS_MAX)),
            form.text("to_tax_id", tr("Tax number of who pays"), maxlength=str(TAX_ID_MAX)),
            _billed(hotel, stay, to_bill(hotel.view, stay["id"], at)),
            h.p("muted")[tr("What is issued never changes: what was wrong is credited.")],
        ]

    def commands(values: Values) -> Sequence[Command]:
        at = window(values)
        return [
            IssueInvoice(
                id=paper_id,
                stay=stay["id"],
                on=hotel.today,
                window=at,
                lines=tuple(line["id"] for line in to_bill(hotel.view, stay["id"], at)),
                payments=tuple(line["id"] for line in paid(hotel.view, stay["id"], at)),
                to_name=values.get("to_name", ""),
                to_address=values.get("to_address") or None,
                to_tax_id=values.get("to_tax_id") or None,
            )
        ]

    return Question(
        title=tr("Invoice for {who}", who=guest_name(hotel.view, stay)),
        about=f"invoice {stay['id']}",
        submit=tr("Issue the invoice"),
        fields=fields,
        commands=commands,
        missing=lambda values: _missing(hotel, values),
        values={"to_name": usual, "window": str(first)},
        then=lambda done: _show(hotel, done),
    )


def credit(hotel: Hotel, invoice: Record) -> Question:
    """Take lines off an invoice by a credit note."""
    paper_id, left = hotel.new_id(), standing_lines(hotel.view, invoice)
    found = [line for line in (hotel.view.get(LINES, each) for each in left) if line is not None]
    currency = str(invoice.get("currency") or hotel.currency)

    def chosen(values: Values) -> tuple[str, ...]:
        return tuple(line["id"] for line in found if values.get(f"line-{line['id']}"))

    def fields(form: FormView, _: Values) -> Child:
        return [
            h.fieldset("stack")[
                h.legend("field-label")[tr("What is credited")],
                [
                    form.check(
                        f"line-{line['id']}",
                        f"{line_text(line)}, {amount(hotel.app.formats, line['amount'], currency)}",
                    )
                    for line in found
                ],
            ],
            form.text("reason", tr("Why"), required=True, hint=tr("It stands on the credit note")),
        ]

    def missing(values: Values) -> Mapping[str, str]:
        found: dict[str, str] = {}
        if not values.get("reason", "").strip():
            found["reason"] = tr("Say why.")
        if reason := why_offline(hotel, ISSUING):
            found["reason"] = f"{reason}."
        return found

    return Question(
        title=tr("Credit invoice {number}", number=invoice.get("number") or ""),
        about=f"credit {invoice['id']}",
        submit=tr("Issue a credit note"),
        fields=fields,
        commands=lambda values: [
            CreditInvoice(
                id=paper_id,
                invoice=invoice["id"],
                on=hotel.today,
                lines=chosen(values),
                reason=values.get("reason", ""),
            )
        ],
        missing=missing,
        values={f"line-{line['id']}": "on" for line in found},
        then=lambda done: _show(hotel, done),
    )


def issuer(hotel: Hotel) -> Question:
    """Who issues invoices, and under which numbers."""
    now = hotel.settings
    begun = next_serial(hotel.view, INVOICE) != (now.get("invoice_first") or 1)

    def fields(form: FormView, _: Values) -> Child:
        return h.div("grid-2")[
            form.area("address", tr("The hotel's address"), rows=3, maxlength=str(ADDRESS_MAX)),
            form.area(
                "invoice_note",
                tr("At the foot of every invoice"),
                rows=3,
                maxlength=str(ADDRESS_MAX),
                hint=tr("Bank account, terms of payment"),
            ),
            form.text("tax_id", tr("The hotel's tax number"), maxlength=str(TAX_ID_MAX)),
            not begun and form.number("invoice_first", tr("First invoice number"), min="1"),
            form.text(
                "invoice_prefix", tr("Before an invoice's number"), maxlength=str(PREFIX_MAX)
            ),
            form.text(
                "credit_prefix",
                tr("Before a credit note's"),
                maxlength=str(PREFIX_MAX),
                hint=tr("C if nothing is set"),
            ),
        ]

    def given(values: Values) -> dict[str, Any]:
        texts: dict[str, Any] = {name: values.get(name, "").strip() or None for name in _TEXTS}
        first = values.get("invoice_first", "").strip()
        if not begun:
            texts["invoice_first"] = int(first) if first else None
        return texts

    def commands(values: Values) -> Sequence[Command]:
        changes = {name: value for name, value in given(values).items() if value != now.get(name)}
        return [SetSettings(id=HOTEL, changes=changes)]

    def missing(values: Values) -> Mapping[str, str]:
        first = values.get("invoice_first", "").strip()
        good = not first or (first.isascii() and first.isdecimal() and int(first) > 0)
        return {} if good else {"invoice_first": tr("Enter a whole number from 1.")}

    return Question(
        title=tr("Invoices"),
        about="issuer",
        submit=tr("Save"),
        fields=fields,
        commands=commands,
        missing=missing,
        values={name: str(now.get(name) or "") for name in (*_TEXTS, "invoice_first")},
        wide=True,
    )


def _missing(hotel: Hotel, values: Values) -> Mapping[str, str]:
    found: dict[str, str] = {}
    if not values.get("to_name", "").strip():
        found["to_name"] = tr("Say who is billed.")
    if reason := why_offline(hotel, ISSUING):
        found["to_name"] = f"{reason}."
    return found


def _payer(hotel: Hotel, stay: Record, window: int) -> str:
    """Who is billed, unless somebody says otherwise."""
    folio = hotel.view.get(FOLIOS, window_id(stay["id"], window)) or {}
    guest = hotel.view.get(GUESTS, str(stay.get("guest_id"))) or {}
    named = folio.get("name") or stay.get("company") or guest.get("company")
    return str(named or guest_name(hotel.view, stay))[:NAME_MAX]


def _billed(hotel: Hotel, stay: Record, lines: Sequence[Record]) -> Child:
    formats, currency = hotel.app.formats, str(stay.get("currency") or hotel.currency)
    if not lines:
        return h.p[tr("Everything here is on an invoice already.")]
    total = amount(formats, balance(lines), currency)
    return h.details("bill-details")[
        h.summary[f"{plural(len(lines), 'charge')}, {total}"],
        h.ul("bill-lines")[
            [
                h.li[
                    h.span("anywhere", dir="auto")[line_text(line)],
                    h.span("num")[amount(formats, line["amount"], currency)],
                ]
                for line in lines
            ]
        ],
    ]


def _show(hotel: Hotel, done: Done) -> None:
    hotel.app.go(hotel.app.route.to("invoices", done.record_id))
