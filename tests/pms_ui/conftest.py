"""A tab with an application of this interface in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import WHOLE, Server, Tab, watch_errors

HERE = Path(__file__).parent
EMPTY = """
() => {
  document.body.replaceChildren(Object.assign(document.createElement("div"), { id: "app" }));
  history.pushState(null, "", "/resort/rooms");
}
"""
STYLES = """
() => {
  const build = JSON.parse(document.getElementById("pysync-build").textContent);
  document.documentElement.lang = "en";
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
  link.href = new URL(build.style, location.origin);
  return new Promise((resolve, reject) => {
    [link.onload, link.onerror] = [resolve, reject];
    document.head.append(link);
  }).then(() => document.fonts.ready).then(() => undefined);
}
"""


@pytest.fixture(scope="module")
def python_tab(server: Server, browser: Browser) -> Iterator[Tab]:
    """A bare page with all of Python and the style sheets in it, one for all tests of a file."""
    context = browser.new_context()
    tab = Tab(context.new_page())
    watch_errors(tab)
    tab.page.goto(server.url + WHOLE)
    tab.page.evaluate("() => pysyncTest.ready.then(() => undefined)")
    tab.page.evaluate(STYLES)
    support = (HERE / "support.py").read_text("utf-8")
    tab.run(f"import pathlib; pathlib.Path('pms_ui_support.py').write_text({support!r}); None")
    yield tab
    context.close()


@pytest.fixture
def lab(python_tab: Tab) -> Iterator[Tab]:
    """The application of `in_page/lab.py`, started anew on an emptied page, and stopped at the end;
    no test may leave an error in the console or in the application."""
    tab = python_tab
    tab.page.set_viewport_size({"width": 1280, "height": 720})
    tab.page.evaluate(EMPTY)
    tab.run((HERE / "in_page" / "lab.py").read_text("utf-8") + "\nNone")
    expect(tab.page.locator("#screen-title")).to_have_text("Lab")
    yield tab
    told = tab.run("app.stop(); [repr(error) for error in errors]")
    logged, tab.errors[:] = list(tab.errors), []
    assert (told, logged) == ([], [])


@pytest.fixture
def draw() -> Callable[[Tab, str], None]:
    """Run Python in the tab, draw the screen whole, and wait until that frame was painted."""

    def run(tab: Tab, code: str) -> None:
        tab.run(f"{code}\napp.refresh()\nNone")
        painted(tab.page)

    return run


def painted(page: Page) -> None:
    """Wait until the frames asked for so far have run."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        ".then(() => undefined)"
    )
