"""Questions about movements of the stock: what came, what is taken, wasted, transferred, counted,
and why something is taken back.

Stands on `ask`, `stock.commands`, `stock_words`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.commands import Command
from pysync_pms.stock.commands import (
    IssueStock,
    ReceiveStock,
    ReverseStock,
    TransferStock,
    WasteStock,
)
from pysync_pms.stock.counting import CountStock
from pysync_pms.stock.levels import Seen, item_name, kind_of, place_name, quantity_of, seen, stocked
from pysync_pms.stock.quantities import digits_of, parse
from pysync_pms.stock.words import UNITS
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.stock_words import (
    KIND_WORDS,
    item_choices,
    place_choices,
    quantity,
    unit_of,
)
from pysync_pms.ui.told import told

__all__ = ["ISSUE", "QUESTIONS", "movement", "reverse"]

ISSUE: Final = "issue"
QUESTIONS: Final[Mapping[str, str]] = {
    ISSUE: tr("Issue"),
    "receive": tr("Receive"),
    "waste": tr("Waste"),
    "transfer": tr("Transfer"),
    "count": tr("Count"),
}
"""What is asked about, and the button that sends it."""
_TITLES: Final[Mapping[str, str]] = {
    ISSUE: tr("Issue stock"),
    "receive": tr("Receive stock"),
    "waste": tr("Waste stock"),
    "transfer": tr("Transfer stock"),
    "count": tr("Count stock"),
}
_IN: Final[Mapping[str, str]] = {
    "piece": tr("In pieces"),
    "pack": tr("In packs"),
    "bottle": tr("In bottles"),
    "box": tr("In boxes"),
    "roll": tr("In rolls"),
    "pair": tr("In pairs"),
    "kg": tr("In kilograms"),
    "litre": tr("In litres"),
}
_REASONS: Final = (tr("Broken"), tr("Spoiled"), tr("Past its date"), tr("Stained"), tr("Lost"))
_TAKEN: Final = tr(
    "Only then it is recorded if less is there: the stock is flagged until it is counted"
)
_QUANTITY: Final[Mapping[str, str]] = {"count": tr("Counted")}


def movement(
    hotel: Hotel,
    asker: Asker,
    kind: str,
    *,
    item: str = "",
    place: str = "",
    into: str = "",
    many: str = "",
) -> Question:
    """A movement of one of `QUESTIONS`, of an item at a location if they are known."""
    move_id = hotel.new_id()
    noted = _Noted(hotel)
    known = {"item": item, "place": place, "into": into, "quantity": many}
    start = {**known, "place": place or _first_place(hotel, kind, item)}

    def fields(view: FormView, values: Values) -> Child:
        chosen = values.get("item", "")
        return [
            h.div("grid-2")[
                view.choose("item", tr("Item"), item_choices(hotel, chosen), required=True,
                            empty=tr("Choose an item"), **asker.live()),
                view.choose("place", _PLACE.get(kind, tr("Location")), place_choices(hotel, chosen),
                            required=True, **asker.live()),
                _quantity(view, hotel, kind, chosen, asker, first=bool(item)),
                _more(view, hotel, kind),
            ],
            kind in (ISSUE, "transfer")
            and view.check("taken", tr("It was taken already"), hint=_TAKEN, **asker.live()),
        ]  # fmt: skip

    def commands(values: Values) -> Sequence[Command]:
        unit = unit_of(hotel, values.get("item", ""))
        number = parse(values.get("quantity", ""), unit)
        base: dict[str, Any] = {
            "id": move_id,
            "item": values.get("item", ""),
            "place": values.get("place", ""),
            "on": hotel.today,
            "note": values.get("note", ""),
        }
        return [_MAKES[kind](base, number, values, noted)]

    def missing(values: Values) -> dict[str, str]:
        return _missing(hotel, kind, values)

    return Question(
        title=_TITLES[kind],
        about=f"stock/{kind}/{item}",
        pinned={"item", *(name for name, value in known.items() if value)} if item else (),
        submit=QUESTIONS[kind],
        fields=fields,
        commands=commands,
        missing=missing,
        values=start,
        name_of=lambda place: dict(place_choices(hotel, item)).get(place, place),
        pick="place",
        offer=tr("There is enough at:"),
    )


_PLACE: Final[Mapping[str, str]] = {
    "issue": tr("From"),
    "transfer": tr("From"),
    "receive": tr("Into"),
}


def _first_place(hotel: Hotel, kind: str, item: str) -> str:
    """Where most of the item is, if some is taken; else the first location."""
    most = stocked(hotel.view, item, 1) if kind in (ISSUE, "transfer", "waste") else []
    if most:
        return most[0][0]
    offered = place_choices(hotel)
    return offered[0][0] if offered else ""


def _quantity(
    view: FormView, hotel: Hotel, kind: str, item: str, asker: Asker, *, first: bool
) -> Child:
    """How many; `first`: the item is known, so this is typed first."""
    unit = unit_of(hotel, item)
    decimal = bool(digits_of(unit)) if unit in UNITS else True
    live = asker.live() if kind == "count" else {}
    return view.text(
        "quantity",
        _QUANTITY.get(kind, tr("How many") if not unit or not decimal else tr("How much")),
        required=True,
        hint=_IN.get(unit),
        inputmode="decimal" if decimal else "numeric",
        autofocus=first,
        **live,
    )


def _more(view: FormView, hotel: Hotel, kind: str) -> Child:
    if kind == "waste":
        return view.text("reason", tr("What happened"), required=True, suggestions=_REASONS)
    if kind == "receive":
        return view.text("note", tr("Delivery note"), hint=tr("Its number, or who brought it"))
    if kind == "transfer":
        return view.choose(
            "into", tr("Into"), place_choices(hotel), required=True, empty=tr("Choose")
        )
    if kind == ISSUE:
        return view.text("note", tr("For"), hint=tr("A room, a floor, an event"))
    return view.text("note", tr("Note"))


def _missing(hotel: Hotel, kind: str, values: Values) -> dict[str, str]:
    found: dict[str, str] = {}
    unit = unit_of(hotel, values.get("item", ""))
    if not unit:
        found["item"] = tr("Choose an item.")
    if not values.get("place"):
        found["place"] = tr("Choose a location.")
    try:
        parse(values.get("quantity", ""), unit)
    except ValueError as error:
        found["quantity"] = told(str(error))
    if kind == "waste" and not values.get("reason", "").strip():
        found["reason"] = tr("Say what happened to it.")
    if kind == "transfer" and not values.get("into"):
        found["into"] = tr("Choose where it goes.")
    return found


class _Noted:
    """What was to be seen when a number was counted: what comes in after that counts as well."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._key: tuple[str, str, int] | None = None
        self._seen = Seen()

    def of(self, item: str, place: str, counted: int) -> Seen:
        """As it stood when this number was typed for the first time."""
        if self._key != (item, place, counted):
            self._key = (item, place, counted)
            self._seen = seen(self._hotel.view, item, place)
        return self._seen


_Make = Callable[[dict[str, Any], int, Values, _Noted], Command]


def _count(base: dict[str, Any], number: int, _: Values, noted: _Noted) -> Command:
    known = noted.of(base["item"], base["place"], number)
    return CountStock(counted=number, expected=known.expected, adjusted=known.adjusted, **base)


_MAKES: Final[Mapping[str, _Make]] = {
    ISSUE: lambda base, number, values, _: IssueStock(
        quantity=number, taken=bool(values.get("taken")), **base
    ),
    "receive": lambda base, number, _, __: ReceiveStock(quantity=number, **base),
    "waste": lambda base, number, values, _: WasteStock(
        quantity=number, reason=values.get("reason", ""), **base
    ),
    "transfer": lambda base, number, values, _: TransferStock(
        quantity=number, into=values.get("into", ""), taken=bool(values.get("taken")), **base
    ),
    "count": _count,
}


def reverse(hotel: Hotel, move: Record) -> Question:
    """Why a movement is taken back."""
    move_id = hotel.new_id()
    item = str(move["item"])
    told = quantity(hotel, quantity_of(move), unit_of(hotel, item), signed=True)
    what = tr(
        "{what} {quantity} of {item}, {place}.",
        what=KIND_WORDS[kind_of(move)],
        quantity=told,
        item=item_name(hotel.view, item),
        place=place_name(hotel.view, move["place"]),
    )
    return Question(
        title=tr("Take a movement back"),
        about=f"stock/reverse/{move['id']}",
        submit=tr("Take it back"),
        fields=lambda view, _: [
            h.p[what],
            view.text("reason", tr("Why"), required=True),
            h.p("muted")[tr("It stays listed, with its opposite and this reason.")],
        ],
        commands=lambda values: [
            ReverseStock(
                id=move_id, move=move["id"], on=hotel.today, reason=values.get("reason", "")
            )
        ],
        missing=lambda values: (
            {} if values.get("reason", "").strip() else {"reason": tr("Say why it is taken back.")}
        ),
    )
