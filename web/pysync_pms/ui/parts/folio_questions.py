"""Questions about a folio: what is charged, who pays how. Stands on `ask`.

The id of what is posted is made with the question, so that the same answer sent twice is one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pysync.model.guard import Record
from pysync_pms.commands import Charge, Command, NameWindow, Pay, window_id
from pysync_pms.ledger import FIRST, deposit_missing, owed
from pysync_pms.money import plain
from pysync_pms.money import typed as typed_amount
from pysync_pms.queries import guest_name
from pysync_pms.queries.articles import articles, is_sold
from pysync_pms.taxes import taxes_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.told import told
from pysync_pms.words import (
    CATEGORIES,
    CHECKED_OUT,
    CONFIRMED,
    FOLIOS,
    METHODS,
    WINDOWS_MAX,
)

__all__ = ["amount_problem", "charge", "name_window", "pay", "window_choices"]

_WINDOWS: Final = range(1, WINDOWS_MAX + 1)


def charge(hotel: Hotel, asker: Asker, stay: Record) -> Question:
    """Charge something: an article, or what is typed."""
    line_id, currency = hotel.new_id(), _currency(hotel, stay)
    usual = currency == hotel.currency
    offered = {str(each["id"]): each for each in articles(hotel.view) if is_sold(each) and usual}
    taxes = [(code, name) for code, name, _ in taxes_of(hotel.view)]
    has_left = stay.get("status") == CHECKED_OUT

    def fields(form: FormView, values: Values) -> Child:
        article, live = offered.get(values.get("article", "")), asker.live()
        usual = plain(article["price"], currency) if article and article.get("price") else ""
        return h.div("grid-2")[
            offered
            and form.choose(
                "article", tr("Article"), _named(offered), empty=tr("Something else"), **live
            ),
            article is None and form.text("text", tr("What"), required=True),
            article is None
            and form.choose(
                "category",
                tr("Category"),
                [(code, label(code)) for code in CATEGORIES],
                required=True,
            ),
            article is None
            and taxes
            and form.choose("tax", tr("Tax included"), taxes, empty=tr("None")),
            form.text(
                "amount",
                tr("Price in {currency}", currency=currency),
                required=not usual,
                inputmode="decimal",
                hint=tr("Usually {usual}", usual=usual) if usual else tr("Taxes included"),
            ),
            form.number("quantity", tr("Quantity"), required=True, min="1", max="999"),
            form.choose("window", tr("Window"), window_choices(hotel, stay["id"]), required=True),
            has_left and form.check("late", tr("Late charge: the guest has left")),
        ]

    def missing(values: Values) -> Mapping[str, str]:
        article = offered.get(values.get("article", ""))
        usual = article.get("price") if article is not None else None
        found = amount_problem(values, currency, needed=usual is None)
        if article is None and not values.get("text", "").strip():
            found["text"] = tr("Say what is charged.")
        if not _is_count(values.get("quantity", "")):
            found["quantity"] = tr("Enter a whole number from 1.")
        return found

    def commands(values: Values) -> Sequence[Command]:
        article = offered.get(values.get("article", ""))
        typed = values.get("amount", "").strip()
        amount = typed_amount(typed, currency) if typed else (article or {}).get("price") or 0
        return [
            Charge(
                id=line_id,
                stay=stay["id"],
                on=hotel.today,
                currency=currency,
                window=int(values.get("window") or FIRST),
                amount=amount,
                quantity=int(values["quantity"]),
                text=article["name"] if article else values.get("text", ""),
                category=article["category"] if article else values.get("category", "other"),
                tax=(article.get("tax") if article else values.get("tax")) or None,
                article=article["id"] if article else None,
                late=has_left and bool(values.get("late")),
            )
        ]

    return Question(
        title=tr("Charge {who}", who=guest_name(hotel.view, stay)),
        about=f"charge {stay['id']}",
        submit=tr("Charge it"),
        fields=fields,
        commands=commands,
        missing=missing,
        values={"quantity": "1", "category": "food", "window": str(FIRST)},
        wide=True,
    )


def pay(hotel: Hotel, stay: Record) -> Question:
    """Take a payment, or give money back."""
    line_id, currency = hotel.new_id(), _currency(hotel, stay)
    expected = stay.get("status") == CONFIRMED  # what such a guest paid is owed to nobody yet
    due = deposit_missing(hotel.view, stay) if expected else owed(hotel.view, stay["id"])

    def fields(form: FormView, _: Values) -> Child:
        return h.div("grid-2")[
            form.text(
                "amount",
                tr("Amount in {currency}", currency=currency),
                required=True,
                inputmode="decimal",
            ),
            form.choose(
                "method", tr("How"), [(code, label(code)) for code in METHODS], required=True
            ),
            form.text(
                "reference",
                tr("Reference"),
                hint=tr("Of the card terminal or the bank: it is posted once only"),
            ),
            form.choose("window", tr("Window"), window_choices(hotel, stay["id"]), required=True),
            form.check("refund", tr("Money is given back")),
        ]

    return Question(
        title=tr("Payment of {who}", who=guest_name(hotel.view, stay)),
        about=f"pay {stay['id']}",
        submit=tr("Post"),
        fields=fields,
        missing=lambda values: amount_problem(values, currency, needed=True),
        commands=lambda values: [
            Pay(
                id=line_id,
                stay=stay["id"],
                on=hotel.today,
                currency=currency,
                window=int(values.get("window") or FIRST),
                amount=typed_amount(values["amount"], currency),
                text="Deposit" if expected and not values.get("refund") else "",
                method=values.get("method") or METHODS[0],
                reference=values.get("reference", "").strip() or None,
                refund=bool(values.get("refund")),
            )
        ],
        values={
            "amount": plain(abs(due), currency) if due else "",
            "method": "card",
            "window": str(FIRST),
            **({"refund": "on"} if due < 0 else {}),
        },
        wide=True,
    )


def name_window(hotel: Hotel, stay: str, window: int) -> Question:
    """Who pays a window."""
    found = hotel.view.get(FOLIOS, window_id(stay, window))
    return Question(
        title=tr("Who pays window {window}?", window=window),
        about=f"window {stay} {window}",
        submit=tr("Save"),
        fields=lambda form, _: form.text(
            "name", tr("Name"), hint=tr("Such as the guest's company")
        ),
        commands=lambda v: [NameWindow(stay=stay, window=window, name=v.get("name", ""))],
        values={"name": str((found or {}).get("name") or "")},
    )


def window_choices(hotel: Hotel, stay: str) -> list[tuple[str, str]]:
    """The windows of a folio, each with who pays it."""
    names = {each["window"]: each.get("name") for each in hotel.view.find(FOLIOS, "stay", stay)}
    usual = {FIRST: tr("Guest")}
    return [(str(n), f"{n} · {names.get(n) or usual.get(n) or ''}".rstrip(" ·")) for n in _WINDOWS]


def _named(articles: Mapping[str, Record]) -> list[tuple[str, str]]:
    return [(id_, str(each["name"])) for id_, each in articles.items()]


def _currency(hotel: Hotel, stay: Record) -> str:
    return str(stay.get("currency") or hotel.currency)


def amount_problem(values: Values, currency: str, *, needed: bool) -> dict[str, str]:
    """What is wrong with the amount that was typed, under its field."""
    text = values.get("amount", "").strip()
    if not text:
        return {"amount": tr("Enter an amount.")} if needed else {}
    try:
        typed_amount(text, currency)
    except ValueError as error:
        return {"amount": told(str(error))}
    return {}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0
