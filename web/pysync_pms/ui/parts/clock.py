"""The clock: somebody's week of times, with the ways to clock in and out, correct and approve.

Moments are minutes since 1970; only here they meet the clock on the wall, which is the device's.
Stands on `time_commands`, `ask`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.calendar import add_days
from pysync_pms.commands import Command
from pysync_pms.expenses.claim_guard import decides_own
from pysync_pms.staffing.time_commands import ClockIn, ClockOut, SetTimeAside, TakeBreak
from pysync_pms.staffing.times import (
    approval_of,
    clocked_in,
    counts,
    hours,
    is_open,
    minutes_of,
    monday,
    week_of,
    worked,
)
from pysync_pms.staffing.week_commands import ApproveWeek, ReopenWeek
from pysync_pms.staffing.weeks import Week
from pysync_pms.staffing.words import TIMES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, clipped, link
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.days import work_day
from pysync_pms.ui.parts.staff_waiting import me
from pysync_pms.ui.parts.time_questions import add_time, correct_time
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["Clock", "minute_now"]

_COLUMNS: Final = (
    Column(label=tr("Day")),
    Column(label=tr("From – to")),
    Column(label=tr("Break"), numeric=True, priority=2),
    Column(label=tr("Worked"), numeric=True),
    Column(label=tr("Note"), priority=3),
    Column(label=tr("Do"), hide_label=True, priority=2),
)


def minute_now() -> int:
    """The minute it is, since 1970."""
    return int(time.time()) // 60


class Clock:
    """One person's times, week by week."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker

    # -- drawing ----------------------------------------------------------------------------------

    def view(self, staff: Record, week: str, route: Route) -> Html:
        """The clock, if it is this week, and the entries."""
        now = week == monday(work_day(self._hotel))
        return join(
            self._clock(staff) if now else None,
            self._week(staff, week, route),
        )

    def _clock(self, staff: Record) -> Html:
        entry, id_ = clocked_in(self._hotel.view, staff["id"]), str(staff["id"])
        if entry is None:
            told: Child = tr("Not clocked in")
            ways = [_do(tr("Clock in"), "time.in", id_, first=True)]
        elif entry.get("break_since") is not None:
            since = tr("since {time}", time=self._at(entry["break_since"]))
            told = join(chip(tr("Break"), tone="act"), " ", since)
            ways = [_do(tr("Back to work"), "time.back", id_, first=True),
                    _do(tr("Clock out"), "time.out", id_)]  # fmt: skip
        else:
            long = hours(worked(entry, minute_now()))
            since = tr("since {time}, {hours} h", time=self._moment(entry["start"]), hours=long)
            told = join(chip(tr("At work"), tone="ok"), " ", since)
            ways = [_do(tr("Clock out"), "time.out", id_, first=True),
                    _do(tr("Break"), "time.break", id_)]  # fmt: skip
        return card(
            tr("Clock"),
            h.div("stack clock")[
                h.p[tr("Today"), ", ", h.strong[str(staff.get("name") or "")]],
                h.p[told],
                h.div("row wrap")[
                    ways,
                    button(tr("Add a time…"), action="time.add", kind="quiet", data_id=id_),
                ],
            ],
        )

    def _week(self, staff: Record, week: str, route: Route) -> Html:
        view, id_ = self._hotel.view, str(staff["id"])
        found, sheet = week_of(view, id_, week), approval_of(view, id_, week)
        none = empty(
            tr("Nothing in this week"),
            tr("Who begins to work clocks in; what was forgotten is added with the reason."),
            icon_name="clock",
        )
        day = self._hotel.app.formats.day(date.fromisoformat(week))
        last = self._hotel.app.formats.day(date.fromisoformat(add_days(week, 6)))
        total = minutes_of(view, id_, week)
        return card(
            f"{day} – {last}",
            table(tr("Times of the week"), _COLUMNS, [self._row(each, locked=sheet is not None)
                                                  for each in found],
                  table_id="times", when_empty=none),
            self._foot(staff, week, found, sheet),
            flush=True,
            note=f"{hours(total)} h",
            actions=week_links(route, week),
        )  # fmt: skip

    def _foot(self, staff: Record, week: str, found: Sequence[Record], sheet: Any) -> Child:
        id_, who = str(staff["id"]), me(self._hotel)
        if sheet is not None:
            by = sheet.get("approved_by")
            day = self._hotel.app.formats.day(date.fromisoformat(sheet["approved_on"]))
            return h.div("row wrap pad")[
                chip(tr("Approved"), tone="ok", icon_name="check"),
                h.span("muted")[
                    tr("{day} by {who}: {hours} h. It is locked.", day=day, who=by,
                       hours=hours(sheet["minutes"]))
                    if by
                    else tr("{day}: {hours} h. It is locked.", day=day,
                            hours=hours(sheet["minutes"]))
                ],
                button(tr("Take back"), action="time.reopen", small=True, kind="quiet", data_id=id_,
                       data_week=week),
            ]  # fmt: skip
        if not found:
            return None
        own = decides_own(self._hotel.view, {"staff": id_}, who)
        reason: str | None = tr("Somebody else approves it") if own else None
        twice = not all(map(counts, found))
        if unsettled := _unsettled(is_open=any(map(is_open, found)), twice=twice):
            reason = unsettled
        elif work_day(self._hotel) < add_days(week, 7):
            reason = tr("The week is not over")
        return h.div("row wrap pad")[
            button(tr("Approve this week"), action="time.approve", small=True, reason=reason,
                   data_id=id_, data_week=week),
        ]  # fmt: skip

    def _row(self, entry: Record, *, locked: bool) -> Row:
        id_, end = str(entry["id"]), entry.get("end")
        until = self._at(end) if end is not None else tr("now")
        note = entry.get("reason") or entry.get("note")
        day = self._hotel.app.formats.day(date.fromisoformat(entry["on"]))
        return Row(
            row_id=f"time-{id_}",
            cells=[
                day,
                h.span("row nowrap")[
                    f"{self._at(entry['start'])} – {until}",
                    chip(tr("corrected")) if entry.get("corrected") else None,
                    None if counts(entry) else chip(tr("does not count: twice"), tone="act"),
                ],
                hours(entry.get("break_total") or 0),
                hours(worked(entry, minute_now())),
                note,
                [
                    button(join(tr("Correct…"), h.span("sr-only")[f" {day}"]),
                           action="time.correct", small=True, kind="quiet", data_id=id_,
                           reason=tr("The week was approved") if locked else None),
                    None if counts(entry) else
                    button(join(tr("Set aside"), h.span("sr-only")[f" {day}"]),
                           action="time.aside", small=True, kind="quiet", data_id=id_),
                ],
            ],
            action=None if locked or self._hotel.beyond(TIMES, ("reason",)) else "time.correct",
            key=id_,
            ref=f"{TIMES}/{id_}",
        )  # fmt: skip

    def approvals(self, weeks: Sequence[Week], route: Route) -> Html:
        """The weeks that wait for this person's word."""
        none = empty(
            tr("No week waits for you"),
            tr(
                "Weeks that are over are listed here until somebody approved them, which locks "
                "them."
            ),
        )
        columns = (
            Column(label=tr("Week of")),
            Column(label=tr("Who")),
            Column(label=tr("Hours"), numeric=True),
            Column(label=tr("Do"), hide_label=True),
        )
        return card(
            tr("Times to approve"),
            table(tr("Times to approve"), columns, [self._waiting(each, route) for each in weeks],
                  table_id="weeks", when_empty=none),
            flush=True,
            note=str(len(weeks)),
        )  # fmt: skip

    def _waiting(self, week: Week, route: Route) -> Row:
        day = self._hotel.app.formats.day(date.fromisoformat(week.week))
        look = route.with_query(show="time", person=week.staff, week=week.week).href
        named = h.span("sr-only")[f" {week.name}, {day}"]
        return Row(
            row_id=f"week-{week.key}",
            cells=[
                link(join(day, h.span("sr-only")[", ", tr("look at it"), f", {week.name}"]), look),
                clipped(week.name),
                hours(week.minutes),
                button(join(tr("Approve"), named), action="time.approve", small=True,
                       data_id=week.staff, data_week=week.week,
                       reason=_unsettled(is_open=week.open, twice=bool(week.doubles))),
            ],
        )  # fmt: skip

    def _at(self, minute: int) -> str:
        return self._hotel.app.formats.moment(minute * 60_000)

    def _moment(self, minute: int) -> str:
        """The time, with its day if that is long ago."""
        return self._hotel.app.formats.moment(minute * 60_000, day=minute_now() - minute > 1_440)

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """What the buttons do."""
        hotel, ask = self._hotel, self._asker.ask

        def run(make: Any) -> Action:
            def act(event: UiEvent) -> None:
                hotel.perform(make(event))

            return act

        return {
            "time.in": run(self._in),
            "time.out": run(lambda e: ClockOut(staff=e.id, at=minute_now(), by=me(hotel))),
            "time.break": run(lambda e: TakeBreak(staff=e.id, at=minute_now(), by=me(hotel))),
            "time.back": run(
                lambda e: TakeBreak(staff=e.id, at=minute_now(), by=me(hotel), back=True)
            ),
            "time.add": lambda event: ask(add_time(hotel, event.id, me(hotel))),
            "time.correct": lambda event: ask(correct_time(hotel, event.id, me(hotel))),
            "time.aside": run(lambda e: SetTimeAside(id=e.id)),
            "time.approve": self._approve,
            "time.reopen": run(lambda e: ReopenWeek(staff=e.id, week=e.args["week"])),
        }

    def _in(self, event: UiEvent) -> Command:
        hotel = self._hotel
        return ClockIn(id=hotel.new_id(), staff=event.id, on=work_day(hotel), at=minute_now(),
                       by=me(hotel))  # fmt: skip

    def _approve(self, event: UiEvent) -> None:
        hotel, week = self._hotel, event.args["week"]
        minutes = minutes_of(hotel.view, event.id, week)
        command = ApproveWeek(staff=event.id, week=week, minutes=minutes, on=hotel.today,
                              by=me(hotel))  # fmt: skip
        if work_day(hotel) < add_days(week, 7):
            hotel.app.toast(tr("This week is not over: approve it on Monday."), tone="act")
            return
        hotel.perform(command)


def _unsettled(*, is_open: bool, twice: bool) -> str | None:
    """What is in the way of an approval."""
    if is_open:
        return tr("An entry is still open")
    return tr("Two devices clocked in: look at it") if twice else None


def week_links(route: Route, week: str) -> Child:
    """The week before, and the one after."""
    pairs = ((tr("Earlier"), -7, "chevron-left"), (tr("Later"), 7, "chevron-right"))
    return [
        link(words, route.with_query(week=add_days(week, days)).href, icon_name=name)
        for words, days, name in pairs
    ]


def _do(words: str, action: str, staff: str, *, first: bool = False) -> Html:
    return button(words, action=action, data_id=staff, kind="primary" if first else "plain")
