"""What the figures stand on: servers, browsers, tabs of ours and of the baselines, a common clock.

Everything is started when it is first asked for and ended by `close`. Floor: `tests.support`.
"""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from pysync_build.browsers import require_chromium
from pysync_build.common import ROOT
from tests.bench.site import PAGES, Site
from tests.support import CHROMIUM_FLAGS, WHOLE, Server, Tab, start_server

OURS = (Path(__file__).with_name("in_tab") / "ours.py").read_text("utf-8") + "\nNone"
CLOCK = (PAGES / "clock.js").read_text("utf-8")
FLAGS = (*CHROMIUM_FLAGS, "--enable-precise-memory-info")


class Rig:
    """One run's machinery; a context manager."""

    def __init__(self) -> None:
        self._ends = contextlib.ExitStack()
        self._names = iter(range(1, 1_000_000))
        self.dice = random.Random(2)

    def __enter__(self) -> Rig:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started, the newest first."""
        self._ends.close()

    def at_end(self, end: Callable[[], object]) -> None:
        """Call this when the rig is closed."""
        self._ends.callback(end)

    def folder(self) -> Path:
        """An empty folder that is removed at the end."""
        # A browser that is being killed may still write into its profile.
        made = tempfile.TemporaryDirectory(prefix="pysync-bench-", ignore_cleanup_errors=True)
        return Path(self._ends.enter_context(made))

    def fresh(self, what: str) -> str:
        """A name that no earlier round used."""
        return f"bench-{what}-{next(self._names)}"

    def serve(self, *more: str, dist: Path | None = None, data: Path | None = None) -> Server:
        """A server with test pages, of the bundle or of another build; `more` are its options."""
        where = {} if dist is None else {"dist": dist}
        options = ("--port", "0", "--test-pages", *more)
        server = start_server(data or self.folder(), *options, **where)
        self._ends.callback(server.stop)
        return server

    @cached_property
    def server(self) -> Server:
        """The server of the bundle as it is."""
        return self.serve()

    @cached_property
    def site(self) -> Site:
        """The server of the baselines."""
        site = Site()
        self._ends.callback(site.stop)
        return site

    @cached_property
    def chromium(self) -> str:
        """Chromium's program."""
        return require_chromium()

    @cached_property
    def playwright(self) -> Playwright:
        """Playwright, started."""
        return self._ends.enter_context(sync_playwright())

    @cached_property
    def browser(self) -> Browser:
        """One Chromium for the figures that need nothing special."""
        browser = self.playwright.chromium.launch(executable_path=self.chromium, args=list(FLAGS))
        self._ends.callback(browser.close)
        return browser

    @contextlib.contextmanager
    def device(self) -> Iterator[BrowserContext]:
        """A browser profile with storage of its own."""
        context = self.browser.new_context()
        try:
            yield context
        finally:
            context.close()

    def ours(self, device: BrowserContext, url: str = "") -> Tab:
        """A bare page with Python, in which `in_tab/ours.py` is installed; `url` is another
        server's."""
        tab = Tab(device.new_page())
        tab.page.goto((url or self.server.url) + WHOLE)
        tab.run(OURS)
        return tab

    def peer(self, device: BrowserContext, kind: str, name: str) -> Page:
        """A page of a baseline with its document open."""
        page = device.new_page()
        page.goto(self.site.url + "/peer.html")
        page.evaluate("([kind, name]) => peer.open(kind, name)", [kind, name])
        return page


def read(tab: Tab, call: str) -> Any:
    """What a call in the tab answers as JSON."""
    return json.loads(tab.run(call))


def offset(sender: Page, receiver: Page) -> float:
    """How many milliseconds the receiver's clock is ahead of the sender's."""
    for page in (sender, receiver):
        page.evaluate(CLOCK)
    receiver.evaluate("benchClock.serve()")
    found: dict[str, float] = sender.evaluate("benchClock.offset()")
    receiver.evaluate("benchClock.serve(false)")
    return found["ahead"]


def ahead(page: Page, trips: int = 100) -> float:
    """How many milliseconds the page's clock is ahead of this process's, by the quickest of many
    round trips: for tabs that have no channel in common."""
    best = (float("inf"), 0.0)
    for _ in range(trips):
        began = time.time() * 1000
        theirs: float = page.evaluate("performance.timeOrigin + performance.now()")
        ended = time.time() * 1000
        best = min(best, (ended - began, theirs - (began + ended) / 2))
    return best[1]


def rows(count: int) -> list[dict[str, Any]]:
    """Records as a front desk has them, the same in every run."""
    dice = random.Random(1)
    return [
        {
            "id": f"r{i:05}",
            "n": 0,
            "guest": f"Guest {dice.randrange(10_000)}",
            "room": str(100 + dice.randrange(400)),
            "status": dice.choice(["due", "in-house", "checked-out"]),
            "rate": dice.randrange(5_000, 40_000),
        }
        for i in range(count)
    ]


def ids(dice: random.Random, records: int, count: int) -> list[str]:
    """Ids to change one after another: every record as often, in no order."""
    chosen: list[int] = []
    while len(chosen) < count:
        lap = list(range(records))
        dice.shuffle(lap)
        chosen.extend(lap)
    return [f"r{i:05}" for i in chosen[:count]]


def wait_for(condition: Any, seconds: float, what: str) -> None:
    """Ask again and again until it holds.

    Raises:
        TimeoutError: it did not within that time; names `what` was waited for.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.01)


def commit_of(root: Path = ROOT) -> str:
    """The commit that is measured, with a mark if the sources differ from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "pysync", "web", "server")
    return (git("rev-parse", "--short", "HEAD") or "no commit") + (
        " with changes" if changed else ""
    )
