"""The house's tiles: tonight's occupancy and rates, who comes and goes, rooms, bookings, charges.

Stands on `figures.queries`, `figures_tiles`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pysync_pms.calendar import to_day
from pysync_pms.figures import queries as q
from pysync_pms.ui.language import plural
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_tiles import NONE, UNSEEN, Tile, Words
from pysync_pms.words import CHARGE, LINES, PAYMENT, RESERVATIONS, ROOMS

__all__ = ["NAMES", "tiles"]

NAMES: Final = (
    ("occupancy", "Occupancy tonight"),
    ("adr", "ADR tonight"),
    ("revpar", "RevPAR tonight"),
    ("arrivals", "Arrivals today"),
    ("departures", "Departures today"),
    ("housekeeping", "Rooms ready"),
    ("booked", "Booked today"),
    ("posted", "Charged today"),
)
"""In their order, with their labels."""


def tiles(live: Live) -> Iterator[Tile]:
    """All tiles, as the hotel stands."""
    today, words = to_day(live.hotel.today), Words(live.hotel.app.formats, live.hotel.currency)
    yield from _nights(live, today, words)
    yield from _moving(live, today)
    yield _housekeeping(live, today)
    yield _booked(live, today)
    yield _posted(live, today, words)


def _nights(live: Live, today: int, words: Words) -> Iterator[Tile]:
    book, basis = live.book, live.basis()
    now, *then = (
        q.nights(book, day, day + 1, basis) for day in (today, today - q.WEEK, today - q.YEAR)
    )
    compared = [
        (when, night)
        for when, night in zip(("last week", "last year"), then, strict=True)
        if night.sold
    ]
    fresh = live.fresh(RESERVATIONS, ROOMS)
    counts = "count as available" if basis.out_of_order_counts else "are left out"
    yield Tile(
        name="occupancy",
        value=words.percent(now.occupancy),
        basis=f"{now.sold} of {plural(now.available, 'room')} sold. Out-of-order rooms {counts}.",
        fresh=fresh,
        beside=[(when, words.percent(night.occupancy)) for when, night in compared],
    )
    if not sees(RESERVATIONS, "rate"):
        yield Tile(name="adr", value=NONE, basis=UNSEEN, fresh=fresh)
        yield Tile(name="revpar", value=NONE, basis=UNSEEN, fresh=fresh)
        return
    foreign = now.sold - now.priced
    apart = f" Without {plural(foreign, 'room')} in other currencies." if foreign else ""
    yield Tile(
        name="adr",
        value=words.money(now.adr),
        basis=f"Booked rates by rooms sold: {words.money(now.revenue)} by {now.priced}.{apart}",
        fresh=fresh,
        beside=[(when, words.money(night.adr)) for when, night in compared],
    )
    yield Tile(
        name="revpar",
        value=words.money(now.revpar),
        basis=f"Booked rates by {plural(now.available, 'available room')}; "
        f"out-of-order rooms {counts}.{apart}",
        fresh=fresh,
        beside=[(when, words.money(night.revpar)) for when, night in compared],
    )


def _moving(live: Live, today: int) -> Iterator[Tile]:
    fresh = live.fresh(RESERVATIONS)
    for name, count, done in (
        ("arrivals", q.arrivals, "arrived"),
        ("departures", q.departures, "left"),
    ):
        total, gone = count(live.book, today)
        before = count(live.book, today - q.WEEK)[0]
        yield Tile(
            name=name,
            value=str(total),
            basis=f"{gone} {done}, {total - gone} to come."
            if name == "arrivals"
            else f"{gone} {done}, {total - gone} to go.",
            fresh=fresh,
            beside=[("last week", str(before))] if before else (),
        )


def _housekeeping(live: Live, today: int) -> Tile:
    floors = q.floors(live.book, today)
    ready, rooms = sum(f.ready for f in floors), sum(f.rooms for f in floors)
    return Tile(
        name="housekeeping",
        value=f"{ready} of {rooms}",
        basis="Clean or inspected, without rooms that are out of order.",
        fresh=live.fresh(ROOMS),
    )


def _booked(live: Live, today: int) -> Tile:
    stays = live.book.stays
    gone, before = stays.dropped.get(today, 0), stays.made.get(today - q.WEEK, 0)
    return Tile(
        name="booked",
        value=str(stays.made.get(today, 0)),
        basis=f"Bookings made today; {plural(gone, 'cancellation')} today.",
        fresh=live.fresh(RESERVATIONS),
        beside=[("last week", str(before))] if before else (),
    )


def _posted(live: Live, today: int, words: Words) -> Tile:
    fresh = live.fresh(LINES)
    if not sees(LINES, "amount"):
        return Tile(name="posted", value=NONE, basis=UNSEEN, fresh=fresh)
    book, basis = live.book, live.basis()
    charged = q.charged(book, today, today + 1, basis)
    paid = sum(q.posted(book, today, today + 1, basis, PAYMENT).values())
    before = sum(q.posted(book, today - 7, today - 6, basis, CHARGE).values())
    return Tile(
        name="posted",
        value=words.money(charged),
        basis=f"Lines posted today, less what was reversed; {words.money(paid)} paid.",
        fresh=fresh,
        beside=[("last week", words.money(before))] if before else (),
    )
