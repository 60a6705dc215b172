"""Posting to a stay's folio: a charge, a payment. Stands on `ledger`.

Who posts a line gives it its id before it is posted: so the same click twice, or sent again after a
lost answer, is one line.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.commands.booking import gone
from pysync_pms.commands.rooms import guest_name
from pysync_pms.ledger import FIRST, stands, taxes_in
from pysync_pms.ledger_schema import payment_key
from pysync_pms.money import MAX_AMOUNT
from pysync_pms.taxes import rate_of
from pysync_pms.words import CHARGE, CHECKED_OUT, LINES, PAYMENT, RESERVATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(Command):
    """A new line. `id` is the line's, made before it is posted."""

    final: ClassVar[bool] = True

    id: str
    stay: str
    amount: int
    """Minor units, above 0; what the line comes to is the command's business."""
    on: str
    """The business date."""
    window: int = FIRST
    currency: str = "EUR"

    def _problems(self, view: View) -> list[Problem]:
        stay = view.get(RESERVATIONS, self.stay)
        if stay is None:
            return [gone()]
        if view.get(LINES, self.id) is not None:
            return [Problem(code="posted", message="It is posted already.")]
        found = field_problems(LINES, {"window": self.window, "on": self.on})
        if not 0 < self.amount <= MAX_AMOUNT:
            message = "Enter an amount above 0."
            found.append(Problem(code="amount", field="amount", message=message))
        return found

    def _line(self, kind: str, amount: int, **more: Any) -> dict[str, Any]:
        return {
            "id": self.id,
            "stay": self.stay,
            "window": self.window,
            "kind": kind,
            "on": self.on,
            "amount": amount,
            "currency": self.currency,
            **present(more),
        }

    def _whose(self, view: View) -> str:
        return guest_name(view, view.get(RESERVATIONS, self.stay) or {})


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Posting):
    """Something is charged to a stay: `quantity` times `amount`, taxes included."""

    do: ClassVar[str] = "charge"

    text: str
    category: str
    quantity: int = 1
    tax: str | None = None
    """The code of the tax that the price includes, of the hotel's settings."""
    article: str | None = None
    night: str | None = None
    """Of a room's price: which night."""
    late: bool = False
    """Charged although the guest has left."""

    def check(self, view: View, today: str) -> list[Problem]:
        """A stay that is there, and still here unless the charge is a late one."""
        found = self._problems(view)
        values = {"text": self.text, "category": self.category, "quantity": self.quantity}
        found += field_problems(LINES, {**values, "article": self.article, "night": self.night})
        if not found and self.amount * self.quantity > MAX_AMOUNT:
            found.append(Problem(code="amount", field="amount", message="It comes to too much."))
        if self.tax is not None and rate_of(view, self.tax) is None:
            message = "The settings know no such tax: choose another."
            found.append(Problem(code="tax", field="tax", message=message))
        stay = view.get(RESERVATIONS, self.stay) or {}
        if stay.get("status") == CHECKED_OUT and not self.late:
            message = "The guest has left: charge it as a late charge, or not at all."
            found.append(Problem(code="left", field="late", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Post it."""
        total = self.amount * self.quantity
        line = self._line(
            CHARGE,
            total,
            text=self.text.strip(),
            category=self.category,
            quantity=self.quantity,
            article=self.article,
            night=self.night,
            taxes=taxes_in(draft, total, self.tax) or None,
            late=self.late or None,
        )
        return draft.create(LINES, line)

    def label(self, view: View) -> str:
        """Names what and whom."""
        return f"Charge {self.text.strip()} to {self._whose(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Pay(Posting):
    """Somebody pays, or with `refund` gets money back. What a provider knows under one reference is
    one payment, whoever posts it how often."""

    do: ClassVar[str] = "pay"

    method: str
    text: str = ""
    provider: str | None = None
    reference: str | None = None
    refund: bool = False

    def check(self, view: View, today: str) -> list[Problem]:
        """A stay that is there, and a reference that was not posted before."""
        found = self._problems(view)
        values = {"method": self.method, "provider": self.provider, "reference": self.reference}
        found += field_problems(LINES, values)
        named = {"provider": self.provider, "reference": self.reference, "method": self.method}
        key = payment_key({**named, "amount": self.amount if self.refund else -self.amount})
        known = view.find(LINES, "paid_by", key) if key is not None else ()
        if any(stands(view, line) for line in known):
            message = f"The payment {self.reference} was posted already."
            found.append(Problem(code="paid-already", field="reference", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Post it."""
        return draft.create(
            LINES,
            self._line(
                PAYMENT,
                self.amount if self.refund else -self.amount,
                text=self.text.strip() or ("Refund" if self.refund else "Payment"),
                method=self.method,
                provider=self.provider,
                reference=self.reference,
            ),
        )

    def label(self, view: View) -> str:
        """Names who."""
        return f"{'Refund to' if self.refund else 'Payment of'} {self._whose(view)}"
