"""Screens that are loaded when somebody goes there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pysync_pms.ui.router import parse
from pysync_pms.ui.screen import Screen
from pysync_pms.ui.screens.later import Later

CODE = """
import sys
import pysync_pms.ui.screens, pysync_pms.ui.frame
print([name for name in sys.modules if name.startswith("pysync_pms.ui.screens.")])
"""


def test_a_screen_is_made_when_it_is_asked_for_and_once() -> None:
    made: list[str] = []

    def make() -> Screen:
        made.append("it")
        return Later("x", "Itself", lambda: pytest.fail("nobody asked for this one"))

    later = Later("x", "A screen", make)
    route = parse("/hotel/x")
    assert later.title(route) == "A screen"
    assert made == []
    first = later.screen
    assert later.screen is first
    assert later.title(route) == "Itself", "what the screen itself says"
    assert made == ["it"]


def test_the_start_loads_neither_expenses_nor_the_staff_portal() -> None:
    paths = [path for path in sys.path if path]
    code = f"import sys\nsys.path[:0] = {paths!r}\n{CODE}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "screens.home" in done.stdout
    for name in ("expenses", "staff"):
        assert f"screens.{name}" not in done.stdout
