"""A memory snapshot of the interpreter with everything pure already imported.

Restoring it spares the page the start of Python and the imports. It is made by a private interface
of Pyodide, so nothing depends on it: without one, or where restoring fails, the page starts from
the zips. What must not be in it: host objects and compiled extensions, so modules that reach `js`
are left for later; and nothing random, so the page reseeds what it restores.
"""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pysync_build.common import CACHE, say, short_hash
from pysync_build.npm import node_executable
from pysync_build.pack import TabZips, graph_of
from pysync_build.stdlib import ALWAYS, imports_of, module_name

SCRIPT = Path(__file__).with_name("snapshot.mjs")
HOST = frozenset({"js", "pyodide_js"})
LARGEST = 30 * 1024 * 1024 + 4096
"""Pyodide restores no larger heap than the one it starts with; some bytes of header come on top."""
FULL = 3
"""How the script ends that found no room for a module."""
SPARED = 4
"""Modules left out before the one for which there was no room: room for what they leave behind."""
LIBRARY = tuple(
    """
    asyncio bisect collections contextlib csv dataclasses datetime decimal enum functools hashlib
    html itertools json logging math operator random re secrets string textwrap time traceback
    types typing unicodedata urllib.parse uuid weakref
    """.split()
)


def pure_modules(graph: Mapping[str, list[str]]) -> list[str]:
    """The modules of the tab's packages that reach nothing of the page, sorted."""
    imports = {module_name(path)[0]: names for path, names in graph.items()}

    def reaches_host(module: str, seen: set[str]) -> bool:
        if module.partition(".")[0] in HOST:
            return True
        if module in seen:
            return False
        seen.add(module)
        parent = module.rpartition(".")[0]
        following = [*imports.get(module, ()), *([parent] if parent else [])]
        return any(reaches_host(name, seen) for name in following)

    return sorted(module for module in imports if not reaches_host(module, set()))


def loaded_at_start(app: Path, entry: str) -> set[str]:
    """The modules of the tab's packages that a page loads before it shows anything: what the
    entry's module imports, and so on. What is imported inside functions comes when it is needed.
    """
    with zipfile.ZipFile(app) as archive:
        sources = {
            module_name(name): archive.read(name)
            for name in archive.namelist()
            if name.endswith(".py")
        }
    modules = {name: (source, package) for (name, package), source in sources.items()}
    found: set[str] = set()
    ahead = [entry]
    while ahead:
        name = ahead.pop()
        if name in found or name not in modules:
            continue
        found.add(name)
        source, package = modules[name]
        ahead += [name.rpartition(".")[0]]
        ahead += imports_of(source, name, is_package=package, at_once=True)
    return found


def make_snapshot(pyodide: Path, zips: TabZips, entry: str) -> Path | None:
    """The snapshot for these zips, made now if the cache lacks it; None where that fails. What a
    page loads at its start, at the module `entry`, goes in first, the rest where there is room."""
    needed = loaded_at_start(zips.app, entry)
    pure = pure_modules(graph_of(zips.app))
    library = [name for name in LIBRARY if name in ALWAYS]
    modules = [*(name for name in pure if name in needed), *library]
    modules += [name for name in pure if name not in needed]
    key = short_hash(
        SCRIPT.read_bytes(),
        zips.app.name.encode(),
        zips.stdlib.name.encode(),
        repr(modules).encode(),
    )
    path = CACHE / "zips" / f"snapshot-{key}.bin"
    if not path.exists():
        say("making a memory snapshot of Python with its modules imported")
        making = path.with_suffix(".part")
        if not _make(pyodide, zips, making, modules) or making.stat().st_size > LARGEST:
            say("no snapshot could be made; pages start without one, which takes longer")
            return None
        making.rename(path)
    os.utime(path)
    return path


def _make(pyodide: Path, zips: TabZips, target: Path, modules: list[str]) -> bool:
    """Make it with as many of the modules as there is room for; whether that worked."""
    command: list[str | Path] = [node_executable(), SCRIPT, pyodide, zips.stdlib, zips.app, target]
    while modules:
        done = subprocess.run(
            [*command, json.dumps(modules)], check=False, stdout=subprocess.PIPE, text=True
        )
        if done.returncode != FULL:
            return done.returncode == 0
        fitting = max(0, int(done.stdout) - SPARED)
        say(
            f"no room in it for {len(modules) - fitting} of {len(modules)} modules: pages load them"
        )
        modules = modules[:fitting]
    return False
