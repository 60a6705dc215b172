"""The hotel on a device that leaves modules out: every screen says what is not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync.first_state import export_first_state, read_first_state
from pysync.model.rights import rights_of
from pysync.model.snapshot import read_rows
from pysync.native import open_space
from pysync.relay.projection import project_rows
from pysync_pms.demo import build_demo
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.preferences import MODULES, Preferences
from pysync_pms.words import GUESTS, RESERVATIONS
from tests.pms_ui.test_screens import PLACES, TODAY, Page

pytestmark = pytest.mark.req("SRV-13", "PMS-09")

NOT_KEPT = "This device does not keep"


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    """The generated hotel as its relay holds it."""
    with open_space("all-modules", schema=SCHEMA) as space:
        for _ in build_demo(space, TODAY):
            pass
        return read_first_state(export_first_state(space), "all-modules")


@pytest.fixture(params=[("guests",), ("reservations",), MODULES], ids="+".join)
def page(request: pytest.FixtureRequest, rows: dict[str, str]) -> Iterator[Page]:
    """The hotel as a device holds it that leaves this out."""
    with open_space("without-" + "-".join(request.param), schema=SCHEMA) as space:
        rights = rights_of(SCHEMA, "", request.param)
        assert rights is not None
        space.tab.replica.replace(read_rows(project_rows(rows, rights)), 0)
        space.tab.who.leaves_out(frozenset(request.param))
        yield Page(space)


def test_every_screen_can_be_drawn_and_says_what_is_left_out(page: Page) -> None:
    rights = page.hotel.rights
    assert rights is not None
    said = {place for place in PLACES if NOT_KEPT in page.markup(place)}
    assert page.errors == []
    screens = {place.partition("/")[0].partition("?")[0] for place in said}
    assert ("guests" in screens) == rights.leaves_out(GUESTS)
    assert ({"home", "tape", "reservations"} <= screens) == rights.leaves_out(RESERVATIONS)
    waits = page.markup("attention")
    assert ("Stays are not listed" in waits) == rights.leaves_out(RESERVATIONS)
    board = page.markup("housekeeping")
    assert ("Occupancy is not known here" in board) == rights.leaves_out(RESERVATIONS)
    assert "Vacant" not in board or not rights.leaves_out(RESERVATIONS)


def test_what_is_kept_is_chosen_per_module() -> None:
    assert Preferences().left_out == frozenset()
    assert Preferences(guests="off").left_out == {"guests"}
    assert set(MODULES) == set(SCHEMA.modules.values()), "each can be chosen"
