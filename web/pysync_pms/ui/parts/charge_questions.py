"""Questions about what is charged: a tax, what a night includes, an article. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from pysync_pms.commands import HOTEL, Command, CreateArticle, EditArticle, SetSettings
from pysync_pms.indexes import fold
from pysync_pms.ledger_schema import TAXES_MAX
from pysync_pms.money import plain, typed
from pysync_pms.taxes import NAME_MAX, Tax, new_code, parse_rate, plain_rate, taxes_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.told import told
from pysync_pms.words import ARTICLES, CATEGORIES

__all__ = ["MANY", "edit_article", "edit_tax", "new_article", "new_tax", "night", "tax_choices"]

MANY: Final = tr("A hotel has {most} taxes at most.", most=TAXES_MAX)
_GONE: Final = tr("It was removed meanwhile: close this and add it anew.")
_MORE_THAN_NOTHING: Final = tr("Enter an amount above 0, or leave it empty.")
_TAX_NOTE: Final = tr("What was charged before keeps the rate it had.")
_ARTICLE_NOTE: Final = tr("What was charged before keeps the price and the tax it had.")


def tax_choices(hotel: Hotel) -> list[tuple[str, str]]:
    """The hotel's taxes to choose from, by code."""
    return [(code, f"{name}, {plain_rate(rate)} %") for code, name, rate in taxes_of(hotel.view)]


# -- taxes ----------------------------------------------------------------------------------------


def new_tax(hotel: Hotel) -> Question:
    """A tax that prices include: its name and rate. Its code is made from the name."""

    def commands(values: Values) -> Sequence[Command]:
        rows = taxes_of(hotel.view)
        name = values["name"].strip()
        code = new_code(name, {row[0] for row in rows})
        return [_set_taxes([*rows, [code, name, parse_rate(values["rate"])]])]

    def missing(values: Values) -> dict[str, str]:
        rows = taxes_of(hotel.view)
        return {"name": MANY} if len(rows) >= TAXES_MAX else _tax_missing(rows, values)

    return Question(
        title=tr("New tax"),
        submit=tr("Add"),
        fields=lambda view, _: _tax_fields(view),
        commands=commands,
        missing=missing,
    )


def edit_tax(hotel: Hotel, code: str) -> Question:
    """The name and the rate of a tax; its code stays."""

    def commands(values: Values) -> Sequence[Command]:
        new = [code, values["name"].strip(), parse_rate(values["rate"])]
        return [_set_taxes([new if row[0] == code else row for row in taxes_of(hotel.view)])]

    def missing(values: Values) -> dict[str, str]:
        rows = taxes_of(hotel.view)
        others = [row for row in rows if row[0] != code]
        return {"name": _GONE} if len(others) == len(rows) else _tax_missing(others, values)

    _, name, rate = next((row for row in taxes_of(hotel.view) if row[0] == code), (code, "", 0))
    return Question(
        title=tr("Tax {name}", name=name),
        about=f"tax/{code}",
        submit=tr("Save"),
        fields=lambda view, _: [_tax_fields(view), h.p("muted")[_TAX_NOTE]],
        commands=commands,
        missing=missing,
        values={"name": str(name), "rate": plain_rate(rate)},
    )


def _set_taxes(rows: list[Tax]) -> Command:
    return SetSettings(id=HOTEL, changes={"taxes": rows})


def _tax_fields(view: FormView) -> Child:
    return h.div("grid-2")[
        view.text("name", tr("Name"), required=True, hint=tr("As it is printed on bills")),
        view.text(
            "rate",
            tr("Rate in %"),
            required=True,
            hint=tr("Such as 7 or 7.25"),
            inputmode="decimal",
        ),
    ]


def _tax_missing(others: Sequence[Tax], values: Values) -> dict[str, str]:
    found: dict[str, str] = {}
    name = values.get("name", "").strip()
    if not name:
        found["name"] = tr("Enter a name.")
    elif len(name) > NAME_MAX:
        found["name"] = tr("A name has {most} characters at most.", most=NAME_MAX)
    elif fold(name) in [fold(row[1]) for row in others]:
        found["name"] = tr("There is a tax of this name already: choose another.")
    return found | _wrong(values, "rate", parse_rate)


def _wrong(values: Values, name: str, read: Callable[[str], int]) -> dict[str, str]:
    """What is wrong with a number that was typed, under its field."""
    try:
        read(values.get(name, ""))
    except ValueError as error:
        return {name: told(str(error))}
    return {}


# -- a night --------------------------------------------------------------------------------------


def night(hotel: Hotel) -> Question:
    """Which tax a room's price includes, and the city tax on top."""
    now = hotel.settings
    city_tax = now.get("city_tax")

    def fields(view: FormView, _: Values) -> Child:
        return h.div("grid-2")[
            view.choose(
                "room_tax", tr("Room prices include"), tax_choices(hotel), empty=tr("No tax")
            ),
            view.text(
                "city_tax",
                tr("City tax in {currency}", currency=hotel.currency),
                hint=tr("For each adult and night, on top of the room's price"),
                inputmode="decimal",
            ),
        ]

    def commands(values: Values) -> Sequence[Command]:
        city = _amount(hotel, values, "city_tax")
        given = {"room_tax": values.get("room_tax") or None, "city_tax": city}
        changes = {name: value for name, value in given.items() if value != now.get(name)}
        return [SetSettings(id=HOTEL, changes=changes)]

    return Question(
        title=tr("What a night includes"),
        submit=tr("Save"),
        fields=fields,
        commands=commands,
        missing=lambda values: _amount_wrong(hotel, values, "city_tax"),
        values={
            "room_tax": str(now.get("room_tax") or ""),
            "city_tax": plain(city_tax, hotel.currency) if city_tax else "",
        },
    )


def _amount(hotel: Hotel, values: Values, name: str) -> int | None:
    """What was typed in minor units; None where nothing was."""
    text = values.get(name, "").strip()
    return typed(text, hotel.currency) if text else None


def _amount_wrong(hotel: Hotel, values: Values, name: str) -> dict[str, str]:
    def read(_: str) -> int:
        amount = _amount(hotel, values, name)
        if amount is not None and amount <= 0:
            raise ValueError(_MORE_THAN_NOTHING)
        return amount or 0

    return _wrong(values, name, read)


# -- articles -------------------------------------------------------------------------------------


def new_article(hotel: Hotel) -> Question:
    """Something that the desk sells."""
    article_id = hotel.new_id()

    def commands(values: Values) -> Sequence[Command]:
        return [CreateArticle(id=article_id, **_article(hotel, values))]

    return Question(
        title=tr("New article"),
        submit=tr("Add"),
        fields=lambda view, _: _article_fields(hotel, view),
        commands=commands,
        missing=lambda values: _article_missing(hotel, values),
        values={"category": "food"},
    )


def edit_article(hotel: Hotel, article_id: str) -> Question:
    """Its name, category, price and tax."""
    now = hotel.view.get(ARTICLES, article_id) or {}
    price = now.get("price")

    def commands(values: Values) -> Sequence[Command]:
        given = _article(hotel, values)
        changes = {name: value for name, value in given.items() if value != now.get(name)}
        return [EditArticle(id=article_id, changes=changes)]

    return Question(
        title=str(tr("Article {name}", name=now.get("name") or "")).strip(),
        about=f"article/{article_id}",
        submit=tr("Save"),
        fields=lambda view, _: [_article_fields(hotel, view), h.p("muted")[_ARTICLE_NOTE]],
        commands=commands,
        missing=lambda values: _article_missing(hotel, values),
        values={
            "name": str(now.get("name") or ""),
            "category": str(now.get("category") or ""),
            "price": "" if price is None else plain(price, hotel.currency),
            "tax": str(now.get("tax") or ""),
        },
    )


def _article(hotel: Hotel, values: Values) -> dict[str, Any]:
    return {
        "name": values["name"].strip(),
        "category": values.get("category", ""),
        "price": _amount(hotel, values, "price"),
        "tax": values.get("tax") or None,
    }


def _article_fields(hotel: Hotel, view: FormView) -> Child:
    return h.div("grid-2")[
        view.text("name", tr("Name"), required=True),
        view.choose(
            "category",
            tr("Category"),
            [(code, label(code)) for code in CATEGORIES],
            required=True,
            hint=tr("What its revenue is counted under"),
        ),
        view.text(
            "price",
            tr("Price in {currency}", currency=hotel.currency),
            hint=tr("With its tax. Empty: typed whenever it is charged."),
            inputmode="decimal",
        ),
        view.choose("tax", tr("The price includes"), tax_choices(hotel), empty=tr("No tax")),
    ]


def _article_missing(hotel: Hotel, values: Values) -> dict[str, str]:
    named = {} if values.get("name", "").strip() else {"name": tr("Enter a name.")}
    return named | _amount_wrong(hotel, values, "price")
