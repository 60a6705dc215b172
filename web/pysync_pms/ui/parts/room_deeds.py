"""What is done with rooms and how their state is told, for the rack, the board and the chart.

Stands on `ask`, `commands.housekeeping`.
"""

from __future__ import annotations

from collections.abc import Mapping

from pysync_pms.commands import AssignHousekeeper, SetCondition, SetServiceability
from pysync_pms.queries import RackRoom, housekeepers
from pysync_pms.ui.components.controls import Tone
from pysync_pms.ui.components.rooms import Mark
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import (
    CLEAN,
    DIRTY,
    IN_SERVICE,
    INSPECTED,
    OUT_OF_ORDER,
    ROOMS,
    SERVICEABILITIES,
)

__all__ = ["condition_mark", "room_actions", "service_mark"]


def condition_mark(item: RackRoom) -> Mark:
    """The room's condition; it asks for somebody when the room is wanted."""
    if item.condition == DIRTY:
        wanted = item.occupancy == "vacant" or item.turnover
        tone: Tone = "act" if wanted else "idle"
        return Mark(label=tr("Dirty"), icon_name="brush-cleaning", tone=tone)
    if item.condition == INSPECTED:
        return Mark(label=tr("Inspected"), icon_name="check")
    return Mark(label=tr("Clean"), icon_name="sparkles")


def service_mark(item: RackRoom) -> Mark | None:
    """What is wrong with the room, if something is."""
    if item.serviceability == IN_SERVICE:
        return None
    tone: Tone = "danger" if item.serviceability == OUT_OF_ORDER else "act"
    return Mark(label=label(item.serviceability), icon_name="wrench", tone=tone)


def room_actions(hotel: Hotel, asker: Asker) -> Mapping[str, Action]:
    """What is done with rooms, from the rack and from the board."""

    def condition(code: str) -> Action:
        def do(event: UiEvent) -> None:
            room = event.id or hotel.app.route.record
            hotel.perform(SetCondition(room=room, condition=code, on=hotel.today))

        return do

    def service(event: UiEvent) -> None:
        room = event.id or hotel.app.route.record
        asker.ask(_service_question(hotel, room))

    def person(event: UiEvent) -> None:
        asker.ask(_person_question(hotel, event.id or hotel.app.route.record))

    return {
        "room.clean": condition(CLEAN),
        "room.dirty": condition(DIRTY),
        "room.inspect": condition(INSPECTED),
        "room.service": service,
        "room.assign": person,
        "room.open": lambda event: hotel.app.go(hotel.app.route.with_record(event.id)),
    }


def _person_question(hotel: Hotel, room_id: str) -> Question:
    room = hotel.view.get(ROOMS, room_id) or {"id": room_id}
    people = [(str(p["id"]), str(p["name"])) for p in housekeepers(hotel.view)]
    return Question(
        title=tr("Who does room {number}?", number=room.get("number") or room_id),
        submit=tr("Assign"),
        fields=lambda form, _: form.choose("person", tr("Person"), people, empty=tr("Nobody yet")),
        commands=lambda values: [
            AssignHousekeeper(room=room_id, housekeeper=values.get("person") or None)
        ],
        values={"person": str(room.get("housekeeper") or "")},
    )


def _service_question(hotel: Hotel, room_id: str) -> Question:
    room = hotel.view.get(ROOMS, room_id) or {"id": room_id}
    return Question(
        title=tr("Serviceability of room {number}", number=room.get('number') or room_id),
        submit=tr("Set"),
        fields=lambda form, _: [
            form.choose("state", tr("The room is"), [(c, label(c)) for c in SERVICEABILITIES],
                        required=True),
            form.text("reason", tr("Reason")),
            form.date("until", tr("Until")),
        ],
        commands=lambda values: [
            SetServiceability(
                room=room_id,
                serviceability=values["state"],
                reason=values.get("reason") or None,
                until=values.get("until") or None,
            )
        ],
        values={
            "state": str(room.get("serviceability") or IN_SERVICE),
            "reason": str(room.get("closed_reason") or ""),
            "until": str(room.get("closed_until") or ""),
        },
    )  # fmt: skip
