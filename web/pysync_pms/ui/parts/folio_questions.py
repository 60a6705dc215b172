"""Questions about a folio: what is charged, who pays how, what becomes of a line. Stands on `ask`.

The id of what is posted is made with the question, so that the same answer sent twice is one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pysync.model.guard import Record
from pysync_pms.commands import Charge, Command, NameWindow, Pay, Reverse, Split, window_id
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
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.rooms import room_words
from pysync_pms.ui.parts.words import amount, label
from pysync_pms.words import (
    CATEGORIES,
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    FOLIOS,
    METHODS,
    RESERVATIONS,
    WINDOWS_MAX,
)

__all__ = ["charge", "move", "name_window", "pay", "reverse", "split"]

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
            offered and form.choose("article", "Article", _named(offered), empty="Something else",
                                     **live),
            article is None and form.text("text", "What", required=True),
            article is None
            and form.choose("category", "Category", [(code, label(code)) for code in CATEGORIES],
                            required=True),
            article is None and taxes and form.choose("tax", "Tax included", taxes, empty="None"),
            form.text("amount", f"Price in {currency}", required=not usual, inputmode="decimal",
                      hint=f"Usually {usual}" if usual else "Taxes included"),
            form.number("quantity", "Quantity", required=True, min="1", max="999"),
            form.choose("window", "Window", _windows(hotel, stay["id"]), required=True),
            has_left and form.check("late", "Late charge: the guest has left"),
        ]  # fmt: skip

    def missing(values: Values) -> Mapping[str, str]:
        article = offered.get(values.get("article", ""))
        usual = article.get("price") if article is not None else None
        found = _amount_problem(values, currency, needed=usual is None)
        if article is None and not values.get("text", "").strip():
            found["text"] = "Say what is charged."
        if not _is_count(values.get("quantity", "")):
            found["quantity"] = "Enter a whole number from 1."
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
        title=f"Charge {guest_name(hotel.view, stay)}",
        about=f"charge {stay['id']}",
        submit="Charge",
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
            form.text("amount", f"Amount in {currency}", required=True, inputmode="decimal"),
            form.choose("method", "How", [(code, label(code)) for code in METHODS], required=True),
            form.text("reference", "Reference",
                      hint="Of the card terminal or the bank: it is posted once only"),
            form.choose("window", "Window", _windows(hotel, stay["id"]), required=True),
            form.check("refund", "Money is given back"),
        ]  # fmt: skip

    return Question(
        title=f"Payment of {guest_name(hotel.view, stay)}",
        about=f"pay {stay['id']}",
        submit="Post",
        fields=fields,
        missing=lambda values: _amount_problem(values, currency, needed=True),
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


def reverse(hotel: Hotel, line: Record) -> Question:
    """Why a line is reversed."""
    line_id = hotel.new_id()
    return Question(
        title=f"Reverse {line['text']}, {_amount(hotel, line)}",
        about=f"reverse {line['id']}",
        submit="Reverse",
        kind="danger",
        fields=lambda form, _: [
            h.p("muted")["Its opposite is posted. Both stay in the folio, with the reason."],
            form.text("reason", "Reason", required=True),
        ],
        missing=lambda v: {} if v.get("reason", "").strip() else {"reason": "Say why."},
        commands=lambda values: [
            Reverse(id=line_id, line=line["id"], on=hotel.today, reason=values["reason"])
        ],
    )


def move(hotel: Hotel, line: Record) -> Question:
    """Where a line goes: another window, or the folio of another guest in the house."""
    line_id = hotel.new_id()
    others = [
        (str(stay["id"]), f"{guest_name(hotel.view, stay)}, room {_room(hotel, stay)}")
        for stay in hotel.view.find(RESERVATIONS, "status", CHECKED_IN)
        if stay["id"] != line["stay"]
    ]
    own = hotel.view.get(RESERVATIONS, line["stay"]) or {"id": line["stay"]}
    stays = [(str(line["stay"]), f"{guest_name(hotel.view, own)} (this folio)"), *sorted(
        others, key=lambda pair: pair[1])]  # fmt: skip
    return Question(
        title=f"Move {line['text']}, {_amount(hotel, line)}",
        about=f"move {line['id']}",
        submit="Move",
        fields=lambda form, _: h.div("grid-2")[
            form.choose("stay", "Folio", stays),
            form.choose("window", "Window", _windows(hotel, line["stay"])),
        ],
        commands=lambda values: [
            Split(
                id=line_id,
                line=line["id"],
                on=hotel.today,
                parts=((values["stay"], int(values["window"]), 1),),
            )
        ],
        values={"stay": str(line["stay"]), "window": "2" if line["window"] == FIRST else "1"},
        wide=True,
    )


def split(hotel: Hotel, asker: Asker, line: Record) -> Question:
    """A part of a line goes to another window."""
    line_id, currency = hotel.new_id(), line.get("currency") or hotel.currency
    whole = abs(line["amount"])

    def missing(values: Values) -> Mapping[str, str]:
        found = _amount_problem(values, currency, needed=True)
        if not found and not 0 < typed_amount(values["amount"], currency) < whole:
            found["amount"] = f"Enter more than 0 and less than {plain(whole, currency)}."
        return found

    def commands(values: Values) -> Sequence[Command]:
        part = typed_amount(values["amount"], currency)
        stay, window = line["stay"], int(values["window"])
        parts = ((stay, line["window"], whole - part), (stay, window, part))
        return [Split(id=line_id, line=line["id"], on=hotel.today, parts=parts)]

    return Question(
        title=f"Split {line['text']}, {_amount(hotel, line)}",
        about=f"split {line['id']}",
        submit="Split",
        fields=lambda form, _: h.div("grid-2")[
            form.text("amount", f"Part in {currency}", required=True, inputmode="decimal"),
            form.choose("window", "Goes to window", _windows(hotel, line["stay"]), **asker.live()),
        ],
        missing=missing,
        commands=commands,
        values={
            "amount": plain(whole // 2, currency),
            "window": "2" if line["window"] == FIRST else "1",
        },
        wide=True,
    )


def name_window(hotel: Hotel, stay: str, window: int) -> Question:
    """Who pays a window."""
    found = hotel.view.get(FOLIOS, window_id(stay, window))
    return Question(
        title=f"Who pays window {window}?",
        about=f"window {stay} {window}",
        submit="Save",
        fields=lambda form, _: form.text("name", "Name", hint="Such as the guest's company"),
        commands=lambda v: [NameWindow(stay=stay, window=window, name=v.get("name", ""))],
        values={"name": str((found or {}).get("name") or "")},
    )


def _room(hotel: Hotel, stay: Record) -> str:
    return room_words(hotel.view, str(stay.get("room") or "")).split(" · ")[0] or "none"


def _windows(hotel: Hotel, stay: str) -> list[tuple[str, str]]:
    names = {each["window"]: each.get("name") for each in hotel.view.find(FOLIOS, "stay", stay)}
    usual = {FIRST: "Guest"}
    return [(str(n), f"{n} · {names.get(n) or usual.get(n) or ''}".rstrip(" ·")) for n in _WINDOWS]


def _named(articles: Mapping[str, Record]) -> list[tuple[str, str]]:
    return [(id_, str(each["name"])) for id_, each in articles.items()]


def _currency(hotel: Hotel, stay: Record) -> str:
    return str(stay.get("currency") or hotel.currency)


def _amount(hotel: Hotel, line: Record) -> str:
    currency = str(line.get("currency") or hotel.currency)
    return amount(hotel.app.formats, line["amount"], currency)


def _amount_problem(values: Values, currency: str, *, needed: bool) -> dict[str, str]:
    text = values.get("amount", "").strip()
    if not text:
        return {"amount": "Enter an amount."} if needed else {}
    try:
        typed_amount(text, currency)
    except ValueError as error:
        return {"amount": str(error)}
    return {}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0
