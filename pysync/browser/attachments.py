"""Attachments of a space in a page: a database of their own for all tabs, and requests by `fetch`.

Each question opens the database and closes it, so no tab keeps it from being deleted. The bytes
stand in a store beside what is known of them, which can be read without them. Floor: the core's
`attachments`, `browser.host`, `databases`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import js
from pyodide.ffi import JsException, create_once_callable

from pysync.attachments import Attachments, unsent_on
from pysync.browser.databases import shelf_name
from pysync.browser.host import BrowserHost
from pysync.browser.objects import array, options
from pysync.browser.owned import Handler, ended, opened
from pysync.errors import NotDurable, UsageError
from pysync.machines.carried import SOME_LOG, Shelved
from pysync.shelf import MemoryShelf, Shelf
from pysync.space import Space
from pysync.values.jsontext import json_text, parse_json

FACTS: Final = "facts"
BYTES: Final = "bytes"
PATIENCE_S: Final = 60.0
"""How long a request may take."""
BOUND_S: Final = 20.0
"""How long the database may take; a frozen tab can hold it."""
_running: Final[set[asyncio.Task[None]]] = set()
"""A task that nobody holds may be collected half-way."""


class PageShelf:
    """The shelf of a space, in IndexedDB."""

    def __init__(self, space: str) -> None:
        self._name = shelf_name(space)

    async def rows(self) -> list[Shelved]:
        """As JSON, one text each."""
        found = await self._do("readonly", lambda tx: tx.objectStore(FACTS).getAll())
        return [_row(str(text)) for text in found]

    async def get(self, digest: str) -> bytes | None:
        """The bytes."""
        found = await self._do("readonly", lambda tx: tx.objectStore(BYTES).get(digest))
        data: bytes | None = found.to_bytes() if found is not None else None
        return data

    async def put(self, row: Shelved, data: bytes) -> None:
        """Both in one transaction, which is complete when it answers."""
        body = array(data)

        def both(tx: Any) -> Any:
            tx.objectStore(BYTES).put(body, row.digest)
            return tx.objectStore(FACTS).put(_text(row), row.digest)

        await self._do("readwrite", both)

    async def note(self, row: Shelved) -> None:
        """If it is there."""
        if any(each.digest == row.digest for each in await self.rows()):
            await self._do(
                "readwrite", lambda tx: tx.objectStore(FACTS).put(_text(row), row.digest)
            )

    async def drop(self, digest: str) -> None:
        """From both stores."""

        def both(tx: Any) -> Any:
            tx.objectStore(BYTES).delete(digest)
            return tx.objectStore(FACTS).delete(digest)

        await self._do("readwrite", both)

    def close(self) -> None:
        """Nothing is held."""

    async def _do(self, mode: str, ask: Callable[[Any], Any]) -> Any:
        """What one transaction answers. Raises NotDurable."""
        try:
            database = await self._open()
            try:
                tx = database.transaction(array([FACTS, BYTES]), mode)
                request = ask(tx)
                await _ended(tx, "complete", "abort")
                if tx.error:
                    raise NotDurable("full", f"this browser keeps no more: {tx.error.message}")
                return request.result
            finally:
                database.close()
        except (JsException, AttributeError) as error:
            raise NotDurable("aborted", f"this browser keeps nothing: {error}") from None

    async def _open(self) -> Any:
        def create(event: Any) -> None:
            for name in (FACTS, BYTES):
                event.target.result.createObjectStore(name)

        handler = Handler(create)
        try:
            request = js.indexedDB.open(self._name, 1)
            request.onupgradeneeded = handler.js
            await _ended(request, "success", "error")
            if request.error:
                raise NotDurable("aborted", f"this browser keeps nothing: {request.error.message}")
            return request.result
        finally:
            handler.close()


class PageCarrier:
    """Requests to the relay, in the session of the person who is signed in. What comes is kept on
    the shelf and nowhere else: the browser's own cache would outlive a sign-out."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def give(self, digest: str, data: bytes) -> int:
        """PUT."""
        return (await self._ask("PUT", digest, {"body": array(data)}))[0]

    async def take(self, digest: str) -> tuple[int, bytes]:
        """GET."""
        return await self._ask("GET", digest, {})

    async def _ask(self, method: str, digest: str, more: dict[str, Any]) -> tuple[int, bytes]:
        control = js.AbortController.new()
        patience = asyncio.get_running_loop().call_later(PATIENCE_S, control.abort)
        opened("request")
        try:
            url = f"{self._address}/attachments/{digest}"
            asked = options(
                method=method, cache="no-store", redirect="error", signal=control.signal, **more
            )
            answer = await js.fetch(url, asked)
            body = (await answer.arrayBuffer()).to_bytes() if answer.status == 200 else b""
            return int(answer.status), body
        except JsException:
            return 0, b""
        finally:
            ended("request")
            patience.cancel()


async def open_attachments(space: Space) -> Attachments:
    """The attachments of a space of this page, kept in IndexedDB for all tabs of the device; in
    memory where the space is. They end with the space.

    Raises UsageError for a space of another host.
    """
    host = space.host
    if not isinstance(host, BrowserHost):
        raise UsageError("the space is not one of this page")
    shelf: Shelf = MemoryShelf()
    if host.ladder.store == "indexeddb":
        shelf = PageShelf(space.name)
    found = Attachments(space, shelf, PageCarrier(host.relay_address), host.timers, _spawn)
    await found.begin()
    return found


async def unsent_of(space: Space) -> list[str]:
    """What records of that space name and lies on this device alone, as its storage has it: this
    tab may not know of it yet. Raises NotDurable if the storage does not answer."""
    host = space.host
    kept = isinstance(host, BrowserHost) and host.ladder.store == "indexeddb"
    return await unsent_on(PageShelf(space.name), space) if kept else []


async def count_unsent(name: str, epoch: str) -> int:
    """How many attachments of a space that follows this log lie on this device alone; whether a
    record names them is not asked. Raises NotDurable if the storage does not answer."""
    there = (epoch.partition(".")[0], SOME_LOG)
    return sum(row.sent not in there for row in await PageShelf(name).rows())


def _text(row: Shelved) -> str:
    return json_text([row.digest, row.size, row.sent, row.made, row.used])


def _row(text: str) -> Shelved:
    return Shelved.read(*parse_json(text))


async def _ended(target: Any, good: str, bad: str) -> None:
    """Wait for one of both events."""
    settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(event: Any) -> None:
        if str(event.type) == bad:
            event.preventDefault()  # it is told here
        if not settled.done():
            settled.set_result(None)

    handler = create_once_callable(settle)
    setattr(target, f"on{good}", handler)
    setattr(target, f"on{bad}", handler)
    try:
        await asyncio.wait_for(settled, BOUND_S)
    except TimeoutError:
        raise NotDurable("blocked", "this browser's storage does not answer") from None


def _spawn(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
