"""A device as far as the wire goes: one blocking WebSocket that says what it is told to say; and
what a relay's space may begin with."""

from __future__ import annotations

import json
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from pysync import Collection
from pysync.first_state import export_first_state
from pysync.machines.batches import Batch, encode_batch
from pysync.machines.relay_frames import (
    ENTRIES,
    PUSH,
    Cursor,
    Heard,
    Hello,
    RelayFrame,
    decode_frame,
    encode_frame,
    read_entries,
)
from pysync.model.cell import Mark
from pysync.model.change import Change, Op
from pysync.native import open_space
from pysync.values.clock import stamp_at
from tests.support import Server

PATIENCE = 30.0
"""Seconds that an answer may take on a busy machine."""


def batch(tab: str, n: int, **fields: object) -> Batch:
    """Change n of a tab: it creates a record of that number."""
    now = time.time() * 1000
    op = Op("*", "c", f"{tab}-{n}", fields or {"f": n})
    return encode_batch(tab, [Change(Mark(tab, n, stamp_at(now), ""), (op,))], now)


def offer(data: Path, *rooms: str) -> Path:
    """Put a first state of the hotel into the data folder, as `serve --demo` does."""
    with open_space("hotel", path=data / "made-here.sqlite") as space:
        for room in rooms:
            Collection("rooms", space=space).create({"id": room})
        text = export_first_state(space)
    file = data / "first-state" / "hotel.json"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    return file


def state(server: Server, space: str = "hotel") -> dict[str, Any]:
    """What a new device begins with."""
    with urllib.request.urlopen(f"{server.url}/sync/{space}/state") as answer:
        body: dict[str, Any] = json.load(answer)
    return body


class Device:
    """Connects, says hello, and has heard what `entries` and `others` hold. A context manager."""

    def __init__(
        self,
        server: Server,
        name: str,
        cursor: Cursor | None = None,
        space: str = "hotel",
        cookie: str = "",
        *,
        joins: bool = False,
    ) -> None:
        url = f"{server.url.replace('http', 'ws', 1)}/sync/{space}"
        self._connecting = connect(
            url,
            compression=None,
            open_timeout=PATIENCE,
            additional_headers={"cookie": cookie} if cookie else None,
            max_size=16_000_000,
        )
        self._ws: ClientConnection = self._connecting.__enter__()
        self.entries: list[Heard] = []
        self.others: list[RelayFrame] = []
        self.carried = ""
        """All that came, as it came."""
        with suppress(ConnectionClosed):  # A relay that refuses may be quicker.
            self.say(Hello(device=name, life="l", cursor=cursor, joins=joins).encode())
        self.welcome = self.next()

    def __enter__(self) -> Device:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connecting.__exit__(kind, error, trace)

    def say(self, text: str) -> None:
        """Send a frame."""
        self._ws.send(text)

    def push(self, *batches: Batch) -> None:
        """Push batches."""
        self.say(encode_frame(PUSH, 0, lines=[each.text for each in batches]))

    def next(self) -> RelayFrame:
        """The next frame; entries are noted. Raises websockets' ConnectionClosed, TimeoutError."""
        text = str(self._ws.recv(PATIENCE))
        self.carried += text
        frame = decode_frame(text)
        if frame.type == ENTRIES:
            self.entries += read_entries(frame)
        else:
            self.others.append(frame)
        return frame

    def until_seq(self, seq: int) -> None:
        """Listen until the entry of that seq has come."""
        while not self.entries or self.entries[-1].seq + self.entries[-1].count - 1 < seq:
            self.next()

    def until_heard(self, type_: str) -> RelayFrame:
        """Listen until a frame of that type comes."""
        while (frame := self.next()).type != type_:
            pass
        return frame
