"""Questions about one reservation: which room, which dates, for which reason.

Stands on `ask`, `rooms`, `commands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pysync_pms.calendar import add_days
from pysync_pms.commands import (
    Assign,
    Cancel,
    ChargeNights,
    CheckIn,
    CheckOut,
    Command,
    Extend,
    Move,
    NoShow,
    Shorten,
)
from pysync_pms.queries import guest_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.rooms import room_choices, room_words

__all__ = ["StayQuestions"]


class StayQuestions:
    """Makes the dialogs; `Asker` shows them."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker

    def question(self, name: str, stay: Any) -> Question | None:
        """The question behind a deed by its code, such as `move`; None if there is none."""
        made = self._question(name, stay)
        return replace(made, about=f"{name} {stay['id']}") if made is not None else None

    def _question(self, name: str, stay: Any) -> Question | None:
        rid, today = str(stay["id"]), self._hotel.today
        who = guest_name(self._hotel.view, stay)
        if name in ("check-in", "assign"):
            return self._ask_room(stay, who, check_in=name == "check-in")
        if name == "move":
            return self._ask_move(stay, who)
        if name == "check-out":
            return self._ask_leaving(rid, who)
        if name in ("extend", "shorten"):
            kind = Extend if name == "extend" else Shorten
            step = 1 if name == "extend" else -1
            return Question(
                title=tr("Extend the stay of {who}", who=who)
                if name == "extend"
                else tr("Shorten the stay of {who}", who=who),
                submit=tr("Extend") if name == "extend" else tr("Shorten"),
                fields=lambda form_, _: form_.date("departure", tr("New departure"), required=True,
                                                   **self._asker.live()),
                commands=lambda values: [kind(id=rid, departure=values["departure"])],
                values={"departure": add_days(str(stay["to"]), step)},
                name_of=self._room_words,
            )  # fmt: skip
        if name in ("cancel", "no-show"):
            closing = Cancel if name == "cancel" else NoShow
            cancels = name == "cancel"
            return Question(
                title=tr("Cancel the reservation of {who}", who=who)
                if cancels
                else tr("Mark as no-show: {who}", who=who),
                submit=tr("Cancel the reservation") if cancels else tr("Mark as no-show"),
                kind="danger",
                fields=lambda form_, _: form_.text("reason", tr("Reason")),
                commands=lambda values: [
                    closing(id=rid, on=today, reason=values.get("reason") or None)
                ],
            )
        return None

    def _ask_room(self, stay: Any, who: str, *, check_in: bool) -> Question:
        rid, today = str(stay["id"]), self._hotel.today

        def fields(form_: FormView, _: Values) -> Child:
            start = max(str(stay["from"]), today) if check_in else str(stay["from"])
            rooms = room_choices(
                self._hotel.view, start, str(stay["to"]), stay.get("room_type"), (rid,)
            )
            return form_.choose("room", tr("Room"), rooms, empty=tr("Choose a room"), required=True,
                                **self._asker.live())  # fmt: skip

        def commands(values: Values) -> Sequence[Command]:
            if check_in:
                return [CheckIn(id=rid, on=today, room=values["room"])]
            return [Assign(id=rid, room=values["room"])]

        return Question(
            title=tr("Check in {who}", who=who) if check_in else tr("A room for {who}", who=who),
            submit=tr("Check in") if check_in else tr("Assign"),
            fields=fields,
            commands=commands,
            missing=lambda values: {} if values.get("room") else {"room": tr("Choose a room.")},
            values={"room": str(stay.get("room") or "")},
            name_of=self._room_words,
        )

    def _ask_leaving(self, rid: str, who: str) -> Question:
        today = self._hotel.today
        nights = ChargeNights(id=rid, on=today)
        due = not self._hotel.refusals(nights)

        def commands(values: Values) -> Sequence[Command]:
            first: list[Command] = [nights] if due and values.get("nights") else []
            return [*first, CheckOut(id=rid, on=today)]

        return Question(
            title=tr("Check out {who}", who=who),
            submit=tr("Check out"),
            fields=lambda form_, _: (
                form_.check("nights", tr("Charge the nights so far"), **self._asker.live())
                if due
                else None
            ),
            commands=commands,
            values={"nights": "on"} if due else {},
        )

    def _ask_move(self, stay: Any, who: str) -> Question:
        rid = str(stay["id"])
        in_house = str(stay["status"]) == "checked-in"

        def fields(form_: FormView, values: Values) -> Child:
            live = self._asker.live()
            start = self._hotel.today if in_house else values.get("arrival", "")
            rooms = room_choices(
                self._hotel.view, start, values.get("departure", ""), stay.get("room_type"), (rid,)
            )
            own = str(stay.get("room") or "")
            if own and own not in dict(rooms):
                rooms = [(own, self._room_words(own)), *rooms]
            return h.div("grid-2")[
                form_.choose("room", tr("Room"), rooms, empty=tr("No room yet"), **live),
                None if in_house else form_.date("arrival", tr("Arrival"), required=True, **live),
                form_.date("departure", tr("Departure"), required=True, **live),
            ]

        def commands(values: Values) -> Sequence[Command]:
            arrival = None if in_house else values.get("arrival")
            return [
                Move(
                    id=rid,
                    on=self._hotel.today,
                    room=values.get("room") or None,
                    arrival=arrival,
                    departure=values.get("departure"),
                )
            ]

        return Question(
            title=tr("Move {who}", who=who),
            submit=tr("Move"),
            fields=fields,
            commands=commands,
            values={
                "room": str(stay.get("room") or ""),
                "arrival": str(stay["from"]),
                "departure": str(stay["to"]),
            },
            name_of=self._room_words,
        )

    def _room_words(self, room_id: str) -> str:
        return room_words(self._hotel.view, room_id)
