"""What the demonstration hotel's staff spent in the last three months: sixty expenses, each state.

DEMO-5 nobody decided of what they spent themselves, what is old was paid, and what is new waits.
Nobody is named as owner, so that whoever looks at the demonstration can go on with it. Stands on
`commands`, `demo.dice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pysync_pms.calendar import add_days
from pysync_pms.commands import Command
from pysync_pms.demo.dice import Dice
from pysync_pms.demo.house import CURRENCY, STAFF
from pysync_pms.expenses.claim_commands import DecideClaim, PayClaims, SubmitClaim
from pysync_pms.expenses.commands import BookExpense, CreateCentre, CreateExpense
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.money import tax_within

__all__ = ["CENTRES", "expense_steps"]

MANY: Final = 60
_CENTRES: Final = (
    ("rooms", "Rooms"),
    ("housekeeping", "Housekeeping"),
    ("kitchen", "Kitchen"),
    ("bar", "Restaurant and bar"),
    ("upkeep", "Building and garden"),
    ("sales", "Sales"),
    ("management", "Management"),
)
CENTRES: Final = tuple(CreateCentre(id=f"c-{key}", name=name) for key, name in _CENTRES)
_BOUGHT: Final = (
    ("supplies", "Papelaria Central", "Pens and printer paper", 890, 4_200, 1_900),
    ("cleaning", "Casa das Limpezas", "Descaler, two canisters", 1_450, 6_300, 1_900),
    ("repairs", "Ferragens Silva", "Hinges and screws", 640, 8_900, 1_900),
    ("food-stock", "Mercado da Ribeira", "Herbs and lemons", 1_200, 9_500, 700),
    ("travel", "Táxis Lisboa", "Taxi from the airport with a guest's luggage", 1_100, 3_600, 700),
    ("travel", "CP Comboios", "Train to the trade fair in Porto", 3_150, 6_200, 700),
    ("meals", "Taberna do Largo", "Lunch with a tour operator", 2_800, 9_400, 1_900),
    ("postage", "CTT", "Lost property, sent to a guest", 480, 2_150, 1_900),
    ("training", "Cruz Vermelha", "First aid course", 4_500, 8_000, None),
    ("marketing", "Gráfica Estrela", "Menus, 200 copies", 5_200, 14_800, 1_900),
    ("fees", "Câmara Municipal", "Terrace licence", 3_000, 12_500, None),
    ("other", "Florista Íris", "Flowers for an anniversary", 1_500, 4_800, 1_900),
)
_WHY_NOT: Final = (
    "The receipt is missing: please hand it in.",
    "This is the second time for the same taxi: which one counts?",
    "Please ask before you buy above 100.",
)


def expense_steps(today: str, seed: str) -> Iterator[tuple[Command, str]]:
    """Commands with the business date on which they are given."""
    dice = Dice(f"{seed}/{today}/expenses")
    for number in range(MANY):
        on = add_days(today, -1 - number * 3 // 2)
        yield from _one(number, on, today, dice)


def _one(number: int, on: str, today: str, dice: Dice) -> Iterator[tuple[Command, str]]:
    person = dice.pick(STAFF)
    category, supplier, note, low, high, rate = dice.pick(_BOUGHT)
    amount, id_ = dice.number(low, high), f"x-{number:04d}"
    yield (
        CreateExpense(
            id=id_,
            staff=person.id,
            on=on,
            category=category,
            amount=amount,
            currency=CURRENCY,
            tax_rate=rate,
            tax=None if rate is None else tax_within(amount, rate),
            centre=person.centre,
            supplier=supplier,
            note=note,
            receipt=f"{dice.number(1, 9_999):04d}" if dice.chance(85) else None,
        ),
        on,
    )
    if number % 10 == 1:
        return
    sent = min(add_days(on, dice.number(0, 1)), today)
    yield SubmitClaim(collection=EXPENSES, id=id_, on=sent), sent
    if number < 12 and number % 10 != 6:
        return
    decided = min(add_days(sent, dice.number(1, 3)), today)
    rejected = number % 10 == 6
    reason = dice.pick(_WHY_NOT) if rejected else ""
    yield (
        DecideClaim(collection=EXPENSES, id=id_, submission=1, on=decided, approve=not rejected,
                    reason=reason),
        decided,
    )  # fmt: skip
    if rejected:
        return
    if category == "other":
        yield BookExpense(id=id_, category="marketing", centre=person.centre), decided
    if number >= 20:
        paid = min(add_days(decided, dice.number(2, 6)), today)
        how, reference = ("cash", "") if dice.chance(20) else ("bank-transfer", f"SEPA-{number}")
        yield (
            PayClaims(
                id=f"p-{number}",
                claims=(f"{EXPENSES}/{id_}",),
                method=how,
                on=paid,
                reference=reference,
            ),
            paid,
        )
