"""Spaces that were kept without a relay come to one: nothing twice, nothing lost, nothing
overwritten in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pysync import Collection, Space, SyncedKV, UsageError
from pysync.first_state import export_first_state, read_first_state
from pysync.joining import Joining
from pysync.native import joining, open_space
from pysync.native.first_state import fetch_state
from pysync.native.sqlite import SqliteStore
from pysync_pms.schema import SCHEMA as HOTEL_SCHEMA
from pysync_pms.staffing.time_commands import ClockOut
from tests.native.test_relay_spaces import sent, until
from tests.pms.claims_support import approve
from tests.pms.claims_support import pay as pay_claims
from tests.pms.stock_support import receive
from tests.pms.support import give
from tests.pms.test_folio import charge
from tests.pms.test_founding import NINE, full_house, records
from tests.pms.test_invoices import issue
from tests.proxy import Network
from tests.pysync.house import SCHEMA, book
from tests.server.relay_client import offer
from tests.support import Server, start_server

PATIENCE = 60
HOTEL = "pysync_pms.schema:SCHEMA"


@pytest.fixture(scope="module")
def relay(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay with a hotel of two rooms; every test has a space of its own beside it."""
    data = tmp_path_factory.mktemp("relay")
    offer(data, "101", "102")
    running = start_server(data, "--port", "0", "--relay", "any", "--open")
    yield running
    running.stop()


class Steps:
    """The steps of a space, and waiting for one of them."""

    def __init__(self, space: Space, url: str) -> None:
        self._moved = asyncio.Event()
        self.joining: Joining = joining(space, f"{url}/sync", self._moved.set)

    async def until(self, holds: Callable[[Joining], bool]) -> None:
        """Wait until it holds."""
        while not holds(self.joining):
            self._moved.clear()
            await asyncio.wait_for(self._moved.wait(), PATIENCE)

    async def upload(self) -> Joining:
        """All of it."""
        await self.joining.upload()
        await self.until(lambda j: j.stage == "uploaded")
        return self.joining


def seeded(path: Path, relay: Server, space: str = "hotel") -> None:
    """A space that a page began with the first state of the server, when that was no relay."""
    text = (relay.data / "first-state" / "hotel.json").read_text("utf-8")
    store = SqliteStore(path)
    store.seed(read_first_state(text, "hotel"), lambda _: None)
    store.close()


def follow(relay: Server, path: Path, name: str) -> Space:
    """A device of the relay."""
    return open_space(name, path=path, relay=f"{relay.url}/sync")


def run(life: Callable[[], object]) -> None:
    asyncio.run(life())  # type: ignore[arg-type]


@pytest.mark.req("SRV-21")
def test_a_space_comes_to_an_empty_relay_with_its_history_step_by_step(
    relay: Server, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"

    async def life() -> None:
        with open_space("alone", path=path) as space:
            todos, n = Collection("todos", space=space), SyncedKV("n", 0, space=space)
            todos.create({"id": "1", "text": "towels"})
            todos.update("1", {"text": "sheets"})
            n.set(lambda value: value + 2)
            steps = Steps(space, relay.url)
            await steps.joining.look()
            compared = steps.joining.comparison
            assert compared is not None
            assert (compared.here, compared.there, compared.only_here) == (2, 0, 2)
            with pytest.raises(UsageError, match="once everything is uploaded"):
                await steps.joining.switch_on()
            await steps.upload()
            assert space.status().relay == "none", "the local copy is as it was"
            todos.update("1", {"text": "soap"})
            await steps.joining.switch_on()
            assert steps.joining.stage == "joined"
            await until(space, lambda: space.status().relay != "none")
        with follow(relay, path, "alone") as one, follow(relay, tmp_path / "b", "alone") as two:
            await sent(one)
            await until(two, lambda: (two.view.get("todos", "1") or {}).get("text") == "soap")
            assert SyncedKV("n", 0, space=two).value == 2
            told = [v.record["text"] for v in await two.history("todos", "1") if v.record]
            assert told == ["towels", "sheets", "soap"], "the history came along"
            assert two.status().seq == 4, "every change of the device's log, once"

    run(life)


@pytest.mark.req("SRV-21")
def test_two_devices_that_began_alike_are_both_kept_and_asked(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        a, b = tmp_path / "a.db", tmp_path / "b.db"
        for path, clean in ((a, "by a"), (b, "by b")):
            seeded(path, relay)
            with open_space("hotel", path=path) as space:
                rooms = Collection("rooms", space=space)
                rooms.update("101", {"note": clean})
                rooms.create({"id": clean})
                steps = Steps(space, relay.url)
                done = await steps.upload()
                if path is a:
                    assert done.conflicts == [], "what both began with is one thing"
                else:
                    [conflict] = done.conflicts
                    both = {conflict.shown.value, conflict.other.value}
                    assert (conflict.register, both) == ("note", {"by a", "by b"})
                await done.switch_on()
        with follow(relay, a, "hotel") as one, follow(relay, b, "hotel") as two:
            for space in (one, two):
                await sent(space)
                await until(space, lambda s=space: len(Collection("rooms", space=s)) == 4)  # type: ignore[misc]
                await until(space, lambda s=space: len(s.conflicts()) == 1)  # type: ignore[misc]
            [conflict] = one.conflicts()
            one.resolve(conflict.id, "manual", "by both")
            await until(two, lambda: not two.conflicts())
            assert two.view.get("rooms", "101") == {"id": "101", "note": "by both"}

    run(life)


@pytest.mark.req("SRV-21")
def test_what_a_first_state_held_that_the_relay_lacks_goes_before_the_log(
    relay: Server, tmp_path: Path
) -> None:
    """FOUND-1, with a second device that began with the same."""

    async def life() -> None:
        for name in ("a", "b"):
            path = tmp_path / f"{name}.db"
            seeded(path, relay)
            with open_space("unknown", path=path) as space:
                rooms = Collection("rooms", space=space)
                rooms.update("101" if name == "a" else "102", {"clean": name})
                if name == "b":
                    rooms.delete("101")
                done = await Steps(space, relay.url).upload()
                assert not done.refused
                await done.switch_on()
        with follow(relay, tmp_path / "c.db", "unknown") as space:

            def rooms_now() -> dict[str, object]:
                return {room["id"]: room.get("clean") for room in Collection("rooms", space=space)}

            await until(space, lambda: len(rooms_now()) == 2 and None not in rooms_now().values())
            assert rooms_now() == {"101": "a", "102": "b"}, "an edit outlives a deletion"

    run(life)


@pytest.mark.req("SRV-21")
def test_an_upload_that_is_cut_off_goes_on_and_counts_nothing_twice(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        network = Network(relay.url)
        with open_space("counted", path=tmp_path / "a.db") as space:
            n = SyncedKV("n", 0, space=space)
            for _ in range(300):
                n.set(lambda value: value + 1)
            first = Steps(space, network.url)
            await first.joining.upload()
            await first.until(lambda j: j.progress[0] > 50)
            first.joining.stop()  # the tab is gone: nothing of the upload is left here
            assert first.joining.stage == "idle"
            second = Steps(space, network.url)
            await second.joining.upload()
            await second.until(lambda j: j.progress[0] > 20)
            network.cut()
            await second.until(lambda j: j.trouble == "unreachable")
            network.mend()
            second.joining.courier.tab.hurry(second.joining.courier.host.now())  # type: ignore[union-attr]
            await second.until(lambda j: j.stage == "uploaded")
            await second.joining.switch_on()
        with follow(relay, tmp_path / "b.db", "counted") as other:
            await until(other, lambda: SyncedKV("n", 0, space=other).value >= 300)
            assert (SyncedKV("n", 0, space=other).value, other.status().seq) == (300, 300)
        network.close()

    run(life)


@pytest.mark.req("SRV-21", "SRV-05")
def test_what_the_relay_refused_of_an_upload_that_was_left_is_told_after_the_next(
    bundle: Path, tmp_path: Path
) -> None:
    house = start_server(
        tmp_path / "h", "--port", "0", "--open", "--relay", "tests.pysync.house:SCHEMA"
    )

    async def life() -> None:
        there = f"{house.url}/sync"
        with open_space("h", schema=SCHEMA, path=tmp_path / "b.db", relay=there) as other:
            other.run("", book("s1", "101"))
            await sent(other)
        path = tmp_path / "a.db"
        with open_space("h", schema=SCHEMA, path=path) as space:
            space.run("", book("s2", "101"))
            first = await Steps(space, house.url).upload()
            refused = [(letter.change.id, letter.code) for letter in first.refused]
            assert [code for _, code in refused] == ["taken"]
            first.stop()
            with open_space("h", schema=SCHEMA, path=tmp_path / "b.db", relay=there) as other:
                other.run("", lambda d: [d.create("notes", {"id": str(n)}) for n in range(500)])
                await sent(other)
                # The relay's state stands behind it then: its entry does not come any more.
                async with asyncio.timeout(PATIENCE):
                    while fetch_state(there, "h").seq < other.status().seq:
                        await asyncio.sleep(0.05)
            again = await Steps(space, house.url).upload()
            await again.switch_on()
        with open_space("h", schema=SCHEMA, path=path, relay=there) as space:
            await until(space, lambda: len(space.dead_letters) > 0)
            assert [(each.change.id, each.code) for each in space.dead_letters] == refused

    try:
        run(life)
    finally:
        house.stop()


@pytest.mark.req("SRV-21", "PMS-10")
def test_a_whole_hotel_comes_to_a_relay_with_what_it_began_with_and_did_since(
    bundle: Path, tmp_path: Path
) -> None:
    """Claims, times, approved weeks, papers with their numbers, stock: nothing is refused."""
    house = start_server(tmp_path / "h", "--port", "0", "--open", "--relay", HOTEL)
    began = full_house("hotel")
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.seed(read_first_state(export_first_state(began), "hotel"), lambda _: None)
    store.close()

    async def life() -> None:
        with open_space("hotel", schema=HOTEL_SCHEMA, path=path) as space:
            give(space, approve("o"), pay_claims("o", reference="SEPA-2"))
            give(space, charge("tea", 200), issue("i3", "tea"), receive("more", 7))
            give(space, ClockOut(staff="marc", at=NINE + 7 * 1_440 + 60))
            was = records(space.view)
            done = await Steps(space, house.url).upload()
            assert done.refused == []
            assert done.conflicts == []
            await done.switch_on()
        there = f"{house.url}/sync"
        for file in (path, tmp_path / "b.db"):
            with open_space("hotel", schema=HOTEL_SCHEMA, path=file, relay=there) as space:
                await until(space, lambda s=space: records(s.view) == was)  # type: ignore[misc]

    try:
        run(life)
    finally:
        house.stop()
