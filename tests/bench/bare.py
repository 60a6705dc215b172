"""A Chromium whose tabs live as a user's do: hidden ones are throttled, can freeze, can be killed.

Playwright's tabs are never hidden, so this one is driven by its debugging port alone: tabs are made
and brought forward by its HTTP addresses, and each has a socket of its own. Frozen is the browser's
own freeze of a hidden tab; a renderer is stopped or killed by its process id. Linux only: processes
are read from /proc.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import websocket

from tests.bench.rig import wait_for
from tests.support import CHROMIUM_FLAGS, chromium_without

FLAGS = (
    *CHROMIUM_FLAGS,
    "--headless=new",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    # Else a process waits in reserve, and which tab a process belongs to cannot be told.
    chromium_without("SpareRendererForSitePerProcess"),
    "--no-default-browser-check",
)
STARTS_WITHIN = 120
ANSWERS_WITHIN = 240
QUIET_S = 1.0
"""With no new process for so long, the browser has started."""


class BareTab:
    """One tab, driven over its own socket."""

    def __init__(self, browser: BareChromium, target: dict[str, Any]) -> None:
        self.browser = browser
        self.pid = 0
        """The process of its page, once that is loaded."""
        self.id: str = target["id"]
        self._numbers = itertools.count(1)
        self._socket = websocket.create_connection(
            target["webSocketDebuggerUrl"], timeout=ANSWERS_WITHIN
        )

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(self._socket.recv())
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        result = self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", details).get("description", details))
        return result["result"].get("value")

    def run(self, code: str) -> Any:
        """Run Python in a bare test page."""
        return self.evaluate(f"window.pysyncTest.run({json.dumps(code)})")

    def goto(self, url: str) -> None:
        """Navigate, and wait until the page's scripts may be called."""
        self.command("Page.navigate", url=url)
        wait_for(
            lambda: self.evaluate(
                f"document.readyState === 'complete' && location.href === '{url}'"
            ),
            STARTS_WITHIN,
            url,
        )

    def lifecycle(self, state: str) -> None:
        """Freeze (`frozen`) or thaw (`active`) a tab that is hidden."""
        self.command("Page.setWebLifecycleState", state=state)

    def front(self) -> None:
        """Bring the tab forward, which hides the others."""
        self.browser.ask(f"/json/activate/{self.id}")

    def close(self) -> None:
        """Close the tab as a user does."""
        self.drop()
        self.browser.ask(f"/json/close/{self.id}")

    def drop(self) -> None:
        """Let go of the socket alone."""
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self._socket.close()


class BareChromium:
    """The browser; a context manager that ends it."""

    def __init__(self, program: str, profile: Path, *flags: str) -> None:
        self._errors = (profile / "stderr").open("w")
        self.process = subprocess.Popen(
            [program, f"--user-data-dir={profile}", *FLAGS, *flags, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        self.tabs: list[BareTab] = []
        self.stopped: set[int] = set()
        port = profile / "DevToolsActivePort"
        wait_for(lambda: port.exists() and "\n" in port.read_text(), STARTS_WITHIN, "Chromium")
        self._address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        self._settle()

    def _settle(self) -> None:
        """Wait until the browser has started what it starts by itself."""
        seen, since = self.renderers(), time.monotonic()
        while not seen or time.monotonic() - since < QUIET_S:
            time.sleep(0.02)
            now = self.renderers()
            if now != seen:
                seen, since = now, time.monotonic()

    def __enter__(self) -> BareChromium:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the browser, stopped renderers included."""
        for pid in self.stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        for tab in self.tabs:
            tab.drop()
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._errors.close()

    def ask(self, path: str, method: str = "PUT") -> str:
        """The browser's answer to one of its HTTP addresses."""
        request = urllib.request.Request(self._address + path, method=method)
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN) as response:
            text: str = response.read().decode()
            return text

    def open(self, url: str) -> BareTab:
        """A new tab, in front."""
        before = self.renderers()
        tab = BareTab(self, json.loads(self.ask("/json/new?about:blank")))
        self.tabs.append(tab)
        tab.goto(url)
        new = self.renderers() - before
        assert len(new) == 1, f"a new tab made {len(new)} renderers: which is its own?"
        tab.pid = new.pop()
        return tab

    def renderers(self) -> set[int]:
        """The processes of this browser that run pages."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                pid, parent = read_stat(stat)
                children.setdefault(parent, []).append(pid)
        found: set[int] = set()
        waiting = [self.process.pid]
        while waiting:
            pid = waiting.pop()
            waiting.extend(children.get(pid, []))
            if is_renderer(pid):
                found.add(pid)
        return found

    def halt(self, pid: int) -> None:
        """Stop a renderer dead: no timer, no message, no answer."""
        self.stopped.add(pid)
        os.kill(pid, signal.SIGSTOP)

    def resume(self, pid: int) -> None:
        """Let a stopped renderer run on."""
        self.stopped.discard(pid)
        os.kill(pid, signal.SIGCONT)


def read_stat(stat: Path) -> tuple[int, int]:
    """A process's id and its parent's."""
    head, _, rest = stat.read_text().rpartition(")")
    return int(head.partition(" ")[0]), int(rest.split()[1])


def is_renderer(pid: int) -> bool:
    """Whether this process of Chromium runs pages."""
    try:
        return b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def kill(pid: int) -> float:
    """Kill a process at once; answers when, in milliseconds since 1970."""
    at = time.time() * 1000
    os.kill(pid, signal.SIGKILL)
    return at
