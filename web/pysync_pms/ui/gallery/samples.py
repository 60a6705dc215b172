"""Made-up values for the gallery: every state that a component can show, nothing of a real hotel.

Owns the sample hotel; no function here reads a clock, so that a picture taken twice is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pysync_pms.ui.components.rooms import Mark, RoomTile, Task
from pysync_pms.ui.components.surfaces import Event
from pysync_pms.ui.components.tables import Column, Row
from pysync_pms.ui.components.tape import Bar, Lane, Tape
from pysync_pms.ui.formats import Formats, PlainSource
from pysync_pms.ui.html import join
from pysync_pms.ui.status import SyncStatus

__all__ = ["COLUMNS", "FORMATS", "TODAY", "events", "lanes", "rooms", "rows", "statuses", "tape"]

TODAY = date(2026, 11, 20)
FORMATS = Formats(PlainSource())

_VACANT = Mark(label="Vacant", icon_name="door-open")
_INSIDE = Mark(label="Occupied", icon_name="bed-double")
_CLEAN = Mark(label="Clean", icon_name="sparkles")
_INSPECTED = Mark(label="Inspected", icon_name="check")
_DIRTY = Mark(label="Dirty", icon_name="brush-cleaning", tone="act")
_USED = Mark(label="Dirty", icon_name="brush-cleaning")
_BROKEN = Mark(label="Out of order", icon_name="wrench", tone="danger")


def statuses() -> Sequence[SyncStatus]:
    """One of each state of the badge."""
    return (
        SyncStatus(state="synced", tabs=2, last_sync="14:02:07",
                   note="Everything is saved on this device and in every tab."),
        SyncStatus(state="syncing", tabs=3, queued=2, last_sync="14:02:04"),
        SyncStatus(state="offline", tabs=1, queued=3, last_sync="13:48:51", can_force=False,
                   note="You can go on working. Changes are kept and sent later."),
        SyncStatus(state="conflict", tabs=2, conflicts=2, last_sync="14:01:30"),
        SyncStatus(state="unavailable", tabs=1, can_force=False,
                   note="This browser lets no page store data. Changes last until you close it."),
    )  # fmt: skip


def rooms() -> Sequence[RoomTile]:
    """Rooms in every combination that matters at a front desk."""

    def tile(number: str, kind: str, occupancy: Mark, condition: Mark, **more: str) -> RoomTile:
        tone = more.pop("tone", "idle")
        return RoomTile(
            room_id=number, number=number, kind=kind, occupancy=occupancy, condition=condition,
            free=occupancy is _VACANT, tone=tone, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    some = [
        tile("101", "Single", _VACANT, _INSPECTED),
        tile("102", "Double", _INSIDE, _CLEAN, guest="Lindqvist, Astrid", note="until Sun 22"),
        tile("103", "Double", _INSIDE, _USED, guest="Okafor, Chidi", note="Leaves today by 11:00",
             tone="act"),
        tile("104", "Double", _VACANT, _DIRTY, note="Arrival 15:00 · Marchetti", tone="act"),
        tile("105", "Twin", _INSIDE, _USED, guest="Van der Berg, Johannes-Willem",
             note="Should have left yesterday", tone="danger"),
        tile("106", "Twin", _VACANT, _CLEAN, note="Arrival today · Sato"),
        tile("107", "Suite", _INSIDE, _INSPECTED, guest="Dubois, Camille", note="until Wed 25"),
    ]  # fmt: skip
    blocked = RoomTile(room_id="108", number="108", kind="Double", occupancy=_VACANT,
                       condition=_USED, service=_BROKEN, note="Shower, until 24 Nov")  # fmt: skip
    return [*some, blocked]


def tasks() -> Sequence[Task]:
    """Lines of a housekeeping board."""
    done = Mark(label="Clean", icon_name="sparkles", tone="ok")
    at_work = Mark(label="In progress", icon_name="brush-cleaning", tone="live")
    return (
        Task(room_id="104", number="104", kind="Double", condition=_DIRTY, late=True,
             why="Arrival at 15:00", due="now 14:02", person="Maria",
             next_actions=(("Start", "room.start"), ("Clean", "room.clean"))),
        Task(room_id="103", number="103", kind="Double", condition=_USED, why="Guest leaves today",
             due="after 11:00", next_actions=(("Start", "room.start"),)),
        Task(room_id="107", number="107", kind="Suite", condition=at_work, why="Stay-over",
             person="Ivana", next_actions=(("Clean", "room.clean"),)),
        Task(room_id="108", number="108", kind="Double", condition=done, service=_BROKEN,
             why="To be inspected", person="Maria",
             next_actions=(("Inspected", "room.inspect"), ("Not clean", "room.dirty"))),
    )  # fmt: skip


COLUMNS = (
    Column(label="Guest"),
    Column(label="Arrives", priority=1),
    Column(label="Leaves", priority=2),
    Column(label="Nights", numeric=True, priority=3),
    Column(label="Room"),
    Column(label="Rate", numeric=True, priority=2),
    Column(label="State"),
)


def rows(chips: Sequence[object]) -> Sequence[Row]:
    """Reservations; `chips` are the states to show, one per line, in turn."""
    names = ("Marchetti, Paolo", "Sato, Yuki", "Okafor, Chidi", "Dubois, Camille",
             "Lindqvist, Astrid", "O'Brien & family <3>")  # fmt: skip
    made: list[Row] = []
    for at, name in enumerate(names):
        arrive = TODAY + timedelta(days=at - 2)
        nights = at % 4 + 1
        cells = (
            join(name),
            FORMATS.day(arrive),
            FORMATS.day(arrive + timedelta(days=nights)),
            nights,
            f"10{at + 1}",
            FORMATS.money(8_900 + at * 1_250, "EUR"),
            chips[at % len(chips)],
        )
        made.append(
            Row(row_id=f"stay-{at}", cells=cells, action="stay.open", key=str(at),  # type: ignore[arg-type]
                ref=f"reservations/{at}", selected=at == 3)
        )  # fmt: skip
    return made


def tape(days: int = 14) -> Tape:
    """A chart two days back from the sample's today."""
    start = TODAY - timedelta(days=2)
    span = [start + timedelta(days=n) for n in range(days)]
    heads = [
        (
            FORMATS.day(day, "weekday"),
            FORMATS.day(day, "day"),
            FORMATS.day(day, "month") if day.day == 1 or at == 0 else "",
        )
        for at, day in enumerate(span)
    ]
    return Tape(tape_id="tape", start=start, days=days, today=TODAY, heads=heads)


def lanes() -> Sequence[Lane]:
    """Stays in every phase, among them two that meet on one day."""

    def bar(key: str, label: str, start: int, nights: int, **more: str) -> Bar:
        arrive = TODAY + timedelta(days=start)
        return Bar(stay_id=key, label=label, arrive=arrive,
                   depart=arrive + timedelta(days=nights), **more)  # type: ignore[arg-type]  # fmt: skip

    broken = Bar(stay_id="b9", label="Out of order", arrive=TODAY - timedelta(days=1),
                 depart=TODAY + timedelta(days=4), phase="block", movable=False)  # fmt: skip
    return (
        Lane(room_id="101", label="101", note="Single", bars=(
            bar("b0", "Haddad", -2, 2, phase="gone"), bar("b1", "Nowak", 1, 3))),
        Lane(room_id="102", label="102", note="Double", bars=(
            bar("b2", "Lindqvist, Astrid", -5, 7, phase="inside"), bar("b3", "Costa", 2, 2),
            bar("b4", "Tremblay, Luc", 4, 20))),
        Lane(room_id="103", label="103", note="Double", bars=(
            bar("b5", "Okafor", -1, 1, phase="inside", tone="act", hint="leaves today"),
            bar("b6", "Sato, Yuki", 0, 4, tone="act", hint="arrives today"))),
        Lane(room_id="105", label="105", note="Twin", tone="danger", bars=(
            bar("b7", "Van der Berg", -2, 1, phase="inside", tone="danger",
                hint="should have left yesterday"), bar("b8", "Marchetti", 3, 5))),
        Lane(room_id="107", label="107", note="Suite", bars=(
            bar("b10", "Dubois, Camille", -1, 6, phase="inside"),)),
        Lane(room_id="108", label="108", note="Double", tone="danger", bars=(broken,)),
        Lane(room_id="109", label="109", note="Double"),
    )  # fmt: skip


def events() -> Sequence[Event]:
    """A short history of one reservation."""
    return (
        Event(event_id="e3", title="Moved", who="Anna (another tab)", when="2 minutes ago",
              iso="2026-11-20T14:00:00Z", tone="live",
              changes=(("Room", "104", "106"), ("Note", "", "Quiet side, please"))),
        Event(event_id="e2", title="Extended", who="You", when="yesterday, 18:20",
              iso="2026-11-19T18:20:00Z", changes=(("Leaves", "23 Nov 2026", "24 Nov 2026"),)),
        Event(event_id="e1", title="Created", who="Import", when="2 Nov",
              iso="2026-11-02T09:00:00Z"),
    )  # fmt: skip
