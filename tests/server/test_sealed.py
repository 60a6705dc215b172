"""End-to-end encrypted fields at a real relay where people sign in: who reads, and who cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from pysync import Refused, Space
from pysync.errors import VaultError
from pysync.first_state import export_first_state
from pysync.model.sealed import KEYRING, is_sealed
from pysync.native import online, open_space, open_vault
from pysync_pms.commands import CreateGuest, EditGuest, perform
from pysync_pms.schema import SCHEMA
from tests.native.test_relay_spaces import sent, until
from tests.server.test_program_device import token
from tests.server.visitor import Visitor, set_up, start

pytestmark = [pytest.mark.req("SRV-19")]

CLEAR = "PASSPORT-C0FFEE"
PLACE = ("guests", "g", "document")
TODAY = "2026-11-22"


@pytest.fixture(scope="module")
def owner(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The owner of a hotel."""
    data = tmp_path_factory.mktemp("hotel") / "server"
    data.mkdir()
    server, link = start(data, "pysync_pms.schema:SCHEMA")
    yield set_up(server, link)
    server.stop()


def document(space: Space) -> str | None:
    found = space.view.get("guests", "g")
    return None if found is None else found.get("document")


def holders(folder: Path) -> list[str]:
    """The files in which the clear text stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if CLEAR.encode() in path.read_bytes()]


@pytest.mark.req("SRV-17")
def test_the_server_and_who_may_not_read_hold_no_clear_text(owner: Visitor, tmp_path: Path) -> None:
    def follow(role: str) -> Space:
        secret = token(owner, role, role)
        relay = f"{owner.server.url}/sync"
        return open_space(
            "hotel", schema=SCHEMA, path=tmp_path / f"{role}.db", relay=relay, token=secret
        )

    async def life() -> None:
        with (
            follow("manager") as boss,
            follow("front-desk") as desk,
            follow("housekeeping") as maid,
        ):
            for space in (boss, desk, maid):
                await online(space)
            office = await open_vault(boss)
            await office.switch_on("Office")
            perform(boss, CreateGuest(id="g", last_name="Souza"), view=boss.view, today=TODAY)
            text = await office.seal(*PLACE, CLEAR)
            edit = EditGuest(id="g", changes={"document": text})
            perform(boss, edit, view=boss.view, today=TODAY)
            await until(desk, lambda: document(desk) == text)
            reception = await open_vault(desk)
            assert reception.state == "locked"
            with pytest.raises(VaultError):
                await reception.open(*PLACE, text)
            asked = await reception.ask("Reception")
            await until(boss, lambda: boss.view.get(KEYRING, f"member.{asked.id}") is not None)
            await office.look()
            assert [each.code for each in office.devices if not each.own] == [asked.code]
            await reception.confirm(asked.code)
            await office.admit(asked.id)
            grant = f"grant.{text.split('.')[1]}.{asked.id}"
            await until(desk, lambda: desk.view.get(KEYRING, grant) is not None)
            assert await reception.open(*PLACE, text) == CLEAR
            with pytest.raises(Refused, match="Front desk may not"):
                await reception.new_code()
            newer = await reception.seal(*PLACE, f"{CLEAR}-2")
            edit = EditGuest(id="g", changes={"document": newer})
            perform(desk, edit, view=desk.view, today=TODAY)
            await until(boss, lambda: document(boss) == newer)
            assert await office.open(*PLACE, newer) == f"{CLEAR}-2"
            await until(maid, lambda: maid.view.get("guests", "g") is not None)
            await sent(maid)
            versions = await boss.history("guests", "g")
            assert [v.fields["document"][1] for v in versions[1:]] == [text, newer]
            exported = owner.get("/sync/hotel/person/guests/g").text
            assert text in exported and newer in exported
            assert CLEAR not in exported + owner.get("/sync/hotel/state").text
            assert CLEAR not in export_first_state(boss)
            assert document(maid) is None
            assert list(maid.view.all(KEYRING)) == []
        held = (tmp_path / "housekeeping.db").read_bytes()
        assert newer.encode() not in held, "not even the sealed text"
        assert is_sealed(newer)
        assert newer.encode() in b"".join(
            path.read_bytes() for path in owner.server.data.rglob("*.sqlite*")
        )
        assert holders(tmp_path) == holders(owner.server.data) == []

    asyncio.run(asyncio.wait_for(life(), 60))
