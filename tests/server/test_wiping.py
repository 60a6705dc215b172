"""Erasing people at the relay when something goes wrong beside it, and what is decided after it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from pysync.first_state import write_first_state
from pysync.machines.batches import Batch, encode_batch
from pysync.machines.relay_frames import PROTOCOL, PUSH, Hello, encode_frame
from pysync.model.cell import SEED_MARK, Cell, Mark
from pysync.model.change import CREATE, ERASE, SET, Change, Op
from pysync.model.snapshot import bucket_of, pack
from pysync.relay.admission import Admission
from pysync.values.clock import stamp_at
from pysync_server.backup import back_up, restore
from pysync_server.firststate import FirstStates
from pysync_server.relay.hub import Hub
from pysync_server.relay.space import SpaceHost
from tests.pysync.people_kit import MARKER, PEOPLE

pytestmark = pytest.mark.req("SRV-20")

AT = int(time.time() * 1_000)


class Device:
    """A connection that only listens."""

    kind = "websocket"

    def __init__(self, space: SpaceHost) -> None:
        self.id = "d"
        self.space = space
        self.sent = 0

    def send(self, text: str) -> None:
        """Nobody reads it."""

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(f"closed: {code} {reason}")

    async def greet(self) -> None:
        """Say hello."""
        self.space.join(self)
        hello = Hello(device="dev", life="l", cursor=None, protocol=PROTOCOL, schema=1)
        await self.space.heard(self, hello.encode())
        await self.space.heard(self, encode_frame("resume", self.space.place().epoch, 0))

    async def push(self, *ops: Op | tuple[Op, ...]) -> None:
        """Push each as a batch, all in one frame; answers when they are on the disk."""
        batches = [self._batch(op) for op in ops]
        lines = [batch.text for batch in batches]
        await self.space.heard(self, encode_frame(PUSH, AT, lines=lines))
        assert await self.space.stored(self.space.seq)

    def _batch(self, op: Op | tuple[Op, ...]) -> Batch:
        self.sent += 1
        ops = op if isinstance(op, tuple) else (op,)
        return encode_batch("t", [Change(Mark("t", self.sent, stamp_at(AT)), ops)], AT)


class Data:
    """A data folder whose first state holds one person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "first-state" / "h.json"
        self.file.parent.mkdir(parents=True)
        name = bucket_of("people", "g")
        rows = {name: pack(name, {"g": Cell({"name": MARKER}, SEED_MARK, {}, SEED_MARK)})}
        self.file.write_text(write_first_state("h", rows), "utf-8")

    @property
    def holds(self) -> bool:
        return MARKER in self.file.read_text("utf-8")

    def live(self, life: Callable[[Device], Coroutine[Any, Any, None]]) -> None:
        """Run the relay while a device lives."""

        async def run() -> None:
            hub = Hub(self.folder, PEOPLE, FirstStates(self.folder, PEOPLE, accounts=False).rows)
            space = await hub.enter("h")
            device = Device(space)
            await device.greet()
            await life(device)
            await asyncio.wait_for(hub.close(), 30)

        asyncio.run(run())


async def erases(device: Device) -> None:
    await device.push(Op(ERASE, "people", "g", {}))


async def rests(_device: Device) -> None:
    """Nothing happens."""


def test_wipe_1_a_first_state_that_could_not_be_written_is_when_the_space_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Data(tmp_path / "data")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    async def life(device: Device) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_text", full)
            await erases(device)
        await device.push(Op(CREATE, "rooms", "r", {"a": 1}))  # and the space goes on

    data.live(life)
    assert data.holds
    data.live(rests)
    assert not data.holds


def test_wipe_1_a_restore_offers_no_first_state_that_holds_somebody_who_was_erased(
    tmp_path: Path,
) -> None:
    data = Data(tmp_path / "data")
    data.live(rests)
    back_up(data.folder, tmp_path / "kept")
    data.live(erases)
    restore(tmp_path / "kept", data.folder)
    assert not data.file.exists()
    data.live(rests)


def test_erase_3_what_is_decided_after_an_erasure_is_in_the_log_as_in_the_state(
    tmp_path: Path,
) -> None:
    data = Data(tmp_path / "data")

    async def life(device: Device) -> None:
        await device.push(Op(CREATE, "people", "h", {"name": "Else"}))
        await device.push(Op(CREATE, "trips", "t", {"who": "g", "day": "1", "note": MARKER}))
        await device.push(
            Op(ERASE, "people", "g", {}),
            Op(SET, "trips", "t", {"who": "h"}, {"who": "t.2"}),
            Op(SET, "trips", "t", {"note": "a cot"}, {"note": ""}),
        )
        log = await device.space.read(lambda log: log.load())
        for view in (device.space.view, Admission(PEOPLE, log).view):
            trip = view.get("trips", "t")
            assert trip is not None
            assert (trip["who"], trip["note"]) == ("h", "a cot")
        assert MARKER not in str(log.entries)

    data.live(life)


def test_wipe_1_what_was_refused_before_its_record_came_to_be_is_in_no_byte_of_the_file(
    tmp_path: Path,
) -> None:
    """ERASE-4"""
    data = Data(tmp_path / "data")

    async def life(device: Device) -> None:
        await device.push(Op(SET, "trips", "t", {"note": f"{MARKER} again"}, ""))
        await erases(device)
        await device.push(Op(CREATE, "trips", "t", {"who": "g", "day": "1"}))

    data.live(life)
    files = [path for path in data.folder.rglob("*") if path.is_file()]
    assert any(b'"trips"' in path.read_bytes() for path in files)
    assert not [path for path in files if f"{MARKER} again".encode() in path.read_bytes()]


def test_wipe_1_what_was_refused_and_would_have_been_about_them_is_in_no_byte_of_the_file(
    tmp_path: Path,
) -> None:
    """REDACT-1: its record never came to be, so it is none of those that are about them."""
    data = Data(tmp_path / "data")

    async def life(device: Device) -> None:
        booked = Op(CREATE, "trips", "t", {"who": "g", "note": f"{MARKER} again"})
        await device.push((booked, Op(SET, "rooms", "nowhere", {"a": 1}, "")))
        await erases(device)

    data.live(life)
    files = [path for path in data.folder.rglob("*") if path.is_file()]
    assert any(b'"nowhere"' in path.read_bytes() for path in files)
    assert not [path for path in files if f"{MARKER} again".encode() in path.read_bytes()]
