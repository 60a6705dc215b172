"""What a night costs: the room's price and the city's tax, as the lines that are posted for it.

A night's lines have ids of their own, so whoever posts them, and however often, posts them once. A
night that costs nothing has a line, too: it was judged, and a price that is set later changes it no
more. Stands on `ledger`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import days_between
from pysync_pms.ledger import FIRST, is_open, reversal_of, taxes_in
from pysync_pms.words import CHARGE, CHECKED_OUT, HOTEL, LINES, SETTINGS

ROOM: Final = "room"
CITY_TAX: Final = "city-tax"


def night_id(kind: str, stay: str, night: str) -> str:
    """The id of the line of this kind for that night; posted again after a reversal it ends in
    `.2`, `.3` and so on."""
    return f"{kind}.{stay}.{night}"


def fits_night(line: Record) -> bool:
    """Whether a line that has the id of a night is of that night."""
    kind = line["id"].partition(".")[0]
    if kind not in (ROOM, CITY_TAX):
        return True
    own, rid = night_id(kind, str(line.get("stay")), str(line.get("night"))), str(line["id"])
    tail = rid.removeprefix(own)
    is_own = rid == own or (rid.startswith(f"{own}.") and tail[1:].isdecimal())
    return is_own and line.get("category") == kind


def night_lines(
    view: View, stay: Record, until: str, on: str, *, again: bool = False
) -> Iterator[dict[str, Any]]:
    """The lines of a stay's nights before the day `until` that were not posted yet, dated `on`.
    With `again` also of those that were reversed, and not moved."""
    settings = view.get(SETTINGS, HOTEL) or {}
    usual = settings.get("currency") or "EUR"
    currency = stay.get("currency") or usual
    adults = stay.get("adults") or 0
    city_tax = (settings.get("city_tax") or 0) * adults if currency == usual else 0
    for night in days_between(stay["from"], max(stay["from"], min(stay["to"], until))):
        line = {
            "stay": stay["id"],
            "window": FIRST,
            "kind": CHARGE,
            "on": on,
            "night": night,
            "currency": currency,
            **({"late": True} if stay.get("status") == CHECKED_OUT else {}),
        }
        rid = _free_id(view, night_id(ROOM, stay["id"], night), again=again)
        if rid is None:
            continue
        rate = max(0, stay.get("rate") or 0)
        taxes = taxes_in(view, rate, settings.get("room_tax"))
        priced = {"text": "Room", "amount": rate, "quantity": 1}
        yield {**line, "id": rid, "category": ROOM, **priced, **({"taxes": taxes} if taxes else {})}
        rid = _free_id(view, night_id(CITY_TAX, stay["id"], night), again=again)
        if city_tax and rid is not None:
            priced = {"text": "City tax", "amount": city_tax, "quantity": adults}
            yield {**line, "id": rid, "category": CITY_TAX, **priced}


def _free_id(view: View, own: str, *, again: bool) -> str | None:
    """The id under which it is to be posted; None if it was."""
    rid, number = own, 1
    while view.get(LINES, rid) is not None:
        if not again or reversal_of(view, rid) is None or view.find(LINES, "part_of", rid):
            return None
        number += 1
        rid = f"{own}.{number}"
    return rid


def ahead(lines: Sequence[Record], view: View, day: str) -> list[Record]:
    """Nights of these lines that begin on that day or later, and count."""
    return [
        line
        for line in lines
        if line.get("category") == ROOM and (line.get("night") or "") >= day and is_open(view, line)
    ]
