"""Backups: taken while the relay is used, put back, and what devices make of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from pysync import Collection
from pysync_server.backup import BackupFailed, back_up, main, restore
from pysync_server.people.book import PEOPLE, Book
from pysync_server.people.people import People
from tests.native.test_relay_spaces import again, end, follow, relay, sent, until
from tests.server.relay_client import offer
from tests.server.test_people_book import PASSWORD, visitor
from tests.support import Server

__all__ = ["relay"]

pytestmark = [pytest.mark.req("SRV-05", "SRV-28")]


@pytest.mark.req("TAB-15")
def test_what_devices_made_since_the_backup_comes_back_after_a_restore(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        kept = tmp_path / "kept"
        with (
            follow(relay, tmp_path / "a.db") as a,
            follow(relay, tmp_path / "b.db") as b,
            follow(relay, tmp_path / "b.db") as c,
        ):
            todos = [Collection("todos", space=space) for space in (a, b, c)]
            todos[0].create({"id": "before"})
            await until(c, lambda: "before" in todos[2])
            assert main(["backup", str(kept), "--data", str(relay.data)]) == 0
            todos[0].create({"id": "after", "by": "a"})
            todos[1].create({"id": "other", "by": "b"})
            for space, mine in zip((a, b, c), todos, strict=True):
                await sent(space)
                await until(space, lambda mine=mine: len(mine) == 3)  # type: ignore[misc]
            todos[2].update("before", {"note": "of two devices"})
            await sent(c)
            end(relay)
            assert main(["restore", str(kept), "--data", str(relay.data)]) == 0
            again(relay)
            with follow(relay, tmp_path / "new.db") as new:
                shown = Collection("todos", space=new)
                await until(new, lambda: len(shown) == 3 and "note" in (shown.get("before") or {}))
                for space, mine in zip((a, b, c), todos, strict=True):
                    await sent(space)
                    await until(space, lambda space=space: space.status().seq == 4)  # type: ignore[misc]
                    assert sorted(mine, key=str) == sorted(shown, key=str)

    asyncio.run(life())


def test_a_backup_of_a_relay_in_use_is_whole(relay: Server, tmp_path: Path) -> None:
    async def life() -> None:
        with follow(relay, tmp_path / "a.db") as a:
            todos = Collection("todos", space=a)
            for n in range(3):
                for at in range(100):
                    todos.create({"id": f"{n}-{at}"})
                await asyncio.to_thread(back_up, relay.data, tmp_path / f"kept{n}")
            await sent(a)

    asyncio.run(life())
    for n in range(3):
        with sqlite3.connect(tmp_path / f"kept{n}" / "relay" / "notes.sqlite") as db:
            seqs = [seq for (seq,) in db.execute("SELECT seq FROM entries ORDER BY seq")]
            counts = [count for (count,) in db.execute("SELECT count FROM entries ORDER BY seq")]
        db.close()
        ends = [seq + count for seq, count in zip(seqs, counts, strict=True)]
        assert seqs == [1, *ends][: len(seqs)], "entries without a gap"


def test_backup_3_nothing_is_put_back_under_a_server_that_runs(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        with follow(relay, tmp_path / "a.db") as a:
            Collection("todos", space=a).create({"id": "1"})
            await sent(a)
            back_up(relay.data, tmp_path / "kept")
            with pytest.raises(BackupFailed, match="stop it first"):
                restore(tmp_path / "kept", relay.data)
            Collection("todos", space=a).create({"id": "2"})
            await sent(a)

    asyncio.run(life())


def test_backup_2_what_was_there_is_moved_aside(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    state = offer(data, "101")
    Book(data / PEOPLE).close()
    back_up(data, tmp_path / "kept")
    state.write_text("newer")
    (data / "mine.txt").write_text("not the server's")
    spaces, aside = restore(tmp_path / "kept", data)
    assert spaces == []
    assert aside is not None
    assert (aside / "first-state" / "hotel.json").read_text() == "newer"
    assert state.read_text() != "newer"
    assert (data / "mine.txt").exists()
    assert (data / "first-state").is_dir()
    assert (data / PEOPLE).exists()


def test_backup_1_what_is_no_whole_backup_is_refused(tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept"
    with pytest.raises(BackupFailed, match="--data"):
        back_up(data, kept)
    kept.mkdir()
    for text in ("", "{}", json.dumps({"format": 9})):
        (kept / "backup.json").write_text(text)
        with pytest.raises(BackupFailed):
            restore(kept, data)
    with pytest.raises(BackupFailed, match="is there already"):
        back_up(data, kept)
    assert not data.exists()
    assert main(["restore", str(kept), "--data", str(data)]) == 1


@pytest.mark.req("SRV-16")
def test_a_session_that_ended_after_the_backup_does_not_come_back(tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept"

    async def made() -> str:
        people = People(data)
        who = visitor()
        await people.set_up(
            people.setup_secret, name="Ada", login="ada", password=PASSWORD, visitor=who
        )
        secret = await people.sign_in("ada", PASSWORD, who)
        assert people.sessions.find(secret, "::1")
        await asyncio.to_thread(back_up, data, kept)
        await people.close()
        return secret

    secret = asyncio.run(made())
    restore(kept, data)

    async def look() -> None:
        people = People(data)
        assert people.setup_secret == "", "the owner is known"
        assert people.sessions.find(secret, "::1") is None
        await people.close()

    asyncio.run(look())
