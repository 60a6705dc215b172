"""The rack while somebody looks at it and another tab turns rooms (PMS-01)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync.native import open_space
from pysync_pms.commands import CreateRoom, SetCondition, perform
from pysync_pms.demo import build_demo
from pysync_pms.schema import SCHEMA
from pysync_pms.words import DIRTY, ROOMS
from tests.pms_ui.test_screens import TODAY, Page

pytestmark = pytest.mark.req("PMS-01", "TAB-01")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_space("rooms-screen", schema=SCHEMA) as space:
        for _ in build_demo(space, TODAY):
            pass
        yield Page(space)


def dirty_rooms(page: Page) -> int:
    return sum(room.get("condition") == DIRTY for room in page.space.view.all(ROOMS))


def test_a_room_that_was_turned_elsewhere_renews_its_tile_and_the_figures(page: Page) -> None:
    page.show("rooms")
    room = next(r["id"] for r in page.space.view.all(ROOMS) if r.get("condition") != DIRTY)
    turn = SetCondition(room=room, condition=DIRTY, on=TODAY)
    perform(page.space, turn, view=page.space.view, today=TODAY)
    page.app.changed(ROOMS, room, remote=True)
    patched = {c["id"]: c["html"] for c in page.dom.paint() if c["op"] == "patch"}
    assert set(patched) >= {f"room-{room}", "rooms-figures"}
    assert f"{dirty_rooms(page)} dirty" in patched["rooms-figures"]


def test_a_room_that_was_added_elsewhere_stands_in_its_floor(page: Page) -> None:
    page.show("rooms")
    kind = next(iter(page.space.view.all(ROOMS)))["room_type"]
    add = CreateRoom(id="new", number="1999", room_type=kind, floor="1")
    perform(page.space, add, view=page.space.view, today=TODAY)
    page.app.changed(ROOMS, "new", remote=True)
    drawn = [str(command.get("html")) for command in page.dom.paint()]
    assert any('id="room-new"' in html and 'id="rack-1"' in html for html in drawn)
