"""The hotel's commands behind `build.py`: what fills first states on disk.

Both go through the commands everybody uses. An import keeps its own space on disk, so repeating it
books nothing twice; the demonstration is made anew around today's date. What they write is what
`serve` offers to spaces that are still empty. Host code: it reads the date and the disk.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import brotli

from pysync import InvalidValue, Space
from pysync.first_state import export_first_state
from pysync.native import open_space
from pysync_pms.demo import build_demo
from pysync_pms.importing import BadRow, HotelReport, Progress, import_hotel, read_bookings
from pysync_pms.schema import SCHEMA

BAD_ROWS_SHOWN = 20

T = TypeVar("T")


def write_demo(data_dir: Path, space: str) -> int:
    """Generate the demonstration hotel around today and offer it to the space of that name."""
    today = datetime.date.today().isoformat()  # noqa: DTZ011 - the hotel's day is the local one
    with open_space(space, schema=SCHEMA) as target:
        report = _with_progress(build_demo(target, today))
        _offer(data_dir, target)
    print(f"{report.rooms} rooms, {report.guests} guests, {report.reservations} reservations")
    return 0


def import_file(file: Path, data_dir: Path) -> int:
    """Import a CSV of bookings, each hotel of it into a space of its own. Answers an exit code: 1
    if the file or what was imported before cannot be read."""
    try:
        reading = _with_progress(read_bookings(file.read_bytes()))
    except InvalidValue as error:
        print(f"{file}: {error}", file=sys.stderr)
        return 1
    _list_bad(reading.bad)
    folder = data_dir / "spaces"
    folder.mkdir(parents=True, exist_ok=True)
    for hotel in reading.hotels.values():
        path = folder / f"{hotel.space}.sqlite"
        with open_space(hotel.space, schema=SCHEMA, path=path) as target:
            if target.problems:
                print(f"{path}: {target.problems[0].detail}. It was left as it is: use the "
                      "version of pysync that wrote it, or move the file away and import anew.",
                      file=sys.stderr)  # fmt: skip
                return 1
            report = _with_progress(import_hotel(target, hotel))
            _say(report)
            _offer(data_dir, target)
    return 0


def _say(report: HotelReport) -> None:
    print(
        f"{report.name}: {report.booked:,} booked, {report.known:,} held already, "
        f"{report.rooms:,} rooms added, {len(report.bad):,} refused (space {report.space})"
    )
    _list_bad(report.bad)


def _list_bad(rows: tuple[BadRow, ...] | list[BadRow]) -> None:
    for row in rows[:BAD_ROWS_SHOWN]:
        print(f"  line {row.line}: {row.reason}")
    if len(rows) > BAD_ROWS_SHOWN:
        print(f"  and {len(rows) - BAD_ROWS_SHOWN:,} more")


def _offer(data_dir: Path, space: Space) -> None:
    folder = data_dir / "first-state"
    folder.mkdir(parents=True, exist_ok=True)
    text = export_first_state(space).encode()
    file = folder / f"{space.name}.json"
    file.with_name(file.name + ".br").write_bytes(brotli.compress(text, quality=6))
    file.write_bytes(text)


def _with_progress(work: Generator[Progress, None, T]) -> T:
    """Run it to its end, and show how far it is where somebody looks."""
    shown = -1
    while True:
        try:
            progress = next(work)
        except StopIteration as end:
            if shown >= 0:
                print("\r" + " " * 40 + "\r", end="")
            value: T = end.value
            return value
        percent = 100 * progress.done // max(1, progress.total)
        if sys.stdout.isatty() and percent != shown:
            shown = percent
            print(f"\r{progress.stage} {percent} %", end="", flush=True)
