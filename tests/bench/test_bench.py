"""Each figure's code runs and yields numbers; how large they are is for `build.py bench` to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pysync_build.browsers import find_chromium
from tests.bench.figures import (
    burst,
    devices,
    durability,
    figuring,
    housing,
    importing,
    joining,
    latency,
    leaders,
    memory,
    relaying,
    start,
    sums,
    wire,
)
from tests.bench.main import parse, report
from tests.bench.rig import Rig
from tests.bench.table import Row, as_markdown, as_text, median_ratio, ms, quantile, skipped
from tests.bench.tasks import longest, tasks_of

LINES = 60
SMALL: dict[str, Callable[[Rig], list[Row]]] = {
    "start": lambda rig: start.measure(rig, 1),
    "latency": lambda rig: latency.measure(rig, 1, 5),
    "burst": lambda rig: burst.measure(rig, 1, 50),
    "joining": lambda rig: joining.measure(rig, 1, 100),
    "leaders": lambda rig: leaders.measure(rig, 1),
    "durability": lambda rig: durability.measure(rig, 1),
    "wire": lambda rig: wire.measure(rig, 1, 2),
    "memory": lambda rig: memory.measure(rig, 1),
    "relay": lambda rig: relaying.measure(rig, 1, (2, 3, 4, 5, 10, 10)),
    "devices": lambda rig: devices.measure(rig, 1, (5, LINES, 20, 2)),
    "sums": lambda rig: sums.measure(rig, 1, 20),
    "figures": lambda rig: figuring.measure(rig, 2, (5, 200, 300)),
    "large": lambda rig: housing.measure(rig, 1, (8, 200, 300)),
    "import": lambda rig: importing.measure(rig, 1, LINES),
}


@pytest.fixture
def rig(bundle: object) -> Iterator[Rig]:
    """The machinery of one figure, on the bundle as it is."""
    if find_chromium() is None:
        pytest.skip("no Chromium is installed")
    with Rig() as made:
        yield made


@pytest.mark.e2e
@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("figure", SMALL)
def test_a_figure_runs_and_yields_numbers(figure: str, rig: Rig) -> None:
    rows = SMALL[figure](rig)
    assert rows
    for row in rows:
        if row.note.startswith("skipped"):
            pytest.skip(row.note)
        assert any(character.isdigit() for character in row.ours)
        assert row.reached is not None
        assert row.bound


def test_tasks_of_a_trace_are_those_of_the_tabs_main_thread_by_both_clocks() -> None:
    def event(name: str, ts: int, **more: Any) -> dict[str, Any]:
        return {"name": name, "ph": "X", "pid": 7, "tid": 1, "ts": ts, **more}

    events = [
        event("bench-tab-0", 0),
        event("RunTask", 30, dur=9_000, tdur=1_000),
        event("RunTask", 10, dur=2_000, tdur=1_500),
        event("RunTask", 10, dur=99_000, tdur=99_000, tid=2),
        event("bench-away", 40),
        event("RunTask", 50, dur=70_000, tdur=60_000),
        event("bench-back", 60),
        event("RunTask", 70, dur=3_000),
    ]
    [busy] = tasks_of(events, 1)
    assert longest(busy.here) == (9.0, 1.5)
    assert longest(busy.apart) == (70.0, 60.0)
    assert longest([]) == (0.0, 0.0)
    with pytest.raises(RuntimeError, match="2 tabs"):
        tasks_of(events, 2)


def test_quantiles_and_ratios_are_those_of_the_rounds() -> None:
    assert quantile([5.0, 1.0, 3.0], 0.99) == 5.0
    assert quantile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert median_ratio([2.0, 30.0, 4.0], [1.0, 10.0, 4.0]) == 2.0
    assert [ms(0.4567), ms(45.67), ms(4567.0)] == ["0.46 ms", "45.7 ms", "4.57 s"]


def test_a_table_tells_reached_missed_and_skipped_apart() -> None:
    rows = [
        Row(figure="a", ours="1", bound="≤ 2", reached=True),
        Row(figure="b", ours="3", bound="≤ 2", reached=False, note="slow | today"),
        skipped("c", "no file"),
    ]
    text = as_text(rows).splitlines()
    assert [line.split()[-1] for line in text if line[:1] in "abc"] == ["yes", "NO", "–"]
    assert all(line.count("|") == 8 for line in as_markdown(rows).splitlines())
    assert as_markdown(rows) in report(rows, "0.1", 3)


def test_the_command_line_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(["wire", "--rounds", "2"]).figures == ["wire"]
    for wrong in (["nothing"], ["--rounds", "0"]):
        with pytest.raises(SystemExit):
            parse(wrong)
    assert "there is no figure nothing" in capsys.readouterr().err
