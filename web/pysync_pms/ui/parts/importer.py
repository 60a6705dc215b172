"""Importing bookings from a file, in the page: in slices, with a bar, to be stopped at any time.

Work goes on for at most SLICE_MS, then the page breathes: typing and dragging stay smooth. What was
booked before a stop stays, and the same file goes on from there. Each hotel of the file goes into a
space of its own. Stands on `importing`, and on four functions that the page gives.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pysync import InvalidValue, Refused, Space
from pysync.machines.queue import own_waiting
from pysync_pms.importing import (
    BadRow,
    HotelReport,
    Progress,
    import_hotel,
    read_bookings,
)
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button
from pysync_pms.ui.components.surfaces import banner, card
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.ports import PageTools
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["Importer"]

SLICE_MS: Final = 12.0
MAX_PENDING: Final = 30
"""Undecided changes at which an import waits for the leader, or the relay."""
BAD_SHOWN: Final = 200
FILE_INPUT: Final = "import-file"
_STAGES: Final = {
    "reading": tr("Reading the file"),
    "planning": tr("Finding rooms"),
    "booking": tr("Booking"),
    "finishing": tr("Finishing"),
}
PAUSES: Final = {
    "offline": tr("The server does not answer."),
    "connecting": tr("Connecting with the server."),
    "paused": tr("Syncing is paused on this device."),
    "signed-out": tr("The server asks you to sign in."),
    "refused": tr("The server does not take part."),
}
"""Why an import waits for the relay."""
T = TypeVar("T")


class _Stopped(Exception):
    """The person pressed Stop."""


@dataclass(slots=True)
class _Run:
    hotel: str = ""
    progress: Progress | None = None
    stopping: bool = False
    pause: str = ""
    """Why it does not go on at the moment."""
    reports: list[HotelReport] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    ended: str = ""
    tone: Tone = "idle"


class Importer:
    """The one import of this page."""

    def __init__(self, hotel: Hotel, tools: PageTools) -> None:
        self._hotel = hotel
        self._tools = tools
        self._run: _Run | None = None

    def view(self) -> Html:
        """What to choose, how far it is, what came of it."""
        run = self._run
        running = run is not None and not run.ended
        return join(
            card(
                tr("Import bookings"),
                h.p("muted")[
                    tr(
                        "A CSV file with the columns of the public hotel booking demand data. Each "
                        "hotel of the file becomes a hotel here; a repeat books nothing twice."
                    )
                ],
                h.div("row wrap")[
                    h.label("field-label", for_=FILE_INPUT)[tr("File")],
                    h.input_("input", type="file", id=FILE_INPUT, accept=".csv,text/csv"),
                    button(tr("Import"), action="import.start", kind="primary", busy=running),
                    button(tr("Stop"), action="import.stop") if running else None,
                ],
                self._progress(run) if run is not None and running else None,
            ),
            self._outcome(run) if run is not None else None,
        )

    def actions(self) -> Mapping[str, Action]:
        """Start and stop."""
        return {"import.start": self._start, "import.stop": self._stop}

    # -- drawing ----------------------------------------------------------------------------------

    def _progress(self, run: _Run) -> Html:
        at = run.progress
        words = _STAGES[at.stage] if at is not None else tr("Reading the file")
        percent = 100 * at.done // max(1, at.total) if at is not None else 0
        return h.div("stack", role="status")[
            h.label("field-label", for_="import-bar")[f"{words} {run.hotel}".strip()],
            h.progress(id="import-bar", max="100", value=str(percent))[f"{percent} %"],
            run.pause
            and h.p("muted")[
                run.pause,
                " ",
                tr("The import goes on by itself when it can; what was booked stays."),
            ],
        ]

    def _outcome(self, run: _Run) -> Child:
        bad = [*run.bad, *(row for report in run.reports for row in report.bad)]
        rows = [
            Row(row_id=f"bad-{row.line}", cells=[str(row.line), row.reason])
            for row in bad[:BAD_SHOWN]
        ]
        return join(
            banner(run.ended, tone=run.tone) if run.ended else None,
            [self._report(report) for report in run.reports],
            card(
                tr("Rows that were left out"),
                table(tr("Rows left out"), (Column(label=tr("Line"), numeric=True),
                      Column(label=tr("Reason"), wraps=True)), rows, table_id="bad-rows"),
                note=self._hotel.app.formats.number(len(bad)),
                flush=True,
            )
            if bad
            else None,
        )  # fmt: skip

    def _report(self, report: HotelReport) -> Html:
        number = self._hotel.app.formats.number
        return card(
            report.name,
            h.p[
                tr(
                    "{booked} booked, {known} held already, {rooms} added, {refused} refused.",
                    booked=number(report.booked),
                    known=number(report.known),
                    rooms=plural(report.rooms, "room"),
                    refused=number(len(report.bad)),
                )
            ],
            h.a("link", href=Route(report.space).href, data_link=True)[
                tr("Open {name}", name=report.name)
            ],
        )

    # -- running ----------------------------------------------------------------------------------

    def _start(self, _: UiEvent) -> None:
        if self._run is None or self._run.ended:
            self._run = _Run()
            self._hotel.spawn(self._work(self._run))
            self._hotel.app.refresh()

    def _stop(self, _: UiEvent) -> None:
        if self._run is not None:
            self._run.stopping = True

    async def _work(self, run: _Run) -> None:
        try:
            data = await self._tools.read_file(FILE_INPUT)
            if data is None:
                run.ended, run.tone = tr("Choose a file first."), "act"
                return
            reading = await self._drive(run, read_bookings(data))
            run.bad = list(reading.bad)
            for hotel in reading.hotels.values():
                run.hotel = hotel.name
                await self._import(run, hotel.space, hotel)
            run.ended, run.tone = tr("The import is complete."), "ok"
        except _Stopped:
            run.ended = tr(
                "Stopped. What was booked stays; importing the file again goes on from here."
            )
        except InvalidValue as error:
            run.ended, run.tone = tr("Nothing was imported: {error}", error=error), "danger"
        except Refused as error:
            run.ended, run.tone = (
                tr("The import ended early, a repeat goes on: {error}", error=error),
                "danger",
            )
        finally:
            run.ended = run.ended or tr("The import ended early: see the message.")
            app = self._hotel.app
            if app.route.screen != "settings":
                # Whoever went on with other work is told as well.
                app.toast(run.ended, tone=run.tone, seconds=0 if run.tone == "danger" else 6)
            app.refresh()

    async def _import(self, run: _Run, name: str, hotel: object) -> None:
        own = name == self._hotel.space.name
        space = self._hotel.space if own else await self._tools.open_hotel(name)
        try:
            work = import_hotel(space, hotel)  # type: ignore[arg-type]
            report = await self._drive(run, work, space)
            run.reports.append(report)
            self._tools.added(name, report.name)
        finally:
            if not own:
                self._tools.close_hotel(space)

    async def _drive(
        self, run: _Run, work: Generator[Progress, None, T], space: Space | None = None
    ) -> T:
        """Do some, breathe, go on."""
        began = self._tools.now()
        while True:
            try:
                run.progress = next(work)
            except StopIteration as end:
                value: T = end.value
                return value
            if run.stopping:
                work.close()
                raise _Stopped
            crowded = space is not None and _is_crowded(space)
            if crowded or self._tools.now() - began >= SLICE_MS:
                self._hotel.app.refresh()
                await self._tools.breathe()
                while space is not None and _is_crowded(space) and not run.stopping:
                    self._tell_pause(run, space)
                    await self._tools.breathe()
                run.pause = ""
                began = self._tools.now()

    def _tell_pause(self, run: _Run, space: Space) -> None:
        """Say why it waits, where that may last."""
        now = space.status()
        words = PAUSES.get(now.relay, "") if now.queue.bound else ""
        if words != run.pause:
            run.pause = words
            self._hotel.app.refresh()


def _is_crowded(space: Space) -> bool:
    """Whether what was booked is to be decided first. Without room in the queue even one booking
    would be refused: an import leaves it to people."""
    return len(own_waiting(space.tab)) > MAX_PENDING
