"""Where things lie, how a step speaks, and how it fails. The floor the other modules stand on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("PYSYNC_ROOT") or Path(__file__).resolve().parents[2])
CACHE = ROOT / ".cache"
DIST = ROOT / "dist"
DATA = ROOT / ".data"
UNUSED_SECONDS = 3600


class Stop(Exception):
    """A step cannot go on; the message says what the reader can do about it."""


def say(message: str) -> None:
    """Print what is about to be done, at once even when the output is a pipe."""
    print(f"[build] {message}", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    advice: str,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a step's command and wait for it.

    Raises:
        Stop: the command could not be started or ended with an error; `advice` is part of it.
    """
    environment = os.environ | dict(env or {})
    try:
        done = subprocess.run(command, cwd=cwd, env=environment, check=False)
    except OSError as error:
        raise Stop(f"{command[0]} could not be started ({error}). {advice}") from error
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise Stop(f"This command ended with code {done.returncode}: {shown}\n{advice}")


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold the lock called `name`, so that one process at a time does a step; others wait."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        if os.name != "nt":
            import fcntl  # noqa: PLC0415 - missing on Windows

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prune_cache(folder: Path, *, keep: int) -> None:
    """Remove what was not used for an hour, except for the newest `keep` entries of a folder."""
    entries = [(path.stat().st_mtime, path) for path in folder.iterdir()]
    entries.sort(key=lambda entry: entry[0], reverse=True)
    for used, path in entries[keep:]:
        if used < time.time() - UNUSED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)


def short_hash(*parts: bytes) -> str:
    """Twelve hexadecimal digits that change when any of the parts does."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:12]


def hash_files(files: Iterable[Path]) -> str:
    """The short hash of names and contents, in the order given."""
    parts: list[bytes] = []
    for file in files:
        parts += [str(file.name).encode(), file.read_bytes()]
    return short_hash(*parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TabConfig:
    """What runs in the tab, as `[tool.pysync.tab]` says it."""

    packages: tuple[Path, ...]
    left_out: tuple[Path, ...]
    vendored: tuple[str, ...]
    assets: Path
    languages: Path | None = None
    entry: str
    title: str
    snapshot: bool
    widget: bool = False
    """Whether the bundle brings the widget and the example pages, too."""


def project_table() -> dict[str, Any]:
    """The `[tool.pysync]` table of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["tool"]["pysync"]
    return table


def tab_config() -> TabConfig:
    """What runs in the tab; folders that do not exist yet are left out."""
    tab = project_table()["tab"]
    return TabConfig(
        packages=tuple(ROOT / p for p in tab["packages"] if (ROOT / p).is_dir()),
        left_out=tuple(ROOT / p for p in tab["left_out"]),
        vendored=tuple(tab["vendored"]),
        assets=ROOT / tab["assets"],
        languages=ROOT / tab["languages"],
        entry=tab["entry"],
        title=tab["title"],
        snapshot=tab["snapshot"],
        widget=True,
    )
