"""The hotel's figures, whatever happens to its records: always what counting them anew gives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from pysync import Space
from pysync.errors import InvalidValue, Refused, UsageError
from pysync.first_state import export_first_state, read_first_state
from pysync.model.snapshot import bucket_number, read_rows
from pysync.model.state import State
from pysync_pms.calendar import add_days, to_day
from pysync_pms.commands import (
    HOTEL,
    Cancel,
    Charge,
    CheckIn,
    CheckOut,
    Command,
    EditReservation,
    EraseGuest,
    Extend,
    Move,
    NoShow,
    Pay,
    Reinstate,
    Reverse,
    SetCondition,
    SetServiceability,
    SetSettings,
    Split,
    Unassign,
    perform,
)
from pysync_pms.figures import Basis, Book, Reading
from pysync_pms.figures import queries as q
from pysync_pms.figures.reading import AT_ONCE
from pysync_pms.schema import SCHEMA
from pysync_pms.words import LINES, RESERVATIONS, ROOMS
from tests.pms.plain_figures import Hotel, check, read
from tests.pms.support import ROOMS as NUMBERS
from tests.pms.support import TODAY, book, give, open_house

pytestmark = pytest.mark.req("PMS-08")
FIRST = date.fromisoformat(TODAY) - timedelta(4)
SPAN = [FIRST + timedelta(n) for n in range(12)]
_names = itertools.count()


def hotel_of(space: Space) -> Hotel:
    """All records, as they are seen now."""
    view = space.view
    return Hotel(list(view.all(RESERVATIONS)), list(view.all(LINES)), list(view.all(ROOMS)))


# -- any records, in any order --------------------------------------------------------------------

DAYS = st.integers(0, 4).map(lambda n: (FIRST + timedelta(n)).isoformat())
MAYBE_DAY = st.none() | st.integers(-130, 11).map(lambda n: (FIRST + timedelta(n)).isoformat())
CURRENCY = st.sampled_from(("EUR", "EUR", None, "USD"))
STAYS = st.builds(
    lambda start, length, **more: {"from": start, "to": add_days(start, length), **more},
    DAYS,
    st.integers(0, 6),
    status=st.sampled_from(("confirmed", "checked-in", "checked-out", "cancelled", "no-show")),
    rate=st.none() | st.integers(-700, 30_000),
    currency=CURRENCY,
    source=st.sampled_from((None, "direct")),
    room_type=st.sampled_from(("DBL", "STE")),
    booked_on=MAYBE_DAY,
    closed_on=MAYBE_DAY,
)
FOLIO = st.builds(
    lambda kind, under, **more: {
        "kind": kind, ("method" if kind == "payment" else "category"): under, **more
    },
    st.sampled_from(("charge", "payment")),
    st.sampled_from(("room", "food", "cash", "card")),
    on=DAYS,
    amount=st.integers(-10**7, 10**7),
    currency=CURRENCY,
)  # fmt: skip
DOORS = st.fixed_dictionaries(
    {
        "floor": st.sampled_from((None, "1", "2")),
        "condition": st.sampled_from((None, "dirty", "clean", "inspected")),
        "serviceability": st.sampled_from((None, "in-service", "out-of-order", "out-of-service")),
        "closed_from": MAYBE_DAY,
        "closed_until": MAYBE_DAY,
    }
)
PUTS = st.lists(
    st.tuples(
        st.integers(0, 5).map(str),
        st.tuples(st.just(RESERVATIONS), st.none() | STAYS)
        | st.tuples(st.just(RESERVATIONS), STAYS)
        | st.tuples(st.just(LINES), st.none() | FOLIO)
        | st.tuples(st.just(ROOMS), st.none() | DOORS),
    ),
    min_size=8,
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@examples(PUTS)
def test_every_sum_is_what_counting_anew_gives(puts: list[Any]) -> None:
    """FIGURE-1, FIGURE-2: whatever records become, in any order, and told once more."""
    figures = Book()
    records: dict[str, dict[str, Any]] = {RESERVATIONS: {}, LINES: {}, ROOMS: {}}
    for record_id, (collection, fields) in puts:
        figures.put(collection, record_id, fields, at=0)
        records[collection].pop(record_id, None)
        if fields is not None:
            records[collection][record_id] = fields
    for collection, held in records.items():
        for record_id, fields in held.items():
            assert not figures.put(collection, record_id, fields, at=0)
    hotel = Hotel(*(list(records[key].values()) for key in (RESERVATIONS, LINES, ROOMS)))
    check(figures, hotel, SPAN, leads=(0, 1, 6, 7, 30, 91, 120))
    for collection, held in records.items():
        for record_id in held:
            figures.put(collection, record_id, None, at=0)
    assert _is_empty(figures)


def _is_empty(figures: Book) -> bool:
    """Nothing is left of what went, not even a zero."""
    stays, lines, rooms = figures.stays, figures.lines, figures.rooms
    held = (stays.nights, stays.arrivals, stays.departures, stays.made, stays.dropped,
            stays.currencies, lines.sums, lines.by_day, rooms.conditions, rooms.closed)  # fmt: skip
    return not any(held) and not rooms.total and not any(map(any, stays.pace.values()))


# -- the hotel's own commands, read in slices meanwhile -------------------------------------------

WHAT = st.sampled_from(
    ("book", "check-in", "check-out", "cancel", "no-show", "reinstate", "edit", "move", "extend",
     "unassign", "charge", "pay", "reverse", "split", "erase", "delete", "clean", "close", "undo",
     "step")
)  # fmt: skip
STEPS = st.lists(st.tuples(WHAT, st.integers(0, 60), st.integers(0, 6)), min_size=5, max_size=40)


def command_of(what: str, at: int, pick: int, length: int, space: Space) -> Command | None:
    """What somebody at the desk does."""
    stay, start = f"s{pick % 5}", (FIRST + timedelta(pick % 9)).isoformat()
    number = NUMBERS[pick % len(NUMBERS)]
    known = sorted(line["id"] for line in space.view.all(LINES))
    line = known[pick % len(known)] if known else "none"
    more: dict[str, Any] = {"booked_on": add_days(start, -pick), "rate": 9_999 + pick}
    made: dict[str, Command] = {
        "book": book(stay, start, add_days(start, length), number, overbook=True,
                     source="phone" if pick % 2 else None, **more),
        "check-in": CheckIn(id=stay, on=TODAY),
        "check-out": CheckOut(id=stay, on=TODAY),
        "cancel": Cancel(id=stay, on=TODAY),
        "no-show": NoShow(id=stay, on=TODAY),
        "reinstate": Reinstate(id=stay),
        "edit": EditReservation(id=stay, changes={"rate": 7_000 + pick, "source": "agency"}),
        "move": Move(id=stay, room=number, on=TODAY),
        "extend": Extend(id=stay, departure=add_days(TODAY, length)),
        "unassign": Unassign(id=stay),
        "charge": Charge(id=f"c{at}", stay=stay, on=TODAY, amount=1_000 + pick, text="Bar",
                         category="beverage"),
        "pay": Pay(id=f"p{at}", stay=stay, on=TODAY, amount=500 + pick, method="cash"),
        "reverse": Reverse(id=f"r{at}", line=line, on=TODAY, reason="Wrong"),
        "split": Split(id=f"x{at}", line=line, on=TODAY, parts=((stay, 2, 30),)),
        "erase": EraseGuest(id="ana"),
        "clean": SetCondition(room=number, condition="dirty" if pick % 2 else "clean", on=TODAY),
        "close": SetServiceability(room=number, serviceability="out-of-order", reason="Leak",
                                   since=start, until=add_days(start, length + 1)),
    }  # fmt: skip
    return made.get(what)


@settings(max_examples=80, deadline=None)
@examples(STEPS, st.integers(0, 12))
def test_the_desks_work_counts_at_once_also_while_the_hotel_is_read(
    steps: list[tuple[str, int, int]], early: int
) -> None:
    """FIGURE-1, READING-1: bookings, moves, cancellations, reversals, erasing, undoing."""
    with open_house(f"figures-{next(_names)}") as space:
        perform(space, SetSettings(id=HOTEL, changes={"business_date": TODAY}), view=space.view,
                today=TODAY)  # fmt: skip
        figures, reading = read(space, size=1)
        for _ in range(early):
            reading.step()
        done: list[str] = []
        for at, (what, pick, length) in enumerate(steps):
            try:
                _do(space, what, at, (pick, length), done, reading)
            except (Refused, InvalidValue, UsageError):
                continue
        while reading.step():
            pass
        check(figures, hotel_of(space), SPAN, leads=(0, 7, 40))


def _do(
    space: Space, what: str, at: int, how: tuple[int, int], done: list[str], reading: Reading
) -> None:
    if what == "step":
        reading.step()
    elif what == "undo":
        if done:
            space.undo(done.pop())
    elif what == "delete":
        space.run("", lambda draft: draft.delete(RESERVATIONS, f"s{how[0] % 5}"))
    elif (command := command_of(what, at, *how, space)) is not None:
        receipt = perform(space, command, view=space.view, today=TODAY)
        done.append(receipt.change_id)


def test_many_changes_at_once_wait_for_their_slices_and_are_all_taken_in() -> None:
    """READING-1: a return from offline is no long task, and nothing of it is lost."""
    with open_house(f"figures-{next(_names)}") as space:
        figures, reading = read(space)
        while reading.step():
            pass
        rows = [{"id": f"m{n}", "number": f"m{n}", "room_type": "DBL"} for n in range(AT_ONCE + 9)]

        def write(draft: Any) -> None:
            for row in rows:
                draft.create(ROOMS, row)

        space.run("", write)
        assert reading.begun
        assert not reading.done
        assert figures.rooms.total == len(NUMBERS) + AT_ONCE
        while reading.step():
            pass
        assert figures.rooms.total == len(NUMBERS) + len(rows)


def test_what_nobody_looked_at_is_read_and_stays_packed() -> None:
    """READING-1: of a stored state, as a tab begins with."""
    stays = [book(f"s{n}", room=None, overbook=True, rate=9_000 + n) for n in range(30)]
    with open_house(f"figures-{next(_names)}", *stays) as space:
        give(space, Cancel(id="s3", on=TODAY))
        space.run("", lambda draft: draft.delete(RESERVATIONS, "s4"))
        rows = read_first_state(export_first_state(space), space.name)
        state = State(SCHEMA)
        state.hold(read_rows(rows).packed)
        figures = Book()
        reading = Reading(state, figures, size=7)
        while reading.step():
            pass
        assert all(state.packed(*bucket) is not None for bucket in state.buckets())
        check(figures, hotel_of(space), SPAN, leads=(0, 7))


def move_up(space: Space, room: str) -> None:
    """To the ninth floor."""
    space.run("", lambda draft: draft.update(ROOMS, room, {"floor": "9"}))


def test_what_changes_while_its_bucket_is_read_is_not_put_back() -> None:
    """READING-1: what the bucket in hand says of a record that was told since is old."""
    with open_house(f"figures-{next(_names)}") as space:
        same = [f"m{n}" for n in range(600) if bucket_number(f"m{n}") == 7][:5]

        def write(draft: Any) -> None:
            for name in same:
                draft.create(ROOMS, {"id": name, "number": name, "room_type": "DBL"})

        space.run("", write)
        figures, reading = read(space, size=1)
        while not figures.rooms.conditions.get(("", "dirty")):
            reading.step()
        for name in same:
            move_up(space, name)
        space.run("", lambda draft: draft.delete(ROOMS, same[-1]))
        while reading.step():
            pass
        check(figures, hotel_of(space), SPAN[:1], leads=())
        assert figures.rooms.conditions["9", "dirty"] == len(same) - 1


# -- what each figure means -----------------------------------------------------------------------


@pytest.fixture
def small() -> Iterator[tuple[Space, Book]]:
    """Two stays in five rooms, read whole."""
    stays = (book("a", rate=10_001), book("b", "2026-11-19", room="102"))
    with open_house(f"figures-{next(_names)}", *stays) as space:
        figures, reading = read(space)
        while reading.step():
            pass
        yield space, figures


def test_occupancy_adr_and_revpar_of_a_night(small: tuple[Space, Book]) -> None:
    night = q.nights(small[1], to_day(TODAY), to_day(TODAY) + 1, Basis(currency="EUR"))
    assert (night.sold, night.available, night.revenue) == (2, 5, 20_001)
    assert (night.occupancy, night.adr, night.revpar) == (400, 10_001, 4_000)


def test_without_rooms_or_without_guests_there_is_nothing_to_divide_by() -> None:
    figures = Book()
    night = q.nights(figures, to_day(TODAY), to_day(TODAY) + 1, Basis(currency="EUR"))
    assert (night.occupancy, night.adr, night.revpar) == (None, None, None)
    assert q.bookings(figures, 0, 10).lead_time is None
    assert q.span(figures) is None


def test_out_of_order_rooms_count_as_available_or_not_as_it_is_set(
    small: tuple[Space, Book],
) -> None:
    space, figures = small
    close = SetServiceability(room="201", serviceability="out-of-order", reason="Leak",
                              since=TODAY, until=add_days(TODAY, 1))  # fmt: skip
    perform(space, close, view=space.view, today=TODAY)
    today = to_day(TODAY)
    found = [
        q.nights(figures, today + ahead, today + ahead + 1, basis).available
        for ahead in (0, 1)
        for basis in (Basis(currency="EUR"), Basis(currency="EUR", out_of_order_counts=True))
    ]
    assert found == [4, 5, 5, 5]


def test_amounts_of_another_currency_are_counted_as_rooms_and_never_added_up() -> None:
    figures, basis = Book(), Basis(currency="EUR")
    stay = {"status": "confirmed", "from": TODAY, "to": add_days(TODAY, 1), "rate": 9_000}
    for rid, currency in (("a", "EUR"), ("b", "USD"), ("c", None)):
        figures.put(RESERVATIONS, rid, {**stay, "currency": currency}, at=0)
    night = q.nights(figures, to_day(TODAY), to_day(TODAY) + 1, basis)
    assert (night.sold, night.priced, night.revenue, night.adr) == (3, 2, 18_000, 9_000)
    assert q.foreign(figures, basis) == {"USD": 1}


def test_the_pace_knows_what_was_on_the_books_before_it_was_cancelled() -> None:
    """Booked three weeks before, cancelled ten days before: a fortnight before it was there."""
    figures = Book()
    start, day = "2026-12-20", to_day("2026-12-20")
    stay = {"from": start, "to": add_days(start, 2), "booked_on": add_days(start, -21)}
    figures.put(RESERVATIONS, "a", {**stay, "status": "confirmed"}, at=0)
    gone = {**stay, "status": "cancelled", "closed_on": add_days(start, -10)}
    figures.put(RESERVATIONS, "b", gone, at=0)
    assert [figures.stays.on_books(day, lead) for lead in (22, 21, 14, 11, 10, 0)] == [
        *(0, 2, 2, 2, 1, 1)
    ]
    [first, *_] = q.pace(figures, day - 3, 5)[3:]
    assert (first.now, first.week_ago, first.year_ago) == (1, 1, None)


def test_a_part_moves_when_a_figure_of_it_does_and_only_then(small: tuple[Space, Book]) -> None:
    """FIGURE-3: a note is no figure."""
    space, figures = small
    assert figures.moved == {}
    edit = EditReservation(id="a", changes={"notes": "Late"})
    perform(space, edit, view=space.view, today=TODAY)
    assert figures.moved == {}
    perform(space, Charge(id="c", stay="a", on=TODAY, amount=900, text="Bar", category="beverage"),
            view=space.view, today=TODAY)  # fmt: skip
    assert figures.moved == {LINES: 1_000}


def test_what_is_reversed_comes_to_nothing_and_a_later_reversal_to_less(
    small: tuple[Space, Book],
) -> None:
    space, figures = small
    basis, today = Basis(currency="EUR"), to_day(TODAY)
    charge = Charge(id="c", stay="a", on=TODAY, amount=900, text="Bar", category="beverage")
    perform(space, charge, view=space.view, today=TODAY)
    assert q.posted(figures, today, today + 1, basis, "charge") == {"beverage": 900}
    perform(space, Reverse(id="r", line="c", on=TODAY, reason="x"), view=space.view, today=TODAY)
    assert q.posted(figures, today, today + 1, basis, "charge") == {"beverage": 0}
