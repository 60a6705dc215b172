"""Begins an empty space with what the server has for it, before the tab reads the store.

Only a store that holds nothing asks. Where the server is a relay, the space begins with the relay's
state and follows its log from there: the state's epoch, in the store, is what says so. Else it
begins with the first state that is offered, or empty. Whoever asks at the same moment writes once:
the store decides that in one transaction.

BEGIN-1 a space that may be a relay's does not begin by itself: as long as nobody says what it
begins with, its store counts as unreachable, and the tab tries again. Floor: the core's
`first_state`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any, Final

import js
from pyodide.ffi import JsException

from pysync.errors import RelayUnreachable, SignInNeeded, StoreCorrupt
from pysync.first_state import (
    is_empty,
    read_first_state,
    read_relay_state,
    state_address,
)
from pysync.ports import Beginning, Loaded, Store, StoreFault
from pysync.values.jsontext import parse_json

PATIENCE_MS: Final = 20_000
"""How long the server may take to say what there is."""
DELIVERY_MS: Final = 120_000
"""How long a state may take to arrive: megabytes, where the network is slow."""

_running: Final[set[asyncio.Task[None]]] = set()
_warned: Final[set[str]] = set()


class NotThere(Exception):
    """The server answers, but has nothing at this address."""


async def fetch_beginning(
    url: str, relay: str, space: str, without: Collection[str] = ()
) -> Beginning | None:
    """What the server has for this space, a relay without these modules; None if nothing, or
    nothing that can be read.

    The listing at `url` is asked first: asking for what is not there would be an error on the
    page's console. Raises RelayUnreachable if there is, or may be, a relay that does not answer.
    """
    spaces, relayed = await _listing(url)
    name = js.encodeURIComponent(space)
    if relayed:
        try:
            return await _relay_state(relay, space, without)
        except NotThere:
            pass  # The relay does not carry spaces of such a name: this one stays on the device.
        except StoreCorrupt as error:
            raise RelayUnreachable(str(error)) from error
    if space not in spaces:
        return None
    try:
        return Beginning(read_first_state(await _text(f"{url}/{name}", DELIVERY_MS), space))
    except (NotThere, RelayUnreachable, StoreCorrupt) as error:
        js.console.warn(f"pysync: {space!r} begins empty, its first state did not come: {error}")
        return None


async def _listing(url: str) -> tuple[list[str], bool]:
    """The spaces that first states are offered for, and whether the server is a relay. Without a
    list there are none, if the server is known to be no relay; else raises RelayUnreachable.

    What it said last is remembered, so that a device which works without a relay can begin a space
    while it is offline. Only a list makes a relay into none.
    """
    try:
        answer = parse_json(await _text(url, PATIENCE_MS))
        spaces, relay = list(answer["spaces"]), answer.get("relay") is True
    except SignInNeeded:
        raise
    except (RelayUnreachable, NotThere, ValueError, KeyError, TypeError, AttributeError) as error:
        known = _known_relay(url)
        if known or (known is None and isinstance(error, RelayUnreachable)):
            raise RelayUnreachable(f"it is not known what {url} has: {error}") from error
        js.console.warn(f"pysync: no first states come from {url}: {error}")
        spaces, relay = [], False
    _know_relay(url, relay)
    return spaces, relay


def _known_relay(url: str) -> bool | None:
    """Whether the server was a relay when it last answered; None if it never did."""
    try:
        return {"yes": True, "no": False}.get(str(js.localStorage.getItem(f"pysync-relay:{url}")))
    except JsException:
        return None


def _know_relay(url: str, relay: bool) -> None:
    try:
        js.localStorage.setItem(f"pysync-relay:{url}", "yes" if relay else "no")
    except JsException:
        return  # Storage is denied or full: an empty space will need the server.


async def _text(url: str, patience_ms: int) -> str:
    """Raises NotThere, or RelayUnreachable where asking again may help."""
    try:
        patience = js.AbortSignal.timeout(patience_ms)
        response = await js.fetch(url, signal=patience, credentials="include")
        if response.ok:
            return str(await response.text())
    except JsException as error:
        raise RelayUnreachable(f"{url} did not answer: {error}") from error
    if response.status == 404:
        raise NotThere(f"{url} answered 404")
    if response.status == 401:
        raise SignInNeeded(f"{url} wants somebody to sign in")
    raise RelayUnreachable(f"{url} answered {response.status}")


def load_or_begin(
    store: Store,
    space: str,
    url: str,
    done: Callable[[Loaded | StoreFault], None],
    *,
    relay: str = "/sync",
    without: Collection[str] = (),
) -> None:
    """Like `store.load`; an empty store begins first with what the server has for it: a state
    below `relay`, without these modules, if the listing at `url` says that it is a relay, else one
    below `url`."""

    def loaded(result: Loaded | StoreFault) -> None:
        if isinstance(result, Loaded) and is_empty(result):
            _run(begin(result))
        else:
            done(result)

    async def begin(empty: Loaded) -> None:
        try:
            found = await fetch_beginning(url, relay, space, without)
        except RelayUnreachable as error:
            _warn(f"pysync: {space!r} waits for its server: {error}")
            done(StoreFault("unreachable", str(error)))
            return
        if found is None:
            done(empty)
        else:
            store.seed(found.rows, seeded, epoch=found.epoch, seq=found.seq, last=found.last)

    def seeded(result: bool | StoreFault) -> None:
        if isinstance(result, StoreFault):
            done(result)
        else:
            store.load(done)

    store.load(loaded)


async def fetch_state(relay: str, space: str, without: Collection[str] = ()) -> Beginning:
    """The state of the space at `relay` without these modules. Raises RelayUnreachable, or
    SignInNeeded."""
    try:
        return await _relay_state(relay, space, without)
    except (NotThere, StoreCorrupt) as error:
        raise RelayUnreachable(str(error)) from error


async def _relay_state(relay: str, space: str, without: Collection[str]) -> Beginning:
    address = f"{relay}/{js.encodeURIComponent(space)}{state_address(without)}"
    return read_relay_state(await _text(address, DELIVERY_MS))


def bring_state(
    space: str,
    relay: str,
    without: Collection[str],
    done: Callable[[Beginning | StoreFault], None],
) -> None:
    """Get the state of the space at `relay` without these modules; answers it, or `unreachable`."""

    async def fetch() -> None:
        try:
            state = await fetch_state(relay, space, without)
        except RelayUnreachable as error:
            done(StoreFault("unreachable", str(error)))
        else:
            done(state)

    _run(fetch())


def _warn(text: str) -> None:
    """Say it once: it is tried twice a second."""
    if text not in _warned:
        _warned.add(text)
        js.console.warn(text)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end; a task that nobody holds may be collected half-way."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
