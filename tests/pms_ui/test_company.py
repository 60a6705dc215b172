"""Who else is here, as the hotel's screens show it: real devices of one relay, in memory."""

from __future__ import annotations

import re

import pytest

from pysync import Present
from pysync.model.roles import Person
from pysync.space import Space
from pysync_pms.commands import CreateGuest, perform
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.parts.company import Face, company_line, faces_of, faces_view, where
from tests.pms_ui.test_screens import TODAY, Page
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("SRV-22")

ADA, BO = Person("Ada Silva", "owner"), Person("Bo", "housekeeping")
CHROME = "Chrome on Windows"


def words(markup: object) -> str:
    """As people read it."""
    return " ".join(re.sub(r"<[^>]*>", " ", str(markup)).split())


def drawn(page: Page) -> str:
    """What is sent to the page since it was drawn last."""
    return "".join(str(command.get("html", "")) for command in page.dom.paint())


class House:
    """Ada's desk beside other devices, and a guest whom all of them know."""

    def __init__(self) -> None:
        self.town = Town(SCHEMA)
        self.town.browser = CHROME
        space = self.town.open(self.town.device(ADA), "desk")
        made = perform(space, CreateGuest(id="g", last_name="Lind"), view=space.view, today=TODAY)
        self.guest = str(made.value)
        self.town.settle()
        self.desk = Page(space)
        self.desk.dom.paint()

    def comes(self, person: Person | None, name: str) -> Space:
        """Somebody opens the hotel on a device of their own."""
        space = self.town.open(self.town.device(person), name)
        space.here()
        self.pass_time()
        return space

    def pass_time(self) -> None:
        self.town.pass_time(1_000)

    def pages(self) -> str:
        """What the desk is sent."""
        return words(drawn(self.desk))


def test_the_header_and_the_details_of_the_badge_tell_who_else_is_here() -> None:
    house = House()
    assert "Also here" not in house.desk.show("guests")
    house.comes(BO, "tablet")
    house.desk.app.frame_changed()
    told = drawn(house.desk)
    assert f"Also here: Bo ({CHROME})" in told
    assert house.desk.errors == []


def test_whoever_opens_a_profile_is_named_beside_it_on_the_other_desk_and_so_is_who_leaves() -> (
    None
):
    house = House()
    tablet = house.comes(BO, "tablet")
    beside = house.desk.markup(f"guests/{house.guest}")
    assert 'aria-live="polite"' in beside, "it is there before there is something to say"
    assert "looking at this" not in beside
    tablet.here(("guests", house.guest))
    house.pass_time()
    assert f"Bo ({CHROME}) is looking at this" in house.pages()
    assert tablet.present_on(("guests", house.guest))[0].name == "Ada Silva"
    tablet.here()
    house.pass_time()
    assert "looking at this" not in house.pages()
    house.desk.show("guests")
    house.pass_time()
    assert tablet.present_on(("guests", house.guest)) == ()


def test_a_record_that_comes_after_its_link_was_opened_is_known_to_be_looked_at() -> None:
    house = House()
    tablet = house.comes(BO, "tablet")
    house.desk.show("guests/later")
    add = CreateGuest(id="later", last_name="Later")
    perform(house.desk.space, add, view=house.desk.space.view, today=TODAY)
    house.pass_time()
    house.pass_time()
    assert [each.name for each in tablet.present_on(("guests", "later"))] == ["Ada Silva"]


def test_another_tab_of_the_device_that_shows_the_record_is_mentioned() -> None:
    house = House()
    second = house.town.open(house.town.devices[0], "second")
    house.desk.show(f"guests/{house.guest}")
    second.here(("guests", house.guest))
    house.pass_time()
    assert "Also open in another tab of this device" in house.pages()


def test_people_are_one_face_each_with_their_devices_and_who_looks_comes_last() -> None:
    phone = "Safari on iPhone"
    who = [
        Present("Ada Silva", phone),
        Present("Bo", CHROME),
        Present("Bo", phone),
        Present("", CHROME),
        Present("", CHROME),
    ]
    faces = faces_of(who, own="Ada Silva")
    assert faces == [
        Face("Bo", (CHROME, phone)),
        Face("", (CHROME,)),
        Face("", (CHROME,)),
        Face("Ada Silva", (phone,), own=True),
    ]
    assert where(faces, 2).endswith("You (Safari on iPhone), 2 more")
    line = words(company_line(faces[1:], elsewhere=False))
    assert line.endswith("and you are looking at this")
    many = [Face(f"P{n}", ()) for n in range(9)]
    assert words(company_line(many, elsewhere=True)).endswith("P5 and 3 others are looking at this")
    header = str(faces_view(many, 4))
    assert "+10" in words(header)
    assert faces_view([faces[3]]) is None
