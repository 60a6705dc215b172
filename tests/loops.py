"""Event loops of tests beside Playwright's, which runs in this thread for a whole session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def own_loop() -> Iterator[None]:
    """Lets a test call `asyncio.run` while Playwright's loop is paused below it."""
    paused = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(paused)
