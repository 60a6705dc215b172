"""Questions that add to the house: a room type, a room, a member of staff. Stands on `ask`."""

from __future__ import annotations

from pysync_pms.commands import CreateRoom, CreateRoomType, CreateStaff
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question
from pysync_pms.ui.parts.rooms import type_choices
from pysync_pms.ui.parts.words import label
from pysync_pms.words import ROLES

__all__ = ["new_room", "new_staff", "new_type"]


def new_type(hotel: Hotel) -> Question:
    """A room type: its name."""
    type_id = hotel.new_id()
    return Question(
        title=tr("New room type"),
        submit=tr("Add"),
        fields=lambda form_, _: form_.text("name", tr("Name"), required=True),
        commands=lambda v: [CreateRoomType(id=type_id, name=v["name"].strip())],
        missing=lambda v: {} if v.get("name", "").strip() else {"name": tr("Enter a name.")},
    )


def new_room(hotel: Hotel) -> Question:
    """A room: number, floor, type."""
    room_id = hotel.new_id()
    types = type_choices(hotel.view)
    return Question(
        title=tr("New room"),
        submit=tr("Add"),
        fields=lambda form_, _: [
            form_.text("number", tr("Number"), required=True),
            form_.text("floor", tr("Floor")),
            form_.choose("room_type", tr("Type"), types, required=True),
        ],
        commands=lambda v: [
            CreateRoom(
                id=room_id,
                number=v["number"].strip(),
                room_type=v["room_type"],
                floor=v.get("floor", "").strip() or None,
            )
        ],
        missing=lambda v: {} if v.get("number", "").strip() else {"number": tr("Enter it.")},
        values={"room_type": types[0][0] if types else ""},
    )


def new_staff(hotel: Hotel) -> Question:
    """Somebody who works here."""
    staff_id = hotel.new_id()
    return Question(
        title=tr("New member of staff"),
        submit=tr("Add"),
        fields=lambda form_, _: [
            form_.text("name", tr("Name"), required=True),
            form_.choose("role", tr("Role"), [(code, label(code)) for code in ROLES]),
        ],
        commands=lambda v: [CreateStaff(id=staff_id, name=v["name"].strip(), role=v["role"])],
        missing=lambda v: {} if v.get("name", "").strip() else {"name": tr("Enter a name.")},
        values={"role": ROLES[0]},
    )
