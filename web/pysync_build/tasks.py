"""What each command of `build.py` does, in a few lines each."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pysync_build.browsers import find_browsers, install_browsers, require_chromium
from pysync_build.bundle import build_bundle
from pysync_build.common import DATA, DIST, ROOT, Stop, project_table, run, say

SOURCES = ("build.py", "pysync", "server", "web", "tests")


def application_function(command: str) -> Callable[..., Any]:
    """The application's function for a command, as `[tool.pysync.commands]` names it.

    Raises:
        Stop: the application has none.
    """
    target: str = project_table()["commands"][command]
    module_name, _, name = target.partition(":")
    sys.path.insert(0, str(ROOT))
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise Stop(f"pyproject.toml names {target} for {command}: {error}") from error
    return function


def serve(arguments: list[str]) -> int:
    """Build, make the demonstration hotel if asked, and run the server until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="build.py serve")
    parser.add_argument("--demo", action="store_true", help="a generated hotel around today")
    parser.add_argument("--space", default="demo", help="the space that --demo fills")
    parser.add_argument("--data", type=Path, default=DATA, help="where states are kept")
    options, rest = parser.parse_known_args(arguments)
    build_bundle()
    if options.demo:
        say(f"generating a hotel in the space {options.space}")
        application_function("demo")(data_dir=options.data, space=options.space)
    command = [sys.executable, "-m", "pysync_server", "--dist", str(DIST)]
    command += ["--data", str(options.data), *rest]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


def build(arguments: list[str]) -> int:
    """Build the bundle and say where it lies and how large it is."""
    argparse.ArgumentParser(prog="build.py build").parse_args(arguments)
    folder = build_bundle()
    plain = sum(
        file.stat().st_size for file in folder.rglob("*") if file.suffix not in {".br", ".gz"}
    )
    sent = sum(file.stat().st_size for file in folder.rglob("*.br"))
    say(
        f"{folder.relative_to(ROOT)}: {plain / 1e6:.1f} MB of files, {sent / 1e6:.1f} MB compressed"
    )
    return 0


def test(arguments: list[str]) -> int:
    """Have a bundle and a browser, then run pytest with the arguments given."""
    wants_nothing_run = {"--requirements", "--collect-only", "--co"} & set(arguments)
    if not wants_nothing_run:
        build_bundle()
        require_chromium()
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False
    ).returncode


def bench(arguments: list[str]) -> int:
    """Have a bundle and a browser, then measure."""
    build_bundle()
    require_chromium()
    return int(application_function("bench")(arguments) or 0)


def check(arguments: list[str]) -> int:
    """Run the formatter's check, the linter and the type checker; all of them, whatever fails."""
    argparse.ArgumentParser(prog="build.py check").parse_args(arguments)
    sources = [name for name in SOURCES if (ROOT / name).exists()]
    failed = []
    for name, command in (
        ("ruff format", ["ruff", "format", "--check", "--quiet", *sources]),
        ("ruff check", ["ruff", "check", "--quiet", *sources]),
        ("mypy", ["mypy"]),
    ):
        say(name)
        if subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks hold")
    return 1 if failed else 0


def import_file(arguments: list[str]) -> int:
    """Read a file of bookings through the application's own commands."""
    parser = argparse.ArgumentParser(prog="build.py import")
    parser.add_argument("file", type=Path, help="a CSV with the columns of the public data set")
    parser.add_argument("--data", type=Path, default=DATA, help="where states are kept")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        raise Stop(f"There is no file {options.file}.")
    return int(application_function("import")(file=options.file, data_dir=options.data) or 0)


def backup(arguments: list[str]) -> int:
    """Copy what the server keeps to a new folder."""
    return _keep("backup", arguments)


def restore(arguments: list[str]) -> int:
    """Put a backup back."""
    return _keep("restore", arguments)


def _keep(what: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pysync_server.backup", what, "--data", str(DATA), *arguments]
    return subprocess.run(command, check=False).returncode


def browsers(arguments: list[str]) -> int:
    """Install what is missing where that is possible, and list what was found."""
    argparse.ArgumentParser(prog="build.py browsers").parse_args(arguments)
    install_browsers()
    for name, path in find_browsers().items():
        say(f"{name}: {path or 'not found; its tests are skipped'}")
    return 0


def lock(arguments: list[str]) -> int:
    """Resolve requirements.txt in an empty environment and write down what was chosen."""
    argparse.ArgumentParser(prog="build.py lock").parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        say("resolving requirements.txt in an empty environment")
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq"]
        requirements = str(ROOT / "requirements.txt")
        run([*pip, "install", "-r", requirements], advice="pip's own message stands above.")
        frozen = subprocess.run([*pip, "freeze"], capture_output=True, text=True, check=True).stdout
    path = ROOT / "requirements-lock.txt"
    head = "# Written by: python3 build.py lock. Exact versions, no addresses: any index serves.\n"
    path.write_text(head + "".join(sorted(line.lower() + "\n" for line in frozen.split())), "utf-8")
    say(f"wrote {path.name}; the next command installs it")
    return 0
