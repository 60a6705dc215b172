"""The demonstration hotel's stock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync import Space
from pysync.native import open_space
from pysync_pms.calendar import add_days
from pysync_pms.demo import build_demo
from pysync_pms.importing import run_all
from pysync_pms.schema import SCHEMA
from pysync_pms.stock.demo import stock_steps
from pysync_pms.stock.levels import kind_of
from pysync_pms.stock.queries import item_lines, orders, places, short_count
from pysync_pms.stock.words import QUANTITIES
from tests.pms.stock_support import summed

pytestmark = pytest.mark.req("PMS-05")
DATES = ("2026-11-20", "2024-02-29", "2026-12-31")


@pytest.fixture(scope="module", params=DATES)
def demo(request: pytest.FixtureRequest) -> Iterator[tuple[Space, str]]:
    """The demonstration around a date."""
    with open_space(f"demo-stock-{request.param}", schema=SCHEMA) as space:
        run_all(build_demo(space, request.param))
        yield space, request.param


def test_there_is_something_of_everything(demo: tuple[Space, str]) -> None:
    """STOCK-8"""
    view, today = demo[0].view, demo[1]
    assert len(item_lines(view)) >= 40
    assert len(places(view)) == 6
    assert short_count(view) == 1
    assert 2 <= len(orders(view)) <= 10
    moves = list(view.all("stock_moves"))
    assert {kind_of(move) for move in moves} == set(QUANTITIES)
    assert any(move.get("reverses") for move in moves)
    assert min(move["on"] for move in moves) < add_days(today, -80)
    assert max(move["on"] for move in moves) == today


def test_levels_are_what_the_movements_come_to(demo: tuple[Space, str]) -> None:
    """STOCK-1"""
    view = demo[0].view
    sums = summed(view)
    levels = {level["id"]: level for level in view.all("stock_levels")}
    assert {rid: level["on_hand"] for rid, level in levels.items()} == sums
    assert [rid for rid, level in levels.items() if level["on_hand"] < 0] == ["tea-herbal.pantry-3"]


def test_the_same_seed_and_date_make_the_same_stock() -> None:
    """STOCK-8"""
    first, again = ([*stock_steps(DATES[0], "seed")] for _ in range(2))
    assert first == again
    assert first != [*stock_steps(DATES[0], "other")]
