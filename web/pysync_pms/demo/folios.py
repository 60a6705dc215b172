"""What the demonstration hotel's guests are charged and pay, line by line, with the commands of the
desk.

DEMO-3 the folio of whoever left in the last days is settled, window by window; who is in the house
owes the nights that have passed. No line is dated after the date the demonstration is made for.
DEMO-4 a room's night has the id `room.<stay>.<night>`, its city tax `city-tax.<stay>.<night>`: who
posts it again posts nothing. Stands on `commands`, `demo.dice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pysync_pms.calendar import add_days, days_between
from pysync_pms.commands import (
    Charge,
    Command,
    CreateArticle,
    CreateReservation,
    NameWindow,
    Pay,
    Reverse,
)
from pysync_pms.demo.dice import Dice
from pysync_pms.demo.house import CURRENCY
from pysync_pms.ledger import FIRST

__all__ = ["ARTICLES", "CHARGES", "Folios"]

CITY_TAX: Final = 200
LODGING: Final = "lodging"
FULL: Final = "full"
CHARGES: Final = {
    "address": "Rua do Miradouro 12\n1100-352 Lisboa",
    "tax_id": "PT 509 000 111",
    "invoice_note": "Thank you for your stay. Payable within 14 days.",
    "taxes": [[LODGING, "VAT lodging", 700], [FULL, "VAT", 1_900]],
    "room_tax": LODGING,
    "city_tax": CITY_TAX,
}
"""What the hotel's settings say about charges."""
LEFT_DAYS: Final = 7
"""Folios begin so many days ago: who left before has none."""
COMPANY: Final = 2
"""The window of a guest's company."""


def _articles() -> Iterator[CreateArticle]:
    rows = (
        ("breakfast", "Breakfast", "food", 1_450, FULL),
        ("dinner", "Dinner menu", "food", 3_200, FULL),
        ("coffee", "Coffee", "beverage", 320, FULL),
        ("water", "Mineral water", "beverage", 280, FULL),
        ("beer", "Beer", "beverage", 450, FULL),
        ("parking", "Parking, a night", "parking", 1_800, FULL),
        ("laundry", "Laundry, a bag", "other", 2_200, FULL),
        ("towels", "Beach towels", "amenity", 600, FULL),
        ("late-check-out", "Late check-out", "fee", 3_500, LODGING),
        ("pet", "Pet, a night", "fee", 1_500, FULL),
    )
    for rank, (code, name, category, price, tax) in enumerate(rows, start=1):
        yield CreateArticle(
            id=f"a-{code}", name=name, category=category, price=price, tax=tax, rank=rank
        )


ARTICLES: Final = tuple(_articles())
_OFTEN: Final = (*ARTICLES[:6], *ARTICLES[1:5], *ARTICLES)
_COMPANIES: Final = (
    "Atlantic Survey Ltd",
    "Nordlicht Software GmbH",
    "Tejo Consulting, Lda.",
    "Maison Perrin SA",
)


class Folios:
    """Everybody's folio around a date, from dice of its own: whoever stays where is thrown without
    it."""

    def __init__(self, today: str, seed: str) -> None:
        self._today = today
        self._dice = Dice(f"{seed}/{today}/folios")

    def named(self, booking: CreateReservation) -> CreateReservation:
        """The booking, with the company of whoever travels for one."""
        if booking.source != "corporate":
            return booking
        return replace(booking, company=self._dice.pick(_COMPANIES))

    def deposit(self, booking: CreateReservation) -> Iterator[Command]:
        """Now and then somebody who is expected has paid the first night."""
        if self._dice.chance(15):
            on = min(booking.booked_on or self._today, self._today)
            yield self._pay(booking, FIRST, booking.rate, on, "Deposit")

    def lived(self, booking: CreateReservation, *, left: bool) -> Iterator[Command]:
        """What was charged to a stay by now and, of who `left`, paid."""
        if booking.departure < add_days(self._today, -LEFT_DAYS):
            return
        company = booking.company if self._dice.chance(70) else None
        if company:
            yield NameWindow(stay=booking.id, window=COMPANY, name=company)
        owed = {FIRST: 0, COMPANY: 0}
        for night in days_between(booking.arrival, min(booking.departure, self._today)):
            for charge in self._night(booking, night, COMPANY if company else FIRST):
                owed[charge.window] += charge.amount * charge.quantity
                yield charge
            if self._dice.chance(3):
                yield from self._mistake(booking, night)
        if left:
            for window, amount in owed.items():
                if amount:
                    yield self._pay(booking, window, amount, booking.departure, "")

    def _night(self, booking: CreateReservation, night: str, payer: int) -> Iterator[Charge]:
        stay = booking.id
        yield self._charge(
            f"room.{stay}.{night}", stay, night, booking.rate, window=payer, night=night,
            text="Room", category="room", tax=LODGING,
        )  # fmt: skip
        yield self._charge(
            f"city-tax.{stay}.{night}", stay, night, CITY_TAX, quantity=booking.adults, night=night,
            text="City tax", category="city-tax",
        )  # fmt: skip
        for extra in range(self._dice.pick((0, 0, 0, 1, 1, 2))):
            yield self._extra(f"extra.{stay}.{night}.{extra}", stay, night)

    def _extra(self, line: str, stay: str, on: str) -> Charge:
        article = self._dice.pick(_OFTEN)
        many = self._dice.number(1, 3) if article.category in ("food", "beverage") else 1
        return self._charge(
            line, stay, on, article.price or 0, quantity=many, article=article.id,
            text=article.name, category=article.category, tax=article.tax,
        )  # fmt: skip

    def _mistake(self, booking: CreateReservation, on: str) -> Iterator[Command]:
        """Something that was for another room, and what took it back."""
        wrong = self._extra(f"wrong.{booking.id}.{on}", booking.id, on)
        yield wrong
        yield Reverse(id=f"back.{booking.id}.{on}", line=wrong.id, on=on, reason="Another room")

    def _charge(self, line: str, stay: str, on: str, amount: int, **more: Any) -> Charge:
        return Charge(id=line, stay=stay, on=on, amount=amount, currency=CURRENCY, **more)

    def _pay(
        self, booking: CreateReservation, window: int, amount: int, on: str, text: str
    ) -> Command:
        method = "company" if window == COMPANY else self._dice.pick(("card", "card", "cash"))
        by_card = method == "card"
        return Pay(
            id=f"payment.{booking.id}.{window}",
            stay=booking.id,
            window=window,
            amount=amount,
            on=on,
            currency=CURRENCY,
            method=method,
            text=text,
            provider="terminal" if by_card else None,
            reference=self._dice.key()[:12] if by_card else None,
        )
