"""Signing out: what is said before it happens, and that nothing is thrown away that waits."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from typing import Any

import pytest

from pysync import Vault
from pysync.attachments import Attachments
from pysync.native.cipher import NativeCipher
from pysync.shelf import MemoryShelf, NoCarrier
from pysync.space import Space
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.parts.leaving import Leaving, LeavingTools
from tests.pms_ui.test_company import drawn, words
from tests.pms_ui.test_screens import Page
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("SRV-16", "SRV-04")


class Desk:
    """A tab of a hotel at a server, and what its page was asked to do."""

    def __init__(self, *, opened: bool = True) -> None:
        self.town = Town(SCHEMA)
        self.space: Space = self.town.open(self.town.device(), "desk")
        self.did: list[str] = []
        self.elsewhere: Mapping[str, int] = {}
        self.answers = True
        self.shelf: list[str] | None = []
        tools = LeavingTools(self._waiting, self._pictures, self._end, self._forget, self._leave)
        self.page = Page(self.space, lambda hotel: Leaving(hotel, tools).actions())
        self.page.dom.paint()
        timers = self.space.host.timers  # type: ignore[attr-defined]
        self.kept = Attachments(
            self.space, MemoryShelf(), NoCarrier(), timers, lambda work: work.close()
        )
        self.finish(self.kept.begin())
        if opened:
            self.page.hotel.pictures.use(self.kept, NotImplemented)

    async def _waiting(self) -> Mapping[str, int]:
        return {self.space.name: 7, **self.elsewhere}

    async def _pictures(self) -> list[str] | None:
        return self.shelf

    async def _end(self) -> bool:
        self.did.append("ended")
        return self.answers

    def _leave(self) -> None:
        self.did.append("left")

    async def _forget(self) -> None:
        self.did.append("forgot")

    def finish(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What it answers, once the relay has taken what it waits for."""
        for _ in range(20):
            try:
                work.send(None)
            except StopIteration as done:
                self.town.settle()
                return done.value
            self.town.settle()
        raise AssertionError("it waits for something else")

    def press(self, action: str) -> str:
        """Press a button; the words that are drawn then."""
        self.page.dom.user(kind="click", action=action)
        told = words(drawn(self.page))
        assert self.page.errors == []
        return told


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield Desk()


def test_a_device_of_which_the_server_has_everything_forgets_it(desk: Desk) -> None:
    assert "Nothing is lost" in desk.press("people.sign-out")
    desk.press("leaving.forget")
    assert desk.did == ["ended", "forgot"]


@pytest.mark.req("SRV-19")
def test_the_only_device_with_access_says_what_signing_out_costs(desk: Desk) -> None:
    vault = Vault(desk.space, NativeCipher(None), lambda work: work.close())
    desk.finish(vault.switch_on("Desk"))
    desk.page.hotel.sealed.vault = vault
    told = desk.press("people.sign-out")
    assert "only device with access" in told
    assert "recovery code only" in told
    assert "Nothing is lost" not in told
    phone = Vault(desk.space, NativeCipher(None), lambda work: work.close())
    asked = desk.finish(phone.ask("Phone"))
    desk.finish(vault.look())
    assert "only device with access" in desk.press("people.sign-out"), "who asks has none"
    desk.finish(vault.admit(asked.id))
    told = desk.press("people.sign-out")
    assert "Nothing is lost" in told
    assert "only device" not in told


def test_what_has_not_reached_the_server_stays_on_the_device(desk: Desk) -> None:
    desk.town.go_offline()
    desk.space.run(
        "", lambda d: d.create("staff", {"id": "s", "name": "Kim", "role": "housekeeping"})
    )
    desk.space.run(
        "", lambda d: d.create("staff", {"id": "t", "name": "Lou", "role": "housekeeping"})
    )
    assert "2 changes made here are not at the server" in desk.press("people.sign-out")
    desk.press("leaving.forget")
    assert desk.did == [], "there is no such button, and a press of an older one does nothing"
    desk.press("leaving.keep")
    assert desk.did == ["ended", "left"]


@pytest.mark.req("PMS-07")
def test_a_picture_that_has_not_reached_the_server_keeps_everything_here_too(desk: Desk) -> None:
    digest = desk.finish(desk.kept.add(b"%PDF-1.7"))
    assert "Nothing is lost" in desk.press("people.sign-out"), "no record names it"
    picture = {"id": "e", "staff": "s", "on": "2026-11-20", "category": "meals", "amount": 1,
               "picture": digest}  # fmt: skip
    desk.space.run("", lambda d: d.create("staff", {"id": "s", "name": "Kim", "role": "other"}))
    desk.space.run("", lambda d: d.create("expenses", picture))
    desk.town.settle()
    assert desk.space.status().pending == 0
    assert "1 change made here is not at the server" in desk.press("people.sign-out")
    desk.press("leaving.forget")
    assert desk.did == []


@pytest.mark.req("PMS-07")
def test_a_picture_that_this_tab_does_not_know_of_keeps_everything_here_too(desk: Desk) -> None:
    assert "Nothing is lost" in desk.press("people.sign-out")
    desk.shelf = ["a" * 64]  # Another tab took it meanwhile.
    assert "1 change made here is not at the server" in desk.press("leaving.forget")
    assert "keep them here" in desk.press("people.sign-out")
    assert desk.did == []


@pytest.mark.req("PMS-07")
@pytest.mark.parametrize(("opened", "shelf"), [(False, []), (True, None)])
def test_while_it_is_not_known_which_pictures_wait_nothing_is_forgotten(
    opened: bool, shelf: list[str] | None
) -> None:
    desk = Desk(opened=opened)
    desk.shelf = shelf
    told = desk.press("people.sign-out")
    assert "It is not known yet whether the server has every picture" in told
    assert "Nothing is lost" not in told
    desk.press("leaving.forget")
    assert desk.did == []
    desk.press("leaving.keep")
    assert desk.did == ["ended", "left"]


def test_changes_of_another_hotel_of_the_device_count_too(desk: Desk) -> None:
    desk.elsewhere = {"sea-side": 3, "old": 0}
    told = desk.press("people.sign-out")
    assert (
        "3 changes made here are not at the server: not sent yet, or refused (also in Sea Side)"
        in told
    )


def test_a_server_that_does_not_answer_ends_nothing(desk: Desk) -> None:
    desk.answers = False
    desk.press("people.sign-out")
    assert "you are still signed in" in desk.press("leaving.forget")
    assert desk.did == ["ended"]
    desk.answers = True
    desk.press("leaving.forget")
    assert desk.did == ["ended", "ended", "forgot"]
