"""A relay's log that is cleaned up: its file, and the relay as a process."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pysync.machines.redaction import Redaction
from pysync.machines.relay_frames import KNOWN, REFUSE, REJECT, RENEW, Cursor, EntryRow
from pysync.machines.snapshots import EVERY
from pysync.model.schema import Schema
from pysync.relay.folding import DAY_MS
from pysync.values.jsontext import json_text
from pysync_server.backup import back_up, restore
from pysync_server.relay.folded import LOT
from pysync_server.relay.log import RelayLog
from tests.server.api_client import Program, create
from tests.server.relay_client import Device, batch, state
from tests.server.test_metrics import measure
from tests.support import Server, start_server

pytestmark = pytest.mark.req("SRV-20")

SECRET = "somebody@example.org"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a log of a thousand entries, all in its snapshot."""
    path = tmp_path / "hotel.sqlite"
    log = RelayLog(path)
    rows = [
        EntryRow(n, 1, f"t.{n}", "a/l", f"{SECRET} {n} {'x' * 400}", "") for n in range(1, 1001)
    ]
    log.commit(rows)
    log.write_snapshot(1000, {"c/1": "state"})
    log.close()
    return path


def fold(path: Path, up_to: int = 1000) -> list[tuple[int, bool]]:
    """Fold away what there is; what each lot answered."""
    log = RelayLog(path)
    told: list[tuple[int, bool]] = []
    while not told or told[-1][1]:
        told.append(log.folded.fold(time.time() * 1000 + 1, up_to))
    log.close()
    return told


def test_what_was_cleaned_up_is_not_in_the_file_any_more_which_shrinks(path: Path) -> None:
    before = path.stat().st_size
    assert fold(path) == [(n * LOT + 1, n < 6) for n in range(1, 6)] + [(1001, False)]
    assert SECRET.encode() not in path.read_bytes()
    assert path.stat().st_size < before / 4
    log = RelayLog(path)
    assert (log.load().floor, log.state().last) == (1001, "t.1000")
    assert log.read(1000, "t.1000") == ([], True)
    assert log.read(1000, "t.999") == ([], False)
    kept = log.entry("t.7", f"{SECRET} 7 {'x' * 400}")
    assert kept is not None
    assert (kept.seq, SECRET in kept.text) == (7, True)
    log.close()


def test_wipe_1_nothing_of_somebody_who_was_erased_is_kept_of_what_was_cleaned_up(
    path: Path,
) -> None:
    redacted = '[1,"state-update","u",1,[1,[]],"redacted"]'
    refused = json_text([[0, "refused", "taken", f"{SECRET} has it", {"by": SECRET}, [], []]])
    rows = [
        EntryRow(1001, 1, "u.1", "a/l", redacted, ""),
        EntryRow(1002, 1, "u.2", "a/l", "", refused),
    ]
    log = RelayLog(path)
    log.commit(rows)
    log.close()
    fold(path, up_to=1002)
    assert SECRET.encode() in path.read_bytes(), "who was refused is told why"
    log = RelayLog(path)
    log.commit([EntryRow(1003, 1, "v.1", "a/l", "", "")], Redaction(Schema(), [("guests", "g")]))
    kept = log.entry("u.2", "")
    assert kept is not None
    assert kept.special == '[[0,"refused","taken","",{},[],[]]]'
    known = log.entry("u.1", "as its author made it")
    assert known is not None
    assert known.text, "which of its bytes went nobody knows"
    log.close()
    assert SECRET.encode() not in path.read_bytes()


def test_a_log_of_an_older_relay_is_cleaned_up_too(path: Path) -> None:
    db = sqlite3.connect(path)
    for statement in (
        "DROP TABLE folded",
        "ALTER TABLE meta DROP COLUMN floor",
        "ALTER TABLE meta DROP COLUMN before_floor",
    ):
        db.execute(statement)
    db.close()
    assert fold(path, up_to=300)[-1] == (301, False)
    found = sqlite3.connect(path).execute("SELECT format FROM meta").fetchone()
    assert found == (2,), "which an older relay refuses, for it would decide those batches again"


def test_only_what_is_old_from_the_beginning_on_goes(path: Path) -> None:
    """The relay's clock was wrong for a while: what stands behind something young stays."""
    db = sqlite3.connect(path)
    db.execute("UPDATE entries SET arrived = arrived + ? WHERE seq = 5", (DAY_MS,))
    db.commit()
    db.close()
    assert fold(path) == [(5, False)]


class Hotel:
    """A relay of a hotel that keeps versions for thirty days."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.server = self._start()
        self.program = Program(self.server.url)
        self.first = self.program.change(create("settings", "hotel", history_days=30))
        self.named = self.program.change(create("things", "1"), name="one")
        self.batches = [batch("t", n) for n in range(1, EVERY + 1)]
        with Device(self.server, "a") as a:
            for at in range(0, EVERY, 100):
                a.push(*self.batches[at : at + 100])
            a.until_seq(EVERY + 2)
            self.begin = state(self.server)
            while not self.begin["seq"]:
                self.begin = state(self.server)

    def _start(self) -> Server:
        schema = "pysync_pms.schema:SCHEMA"
        return start_server(self.data, "--port", "0", "--relay", schema, "--open")

    def start(self) -> None:
        """Anew, after it was stopped."""
        self.server = self._start()
        self.program = Program(self.server.url)

    def age(self) -> None:
        """More than thirty days pass."""
        self.server.stop()
        db = sqlite3.connect(self.data / "relay" / "hotel.sqlite")
        db.execute("UPDATE entries SET arrived = arrived - ?", (31 * DAY_MS,))
        db.commit()
        db.close()
        self.start()

    @property
    def cursor(self) -> Cursor:
        """Where a device stands that has the state."""
        return Cursor(self.begin["epoch"], self.begin["seq"], self.begin["last"])


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    running = Hotel(tmp_path / "data")
    yield running
    running.server.stop()


@pytest.mark.req("SRV-23", "SRV-27", "SRV-05")
def test_a_relay_that_cleans_up_goes_on_for_devices_and_programs(
    hotel: Hotel, tmp_path: Path
) -> None:
    before = hotel.begin["seq"]
    assert measure(hotel.server)['pysync_floor space="hotel"'] == 1
    hotel.age()
    with Device(hotel.server, "b", hotel.cursor) as b:
        assert b.welcome.type == "welcome", "it stands where the state does"
        while (floor := measure(hotel.server)['pysync_floor space="hotel"']) <= before:
            pass
        assert floor == before + 1
    with Device(hotel.server, "c", Cursor(hotel.cursor.epoch, 7)) as c:
        assert (c.welcome.type, c.welcome.parts[0]) == (REFUSE, RENEW)
    again(hotel, head=before)

    feed = hotel.program.follow(f"{hotel.cursor.epoch}:0")
    kind, place, data = next(feed)
    assert (kind, data["code"]) == ("reset", "cleaned-up")
    assert "read everything again" in data["message"]
    made = hotel.program.change(create("things", "2"))
    assert next(feed)[2]["seq"] == made["seq"] == int(place.partition(":")[2]) + 1
    feed.close()  # type: ignore[attr-defined]

    back_up(hotel.data, tmp_path / "kept")
    hotel.server.stop()
    restore(tmp_path / "kept", hotel.data)
    hotel.start()
    with Device(hotel.server, "d", hotel.cursor) as d:
        assert (d.welcome.type, d.welcome.parts[0]) == (REFUSE, RENEW)
    assert state(hotel.server)["seq"] == before
    again(hotel, head=made["seq"])


def again(hotel: Hotel, head: int) -> None:
    """What was folded away is sent again, and nothing comes of it."""
    done = hotel.program.change(create("things", "1"), name="one")
    assert done == {**hotel.named, "repeated": True}
    assert hotel.program.post({"writes": [create("things", "x")]}, "one")[0] == 409
    began = state(hotel.server)
    with Device(hotel.server, "a", Cursor(began["epoch"], began["seq"], began["last"])) as a:
        a.push(hotel.batches[0])
        assert a.until_heard(KNOWN).parts == ["t.1", 0]
        a.push(batch("t", 1, other=True))
        assert a.until_heard(REJECT).parts[:2] == ["t.1", "altered"]
    assert measure(hotel.server)['pysync_head space="hotel"'] == head
