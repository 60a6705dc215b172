"""`python3 build.py bench [figure ...] [--rounds N]`: measures, prints a table, keeps the last one.

Each figure stands beside its baseline in the same run, since machines differ and are noisy: read
the ratios. Nothing fails for being slow; the exit code only says that a figure could not be run.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pysync_build.common import say
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
from tests.bench.rig import Rig, commit_of
from tests.bench.table import Row, as_markdown, as_text, skipped

RESULTS = Path(__file__).with_name("RESULTS.md")


class Measure(Protocol):
    """A figure's function: measures, and answers its rows."""

    def __call__(self, rig: Rig, rounds: int) -> list[Row]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """One entry of the command line."""

    measure: Measure
    rounds: int
    what: str


FIGURES: dict[str, Figure] = {
    "start": Figure(start.measure, 10, "warm visit: first paint, interactive"),
    "latency": Figure(latency.measure, 5, "set() → on_change in another tab"),
    "burst": Figure(burst.measure, 7, "5,000 changes in a loop"),
    "joining": Figure(joining.measure, 5, "a new tab beside 10,000 records"),
    "leaders": Figure(leaders.measure, 20, "leader closed or killed"),
    "frozen": Figure(leaders.measure_frozen, 5, "leader frozen or stopped"),
    "durability": Figure(durability.measure, 20, "killed right after set()"),
    "wire": Figure(wire.measure, 1, "bytes of one field"),
    "memory": Figure(memory.measure, 3, "memory of a tab"),
    "relay": Figure(relaying.measure, 3, "the relay beside a bare broadcast"),
    "devices": Figure(devices.measure, 3, "edits, joins and reconnects of devices of a relay"),
    "sums": Figure(sums.measure, 5, "the check sum of what is confirmed"),
    "figures": Figure(figuring.measure, 20, "a change on the dashboard of a large hotel"),
    "large": Figure(housing.measure, 10, "opening a large hotel, its tape chart, its memory"),
    "import": Figure(importing.measure, 1, "dragging and typing during an import"),
}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    listed = "\n".join(f"  {name:<11}{figure.what}" for name, figure in FIGURES.items())
    parser = argparse.ArgumentParser(
        prog="build.py bench",
        description="Measure, and print a table.",
        epilog=f"figures:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("figures", nargs="*", metavar="figure", help="default: all of them")
    parser.add_argument("--rounds", type=int, help="rounds of each figure")
    parser.add_argument(
        "--keep", action="store_true", help="write RESULTS.md also for some figures alone"
    )
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.figures) - FIGURES.keys())
    if unknown:
        parser.error(f"there is no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds takes a number from 1")
    return options


def run_one(name: str, rounds: int | None) -> tuple[list[Row], bool]:
    """Measure one figure with servers and browsers of its own; whether it could be run."""
    figure = FIGURES[name]
    try:
        with Rig() as rig:
            return figure.measure(rig, rounds or figure.rounds), True
    except Exception as error:  # noqa: BLE001 - the other figures are still worth measuring
        traceback.print_exc()
        first = str(error).strip().splitlines() or [type(error).__name__]
        return [skipped(figure.what, f"it failed: {first[0][:160]}")], False


def machine() -> str:
    """What was measured on."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((x.partition(": ")[2] for x in lines if x.startswith("model name")), "")
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores {model}".strip()


def load() -> str:
    """How busy the machine is beside this."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def report(rows: Sequence[Row], began: str, took: float) -> str:
    """The document of a run."""
    return f"""# The last run of `python3 build.py bench`

Written by that command. Ours stands beside a baseline in the same run and in turn: read the
ratios; absolute times depend on the machine and on what else it did.

- commit: {commit_of()}
- date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC, {took:.0f} s
- machine: {machine()}
- load when it began and ended: {began}, {load()}

{as_markdown(rows)}
"""


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; a run of everything is kept in RESULTS.md, others on request."""
    options = parse(arguments)
    began, start_at = load(), time.monotonic()
    rows: list[Row] = []
    whole = True
    for name in options.figures or FIGURES:
        say(f"measuring {name}: {FIGURES[name].what}")
        found, ran = run_one(name, options.rounds)
        rows.extend(found)
        whole = whole and ran
        print(as_text(found), flush=True)
    print()
    print(as_text(rows))
    if options.keep or not options.figures:
        RESULTS.write_text(report(rows, began, time.monotonic() - start_at), "utf-8")
        say(f"kept in {RESULTS.name}")
    return 0 if whole else 1
