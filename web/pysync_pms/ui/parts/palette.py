"""The palette: type a few letters, press Enter, and be there, or have it begun (Ctrl+K).

It finds places, what can be begun from anywhere, guests, their stays, rooms and invoices by number.
Owns its dialog; what it finds is drawn as one types. Stands on `Hotel`, `queries`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pysync_pms.indexes import fold, full_name
from pysync_pms.queries import search_guests, search_stays
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import keys
from pysync_pms.ui.components.surfaces import dialog
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees, why_not
from pysync_pms.ui.parts.words import STATUS_LABELS, dates
from pysync_pms.ui.router import parse
from pysync_pms.ui.screen import Action
from pysync_pms.ui.shell import PLACES
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import GUESTS, INVOICES, PAPERS, RESERVATIONS, ROOMS

__all__ = ["Palette"]

EACH: Final = 5
"""Of one kind are shown at most."""
BEGINS: Final = (
    (tr("New reservation"), "stay.new", "plus", "n"),
    (tr("Walk-in"), "stay.walk-in", "user-plus", "w"),
    (tr("Keyboard shortcuts"), "ui.help", "keyboard", "?"),
    (tr("Sync now"), "sync.force", "refresh-cw", ""),
)
"""What can be begun from anywhere: its name, action, icon, key."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. Either `href` is gone to or `action` is done."""

    title: str
    note: str
    icon_name: str
    href: str = ""
    action: str = ""
    key: str = ""


class Palette:
    """The dialog and what it finds."""

    ID = "palette"
    FORM = "palette-form"

    def __init__(self, hotel: Hotel, begins: Mapping[str, Action]) -> None:
        self._hotel = hotel
        self._begins = begins
        self._text = ""

    def actions(self) -> Mapping[str, Action]:
        """Opening it, typing, choosing."""
        return {
            "palette.open": lambda _: self._open(),
            "palette.type": self._type,
            "palette.first": self._first,
            "palette.go": lambda event: self._go(event.args["href"]),
            "palette.do": lambda event: self._do(event, event.args["do"]),
        }

    def found(self, text: str) -> list[Hit]:
        """What the text means, the likeliest first; without a text all places."""
        asked = fold(text)
        ways = [*self._begun(asked), *self._places(asked)]
        if not asked:
            return ways
        meant = [hit for hit in ways if fold(str(hit.title)).startswith(asked)]
        records = islice(self._records(text.strip()), EACH * 4)
        return [*meant, *records, *(hit for hit in ways if hit not in meant)]

    # -- finding ----------------------------------------------------------------------------------

    def _begun(self, asked: str) -> Iterator[Hit]:
        for title, action, icon_name, key in BEGINS:
            known = action in self._begins or action.startswith(("ui.", "sync."))
            if known and why_not(action) is None and _matches(title, asked):
                yield Hit(title, "", icon_name, action=action, key=key)

    def _places(self, asked: str) -> Iterator[Hit]:
        for place in PLACES:
            if _matches(place.label, asked):
                href = self._hotel.app.route.to(place.screen).href
                yield Hit(place.label, "", place.icon_name, href, key=f"g {place.key}")

    def _records(self, text: str) -> Iterator[Hit]:
        view, route, formats = self._hotel.view, self._hotel.app.route, self._hotel.app.formats
        if sees(ROOMS, "number"):
            for room in view.find(ROOMS, "number", text):
                yield Hit(tr("Room {number}", number=room['number']), "", "bed-double",
                          route.to("rooms", str(room["id"])).href)  # fmt: skip
        if sees(INVOICES, "number") and text.isascii() and text.isdecimal():
            for kind in PAPERS:
                for paper in view.find(INVOICES, "serial", (kind, int(text[-9:]))):
                    made = tr("Invoice") if kind == PAPERS[0] else tr("Credit note")
                    title = f"{made} {paper['number']}"
                    yield Hit(title, str(paper["to_name"]), "receipt-text",
                              route.to("invoices", str(paper["id"])).href)  # fmt: skip
        if sees(RESERVATIONS, "status"):
            for line in search_stays(view, text, EACH)[:EACH]:
                note = f"{STATUS_LABELS.get(line.status, '')} · {dates(formats, line.stay)}"
                yield Hit(line.guest_name or tr("Stay"), note, "notebook-tabs",
                          route.to("reservations", line.id).href)  # fmt: skip
        if sees(GUESTS, "last_name"):
            for guest in search_guests(view, text, EACH):
                yield Hit(full_name(guest), tr("Guest"), "users",
                          route.to("guests", str(guest["id"])).href)  # fmt: skip

    # -- drawing ----------------------------------------------------------------------------------

    def _view(self) -> Html:
        hits = self.found(self._text)
        return dialog(
            self.ID,
            tr("Go to, find, begin"),
            h.form("stack", id=self.FORM, data_action="palette.first", role="search")[
                h.label("sr-only", for_=f"{self.FORM}-q")[tr("A place, a name, a number")],
                h.input_(
                    "input",
                    id=f"{self.FORM}-q",
                    name="q",
                    type="search",
                    value=self._text,
                    placeholder=tr("A place, a name, a number"),
                    autocomplete="off",
                    data_input="palette.type",
                    data_into="palette-hits",
                ),
                h.p("sr-only", role="status")[tr("{count} found", count=len(hits))],
                h.ul("palette-hits", id="palette-hits", data_roving="y")[
                    [self._hit(at, hit) for at, hit in enumerate(hits)]
                ]
                if hits
                else h.p("muted")[tr("Nothing found.")],
            ],
        )

    def _hit(self, at: int, hit: Hit) -> Html:
        return h.li[
            h.button(
                "palette-hit",
                type="button",
                id=f"palette-{at}",
                tabindex="-1",
                data_action="palette.go" if hit.href else "palette.do",
                data_href=hit.href or None,
                data_do=hit.action or None,
            )[
                icon(hit.icon_name),
                h.span("clip", dir="auto")[hit.title],
                hit.note and h.span("muted clip")[hit.note],
                hit.key and h.span("push")[keys(*hit.key.split(" "))],
            ]
        ]

    # -- doing ------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._text = ""
        self._hotel.app.open_dialog(self.ID, self._view)

    def _type(self, event: UiEvent) -> None:
        self._text = event.value
        self._hotel.app.open_dialog(self.ID, self._view)

    def _first(self, event: UiEvent) -> None:
        self._text = str(event.values.get("q", ""))
        for hit in self.found(self._text)[:1]:
            if hit.href:
                self._go(hit.href)
            else:
                self._do(event, hit.action)

    def _go(self, href: str) -> None:
        self._hotel.app.close_dialog(self.ID)
        self._hotel.app.go(parse(href))

    def _do(self, event: UiEvent, action: str) -> None:
        self._hotel.app.close_dialog(self.ID)
        self._hotel.app.act(replace(event, action=action, args={}))


def _matches(title: str, asked: str) -> bool:
    """Whether each word typed begins a word of the title."""
    words = fold(str(title)).split()
    return all(any(word.startswith(each) for word in words) for each in asked.split())
