"""Begins an empty space with the first state that a server offers, before the tab reads the store.

Only a store that holds nothing asks. Whoever asks at the same moment writes once: the store decides
that in one transaction. Without an answer the space begins empty, which is said on the console;
nothing was seeded then, so a space that is still empty at its next opening asks again.
Floor: the core's `first_state`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import js
from pyodide.ffi import JsException

from pysync.errors import StoreCorrupt
from pysync.first_state import read_first_state
from pysync.ports import Loaded, Store, StoreFault
from pysync.values.jsontext import parse_json

PATIENCE_MS: Final = 20_000
"""How long the server may take for one answer."""

_running: Final[set[asyncio.Task[None]]] = set()


async def fetch_first_state(url: str, space: str) -> dict[str, str] | None:
    """The rows offered below `url`; None if there are none, or none that can be read.

    The list is asked first: asking for what is not there would be an error on the page's console.
    """
    try:
        if space not in parse_json(await _text(url))["spaces"]:
            return None
        return read_first_state(await _text(f"{url}/{js.encodeURIComponent(space)}"), space)
    except (JsException, StoreCorrupt, ValueError, KeyError, TypeError) as error:
        js.console.warn(f"pysync: {space!r} begins empty, its first state did not come: {error}")
        return None


async def _text(url: str) -> str:
    response = await js.fetch(url, signal=js.AbortSignal.timeout(PATIENCE_MS))
    if not response.ok:
        raise ValueError(f"{url} answered {response.status}")
    return str(await response.text())


def load_or_begin(
    store: Store, space: str, url: str, done: Callable[[Loaded | StoreFault], None]
) -> None:
    """Like `store.load`; an empty store is seeded first with what is offered below
    `url`."""

    def loaded(result: Loaded | StoreFault) -> None:
        if isinstance(result, Loaded) and _is_empty(result):
            _run(begin(result))
        else:
            done(result)

    async def begin(empty: Loaded) -> None:
        rows = await fetch_first_state(url, space)
        if rows is None:
            done(empty)
        else:
            seed(rows)

    def seed(rows: Mapping[str, str]) -> None:
        def seeded(result: bool | StoreFault) -> None:
            if isinstance(result, StoreFault):
                done(result)
            else:
                store.load(done)

        store.seed(rows, seeded)

    store.load(loaded)


def _is_empty(loaded: Loaded) -> bool:
    meta = loaded.meta
    return not (meta.epoch or meta.seq or loaded.seed or loaded.snapshot or loaded.tail)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end; a task that nobody holds may be collected half-way."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
