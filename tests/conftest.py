"""What all tests share: the real server, the real browser, tabs with Python in them, and the rows.

The server is a process of its own on a free port, with test pages and an empty data folder. The
browser is the installed Chromium. A tab made here fails its test when it logged an error that the
test did not announce. Where several processes run the suite, each has a server and browsers of its
own; only the bundle is shared, and built by one at a time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from pysync_build.browsers import require_chromium
from pysync_build.bundle import build_bundle
from tests.support import (
    BLANK,
    CHROMIUM_FLAGS,
    SHORT_LIVES,
    LoadedTo,
    Server,
    Tab,
    TabFactory,
    start_server,
    watch_errors,
)

ROWS = Path(__file__).with_name("requirements.txt")
PATIENCE_MS = 30_000
"""How long an expectation may take to come true on a busy machine; passing tests never wait."""
PROCESSES = min(3, (os.cpu_count() or 1) + 1)
"""How many run the whole suite: most of the time, a test waits for its browser."""
LONGEST = (
    *("tests/tabs/test_webkit.py", "tests/tabs/test_together.py", "tests/e2e/test_looks.py"),
    *("tests/sim/test_fleet.py", "tests/tabs/test_soak_devices.py", "tests/tabs/test_soak.py"),
)
"""Files that take minutes each: they begin first, so that none of them ends alone."""
SOAK_BEGINS_S, SOAK_STEP_S = 240, 10
"""What a soak may take on a busy machine, before anything happens and for each thing."""
PLAIN = {"Accept-Encoding": "identity"}
"""What these devices ask for: unpacking 50 MB is a seventh of what a tab costs. Packed files are
what `open_tiny`'s devices get, and all that start a browser of their own."""
settings.register_profile("busy", deadline=None)  # how long an example takes is no failure
settings.load_profile("busy")
PROVEN: pytest.StashKey[dict[str, list[str]]] = pytest.StashKey()


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The bundle of the sources as they are now."""
    return build_bundle()


@pytest.fixture(scope="session")
def server(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the whole run."""
    running = start_server(tmp_path_factory.mktemp("data"), "--port", "0", "--test-pages")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself, for tests that start a browser of their own."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        yield started


@contextmanager
def own_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lets what drives no browser call `asyncio.run`, though Playwright's loop, which runs in this
    thread for the whole session, is paused below it."""
    paused = asyncio._get_running_loop()
    if paused is None or "playwright" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(paused)


@pytest.fixture(autouse=True)
def own_loop_of_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """For tests, and what they set up by themselves."""
    with own_loop(request):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    request: pytest.FixtureRequest,
) -> Generator[None, object, object]:
    """For fixtures of a module, which are set up before that."""
    if request.scope == "function":
        return (yield)
    with own_loop(request):
        return (yield)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of the Chromium that tests drive."""
    return require_chromium()


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One Chromium for the whole run; each test opens devices of its own in it."""
    flags = [*CHROMIUM_FLAGS, SHORT_LIVES]
    started = playwright.chromium.launch(executable_path=chromium, args=flags)
    yield started
    started.close()


@pytest.fixture
def new_device(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Makes devices: browser profiles with storage of their own, closed when the test ends."""
    made: list[BrowserContext] = []

    def make() -> BrowserContext:
        made.append(browser.new_context(extra_http_headers=PLAIN))
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def device(new_device: Callable[[], BrowserContext]) -> BrowserContext:
    """The device that `tab_factory` uses when it is given none."""
    return new_device()


@pytest.fixture
def tab_factory(server: Server, device: BrowserContext) -> Iterator[TabFactory]:
    """Opens tabs, by default bare test pages on `device`; checks their errors at the end."""
    made: list[Tab] = []
    default = device

    def open_tab(
        path: str = BLANK, *, device: BrowserContext | None = None, wait_until: LoadedTo = "load"
    ) -> Tab:
        tab = Tab((device or default).new_page())
        made.append(tab)
        watch_errors(tab)
        tab.page.goto(server.url + path, wait_until=wait_until)
        return tab

    yield open_tab
    assert [error for tab in made for error in tab.errors] == []


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite: rows without proof, and how long to simulate."""
    parser.addoption(
        "--requirements",
        action="store_true",
        help="list the rows of tests/requirements.txt that no test names, and run nothing",
    )
    parser.addoption(
        "--sim-seeds",
        type=int,
        default=36,
        help="how many random worlds tests/sim lives through",
    )
    parser.addoption("--long", action="store_true", help="also run what is marked as long")
    parser.addoption("--soak-steps", type=int, default=18, help="how much happens in tests/tabs")
    parser.addoption("--soak-seed", type=int, default=1, help="which random life the tabs have")
    parser.addoption("--sim-first", type=int, default=1, help="the first seed of these worlds")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs in several processes; what was picked from it in one, and so does what
    is to be seen as it runs."""
    picks = ("file_or_dir", "keyword", "markexpr", "lf", "collectonly", "requirements")
    alone = config.getoption("capture") == "no" or any(config.getoption(p, None) for p in picks)
    return 0 if alone else PROCESSES


def pytest_configure(config: pytest.Config) -> None:
    """Listing runs nothing."""
    if config.getoption("--requirements"):
        config.option.collectonly = True


def known_rows() -> dict[str, str]:
    """The rows by id, in the order of the file."""
    lines = (line for line in ROWS.read_text("utf-8").splitlines() if line.strip())
    return {row: title for row, _, title in (line.partition(" ") for line in lines)}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse ids that are no row, and remember which rows are named."""
    if not config.getoption("--long"):
        left_out = pytest.mark.skip(reason="takes minutes: add --long")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(left_out)
    soaks_s = SOAK_BEGINS_S + SOAK_STEP_S * config.getoption("--soak-steps")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(soaks_s))
    rows = known_rows()
    proven: dict[str, list[str]] = {row: [] for row in rows}
    for item in items:
        for marker in item.iter_markers("req"):
            for row in marker.args:
                if row not in rows:
                    raise pytest.UsageError(f"{item.nodeid} names {row}, which is no row.")
                proven[row].append(item.nodeid)
    config.stash[PROVEN] = proven
    order = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.location[0], len(order)))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the rows that no test names."""
    if not config.getoption("--requirements"):
        return
    rows = known_rows()
    proven = config.stash[PROVEN]
    open_rows = [row for row in rows if not proven[row]]
    terminalreporter.section(f"{len(open_rows)} of {len(rows)} rows without a test that names them")
    for row in open_rows:
        terminalreporter.write_line(f"{row} {rows[row]}")
