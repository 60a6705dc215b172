"""Runs in the page: places for the contracts of the stores, and small helpers around IndexedDB."""

import asyncio
import itertools
import json

import js
from pyodide.ffi import create_once_callable

from pysync.browser import idb_rows
from pysync.browser.indexeddb import IndexedDBStore
from pysync.browser.localstore import LocalStore
from pysync.ports import Store

_numbers = itertools.count(1)


async def result_of(request: js.JsProxy, event: str = "onsuccess") -> js.JsProxy:
    """The result of a request, once that event came."""
    future = asyncio.get_running_loop().create_future()
    setattr(request, event, create_once_callable(lambda e: future.set_result(e.target)))
    return getattr(await future, "result", None)


async def raw_put(space: str, store: str, key: str, value: object) -> None:
    """Write past the adapter, as another build would."""
    db = await result_of(js.indexedDB.open(idb_rows.database_name(space)))
    tx = db.transaction(store, "readwrite")
    tx.objectStore(store).put(value, key)
    await result_of(tx, "oncomplete")
    db.close()


class IndexedDBPlace:
    """Tabs on one database."""

    def __init__(self) -> None:
        self.space = f"contract-{next(_numbers)}"

    def open(self) -> Store:
        return IndexedDBStore(self.space)

    async def set_format(self, number: int) -> None:
        await raw_put(self.space, "meta", "format", number)


class LocalPlace:
    """Stores on one set of items of localStorage."""

    def __init__(self) -> None:
        self.space = f"local-{next(_numbers)}"

    def open(self) -> Store:
        return LocalStore(self.space)

    async def set_format(self, number: int) -> None:
        key = f"pysync:{self.space}:facts"
        facts = json.loads(js.localStorage.getItem(key))
        js.localStorage.setItem(key, json.dumps({**facts, "format": number}))
