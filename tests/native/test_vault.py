"""The vault over real cryptography: several devices' keys on one space in this process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pysync import Collection, InvalidValue, Refused, Space, UsageError
from pysync.cipher import bound_to
from pysync.errors import VaultError
from pysync.model.keyring import (
    GRANT,
    KEY,
    KEY_BYTES,
    MEMBER,
    RING,
    ROOT,
    Grant,
    code_of,
    key_id,
    member_id,
)
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.sealed import KEYRING, NONCE_BYTES, Sealed, parse_sealed, to_text
from pysync.native import open_space, open_vault
from pysync.native.cipher import NativeCipher
from pysync.native.sqlite import SqliteStore
from pysync.unlocking import granted, linked, unlock
from pysync.vault import Vault

pytestmark = [pytest.mark.req("SRV-19")]

CLEAR = "PASSPORT-C0FFEE"
PEOPLE = CollectionSchema(name="people", fields={"paper": Field(encrypted=True)})
SCHEMA = Schema(collections={"people": PEOPLE, KEYRING: RING})
PLACE = ("people", "1", "paper")


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    """A space with a person in it."""
    with open_space("papers", schema=SCHEMA, path=tmp_path / "store.sqlite") as opened:
        Collection("people", space=opened).create({"id": "1"})
        yield opened


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the key files of four devices hold: to make a pair takes longer than all the rest."""
    files = [tmp_path_factory.mktemp("keys") / "made.keys" for _ in range(4)]
    for file in files:
        asyncio.run(NativeCipher(file).make())
    return [file.read_text() for file in files]


@pytest.fixture(autouse=True)
def unused(pairs: list[str], tmp_path: Path) -> None:
    """Devices of this test begin with these pairs."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    for at, text in enumerate(pairs):
        (folder / f"{at}.keys").write_text(text)


def vault(space: Space, path: Path | None = None) -> Vault:
    """Another device on this space: a key pair of its own, in a file."""
    if path is None:
        store = space.host.store
        assert isinstance(store, SqliteStore)
        path = min((store.path.parent / "pairs").iterdir())
        path = path.rename(store.path.parent / f"device-{path.name}")
    return again(space, path)


def again(space: Space, path: Path) -> Vault:
    """The device with that key file, started anew."""
    return Vault(space, NativeCipher(path), lambda work: work.close())


def run(life: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(life(), 60))


async def fails(work: Coroutine[Any, Any, Any], code: str) -> None:
    with pytest.raises(VaultError) as caught:
        await work
    assert caught.value.code == code
    assert CLEAR not in str(caught.value)


async def two(space: Space) -> tuple[Vault, Vault, str]:
    """One that switched it on, one that it admitted, and the recovery code."""
    desk, phone = vault(space), vault(space)
    code = await desk.switch_on("Desk")
    asked = await phone.ask("Phone")
    await phone.confirm(asked.code)
    await desk.admit(asked.id)
    await phone.look()
    assert [desk.state, phone.state] == ["ready", "ready"]
    return desk, phone, code


def test_a_device_is_admitted_after_both_compared_one_code(space: Space, tmp_path: Path) -> None:
    async def life() -> None:
        file = tmp_path / "phone.keys"
        desk, phone = vault(space), vault(space, file)
        await desk.look()
        assert desk.state == "off"
        await fails(desk.seal(*PLACE, CLEAR), "off")
        await fails(phone.ask("Phone"), "off")
        await desk.switch_on("Desk")
        with pytest.raises(Exception, match="already"):
            await desk.switch_on("Desk")
        text = await desk.seal(*PLACE, CLEAR)
        asked = await phone.ask("Phone")
        assert phone.state == "locked"
        await fails(phone.open(*PLACE, text), "locked")
        await fails(phone.seal(*PLACE, CLEAR), "locked")
        await fails(phone.admit(asked.id), "locked")
        await desk.look()
        [seen] = [each for each in desk.devices if not each.own]
        assert (seen.name, seen.code, seen.inside) == ("Phone", asked.code, False)
        await desk.admit(seen.id)
        await fails(phone.open(*PLACE, text), "locked")
        await phone.confirm(asked.code)
        assert await phone.open(*PLACE, text) == CLEAR
        assert await desk.open(*PLACE, await phone.seal(*PLACE, {"no": [1, "é"]})) == {
            "no": [1, "é"]
        }
        anew = again(space, file)
        assert await anew.open(*PLACE, text) == CLEAR, "the key is in the file"
        assert file.stat().st_mode & 0o777 == 0o600
        assert anew.device == phone.device
        await phone.forget()
        assert not file.exists()
        await fails(phone.open(*PLACE, text), "locked")

    run(life)


def test_a_text_opens_only_where_it_was_sealed_for(space: Space) -> None:
    async def life() -> None:
        desk = vault(space)
        await desk.switch_on("Desk")
        text = await desk.seal(*PLACE, CLEAR)
        assert text != await desk.seal(*PLACE, CLEAR), "nobody sees that two are equal"
        await fails(desk.open("people", "2", "paper", text), "altered")
        id_, nonce, body = parse_sealed(text)
        turned = bytes([body[0] ^ 1]) + body[1:]
        for other in (Sealed(id_, bytes(12), body), Sealed(id_, nonce, turned)):
            await fails(desk.open(*PLACE, other.text), "altered")
        unknown = Sealed(key_id(b"another"), nonce, body)
        await fails(desk.open(*PLACE, unknown.text), "no-key")
        for wrong in (CLEAR, "", f"{text} ", f"{text}="):
            with pytest.raises(InvalidValue):
                await desk.open(*PLACE, wrong)
        with pytest.raises(UsageError):
            await desk.seal("people", "1", "name", CLEAR)
        with pytest.raises(InvalidValue):
            Collection("people", space=space).update("1", {"paper": CLEAR})
        shown = repr([vars(desk), desk._keys, desk._held, desk.devices])
        assert desk._keys.held
        assert all(repr(key) not in shown for key in desk._keys.held.values())

    run(life)


def test_a_server_that_shows_keys_of_its_own_is_not_trusted_by_who_only_asked(space: Space) -> None:
    """It has switched encryption on by itself, and admits whoever asks."""

    async def life() -> None:
        server, phone = vault(space), vault(space)
        await server.switch_on("Desk")
        asked = await phone.ask("Phone")
        await server.admit(asked.id)
        await phone.look()
        assert [phone.state, phone.admitted, phone.compared] == ["locked", True, False]
        await fails(phone.seal(*PLACE, CLEAR), "locked")
        desk_shows = code_of(await public_of(phone), key_id(b"the key of the real desk"))
        await fails(phone.confirm(desk_shows), "changed")
        await fails(phone.seal(*PLACE, CLEAR), "locked")
        await fails(vault(space).confirm(asked.code), "changed")

    run(life)


def test_who_is_removed_reads_nothing_new_and_keeps_what_was(space: Space) -> None:
    async def life() -> None:
        desk, phone, code = await two(space)
        before = await phone.seal(*PLACE, "before")
        phone_id = phone.device.id if phone.device else ""
        await fails(desk.remove(desk.device.id if desk.device else ""), "gone")
        await desk.remove(phone_id)
        assert [each.name for each in desk.devices] == ["Desk"]
        after = await desk.seal(*PLACE, "after")
        assert await desk.open(*PLACE, before) == "before", "the old key is kept"
        await fails(phone.open(*PLACE, after), "locked")
        await fails(phone.seal(*PLACE, "x"), "locked")
        assert phone.state == "locked"
        third = vault(space)
        await third.recover(code.lower().replace(" ", "-"), "Third")
        assert [await third.open(*PLACE, each) for each in (before, after)] == ["before", "after"]
        await fails(vault(space).recover(code[:-1] + ("0" if code[-1] != "0" else "1"), "X"),
                    "wrong-code")  # fmt: skip
        await fails(third.recover("ssecret", "X"), "wrong-code")
        await desk.admit((await phone.ask("Phone")).id)
        assert await phone.open(*PLACE, after) == "after"

    run(life)


def test_a_new_recovery_code_ends_the_one_before(space: Space) -> None:
    async def life() -> None:
        desk, _, code = await two(space)
        old = await desk.seal(*PLACE, "old")
        newer = await desk.new_code()
        assert desk.has_recovery
        new = await desk.seal(*PLACE, "new")
        found = vault(space)
        await fails(found.recover(code, "X"), "wrong-code")
        await found.recover(newer, "Found")
        assert [await found.open(*PLACE, each) for each in (old, new)] == ["old", "new"]
        await desk.look()
        assert [each.inside for each in desk.devices] == [True, True, True]

    run(life)


def row(grant: Grant) -> dict[str, str]:
    return {"wrapped": to_text(grant.wrapped), "proof": to_text(grant.proof)}


async def public_of(vault: Vault) -> bytes:
    held = await vault._cipher.held()
    assert held is not None
    return held.public


def test_a_key_that_somebody_without_keys_puts_there_is_not_used(space: Space) -> None:
    """A server can wrap a key of its own for everybody: their public keys are known."""

    async def life() -> None:
        desk, phone, _ = await two(space)
        ring, thief = Collection(KEYRING, space=space), NativeCipher(None)
        key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        id_, root = key_id(key), str(ring.get("root")["key"])
        made = int(space.host.now().wall) + 10**9
        link = await linked(thief, key, nonce, id_, root, made)
        ring.create({"id": KEY + id_, "after": root, "made": made, "link": to_text(link)})
        for public in (await public_of(desk), await public_of(phone)):
            grant = await granted(thief, key, nonce, id_, member_id(public), public)
            ring.create({"id": f"{GRANT}{id_}.{member_id(public)}", **row(grant)})
        for device in (desk, phone):
            assert parse_sealed(await device.seal(*PLACE, CLEAR)).key_id == root
        with pytest.raises(Refused, match="neither changed nor taken out"):
            ring.update("root", {"key": id_})

    run(life)


def test_keys_are_never_taken_out_of_the_keyring_nor_two_made_to_follow_one(space: Space) -> None:
    """By an undo, by who was removed, or by two who remove somebody in the same moment."""

    async def life() -> None:
        desk, phone, _ = await two(space)
        ring, root = Collection(KEYRING, space=space), str(desk._ring.root)
        await desk.remove(member_id(await public_of(phone)))
        text = await desk.seal(*PLACE, CLEAR)
        newest = parse_sealed(text).key_id
        first = ring.get(KEY + newest)
        for rid in (ROOT, KEY + newest):
            with pytest.raises(Refused, match="neither changed nor taken out"):
                ring.delete(rid)
        with pytest.raises(Refused, match="in the same moment"):
            ring.create({**first, "id": KEY + key_id(b"another"), "made": first["made"] + 1})
        with pytest.raises(Refused, match="neither changed nor taken out"):
            ring.update(MEMBER + member_id(await public_of(desk)), {"public": "AAAA"})
        done = [each for each in await space.recent() if space.can_undo(each.change_id)]
        assert [each.refs for each in done if each.refs[0][0] == KEYRING] == []
        held = await desk._cipher.held()
        assert held is not None and held.roots == (root, newest)
        less = replace(desk._ring, links={})  # as a server may show it
        own, cipher = member_id(held.public), desk._cipher
        keys = await unlock(cipher, less, own, held.roots, {}, cipher.unwrap)
        assert keys.newest == newest, "it never seals with the key of whoever was removed again"

    run(life)


def test_who_has_the_newest_key_is_listed_and_can_be_removed_without_a_record(space: Space) -> None:
    async def life() -> None:
        desk, phone, _ = await two(space)
        own = member_id(await public_of(phone))
        Collection(KEYRING, space=space).delete(MEMBER + own)
        await desk.look()
        assert [each.inside for each in desk.devices if each.id == own] == [True]
        await desk.remove(own)
        assert own not in [each.id for each in desk.devices]
        await fails(phone.seal(*PLACE, CLEAR), "locked")

    run(life)


def test_a_long_text_is_refused_before_it_is_sealed(space: Space) -> None:
    async def life() -> None:
        desk, _, _ = await two(space)
        with pytest.raises(InvalidValue, match="too long to be sealed"):
            await desk.seal(*PLACE, "x" * 13_000)
        with pytest.raises(InvalidValue, match="has no members"):
            space.run("", lambda draft: draft.put("people", "1", "paper/number", CLEAR))

    run(life)


def test_who_puts_himself_into_the_keyring_is_not_admitted(space: Space) -> None:
    async def life() -> None:
        desk, phone, _ = await two(space)
        ring, thief = Collection(KEYRING, space=space), vault(space)
        public = await thief._cipher.make()
        own, root = member_id(public), str(ring.get("root")["key"])
        ring.create({"id": MEMBER + own, "public": to_text(public), "name": "Desk", "asked": 1})
        forged = await granted(
            thief._cipher, os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES), root, own, public
        )
        ring.create({"id": f"{GRANT}{root}.{own}", **row(forged)})
        await desk.look()
        assert [each.inside for each in desk.devices if each.id == own] == [False]
        await desk.remove(member_id(await public_of(phone)))
        newest = parse_sealed(await desk.seal(*PLACE, CLEAR)).key_id
        assert newest != root
        assert f"{GRANT}{newest}.{own}" not in ring, "a new key is not wrapped for it either"

    run(life)


def test_a_key_that_was_exchanged_under_its_id_is_seen(space: Space) -> None:
    async def life() -> None:
        _, phone, _ = await two(space)
        ring, public = Collection(KEYRING, space=space), await public_of(phone)
        root = str(ring.get("root")["key"])
        grant = await granted(
            phone._cipher, os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES), root, "", public
        )
        ring.update(f"{GRANT}{root}.{member_id(public)}", {"wrapped": to_text(grant.wrapped)})
        anew = Vault(space, phone._cipher, lambda work: work.close())
        await fails(anew.seal(*PLACE, CLEAR), "locked")
        assert code_of(public, root) != code_of(public, key_id(b"another first key"))

    run(life)


def test_records_of_others_that_are_malformed_do_no_harm(space: Space) -> None:
    async def life() -> None:
        desk, phone, _ = await two(space)
        text, ring = await desk.seal(*PLACE, CLEAR), Collection(KEYRING, space=space)
        for rid in ("x", "member.", "member.x", "grant.x", f"grant.{'A' * 22}.x", "key.x"):
            ring.create({"id": rid, "public": "a", "wrapped": "a", "asked": 1, "later": {"a": []}})
        public = b"no key at all"
        ring.create({"id": MEMBER + member_id(public), "public": to_text(public)})
        await phone.look()
        assert await phone.open(*PLACE, text) == CLEAR
        await fails(desk.admit(member_id(public)), "gone")
        await desk.remove(member_id(public))
        await fails(desk.remove(member_id(public)), "gone")
        assert [each.name for each in desk.devices] == ["Desk", "Phone"]

    run(life)


def test_the_key_of_a_device_lies_beside_its_store(space: Space, tmp_path: Path) -> None:
    async def life() -> None:
        opened, heard = await open_vault(space), list[str]()
        opened.on_change(heard.append)
        await opened.switch_on("Desk")
        assert heard[-1] == "ready"
        text = await opened.seal(*PLACE, CLEAR)
        Collection("people", space=space).update("1", {"paper": text})
        file = tmp_path / "store.sqlite.keys"
        assert file.stat().st_mode & 0o777 == 0o600
        assert await (await open_vault(space)).open(*PLACE, text) == CLEAR
        for each in tmp_path.glob("store*"):
            assert CLEAR.encode() not in each.read_bytes()
        file.write_text("{}")
        with pytest.raises(VaultError) as caught:
            await open_vault(space)
        assert caught.value.code == "not-kept"

    run(life)


def test_one_spelling_of_a_place() -> None:
    assert bound_to("value", "a", "b") != bound_to("value", "a,b")
