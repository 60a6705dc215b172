"""Guests' documents on the screens: switched on, admitted, read, sealed, merged, exported."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine, Iterator
from typing import Any, ClassVar

import pytest

from pysync import Space, Vault
from pysync.model.cell import Mark
from pysync.model.conflict import Candidate, Conflict
from pysync.model.roles import Person
from pysync.model.sealed import is_sealed
from pysync.native import open_space
from pysync.native.cipher import NativeCipher
from pysync_pms.commands import CreateGuest
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.parts.field_words import candidate_words
from pysync_pms.words import GUESTS
from tests.pms_ui.support import Node, read
from tests.pms_ui.test_screens import Page

pytestmark = [pytest.mark.req("SRV-19")]

CLEAR = "PASSPORT-C0FFEE"
SYNC = "settings?section=sync"


class Desk(Page):
    """A page of a device with a key pair of its own; what is done beside is done when it paints."""

    work: ClassVar[list[Coroutine[Any, Any, None]]] = []

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self.hotel._spawn = self.work.append

    def user(self, action: str, **values: str) -> str:
        """Do it, and answer what is drawn then; `data_id` is an argument, the rest a form."""
        args = {"id": values.pop("data_id")} if "data_id" in values else {}
        value = values.pop("value", "")
        self.painted()
        self.dom.user(kind="click", action=action, args=args, values=values, value=value)
        return self.drawn()

    def markup(self, place: str) -> str:
        """Come there from elsewhere: what is drawn in the end, also of what was opened beside."""
        self.show("activity")
        first = super().markup(place)
        self.app.refresh()
        return first + self.drawn()

    def painted(self) -> list[dict[str, Any]]:
        """Everything that is sent until nothing more is done beside."""
        found = self.dom.paint()
        while self.work:
            asyncio.run(self.work.pop(0))
            found += self.dom.paint()
        return found

    def drawn(self) -> str:
        return "".join(str(each.get("html", "")) for each in self.painted())

    def unlock(self) -> Vault:
        """Give it its keys."""
        vault = Vault(self.space, NativeCipher(None), lambda work: work.close())
        asyncio.run(vault.look())
        self.hotel.sealed.vault = vault
        self.painted()
        return vault


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A hotel with two guests, in which nobody switched encryption on."""
    with open_space("sealed-screens", schema=SCHEMA) as space:
        desk = Desk(space)
        desk.unlock()
        for name in ("kept", "other"):
            guest = CreateGuest(id=name, first_name="Ottoline", last_name="Ávila")
            desk.hotel.perform(guest)
        yield desk
        desk.painted()
        assert desk.errors == []


@pytest.fixture
def other(desk: Desk) -> Iterator[Desk]:
    """A page of a device that has no keys."""
    page = Desk(desk.space)
    yield page
    page.painted()
    assert page.errors == []


@pytest.fixture(scope="module")
def ready(desk: Desk) -> Desk:
    """The same after it was switched on: what the person sees on the way."""
    assert "not switched on" in desk.markup("guests/kept")
    assert 'name="document"' not in desk.markup("guests/kept")
    assert "Switch on…" in desk.markup(SYNC)
    assert "Name of this device" in desk.user("vault.on")
    assert "Give this device a name" in desk.user("vault.do", name=" ")
    shown = desk.user("vault.do", name="Front desk")
    code = "".join(read(shown).one("p", aria_label="Recovery code").text.split())
    assert re.fullmatch("[0-9A-Z]{32}", code)
    assert "Write it down first" in shown
    assert "Write it down first" not in desk.user("vault.written", value="on")
    desk.dom.user(kind="closed", target="vault")
    card = desk.markup(SYNC)
    assert "Front desk" in card
    assert "has access" in card
    assert code not in "".join(card.split())
    return desk


def save(desk: Desk, guest: str, **fields: str) -> Any:
    """Save the profile as its form does; the document as it is kept."""
    desk.show(f"guests/{guest}")
    desk.user("guest.save", data_id=guest, last_name="Ávila", first_name="Ottoline", **fields)
    return (desk.space.view.get(GUESTS, guest) or {}).get("document")


def cached(tree: Node) -> str:
    """What a stored picture of the page holds: texts and values, but for what it leaves out."""
    if "data-no-cache" in tree.attrs or tree.tag == "dialog":
        return ""
    inside = [each if isinstance(each, str) else cached(each) for each in tree.children]
    return " ".join([*inside, *(str(value) for value in tree.attrs.values())])


def test_a_document_is_typed_in_clear_and_kept_sealed(ready: Desk) -> None:
    assert is_sealed(text := save(ready, "kept", document=CLEAR))
    drawn = ready.markup("guests/kept")
    assert f'value="{CLEAR}"' in drawn
    assert read(drawn).all("ins"), "the history"
    assert CLEAR in "".join(each.text for each in read(drawn).all("ins"))
    assert text not in drawn
    assert CLEAR not in cached(read(drawn)), "no stored picture of the page has it"
    assert save(ready, "kept", document=f" {CLEAR} ", email="o@example.org") == text, "as it was"
    assert save(ready, "kept", document="") is None
    assert is_sealed(save(ready, "kept", document=CLEAR))


def test_a_device_asks_and_is_admitted_after_its_code_was_compared(
    ready: Desk, other: Desk
) -> None:
    save(ready, "kept", document=CLEAR)
    phone = other
    phone.unlock()
    drawn = phone.markup("guests/kept")
    assert "this device has no key yet" in drawn
    assert CLEAR not in drawn
    assert is_sealed((ready.space.view.get(GUESTS, "kept") or {})["document"])
    assert "Ask for access…" in phone.markup(SYNC)
    phone.user("vault.ask")
    phone.user("vault.do", name="Phone")
    card = phone.markup(SYNC)
    code = read(card).one("p", aria_label="This device's code").text
    vault = ready.hotel.sealed.vault
    assert vault is not None
    asyncio.run(vault.look())
    [asked] = [each for each in vault.devices if not each.inside]
    ready.markup(SYNC)
    compared = read(ready.user("vault.compare", data_id=asked.id))
    shown = compared.one("p", aria_label="The code that the other device has to show").text
    assert shown == code
    ready.user("vault.do")
    assert "asks" not in [each.text for each in read(ready.markup(SYNC)).all("span")]
    asyncio.run(phone.hotel.sealed.vault.look())  # type: ignore[union-attr]
    assert "was admitted. It trusts the other device once" in phone.markup(SYNC)
    confirmed = read(phone.user("vault.confirm", data_id=asked.id))
    shown = confirmed.one("p", aria_label="The code that the other device has to show").text
    assert shown == code
    phone.user("vault.do")
    asyncio.run(phone.hotel.sealed.vault.look())  # type: ignore[union-attr]
    phone.painted()
    assert f'value="{CLEAR}"' in phone.markup("guests/kept")
    assert "Remove" in ready.markup(SYNC)
    ready.user("vault.remove", data_id=asked.id)
    ready.user("vault.do")
    assert "Phone" not in ready.markup(SYNC)
    newer = save(ready, "kept", document="NEWER")
    asyncio.run(phone.hotel.sealed.vault.look())  # type: ignore[union-attr]
    drawn = phone.markup("guests/kept")
    assert CLEAR not in drawn, "nor what it could read before"
    assert "NEWER" not in drawn
    assert newer not in drawn


def test_what_is_merged_is_sealed_for_the_profile_that_is_kept(ready: Desk, other: Desk) -> None:
    save(ready, "kept", document="")
    save(ready, "other", document=f"{CLEAR}-other")
    stranger = other
    stranger.unlock()
    stranger.markup("guests/kept")
    stranger.dom.user(kind="click", action="guest.merge", args={"id": "kept", "other": "other"})
    assert "stays with it" in stranger.drawn()
    ready.markup("guests/kept")
    ready.dom.user(kind="click", action="guest.merge", args={"id": "kept", "other": "other"})
    assert "stays with it" not in ready.drawn()
    ready.user("ask.submit")
    kept = (ready.space.view.get(GUESTS, "kept") or {})["document"]
    vault = ready.hotel.sealed.vault
    assert vault is not None
    assert asyncio.run(vault.open(GUESTS, "kept", "document", kept)) == f"{CLEAR}-other"
    ready.hotel.undo_last()
    ready.painted()
    assert save(ready, "other", document=f"{CLEAR}-other")


def test_a_conflict_and_an_export_are_opened_where_the_device_can(ready: Desk, other: Desk) -> None:
    text = save(ready, "kept", document=CLEAR)
    mark = Mark("t", 1, 1, "")
    side = Candidate(text, mark)
    clash = Conflict(id="c", key=GUESTS, rid="kept", register="document", status="open",
                     strategy="manual", shown=side, other=side, base="")  # fmt: skip
    candidate_words(ready.hotel, clash, text)
    ready.painted()
    assert read(candidate_words(ready.hotel, clash, text)).text == CLEAR
    stranger = other
    assert candidate_words(stranger.hotel, clash, text) == "sealed"
    stranger.unlock()
    exports = []
    for page in (ready, stranger):
        page.markup("guests/kept")
        page.dom.user(kind="click", action="guest.export", args={"id": "kept"})
        [file] = [command for command in page.painted() if command["op"] == "download"]
        exports.append(json.loads(str(file["text"])))
        assert text not in str(file["text"])
    assert [each["records"][0]["fields"]["document"] for each in exports] == [CLEAR, "sealed"]
    assert CLEAR in json.dumps(exports[0]["records"][0]["history"])
    assert CLEAR not in json.dumps(exports[1])


def test_a_page_without_cryptography_says_what_it_needs(ready: Desk, other: Desk) -> None:
    save(ready, "kept", document=CLEAR)
    cipher = NativeCipher(None)
    cipher.missing = "only over https"
    vault = Vault(other.space, cipher, lambda work: work.close())
    asyncio.run(vault.look())
    other.hotel.sealed.vault = vault
    assert "Needs https: only over https" in other.markup(SYNC)
    drawn = other.markup("guests/kept")
    assert "Sealed — this address needs https" in drawn
    assert CLEAR not in drawn
    assert 'name="document"' not in drawn


@pytest.mark.req("SRV-17")
@pytest.mark.parametrize("role", ["housekeeping", "accounting", "viewer", "front-desk"])
def test_who_may_not_read_documents_sees_nothing_of_it(ready: Desk, role: str) -> None:
    ready.space.tab.who.met(Person("Kim", role))
    try:
        drawn = ready.markup("guests/other") + ready.markup(SYNC)
        sees = role == "front-desk"
        assert ('name="document"' in drawn, "End-to-end encryption" in drawn) == (sees, sees)
        if sees:
            buttons = read(ready.markup(SYNC)).all("button", data_action="vault.code")
            assert not buttons, "a control without the right asks for nothing"
    finally:
        ready.space.tab.who.met(Person("Ada", "owner"))
