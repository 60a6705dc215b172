"""The hotel as each role has it: every screen is drawn from what the role may read, and what it may
not do is drawn disabled with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pysync.first_state import export_first_state, read_first_state
from pysync.machines.events import Settled
from pysync.model.cell import Mark
from pysync.model.change import SET, Change, Meta, Op
from pysync.model.decision import Decision
from pysync.model.rights import rights_of
from pysync.model.roles import Person
from pysync.model.snapshot import read_rows
from pysync.native import open_space
from pysync.relay.projection import project_rows
from pysync_pms.demo import build_demo
from pysync_pms.indexes import full_name
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.needs import ERASE, EXPORT, NEEDS, REMOVE
from pysync_pms.words import GUESTS, LINES, REFUSALS, RESERVATIONS, ROOMS
from tests.pms_ui.test_screens import PLACES, TODAY, Page

pytestmark = pytest.mark.req("SRV-17", "PMS-09")


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    """The generated hotel as its relay holds it."""
    with open_space("whole", schema=SCHEMA) as space:
        for _ in build_demo(space, TODAY):
            pass
        return read_first_state(export_first_state(space), "whole")


def test_housekeeping_reads_no_amount() -> None:
    rights = rights_of(SCHEMA, "housekeeping")
    assert rights is not None
    for key, field in ((RESERVATIONS, "rate"), (RESERVATIONS, "left_owing"), (LINES, "amount")):
        assert not rights.may_read(key, field)


@pytest.fixture(params=[*ROLES])
def page(request: pytest.FixtureRequest, rows: dict[str, str]) -> Iterator[Page]:
    """The hotel as somebody of that role has it."""
    with open_space(f"as-{request.param}", schema=SCHEMA) as space:
        rights = rights_of(SCHEMA, request.param)
        assert rights is not None
        space.tab.replica.replace(read_rows(project_rows(rows, rights)), 0)
        space.tab.who.met(Person("Kim", request.param))
        yield Page(space)


def test_every_screen_is_drawn_of_what_the_role_may_read(page: Page) -> None:
    view = page.space.view
    guest = next(g for g in view.all(GUESTS) if g.get("last_name"))
    stay = next(s for s in view.all(RESERVATIONS) if s.get("status") == "confirmed")
    room = next(iter(view.all(ROOMS)))["id"]
    drawers = (f"reservations/{stay['id']}", f"guests/{guest['id']}", f"rooms/{room}")
    drawn = "".join(page.show(place) for place in (*PLACES, *drawers))
    assert page.errors == []
    assert "could not be drawn" not in drawn
    assert full_name(guest) in drawn
    rights = page.hotel.rights
    assert rights is not None
    addresses = re.findall(r"[\w.]+@[\w.]+\.\w+", drawn)
    assert bool(addresses) == rights.may_read(GUESTS, "email")


def test_what_a_role_may_not_do_is_disabled_with_the_reason(page: Page) -> None:
    rights = page.hotel.rights
    assert rights is not None
    stay = next(s for s in page.space.view.all(RESERVATIONS)
                if s.get("status") == "confirmed" and s["from"] <= TODAY)  # fmt: skip
    drawn = page.show(f"reservations/{stay['id']}")
    may = rights.may_write(RESERVATIONS, "status")
    assert ('data-action=\\"stay.check-in\\"' in drawn) == may
    assert (f"{rights.role.title} may not do this" in drawn) == (not may)
    page.dom.user(kind="key", action="stay.check-in", args={"id": str(stay["id"])})
    told = [command for command in page.dom.paint() if command["op"] == "toast"]
    if not may:
        assert f"{rights.role.title} may not do this" in str(told)
        assert page.space.view.get(RESERVATIONS, stay["id"])["status"] == "confirmed"  # type: ignore[index]


@pytest.mark.req("SRV-05")
@pytest.mark.parametrize("way", ["attention.retry", "attention.forget"])
def test_what_was_refused_is_listed_for_everybody_or_where_one_may_not_on_this_device(
    page: Page, way: str
) -> None:
    space, rights = page.space, page.hotel.rights
    assert rights is not None
    room = next(iter(space.view.all(ROOMS)))
    write = Op(SET, ROOMS, str(room["id"]), {"notes": "Window stuck"}, "")
    change = Change(Mark("gone", 1, 1 << 50), (write,), Meta(label="Note on 101"))
    no = Decision(outcome="refused", code="taken", message="The room is closed.")
    space.take_events([Settled(change, no)])
    page.hotel.keep_refused()
    may_list = rights.may_write(REFUSALS, "label")
    assert (space.view.get(REFUSALS, "gone.1") is not None) == may_list
    assert bool(space.dead_letters) != may_list
    drawn = page.markup("attention")
    assert "Note on 101" in drawn
    assert "The room is closed." in drawn
    assert "Window stuck" in drawn
    if may_list:
        return
    page.dom.user(kind="click", action=way, args={"id": "gone.1"})
    done = way == "attention.forget" or rights.may_write(ROOMS, "notes")
    assert bool(space.dead_letters) != done
    assert not (done and "gone.1" in page.markup("attention"))
    noted = (space.view.get(ROOMS, str(room["id"])) or {}).get("notes") == "Window stuck"
    assert noted == (done and way == "attention.retry")
    assert page.errors == []


def test_every_need_names_what_the_schema_has() -> None:
    for action, (collection, what) in NEEDS.items():
        declared = SCHEMA.collections[collection].fields
        assert what in declared or what in ("+", REMOVE, ERASE, EXPORT), action
