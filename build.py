#!/usr/bin/env python3
"""The one door: everything a stranger does with this repository starts here.

    python3 build.py serve    build the bundle, start the server, print the address
    python3 build.py test     run the tests; further arguments go to pytest
    python3 build.py build    build the bundle into dist/
    python3 build.py bench    measure, and print a table
    python3 build.py check    formatter, linter and type checker, changing nothing
    python3 build.py import   read a CSV of bookings into the data folder

This file owns one thing: an environment to run the rest in. It needs Python 3.11 or newer and its
standard library, makes `.venv` from `requirements-lock.txt`, and hands over to `pysync_build`
inside it. What was done once is not done again until the file it depends on changes: a stamp in
`.venv` names the hash of those files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


class Stop(Exception):
    """A step cannot go on; the message says what the reader can do about it."""


def say(message: str) -> None:
    """Print what is about to be done, at once even when the output is a pipe."""
    print(f"[build] {message}", flush=True)


def venv_python() -> Path:
    """The interpreter inside the environment, where this platform puts it."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


PIP: tuple[str | Path, ...] = (venv_python(), "-m", "pip", "--disable-pip-version-check", "-qq")


def fingerprint(*names: str) -> str:
    """What a step depends on: this interpreter, this place, and the named files."""
    digest = hashlib.sha256(f"{sys.version}|{Path(sys.executable).resolve()}|{ROOT}".encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time build the environment; the others wait and find it ready."""
    lock_path = ROOT / ".cache" / "venv.lock"
    lock_path.parent.mkdir(exist_ok=True)
    with lock_path.open("w") as lock:
        if os.name != "nt":
            import fcntl  # noqa: PLC0415 - missing on Windows

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: list[str | Path], advice: str) -> None:
    """Run a step's command; when it fails, stop with what the reader can do.

    Raises:
        Stop: the command could not be started or ended with an error.
    """
    try:
        done = subprocess.run(command, cwd=ROOT, check=False)
    except OSError as error:
        raise Stop(f"{command[0]} could not be started ({error}). {advice}") from error
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise Stop(f"This command ended with code {done.returncode}: {shown}\n{advice}")


def create_venv() -> None:
    """Make an empty environment; on a Debian without ensurepip, fetch the part that is missing."""
    try:
        import ensurepip  # noqa: F401, PLC0415 - only its presence is asked for
    except ImportError:
        install_ensurepip()
    say(f"creating an environment in {VENV.name} with Python {sys.version.split()[0]}")
    run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        "Remove .venv and try again, or start build.py with another Python 3.11 or newer.",
    )


def install_ensurepip() -> None:
    """Debian ships Python without it; root can install it, others are told the command."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    geteuid = getattr(os, "geteuid", None)
    if geteuid is None or geteuid() != 0 or shutil.which("apt-get") is None:
        raise Stop(
            "This Python has no ensurepip, so it cannot create environments.\n"
            f"On Debian or Ubuntu: sudo apt-get install {package}\n"
            "Elsewhere: install Python from python.org, or uv, and start build.py with that Python."
        )
    say(f"this Python cannot create environments: installing {package} with apt-get")
    advice = f"Install {package} by hand, then start build.py again."
    run(["apt-get", "update", "-qq"], advice)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], advice)


def install_lock() -> None:
    """Install exactly what the lock names."""
    say("installing the pinned packages of requirements-lock.txt")
    run(
        [*PIP, "install", "--no-deps", "-r", ROOT / "requirements-lock.txt"],
        "pip's own message stands above. The first run needs a connection to a package index; "
        "behind a proxy or a mirror, configure pip as usual (PIP_INDEX_URL, pip.conf).",
    )


def install_project() -> None:
    """Install this project itself, editable, so that edits need no second installation."""
    run(
        [*PIP, "install", "--no-deps", "--no-build-isolation", "-e", ROOT],
        "The pyproject.toml of this repository could not be read as a package.",
    )


STEPS = (
    ("interpreter", (), create_venv),
    ("lock", ("requirements-lock.txt",), install_lock),
    ("project", ("pyproject.toml",), install_project),
)


def ensure_venv() -> None:
    """Have an environment that matches the lock; a second run only compares the stamps."""
    with alone():
        for step, files, make in STEPS:
            stamp = VENV / f"stamp-{step}"
            wanted = fingerprint(*files)
            if not (stamp.exists() and stamp.read_text() == wanted):
                make()
                stamp.write_text(wanted)


def main(arguments: list[str]) -> int:
    """Check the interpreter, have an environment, and run the command in it."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        print(f"pysync needs Python 3.11 or newer; this is {found}: {sys.executable}")
        return 2
    try:
        ensure_venv()
    except Stop as stop:
        print(f"[build] stopped: {stop}", file=sys.stderr)
        return 1
    command = [str(venv_python()), "-m", "pysync_build", *arguments]
    environment = os.environ | {"PYSYNC_ROOT": str(ROOT)}
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
