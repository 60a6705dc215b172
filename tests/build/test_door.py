"""`build.py` and its steps: what is done once is not done again, and failures say what to do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from pysync_build import cli, common
from pysync_build.assets import collect_assets
from pysync_build.bundle import build_bundle
from pysync_build.common import ROOT, Stop, prune_cache
from pysync_build.pages import fill
from pysync_build.widget import allowances
from tests.build.conftest import TINY, tiny_config


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """`build.py` as a module, in a folder of its own with an interpreter that counts its calls."""
    spec = importlib.util.spec_from_file_location("door", ROOT / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements-lock.txt", "pyproject.toml"):
        (tmp_path / name).write_text(f"{name}\n")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


def test_a_second_run_repeats_no_step_until_its_files_change(
    door: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    steps = tuple(
        (name, files, lambda name=name: done.append(name)) for name, files, _ in door.STEPS
    )
    monkeypatch.setattr(door, "STEPS", steps)
    door.ensure_venv()
    assert done == ["interpreter", "lock", "project"]
    door.ensure_venv()
    assert len(done) == 3
    (door.ROOT / "requirements-lock.txt").write_text("changed\n")
    door.ensure_venv()
    assert done[3:] == ["lock"]


def test_a_step_that_failed_is_tried_again(
    door: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail_once() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise door.Stop("no connection")

    monkeypatch.setattr(door, "STEPS", (("lock", ("requirements-lock.txt",), fail_once),))
    with pytest.raises(door.Stop, match="no connection"):
        door.ensure_venv()
    door.ensure_venv()
    assert len(tried) == 2


def test_an_old_python_is_refused_in_words(
    door: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(door, "OLDEST", (9, 0))
    assert door.main(["serve"]) == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().out


def test_a_failing_command_names_itself_and_the_way_out(door: ModuleType) -> None:
    with pytest.raises(door.Stop, match=r"ended with code 3[\s\S]*try this"):
        door.run([sys.executable, "-c", "raise SystemExit(3)"], "try this")


def test_the_door_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-I", "-S", "-c", "import runpy; runpy.run_path('build.py')"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)


def test_unknown_and_missing_commands_show_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["nonsense"]) == 2
    assert cli.main([]) == 0
    assert capsys.readouterr().out.count("python3 build.py serve") == 2


def test_an_import_of_a_missing_file_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "/nowhere/bookings.csv"]) == 1
    assert "no file /nowhere/bookings.csv" in capsys.readouterr().err


def test_equal_sources_give_an_equal_build_and_no_second_writing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = build_bundle(tiny_config(), dist=tmp_path / "dist")
    listing = (first / "build.json").stat()
    capsys.readouterr()
    second = build_bundle(tiny_config(), dist=tmp_path / "dist")
    assert second == first
    assert (first / "build.json").stat().st_mtime_ns == listing.st_mtime_ns
    assert capsys.readouterr().out == ""
    elsewhere = build_bundle(tiny_config(), dist=tmp_path / "other")
    assert (elsewhere / "build.json").read_bytes() == (first / "build.json").read_bytes()


def test_builds_that_run_at_once_do_not_meet_in_the_cache(tmp_path: Path) -> None:
    sources = tmp_path / "tinyapp"
    shutil.copytree(TINY, sources)
    (sources / "fresh.py").write_text(f"NEVER_BUILT_BEFORE = {time.time_ns()}\n")
    config = replace(tiny_config(), packages=(sources,))
    folders = [tmp_path / name for name in ("one", "two")]
    with ThreadPoolExecutor() as pool:
        one, two = pool.map(lambda dist: build_bundle(config, dist=dist), folders)
    assert any(one.glob("assets/python-*.bin.br"))
    names = [{file.relative_to(built) for file in built.rglob("*")} for built in (one, two)]
    assert names[0] == names[1]
    for name in names[0]:
        if (one / name).is_file():
            assert (one / name).read_bytes() == (two / name).read_bytes()


def test_old_builds_go_and_the_newest_stay(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    titles = ["one", "two", "three", "four", "five", "six"]
    made = [build_bundle(tiny_config(title, snapshot=False), dist=dist) for title in titles]
    assert [build.exists() for build in made] == [False, False, True, True, True, True]
    assert (dist / "current").read_text() == made[-1].name


def test_every_immutable_file_carries_a_hash_in_its_path(bundle: Path) -> None:
    files = json.loads((bundle / "build.json").read_text())["files"]
    fixed = {url for url, entry in files.items() if not entry["immutable"]}
    pages = {"/index.html", "/test/blank.html", "/test/whole.html"}
    named = {url for url in fixed if url.startswith(("/pysync/", "/examples/"))}
    assert fixed - named == {*pages, "/manifest.webmanifest", "/sw.js"}
    assert {"/pysync/pysync.js", "/pysync/pyscript.json", "/examples/todo.html"} <= named
    for url in files.keys() - fixed:
        inside = url.removeprefix("/assets/").removeprefix("/pysync/parts/")
        head = inside.partition("/")[0].partition(".")[0]
        digest = head.rpartition("-")[2]
        assert len(digest) == 12, url
        int(digest, 16)


class TestAllowances:
    """What an example page may do besides others."""

    def test_its_own_scripts_and_styles_by_their_digests(self) -> None:
        text = "<style>a{}</style><script src='x.js'></script><script src=\"y.js\"></script>"
        allowed = allowances(f"{text}<script>let a</script>")
        digest = b64encode(sha256(b"let a").digest()).decode()
        assert f"'sha256-{digest}'" in allowed["script-src"]
        assert len(allowed["style-src"]) == 1
        assert "'unsafe-eval'" not in allowed["script-src"]

    def test_evaluation_only_for_pyscript(self) -> None:
        page = '<script type="py" config="c.json">import js</script>'
        assert allowances(page) == {"script-src": ["'unsafe-eval'"]}


class TestAssets:
    """The application's styles and scripts."""

    def test_styles_are_joined_in_order(self, tmp_path: Path) -> None:
        for name in ("b.css", "a.css"):
            (tmp_path / name).write_text(f"/* {name} */")
        (tmp_path / "logo.svg").write_text("<svg/>")
        (tmp_path / "assets.json").write_text('{"styles": ["b.css", "a.css"]}')
        assets = collect_assets(tmp_path, tmp_path)
        assert assets.files == {"app.css": b"/* b.css */\n/* a.css */", "logo.svg": b"<svg/>"}
        assert assets.module is None

    @pytest.mark.parametrize(
        "table", ['{"styles": ["no.css"]}', '{"module": "no.js"}', '{"npm": {"x.js": "no/x.js"}}']
    )
    def test_a_name_that_leads_nowhere_stops_the_build(self, tmp_path: Path, table: str) -> None:
        (tmp_path / "assets.json").write_text(table)
        with pytest.raises(Stop, match="does not exist"):
            collect_assets(tmp_path, tmp_path)

    def test_an_application_without_any_has_an_empty_style(self, tmp_path: Path) -> None:
        assert collect_assets(tmp_path / "none", tmp_path).files == {"app.css": b""}


def test_a_template_that_asks_for_something_unknown_stops_the_build() -> None:
    assert fill("<{{a}}>", {"a": "1"}) == "<1>"
    with pytest.raises(Stop, match="unknown_name"):
        fill("{{unknown_name}}", {"a": "1"})


def test_the_cache_drops_what_is_old_and_beyond_the_bound(tmp_path: Path) -> None:
    for age, name in enumerate(["new", "used", "old", "older"]):
        (tmp_path / name).write_text(name)
        seconds = (tmp_path / name).stat().st_mtime - age * common.UNUSED_SECONDS
        os.utime(tmp_path / name, (seconds, seconds))
    prune_cache(tmp_path, keep=2)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "used"}
