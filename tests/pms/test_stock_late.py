"""What reaches the stock late or odd: counts that are taken back, units that changed, dates."""

from __future__ import annotations

import pytest

from pysync_pms.calendar import add_days
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.stock.commands import ReceiveStock
from pysync_pms.stock.counting import CountStock
from pysync_pms.stock.items import EditStockItem
from pysync_pms.stock.levels import on_hand
from tests.pms.stock_support import STORE, count, receive, reverse
from tests.pms.support import TODAY, deliver_all, two_desks

pytestmark = pytest.mark.req("PMS-05", "PMS-10")


@pytest.mark.parametrize("turned", [False, True])
def test_a_count_is_not_taken_back_behind_a_later_one(*, turned: bool) -> None:
    """STOCK-11: what was seen later holds, whoever knew of it."""
    _, north, south = two_desks(*STORE, receive("r", 20), count("c1", 15))
    north.give(count("c2", 14), stamp=10)
    south.give(reverse("x", "c1"), stamp=11)
    outcomes = [each.code for each in deliver_all(*((south, north) if turned else (north, south)))]
    north.sync()
    if turned:
        assert "counted-since" not in outcomes, "it was the last one then"
        assert on_hand(north.state, "towel", "main") == 14, "what c2 saw holds"
        return
    assert outcomes == ["", "counted-since"]
    assert on_hand(north.state, "towel", "main") == 14
    assert [each.code for each in reverse("y", "c1").check(north.state, TODAY)] == ["counted-since"]
    north.give(reverse("y", "c2"), stamp=12)
    assert on_hand(north.state, "towel", "main") == 15
    north.give(reverse("z", "c1"), stamp=13)
    assert on_hand(north.state, "towel", "main") == 20
    assert not any(each.outcome == "refused" for each in deliver_all(north))


@pytest.mark.parametrize("turned", [False, True])
def test_the_first_movement_of_an_item_says_its_unit(*, turned: bool) -> None:
    """STOCK-7: who changes it before that arrives changes it in vain, or as long as it can be."""
    leader, north, south = two_desks(*STORE)
    north.give(receive("r", 20), stamp=10)
    south.give(EditStockItem(id="towel", changes={"unit": "kg"}), stamp=11)
    codes = [each.code for each in deliver_all(*((south, north) if turned else (north, south)))]
    assert codes == ["", "unit"], "whoever loses is told"
    assert (leader.state.get("stock_items", "towel") or {})["unit"] == "piece"
    assert on_hand(leader.state, "towel", "main") == 20


def test_what_was_set_in_the_unit_that_was_undone_goes_with_it() -> None:
    """STOCK-7: 20 kg to reorder at is not 20,000 pieces."""
    leader, north, south = two_desks(*STORE)
    north.give(receive("r", 5), stamp=10)
    changes = {"unit": "kg", "reorder_level": 20_000, "reorder_quantity": 50_000}
    south.give(EditStockItem(id="towel", changes=changes), stamp=11)
    outcomes = [(each.outcome, each.code) for each in deliver_all(south, north)]
    assert outcomes == [("applied", ""), ("amended", "unit")]
    towel = leader.state.get("stock_items", "towel") or {}
    assert [towel.get(name) for name in changes] == ["piece", None, None]


def test_a_count_that_was_taken_back_counted_nothing() -> None:
    """STOCK-11: the day is that of the count before it, if there is one."""
    later = add_days(TODAY, 1)
    leader, north, _ = two_desks(*STORE, receive("r", 20), count("a", 9))
    again = CountStock(id="b", item="towel", place="main", on=later, counted=8)
    days = []
    for stamp, command in enumerate((again, reverse("x", "b"), reverse("y", "a")), 10):
        north.give(command, stamp=stamp)
        assert {each.outcome for each in deliver_all(north)} == {"applied"}
        north.sync()
        days.append((leader.state.get("stock_levels", "towel.main") or {}).get("counted_on"))
    assert days == [later, TODAY, None]


def test_a_movement_in_a_unit_that_others_moved_on_from_is_refused_whole() -> None:
    """STOCK-7: its number means something else now; its author keeps it."""
    leader, north, south = two_desks(*STORE)
    north.give(receive("r", 20), stamp=10)
    south.give(EditStockItem(id="towel", changes={"unit": "kg"}), stamp=11)
    south.give(receive("q", 1_500), stamp=12)
    outcomes = [each.code for each in deliver_all(south, north)]
    assert outcomes == ["", "", "unit"]
    assert on_hand(leader.state, "towel", "main") == 1_500


@pytest.mark.parametrize(
    ("on", "stands"),
    [
        ("1901-01-01", TODAY),
        ("2199-12-31", TODAY),
        (add_days(TODAY, 400), TODAY),
        (add_days(TODAY, -30), add_days(TODAY, -30)),
        (add_days(TODAY, 2), add_days(TODAY, 2)),
    ],
)
def test_a_movement_is_of_the_hotels_time(on: str, stands: str) -> None:
    """STOCK-10: whatever a device says; a count as well."""
    dated = SetSettings(id=HOTEL, changes={"business_date": TODAY})
    leader, north, _ = two_desks(*STORE, dated)
    north.write(ReceiveStock(id="r", item="towel", place="main", on=on, quantity=5), stamp=10)
    north.write(CountStock(id="c", item="towel", place="main", on=on, counted=4), stamp=11)
    assert {each.outcome for each in deliver_all(north)} <= {"applied", "amended"}
    assert [each["on"] for each in leader.state.all("stock_moves")] == [stands] * 2
    assert (leader.state.get("stock_levels", "towel.main") or {})["counted_on"] == stands
