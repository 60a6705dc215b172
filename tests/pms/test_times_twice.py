"""Who was clocked in at two devices, and of whom only the second time is still open."""

from __future__ import annotations

import pytest

from pysync_pms.staffing.times import is_open, worked
from pysync_pms.staffing.words import TIMES
from tests.pms.claims_support import clerks
from tests.pms.support import deliver_all
from tests.pms.test_times import EIGHT, clock_in, clock_out, entry

pytestmark = pytest.mark.req("PMS-07", "PMS-10")


@pytest.mark.parametrize("double", ["a", "u"])
def test_who_has_only_a_double_open_clocks_out_and_in_again(double: str) -> None:
    """TIME-1: the one that counts was ended elsewhere; whichever comes first by its id."""
    one, two = clerks("marc", "ines")
    one.give(clock_in(by="marc"), stamp=10)
    two.give(clock_in(double, at=EIGHT + 3, by="ines"), stamp=11)
    one.give(clock_out(by="marc"), stamp=12)
    list(deliver_all(one, two))
    two.sync()
    assert [(each["id"], each.get("double_of")) for each in two.state.all(TIMES)
            if is_open(each)] == [(double, "t")]  # fmt: skip
    two.give(clock_out(at=EIGHT + 490, by="ines"), stamp=20)
    assert entry(two, double)["end"] == EIGHT + 490
    two.give(clock_in("v", at=EIGHT + 500, by="ines"), stamp=21)
    two.give(clock_out(at=EIGHT + 510, by="ines"), stamp=22)
    assert {each.outcome for each in deliver_all(two)} == {"applied"}
    assert worked(entry(two, "v")) == 10
