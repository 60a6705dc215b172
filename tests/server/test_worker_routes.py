"""The service worker leaves alone what the server answers itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from pysync.model.schema import Schema
from pysync_server.app import Settings, create_app

SOURCE = Path(__file__).parents[2] / "web" / "boot" / "sw.js"


@pytest.fixture
def not_ours() -> re.Pattern[str]:
    """The worker's own rule; its grammar means the same in Python."""
    found = re.search(r"NOT_OURS =\s+/(\^.+\$)/;", SOURCE.read_text("utf-8"))
    assert found
    return re.compile(found[1].replace(r"\/", "/"))


async def served(settings: Settings) -> list[str]:
    """The paths of the server's own answers."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        return [getattr(route, "path", "") for route in app.routes]


@pytest.mark.req("PMS-12", "SRV-16")
def test_no_page_of_the_server_is_ever_replaced_by_the_application(
    bundle: Path, tmp_path: Path, not_ours: re.Pattern[str]
) -> None:
    paths = asyncio.run(served(Settings(dist=bundle.parent, data=tmp_path, relay=Schema())))
    assert "/account/programs" in paths
    asked = {re.sub(r"\{\w+\}", "a", path) for path in paths if path != "/{path:path}"}
    assert {path for path in asked if not not_ours.fullmatch(path)} == set()


@pytest.mark.req("TAB-02")
@pytest.mark.parametrize("path", ["/", "/demo", "/demo/tape", "/accounts", "/testing", "/synced/a"])
def test_every_page_of_the_application_opens_offline(not_ours: re.Pattern[str], path: str) -> None:
    assert not not_ours.fullmatch(path)
