"""What holds of people over time, and of the file they are kept in: with a clock of the test's."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from pysync_server.people.attempts import Attempts
from pysync_server.people.book import Book
from pysync_server.people.people import People
from pysync_server.people.records import Account, BookUnusable, NameTaken, Note, Session, Visitor
from pysync_server.people.roles import ROLES
from pysync_server.people.sessions import DAY, EXTEND_AFTER, LIFETIME
from pysync_server.people.tables import APPLICATION_ID
from pysync_server.people.tokens import new_secret

pytestmark = [pytest.mark.req("SRV-16")]

PASSWORD = "gelato on the quiet pier"
Scene = Callable[[People, "Clock"], Coroutine[Any, Any, None]]


class Clock:
    """The time, which a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def visitor(browser: str = "") -> Visitor:
    """Somebody with a browser of their own."""
    return Visitor(browser=browser or new_secret(), device="Chrome on Windows", address="::1")


async def signed_in(people: People, login: str) -> Session:
    """The session that somebody begins."""
    session = people.sessions.find(await people.sign_in(login, PASSWORD, visitor()), "")
    assert session is not None
    return session


async def second_owner(people: People, owner: Session, name: str) -> Session:
    """The session of one more owner, whom this one invited."""
    link = await people.invite(owner, name, "owner", visitor())
    login = name.lower()
    await people.join(link, name=name, login=login, password=PASSWORD, visitor=visitor())
    return await signed_in(people, login)


def play(data: Path, scene: Scene) -> None:
    """Run a scene with an owner, `ada`."""

    async def run() -> None:
        clock = Clock()
        people = People(data, now=clock)
        await people.set_up(
            people.setup_secret, name="Ada", login="ada", password=PASSWORD, visitor=visitor()
        )
        try:
            await scene(people, clock)
        finally:
            await people.close()

    asyncio.run(run())


def test_a_session_lasts_while_it_is_used_and_ends_when_it_is_not(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        secret = await people.sign_in("ada", PASSWORD, visitor())
        for _ in range(3):
            clock.now += LIFETIME - 1
            assert people.sessions.find(secret, "::2") is not None
        assert people.sessions.find(secret + "x", "::2") is None
        clock.now += LIFETIME
        assert people.sessions.find(secret, "::2") is None
        clock.now -= LIFETIME
        assert people.sessions.find(secret, "::2") is None, "it does not come back"

    play(tmp_path, scene)


def test_what_a_session_was_used_for_outlives_the_process(tmp_path: Path) -> None:
    secrets: list[str] = []

    async def scene(people: People, clock: Clock) -> None:
        secrets.append(await people.sign_in("ada", PASSWORD, visitor()))
        clock.now += LIFETIME - 1
        people.sessions.find(secrets[0], "::2")

    async def later() -> None:
        clock = Clock()
        clock.now += LIFETIME + DAY
        people = People(tmp_path, now=clock)
        found = people.sessions.find(secrets[0], "::2")
        assert found is not None
        assert (found.login, found.address) == ("ada", "::2")
        await people.close()
        clock.now += LIFETIME + EXTEND_AFTER
        people = People(tmp_path, now=clock)
        assert people.sessions.find(secrets[0], "::2") is None
        await people.close()

    play(tmp_path, scene)
    asyncio.run(later())


def test_sessions_1_what_ends_a_session_ends_what_it_opened(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        ended: list[str] = []
        browser = new_secret()
        first = await people.sign_in("ada", PASSWORD, visitor(browser))
        session = people.sessions.find(first, "")
        assert session is not None
        with people.sessions.live(session, lambda **_: ended.append("first")):
            # BOOK-3: the same browser signs in again, and has one session.
            second = await people.sign_in("ada", PASSWORD, visitor(browser))
            assert ended == ["first"]
        assert people.sessions.find(first, "") is None
        again = people.sessions.find(second, "")
        assert again is not None
        assert again.id == session.id, "it is the same device"
        assert len(people.sessions.of(session.account)) == 1
        with people.sessions.live(again, lambda **_: ended.append("second")):
            await people.sign_out(again, again.id, visitor(browser))
            assert ended == ["first", "second"]
        assert people.sessions.find(second, "") is None

    play(tmp_path, scene)


def test_sessions_2_a_session_with_a_live_connection_does_not_expire(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        secret = await people.sign_in("ada", PASSWORD, visitor())
        session = people.sessions.find(secret, "")
        assert session is not None
        with people.sessions.live(session, lambda **_: None):
            clock.now += 2 * LIFETIME
            assert people.sessions.of(session.account) != []
        assert people.sessions.find(secret, "") is not None

    play(tmp_path, scene)


def test_people_3_what_is_done_is_in_the_trail(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        secret = await people.sign_in("ada", PASSWORD, visitor())
        ada = people.sessions.find(secret, "")
        assert ada is not None
        link = await people.invite(ada, "Bo", "viewer", visitor())
        await people.join(link, name="Bo", login="bo", password=PASSWORD, visitor=visitor())
        bo = next(a for a in await people.accounts() if a.login == "bo")
        await people.set_disabled(ada, bo, True, visitor())
        await people.change_password(ada, old=PASSWORD, new="umbrella waltz", visitor=visitor())
        await people.sign_out(ada, ada.id, visitor())
        told = [(note.what, note.who, note.about) for note in await people.trail(100)]
        assert told[::-1] == [
            ("owner made", "ada", ""),
            ("sign-in", "ada", ""),
            ("invited", "ada", "Bo (Viewer)"),
            ("joined", "bo", "Viewer"),
            ("disabled", "ada", "bo"),
            ("password changed", "ada", ""),
            ("sign-out", "ada", ""),
        ]
        assert len(await people.trail(2)) == 2

    play(tmp_path, scene)


def test_an_owner_cannot_lock_everybody_out(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        ada = await signed_in(people, "ada")
        bo = await second_owner(people, ada, "Bo")
        accounts = {account.login: account for account in await people.accounts()}
        assert not await people.set_disabled(ada, accounts["ada"], True, visitor())
        done = await asyncio.gather(
            people.set_disabled(ada, accounts["bo"], True, visitor()),
            people.set_disabled(bo, accounts["ada"], True, visitor()),
        )
        assert list(done) == [True, False]

    play(tmp_path, scene)


def test_an_invitation_is_over_after_a_week_or_when_its_maker_is_disabled(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        ada = await signed_in(people, "ada")
        bo = await second_owner(people, ada, "Bo")
        links = [await people.invite(by, "Eve", "viewer", visitor()) for by in (ada, bo)]
        accounts = {account.login: account for account in await people.accounts()}
        await people.set_disabled(ada, accounts["bo"], True, visitor())
        eve = {"name": "Eve", "login": "eve", "password": PASSWORD}
        assert not await people.join(links[1], **eve, visitor=visitor())
        clock.now += 7 * DAY
        assert not await people.join(links[0], **eve, visitor=visitor())
        assert await people.invitations() == []

    play(tmp_path, scene)


def test_attempts_1_and_2_are_bounded_in_number_and_in_memory() -> None:
    attempts = Attempts(most=3, window=60.0, keys=2)
    for at in (0.0, 10.0, 20.0):
        assert attempts.wait("a", at) == 0
        attempts.count("a", at)
    assert attempts.wait("a", 30.0) == 30.0
    assert attempts.wait("a", 60.0) == 0, "the first is out of the window"
    attempts.count("a", 60.0)
    attempts.forgive("a")
    assert attempts.wait("a", 61.0) == 0
    attempts.count("b", 62.0)
    attempts.count("c", 62.0)
    assert attempts.wait("a", 63.0) == 0
    attempts.count("a", 63.0)
    attempts.count("a", 63.0)
    assert attempts.wait("a", 63.0) == 0, "its past was forgotten"


def test_book_1_the_trail_is_only_added_to(tmp_path: Path) -> None:
    book = Book(tmp_path / "people.sqlite")
    note = Note(at=1.0, what="sign-in", who="ada", address="::1", device="d")
    book.add_first(Account(id="a", login="ada", name="A", role="owner", password="p"), note)
    book.close()
    with sqlite3.connect(tmp_path / "people.sqlite") as other:
        for statement in ("DELETE FROM trail", "UPDATE trail SET who = 'eve'"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                other.execute(statement)
    other.close()


def test_book_2_there_is_one_first_owner(tmp_path: Path) -> None:
    book = Book(tmp_path / "people.sqlite")
    note = Note(at=1.0, what="owner made", who="ada", address="::1", device="d")
    for login, made in (("ada", True), ("eve", False)):
        account = Account(id=login, login=login, name="A", role="owner", password="p")
        assert book.add_first(account, note) is made
    assert [account.login for account in book.accounts()] == ["ada"]
    book.close()


def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    book = Book(path)
    with pytest.raises(BookUnusable, match="another server uses it"):
        Book(path)
    book.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(BookUnusable, match="format 2"):
        Book(path)
    path.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(BookUnusable):
        Book(path)
    assert path.read_bytes().startswith(b"no database")
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(BookUnusable, match="another program"):
        Book(path)
    assert APPLICATION_ID > 0


def test_book_2_no_two_people_have_one_name(tmp_path: Path) -> None:
    async def scene(people: People, clock: Clock) -> None:
        ada = await signed_in(people, "ada")
        link = await people.invite(ada, "Fred", "front-desk", visitor())
        with pytest.raises(NameTaken):
            await people.join(link, name="ADA", login="fred", password=PASSWORD, visitor=visitor())
        assert await people.join(
            link, name="Fred", login="fred", password=PASSWORD, visitor=visitor()
        )

    play(tmp_path, scene)


def test_book_2_an_invitation_is_worth_what_its_maker_may_do_when_it_is_used(
    tmp_path: Path,
) -> None:
    async def scene(people: People, clock: Clock) -> None:
        ada = await signed_in(people, "ada")
        zoe = await second_owner(people, ada, "Zoe")
        links = {role: await people.invite(zoe, "Eve", role, visitor()) for role in ROLES}
        accounts = {account.login: account for account in await people.accounts()}
        await people.set_role(ada, accounts["zoe"], "manager", visitor())
        for role, good in (("owner", False), ("manager", False), ("viewer", True)):
            joined = await people.join(
                links[role], name=f"Eve {role}", login=f"eve-{role}", password=PASSWORD,
                visitor=visitor(),
            )  # fmt: skip
            assert joined is good

    play(tmp_path, scene)
