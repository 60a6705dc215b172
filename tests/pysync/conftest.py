"""Fixtures of the core's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pysync.desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A device whose tabs each bridge a store; all stop at the end."""
    desk = Desk()
    yield desk
    for sync in desk.syncs:
        sync.stop()
