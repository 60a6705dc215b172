"""What `web/docs/widget.md` says is done here as it is written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from pysync_server.main import parse
from tests.e2e.site import Site
from tests.e2e.test_widget import HEAD, badge, ready
from tests.support import Tab, start_server

pytestmark = pytest.mark.req("DOC-01", "WGT-01")

TEXT = (Path(__file__).parents[2] / "web" / "docs" / "widget.md").read_text("utf-8")
Visit = Callable[[str], Tab]


def blocks(language: str) -> list[str]:
    """What stands in blocks of that language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_page_without_python_its_script_style_events_and_policy(
    site: Site, visit: Visit
) -> None:
    lines, _, _ = blocks("html")
    use, listen = blocks("js")
    [policy], [style] = blocks("http"), blocks("css")
    site.pages["/"] = HEAD.replace("data:,", "/pysync/pyscript.json") + lines
    assert "img-src" not in policy
    allowed = f"{policy.strip()}; img-src 'self'"
    site.headers["/"] = {"content-security-policy": allowed}
    tab = visit("/")
    page, said = tab.page, list[str]()
    page.on("console", lambda message: said.append(message.text))
    badge(page, "synced")
    page.evaluate(f"async () => {{ {listen} {use} }}")
    assert page.evaluate("pysync.get('note')") == {"text": "Bring towels"}
    assert page.evaluate("pysync.get('visits', 'gone')") == "gone"
    assert "{text: Bring towels}" in said
    assert any(text.startswith("[visits]") for text in said)

    page.evaluate(
        """(css) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(css);
            document.adoptedStyleSheets = [sheet];
        }""",
        style,
    )
    label = page.locator("pysync-status [part=label]")
    looks = label.evaluate(
        "(e) => [getComputedStyle(e).textTransform, getComputedStyle(e).fontFamily]"
    )
    assert looks == ["uppercase", "serif"]


def test_the_page_in_pyscript_and_micropip_in_it(site: Site, visit: Visit) -> None:
    _, page_of_python, _ = blocks("html")
    [install] = blocks("python")
    site.pages["/"] = HEAD + page_of_python
    page = visit("/").page
    expect(page.locator("#visits")).to_have_text("1")
    assert "http://localhost:8420/" in install
    code = install.replace("http://localhost:8420", site.url)
    code = f"import pyodide_js\nawait pyodide_js.loadPackage('micropip')\n{code}"
    code += "\nimport importlib.metadata\nimportlib.metadata.version('pysync')"
    run = "async (code) => (await pysyncPython).runPythonAsync(code)"
    assert page.evaluate(run, code) == "0.1.0"


def test_the_page_with_a_server_on_another_address(
    site: Site, bundle: Path, tmp_path: Path, device: BrowserContext
) -> None:
    _, _, lines = blocks("html")
    [command] = blocks("sh")
    words = shlex.split(command.replace("https://shop.example", site.url))
    assert words[:3] == ["python3", "build.py", "serve"]
    options = parse(words[3:])
    assert options.allow_origin == [site.url]
    relay = start_server(tmp_path, "--port", "0", "--open", *words[3:])
    try:
        site.pages["/"] = HEAD + lines.replace("https://sync.example", relay.url)
        page = device.new_page()
        page.goto(f"{site.url}/")
        ready(page)
        page.evaluate("pysync.set('note', 'there')")
        badge(page, "synced")
        heard = (
            "new Promise((go) => document.addEventListener('pysync-status', (e) => go(e.detail)))"
        )
        page.evaluate(f"() => {{ window.told = {heard} }}")
        page.evaluate("pysync.set('note', 'here')")
        assert page.evaluate("told")["server"] == "online"
        page.close()
    finally:
        relay.stop()


def test_every_property_and_part_of_the_style_sheet_is_described() -> None:
    css = (Path(__file__).parents[2] / "web" / "widget" / "widget.css").read_text("utf-8")
    [listed] = re.findall(r"The properties are (.*)", TEXT)
    properties = set(re.findall(r"var\(--pysync-(\w+)", css))
    parts = set(re.findall(r"\[part=\"(\w+)\"\]", css))
    named = set(re.findall(r"`(\w+)`", listed))
    assert properties
    assert (properties | parts) - named == set()
