"""Servers where people sign in, and their owners."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.visitor import Visitor, set_up, start
from tests.support import Server


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server that nobody has an account at, and the link it printed."""
    server, link = start(tmp_path)
    yield server, link
    server.stop()


@pytest.fixture
def owner(fresh: tuple[Server, str]) -> Visitor:
    """The owner of a server, signed in."""
    return set_up(*fresh)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """An owner whom several tests share, which change nothing."""
    server, link = start(tmp_path_factory.mktemp("house"))
    yield set_up(server, link)
    server.stop()


@pytest.fixture(scope="module")
def vacant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server that stays without an owner."""
    server, link = start(tmp_path_factory.mktemp("vacant"))
    yield server, link
    server.stop()
