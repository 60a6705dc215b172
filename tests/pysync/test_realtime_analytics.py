"""Counts of live data: of what, when last, how often."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import RealtimeUpdate
from pysync.machines.effects import Moment
from pysync.realtime_analytics import OTHERS, TYPES_KEPT, RealtimeAnalytics

pytestmark = pytest.mark.req("RT-02")


def at(ms: float) -> Moment:
    return Moment(1_000_000 + ms, ms)


def update(name: str, action: Any = "update", tab: str = "") -> RealtimeUpdate:
    return RealtimeUpdate(type=name, action=action, id="1", timestamp=0, data={}, tab=tab)


def test_updates_are_counted_by_type_and_action() -> None:
    counts = RealtimeAnalytics(at(0))
    for action in ("create", "update", "update", "delete"):
        counts.count(update("rooms", action, "other"), at(10))
    counts.count(update("stays", "create"), at(20))
    counts.lost()
    report = counts.report(at(30))
    assert (report.since, report.total, report.own, report.losses) == (1_000_000, 5, 1, 1)
    assert report.by_type == {"rooms": 4, "stays": 1}
    assert report.by_action == {"create": 2, "update": 2, "delete": 1}
    assert report.counts["stays"] == {"create": 1, "update": 0, "delete": 0}
    assert (report.last_update, report.last_by_type) == (
        1_000_020,
        {"rooms": 1_000_010, "stays": 1_000_020},
    )


def test_nothing_counted_is_nothing() -> None:
    report = RealtimeAnalytics(at(0)).report(at(5))
    assert (report.total, report.last_update, report.per_minute) == (0, None, 0)
    assert report.by_action == {"create": 0, "update": 0, "delete": 0}


def test_the_rate_is_of_the_last_minute() -> None:
    counts = RealtimeAnalytics(at(0))
    for second in range(0, 120, 10):
        counts.count(update("rooms"), at(second * 1_000))
        counts.count(update("rooms"), at(second * 1_000 + 1))
    assert counts.report(at(110_002)).per_minute == 12
    assert counts.report(at(169_999)).per_minute == 2
    assert counts.report(at(170_000)).per_minute == 0
    assert counts.report(at(999_999)).total == 24


def test_types_beyond_the_bound_are_counted_together() -> None:
    counts = RealtimeAnalytics(at(0))
    for n in range(TYPES_KEPT + 3):
        counts.count(update(f"type{n}"), at(0))
    counts.count(update("type0"), at(0))
    report = counts.report(at(0))
    assert len(report.by_type) == TYPES_KEPT + 1
    assert (report.by_type[OTHERS], report.by_type["type0"]) == (3, 2)
