"""A stay's folio in its drawer: what was charged and paid, by window, and what is still due.

Owns the card. Stands on `ledger`, `folio_questions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pysync.model.guard import Record
from pysync_pms.commands import ChargeNights, window_id
from pysync_pms.ledger import FIRST, Window, owed, windows
from pysync_pms.taxes import tax_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import MenuItem, button, chip, menu
from pysync_pms.ui.components.surfaces import card
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.deposit import ask_deposit, deposit_words
from pysync_pms.ui.parts.folio_questions import charge, name_window, pay
from pysync_pms.ui.parts.invoices import Invoices
from pysync_pms.ui.parts.line_questions import move, reverse, split
from pysync_pms.ui.parts.words import amount, label, line_text
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import (
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    FOLIOS,
    LINES,
    PAYMENT,
    RESERVATIONS,
)

__all__ = ["Folio"]

_NOTHING = tr("Nothing was charged yet. Nights are charged once the guest has checked in.")


class Folio:
    """The card, and what its buttons do."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker
        self._invoices = Invoices(hotel, asker)

    def view(self, stay: Record) -> Html | None:
        """The folio of a stay; nothing for who sees no amounts."""
        if not sees(LINES, "amount"):
            return None
        found = windows(self._hotel.view, stay["id"])
        is_empty = not any(window.lines or window.corrected for window in found)
        return card(
            tr("Folio"),
            h.div("stack folio")[
                h.p("muted")[_NOTHING] if is_empty else None,
                deposit_words(self._hotel, stay),
                h.div("row wrap")[self._buttons(stay, is_empty=is_empty)],
                [self._window(stay, window, several=len(found) > 1) for window in found
                 if window.lines or window.corrected],
                self._invoices.listed(stay),
            ],
            card_id="folio",
            note=None if is_empty else self._due(stay),
        )  # fmt: skip

    def letterhead(self) -> Html:
        """What stands above a folio on paper."""
        today = self._hotel.app.formats.day(date.fromisoformat(self._hotel.today), "long")
        return h.p("paper-only")[f"{self._hotel.settings.get('name') or tr('Hotel')} · {today}"]

    def actions(self) -> Mapping[str, Action]:
        """What the buttons and menus do."""
        ask = self._asker.ask
        return {
            **self._invoices.actions(),
            "folio.charge": self._about_stay(
                lambda stay: ask(charge(self._hotel, self._asker, stay))
            ),
            "folio.pay": self._about_stay(lambda stay: ask(pay(self._hotel, stay))),
            "folio.deposit": self._about_stay(lambda stay: ask(ask_deposit(self._hotel, stay))),
            "folio.nights": self._about_stay(self._charge_nights),
            "folio.name": lambda event: ask(
                name_window(self._hotel, event.args["stay"], int(event.args["window"]))
            ),
            "folio.reverse": self._about_line(lambda line: ask(reverse(self._hotel, line))),
            "folio.move": self._about_line(lambda line: ask(move(self._hotel, line))),
            "folio.split": self._about_line(
                lambda line: ask(split(self._hotel, self._asker, line))
            ),
        }

    # -- drawing ----------------------------------------------------------------------------------

    def _due(self, stay: Record) -> Html:
        due = owed(self._hotel.view, stay["id"])
        if due == 0:
            return chip(tr("settled"), tone="ok")
        if due < 0:
            return chip(tr("{amount} too much", amount=self._money(stay, -due)), tone="live")
        urgent = stay.get("status") == CHECKED_OUT or stay["to"] <= self._hotel.today
        return chip(
            tr("{amount} due", amount=self._money(stay, due)), tone="act" if urgent else "idle"
        )

    def _buttons(self, stay: Record, *, is_empty: bool) -> Child:
        rid = stay["id"]
        nights = ChargeNights(id=rid, on=self._hotel.today)
        here = stay.get("status") in (CHECKED_IN, CHECKED_OUT)
        return [
            button(tr("Charge…"), action="folio.charge", small=True, data_id=rid),
            button(tr("Payment…"), action="folio.pay", small=True, data_id=rid),
            not is_empty and self._invoices.issue_button(stay),
            stay.get("status") == CONFIRMED
            and button(tr("Deposit…"), action="folio.deposit", small=True, data_id=rid),
            button(
                tr("Print"),
                action="ui.print",
                small=True,
                kind="quiet",
                icon_name="printer",
                data_part="folio",
            ),
            here
            and not self._hotel.refusals(nights)
            and button(tr("Charge nights"), action="folio.nights", small=True, data_id=rid),
        ]

    def _window(self, stay: Record, window: Window, *, several: bool) -> Html:
        found = self._hotel.view.get(FOLIOS, window_id(stay["id"], window.number))
        name = str((found or {}).get("name") or "")
        return h.section("folio-window", id=f"folio-{window.number}",
                         aria_label=tr("Window {number}", number=window.number))[
            h.div("row")[
                h.strong("anywhere", dir="auto")[_title(window.number, name)],
                h.span("row push")[
                    several and h.span("num")[self._money(stay, window.balance)],
                    button(tr("Name…"), action="folio.name", small=True, kind="quiet",
                           data_stay=stay["id"], data_window=str(window.number)),
                ],
            ] if several or name else None,
            window.lines and h.ul("folio-lines")[[self._line(stay, each) for each in window.lines]],
            self._sum(stay, window),
            self._taxes(stay, window),
            self._corrected(stay, window),
        ]  # fmt: skip

    def _line(self, stay: Record, line: Record) -> Html:
        return h.li("folio-line", id=f"line-{line['id']}")[
            h.span("folio-day muted")[self._day(line.get("night") or line["on"])],
            h.span("folio-text")[
                h.span("anywhere", dir="auto")[_words(line)],
                _details(line),
            ],
            h.span("num folio-amount")[self._money(stay, line["amount"])],
            self._menu(line),
        ]

    def _menu(self, line: Record) -> Html:
        about = (("line", str(line["id"])),)
        items = [
            MenuItem(label=tr("Reverse…"), action="folio.reverse", args=about, icon_name="undo-2"),
            MenuItem(
                label=tr("Move line…"),
                action="folio.move",
                args=about,
                icon_name="arrow-right-left",
            ),
            abs(line["amount"]) > 1
            and MenuItem(label=tr("Split…"), action="folio.split", args=about, icon_name="split"),
        ]
        shown = [item for item in items if item]
        words = tr("More for {words}", words=_words(line))
        return menu(
            f"line-menu-{line['id']}", join(icon("ellipsis")), shown, label=words, small=True
        )

    def _sum(self, stay: Record, window: Window) -> Child:
        """What the lines come to; of one line it is said already."""
        if len(window.lines) < 2:
            return None
        rows = (
            (tr("Charges"), window.charges),
            (tr("Payments"), window.payments),
            (tr("To be paid"), window.balance),
        )
        return h.dl("folio-sum")[
            [h.div[h.dt[name], h.dd("num")[self._money(stay, minor)]] for name, minor in rows]
        ]

    def _taxes(self, stay: Record, window: Window) -> Child:
        rows = [row for row in window.taxes if row[2]]
        if not rows:
            return None
        told = ", ".join(
            f"{tax_name(self._hotel.view, code) or code} {self._money(stay, tax)}"
            for code, _, tax in rows
        )
        return h.p("muted folio-taxes")[tr("Includes {told}.", told=told)]

    def _corrected(self, stay: Record, window: Window) -> Child:
        if not window.corrected:
            return None
        count = sum(1 for line in window.corrected if line.get("reverses"))
        return h.details("folio-corrected")[
            h.summary[plural(count or 1, "correction")],
            h.ul("folio-lines")[
                [
                    h.li("folio-line")[
                        h.span("folio-day muted")[self._day(line["on"])],
                        h.span("folio-text")[
                            h.span("anywhere", dir="auto")[_words(line)],
                            line.get("reason") and h.span("muted anywhere")[line["reason"]],
                        ],
                        h.span("num folio-amount")[self._money(stay, line["amount"])],
                    ]
                    for line in window.corrected
                ]
            ],
        ]

    def _money(self, stay: Record, minor: int) -> str:
        currency = str(stay.get("currency") or self._hotel.currency)
        return amount(self._hotel.app.formats, minor, currency)

    def _day(self, day: str) -> str:
        return self._hotel.app.formats.day(date.fromisoformat(day))

    # -- doing ------------------------------------------------------------------------------------

    def _about_stay(self, do: Any) -> Action:
        def act(event: UiEvent) -> bool | None:
            stay = self._hotel.view.get(RESERVATIONS, event.id or self._hotel.app.route.record)
            if stay is None:
                return False
            do(stay)
            return None

        return act

    def _about_line(self, do: Any) -> Action:
        def act(event: UiEvent) -> bool | None:
            line = self._hotel.view.get(LINES, event.args.get("line", ""))
            if line is None:
                return False
            do(line)
            return None

        return act

    def _charge_nights(self, stay: Record) -> None:
        self._hotel.perform(ChargeNights(id=stay["id"], on=self._hotel.today))


def _title(number: int, name: str) -> str:
    if name:
        return f"{number} · {name}"
    return tr("1 · Guest") if number == FIRST else tr("Window {number}", number=number)


def _words(line: Record) -> str:
    count = line.get("quantity") or 1
    return f"{line_text(line)} × {count}" if count > 1 else line_text(line)


def _details(line: Record) -> Child:
    if line.get("kind") != PAYMENT:
        return None
    parts = [label(line.get("method")), str(line.get("reference") or "")]
    return h.span("muted anywhere")[" · ".join(str(part) for part in parts if part)]
