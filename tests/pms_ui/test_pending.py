"""What is done without the server is provisional, and looks it (PENDING-1)."""

from __future__ import annotations

import pytest

from pysync.model.roles import Person
from pysync_pms.commands import HOTEL, Assign, CheckIn, Command, SetSettings
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.parts.pending import PENDING
from tests.pms.support import TODAY, book, house, open_house
from tests.pms_ui.support import read
from tests.pms_ui.test_screens import Page
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("PMS-10", "SRV-04")


class Desk:
    """A desk that saw a small house and is offline now."""

    def __init__(self, *given: Command) -> None:
        self.town = Town(SCHEMA)
        self.space = self.town.open(self.town.device(Person("Ada", "manager")), "desk")
        self.page = Page(self.space)
        day = SetSettings(id=HOTEL, changes={"business_date": TODAY})
        for command in (*house(), day, *given):
            self.page.hotel.perform(command)
        self.town.settle()
        self.town.go_offline()
        self.page.dom.paint()
        self.space.on_change(lambda update: [self.page.app.changed(*ref) for ref in update.refs])
        self.space.on_status(lambda _: self.page.app.frame_changed())

    def marked(self, place: str, tag: str) -> set[str]:
        """The ids of the elements of a screen that bear the mark."""
        found = read(self.page.markup(place)).all(tag)
        return {each.attrs["id"] or "" for each in found if PENDING in each.text}


def test_a_stay_that_was_changed_offline_is_marked_wherever_it_is_listed() -> None:
    desk = Desk(book("a", room=None), book("b", room="102"), book("seen", room="103"))
    desk.page.hotel.perform(Assign(id="a", room="101"))
    desk.page.hotel.perform(CheckIn(id="b", on=TODAY))
    assert desk.marked("home", "tr") == {"arrival-a", "arrived-b", "in-house-b"}
    assert desk.marked("reservations", "tr") == {"stay-a", "stay-b"}
    assert desk.marked("tape", "button") == {"bar-a", "bar-b"}
    assert PENDING in desk.page.markup("reservations/a")
    assert desk.marked("reservations/seen", "dd") == set()


def test_the_marks_go_when_the_server_has_decided_and_no_record_moves() -> None:
    desk = Desk(book("a", room=None))
    desk.page.show("reservations")
    desk.page.hotel.perform(Assign(id="a", room="101"))
    assert PENDING in _drawn(desk)
    desk.town.go_online()
    desk.town.settle()
    assert desk.space.status().relay == "online"
    sent = _drawn(desk)
    assert "Ana" in sent, "the row was drawn anew"
    assert PENDING not in sent
    assert desk.space.view.get("reservations", "a")["room"] == "101"


def test_a_hotel_without_a_server_decides_itself_and_marks_nothing() -> None:
    with open_house("pending-alone", book("a", room=None)) as space:
        page = Page(space)
        page.hotel.perform(Assign(id="a", room="101"))
        assert PENDING not in page.markup("home") + page.markup("tape")


def _drawn(desk: Desk) -> str:
    sent = [*desk.page.dom.paint(), *desk.page.dom.paint()]
    return "".join(str(command.get("html", "")) for command in sent)
