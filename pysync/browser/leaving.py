"""Leaving: a device forgets what it holds of a relay when somebody signs out.

What this device keeps alone, without a relay, is nobody's copy: it stays. LEAVE-1 nothing is
forgotten that has not reached its relay, unless whoever calls says so: ask `waiting` first.
Floor: `databases`, `indexeddb`, `localstore`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

import js
from pyodide.ffi import JsException

from pysync.browser.cipher import forget_keys
from pysync.browser.databases import delete_space, kept_spaces
from pysync.browser.indexeddb import IndexedDBStore
from pysync.browser.localstore import LocalStore
from pysync.browser.person import PERSON
from pysync.browser.requests import PageRequests
from pysync.errors import NotDurable, StoreCorrupt
from pysync.machines.http_frames import Answer
from pysync.machines.void import unpack_void, void_places
from pysync.model.snapshot import read_rows
from pysync.ports import Loaded, Store, StoreFault
from pysync.space import Space

ITEMS: Final = "pysync:"
FACTS: Final = ":facts"


async def waiting() -> dict[str, int]:
    """The spaces on this device that follow a relay, and how many batches and attachments of each
    are not there yet. Those that cannot be read count as none: nothing of them could be sent; a
    shelf of attachments that does not answer counts as one."""
    from pysync.browser.attachments import count_unsent  # noqa: PLC0415 - few visits sign out

    found: dict[str, int] = {}
    for store, name in [*await _databases(), *_items()]:
        loaded = await _load(store)
        store.close()
        if isinstance(loaded, Loaded) and loaded.meta.epoch:
            found[name] = _unsent(loaded)
            if isinstance(store, IndexedDBStore):  # Beside any other there is no shelf.
                try:
                    found[name] += await count_unsent(name, loaded.meta.epoch)
                except NotDurable:
                    found[name] += 1
    return found


async def waiting_attachments(space: Space) -> list[str] | None:
    """The attachments that this space's records name and this device alone has; None if its storage
    does not answer: there may be some."""
    from pysync.browser.attachments import unsent_of  # noqa: PLC0415 - few visits sign out

    try:
        return await unsent_of(space)
    except NotDurable:
        return None


def _unsent(loaded: Loaded) -> int:
    """Batches without an entry. What the relay will never take stays in the log before others."""
    try:
        rows = read_rows({**loaded.seed, **loaded.snapshot})
        void = void_places(unpack_void(rows.void))
    except StoreCorrupt:
        return 0
    decided = {row.batch for row, _ in loaded.decided}
    names = [row.batch for row in loaded.tail if row.batch not in decided]
    return sum(not rows.holds(name) and void.get(name) != () for name in names)


async def forget(names: Collection[str]) -> None:
    """Delete these spaces from this device with its keys, and who was signed in."""
    for name in names:
        await delete_space(name)
    await forget_keys(names)
    prefixes = (PERSON, *(f"{ITEMS}{name}:" for name in names))
    for key in [key for key in _keys() if key.startswith(prefixes)]:
        js.localStorage.removeItem(key)


async def sign_out(address: str = "/sign-out") -> bool:
    """End this device's session at its server. False: the server did not answer, nothing ended."""
    answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
    PageRequests().ask("POST", address, "", answered.set_result)
    answer = await answered
    return answer is not None and answer.status in (200, 204)


async def _databases() -> list[tuple[Store, str]]:
    return [(IndexedDBStore(name), name) for name in await kept_spaces() or ()]


def _items() -> list[tuple[Store, str]]:
    facts = [key for key in _keys() if key.startswith(ITEMS) and key.endswith(FACTS)]
    names = [key.removeprefix(ITEMS).removesuffix(FACTS) for key in facts]
    return [(LocalStore(name), name) for name in names]


def _keys() -> list[str]:
    try:
        store = js.localStorage
        return [str(store.key(at)) for at in range(store.length)]
    except (JsException, AttributeError):
        return []


async def _load(store: Store) -> Loaded | StoreFault:
    answered: asyncio.Future[Loaded | StoreFault] = asyncio.get_running_loop().create_future()
    store.load(answered.set_result)
    return await answered
