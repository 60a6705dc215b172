"""A program in CPython that is a device of a relay where people sign in."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from pysync import Collection, Refused, Space
from pysync.errors import SignInNeeded
from pysync.native import joining, online, open_space
from tests.proxy import Network
from tests.server.relay_client import offer
from tests.server.visitor import Visitor, set_up, start

pytestmark = pytest.mark.req("SRV-27", "SRV-17")

HOTEL = "pysync_pms.schema:SCHEMA"
DOCS = Path(__file__).parents[2] / "web" / "docs" / "api.md"


@pytest.fixture(scope="module")
def owner(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The owner of a hotel with two rooms."""
    data = tmp_path_factory.mktemp("hotel")
    offer(data, "101", "102")
    server, link = start(data, HOTEL)
    yield set_up(server, link)
    server.stop()


def token(owner: Visitor, role: str, name: str) -> str:
    """A token that the owner makes."""
    owner.get("/account/programs")
    page = owner.send("/account/programs", do="make", name=name, role=role, lasts="30")
    found = re.search(r'id="secret" value="([^"]+)"', page.text)
    assert found is not None, page.words
    return found.group(1)


def run(life: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(life(), 60))


@pytest.mark.parametrize("blocked", [False, True])
def test_a_token_lets_a_device_in_with_its_role_until_it_is_revoked(
    owner: Visitor, tmp_path: Path, blocked: bool
) -> None:
    network = Network(owner.server.url)
    network.blocks_sockets = blocked
    name = "Sensor over HTTP" if blocked else "Sensor"
    relay, secret = f"{network.url}/sync", token(owner, "housekeeping", name)

    def begin(secret: str) -> Space:
        return open_space("hotel", path=tmp_path / "a.db", relay=relay, token=secret)

    async def life() -> None:
        for wrong in ("", "pysync_nobody"):
            with pytest.raises(SignInNeeded):
                begin(wrong)
        with begin(secret) as space:
            await online(space)
            rooms = Collection("rooms", space=space)
            await rooms.update("101", {"notes": name}).acknowledged()
            assert (await space.history("rooms", "101"))[-1].author == name
            with pytest.raises(Refused, match="Housekeeping may not"):
                await rooms.update("101", {"number": "7"}).acknowledged()
            owner.send(
                "/account/programs",
                do="revoke",
                program=owner.get("/account/programs").field("program"),
            )
            while space.status().relay == "online":
                await asyncio.sleep(0.01)
            rooms.update("102", {"notes": name})
            with pytest.raises(SignInNeeded, match="sign in again"):
                await online(space)
        with begin(token(owner, "housekeeping", name)) as space:
            assert space.status().pending == 1, "what was not sent is kept"
            await online(space)

    run(life)
    network.close()


@pytest.mark.req("SRV-21")
def test_who_may_do_everything_brings_a_space_and_what_others_made_in_it(
    owner: Visitor, tmp_path: Path
) -> None:
    relay = f"{owner.server.url}/sync"

    async def life() -> None:
        with open_space("brought", path=tmp_path / "a.db", author="import") as space:
            Collection("rooms", space=space).create({"id": "1", "number": "1"})
            stranger = joining(space, relay)
            await stranger.look()
            assert (stranger.stage, stranger.trouble) == ("idle", "signed-out")
            desk = joining(space, relay, token=token(owner, "front-desk", "Desk"))
            await desk.look()
            assert (desk.stage, desk.trouble) == ("idle", "refused")
            assert "Front desk may not bring" in desk.reason
            moved = asyncio.Event()
            steps = joining(space, relay, moved.set, token=token(owner, "owner", "Mover"))
            await steps.upload()
            while steps.stage != "uploaded":
                moved.clear()
                await moved.wait()
            [version] = await steps.courier.history("rooms", "1")  # type: ignore[union-attr]
            assert version.author == "import"
            steps.stop()

    run(life)


def test_the_example_follows_the_hotel(owner: Visitor, tmp_path: Path) -> None:
    section = DOCS.read_text("utf-8").partition("## A program that is a device itself")[2]
    (script,) = re.findall(r"```python\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    for secret, code in ((token(owner, "housekeeping", "Follower"), 0), ("pysync_old", 1)):
        command = [sys.executable, "-c", script, owner.server.url, secret, "102"]
        where = tmp_path / str(code)
        where.mkdir()
        done = subprocess.run(
            command, cwd=where, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code, done.stderr
        if code:
            assert "another token" in done.stderr
        else:
            assert "clean: ['102']" in done.stdout
