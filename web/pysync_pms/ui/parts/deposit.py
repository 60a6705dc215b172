"""A stay's deposit: asked for by a question, told on the folio. Stands on `ask`, `ledger`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pysync.model.guard import Record
from pysync_pms.calendar import add_days
from pysync_pms.commands import AskDeposit
from pysync_pms.ledger import deposit_missing
from pysync_pms.money import plain
from pysync_pms.money import typed as typed_amount
from pysync_pms.queries import guest_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import chip
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.words import amount
from pysync_pms.ui.told import told
from pysync_pms.words import CONFIRMED

__all__ = ["ask_deposit", "deposit_words"]

DAYS_TO_PAY = 7


def ask_deposit(hotel: Hotel, stay: Record) -> Question:
    """How much, and by when."""
    currency = str(stay.get("currency") or hotel.currency)
    asked = stay.get("deposit")
    usual = min(add_days(hotel.today, DAYS_TO_PAY), stay["from"])

    def problem(values: Values) -> Mapping[str, str]:
        text = values.get("amount", "").strip()
        try:
            if text and typed_amount(text, currency) < 0:
                return {"amount": tr("Enter an amount above 0.")}
        except ValueError as error:
            return {"amount": told(str(error))}
        return {}

    def command(values: Values) -> AskDeposit:
        text = values.get("amount", "").strip()
        by = values.get("by", "").strip() or None
        return AskDeposit(id=stay["id"], amount=typed_amount(text, currency) if text else 0, by=by)

    return Question(
        title=tr("Deposit of {who}", who=guest_name(hotel.view, stay)),
        about=f"deposit {stay['id']}",
        submit=tr("Save"),
        fields=lambda form, _: h.div("grid-2")[
            form.text("amount", tr("Deposit in {currency}", currency=currency), inputmode="decimal",
                      hint=tr("Empty: none is asked for")),
            form.date("by", tr("To be paid by"), max=stay["from"]),
        ],
        missing=problem,
        commands=lambda values: [command(values)],
        values={
            "amount": plain(asked, currency) if asked else "",
            "by": str(stay.get("deposit_by") or usual),
        },
    )  # fmt: skip


def deposit_words(hotel: Hotel, stay: Record) -> Child:
    """What was asked for, and whether it is there."""
    if not stay.get("deposit") or stay.get("status") != CONFIRMED:
        return None
    formats, currency = hotel.app.formats, str(stay.get("currency") or hotel.currency)
    missing, by = deposit_missing(hotel.view, stay), stay.get("deposit_by") or stay["from"]
    asked = tr("Deposit of {amount}", amount=amount(formats, stay["deposit"], currency))
    if not missing:
        return h.p("row wrap")[asked, chip(tr("paid"), tone="ok")]
    return h.p("row wrap")[
        tr("{asked}, to be paid by {day}", asked=asked, day=formats.day(date.fromisoformat(by))),
        chip(
            tr("{amount} missing", amount=amount(formats, missing, currency)),
            tone="act" if by < hotel.today else "idle",
        ),
    ]
