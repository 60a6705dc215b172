"""The page with no network, and after an update: the service worker and its caches."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pysync_build.bundle import build_bundle
from tests.build.conftest import tiny_config
from tests.support import Server, start_server

WORKER_IS_CURRENT = """async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    await new Promise((resolve, reject) => {
        const look = () => {
            if (worker.state === "activated") resolve();
            if (worker.state === "redundant") reject(new Error("the worker was discarded"));
        };
        worker.addEventListener("statechange", look);
        look();
    });
}"""
CACHES = "async () => (await caches.keys()).sort()"
CACHED = "async () => (await (await caches.open((await caches.keys())[0])).keys()).map(r => r.url)"


def ready_for_offline(page: Page) -> None:
    """Wait until the worker has everything it needs."""
    expect(page.locator("h1")).to_have_text("Tiny")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")


def built(page: Page) -> str:
    """The id of the build that the page started from."""
    found: str = page.evaluate("__pysync.build.id")
    return found


@pytest.mark.req("TAB-02", "PMS-12")
@pytest.mark.parametrize("path", ["/", "/rooms?floor=2"])
def test_opens_with_no_network_on_any_address(
    tiny_server: Server, device: BrowserContext, path: str
) -> None:
    page = device.new_page()
    page.goto(tiny_server.url)
    ready_for_offline(page)
    tiny_server.stop()
    for tab in (page, device.new_page()):
        tab.goto(tiny_server.url + path)
        expect(tab.locator("#name")).to_have_text("tinyapp")
        expect(tab.locator("#app[data-stale]")).to_have_count(0)


def test_keeps_every_file_the_page_needs_and_no_test_page(
    tiny_server: Server, device: BrowserContext
) -> None:
    page = device.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path))
    page.goto(tiny_server.url)
    ready_for_offline(page)
    kept = {urlsplit(url).path for url in page.evaluate(CACHED)}
    assert {path for path in asked if path != "/sw.js"} <= kept
    assert not {path for path in kept if "test" in path or "full" in path}


def lasting_port() -> int:
    """A free port that the system gives nobody who asks for any, while its server is away."""
    for port in range(20_000, 30_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port between 20000 and 30000")


def load_until(page: Page, url: str, title: str) -> None:
    """Load until the page has that title: a server that does not answer in 150 ms, as on a busy
    machine, is not waited for, and the page is the one that is kept."""
    for _ in range(20):
        page.goto(url)
        if page.title().strip() == title:
            return
    expect(page).to_have_title(title)


class TestUpdate:
    """A new build on a server that a browser already knows."""

    @pytest.fixture
    def deploy(self, tmp_path: Path) -> Callable[[str], Path]:
        """Builds the tiny application under a title; returns the folder to serve."""

        def build(title: str) -> Path:
            dist = tmp_path / "dist"
            build_bundle(tiny_config(title), dist=dist)
            return dist

        return build

    def test_the_next_load_is_the_new_build_and_the_old_files_go(
        self, deploy: Callable[[str], Path], device: BrowserContext, tmp_path: Path
    ) -> None:
        page = device.new_page()
        builds = []
        port = str(lasting_port())
        for title in ("First", "Second", "Third"):
            server = start_server(tmp_path, "--port", port, dist=deploy(title))
            load_until(page, server.url, title)
            builds.append(built(page))
            page.evaluate(WORKER_IS_CURRENT)
            server.stop()
        assert len(set(builds)) == 3
        page.goto(page.url)
        assert built(page) == builds[-1]
        expect(page.locator("h1")).to_have_text("Tiny")
        kept = page.evaluate(CACHES)
        assert kept == sorted(f"pysync-build-{build}" for build in builds[1:])
