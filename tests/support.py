"""What fixtures and tests share: a running server, a tab, and how both are made."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from playwright.sync_api import BrowserContext, Page

from pysync_build.common import DIST

_WITHOUT = (
    # The address bar's popups are pages, too: two renderers and a second of work per window.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # What Playwright does without; its list is replaced by this one.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("DialMediaRouteProvider", "GlobalMediaControls", "LensOverlay", "MediaRouter"),
    *("PaintHolding", "ThirdPartyStoragePartitioning", "Translate", "OptimizationHints"),
    *("BlockOriginHeaderModificationOnRedirect", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("AutoDeElevate", "NetworkTimeServiceQuerying", "AimEnabled"),
)


def chromium_without(*features: str) -> str:
    """The switch that turns these features off, besides those that no test wants. Of several such
    switches Chromium heeds the last."""
    return f"--disable-features={','.join((*_WITHOUT, *features))}"


CHROMIUM_FLAGS = (
    chromium_without(),
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHORT_LIVES = "--js-flags=--liftoff-only"
"""No second, better compilation of WebAssembly: a sixth of all that a test's tab costs, and over
before it would pay. Not where Python computes for more than some seconds: it is slower by half."""
BLANK = "/test/blank.html"
"""Python as the application has it: from the memory snapshot, with the trimmed library."""
WHOLE = "/test/whole.html"
"""Python from the zips, with all of its library."""
LoadedTo = Literal["load", "commit"]


@dataclass(slots=True)
class Server:
    """A running server: its address without a slash at the end, and its data folder."""

    url: str
    data: Path
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End the process and wait for it; does nothing when it has ended."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_server(data: Path, *options: str, dist: Path = DIST) -> Server:
    """Start a server and wait until it says that it accepts connections."""
    command = [sys.executable, "-m", "pysync_server", "--dist", str(dist), "--data", str(data)]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("serving "), f"the server did not start: {line!r}"
    return Server(url=line.split()[1].rstrip("/"), data=data, process=process)


@dataclass(slots=True)
class Tab:
    """One live page, with what it logged as errors."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def run(self, code: str) -> Any:
        """Run asynchronous Python in the tab (bare test pages only); returns its last expression.

        All calls of one page share a namespace. Raises Playwright's error with the traceback.
        """
        return self.page.evaluate("code => window.pysyncTest.run(code)", code)


class TabFactory(Protocol):
    """Opens tabs; those of one device share its storage."""

    def __call__(
        self,
        path: str = BLANK,
        *,
        device: BrowserContext | None = None,
        wait_until: LoadedTo = "load",
    ) -> Tab:
        """Open a page of the server and wait for its load event, or with `commit` only until it
        begins to load."""


def watch_errors(tab: Tab) -> None:
    """Note what the page logs as errors; a test that expects some clears the list."""
    page = tab.page
    page.on("pageerror", lambda error: tab.errors.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            tab.errors.append(f"{page.url}: {message.text}") if message.type == "error" else None
        ),
    )
