"""Tokens of programs, and how often their bearers may ask."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from starlette.requests import Request

from pysync_server.api.callers import CAPACITY, RATE, Callers
from pysync_server.api.errors import Failed
from pysync_server.people.programs import APPLICATION_ID, PREFIX, Programs
from pysync_server.people.records import BookUnusable

pytestmark = pytest.mark.req("SRV-27", "SRV-16")


class Clock:
    """A time that the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def request(token: str = "", host: str = "1.2.3.4") -> Request:
    """One with this token."""
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    return Request({"type": "http", "headers": headers, "client": (host, 1)})


def test_programs_1_a_token_is_good_until_its_time_is_over_or_it_is_revoked(
    tmp_path: Path,
) -> None:
    clock = Clock()
    programs = Programs(tmp_path / "p.sqlite", clock)
    short = programs.make("a", "A", "viewer", "ada", expires=2_000.0)
    long = programs.make("b", "B", "owner", "ada", expires=0.0)
    assert short.startswith(PREFIX)
    assert [programs.find(each) is not None for each in (short, long, "", "x")] == [
        *(True, True),
        *(False, False),
    ]
    clock.now = 2_000.0
    assert (programs.find(short), programs.find(long) is not None) == (None, True)
    programs.close()
    again = Programs(tmp_path / "p.sqlite", clock)
    found = again.find(long)
    assert found is not None
    assert (found.id, found.name, found.role, found.by) == ("b", "B", "owner", "ada")
    assert again.revoke("b") == found
    assert (again.find(long), again.revoke("b")) == (None, None)
    again.close()


def test_programs_1_what_a_token_opened_is_told_when_it_is_over(tmp_path: Path) -> None:
    async def life() -> None:
        clock = Clock()
        programs = Programs(tmp_path / "p.sqlite", clock)
        told: asyncio.Queue[str] = asyncio.Queue()
        for name, expires in (("revoked", 0.0), ("over", 1_000.001)):
            program = programs.find(programs.make(name, name, "viewer", "ada", expires))
            assert program is not None
            with programs.live(program, lambda name=name: told.put_nowait(name)):  # type: ignore[misc]
                if not expires:
                    programs.revoke(name)
                assert await asyncio.wait_for(told.get(), 60) == name
        programs.close()

    asyncio.run(life())


@pytest.mark.parametrize("pragma", [f"application_id = {APPLICATION_ID}", "application_id = 7"])
def test_another_file_is_left_as_it_is(tmp_path: Path, pragma: str) -> None:
    path = tmp_path / "p.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (x)")
        db.execute(f"PRAGMA {pragma}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(BookUnusable, match=r"p\.sqlite"):
        Programs(path, Clock())
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]
    db.close()
    assert len(before) > 0


def test_caller_1_who_asks_too_often_waits_and_others_do_not(tmp_path: Path) -> None:
    clock = Clock()
    programs = Programs(tmp_path / "p.sqlite", clock)
    one = programs.make("a", "A", "viewer", "ada", 0.0)
    two = programs.make("b", "B", "viewer", "ada", 0.0)
    callers = Callers(programs, clock)
    for _ in range(int(CAPACITY)):
        assert callers.caller(request(one)).name == "A"
    with pytest.raises(Failed) as failed:
        callers.caller(request(one))
    assert failed.value.status == 429
    assert callers.caller(request(two)).name == "B"
    clock.now += failed.value.after + 0.001
    assert callers.caller(request(one)).name == "A"
    clock.now += 10 * CAPACITY / RATE
    for _ in range(int(CAPACITY)):
        callers.caller(request(one))
    with pytest.raises(Failed):
        callers.caller(request(one))
    programs.close()


def test_without_accounts_everybody_is_let_in_and_bounded_by_address() -> None:
    clock = Clock()
    callers = Callers(None, clock)
    for _ in range(int(CAPACITY)):
        callers.caller(request())
    with pytest.raises(Failed):
        callers.caller(request())
    assert callers.caller(request(host="5.6.7.8")).id == "open"
