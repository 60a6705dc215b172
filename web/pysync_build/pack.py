"""Python for the tab: zips of byte code, made by the tab's own Python and kept by content.

Three zips: `app` (the packages of `[tool.pysync.tab]`, with sources so that tracebacks show lines),
`stdlib` (trimmed to what they can import) and `stdlib-full` (for the test page `whole.html`). Each
result lies in the cache under the hash of everything it was made from.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pysync_build.common import CACHE, Stop, TabConfig, alone, prune_cache, run, say, short_hash
from pysync_build.npm import node_executable
from pysync_build.stdlib import reachable

HERE = Path(__file__).parent
COMPILERS = tuple(HERE / name for name in ("node_python.mjs", "compile_in_tab.py", "stdlib.py"))
STDLIB_AT = "/lib/python314.zip"
APP_AT = "/lib/pysync-app.zip"
KEPT_ZIPS = 24
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One zip to compile: sources in, byte code out; see `compile_in_tab.compile_zip`."""

    source: Path
    target: Path
    mounted_at: str
    keep_source: bool

    def as_json(self) -> dict[str, object]:
        """The arguments of `compile_in_tab.compile_zip`."""
        return {
            "source": str(self.source),
            "target": f"{self.target}.part",
            "mounted_at": self.mounted_at,
            "keep_source": self.keep_source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TabZips:
    """The three zips, ready to be served."""

    app: Path
    stdlib: Path
    stdlib_full: Path


def vendored_folder(name: str) -> Path:
    """Where a third-party package of the tab lies in this environment."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Stop(f"The package {name} is not installed. Add it to requirements.txt and lock.")
    return Path(spec.origin).parent


def tab_files(config: TabConfig) -> Iterator[tuple[str, bytes]]:
    """Every file that the tab's packages consist of, as (path in the zip, content), in order."""
    folders = [*config.packages, *(vendored_folder(name) for name in config.vendored)]
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            if any(file.is_relative_to(path) for path in (config.assets, *config.left_out)):
                continue
            if file.suffix in {".py", ".typed", ".json"}:
                yield file.relative_to(folder.parent).as_posix(), file.read_bytes()


def source_zip(config: TabConfig) -> Path:
    """A zip of the tab's sources whose bytes depend on their names and contents only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in tab_files(config):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    content = buffer.getvalue()
    path = CACHE / "zips" / f"sources-{short_hash(content)}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(content)
    return path


def tab_zips(pyodide: Path, config: TabConfig) -> TabZips:
    """The three zips for these sources, compiled now where the cache lacks one."""
    compiler = short_hash(*(file.read_bytes() for file in COMPILERS), str(pyodide).encode())
    sources = source_zip(config)
    zips = CACHE / "zips"
    app = Job(
        source=sources,
        target=zips / f"app-{compiler}-{sources.stem.removeprefix('sources-')}.zip",
        mounted_at=APP_AT,
        keep_source=True,
    )
    full = Job(
        source=pyodide / "python_stdlib.zip",
        target=zips / f"stdlib-full-{compiler}.zip",
        mounted_at=STDLIB_AT,
        keep_source=False,
    )
    with alone("zips"):
        prune_cache(zips, keep=KEPT_ZIPS)
        compile_jobs(pyodide, [job for job in (app, full) if not job.target.exists()])
        trimmed = trim(full.target, app.target)
        for path in (sources, app.target, full.target, trimmed):
            os.utime(path)
            if Path(f"{path}.imports").exists():
                os.utime(f"{path}.imports")
    return TabZips(app=app.target, stdlib=trimmed, stdlib_full=full.target)


def graph_of(compiled: Path) -> dict[str, list[str]]:
    """The import graph that was written beside a compiled zip."""
    graph: dict[str, list[str]] = json.loads(Path(f"{compiled}.imports").read_text("utf-8"))
    return graph


def trim(full: Path, app: Path) -> Path:
    """The compiled library reduced to what the compiled packages can reach."""
    library = graph_of(full)
    wanted = reachable(library, graph_of(app))
    path = full.with_name(
        f"stdlib-{short_hash(full.name.encode(), *map(str.encode, sorted(wanted)))}.zip"
    )
    if not path.exists():
        making = path.with_suffix(".part")
        with zipfile.ZipFile(full) as old, zipfile.ZipFile(making, "w") as new:
            for name in sorted(f"{source}c" for source in wanted):
                new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name))
        making.rename(path)
    return path


def compile_jobs(pyodide: Path, jobs: list[Job]) -> None:
    """Run the compiler once for all jobs, then put each result in place whole."""
    if not jobs:
        return
    say(f"compiling Python for the tab ({', '.join(job.source.stem for job in jobs)})")
    arguments = {
        "mounts": sorted({str(pyodide), str(CACHE / "zips"), str(HERE)}),
        "modules": str(HERE),
        "jobs": [job.as_json() for job in jobs],
    }
    run(
        [node_executable(), COMPILERS[0], pyodide, COMPILERS[1], json.dumps(arguments)],
        advice="A source of the tab's packages does not compile; the message above names it.",
    )
    for job in jobs:
        Path(f"{job.target}.part.imports").rename(f"{job.target}.imports")
        Path(f"{job.target}.part").rename(job.target)
