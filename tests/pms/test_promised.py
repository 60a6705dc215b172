"""Rooms that are free, and promised with their type to somebody who has none yet."""

from __future__ import annotations

import pytest

from pysync_pms.commands.base import errors, warnings
from tests.pms.support import book, give, open_house
from tests.pms.test_commands import check, codes

pytestmark = pytest.mark.req("PMS-02")


def test_a_room_that_was_promised_with_its_type_is_booked_with_a_warning() -> None:
    space = open_house("c-promised", book("a", room="201", room_type="STE"))
    give(space, book("b", room=None, room_type="STE"))
    for kind in ("STE", "DBL"):
        found = check(space, book("c", room="202", room_type=kind))
        assert errors(found) == []
        assert "type-sold-out" in codes(warnings(found))
    assert "type-sold-out" not in codes(check(space, book("c", room="101")))
    assert "type-sold-out" not in codes(check(space, book("c", room="202", import_key="k")))
