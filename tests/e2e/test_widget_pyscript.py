"""The widget beside PyScript, and the wheel by micropip and pip."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.site import Site
from tests.e2e.test_widget import HEAD, SCRIPT, badge, ready, until
from tests.support import Tab

Visit = Callable[[str], Tab]
PYSCRIPT = f"""{HEAD}
<script type="module" src="/pysync/pyscript/core.js"></script>
{SCRIPT}
<pysync-status></pysync-status>
<output id="count"></output>
<script type="py" config='CONFIG'>
from pyscript import document
from pysync import SyncedKV
count = SyncedKV("count", 0)
def show(number):
    document.querySelector("#count").textContent = str(number)
count.subscribe(show)
count.set(lambda number: number + 1)
</script>
"""


def wasm(site: Site) -> int:
    """How many interpreters were asked for."""
    return len([path for path in site.asked if path.endswith(".wasm")])


@pytest.mark.req("WGT-01", "WGT-04")
def test_a_pyscript_page_imports_pysync_and_shares_its_core_with_elements(
    site: Site, visit: Visit
) -> None:
    site.pages["/"] = PYSCRIPT.replace("CONFIG", "/pysync/pyscript.json")
    page = visit("/").page
    expect(page.locator("#count")).to_have_text("1")
    badge(page, "synced")
    ready(page)
    assert page.evaluate("pysync.get('count')") == 1
    page.evaluate("pysync.set('count', 41)")
    expect(page.locator("#count")).to_have_text("41")
    assert page.locator("pysync-status [part=count]").count() == 0
    code = "len(count._space.tabs())"
    assert page.evaluate("async (code) => (await pysyncPython).runPython(code)", code) == 1
    assert wasm(site) == 1
    page.evaluate("pysync.stop()")
    closed = "count._space.closed"
    assert page.evaluate("async (code) => (await pysyncPython).runPython(code)", closed) is False


@pytest.mark.req("WGT-04")
def test_real_micropip_installs_the_wheel_and_elements_find_that_interpreter(
    site: Site, visit: Visit
) -> None:
    [pyodide] = site.widget.glob("parts/pyodide-*")
    [wheel] = site.widget.glob("*.whl")
    config = (
        f'{{"interpreter": "/pysync/parts/{pyodide.name}/pyodide.mjs",'
        f' "packages": ["./pysync/{wheel.name}"]}}'
    )
    site.pages["/"] = PYSCRIPT.replace("CONFIG", config)
    page = visit("/").page
    expect(page.locator("#count")).to_have_text("1")
    badge(page, "synced")
    ready(page)
    page.evaluate("pysync.set('count', (n) => n + 1)")
    page.evaluate(until("pysync.get('count') === 2"))
    expect(page.locator("#count")).to_have_text("2")
    assert wasm(site) == 1
    assert f"/pysync/{wheel.name}" in site.asked


@pytest.mark.req("WGT-04")
def test_pip_installs_the_wheel_from_its_address(site: Site, tmp_path: Path) -> None:
    [wheel] = site.widget.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "--no-cache-dir"]
    there = tmp_path / "installed"
    address = f"{site.url}/pysync/{wheel.name}"
    install = [*pip, "install", "--no-deps", "--no-index", "--target", there, address]
    subprocess.run(install, check=True)
    assert [path.name for path in there.iterdir() if path.suffix != ".dist-info"] == ["pysync"]
    code = f"""
import sys
sys.path.insert(0, {str(there)!r})
from pysync import SyncedKV, default_space
import pysync
with default_space():
    count = SyncedKV("count", 1)
    count.set(lambda n: n + 1)
    print(count.value, pysync.__file__)
"""
    outside = [sys._base_executable, "-I", "-c", code]
    done = subprocess.run(outside, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["2", str(there / "pysync" / "__init__.py")]
