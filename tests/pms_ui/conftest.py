"""A tab with an application of this interface in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import Tab, TabFactory

HERE = Path(__file__).parent
SETUP = """
() => {
  const build = JSON.parse(document.getElementById("pysync-build").textContent);
  document.body.replaceChildren(Object.assign(document.createElement("div"), { id: "app" }));
  history.replaceState(null, "", "/resort/rooms");
  document.documentElement.lang = "en";
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
  link.href = new URL(build.style, location.origin);
  return new Promise((resolve, reject) => {
    [link.onload, link.onerror] = [resolve, reject];
    document.head.append(link);
  }).then(() => document.fonts.ready).then(() => undefined);
}
"""


@pytest.fixture
def lab(tab_factory: TabFactory) -> Tab:
    """A bare page with the style sheets and the application of `in_page/lab.py` running in it."""
    tab = tab_factory()
    tab.page.evaluate("() => pysyncTest.ready.then(() => undefined)")
    tab.page.evaluate(SETUP)
    support = (HERE / "support.py").read_text("utf-8")
    tab.run(f"import pathlib; pathlib.Path('pms_ui_support.py').write_text({support!r}); None")
    tab.run((HERE / "in_page" / "lab.py").read_text("utf-8") + "\nNone")
    expect(tab.page.locator("#screen-title")).to_have_text("Lab")
    return tab


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
