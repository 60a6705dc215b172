"""The databases of this origin: which spaces the device keeps. Floor: `idb_rows`."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import js
from pyodide.ffi import JsException, create_proxy

from pysync.browser.idb_rows import database_name

PATIENCE_S: Final = 5.0
"""How long a database may take to be deleted; the browser goes on with it all the same."""


async def kept_spaces() -> list[str] | None:
    """Names of the spaces that this device keeps in IndexedDB, sorted; None where the browser
    cannot tell: it has none, or is too old to list."""
    before = database_name("")
    try:
        names = [str(item.name) for item in await js.indexedDB.databases()]
    except (JsException, AttributeError):
        return None
    return sorted(name.removeprefix(before) for name in names if name.startswith(before))


def shelf_name(space: str) -> str:
    """The database of that space's attachments: beside, not among those of spaces."""
    return f"pysync-shelf.{space}"


async def delete_space(name: str) -> None:
    """Delete the databases of that space, if there are any."""
    await _delete(database_name(name))
    await _delete(shelf_name(name))


async def _delete(database: str) -> None:
    """Delete one. Other tabs let go of it by themselves; a
    tab that is frozen holds it still: it is deleted as soon as that one lets go."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def ended(_: Any) -> None:
        if not done.done():
            done.set_result(None)

    try:
        request = js.indexedDB.deleteDatabase(database)
    except (JsException, AttributeError):
        return  # This device keeps nothing in IndexedDB.
    handler = create_proxy(ended)
    request.onsuccess = request.onerror = handler
    try:
        await asyncio.wait_for(done, PATIENCE_S)
    except TimeoutError:
        return
    finally:
        request.onsuccess = request.onerror = None
        handler.destroy()
