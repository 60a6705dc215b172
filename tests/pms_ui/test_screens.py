"""Every screen over a generated hotel, drawn without a page: nothing it needs is missing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import pytest

from pysync import Space
from pysync.model.cell import Mark
from pysync.model.conflict import Candidate, Conflict
from pysync.model.guard import Record
from pysync.native import open_space
from pysync.values.clock import stamp_at
from pysync_pms.commands import CreateGuest, EditReservation, Move, perform
from pysync_pms.demo import build_demo
from pysync_pms.indexes import fold, full_name
from pysync_pms.queries import free_rooms, guest_name, needs_attention
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.app import App
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.frame import Frame
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import join
from pysync_pms.ui.parts.guest_questions import merge_guests
from pysync_pms.ui.ports import PageTools
from pysync_pms.ui.router import parse
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens import make_screens
from pysync_pms.ui.wire import encode
from pysync_pms.words import GUESTS, RESERVATIONS, ROOMS
from tests.pms_ui.support import MemoryDom, MemoryPreferences

TODAY = "2026-11-20"
PLACES = (
    "home", "rooms", "rooms?show=dirty", "housekeeping", "housekeeping?show=all", "tape",
    "tape?days=30", "reservations", "reservations?status=all", "reservations?q=an", "guests",
    "guests?q=an", "attention", "activity", "settings", "settings?section=rooms",
    "settings?section=staff", "settings?section=display", "settings?section=import",
    "settings?section=tabs", "settings?section=sync", "settings?section=charges",
    "stock", "stock/soap", "stock?view=count", "stock?view=order", "stock?view=places", "dashboard",
    "dashboard?tables=occupancy,pace,sources,floors", "reports", "reports?from=2026-11&to=2026-12",
    "expenses",
    "expenses?show=approve", "expenses?show=pay", "expenses?show=rules", "staff",
    "staff?person=s-rosa", "staff?show=mileage", "staff?show=rota", "staff?show=approve",
    "staff?show=people",
)  # fmt: skip


def needs_room(space: Space) -> list[Record]:
    """Stays without a room."""
    return [stay for stay in space.view.all(RESERVATIONS) if not stay.get("room")]


class Page:
    """An application over a hotel, on a page that only remembers, and what went wrong in it."""

    def __init__(
        self, space: Space, more: Callable[[Hotel], Mapping[str, Action]] = lambda _: {}
    ) -> None:
        self.space = space
        self.errors: list[BaseException] = []
        self.hotel = hotel = Hotel(space, local_day=lambda: TODAY, spawn=asyncio.run)
        screens, everywhere = make_screens(hotel, _no_tools())
        self.frame = frame = Frame(hotel, [(space.name, "Demo")], leave=print, online=lambda: True,
                                   more={**everywhere, **more(hotel)})  # fmt: skip
        self.dom = MemoryDom(f"/{space.name}")
        self.app = App(self.dom, host=frame, screens=screens, preferences=MemoryPreferences(),
                       on_error=self.errors.append)  # fmt: skip
        hotel.app = self.app
        self.app.rights = lambda: hotel.rights
        self.app.start()

    def show(self, place: str) -> str:
        """Go there and draw; answers what was sent to the page."""
        self.app.go(parse(f"/{self.space.name}/{place}"))
        return str(encode(self.dom.paint()))

    def markup(self, place: str) -> str:
        """Go there and draw; answers the markup of what is drawn anew."""
        self.app.go(parse(f"/{self.space.name}/{place}"))
        return "".join(str(command.get("html", "")) for command in self.dom.paint())


def _no_tools() -> PageTools:
    async def nothing(_: str) -> None:
        return None

    async def breathe() -> None:
        return None

    async def rest(_: float) -> None:
        return None

    async def no_hotel(name: str) -> Space:
        raise AssertionError(name)

    return PageTools(read_file=nothing, open_hotel=no_hotel, close_hotel=Space.close,
                     now=lambda: 0.0, breathe=breathe, rest=rest,
                     added=lambda *_: None)  # fmt: skip


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_space("screens", schema=SCHEMA) as space:
        for _ in build_demo(space, TODAY):
            pass
        yield Page(space)


@pytest.mark.req("PMS-01", "PMS-02")
@pytest.mark.parametrize("place", PLACES)
def test_every_screen_draws(page: Page, place: str) -> None:
    sent = page.show(place)
    assert page.errors == []
    assert "screen-title" in sent


@pytest.mark.req("PMS-02")
def test_a_reservation_in_every_state_draws_beside_the_list(page: Page) -> None:
    seen = set()
    for stay in page.space.view.all(RESERVATIONS):
        kind = (stay["status"], bool(stay.get("room")), bool(stay.get("attention")))
        if kind in seen:
            continue
        seen.add(kind)
        assert "reservation-title" in page.show(f"reservations/{stay['id']}"), kind
        assert page.errors == [], kind
    assert len({status for status, _, _ in seen}) == 5
    assert len(seen) >= 6


@pytest.mark.req("PMS-01")
def test_a_guest_and_a_room_draw_beside_their_lists(page: Page) -> None:
    for screen, collection in (("guests", GUESTS), ("rooms", ROOMS)):
        record = next(iter(page.space.view.all(collection)))
        assert "drawer" in page.show(f"{screen}/{record['id']}")
        assert page.errors == []


@pytest.mark.req("PMS-02", "TAB-01")
def test_a_stay_that_moved_elsewhere_renews_two_lanes_of_the_chart(page: Page) -> None:
    view = page.space.view
    stay, free = next(
        (stay, rooms[0]["id"])
        for stay in view.all(RESERVATIONS)
        if stay["status"] == "confirmed"
        and stay.get("room")
        and (rooms := free_rooms(view, stay["from"], stay["to"]))
    )
    page.show(f"tape?from={stay['from']}")
    old = stay["room"]
    perform(page.space, Move(id=stay["id"], on=TODAY, room=free), view=view, today=TODAY)
    page.app.changed(RESERVATIONS, stay["id"], remote=True)
    patched = {c["id"]: c["html"] for c in page.dom.paint() if c["op"] == "patch"}
    lanes = {name: html for name, html in patched.items() if name.startswith("lane-")}
    assert set(lanes) == {f"lane-{old}", f"lane-{free}"}
    assert [f"bar-{stay['id']}" in lanes[f"lane-{room}"] for room in (old, free)] == [False, True]


def rows_of(sent: str, prefix: str) -> list[str]:
    """The ids of the records that a list shows, in its order."""
    return re.findall(rf'<tr class="[^"]*" id="{prefix}-([^"]+)" tabindex', sent)


@pytest.mark.req("PMS-02")
def test_reservations_open_with_who_is_expected_or_in_the_house_by_arrival(page: Page) -> None:
    view = page.space.view
    stays = list(view.all(RESERVATIONS))
    still = [stay for stay in stays if stay["status"] in ("confirmed", "checked-in")]
    sent = page.markup("reservations")
    shown = rows_of(sent, "stay")
    assert f'Expected and in house</h2><span class="muted">{len(still)}<' in sent
    by_arrival = sorted(still, key=lambda stay: (stay["from"], stay["id"]))
    assert shown == [stay["id"] for stay in by_arrival[: len(shown)]]
    assert len(shown) > 20

    sent = page.markup("reservations?status=all")
    latest = sorted(stays, key=lambda stay: (stay["from"], stay["id"]), reverse=True)
    shown = rows_of(sent, "stay")
    assert f'All reservations</h2><span class="muted">{len(stays)}<' in sent
    assert shown == [stay["id"] for stay in latest[: len(shown)]]


@pytest.mark.req("PMS-02")
def test_a_search_that_finds_nothing_open_leads_to_all_states(page: Page) -> None:
    view = page.space.view
    over = next(s for s in view.all(RESERVATIONS) if s["status"] == "cancelled")
    sent = page.markup(f"reservations?q={over['id']}")
    assert "Nothing found" in sent
    assert f"q={over['id']}&amp;status=all" in sent
    assert rows_of(page.markup(f"reservations?q={over['id']}&status=all"), "stay") == [over["id"]]


@pytest.mark.req("PMS-03")
def test_guests_are_listed_by_last_name_before_anything_is_typed(page: Page) -> None:
    everybody = list(page.space.view.all(GUESTS))
    sent = page.markup("guests")
    assert f'All guests</h2><span class="muted">{len(everybody)}<' in sent
    names = [fold(page.space.view.get(GUESTS, gid)["last_name"]) for gid in rows_of(sent, "guest")]
    assert len(names) > 20
    assert names == sorted(names)

    found = rows_of(page.markup("guests?q=k"), "guest")
    assert found
    for gid in found:
        words = fold(full_name(page.space.view.get(GUESTS, gid) or {})).split()
        assert any(word.startswith("k") for word in words)


@pytest.mark.req("PMS-03")
def test_a_room_number_finds_who_is_in_it(page: Page) -> None:
    view = page.space.view
    stay = next(s for s in view.all(RESERVATIONS) if s["status"] == "checked-in")
    number = view.get(ROOMS, stay["room"])["number"]
    sent = page.markup(f"guests?q={number}")
    assert f"Room {number}</h2>" in sent
    assert f"stay-{stay['id']}" in sent
    assert guest_name(view, stay) in sent


@pytest.mark.req("PMS-02")
def test_what_needs_attention_offers_first_what_its_message_asks_for(page: Page) -> None:
    sent = page.markup("attention")
    view = page.space.view
    lines = needs_attention(view, TODAY)
    assert lines
    for line in lines:
        ways = sent[sent.index(f"attention-{line.line.id}") :]
        usual = re.search(r'class="btn btn-primary[^>]* data-action="([a-z.-]+)"', ways)
        assert usual is not None
        free = free_rooms(view, line.line.stay["from"], line.line.stay["to"])
        assert usual.group(1) == ("stay.give-room" if free else "stay.move")


@pytest.mark.req("SRV-10")
def test_a_value_that_lost_is_named_in_words_with_its_day(page: Page) -> None:
    space = page.space
    stay = next(iter(needs_room(space)))
    room = next(iter(space.view.all(ROOMS)))
    made = Mark("t", 1, stamp_at(datetime(2026, 11, 18, 9, 5, tzinfo=UTC).timestamp() * 1000))
    lost = Conflict(
        id="lost", key=RESERVATIONS, rid=stay["id"], register="room", status="auto",
        strategy="last-write-wins", shown=Candidate(None, made),
        other=Candidate({"room": room["id"], "from": "2026-11-21", "earlier": []}, made),
    )  # fmt: skip
    space.tab.replica.conflicts["lost"] = lost
    shown = page.show("attention")
    del space.tab.replica.conflicts["lost"]
    assert f"Reservation of {guest_name(space.view, stay)}: Room" in shown
    assert f"Room {room['number']}, Arrival " in shown
    assert "18 Nov" in shown
    assert "Earlier" not in shown


def test_history_leaves_out_what_was_and_stays_empty(page: Page) -> None:
    view = page.space.view
    stay = next(s for s in view.all(RESERVATIONS) if s["status"] == "confirmed")
    page.markup("home")
    edit = EditReservation(id=stay["id"], changes={"source": "phone"})
    perform(page.space, edit, view=view, today=TODAY)
    sent = page.markup(f"reservations/{stay['id']}")
    history = sent[sent.index("timeline") :]
    assert "Arrival" in history
    assert "</span>empty<" not in history


@pytest.mark.req("SRV-10")
def test_history_speaks_of_guests_and_sources_and_not_of_codes(page: Page) -> None:
    view = page.space.view
    stay = next(s for s in view.all(RESERVATIONS) if s["status"] == "confirmed")
    page.show("home")
    edit = EditReservation(id=stay["id"], changes={"source": "online-agency"})
    perform(page.space, edit, view=view, today=TODAY)
    sent = page.show(f"reservations/{stay['id']}")
    assert "Online agency" in sent
    assert ">online-agency<" not in sent
    assert full_name(view.get(GUESTS, stay["guest_id"]) or {}) in sent


@pytest.mark.req("SRV-10")
def test_an_open_history_grows_as_changes_are_decided(page: Page) -> None:
    stay = next(s for s in page.space.view.all(RESERVATIONS) if s["status"] == "confirmed")
    page.show(f"reservations/{stay['id']}")
    page.dom.paint()
    before = page.space.status().seq
    edit = EditReservation(id=stay["id"], changes={"source": "phone", "notes": "late"})
    perform(page.space, edit, view=page.space.view, today=TODAY)
    sent = [command for _ in range(2) for command in page.dom.paint()]
    assert f"history-{before + 1}" in str(encode(sent))


@pytest.mark.req("SRV-10", "PMS-12")
def test_history_shows_the_beginning_of_a_long_note(page: Page) -> None:
    view = page.space.view
    stay = [s for s in view.all(RESERVATIONS) if s["status"] == "confirmed"][-1]
    note = " ".join(f"word{number}" for number in range(250))
    perform(page.space, EditReservation(id=stay["id"], changes={"notes": note}), view=view,
            today=TODAY)  # fmt: skip
    page.markup("home")
    drawn = page.markup(f"reservations/{stay['id']}")
    history = drawn[drawn.index("timeline") :]
    assert "word9 word10" in history
    assert "word249" not in history
    assert "word249" in drawn, "the note itself is there in full"


@pytest.mark.req("PMS-03")
def test_merging_asks_only_where_both_profiles_say_something_else(page: Page) -> None:
    hotel, view = page.hotel, page.space.view
    ids = ("merge-one", "merge-two")
    hotel.perform(
        CreateGuest(id=ids[0], first_name="Ana", last_name="Alves", email="a@example.org"),
        CreateGuest(id=ids[1], first_name="Ana Maria", last_name="Alves Reis",
                    email="b@example.org", phone="+351 912 345 678"),
    )  # fmt: skip
    question = merge_guests(hotel, *ids)
    form = FormView(form_id="ask", values=question.values)
    drawn = str(join(question.fields(form, question.values)))
    assert set(re.findall(r'name="([a-z_]+)"', drawn)) == {"whose", "email"}
    chosen = {**question.values, "whose": "two"}
    done = hotel.perform(*question.commands(chosen))
    assert done is not None
    kept = view.get(GUESTS, ids[0])
    assert kept is not None
    assert full_name(kept) == "Ana Maria Alves Reis"
    assert (kept["email"], kept["phone"]) == ("a@example.org", "+351 912 345 678")


@pytest.mark.req("PMS-03")
def test_a_short_name_that_is_chosen_stays_short(page: Page) -> None:
    hotel, ids = page.hotel, ("merge-short", "merge-long")
    hotel.perform(
        CreateGuest(id=ids[0], last_name="Ng"),
        CreateGuest(id=ids[1], first_name="Wei", last_name="Ng"),
    )
    question = merge_guests(hotel, *ids)
    assert hotel.perform(*question.commands({**question.values, "whose": "one"})) is not None
    assert full_name(page.space.view.get(GUESTS, ids[0]) or {}) == "Ng"


@pytest.mark.req("PMS-01")
def test_a_new_hotel_says_on_every_screen_how_it_begins() -> None:
    with open_space("new-hotel", schema=SCHEMA) as space:
        page = Page(space)
        for screen in ("home", "rooms", "housekeeping", "tape"):
            drawn = page.markup(screen)
            assert "no rooms yet" in drawn.lower(), screen
            assert "settings?section=rooms" in drawn, screen
            assert "settings?section=import" in drawn, screen
        assert "No guests yet" in page.markup("guests")
        assert "No reservations yet" in page.markup("reservations")
        assert page.errors == []
