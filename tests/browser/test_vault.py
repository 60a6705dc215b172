"""Encrypted fields in a page: WebCrypto and CPython read each other's keys and texts."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from typing import Any

import pytest

from pysync import Collection, Space
from pysync.model.keyring import RING
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.sealed import KEYRING
from pysync.native import open_space
from pysync.native.cipher import NativeCipher
from pysync.vault import Vault
from tests.browser.conftest import Pool

CLEAR = "PASSPORT-C0FFEE"
PLACE = ("people", "1", "paper")
SCHEMA = Schema(
    collections={
        "people": CollectionSchema(name="people", fields={"paper": Field(encrypted=True)}),
        KEYRING: RING,
    }
)
BEGIN = """
import js, json
from pysync import VaultError
from pysync.browser import open_space, open_vault
from pysync.browser.cipher import DATABASE, PageCipher, _in_store, forget_keys
from pysync.model.keyring import RING
from pysync.model.schema import CollectionSchema, Field, Schema
schema = Schema(collections={
    "people": CollectionSchema(name="people", fields={"paper": Field(encrypted=True)}),
    "keyring": RING,
})
space = await open_space("papers", schema=schema).ready()
vault = await open_vault(space)
place = ("people", "1", "paper")
def ring():
    return json.dumps([dict(row) for row in space.view.all("keyring")])
def take(text):
    def work(draft):
        for row in json.loads(text):
            if draft.get("keyring", row["id"]) is None:
                draft.create("keyring", row)
    space.run("", work)
before = vault.state
code = await vault.switch_on("Page")
[before, vault.state, code, await vault.seal(*place, {clear!r}), ring()]
"""
WITHOUT = """
missing = await open_vault(space)
try:
    await missing.ask("x")
except VaultError as error:
    told = error.code
space.close()
[missing.state, told]
"""


def take(space: Space, text: str) -> None:
    """Bring the keyring of the page here."""
    ring = Collection(KEYRING, space=space)
    for row in json.loads(text):
        if row["id"] not in ring:
            ring.create(row)


def ring(space: Space) -> str:
    return json.dumps([dict(row) for row in space.view.all(KEYRING)])


def finish(work: Coroutine[Any, Any, Any]) -> Any:
    """What it answers. In CPython nothing of a vault waits, and Playwright has the loop here."""
    with pytest.raises(StopIteration) as done:
        work.send(None)
    return done.value.value


@pytest.mark.req("SRV-19")
def test_a_page_and_a_program_open_what_the_other_sealed(pool: Pool) -> None:
    [tab] = pool.take(1)
    before, state, code, text, records = tab.run(BEGIN.replace("{clear!r}", repr(CLEAR)))
    assert [before, state] == ["off", "ready"]
    with open_space("papers-here", schema=SCHEMA) as space:
        program = Vault(space, NativeCipher(None), lambda work: work.close())
        take(space, records)
        asked = finish(program.ask("Program"))
        seen, records = tab.run(
            f"take({ring(space)!r})\nawait vault.look()\n"
            f"code_here = next(d.code for d in vault.devices if not d.own)\n"
            f"await vault.admit({asked.id!r})\n[code_here, ring()]"
        )
        assert seen == asked.code
        finish(program.confirm(seen))
        take(space, records)
        assert finish(program.open(*PLACE, text)) == CLEAR, "wrapped there, unwrapped here"
        sealed = finish(program.seal(*PLACE, [CLEAR, "é"]))
        assert tab.run(f"await vault.open(*place, {sealed!r})") == [CLEAR, "é"]
        other = Vault(space, NativeCipher(None), lambda work: work.close())
        finish(other.recover(code, "Recovered"))
        assert finish(other.open(*PLACE, text)) == CLEAR, "by the recovery code of the page"
        second, records = tab.run(
            "from pysync.vault import Vault\n"
            "other = Vault(space, PageCipher('second'), lambda work: work.close())\n"
            "[(await other.ask('Second')).id, ring()]"
        )
        take(space, records)
        finish(program.admit(second))
        tab.run(f"take({ring(space)!r})\nawait other.confirm(other.device.code)")
        assert tab.run(f"await other.open(*place, {sealed!r})") == [CLEAR, "é"], "wrapped here"
    extractable, again, kept = tab.run(
        "row = await _in_store('readonly', lambda store: store.get('papers'))\n"
        f"[row.private.extractable, await (await open_vault(space)).open(*place, {text!r}),\n"
        " (await PageCipher('papers').held()).copy]"
    )
    assert [extractable, again] == [False, CLEAR], "it cannot be read out, and is there again"
    assert {row["id"] for row in json.loads(kept)} >= {"root", f"member.{second}"}
    gone = "await forget_keys(['papers', 'second'])\n(await open_vault(space)).state"
    assert tab.run(gone) == "locked"
    assert tab.run("await _in_store('readonly', lambda store: store.count())") == 0
    tab.page.evaluate("indexedDB.deleteDatabase('pysync-vault')")
    assert tab.run("await PageCipher('papers').held() is None") is True
    names = "async () => (await indexedDB.databases()).map((each) => each.name)"
    assert "pysync-vault" not in tab.page.evaluate(names), "to look for a key makes no database"
    uncloned = "await _in_store('readwrite', lambda store: store.add(js.eval('() => 1'), 'x'), '')"
    told = f"try:\n    {uncloned}\nexcept VaultError as error:\n    told = error.code\ntold"
    assert tab.run(told) == "not-kept", "what a private window does to every key"
    absent = "{value: undefined, configurable: true}"
    tab.page.evaluate(f"() => {{ Object.defineProperty(crypto, 'subtle', {absent}); }}")
    try:
        assert tab.run(WITHOUT) == ["needs-https", "needs-https"]
    finally:
        tab.page.evaluate("() => delete crypto.subtle")
