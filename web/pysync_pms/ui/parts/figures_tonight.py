"""The house's tiles: tonight's occupancy and rates, who comes and goes, rooms, bookings, charges.

Stands on `figures.queries`, `figures_tiles`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pysync_pms.calendar import to_day
from pysync_pms.figures import queries as q
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_tiles import NONE, UNSEEN, Tile, Words
from pysync_pms.words import CHARGE, LINES, PAYMENT, RESERVATIONS, ROOMS

__all__ = ["NAMES", "tiles"]

NAMES: Final = (
    ("occupancy", tr("Occupancy tonight")),
    ("adr", tr("ADR tonight")),
    ("revpar", tr("RevPAR tonight")),
    ("arrivals", tr("Arrivals today")),
    ("departures", tr("Departures today")),
    ("housekeeping", tr("Rooms ready")),
    ("booked", tr("Booked today")),
    ("posted", tr("Charged today")),
)
"""In their order, with their labels."""


_SOLD: Final = tr("{sold} of {rooms} sold. Out-of-order rooms are left out.")
_SOLD_COUNTED: Final = tr("{sold} of {rooms} sold. Out-of-order rooms count as available.")
_REVPAR: Final = tr("Booked rates by {rooms}; out-of-order rooms are left out.")
_REVPAR_COUNTED: Final = tr("Booked rates by {rooms}; out-of-order rooms count as available.")


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
        for when, night in zip((tr("last week"), tr("last year")), then, strict=True)
        if night.sold
    ]
    fresh = live.fresh(RESERVATIONS, ROOMS)
    sold = _SOLD_COUNTED if basis.out_of_order_counts else _SOLD
    by_rooms = _REVPAR_COUNTED if basis.out_of_order_counts else _REVPAR
    yield Tile(
        name="occupancy",
        value=words.percent(now.occupancy),
        basis=tr(sold, sold=now.sold, rooms=plural(now.available, "room")),
        fresh=fresh,
        beside=[(when, words.percent(night.occupancy)) for when, night in compared],
    )
    if not sees(RESERVATIONS, "rate"):
        yield Tile(name="adr", value=NONE, basis=UNSEEN, fresh=fresh)
        yield Tile(name="revpar", value=NONE, basis=UNSEEN, fresh=fresh)
        return
    foreign = now.sold - now.priced
    apart = tr("Without {rooms} in other currencies.", rooms=plural(foreign, "room"))
    but = f" {apart}" if foreign else ""
    by_sold = tr("Booked rates by rooms sold: {revenue} by {rooms}.",
                 revenue=words.money(now.revenue), rooms=now.priced)  # fmt: skip
    by_available = tr(by_rooms, rooms=plural(now.available, "available room"))
    yield Tile(
        name="adr",
        value=words.money(now.adr),
        basis=f"{by_sold}{but}",
        fresh=fresh,
        beside=[(when, words.money(night.adr)) for when, night in compared],
    )
    yield Tile(
        name="revpar",
        value=words.money(now.revpar),
        basis=f"{by_available}{but}",
        fresh=fresh,
        beside=[(when, words.money(night.revpar)) for when, night in compared],
    )


def _moving(live: Live, today: int) -> Iterator[Tile]:
    fresh = live.fresh(RESERVATIONS)
    for name, count, done in (
        ("arrivals", q.arrivals, tr("{gone} arrived, {rest} to come.")),
        ("departures", q.departures, tr("{gone} left, {rest} to go.")),
    ):
        total, gone = count(live.book, today)
        before = count(live.book, today - q.WEEK)[0]
        yield Tile(
            name=name,
            value=str(total),
            basis=tr(done, gone=gone, rest=total - gone),
            fresh=fresh,
            beside=[(tr("last week"), str(before))] if before else (),
        )


def _housekeeping(live: Live, today: int) -> Tile:
    floors = q.floors(live.book, today)
    ready, rooms = sum(f.ready for f in floors), sum(f.rooms for f in floors)
    return Tile(
        name="housekeeping",
        value=tr("{ready} of {rooms}", ready=ready, rooms=rooms),
        basis=tr("Clean or inspected, without rooms that are out of order."),
        fresh=live.fresh(ROOMS),
    )


def _booked(live: Live, today: int) -> Tile:
    stays = live.book.stays
    gone, before = stays.dropped.get(today, 0), stays.made.get(today - q.WEEK, 0)
    return Tile(
        name="booked",
        value=str(stays.made.get(today, 0)),
        basis=tr(
            "Bookings made today; {cancellations} today.",
            cancellations=plural(gone, "cancellation"),
        ),
        fresh=live.fresh(RESERVATIONS),
        beside=[(tr("last week"), str(before))] if before else (),
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
        basis=tr(
            "Lines posted today, less what was reversed; {amount} paid.", amount=words.money(paid)
        ),
        fresh=fresh,
        beside=[(tr("last week"), words.money(before))] if before else (),
    )
