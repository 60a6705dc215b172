"""The SQLite store keeps the contract of its port, and leaves what it cannot read as it is."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pysync.native.sqlite import SqliteStore
from pysync.ports import Loaded, Store, StoreFault
from pysync.testing.contracts.kit import (
    StoreCase,
    answer,
    fault,
    filled,
    foreign,
    nothing_known,
    rows_of,
    value,
    verdict,
)
from pysync.testing.contracts.store import STORE_CASES


class FilePlace:
    """Processes on one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> Store:
        return SqliteStore(self.path)

    async def set_format(self, number: int) -> None:
        db = sqlite3.connect(self.path)
        db.execute("UPDATE meta SET format = ?", (number,))
        db.commit()
        db.close()


@pytest.fixture
def place(tmp_path: Path) -> FilePlace:
    return FilePlace(tmp_path / "space.db")


@pytest.mark.req("TAB-15")
@pytest.mark.parametrize("case", STORE_CASES)
def test_store_contract(case: StoreCase, place: FilePlace) -> None:
    asyncio.run(case(place))


def test_it_says_that_it_is_durable_and_shared(place: FilePlace) -> None:
    store = place.open()
    assert (store.durable, store.shared) == (True, True)


def test_it_syncs_every_commit_to_the_disk(place: FilePlace) -> None:
    asyncio.run(value(Loaded, (store := SqliteStore(place.path)).load))
    assert store._db is not None
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()


@pytest.mark.parametrize(
    "content", [b"this is not a database, but it is somebody's work\n" * 99, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_stays_as_it_is(place: FilePlace, content: bytes) -> None:
    place.path.write_bytes(content)
    assert asyncio.run(fault(place.open().load)) == "corrupt"
    assert place.path.read_bytes() == content
    assert list(place.path.parent.iterdir()) == [place.path]


def test_another_programs_database_stays_as_it_is(place: FilePlace) -> None:
    db = sqlite3.connect(place.path)
    db.execute("CREATE TABLE log (line TEXT)")
    db.commit()
    db.close()
    before = place.path.read_bytes()
    assert asyncio.run(fault(place.open().load)) == "corrupt"
    assert place.path.read_bytes() == before


BEFORE_THE_RELAY = """
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, incarnation TEXT NOT NULL,
    term INTEGER NOT NULL, seq INTEGER NOT NULL, log_key INTEGER NOT NULL,
    snapshot_seq INTEGER NOT NULL,
    lease_holder TEXT, lease_term INTEGER, lease_until REAL);
CREATE TABLE log (key INTEGER PRIMARY KEY, batch TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE decided (
    seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, log_key INTEGER NOT NULL, batch TEXT NOT NULL,
    term INTEGER NOT NULL, body TEXT NOT NULL, refs TEXT NOT NULL);
CREATE TABLE refs (ref TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (ref, seq)) WITHOUT ROWID;
CREATE TABLE seed (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE snapshot (name TEXT PRIMARY KEY, body TEXT NOT NULL);
INSERT INTO meta VALUES (1, 2, '0123456789abcdef', 1, 1, 1, 0, NULL, NULL, NULL);
INSERT INTO log VALUES (1, 'b0', 'frame 0'), (2, 'b1', 'frame 1');
INSERT INTO decided VALUES (1, 1, 1, 'b0', 1, '', '["rooms/1"]');
INSERT INTO refs VALUES ('rooms/1', 1);
PRAGMA application_id = 0x70797363;
"""


@pytest.mark.req("TAB-15")
def test_a_file_from_before_there_was_a_relay_is_read_and_goes_on(place: FilePlace) -> None:
    db = sqlite3.connect(place.path)
    db.executescript(BEFORE_THE_RELAY)
    db.close()
    first = verdict(1, 1, "b0", refs=["rooms/1"])

    async def check() -> None:
        one, two = place.open(), place.open()
        for store in (one, two):
            loaded = await value(Loaded, store.load)
            assert (loaded.meta.epoch, loaded.meta.seq, loaded.meta.log_key) == ("", 1, 1)
            assert list(loaded.decided) == [(first, "frame 0")]
            assert [row.batch for row in loaded.tail] == ["b1"]
        term = await value(int, one.claim_term, 0)
        rows = [foreign(2), verdict(3, 2, "b1")]
        assert await value(int, one.write_decisions, term, rows) == 3
        read = await rows_of(two.read_decided, 0)
        assert [frame for _, frame in read] == ["frame 0", foreign(2).frame, "frame 1"]
        one.close()
        two.close()

    asyncio.run(check())


def test_a_newer_format_stays_as_it_is(place: FilePlace) -> None:
    async def check() -> None:
        store, _, _ = await filled(place, 2)
        store.close()
        await place.set_format(99)
        before = place.path.read_bytes()
        newer = place.open()
        assert await fault(newer.load) == "corrupt"
        assert await fault(newer.append, "b9", "frame") == "corrupt"
        assert await fault(newer.claim_term, 0) == "corrupt"
        newer.close()
        assert place.path.read_bytes() == before

    asyncio.run(check())


def test_a_damaged_page_is_reported_and_kept(place: FilePlace) -> None:
    async def check() -> None:
        store, _, _ = await filled(place, 200)
        store.close()
        raw = bytearray(place.path.read_bytes())
        raw[4096:] = b"\xff" * (len(raw) - 4096)
        place.path.write_bytes(raw)
        assert await fault(place.open().load) == "corrupt"
        assert place.path.read_bytes() == bytes(raw)

    asyncio.run(check())


def test_a_verdict_without_its_frame_is_corrupt_not_guessed(place: FilePlace) -> None:
    async def check() -> None:
        store, keys, term = await filled(place, 1)
        await value(int, store.write_decisions, term, [verdict(1, keys[0], "b0", refs=["r/1"])])
        db = sqlite3.connect(place.path)
        db.execute("DELETE FROM log")
        db.commit()
        db.close()
        assert await fault(store.load) == "corrupt"
        assert await fault(store.read_decided, 0) == "corrupt"
        assert await fault(store.history, "r/1") == "corrupt"
        store.close()

    asyncio.run(check())


def test_a_full_disk_answers_full_keeps_nothing_and_recovers(place: FilePlace) -> None:
    async def check() -> None:
        store = SqliteStore(place.path)
        await value(int, store.append, "small", "x")
        assert store._db is not None
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        assert await fault(store.append, "big", "x" * 100_000) == "full"
        assert [row.batch for row in await rows_of(store.read_log, 0, nothing_known)] == ["small"]
        store._db.execute("PRAGMA max_page_count = 100000")
        await value(int, store.append, "big", "x" * 100_000)
        store.close()

    asyncio.run(check())


def test_a_busy_file_answers_blocked_within_the_bound(
    place: FilePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pysync.native.sqlite_file.BUSY_SECONDS", 0.05)

    async def check() -> None:
        store = place.open()
        await value(Loaded, store.load)
        other = sqlite3.connect(place.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert await fault(store.append, "b", "frame") == "blocked"
        assert (await value(Loaded, store.load)).tail == []
        other.execute("COMMIT")
        other.close()
        await value(int, store.append, "b", "frame")
        store.close()

    asyncio.run(check())


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_goes_away_under_us_answers_closed(place: FilePlace, replaced: bool) -> None:
    async def check() -> None:
        store, _, _ = await filled(place, 1)
        for file in place.path.parent.iterdir():
            file.unlink()
        if replaced:
            await value(Loaded, place.open().load)
        assert await fault(store.append, "b9", "frame") == "closed"
        assert await fault(store.load) == "closed"
        assert place.path.exists() == replaced

    asyncio.run(check())


def test_a_folder_that_is_not_there_answers_closed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "missing" / "space.db")
    assert asyncio.run(fault(store.load)) == "closed"


_WRITER = """
import sys
from pysync.native.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for n in range(100):
    store.append(f"{sys.argv[2]}-{n}", "x" * 100, lambda key: print(key, flush=True))
store.claim_term(0, lambda term: print("term", term, flush=True))
"""


def _writer(place: FilePlace, name: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(place.path), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_on_one_file_are_serialised(place: FilePlace) -> None:
    writers = [_writer(place, name) for name in "abc"]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=60)[0].split() for writer in writers]
    keys = [int(word) for words in said for word in words[:-2]]
    assert sorted(keys) == list(range(1, 301))
    assert sorted(words[-1] for words in said) == ["1", "2", "3"]
    store = place.open()
    tail = asyncio.run(value(Loaded, store.load)).tail
    for name in "abc":
        own = [row.batch for row in tail if row.batch.startswith(name)]
        assert own == [f"{name}-{n}" for n in range(100)]
    store.close()


@pytest.mark.req("TAB-15")
def test_what_was_answered_survives_the_death_of_the_process(place: FilePlace) -> None:
    writer = _writer(place, "a")
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    answered = [int(writer.stdout.readline()) for _ in range(30)]
    writer.kill()
    writer.communicate()
    store = place.open()
    kept = {row.key for row in asyncio.run(value(Loaded, store.load)).tail}
    assert kept >= set(answered)
    store.close()


def test_a_fault_inside_a_transaction_is_answered_once(place: FilePlace) -> None:
    async def check() -> None:
        store, keys, term = await filled(place, 1)
        row = verdict(1, keys[0], "b0")
        results = [await answer(store.write_decisions, term, [row, row]) for _ in range(2)]
        assert [isinstance(r, StoreFault) and r.reason for r in results] == ["aborted"] * 2
        store.close()

    asyncio.run(check())
