"""An invoice or a credit note as it is printed: A4, or a PDF by the browser. Stands on `invoices`.

Everything it says stands in its record, or in lines that never change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pysync.model.guard import Record
from pysync_pms.ledger import balance
from pysync_pms.taxes import plain_rate
from pysync_pms.ui import html as h
from pysync_pms.ui.components.surfaces import facts
from pysync_pms.ui.formats import Formats
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import amount, label, line_text
from pysync_pms.words import CREDIT_NOTE, INVOICES, LINES

__all__ = ["paper_view"]


def paper_view(hotel: Hotel, paper: Record, title: str) -> Html:
    """The whole sheet. It takes the focus, so that it is scrolled by keyboard."""
    lines = [line for line in (hotel.view.get(LINES, each) for each in paper["lines"]) if line]
    return h.article("paper", id="paper", tabindex="0", aria_label=title)[
        h.header("paper-head")[
            h.address("paper-from")[
                h.strong(dir="auto")[paper.get("from_name") or tr("Hotel")],
                _lines(paper.get("from_address")),
                paper.get("from_tax_id")
                and h.span[tr("Tax number {number}", number=paper["from_tax_id"])],
            ],
            h.div("paper-to")[
                h.strong("anywhere", dir="auto")[paper["to_name"]],
                _lines(paper.get("to_address")),
                paper.get("to_tax_id")
                and h.span[tr("Tax number {number}", number=paper["to_tax_id"])],
            ],
        ],
        h.h3("paper-title")[title],
        _about(hotel, paper),
        _charges(hotel.app.formats, paper, lines),
        _taxes(hotel.app.formats, paper, lines),
        _payments(hotel, paper),
        paper.get("note") and h.p("paper-note lines", dir="auto")[paper["note"]],
    ]


def _lines(text: str | None) -> Child:
    return h.span("lines", dir="auto")[text] if text else None


def _about(hotel: Hotel, paper: Record) -> Html:
    formats = hotel.app.formats
    rows: list[tuple[str, Child]] = [(tr("Date"), _day(formats, paper["on"]))]
    if paper.get("from") and paper.get("to"):
        rows.append((tr("Stay"), f"{_day(formats, paper['from'])} – {_day(formats, paper['to'])}"))
    if paper.get("room"):
        rows.append((tr("Room"), paper["room"]))
    if paper["kind"] == CREDIT_NOTE:
        credited = hotel.view.get(INVOICES, str(paper.get("credits"))) or {}
        day = credited.get("on")
        of = f"{credited.get('number') or ''}, {_day(formats, day)}" if day else "–"
        rows += [(tr("Credits invoice"), of), (tr("Why"), paper.get("reason") or "")]
    return facts(rows)


def _charges(formats: Formats, paper: Record, lines: Sequence[Record]) -> Html:
    sign = -1 if paper["kind"] == CREDIT_NOTE else 1
    currency = str(paper.get("currency") or "EUR")
    return h.table("paper-table")[
        h.caption("sr-only")[tr("What is billed")],
        h.thead[
            h.tr[
                h.th(scope="col")[tr("What")],
                h.th(scope="col")[tr("Day")],
                h.th("num", scope="col")[tr("Quantity")],
                h.th("num", scope="col")[tr("Amount")],
            ]
        ],
        h.tbody[
            [
                h.tr[
                    h.td("anywhere", dir="auto")[line_text(line)],
                    h.td[_day(formats, line.get("night") or line["on"])],
                    h.td("num")[str(line.get("quantity") or 1)],
                    h.td("num")[amount(formats, sign * line["amount"], currency)],
                ]
                for line in lines
            ]
        ],
        h.tfoot[
            h.tr[
                h.th(scope="row", colspan="3")[tr("Total")],
                h.td("num")[h.strong[amount(formats, paper["total"], currency)]],
            ]
        ],
    ]


def _taxes(formats: Formats, paper: Record, lines: Sequence[Record]) -> Child:
    """What of it is tax; what bears none is said, too."""
    rows = [[*row] for row in paper.get("taxes") or ()]
    if not rows:
        return None
    currency = str(paper.get("currency") or "EUR")
    sign = -1 if paper["kind"] == CREDIT_NOTE else 1
    untaxed = sign * balance(line for line in lines if not line.get("taxes"))
    shown = [(f"{name} ({plain_rate(rate)} %)", gross, tax) for _, name, rate, gross, tax in rows]
    if untaxed:
        shown.append((tr("Without tax"), untaxed, 0))
    return h.table("paper-table paper-taxes")[
        h.caption("sr-only")[tr("Taxes")],
        h.thead[h.tr[h.th(scope="col")[tr("Includes")], h.th("num", scope="col")[tr("Net")],
                     h.th("num", scope="col")[tr("Tax")], h.th("num", scope="col")[tr("Gross")]]],
        h.tbody[
            [
                h.tr[
                    h.td("anywhere", dir="auto")[name],
                    h.td("num")[amount(formats, gross - tax, currency)],
                    h.td("num")[amount(formats, tax, currency)],
                    h.td("num")[amount(formats, gross, currency)],
                ]
                for name, gross, tax in shown
            ]
        ],
    ]  # fmt: skip


def _payments(hotel: Hotel, paper: Record) -> Child:
    """What was paid when it was issued."""
    if paper["kind"] == CREDIT_NOTE:
        return None
    found = [hotel.view.get(LINES, each) for each in paper.get("payments") or ()]
    lines = [line for line in found if line is not None]
    formats, currency = hotel.app.formats, str(paper.get("currency") or "EUR")
    if not lines:
        return None
    return h.div("paper-paid")[
        h.p[tr("Paid until then:")],
        h.ul[
            [
                h.li[
                    h.span[
                        _day(formats, line["on"]), " · ", label(line.get("method")),
                        line.get("reference") and f" · {line['reference']}",
                    ],
                    h.span("num")[amount(formats, -line["amount"], currency)],
                ]
                for line in lines
            ],
            h.li[
                h.strong[tr("To be paid")],
                h.strong("num")[amount(formats, paper["total"] + balance(lines), currency)],
            ],
        ],
    ]  # fmt: skip


def _day(formats: Formats, day: str) -> str:
    return formats.day(date.fromisoformat(day), "medium")
