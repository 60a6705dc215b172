"""Questions about shifts: who is planned for when. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pysync.model.guard import Record
from pysync_pms.calendar import is_date
from pysync_pms.commands import Command
from pysync_pms.staffing.rota import EditShift, PlanShift, RemoveShift
from pysync_pms.staffing.times import DAY_MINUTES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.expense_questions import people
from pysync_pms.ui.parts.time_questions import read_clock

__all__ = ["clock_words", "edit_shift", "plan_shift"]

_REMOVE = "remove"


def clock_words(minute: int) -> str:
    """A minute of a day as a clock says it.

    >>> clock_words(450), clock_words(1_500)
    ('07:30', '01:00')
    """
    hour, rest = divmod(minute % DAY_MINUTES, 60)
    return f"{hour:02d}:{rest:02d}"


def plan_shift(hotel: Hotel, staff: str, day: str) -> Question:
    """Somebody is planned. It is a draft until the week is published."""
    id_ = hotel.new_id()

    def commands(values: Values) -> Sequence[Command]:
        start, end = _span(values)
        note = values.get("note", "").strip() or None
        return [PlanShift(id=id_, staff=values["staff"], on=values["on"], start=start, end=end,
                          note=note)]  # fmt: skip

    return Question(
        title=tr("Plan a shift"),
        about="plan a shift",
        pinned=("staff", "on"),
        submit=tr("Plan"),
        fields=lambda form, _: _fields(hotel, form),
        commands=commands,
        missing=_missing,
        values={"staff": staff, "on": day, "from": "07:00", "to": "15:00"},
        wide=True,
    )


def edit_shift(hotel: Hotel, shift: Record) -> Question:
    """Who, when, or that it is taken off the rota."""
    id_ = str(shift["id"])

    def commands(values: Values) -> Sequence[Command]:
        if values.get(_REMOVE):
            return [RemoveShift(id=id_)]
        start, end = _span(values)
        note = values.get("note", "").strip() or None
        given = {"staff": values["staff"], "on": values["on"], "start": start, "end": end,
                 "note": note}  # fmt: skip
        changes = {name: value for name, value in given.items() if value != shift.get(name)}
        return [EditShift(id=id_, changes=changes)]

    return Question(
        title=tr("Change a shift"),
        about=f"shift {id_}",
        submit=tr("Save"),
        fields=lambda form, _: [
            _fields(hotel, form, str(shift["staff"])),
            form.check(_REMOVE, tr("Take it off the rota"), data_change="ask.change"),
        ],
        commands=commands,
        missing=_missing,
        values={
            "staff": str(shift["staff"]),
            "on": str(shift["on"]),
            "from": clock_words(shift["start"]),
            "to": clock_words(shift["end"]),
            "note": str(shift.get("note") or ""),
        },
        wide=True,
    )


def _fields(hotel: Hotel, form: FormView, *also: str) -> Child:
    return h.div("grid-2")[
        form.choose("staff", tr("Who"), people(hotel, *also), required=True, empty=tr("Choose")),
        form.date("on", tr("Day"), required=True),
        form.text("from", tr("From"), kind="time", required=True),
        form.text("to", tr("Until"), kind="time", required=True,
                  hint=tr("Earlier than From: on the day after")),
        form.text("note", tr("Note"), hint=tr("Such as where, or with whom")),
    ]  # fmt: skip


def _span(values: Values) -> tuple[int, int]:
    start, end = read_clock(values["from"]), read_clock(values["to"])
    assert start is not None
    assert end is not None
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return first, last if last > first else last + DAY_MINUTES


def _missing(values: Values) -> Mapping[str, str]:
    found = {} if values.get("staff") else {"staff": tr("Choose who.")}
    if not is_date(values.get("on", "")):
        found["on"] = tr("Enter the day.")
    for name in ("from", "to"):
        if read_clock(values.get(name, "")) is None:
            found[name] = tr("Enter a time, such as 07:00.")
    return found
