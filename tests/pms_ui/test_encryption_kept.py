"""What is opened of a guest's document stays where it belongs, and what is typed is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from pysync import Space, Vault
from pysync.joining import Joining
from pysync.model.cell import Mark
from pysync.model.conflict import Candidate, Conflict
from pysync.model.sealed import KEYRING
from pysync.native import open_space
from pysync.native.cipher import NativeCipher
from pysync_pms.commands import CreateGuest
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.parts.bring import Bring
from pysync_pms.ui.ports import BringTools
from pysync_pms.words import GUESTS
from tests.pms_ui.support import read
from tests.pms_ui.test_encryption import CLEAR, SYNC, Desk, cached, save

pytestmark = [pytest.mark.req("SRV-19")]

OTHER = "PASSPORT-0TH3R"


@pytest.fixture(scope="module")
def ready() -> Iterator[Desk]:
    """A hotel with a guest, on the device that switched encryption on."""
    with open_space("sealed-kept", schema=SCHEMA) as space:
        desk = Desk(space)
        desk.unlock()
        desk.hotel.perform(CreateGuest(id="kept", first_name="Ottoline", last_name="Ávila"))
        desk.markup(SYNC)
        desk.user("vault.on")
        desk.user("vault.do", name="Front desk")
        desk.user("vault.written", value="on")
        desk.dom.user(kind="closed", target="vault")
        yield desk
        desk.painted()
        assert desk.errors == []


def conflict(key: str, rid: str, register: str, one: Any, two: Any) -> Conflict:
    """Two values that met, for somebody to decide."""
    shown, other = Candidate(one, Mark("t", 1, 1, "")), Candidate(two, Mark("u", 1, 2, ""))
    return Conflict(id=f"{rid}.{register}", key=key, rid=rid, register=register, status="open",
                    strategy="manual", shown=shown, other=other, base="")  # fmt: skip


@pytest.fixture
def waiting(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Conflict]:
    """Conflicts that wait for somebody, in this space as in the one that is brought to a server: a
    guest's document, and, which no schema of ours lets happen, a record of the keyring."""
    one, two = (save(ready, "kept", document=each) for each in (CLEAR, OTHER))
    found = [
        conflict(GUESTS, "kept", "document", one, two),
        conflict(KEYRING, "root", "key", "key-one", "key-two"),
    ]
    monkeypatch.setattr(Space, "conflicts", lambda *_, settled=False, **__: found * (not settled))
    monkeypatch.setattr(Joining, "conflicts", property(lambda _: found))
    return found


def bring(desk: Desk) -> str:
    """The questions on the way to the server."""
    joining = Joining(desk.space, None, lambda: None)  # type: ignore[arg-type]  # asks nothing
    joining.stage = "uploaded"
    card = Bring(desk.hotel, BringTools(lambda *_: joining, "https://hotel.example"))
    card._steps()
    card.view()
    desk.painted()
    return str(card.view())


@pytest.mark.usefixtures("waiting")
def test_shown_1_what_a_conflict_opens_is_in_no_stored_picture_of_a_page(ready: Desk) -> None:
    for drawn in (ready.markup("attention"), bring(ready)):
        assert CLEAR in drawn
        assert OTHER in drawn
        assert CLEAR not in cached(read(drawn))
        assert OTHER not in cached(read(drawn))


@pytest.mark.usefixtures("waiting")
def test_nobody_is_asked_about_keys(ready: Desk) -> None:
    for drawn in (ready.markup("attention"), bring(ready)):
        assert "document" in drawn
        assert "key-one" not in drawn
        assert "key-two" not in drawn
    assert ready.hotel.open_conflicts == 1


def asks(ready: Desk) -> str:
    """Somebody asks for access on another device; its id."""
    phone = Vault(ready.space, NativeCipher(None), lambda work: work.close())
    return asyncio.run(phone.ask("Phone")).id


def closed(ready: Desk) -> str:
    """A document that this device cannot open: of another guest, put where it does not belong."""
    ready.hotel.perform(CreateGuest(id="other", first_name="Ottoline", last_name="Lind"))
    return str(save(ready, "other", document=OTHER))


@pytest.mark.parametrize("opens", [True, False])
def test_a_form_is_not_taken_away_while_somebody_asks_for_access(ready: Desk, opens: bool) -> None:
    text = save(ready, "kept", document=CLEAR) if opens else closed(ready)
    ready.space.run("", lambda draft: draft.update(GUESTS, "kept", {"document": text}))
    drawn = read(ready.markup("guests/kept")).all("input", name="document")
    assert [each.attrs["value"] for each in drawn[-1:]] == [CLEAR if opens else ""]
    vault = ready.hotel.sealed.vault
    assert vault is not None
    asks(ready)
    asyncio.run(vault.look())
    ready.app.refresh()
    first = "".join(str(each.get("html", "")) for each in ready.dom.paint())
    assert "Opening…" not in first + ready.drawn()


def test_a_text_that_looks_sealed_in_another_field_is_no_error(ready: Desk) -> None:
    text = save(ready, "kept", document=CLEAR)
    ready.space.run("", lambda draft: draft.update(GUESTS, "kept", {"notes": text}))
    ready.painted()
    ready.show("guests/kept")
    told = [each for each in ready.painted() if "did not work" in str(each)]
    assert told == []
    ready.space.run("", lambda draft: draft.update(GUESTS, "kept", {"notes": None}))


class Failing(NativeCipher):
    """A browser that throws what nobody expects."""

    async def make(self) -> bytes:
        raise RuntimeError("DataCloneError")


def test_the_dialog_is_free_again_whatever_went_wrong(ready: Desk) -> None:
    ready.markup(SYNC)
    ready.user("vault.ask")
    shown = ready.user("vault.do", name="\ud800")
    assert "It is being done" in shown, "at first"
    assert shown.count("<dialog") == 2, "and then what was wrong"
    assert "It is being done" not in shown.rpartition("<dialog")[2]
    ready.dom.user(kind="closed", target="vault")
    with open_space("sealed-failing", schema=SCHEMA) as space:
        page = Desk(space)
        page.hotel.sealed.vault = Vault(space, Failing(None), lambda work: work.close())
        page.markup(SYNC)
        page.user("vault.on")
        shown = page.user("vault.do", name="Desk")
        assert "It is being done" not in shown.rpartition("<dialog")[2]
        assert page.errors == []
