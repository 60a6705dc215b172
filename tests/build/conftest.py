"""A server with the tiny application, for tests of how pages start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pysync_build.bundle import build_bundle
from pysync_build.common import TabConfig
from tests.support import Server, Tab, start_server, watch_errors

TINY = Path(__file__).with_name("tinyapp")


def tiny_config(title: str = "Tiny", *, snapshot: bool = True) -> TabConfig:
    """What a bundle with the tiny application is made from."""
    return TabConfig(
        packages=(TINY,),
        left_out=(),
        vendored=(),
        assets=TINY / "assets",
        entry="tinyapp.main:start",
        title=title,
        snapshot=snapshot,
    )


@pytest.fixture(scope="session")
def tiny_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build of the tiny application."""
    dist = tmp_path_factory.mktemp("tiny") / "dist"
    build_bundle(tiny_config(), dist=dist)
    return dist


@pytest.fixture
def tiny_server(tiny_dist: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own that serves it."""
    running = start_server(tmp_path, "--port", "0", dist=tiny_dist)
    yield running
    running.stop()


@pytest.fixture
def open_tiny(tiny_server: Server, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Opens the tiny application, prepared by `before(tab)`, on one device; checks for errors.

    No service worker runs there: what the test does to requests must reach them all.
    """
    made: list[Tab] = []
    device = browser.new_context(service_workers="block")

    def open_tab(before: Callable[[Tab], object] = lambda _: None, *, path: str = "/") -> Tab:
        tab = Tab(device.new_page())
        made.append(tab)
        watch_errors(tab)
        before(tab)
        tab.page.goto(tiny_server.url + path, wait_until="domcontentloaded")
        return tab

    yield open_tab
    device.close()
    assert [error for tab in made for error in tab.errors] == []
