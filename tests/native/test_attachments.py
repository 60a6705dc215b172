"""Attachments between programs as devices, around a real relay process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pysync import Space
from pysync.attachments import Attachments, unsent_on
from pysync.errors import InvalidValue, NotDurable
from pysync.machines.carried import SOME_LOG, Shelved
from pysync.native import open_attachments, open_space
from pysync.native.attachments import FileShelf
from pysync.shelf import Carrier, MemoryShelf, Shelf
from pysync.testing.contracts.shelf import SHELF_CASES
from pysync_pms.commands import CreateStaff, perform
from pysync_pms.expenses.claim_commands import SubmitClaim
from pysync_pms.expenses.commands import CreateExpense
from pysync_pms.schema import SCHEMA
from tests.native.test_joining import Steps
from tests.support import Server, start_server

pytestmark = [pytest.mark.req("PMS-06", "PMS-07")]

PATIENCE = 60
TODAY = "2026-11-22"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 800
PDF = b"%PDF-1.7 a long receipt"


@pytest.fixture
def relay(bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A relay of a hotel."""
    running = serve(tmp_path / "server", "0")
    yield running
    running.stop()


def serve(data: Path, port: str) -> Server:
    data.mkdir(exist_ok=True)
    return start_server(data, "--port", port, "--relay", "pysync_pms.schema:SCHEMA", "--open")


@asynccontextmanager
async def device(path: Path, relay: Server | None) -> Any:
    """A space and its attachments."""
    address = f"{relay.url}/sync" if relay is not None else ""
    with open_space("hotel", schema=SCHEMA, path=path, relay=address) as space:
        found = await open_attachments(space)
        try:
            yield space, found
        finally:
            found.close()


async def until(space: Space, found: Attachments, holds: Callable[[], bool]) -> None:
    """Wait until it holds; it is asked whenever something happens."""
    moved = asyncio.Event()
    stops = [
        space.on_change(lambda _: moved.set()),
        space.on_status(lambda _: moved.set()),
        found.on_change(lambda _: moved.set()),
    ]
    try:
        while not holds():
            moved.clear()
            await asyncio.wait_for(moved.wait(), PATIENCE)
    finally:
        for stop in stops:
            stop()


def spend(space: Space, picture: str) -> None:
    perform(
        space,
        CreateStaff(id="s", name="Ann", role="reception"),
        CreateExpense(id="e", staff="s", on=TODAY, category="meals", amount=1200, picture=picture),
        SubmitClaim(collection="expenses", id="e", on=TODAY),
        view=space.view,
        today=TODAY,
    )


def picture(space: Space) -> str:
    return str((space.view.get("expenses", "e") or {}).get("picture") or "")


def test_what_one_device_attaches_another_sees(relay: Server, tmp_path: Path) -> None:
    async def life() -> None:
        async with (
            device(tmp_path / "a.db", relay) as (a, mine),
            device(tmp_path / "b.db", relay) as (b, theirs),
        ):
            digest = await mine.add(JPEG)
            assert mine.stands(digest) == "waiting"
            assert mine.unsent() == [], "no record names it"
            spend(a, digest)
            assert mine.unsent() == [digest]
            await until(b, theirs, lambda: picture(b) == digest)
            assert await theirs.get(digest) is None
            await until(b, theirs, lambda: theirs.stands(digest) == "here")
            assert await theirs.get(digest) == JPEG
            await until(a, mine, lambda: mine.stands(digest) == "here")
            assert mine.unsent() == []

    asyncio.run(life())


@pytest.mark.req("SRV-05")
def test_what_was_attached_offline_is_sent_by_the_next_life_of_the_device(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        port = relay.url.rpartition(":")[2]
        async with device(tmp_path / "a.db", relay) as (a, mine):
            await until(a, mine, lambda: a.status().relay == "online")
            relay.process.kill()
            relay.stop()
            digest = await mine.add(PDF)
            spend(a, digest)
            await until(a, mine, lambda: a.status().relay != "online")
            assert mine.stands(digest) == "waiting"
        relay.process = serve(relay.data, port).process
        async with device(tmp_path / "b.db", relay) as (b, theirs):
            theirs.want(digest)
            assert theirs.stands(digest) in ("coming", "away")
            async with device(tmp_path / "a.db", relay) as (a, mine):
                await until(a, mine, lambda: mine.stands(digest) == "here")
            await until(b, theirs, lambda: theirs.stands(digest) == "here")
            assert await theirs.get(digest) == PDF
            assert picture(b) == digest

    asyncio.run(life())


def test_of_two_tabs_the_leader_sends_what_the_other_took(relay: Server, tmp_path: Path) -> None:
    async def life() -> None:
        async with (
            device(tmp_path / "a.db", relay) as (one, leading),
            device(tmp_path / "a.db", relay) as (two, following),
        ):
            await until(one, leading, lambda: one.status().relay == "online")
            assert (one.is_leader, two.is_leader) == (True, False)
            digest = await following.add(JPEG)
            spend(two, digest)
            await until(two, following, lambda: following.stands(digest) == "here")
            assert leading.stands(digest) == "here"
            assert await leading.get(digest) == JPEG, "one shelf"

    asyncio.run(life())


def test_a_tab_that_comes_to_lead_sends_what_it_was_not_told_of(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        async with device(tmp_path / "a.db", relay) as (one, leading):
            await until(one, leading, lambda: one.status().relay == "online")
            async with device(tmp_path / "a.db", relay) as (two, heir):
                await until(two, heir, lambda: two.status().relay == "online")
                digest = sha256(PDF).hexdigest()
                now = one.host.now().wall
                await leading._shelf.put(Shelved(digest, len(PDF), "", now, now), PDF)
                spend(one, digest)
                await until(two, heir, lambda: picture(two) == digest)
                assert heir.unsent() == [], "the author died before it told anybody"
                leading.close()
                one.close()
                await until(two, heir, lambda: heir.stands(digest) == "here")
                assert two.is_leader

    asyncio.run(life())


def test_a_hotel_without_a_server_keeps_them_and_brings_them_along(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        async with device(tmp_path / "a.db", None) as (a, mine):
            digest = await mine.add(JPEG)
            spend(a, digest)
            assert mine.stands(digest) == "waiting"
            assert await mine.get(digest) == JPEG
            await (await Steps(a, relay.url).upload()).switch_on()
        async with device(tmp_path / "a.db", relay) as (a, mine):
            await until(a, mine, lambda: mine.stands(digest) == "here")
        async with device(tmp_path / "b.db", relay) as (b, theirs):
            theirs.want(digest)
            await until(b, theirs, lambda: theirs.stands(digest) == "here")

    asyncio.run(life())


def test_what_cannot_be_attached_is_refused_at_once(tmp_path: Path) -> None:
    async def life() -> None:
        async with device(tmp_path / "a.db", None) as (_, mine):
            for data, code in ((b"<svg>", "media"), (PDF.ljust(3_000_000), "too-large")):
                with pytest.raises(InvalidValue) as refused:
                    await mine.add(data)
                assert refused.value.code == code
            (tmp_path / "c.db.attachments").write_text("no database at all, but long enough " * 9)
            with open_space("hotel", path=tmp_path / "c.db") as space, pytest.raises(NotDurable):
                await open_attachments(space)

    asyncio.run(life())


class Lying:
    """A way to the relay on which something else arrives first."""

    def __init__(self, way: Carrier) -> None:
        self.way = way
        self.asked = 0

    async def give(self, digest: str, data: bytes) -> int:
        return await self.way.give(digest, data)

    async def take(self, digest: str) -> tuple[int, bytes]:
        self.asked += 1
        return (200, PDF) if self.asked == 1 else await self.way.take(digest)


def test_shelf_2_what_came_is_not_shown_before_it_is_what_its_digest_says(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        async with (
            device(tmp_path / "a.db", relay) as (a, mine),
            device(tmp_path / "b.db", relay) as (b, theirs),
        ):
            digest = await mine.add(JPEG)
            spend(a, digest)
            await until(a, mine, lambda: mine.stands(digest) == "here")
            await until(b, theirs, lambda: picture(b) == digest)
            way = theirs._carrier = Lying(theirs._carrier)
            assert await theirs.get(digest) is None
            await until(b, theirs, lambda: theirs.stands(digest) == "here")
            assert await theirs.get(digest) == JPEG
            assert way.asked == 2

    asyncio.run(life())


class FilePlace:
    """A file that several programs use."""

    def __init__(self, path: Path) -> None:
        self.path = path / "shelf"

    def open(self) -> Shelf:
        return FileShelf(self.path)


class MemoryPlace:
    """One object that the tabs of a process share."""

    def __init__(self, _: Path) -> None:
        self.shelf = MemoryShelf()

    def open(self) -> Shelf:
        return self.shelf


@pytest.mark.parametrize("place", [FilePlace, MemoryPlace])
@pytest.mark.parametrize("case", SHELF_CASES)
def test_it_keeps_the_contract_of_a_shelf(
    tmp_path: Path,
    place: Callable[[Path], FilePlace],
    case: Callable[[FilePlace], Coroutine[Any, Any, None]],
) -> None:
    asyncio.run(case(place(tmp_path)))


class Slow(MemoryShelf):
    """A shelf whose storage gives no answer at times."""

    answers = True

    async def rows(self) -> list[Shelved]:
        self._ask()
        return await super().rows()

    async def get(self, digest: str) -> bytes | None:
        self._ask()
        return await super().get(digest)

    async def note(self, row: Shelved) -> None:
        self._ask()
        await super().note(row)

    def _ask(self) -> None:
        if not self.answers:
            raise NotDurable("blocked", "it does not answer")


def test_shelf_3_a_storage_that_gives_no_answer_makes_nobody_forget_what_waits(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        async with device(tmp_path / "a.db", relay) as (a, opened):
            opened.close()
            shelf = Slow()
            now = a.host.now().wall
            digest = sha256(PDF).hexdigest()
            await shelf.put(Shelved(digest, len(PDF), "", now, now), PDF)
            spend(a, digest)
            shelf.answers = False
            mine = Attachments(a, shelf, opened._carrier, a.host.timers, spawn)
            await mine.begin()
            shelf.answers = True
            await until(a, mine, lambda: mine.stands(digest) == "here")
            shelf.answers = False
            assert await mine.get(digest) is None
            assert mine.stands(digest) == "here"
            shelf.answers = True
            assert await mine.get(digest) == PDF
            mine.close()

    asyncio.run(life())


def test_shelf_3_what_could_not_be_read_to_be_sent_is_sent_later(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        async with device(tmp_path / "a.db", relay) as (a, opened):
            opened.close()
            shelf = Slow()
            mine = Attachments(a, shelf, opened._carrier, a.host.timers, spawn)
            await mine.begin()
            await until(a, mine, lambda: a.status().relay == "online")
            digest = await mine.add(PDF)
            told: list[str] = []
            mine.on_change(told.append)
            shelf.answers = False
            spend(a, digest)
            await until(a, mine, lambda: digest in told)
            assert (mine.unsent(), mine.stands(digest)) == ([digest], "waiting")
            with pytest.raises(NotDurable):
                await unsent_on(shelf, a)
            shelf.answers = True
            assert await unsent_on(shelf, a) == [digest]
            await until(a, mine, lambda: mine.stands(digest) == "here")
            mine.close()
            await asyncio.gather(*TASKS)
            assert await unsent_on(shelf, a) == []

    asyncio.run(life())


def test_what_is_added_again_is_there_though_another_tab_let_go_of_it(tmp_path: Path) -> None:
    async def life() -> None:
        async with device(tmp_path / "a.db", None) as (_, mine):
            digest = await mine.add(PDF)
            await mine._shelf.drop(digest)
            assert await mine.add(PDF) == digest
            assert await mine.get(digest) == PDF

    asyncio.run(life())


def test_rows_that_say_only_whether_they_were_sent_are_read(tmp_path: Path) -> None:
    async def life() -> None:
        shelf = FileShelf(tmp_path / "shelf")
        for digest, sent in (("a", True), ("b", False)):
            shelf._do("INSERT INTO shelf VALUES (?, 1, ?, 1, 1, ?)", digest, sent, b"x")
        assert [row.sent for row in await shelf.rows()] == [SOME_LOG, ""]
        shelf.close()

    asyncio.run(life())


TASKS: set[asyncio.Task[None]] = set()


def spawn(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)


def test_a_shelf_that_was_closed_gives_no_answer(tmp_path: Path) -> None:
    async def life() -> None:
        shelf = FileShelf(tmp_path / "shelf")
        row = Shelved("d", 1, "", 1.0, 1.0)
        await shelf.put(row, b"x")
        shelf.close()
        for work in (shelf.rows(), shelf.get("d"), shelf.drop("d"), shelf.put(row, b"x")):
            with pytest.raises(NotDurable):
                await work

    asyncio.run(life())
