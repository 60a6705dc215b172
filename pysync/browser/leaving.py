"""Leaving: a device forgets what it holds of a relay when somebody signs out.

What this device keeps alone, without a relay, is nobody's copy: it stays. LEAVE-1 nothing is
forgotten that has not reached its relay, unless whoever calls says so: ask `waiting` first. Other
tabs let go of a database that is deleted by themselves. Floor: `indexeddb`, `localstore`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, Final

import js
from pyodide.ffi import JsException, create_once_callable

from pysync.browser.indexeddb import IndexedDBStore
from pysync.browser.localstore import LocalStore
from pysync.browser.person import PERSON
from pysync.browser.requests import PageRequests
from pysync.machines.http_frames import Answer
from pysync.machines.void import unpack_void, void_places
from pysync.model.snapshot import read_rows
from pysync.ports import Loaded, Store, StoreFault

DATABASE: Final = "pysync."
ITEMS: Final = "pysync:"
FACTS: Final = ":facts"
PATIENCE_S: Final = 5.0
"""How long a database may take to be deleted; the browser goes on with it all the same."""


async def waiting() -> dict[str, int]:
    """The spaces on this device that follow a relay, and how many batches of each have no entry
    there yet. Those that cannot be read count as none: nothing of them could be sent."""
    found: dict[str, int] = {}
    for store, name in [*await _databases(), *_items()]:
        loaded = await _load(store)
        store.close()
        if isinstance(loaded, Loaded) and loaded.meta.epoch:
            found[name] = _unsent(loaded)
    return found


def _unsent(loaded: Loaded) -> int:
    """Batches without an entry. What the relay will never take stays in the log before others."""
    rows = read_rows({**loaded.seed, **loaded.snapshot})
    void = void_places(unpack_void(rows.void))
    decided = {row.batch for row, _ in loaded.decided}
    names = [row.batch for row in loaded.tail if row.batch not in decided]
    return sum(not rows.holds(name) and void.get(name) != () for name in names)


async def forget(names: Collection[str]) -> None:
    """Delete these spaces from this device, and who was signed in."""
    for name in names:
        await _delete(DATABASE + name)
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
    try:
        names = [str(item.name) for item in await js.indexedDB.databases()]
    except (JsException, AttributeError):  # none, or too old to list: there is nothing to name
        return []
    spaces = [name.removeprefix(DATABASE) for name in names if name.startswith(DATABASE)]
    return [(IndexedDBStore(name), name) for name in spaces]


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


async def _delete(name: str) -> None:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def ended(_: Any) -> None:
        if not done.done():
            done.set_result(None)

    request = js.indexedDB.deleteDatabase(name)
    request.onsuccess = request.onerror = create_once_callable(ended)
    try:
        await asyncio.wait_for(done, PATIENCE_S)
    except TimeoutError:
        return  # A tab that is frozen holds it still: it is deleted as soon as that one lets go.
