"""Questions that make a reservation: new, and walk-in. Stands on `ask`, `rooms`, `queries`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pysync_pms.calendar import add_days, is_date, nights
from pysync_pms.commands import Command, CreateGuest, CreateReservation, WalkIn
from pysync_pms.indexes import full_name
from pysync_pms.money import typed as typed_amount
from pysync_pms.queries import rooms_left, search_guests
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import chip
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Done, Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.rooms import room_choices, room_words, type_choices
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.told import told
from pysync_pms.words import GUESTS, ROOM_TYPES, ROOMS, SOURCES

__all__ = ["booking_question", "number"]

STAY_SCREENS: Final = ("home", "reservations", "tape", "attention", "activity")
"""Screens beside which a reservation is shown; from others one goes to the list."""

SUGGESTED = 12


def booking_question(
    hotel: Hotel, asker: Asker, *, walk_in: bool, start: str = "", room: str = ""
) -> Question:
    """The dialog of a new reservation; with `walk_in` the guest is checked in at once."""
    today = hotel.today
    arrival = today if walk_in else start or today
    departure = add_days(arrival, 1)
    kind, adults = _suggested(hotel, arrival, departure, room)
    stay_id, guest_id = hotel.new_id(), hotel.new_id()

    def fields(form: FormView, values: Values) -> Child:
        return _fields(hotel, asker, form, values, walk_in=walk_in)

    def commands(values: Values) -> Sequence[Command]:
        return _commands(hotel, values, stay_id, guest_id, walk_in=walk_in)

    def opened(_: Done) -> None:
        route = hotel.app.route
        beside = route if route.screen in STAY_SCREENS else route.to("reservations")
        hotel.app.go(beside.with_record(stay_id))

    return Question(
        title=tr("Walk-in") if walk_in else tr("New reservation"),
        pinned=("arrival", "departure", "room_type", "room") if start or room else (),
        submit=tr("Check in now") if walk_in else tr("Book"),
        wide=True,
        fields=fields,
        commands=commands,
        missing=lambda values: _missing(hotel, values),
        values={
            "arrival": arrival,
            "departure": departure,
            "room_type": kind,
            "room": room,
            "adults": str(adults),
            "children": "0",
            "rate": "",
            "source": "walk-in" if walk_in else "direct",
        },
        name_of=lambda room_id: room_words(hotel.view, room_id),
        then=opened,
    )


def _suggested(hotel: Hotel, start: str, end: str, room: str) -> tuple[str, int]:
    """The room type and the party to begin with: the type of the room that was pointed at, else the
    first that takes two and has a room left; as many adults as fit, two at most."""
    view = hotel.view
    left = rooms_left(view, start, end)
    fits = {}
    for code, _ in type_choices(view):
        capacity = (view.get(ROOM_TYPES, code) or {}).get("capacity")
        fits[code] = min(2, int(capacity)) if capacity else 2
    pointed = str((view.get(ROOMS, room) or {}).get("room_type") or "")
    if pointed in fits:
        return pointed, fits[pointed]
    free = [code for code in fits if left.get(code, 0) > 0] or list(fits)
    chosen = next((code for code in free if fits[code] == 2), free[0] if free else "")
    return chosen, fits.get(chosen, 2)


def _fields(hotel: Hotel, asker: Asker, form: FormView, values: Values, *, walk_in: bool) -> Child:
    live = asker.live()
    view = hotel.view
    start, end = values.get("arrival", ""), values.get("departure", "")
    dated = is_date(start) and is_date(end) and start < end
    left = rooms_left(view, start, end) if dated else {}
    types = [
        (code, tr("{name} ({left} left)", name=name, left=left[code]) if code in left else name)
        for code, name in type_choices(view)
    ]
    rooms = room_choices(view, start, end, values.get("room_type")) if dated else []
    return [
        _guest_fields(hotel, asker, form, values),
        h.div("grid-2")[
            form.date("arrival", tr("Arrival"), required=True, **live),
            form.date(
                "departure",
                tr("Departure"),
                required=True,
                hint=plural(nights(start, end), "night") if dated else None,
                **live,
            ),
            form.choose("room_type", tr("Room type"), types, required=True, **live),
            form.choose(
                "room",
                tr("Room"),
                rooms,
                empty=tr("Choose a room") if walk_in else tr("Assign later"),
                required=walk_in,
                **live,
            ),
            form.number("adults", tr("Adults"), min="1", max="20", required=True),
            form.number("children", tr("Children"), min="0", max="20"),
            form.text(
                "rate",
                tr("Rate a night in {currency}", currency=hotel.currency),
                inputmode="decimal",
                **live,
            ),
            form.choose("source", tr("Source"), [(code, label(code)) for code in SOURCES]),
        ],
        form.area("notes", tr("Notes"), rows=2),
    ]


def _guest_fields(hotel: Hotel, asker: Asker, form: FormView, values: Values) -> Child:
    """A guest who is known, found by name, or a new one."""
    known = hotel.view.get(GUESTS, values.get("guest", ""))
    typed = values.get("name", "")
    found = search_guests(hotel.view, typed, SUGGESTED) if len(typed) >= 2 and not known else []
    if known is not None:
        return h.div("row wrap")[
            chip(full_name(known), tone="ok", icon_name="user"),
            h.button(
                "btn btn-quiet btn-sm", type="button", data_action="ask.change",
                id=f"{Asker.FORM}-guest", data_id="",
            )[tr("Somebody else")],
        ]  # fmt: skip
    return [
        h.div("grid-2")[
            form.text("name", tr("Guest's name"), required=True, hint=tr("First and last name"),
                      **asker.live()),
            form.text("email", tr("E-mail"), kind="email"),
        ],
        bool(found)
        and form.choose(
            "guest",
            tr("Stayed here before"),
            [(str(g["id"]), _guest_words(g)) for g in found],
            empty=tr("No, a new guest"),
            **asker.live(),
        ),
    ]  # fmt: skip


def _guest_words(guest: Mapping[str, object]) -> str:
    more = guest.get("email") or guest.get("phone") or guest.get("country")
    return f"{full_name(guest)} · {more}" if more else full_name(guest)


def _missing(hotel: Hotel, values: Values) -> dict[str, str]:
    found: dict[str, str] = {}
    if not hotel.view.get(GUESTS, values.get("guest", "")) and not values.get("name", "").strip():
        found["name"] = tr("Enter the guest's name.")
    for name in ("arrival", "departure"):
        if not is_date(values.get(name)):
            found[name] = tr("Choose a date.")
    if not values.get("room_type"):
        found["room_type"] = tr("Choose a room type. Settings has the list.")
    if number(values.get("adults")) is None:
        found["adults"] = tr("Enter a number.")
    if values.get("children") and number(values["children"]) is None:
        found["children"] = tr("Enter a number.")
    if values.get("rate"):
        try:
            typed_amount(values["rate"], hotel.currency)
        except ValueError as error:
            found["rate"] = told(str(error))
    return found


def _commands(
    hotel: Hotel, values: Values, stay_id: str, guest_id: str, *, walk_in: bool
) -> Sequence[Command]:
    made: list[Command] = []
    known = values.get("guest", "")
    if not hotel.view.get(GUESTS, known):
        first, _, last = values["name"].strip().rpartition(" ")
        made.append(
            CreateGuest(
                id=guest_id,
                last_name=last,
                first_name=first or None,
                email=values.get("email") or None,
            )
        )
        known = guest_id
    kind = WalkIn if walk_in else CreateReservation
    made.append(
        kind(
            id=stay_id,
            guest_id=known,
            room_type=values["room_type"],
            arrival=values["arrival"],
            departure=values["departure"],
            room=values.get("room") or None,
            adults=number(values.get("adults")) or 1,
            children=number(values.get("children")) or 0,
            rate=typed_amount(values["rate"], hotel.currency) if values.get("rate") else 0,
            currency=hotel.currency,
            source=values.get("source") or None,
            notes=values.get("notes") or None,
            booked_on=hotel.today,
        )
    )
    return made


def number(text: str | None) -> int | None:
    """A whole number of at least 0, or None.

    >>> number("2"), number("two"), number(None)
    (2, None, None)
    """
    return int(text) if text is not None and text.strip().isdecimal() else None
