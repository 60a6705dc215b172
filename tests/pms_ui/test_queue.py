"""The bounded queue, as people meet it: warned in time, told what to do, with what they typed."""

from __future__ import annotations

import json

import pytest

from pysync.model.ordinary import QUEUE, QUEUE_SIZES
from pysync.model.roles import Person
from pysync.space import Space
from pysync_pms.commands import HOTEL, CreateStaff, SetSettings, perform
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.parts.importer import Importer
from pysync_pms.ui.ports import PageTools
from pysync_pms.ui.status import badge
from pysync_pms.ui.wire import UiEvent
from tests.pms.bookings_csv import GOOD, table
from tests.pms_ui.test_company import drawn, words
from tests.pms_ui.test_screens import TODAY, Page
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("SRV-04", "PMS-09")

LEAST = QUEUE_SIZES[0]
PLACE = "settings?section=sync"


class House:
    """A desk that is offline, in a hotel whose devices keep as little as may be."""

    def __init__(self) -> None:
        self.town = Town(SCHEMA)
        self.space = self.town.open(self.town.device(Person("Ada", "manager")), "desk")
        self.page = Page(self.space)
        self.hotel = self.page.hotel
        self.hotel.perform(SetSettings(id=HOTEL, changes={QUEUE: LEAST}))
        self.town.settle()
        self.town.go_offline()
        self.page.dom.paint()
        self.made = 0

    def fill(self, count: int) -> None:
        """Somebody adds so many people."""
        for _ in range(count):
            self.made += 1
            add = CreateStaff(id=f"s{self.made}", name=f"P {self.made}", role="housekeeping")
            perform(self.space, add, view=self.space.view, today=TODAY)
            self.town.devices[0].settle()

    @property
    def badge(self) -> str:
        return words(badge(self.page.frame.status()))


def test_it_warns_once_at_eighty_percent_and_says_how_much_waits() -> None:
    house = House()
    house.fill(79)
    assert "79 of 100" in house.badge
    assert "takes no more" not in drawn(house.page)
    house.fill(1)
    warning = "80 of 100 changes wait here for the server"
    assert warning in drawn(house.page)
    house.fill(1)
    assert "changes wait here" not in drawn(house.page), "it was said"
    assert "81 of 100 changes wait here for the server. At 100 this" in house.badge
    centre = words(house.page.markup(PLACE))
    assert "81 of 100" in centre and "81 of 100 changes wait here for the server" in centre


def test_at_the_bound_a_form_keeps_what_was_typed_and_sends_it_when_there_is_room() -> None:
    house = House()
    house.page.show("settings?section=staff")
    house.fill(LEAST)
    house.page.dom.user(kind="click", action="settings.new-staff")
    typed = {"name": "Kim Late", "role": "housekeeping"}
    house.page.dom.user(kind="submit", action="ask.submit", values=typed)
    told = drawn(house.page)
    assert "100 changes of this device wait for the server, and it keeps no more" in words(told)
    assert not [each for each in house.space.view.all("staff") if each["name"] == "Kim Late"]
    house.town.go_online()
    house.page.dom.user(kind="submit", action="ask.submit", values={})
    assert [each for each in house.space.view.all("staff") if each["name"] == "Kim Late"]


@pytest.mark.req("PMS-11")
def test_an_import_asks_for_room_first_and_says_why_it_waits() -> None:
    house, told = House(), []
    house.fill(40)

    async def read(_: str) -> bytes:
        return table(GOOD).encode()

    async def open_hotel(_: str) -> Space:
        return house.space

    async def breathe() -> None:
        house.town.devices[0].settle()
        told.append(words(importer.view()))
        if "does not answer" in told[-1]:
            assert house.space.status().pending == 40, "nothing was written meanwhile"
            house.town.go_online()
        else:
            house.town.settle()

    tools = PageTools(
        read_file=read,
        open_hotel=open_hotel,
        close_hotel=lambda _: None,
        now=lambda: 0.0,
        breathe=breathe,
        added=lambda *_: None,
        rest=lambda _: breathe(),
    )
    importer = Importer(house.hotel, tools)
    importer.actions()["import.start"](UiEvent(kind="click", action="import.start"))
    assert any("The server does not answer. The import goes on by itself" in each for each in told)
    shown = words(importer.view())
    assert "The import is complete." in shown and "goes on by itself" not in shown
    assert list(house.space.view.all("reservations"))


@pytest.mark.req("SRV-12")
def test_what_waits_is_given_up_after_a_word_and_a_file_and_listed_to_be_tried_again() -> None:
    house = House()
    house.fill(3)
    house.page.show(PLACE)
    house.page.dom.user(kind="click", action="sync.give-up")
    asked = words(drawn(house.page))
    assert "3 changes made on this device have not reached the server" in asked
    house.page.dom.user(kind="click", action="sync.discard")
    [file] = [each for each in house.page.dom.paint() if each.get("op") == "download"]
    assert [row["label"] for row in json.loads(file["text"])] == [
        f"Add P {n} to the staff" for n in (1, 2, 3)
    ]
    assert house.space.status().pending == 0 and not list(house.space.view.all("staff"))
    for letter in house.space.dead_letters:
        house.hotel.refused(letter)
    assert "discarded" not in drawn(house.page), "whoever gave it up knows"
    house.hotel.keep_refused()
    assert house.space.status().pending == 0, "to list them everywhere would fill the queue again"
    listed = words(house.page.markup("attention"))
    assert listed.count("discarded on this device before it was sent") == 3
    house.town.go_online()
    for letter in house.space.dead_letters[:1]:
        change = {"id": letter.change.id}
        house.page.dom.user(kind="click", action="attention.retry", args=change)
    house.town.settle()
    assert [each["name"] for each in house.space.view.all("staff")] == ["P 1"]
    assert "Discard all 2 given up" in words(house.page.markup("attention"))
    house.page.dom.user(kind="click", action="attention.forget-given-up")
    assert not house.space.dead_letters


@pytest.mark.req("SRV-12")
def test_what_waits_is_sent_again_on_a_new_connection() -> None:
    house = House()
    house.fill(1)
    house.town.offline = False  # The network is back, and nobody said so.
    house.page.show(PLACE)
    house.page.dom.user(kind="click", action="sync.again")
    house.town.settle()
    assert house.space.status().pending == 0
    assert "Nothing waits" in house.page.markup(PLACE)
