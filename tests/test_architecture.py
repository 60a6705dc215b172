"""The shape of the repository: who may import whom, how large a file may be, what no file may name.

A failure here is a design question, not a detail: move the code to where it belongs, or change the
table together with ARCHITECTURE.md.
"""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOSTS = ("browser", "native", "testing")
LAYERS = {
    "errors": set[str](),
    "version": set[str](),
    "values": {"errors", "version"},
    "model": {"errors", "version", "values"},
    # The ports say when a machine wants something done, and machines what of a port.
    "ports": {"errors", "version", "values", "model", "machines"},
    "machines": {"errors", "version", "values", "model", "ports"},
    "relay": {"errors", "version", "values", "model", "machines"},
}
"""What each floor of the core may stand on besides itself; the facade stands on all."""

IMPURE = {
    *("asyncio", "js", "pyodide", "pyodide_js", "random", "select", "selectors", "signal"),
    *("socket", "sqlite3", "ssl", "subprocess", "threading", "time", "urllib.request"),
}
"""Modules that a sans-IO core cannot want."""

LINES = 300
LINES_IN_TESTS = 400
LARGER = {
    "pysync/machines/ledger.py": 343,
    "pysync/machines/tab.py": 516,
    "tests/pms/test_commands.py": 462,
    "tests/pysync/model/test_reducer.py": 502,
}
"""Files over the bound and how long they may be at most: an entry shrinks or goes."""

TOP_LEVEL = {
    *("pyproject.toml", "web", "pysync", "server", "tests", "build.py", "README.md", "LICENSE"),
    *("ARCHITECTURE.md", "CHANGELOG.md", ".ci", ".gitignore", ".gitattributes"),
    *("requirements.txt", "requirements-lock.txt"),
}
ELSEWHERE = tuple(
    # In two parts, so that this file does not name what it forbids.
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("js", "delivr"),
        ("un", "pkg.com"),
        ("cdn", "js."),
        ("esm", ".sh/"),
        ("sky", "pack.dev"),
        ("fonts.", "googleapis"),
    )
)


def tracked() -> list[str]:
    """The files of the repository as git knows them, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this is no git work tree")
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def modules(folder: str) -> list[Path]:
    """The Python files of a folder, sorted."""
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere, by its full name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which floor they reach"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def pysync_parts(path: Path) -> set[str]:
    """The parts of the library that a file imports: `model` for `pysync.model.state`."""
    known = {entry.stem for entry in (ROOT / "pysync").iterdir()}
    names = (name.split(".") for name in imports(path))
    return {parts[1] for parts in names if parts[0] == "pysync" and len(parts) > 1} & known


def part_of(path: Path) -> str:
    """Which part of the library a file belongs to: its folder, or its own name at the top."""
    return path.relative_to(ROOT / "pysync").parts[0].removesuffix(".py")


def core() -> list[Path]:
    """The files of the library that belong to no host."""
    return [path for path in modules("pysync") if part_of(path) not in HOSTS]


def reaches(path: Path, forbidden: set[str]) -> set[str]:
    """Which of the forbidden modules a file imports, itself or something in it."""
    return {
        wanted
        for name in imports(path)
        for wanted in forbidden
        if name == wanted or name.startswith(f"{wanted}.")
    }


def test_the_core_imports_downwards_only() -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(above)
        for path in modules("pysync")
        if (part := part_of(path)) in LAYERS
        and (above := pysync_parts(path) - LAYERS[part] - {part})
    }
    assert wrong == {}


def test_the_core_knows_no_host_clock_socket_or_database() -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in core()
        if (found := reaches(path, IMPURE))
    }
    assert wrong == {}


def test_only_the_runtime_chooses_a_host_and_hosts_ignore_each_other() -> None:
    wrong = {}
    for path in modules("pysync"):
        part = part_of(path)
        if part not in {"runtime", "__init__"}:
            found = pysync_parts(path) & set(HOSTS) - {part}
            if found:
                wrong[str(path.relative_to(ROOT))] = sorted(found)
    assert wrong == {}


def test_js_is_imported_by_the_browser_host_and_the_interface_only() -> None:
    allowed = (ROOT / "pysync" / "browser", ROOT / "web" / "pysync_pms" / "ui")
    wrong = [
        str(path.relative_to(ROOT))
        for folder in ("pysync", "web/pysync_pms", "server")
        for path in modules(folder)
        if reaches(path, {"js", "pyodide", "pyodide_js"})
        and not any(path.is_relative_to(place) for place in allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("pysync", {"pysync_server", "pysync_pms", "pysync_build", "tests"}),
        ("server", {"pysync.browser", "pysync.native", "pysync.testing", "pysync_build", "tests"}),
        ("web/pysync_pms", {"pysync.testing", "pysync_server", "pysync_build", "tests"}),
        ("web/pysync_build", {"pysync", "pysync_server", "pysync_pms", "tests"}),
    ],
)
def test_folders_stand_apart(folder: str, forbidden: set[str]) -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in modules(folder)
        if (found := reaches(path, forbidden))
    }
    assert wrong == {}


def test_the_application_below_its_interface_needs_no_host() -> None:
    ui = ROOT / "web" / "pysync_pms" / "ui"
    inner = [path for path in modules("web/pysync_pms") if not path.is_relative_to(ui)]
    wrong = [str(path) for path in inner if reaches(path, {"pysync.browser"})]
    assert wrong == []


def test_files_stay_small() -> None:
    too_long = {}
    for name in tracked():
        if Path(name).suffix not in {".py", ".js", ".mjs"}:
            continue
        bound = LARGER.get(name, LINES_IN_TESTS if name.startswith("tests/") else LINES)
        lines = len((ROOT / name).read_text("utf-8").splitlines())
        if lines > bound:
            too_long[name] = lines
    assert too_long == {}


def test_the_list_of_larger_files_only_shrinks() -> None:
    fine_now = []
    for name in LARGER:
        bound = LINES_IN_TESTS if name.startswith("tests/") else LINES
        path = ROOT / name
        if not path.exists() or len(path.read_text("utf-8").splitlines()) <= bound:
            fine_now.append(name)
    assert fine_now == [], "these need their entry in LARGER no more"


def test_nothing_unexpected_lies_at_the_top() -> None:
    assert {name.split("/")[0] for name in tracked()} <= TOP_LEVEL


def test_no_file_names_a_registry_or_a_delivery_network() -> None:
    wrong = []
    for name in tracked():
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{name} names {host}" for host in ELSEWHERE if host in text]
    assert wrong == []


def test_the_locks_pin_everything_and_name_no_address() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    assert len(packages) > 5
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert not name or {"version", "integrity"} <= entry.keys(), name
    lines = (ROOT / "requirements-lock.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 20
    for pin in pins:
        name, equal, version = pin.partition("==")
        assert name, pin
        assert equal, pin
        assert version.replace(".", "").replace("post", "").isdigit(), pin


def test_no_work_is_left_marked_in_the_sources() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"]
    wrong = [
        f"{name}: {word}"
        for name in tracked()
        if Path(name).suffix in {".py", ".js", ".mjs", ".css", ".html"}
        for word in words
        if word in (ROOT / name).read_text("utf-8")
    ]
    assert wrong == []
