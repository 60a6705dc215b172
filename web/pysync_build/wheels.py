"""Wheels: the library's own, micropip, and those that running its tests inside a tab takes.

micropip is the release that Pyodide's lock names, from the index: npm's Pyodide brings none. It
needs the tab's Python, so it is in no lock of ours. pytest and Hypothesis come at the versions of
the lock; Hypothesis has a part compiled for Pyodide's platform, which the index offers beside the
others.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pysync_build.common import CACHE, ROOT, alone, hash_files, run, say, short_hash

IN_TAB = (
    "hypothesis",
    "iniconfig",
    "packaging",
    "pluggy",
    "pygments",
    "pytest",
    "sortedcontainers",
)
MICROPIP = "micropip==0.11.1"
PLATFORMS = ("pyemscripten_2026_0_wasm32", "any")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq")
LOCK = ROOT / "requirements-lock.txt"


def pins() -> list[str]:
    """The lines of the lock that `IN_TAB` names."""
    lines = LOCK.read_text("utf-8").splitlines()
    return [line for line in lines if line.partition("==")[0] in IN_TAB]


def wheels_for_tests() -> list[Path]:
    """pytest, Hypothesis and what they need, as wheels for the tab's Python; fetched once."""
    return fetched("test-wheels", pins(), "pytest and Hypothesis")


def micropip_wheel() -> Path:
    """micropip as a wheel for the tab's Python; fetched once."""
    return fetched("micropip", [MICROPIP], "micropip")[0]


def fetched(name: str, wanted: list[str], called: str) -> list[Path]:
    """These as wheels for the tab's Python, in a folder of the cache of that name."""
    folder = CACHE / f"{name}-{short_hash(*(pin.encode() for pin in wanted))}"
    with alone(name):
        if not folder.exists():
            say(f"fetching {called} for Python in the tab")
            making = folder.with_suffix(".part")
            shutil.rmtree(making, ignore_errors=True)
            platforms = [part for name in PLATFORMS for part in ("--platform", name)]
            options = ["--no-deps", "--only-binary=:all:", "--python-version", "3.14", *platforms]
            run(
                [*PIP, "download", *options, "--dest", making, *wanted],
                advice="pip's own message stands above; it needs a connection to a package index.",
            )
            making.rename(folder)
    return sorted(folder.glob("*.whl"))


def library_wheel() -> Path:
    """The wheel of the library as the sources are now, as it would be published."""
    files = sorted(file for file in (ROOT / "pysync").rglob("*.py"))
    folder = CACHE / "wheel" / hash_files([ROOT / "pyproject.toml", *files])
    with alone("wheel"):
        if not folder.exists():
            making = folder.with_suffix(".part")
            shutil.rmtree(making.parent, ignore_errors=True)
            run(
                [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", making],
                advice="The wheel of the library could not be built.",
            )
            making.rename(folder)
    return next(folder.glob("*.whl"))
