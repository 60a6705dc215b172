"""A guest is erased: on every device, at the relay, and from what comes back later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pysync import Space
from pysync.errors import Refused
from pysync.first_state import export_first_state
from pysync.machines.batches import encode_batch
from pysync.model.cell import Cell, Mark
from pysync.model.change import CREATE, Change, Op
from pysync.model.schema import ERASED
from pysync.model.snapshot import HEADS_ROW, bucket_of, pack, pack_heads
from pysync.native import open_space
from pysync.native.sqlite import SqliteStore
from pysync.ports import Beginning
from pysync.taking_over import take_over
from pysync.values.clock import stamp_at
from pysync_pms.commands import CreateGuest, EditGuest, EraseGuest, perform
from pysync_pms.schema import SCHEMA
from pysync_server.backup import main
from tests.native.test_relay_spaces import PATIENCE, end, sent, until
from tests.pysync.people_kit import PEOPLE
from tests.support import Server, start_server

pytestmark = [pytest.mark.req("SRV-20")]

ARGUMENTS = ("--relay", "pysync_pms.schema:SCHEMA", "--open")
MARKER = "Ottoline"
"""In every value that is to be erased, and nowhere else."""
TODAY = "2026-11-22"
AT = 1_700_000_000_000


@pytest.fixture
def relay(bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A relay that decides by the hotel's rules, and began with a guest."""
    with open_space("hotel", schema=SCHEMA, path=tmp_path / "made-here.sqlite") as space:
        do(space, guest("first"))
        text = export_first_state(space)
    (tmp_path / "made-here.sqlite").unlink()
    file = tmp_path / "server" / "first-state" / "hotel.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    running = start_server(tmp_path / "server", "--port", "0", *ARGUMENTS)
    yield running
    running.stop()


def again(relay: Server) -> None:
    """Start it anew, at the same address."""
    port = relay.url.rpartition(":")[2]
    relay.process = start_server(relay.data, "--port", port, *ARGUMENTS).process


def follow(relay: Server, path: Path) -> Space:
    """A device of the hotel."""
    return open_space("hotel", schema=SCHEMA, path=path, relay=f"{relay.url}/sync")


def do(space: Space, *commands: Any) -> Any:
    """Perform commands."""
    return perform(space, *commands, view=space.view, today=TODAY)


def holders(*folders: Path) -> list[str]:
    """Files below these that hold the marker, whatever kind of file they are."""
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return [file.name for file in files if MARKER.encode() in file.read_bytes()]


def erased(space: Space, guest: str = "g") -> bool:
    """Whether that device knows that the guest was erased."""
    return "erased" in (space.view.get("guests", guest) or {})


def lives(space: Space, rid: str, key: str = "reservations") -> bool:
    """Whether that device shows the record."""
    return space.view.get(key, rid) is not None


def guest(rid: str = "g", **fields: str) -> CreateGuest:
    """A guest whose every text is marked."""
    return CreateGuest(
        id=rid,
        last_name=f"{MARKER} Last",
        email=f"{MARKER}@example.org",
        notes=f"{MARKER} likes quiet",
        **fields,
    )


def stay(space: Space, rid: str, notes: str) -> None:
    """A stay of the guest, with notes."""
    fields = {"guest_id": "g", "room_type": "t", "from": TODAY, "to": "2026-11-24"}
    record = {"id": rid, "status": "confirmed", "rate": 9000, "notes": notes, **fields}
    space.run(f"Book {MARKER}", lambda draft: draft.create("reservations", record))


def pause(space: Space, *, paused: bool = True) -> None:
    """Offline, or back."""
    space.host.report(space.tab.relayed.pause, paused)  # type: ignore[attr-defined]


def test_nothing_of_an_erased_guest_stays_anywhere(relay: Server, tmp_path: Path) -> None:
    """LEDGER-5, WIPE-1: history, conflicts, labels, first states, snapshots, logs: in no file, and
    no answer. What a device wrote that had not heard of it is dropped, and told to nobody."""

    async def life() -> None:
        with follow(relay, tmp_path / "a.db") as a, follow(relay, tmp_path / "b.db") as b:
            do(a, guest())
            await until(b, lambda: b.view.get("guests", "g") is not None)
            stay(a, "s", f"{MARKER} comes late")
            await until(b, lambda: b.view.get("reservations", "s") is not None)
            pause(a)
            do(a, EditGuest(id="g", changes={"email": f"{MARKER}-a@example.org"}))
            do(b, EditGuest(id="g", changes={"email": f"{MARKER}-b@example.org"}))
            await sent(b)
            pause(a, paused=False)
            await until(b, lambda: b.status().conflicts > 0)
            pause(a)
            do(a, EditGuest(id="g", changes={"phone": MARKER}))
            stay(a, "late", f"{MARKER} again")
            assert len(holders(tmp_path)) >= 3, "both devices and the relay"
            for each in ("g", "first"):
                do(b, EraseGuest(id=each))
            await sent(b)
            refused = asyncio.Event()
            a.on_refused(lambda _: refused.set())
            pause(a, paused=False)
            await asyncio.wait_for(refused.wait(), PATIENCE)
            for space in (a, b):
                await until(space, lambda space=space: erased(space))  # type: ignore[misc]
                await until(space, lambda space=space: lives(space, "late"))  # type: ignore[misc]
                await sent(space)
                assert not space.tab.replica.open_conflicts()
                for rid in ("s", "late"):
                    kept = space.view.get("reservations", rid) or {}
                    assert kept["rate"] == 9000 and "notes" not in kept
                told = await space.history("guests", "g")
                assert MARKER not in repr(told) and len(told) == 5, "who wrote when stays"
                assert MARKER not in repr(space.tab.replica.conflicts)
            [letter] = a.dead_letters
            assert letter.code == "erased" and MARKER not in repr(letter.change)
            with pytest.raises(Refused):
                do(a, EditGuest(id="g", changes={"email": "a@example.org"}))
            with follow(relay, tmp_path / "c.db") as c:
                await until(c, lambda: erased(c))
                assert holders(tmp_path) == []

    asyncio.run(life())


def test_an_older_backup_brings_nobody_back(relay: Server, tmp_path: Path) -> None:
    """RELAY-7, WIPE-2: also a profile that the backup does not know, and what was made meanwhile on
    a device that was away all the time."""

    async def life() -> None:
        kept = tmp_path / "kept"
        with follow(relay, tmp_path / "a.db") as a, follow(relay, tmp_path / "b.db") as b:
            do(a, guest())
            await until(b, lambda: lives(b, "g", "guests"))
            assert main(["backup", str(kept), "--data", str(relay.data)]) == 0
            do(a, CreateGuest(id="new", last_name=MARKER))
            do(a, CreateGuest(id="other", last_name="Stays"))
            await sent(a)
            pause(a)
            do(a, EditGuest(id="g", changes={"email": f"{MARKER}@example.org"}))
            await until(b, lambda: lives(b, "other", "guests"))
            for each in ("g", "new", "first"):
                do(b, EraseGuest(id=each))
            await sent(b)
            end(relay)
            assert main(["restore", str(kept), "--data", str(relay.data)]) == 0
            again(relay)
            pause(a, paused=False)
            for space in (a, b):
                await until(space, lambda space=space: not lives(space, "new", "guests"))  # type: ignore[misc]
                await until(space, lambda space=space: lives(space, "other", "guests"))  # type: ignore[misc]
                assert erased(space)
                await sent(space)
            assert holders(tmp_path / "server") == []
        assert holders(tmp_path) == holders(kept) != [], "the backup is what it was"

    asyncio.run(life())


def test_a_device_that_takes_a_state_over_keeps_no_byte_of_who_is_erased_in_it(
    tmp_path: Path,
) -> None:
    store, told = SqliteStore(tmp_path / "a.db"), []  # type: ignore[var-annotated]
    made = Op(CREATE, "people", "g", {"name": MARKER})
    mine = encode_batch("t1", [Change(Mark("t1", 1, stamp_at(AT)), (made,))], AT)
    store.load(told.append)
    store.append(mine.id, mine.text, told.append)
    store.claim_term(1, told.append)
    bucket, there = bucket_of("people", "g"), Mark("x", 1, stamp_at(AT))
    rows = {
        bucket: pack(bucket, {"g": Cell({ERASED: AT}, there, {}, there)}),
        HEADS_ROW: pack_heads({"t1": 1, "x": 1}, {}),
    }
    state = Beginning(rows, "e", 2, "x.1")
    take_over(store, PEOPLE, told[-1], state, {mine.id: mine.text}, told.append)
    assert told[-1] == 1
    assert holders(tmp_path) == []
    store.close()
