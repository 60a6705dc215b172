"""Mileage: the list of trips, one of them beside it, and the questions about them.

Stands on `Claims`, `ask`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.commands import HOTEL, Command, SetSettings
from pysync_pms.expenses.claim_commands import SubmitClaim
from pysync_pms.expenses.claims import APPROVED, PAID, REJECTED, state_of
from pysync_pms.expenses.queries import employee_of, name_of
from pysync_pms.expenses.words import CENTRES
from pysync_pms.money import plain, typed
from pysync_pms.staffing.commands import CreateTrip, EditTrip
from pysync_pms.staffing.schema import RATE_KM, trip_amount
from pysync_pms.staffing.words import MILEAGE
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import link
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.claim_state import state_chip
from pysync_pms.ui.parts.claims import Claims, ClaimWords
from pysync_pms.ui.parts.conflict import conflict_notice
from pysync_pms.ui.parts.days import work_day
from pysync_pms.ui.parts.expense_questions import centre_choices, who_field
from pysync_pms.ui.parts.history import history_view
from pysync_pms.ui.parts.picture import not_ready, picture_field, picture_view
from pysync_pms.ui.parts.words import amount, label
from pysync_pms.ui.told import told
from pysync_pms.words import STAFF

__all__ = ["TRIP_WORDS", "distance", "edit_trip", "new_trip", "rate_question", "trip_drawer"]

_KM: Final = re.compile(r"(\d{1,4})(?:[.,](\d))?", re.ASCII)
_LIVE: Final = {"data_change": "ask.change"}


def read_km(text: str) -> int:
    """Tenths of a kilometre, as typed. Raises ValueError.

    >>> read_km("12,5"), read_km("3")
    (125, 30)
    """
    found = _KM.fullmatch(text.strip())
    if found is None:
        raise ValueError(tr("Enter kilometres, such as 12 or 12.5."))
    return int(found[1]) * 10 + int(found[2] or 0)


def kilometres(tenths: int) -> str:
    """A distance as it is typed.

    >>> kilometres(125), kilometres(30)
    ('12.5', '3')
    """
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}" if rest else f"{whole}"


def distance(hotel: Hotel, tenths: int) -> str:
    """A distance as people read it."""
    return f"{hotel.app.formats.number(tenths / 10, 1 if tenths % 10 else 0)} km"


def _note(hotel: Hotel, trip: Record) -> str:
    day = hotel.app.formats.day(date.fromisoformat(trip["on"]))
    parts = (day, distance(hotel, trip["distance"]), trip.get("route"), trip.get("note"))
    return " · ".join(part for part in parts if part)


def _picture(hotel: Hotel, trip: Record) -> Html | None:
    return picture_view(hotel, str(trip.get("picture") or ""), str(trip["purpose"]), small=True)


TRIP_WORDS: Final = ClaimWords(
    collection=MILEAGE,
    one="trip",
    title=lambda _, trip: str(trip["purpose"]),
    note=_note,
    picture=_picture,
)


def hotel_rate(hotel: Hotel) -> int | None:
    """Minor units for 100 km; None before anybody set it."""
    rate = hotel.settings.get("mileage_rate")
    return int(rate) if rate else None


def new_trip(hotel: Hotel, by: str) -> Question:
    """Where somebody drove; it is submitted at once, or kept as a draft."""
    id_, employee, rate = hotel.new_id(), employee_of(hotel.view, by) or {}, hotel_rate(hotel) or 0

    def commands(values: Values) -> Sequence[Command]:
        made = CreateTrip(id=id_, by=by, rate=rate, currency=hotel.currency, **_given(values))
        if not values.get("submit"):
            return [made]
        return [made, SubmitClaim(collection=MILEAGE, id=id_, on=hotel.today, by=by)]

    return Question(
        title=tr("New trip"),
        submit=tr("Save"),
        fields=lambda form, values: [
            _fields(hotel, form, values, rate, {}),
            form.check("submit", tr("Submit it for approval at once"), **_LIVE),
        ],
        commands=commands,
        missing=lambda values: {**not_ready(hotel), **_missing(values)},
        values={
            "staff": str(employee.get("id") or ""),
            "centre": str(employee.get("centre") or ""),
            "on": work_day(hotel),
            "submit": "on",
        },
        wide=True,
    )


def edit_trip(hotel: Hotel, trip: Record, by: str) -> Question:
    """What is to be put right in a draft, or in what was rejected. Its rate stays."""
    id_ = str(trip["id"])

    def commands(values: Values) -> Sequence[Command]:
        given = _given(values)
        changes = {name: value for name, value in given.items() if value != trip.get(name)}
        made: list[Command] = [EditTrip(id=id_, changes=changes, by=by)]
        if values.get("submit"):
            made.append(SubmitClaim(collection=MILEAGE, id=id_, on=hotel.today, by=by))
        return made if changes or len(made) == 1 else made[1:]

    texts = {name: str(trip.get(name) or "") for name in _TEXTS}
    return Question(
        title=tr("Edit trip"),
        about=f"trip {id_}",
        submit=tr("Save"),
        fields=lambda form, values: [
            _fields(hotel, form, values, trip["rate"], trip),
            form.check("submit", tr("Submit it for approval"), **_LIVE),
        ],
        commands=commands,
        missing=lambda values: {**not_ready(hotel), **_missing(values)},
        values=texts | {"distance": kilometres(trip["distance"])},
        wide=True,
    )


_TEXTS: Final = ("staff", "on", "purpose", "route", "centre", "note", "picture")


def _fields(hotel: Hotel, form: FormView, values: Values, rate: int, now: Record) -> Child:
    centres = centre_choices(hotel, str(now.get("centre") or ""))
    try:
        comes = trip_amount(read_km(values.get("distance", "")), rate)
    except ValueError:
        comes = 0
    each = amount(hotel.app.formats, rate, hotel.currency)
    told = tr(
        "At {each} for {km} km: {amount}",
        each=each,
        km=RATE_KM,
        amount=amount(hotel.app.formats, comes, hotel.currency),
    )
    return h.div("grid-2")[
        who_field(hotel, form, tr("Who drove"), now),
        form.date("on", tr("Day"), required=True, max=work_day(hotel)),
        form.text("purpose", tr("What for"), required=True),
        form.text("distance", tr("Kilometres"), required=True, inputmode="decimal", hint=told,
                  **_LIVE),
        form.text("route", tr("From where to where")),
        centres and form.choose("centre", tr("Cost centre"), centres, empty=tr("None")),
        form.text("note", tr("Note")),
    ], picture_field(hotel, form)  # fmt: skip


def _given(values: Values) -> dict[str, Any]:
    optional = ("route", "centre", "note", "picture")
    texts = {name: values.get(name, "").strip() or None for name in optional}
    needed = {name: values.get(name, "").strip() for name in ("staff", "on", "purpose")}
    return needed | texts | {"distance": read_km(values["distance"])}


def _missing(values: Values) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, words in (("staff", tr("Choose who drove.")), ("on", tr("Enter the day.")),
                       ("purpose", tr("Say what for."))):  # fmt: skip
        if not values.get(name, "").strip():
            found[name] = words
    try:
        if read_km(values.get("distance", "")) == 0:
            found["distance"] = tr("Enter more than 0.")
    except ValueError as error:
        found["distance"] = told(str(error))
    return found


def rate_question(hotel: Hotel) -> Question:
    """What the hotel pays for driving."""

    def commands(values: Values) -> Sequence[Command]:
        rate = typed(values["rate"], hotel.currency)
        return [SetSettings(id=HOTEL, changes={"mileage_rate": rate})]

    def missing(values: Values) -> Mapping[str, str]:
        try:
            rate = typed(values.get("rate", ""), hotel.currency)
        except ValueError as error:
            return {"rate": told(str(error))}
        return {} if rate > 0 else {"rate": tr("Enter an amount above 0.")}

    now = hotel_rate(hotel)
    return Question(
        title=tr("What driving is paid with"),
        submit=tr("Save"),
        fields=lambda form, _: form.text(
            "rate",
            tr("{currency} for {km} km", currency=hotel.currency, km=RATE_KM),
            required=True,
            inputmode="decimal",
            hint=tr("Such as 36.00. Trips that are there keep the rate they had"),
        ),
        commands=commands,
        missing=missing,
        values={"rate": plain(now, hotel.currency) if now else ""},
    )


def trip_drawer(hotel: Hotel, claims: Claims, trip_id: str) -> Html:
    """The trip, with what can be done about it at the foot."""
    trip = hotel.view.get(MILEAGE, trip_id)
    if trip is None:
        return drawer(
            "trip",
            tr("Trip"),
            empty(tr("No such trip"), tr("It was a draft, and discarded."), icon_name="info"),
        )
    why = tr("Rejected: {reason}", reason=trip.get("reason"))
    return drawer(
        "trip",
        str(trip["purpose"]),
        hotel.company.line(MILEAGE, trip_id),
        conflict_notice(hotel, MILEAGE, trip_id),
        banner(why, tone="danger", icon_name="circle-alert")
        if state_of(trip) == REJECTED
        else None,
        facts(_facts(hotel, claims, trip)),
        picture_view(hotel, str(trip.get("picture") or ""), str(trip["purpose"])),
        card(tr("History"), history_view(hotel, MILEAGE, trip_id)),
        note=join(claims.money(trip), " · ", name_of(hotel.view, STAFF, trip.get("staff"))),
        actions=state_chip(trip),
        footer=claims.buttons(trip) or None,
    )


def _facts(hotel: Hotel, claims: Claims, trip: Record) -> Iterator[tuple[str, Child]]:
    view, currency = hotel.view, str(trip.get("currency") or hotel.currency)
    theirs = hotel.app.route.with_query(person=str(trip["staff"])).with_record("").href
    yield tr("Driven by"), link(name_of(view, STAFF, trip.get("staff")) or tr("Somebody"), theirs)
    yield tr("Day"), claims.day(trip["on"])
    if trip.get("route"):
        yield tr("Route"), str(trip["route"])
    rate = amount(hotel.app.formats, trip["rate"], currency)
    yield (
        tr("Distance"),
        tr(
            "{distance}, at {rate} for {km} km",
            distance=distance(hotel, trip["distance"]),
            rate=rate,
            km=RATE_KM,
        ),
    )
    yield tr("Amount"), claims.money(trip)
    if trip.get("centre"):
        yield tr("Cost centre"), name_of(view, CENTRES, trip["centre"])
    if trip.get("note"):
        yield tr("Note"), str(trip["note"])
    if trip.get("submitted_on"):
        yield tr("Submitted"), claims.day(trip["submitted_on"])
    if state_of(trip) in (APPROVED, PAID):
        yield tr("Approved"), claims.day(trip.get("decided_on"))
    if state_of(trip) == PAID:
        told = (claims.day(trip["paid_on"]), label(trip.get("method")), trip.get("reference"))
        yield tr("Paid"), ", ".join(str(each) for each in told if each)
