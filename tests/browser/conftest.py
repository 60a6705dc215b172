"""Tabs with the tests' own code in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import BrowserContext

from tests.support import Tab, TabFactory

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


@pytest.fixture
def open_tab(tab_factory: TabFactory) -> OpenTab:
    """Opens a bare test page and runs files of `in_page` in it: `open_tab("storage")`."""

    def open_with(*files: str, device: BrowserContext | None = None) -> Tab:
        tab = tab_factory(device=device)
        install_contracts(tab)
        for file in files:
            tab.run((IN_PAGE / f"{file}.py").read_text("utf-8") + "\nNone")
        return tab

    return open_with
