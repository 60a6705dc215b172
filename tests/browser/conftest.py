"""Tabs with the tests' own code in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.conftest import PLAIN
from tests.support import BLANK, Server, Tab, TabFactory, watch_errors

ROOT = Path(__file__).parents[2]
IN_PAGE = Path(__file__).with_name("in_page")
OpenTab = Callable[..., Tab]


class RunsPython(Protocol):
    """A page of any browser that runs our code."""

    def run(self, code: str) -> object:
        """Run it."""


def install_contracts(tab: RunsPython) -> None:
    """Put `pysync.testing.contracts` into the page; the bundle leaves it out."""
    files = {
        str(path.relative_to(ROOT / "pysync")): path.read_text("utf-8")
        for path in (ROOT / "pysync" / "testing").glob("**/*.py")
        if path.parent.name in {"testing", "contracts"}
    }
    tab.run(
        f"""
import pathlib, pysync
for _name, _text in {files!r}.items():
    _path = pathlib.Path("/contracts/pysync", _name)
    _path.parent.mkdir(parents=True, exist_ok=True)
    _path.write_text(_text)
if "/contracts/pysync" not in pysync.__path__:
    pysync.__path__.append("/contracts/pysync")
"""
    )


def bring(tab: Tab, *files: str) -> Tab:
    """Run files of `in_page` in a bare test page; answers it."""
    install_contracts(tab)
    for file in files:
        tab.run((IN_PAGE / f"{file}.py").read_text("utf-8") + "\nNone")
    return tab


@pytest.fixture
def open_tab(tab_factory: TabFactory) -> OpenTab:
    """Opens a bare test page and runs files of `in_page` in it: `open_tab("storage")`."""

    def open_with(*files: str, device: BrowserContext | None = None) -> Tab:
        return bring(tab_factory(device=device), *files)

    return open_with


class Pool:
    """Tabs of one device that the tests of a module use one after the other: none of them closes
    one, or leaves anything open in it."""

    def __init__(self, device: BrowserContext, url: str) -> None:
        self._device = device
        self._url = url
        self._tabs: list[Tab] = []

    def take(self, count: int) -> list[Tab]:
        """The first `count` of them, with `adapters` in them."""
        while len(self._tabs) < count:
            tab = Tab(self._device.new_page())
            watch_errors(tab)
            tab.page.goto(self._url + BLANK)
            self._tabs.append(bring(tab, "adapters"))
        return self._tabs[:count]

    def check(self) -> None:
        """Nothing is open in any, and none has logged an error."""
        left = [tab.run("await nothing_left()") for tab in self._tabs]
        assert left == [{}] * len(self._tabs)
        assert [error for tab in self._tabs for error in tab.errors] == []


@pytest.fixture(scope="module")
def module_pool(server: Server, browser: Browser) -> Iterator[Pool]:
    """The tabs that the tests of a module share."""
    context = browser.new_context(extra_http_headers=PLAIN)
    yield Pool(context, server.url)
    context.close()


@pytest.fixture
def pool(module_pool: Pool) -> Iterator[Pool]:
    """Tabs that earlier tests may have used; a test leaves nothing open in them."""
    yield module_pool
    module_pool.check()
