"""The core scenarios in WebKitGTK. Skipped where it is not installed.

Its MiniBrowser runs on a display of its own and keeps an automated session in memory, so that the
death of the whole browser cannot be tried here.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from pysync_build.browsers import find_browsers
from tests.tabs.conftest import furnish
from tests.tabs.core import SCENARIOS, Open

FOUND = find_browsers()
MINI_BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))
PATIENCE_S = 150
SETTINGS = {
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    # Without the last stage of its WebAssembly compiler these tests cost half as much.
    "JSC_useOMGJIT": "0",
}
RUN = """
// A poll until the page's script has run, bounded by the driver: it may not have begun.
const [code, done] = arguments;
const answer = (value, error) => done({ value, error });
const wait = () => window.pysyncTest
    ? window.pysyncTest.run(code).then(answer, (error) => answer(null, error.message))
    : setTimeout(wait, 10);
wait();
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    # Selenium's own class for this browser uses an option that Selenium deprecates.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
    pytest.mark.skipif(
        not (FOUND["webkit"] and FOUND["xvfb"] and MINI_BROWSERS),
        reason="WebKitGTK's driver, its MiniBrowser or Xvfb is not installed",
    ),
]


class WebKitTab:
    """A window with the hotel in it; the driver speaks to one at a time."""

    def __init__(self, driver: WebKitGTK, url: str) -> None:
        self._driver = driver
        driver.switch_to.window(driver.window_handles[0])
        driver.switch_to.new_window("window")
        self._handle = driver.current_window_handle
        driver.get(url)
        furnish(self)

    def run(self, code: str) -> Any:
        """Run Python in it."""
        self._driver.switch_to.window(self._handle)
        answer = self._driver.execute_async_script(RUN, code)
        if answer["error"]:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def close(self) -> None:
        """Close it."""
        self._driver.switch_to.window(self._handle)
        self._driver.close()


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen that nobody sees."""
    read, write = os.pipe()
    server = subprocess.Popen(
        [str(FOUND["xvfb"]), "-displayfd", str(write), "-screen", "0", "1280x800x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def driver(display: str) -> Iterator[WebKitGTK]:
    """One browser, its storage empty."""
    options = Options()
    options.binary_location = str(MINI_BROWSERS[-1])
    options.add_argument("--automation")
    environment = {**os.environ, **SETTINGS, "DISPLAY": display}
    started = WebKitGTK(options=options, service=Service(FOUND["webkit"], env=environment))
    started.set_script_timeout(PATIENCE_S)
    yield started
    started.quit()


@pytest.fixture
def open_hotel(driver: WebKitGTK, blank_url: str) -> Open:
    """Opens tabs of this browser."""
    return lambda: WebKitTab(driver, blank_url)


@pytest.mark.req("TAB-01", "TAB-07", "TAB-08", "TAB-15", "TAB-17")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_the_core_holds_in_webkit(open_hotel: Open, scenario: Callable[[Open], None]) -> None:
    scenario(open_hotel)
