"""The core's tests once more, inside Pyodide in the browser, against the wheel as published."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route

from pysync_build.common import ROOT
from pysync_build.wheels import library_wheel, wheels_for_tests
from tests.support import CHROMIUM_FLAGS, WHOLE, TabFactory

CORE = ROOT / "tests" / "pysync"
SETTINGS = """
[pytest]
addopts = --strict-markers --import-mode=importlib -p no:cacheprovider -p no:faulthandler -q -ra
filterwarnings = error
xfail_strict = true
markers =
    req(*ids): the rows that a test proves
    slow: takes more than a few seconds
"""
PROFILE = """
from hypothesis import HealthCheck, settings
settings.register_profile(
    "tab", max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
settings.load_profile("tab")
"""
START = """
import site, sys
sys.path.remove("/lib/pysync-app.zip")
from pyodide.http import pyfetch
for name in names:
    response = await pyfetch(f"/test/wheels/{name}")
    if name.endswith(".whl"):
        await response.unpack_archive(format="wheel", extract_dir=site.getsitepackages()[0])
    else:
        await response.unpack_archive(format="zip", extract_dir="/home/pyodide")
"""
PREPARE = """
import contextlib, gc, importlib, io
importlib.invalidate_caches()
import pytest

gc.disable()  # a fifth of it all goes into looking through pytest and Hypothesis again and again

def run(paths):
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main(["-c", "pytest.ini", "--rootdir=.", "--assert=plain", *paths])
    return [int(code), output.getvalue()]
"""
ONLY_IN_CPYTHON = {
    *("test_properties.py", "test_broadcast_strategies.py", "test_invariants.py"),
    *("test_admission.py", "test_fuzz.py", "test_projection.py"),
}
"""Minutes of random scripts, a check of sources, and the relay's half, which no tab runs. That both
runtimes give equal bytes is held by `test_golden.py`, which does run in the tab."""


def packed_tests() -> bytes:
    """The core's tests and their settings as a zip, laid out as in the repository."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("pytest.ini", SETTINGS)
        archive.writestr("conftest.py", PROFILE)
        for file in sorted(CORE.rglob("*")):
            if "__pycache__" in file.parts or not file.is_file():
                continue
            archive.write(file, file.relative_to(ROOT).as_posix())
    return buffer.getvalue()


def serve_files(page: Page, wheels: Iterable[Path], packed: bytes) -> list[str]:
    """Answer `/test/wheels/…` for this page; returns the names, in the order to unpack them."""
    files = {wheel.name: wheel.read_bytes() for wheel in wheels} | {"tests.zip": packed}

    def answer(route: Route) -> None:
        body = files[route.request.url.rpartition("/")[2]]
        route.fulfill(body=body, content_type="application/zip")

    page.route("**/test/wheels/*", answer)
    return list(files)


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """A Chromium that compiles as a user's does: this one tab computes for most of a minute."""
    started = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
    yield started
    started.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not any(CORE.rglob("test_*.py")), reason="there are no core tests")
def test_the_core_holds_in_the_tabs_python(tab_factory: TabFactory) -> None:
    tab = tab_factory(WHOLE + "?switch-stacks")
    names = serve_files(tab.page, [library_wheel(), *wheels_for_tests()], packed_tests())
    tab.run(f"names = {names!r}\n{START}")
    tab.run(PREPARE)
    paths = [
        file.relative_to(ROOT).as_posix()
        for file in sorted(CORE.rglob("test_*.py"))
        if file.name not in ONLY_IN_CPYTHON
    ]
    code, output = tab.run(f"run({paths!r})")
    assert code == 0, "in the tab:\n" + output
    origin = tab.run("import pysync\npysync.__file__")
    assert "site-packages" in origin, "the tests ran against something else than the wheel"
