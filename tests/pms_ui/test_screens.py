"""Every screen over a generated hotel, drawn without a page: nothing it needs is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from pysync import Space
from pysync.native import open_space
from pysync_pms.commands import EditReservation, Move, perform
from pysync_pms.demo import build_demo
from pysync_pms.indexes import full_name
from pysync_pms.queries import free_rooms
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.app import App
from pysync_pms.ui.frame import Frame
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.parts.importer import PageTools
from pysync_pms.ui.router import parse
from pysync_pms.ui.screens import make_screens
from pysync_pms.ui.wire import encode
from pysync_pms.words import GUESTS, RESERVATIONS, ROOMS
from tests.pms_ui.support import MemoryDom, MemoryPreferences

TODAY = "2026-11-20"
PLACES = (
    "home", "rooms", "rooms?show=dirty", "housekeeping", "housekeeping?show=all", "tape",
    "tape?days=30", "reservations", "reservations?status=open", "reservations?q=an", "guests",
    "guests?q=an", "attention", "activity", "settings", "settings?section=rooms",
    "settings?section=staff", "settings?section=display", "settings?section=import",
    "settings?section=tabs",
)  # fmt: skip


class Page:
    """An application over a hotel, on a page that only remembers, and what went wrong in it."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.errors: list[BaseException] = []
        hotel = Hotel(space, local_day=lambda: TODAY, spawn=asyncio.run)
        screens, everywhere = make_screens(hotel, _no_tools())
        frame = Frame(hotel, [(space.name, "Demo")], leave=print, online=lambda: True,
                      more=everywhere)  # fmt: skip
        self.dom = MemoryDom(f"/{space.name}")
        self.app = App(self.dom, host=frame, screens=screens, preferences=MemoryPreferences(),
                       on_error=self.errors.append)  # fmt: skip
        hotel.app = self.app
        self.app.start()

    def show(self, place: str) -> str:
        """Go there and draw; answers what was sent to the page."""
        self.app.go(parse(f"/{self.space.name}/{place}"))
        return str(encode(self.dom.paint()))


def _no_tools() -> PageTools:
    async def nothing(_: str) -> None:
        return None

    async def breathe() -> None:
        return None

    async def no_hotel(name: str) -> Space:
        raise AssertionError(name)

    return PageTools(read_file=nothing, open_hotel=no_hotel, close_hotel=Space.close,
                     now=lambda: 0.0, breathe=breathe, added=lambda *_: None)  # fmt: skip


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
