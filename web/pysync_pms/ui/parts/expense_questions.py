"""Questions about expenses: what was spent, what it is booked under, cost centres.

Stands on `ask`. The id of an expense is made with the question, so that the same answer sent twice
is one expense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.commands import Command
from pysync_pms.expenses.claim_commands import SubmitClaim
from pysync_pms.expenses.commands import (
    BookExpense,
    CreateCentre,
    CreateExpense,
    EditCentre,
    EditExpense,
)
from pysync_pms.expenses.queries import (
    active_centres,
    booked_category,
    booked_centre,
    employee_of,
)
from pysync_pms.expenses.schema import OWN
from pysync_pms.expenses.words import CENTRES, EXPENSE_CATEGORIES, EXPENSES
from pysync_pms.indexes import fold
from pysync_pms.money import MAX_AMOUNT, plain, tax_within, typed
from pysync_pms.taxes import plain_rate, taxes_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.days import work_day
from pysync_pms.ui.parts.picture import not_ready, picture_field
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.told import told
from pysync_pms.words import STAFF

__all__ = [
    "book",
    "centre_choices",
    "edit_expense",
    "name_centre",
    "new_expense",
    "people",
    "who_field",
]

_LIVE: Final = {"data_change": "ask.change"}
"""A box that is emptied is in no form: it says so when it is."""
_CATEGORIES: Final = [(code, label(code)) for code in EXPENSE_CATEGORIES]


def people(hotel: Hotel, *also: str) -> list[tuple[str, str]]:
    """The staff to choose from, by name; of those who left only `also`."""
    found = [
        each
        for each in hotel.view.all(STAFF)
        if each.get("active") is not False or each["id"] in also
    ]
    named = [(str(each["id"]), str(each.get("name") or each["id"])) for each in found]
    return sorted(named, key=lambda pair: fold(pair[1]))


def centre_choices(hotel: Hotel, *also: str) -> list[tuple[str, str]]:
    """Cost centres to choose from."""
    return [(str(each["id"]), str(each["name"])) for each in active_centres(hotel.view, *also)]


def new_expense(hotel: Hotel, by: str) -> Question:
    """What somebody spent; it is submitted at once, or kept as a draft."""
    id_, employee = hotel.new_id(), employee_of(hotel.view, by) or {}

    def commands(values: Values) -> Sequence[Command]:
        made = CreateExpense(id=id_, by=by, **_given(hotel, values))
        if not values.get("submit"):
            return [made]
        return [made, SubmitClaim(collection=EXPENSES, id=id_, on=hotel.today, by=by)]

    return Question(
        title=tr("New expense"),
        submit=tr("Save"),
        fields=lambda form, _: [
            _fields(hotel, form),
            form.check("submit", tr("Submit it for approval at once"),
                       hint=tr("Else it stays a draft, which only you change"), **_LIVE),
        ],
        commands=commands,
        missing=lambda values: _missing(hotel, values),
        values={
            "staff": str(employee.get("id") or ""),
            "centre": str(employee.get("centre") or ""),
            "on": work_day(hotel),
            "category": "supplies",
            "submit": "on",
        },
        wide=True,
    )  # fmt: skip


def edit_expense(hotel: Hotel, expense: Record, by: str) -> Question:
    """What is to be put right in a draft, or in what was rejected."""
    id_, currency = str(expense["id"]), str(expense.get("currency") or hotel.currency)

    def commands(values: Values) -> Sequence[Command]:
        given = {**dict.fromkeys(OWN), **_given(hotel, values, currency)}
        changes = {name: value for name, value in given.items() if value != expense.get(name)}
        made: list[Command] = [EditExpense(id=id_, changes=changes, by=by)] if changes else []
        if values.get("submit"):
            made.append(SubmitClaim(collection=EXPENSES, id=id_, on=hotel.today, by=by))
        return made or [EditExpense(id=id_, changes={}, by=by)]

    tax, rate = expense.get("tax"), expense.get("tax_rate")
    texts = {name: str(expense.get(name) or "") for name in OWN}
    reckoned = rate is not None and tax == tax_within(expense["amount"], rate)
    return Question(
        title=tr("Edit expense"),
        about=f"expense {id_}",
        submit=tr("Save"),
        fields=lambda form, _: [
            _fields(hotel, form, expense),
            form.check("submit", tr("Submit it for approval"), **_LIVE),
        ],
        commands=commands,
        missing=lambda values: _missing(hotel, values, currency),
        values=texts
        | {
            "amount": plain(expense["amount"], currency),
            "tax_rate": "" if rate is None else str(rate),
            "tax": "" if tax is None or reckoned else plain(tax, currency),
        },
        wide=True,
    )


def _fields(hotel: Hotel, form: FormView, expense: Record | None = None) -> Child:
    now = expense or {}
    currency = str(now.get("currency") or hotel.currency)
    rates = {rate: f"{name}, {plain_rate(rate)} %" for _, name, rate in taxes_of(hotel.view)}
    known = now.get("tax_rate")
    if known is not None:
        rates.setdefault(known, f"{plain_rate(known)} %")
    centres = centre_choices(hotel, str(now.get("centre") or ""))
    return (
        h.div("grid-2")[
            who_field(hotel, form, tr("Who spent it"), now),
            form.date("on", tr("Day of the receipt"), required=True, max=work_day(hotel)),
            form.text(
                "amount",
                tr("Amount in {currency}", currency=currency),
                required=True,
                inputmode="decimal",
                hint=tr("As on the receipt, with its taxes"),
            ),
            form.choose("category", tr("Category"), _CATEGORIES, required=True),
            form.text("supplier", tr("Bought from")),
            form.text("receipt", tr("Number of the receipt")),
            form.choose(
                "tax_rate",
                tr("Tax included"),
                [(str(rate), name) for rate, name in rates.items()],
                empty=tr("None"),
            ),
            form.text(
                "tax",
                tr("Tax in {currency}", currency=currency),
                inputmode="decimal",
                hint=tr("If the receipt says another than the rate makes"),
            ),
            centres and form.choose("centre", tr("Cost centre"), centres, empty=tr("None")),
        ],
        form.area("note", tr("What for"), rows=2),
        picture_field(hotel, form),
    )


def who_field(hotel: Hotel, form: FormView, words: str, now: Record) -> Child:
    """Who of the staff; where there is nobody yet it says where people are added."""
    found = people(hotel, str(now.get("staff") or ""))
    hint = None if found else tr("Nobody works here yet: people are added under Staff, People")
    return form.choose("staff", words, found, required=True, empty=tr("Choose"), hint=hint)


def _given(hotel: Hotel, values: Values, currency: str = "") -> dict[str, Any]:
    """What was filled in, as an expense holds it."""
    currency = currency or hotel.currency
    total, rate = typed(values["amount"], currency), values.get("tax_rate", "")
    tax = values.get("tax", "").strip()
    reckoned = tax_within(total, int(rate)) if rate else None
    return {
        "staff": values.get("staff", ""),
        "on": values.get("on", ""),
        "category": values.get("category", ""),
        "amount": total,
        "currency": currency,
        "tax_rate": int(rate) if rate else None,
        "tax": typed(tax, currency) if tax else reckoned,
        **{
            name: values.get(name, "").strip() or None
            for name in ("centre", "supplier", "note", "receipt", "picture")
        },
    }


def _missing(hotel: Hotel, values: Values, currency: str = "") -> Mapping[str, str]:
    found: dict[str, str] = {**not_ready(hotel)}
    if not values.get("staff"):
        found["staff"] = tr("Choose who spent it.")
    if not values.get("on"):
        found["on"] = tr("Enter the day.")
    for name in ("amount", "tax"):
        text = values.get(name, "").strip()
        if not text and name == "tax":
            continue
        try:
            amount = typed(text, currency or hotel.currency)
        except ValueError as error:
            found[name] = told(str(error)) if text else tr("Enter an amount.")
        else:
            if not (name == "tax" and amount == 0) and not 0 < amount <= MAX_AMOUNT:
                found[name] = tr("Enter an amount above 0.")
    return found


def book(hotel: Hotel, expense: Record, by: str) -> Question:
    """What accounting counts it under."""
    id_, now = str(expense["id"]), booked_centre(expense)
    said = label(expense.get("category"))
    centres = centre_choices(hotel, now)
    return Question(
        title=tr("Book under"),
        about=f"book {id_}",
        submit=tr("Book"),
        fields=lambda form, _: [
            h.p("muted")[tr("It was submitted as: {said}. That stays beside.", said=said)],
            form.choose("category", tr("Category"), _CATEGORIES, required=True),
            centres and form.choose("centre", tr("Cost centre"), centres, empty=tr("None")),
        ],
        commands=lambda values: [
            BookExpense(id=id_, category=values.get("category") or None,
                        centre=values.get("centre") or None, by=by)
        ],
        values={"category": booked_category(expense), "centre": now},
    )  # fmt: skip


def name_centre(hotel: Hotel, centre: Record | None) -> Question:
    """A new cost centre, or another name for one."""
    id_ = str(centre["id"]) if centre is not None else hotel.new_id()

    def commands(values: Values) -> Sequence[Command]:
        name = values.get("name", "").strip()
        if hotel.view.get(CENTRES, id_) is None:
            return [CreateCentre(id=id_, name=name)]
        return [EditCentre(id=id_, changes={"name": name})]

    return Question(
        title=tr("New cost centre")
        if centre is None
        else tr("Cost centre {name}", name=centre.get("name")),
        about=f"centre {id_ if centre is not None else ''}",
        submit=tr("Save"),
        fields=lambda form, _: form.text(
            "name", tr("Name"), required=True, hint=tr("A part of the hotel, such as Kitchen")
        ),
        commands=commands,
        missing=lambda v: {} if v.get("name", "").strip() else {"name": tr("Enter a name.")},
        values={"name": str((centre or {}).get("name") or "")},
    )
