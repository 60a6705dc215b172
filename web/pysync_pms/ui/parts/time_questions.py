"""Questions about times: one that was not clocked, and one that is corrected. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from pysync.model.guard import Record
from pysync_pms.calendar import is_date
from pysync_pms.commands import Command
from pysync_pms.expenses.queries import name_of
from pysync_pms.staffing.time_commands import AddTime, CorrectTime
from pysync_pms.staffing.words import TIMES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.days import work_day
from pysync_pms.words import STAFF

__all__ = ["add_time", "correct_time", "minute_of", "read_clock"]


def read_clock(text: str) -> clock_time | None:
    """A time of the day as it is typed, such as 08:30; None if it is none."""
    hour, colon, minute = text.strip().partition(":")
    if not colon or not (hour.isdecimal() and minute.isdecimal()) or len(minute) != 2:
        return None
    return clock_time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


def minute_of(day: str, at: clock_time) -> int:
    """That time of that day on this device's clock, in minutes since 1970."""
    return int(datetime.combine(date.fromisoformat(day), at).astimezone().timestamp()) // 60


def _day_of(minute: int) -> str:
    """On which day that minute is, on this device's clock."""
    return datetime.fromtimestamp(minute * 60).astimezone().date().isoformat()


def _span(values: Values) -> tuple[int, int]:
    """From when to when; an end that is not after the beginning is one of the day after."""
    start, end = read_clock(values["from"]), read_clock(values["to"])
    assert start is not None
    assert end is not None
    day = values["on"]
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return minute_of(day, start), minute_of(day if end > start else after, end)


def _put_right(entry: Record, was: Values, values: Values) -> tuple[int, int]:
    """From when to when a time was, where only what was changed in the form is read from it: what
    stands there is a time of the day, and a minute may be of another day, or of a changed clock."""
    start, end = _span(values)
    alike = {name: values.get(name) == was.get(name) for name in ("on", "from", "to")}
    if alike["on"] and alike["from"] and entry.get("start") is not None:
        start = entry["start"]
    if alike["on"] and alike["to"] and entry.get("end") is not None:
        end = entry["end"]
    return start, end


def _fields(form: FormView, today: str) -> Child:
    return h.div("grid-2")[
        form.date("on", tr("Day"), required=True, max=today),
        form.text("from", tr("From"), kind="time", required=True),
        form.text("to", tr("Until"), kind="time", required=True,
                  hint=tr("Earlier than From: on the day after")),
        form.number("breaks", tr("Breaks, in minutes"), min="0", max="1440"),
    ]  # fmt: skip


def _missing(values: Values, *, same: bool = False) -> dict[str, str]:
    """`same`: it may end when it begins."""
    found: dict[str, str] = {}
    if not is_date(values.get("on", "")):
        found["on"] = tr("Enter the day.")
    for name in ("from", "to"):
        if read_clock(values.get(name, "")) is None:
            found[name] = tr("Enter a time, such as 08:30.")
    if not found and values["from"] == values["to"] and not same:
        found["to"] = tr("It ends when it begins: enter another time.")
    breaks = values.get("breaks", "").strip()
    if breaks and not (breaks.isascii() and breaks.isdigit()):
        found["breaks"] = tr("Enter whole minutes.")
    return found


def add_time(hotel: Hotel, staff: str, by: str) -> Question:
    """A time that nobody clocked."""
    id_ = hotel.new_id()

    def commands(values: Values) -> Sequence[Command]:
        start, end = _span(values)
        return [
            AddTime(id=id_, staff=staff, on=values["on"], start=start, end=end, by=by,
                    breaks=int(values.get("breaks") or 0), note=values.get("note", ""))
        ]  # fmt: skip

    return Question(
        title=tr("Add a time of {who}", who=name_of(hotel.view, STAFF, staff)),
        about=f"time {staff}",
        submit=tr("Add"),
        fields=lambda form, _: [
            _fields(form, work_day(hotel)),
            form.text("note", tr("Why it was not clocked"), required=True),
        ],
        commands=commands,
        missing=_missing,
        values={"on": work_day(hotel), "breaks": "0"},
        wide=True,
    )


def correct_time(hotel: Hotel, entry_id: str, by: str) -> Question:
    """A manager puts an entry right."""
    entry = hotel.view.get(TIMES, entry_id) or {}

    def clock(minute: int | None) -> str:
        if minute is None:
            return ""
        return datetime.fromtimestamp(minute * 60).astimezone().strftime("%H:%M")

    began = entry.get("start")
    was = {
        # The day on which it began, by the clock: the working day it counts for may be another.
        "on": _day_of(began) if began is not None else work_day(hotel),
        "from": clock(began),
        "to": clock(entry.get("end")),
        "breaks": str(entry.get("break_total") or 0),
    }

    def commands(values: Values) -> Sequence[Command]:
        start, end = _put_right(entry, was, values)
        day = entry.get("on") if values["on"] == was["on"] else values["on"]
        return [
            CorrectTime(id=entry_id, on=str(day), start=start, end=end, day=hotel.today, by=by,
                        breaks=int(values.get("breaks") or 0), reason=values.get("reason", ""))
        ]  # fmt: skip

    def missing(values: Values) -> Mapping[str, str]:
        why = {} if values.get("reason", "").strip() else {"reason": tr("Say why.")}
        same = values.get("from") == was["from"] == was["to"] == values.get("to")
        return _missing(values, same=same) | why

    return Question(
        title=tr("Correct a time of {who}", who=name_of(hotel.view, STAFF, entry.get("staff"))),
        about=f"correct {entry_id}",
        submit=tr("Correct"),
        fields=lambda form, _: [
            _fields(form, work_day(hotel)),
            form.text("reason", tr("Reason"), required=True),
        ],
        commands=commands,
        missing=missing,
        values=was,
        wide=True,
    )
