"""Makes the store of a new device the state of a relay's space. Floor: the core's `first_state`.

BEGIN-1 as in a page: a space that a relay has does not begin by itself. A relay is named by the
address below which it has its spaces, `http://host:port/sync`.
"""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Callable, Collection
from http.client import HTTPException
from typing import Final, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote

from pysync.errors import NotDurable, RelayUnreachable, SignInNeeded, StoreCorrupt, UsageError
from pysync.first_state import is_empty, read_relay_state, state_address
from pysync.ports import Beginning, Loaded, Store, StoreFault

T = TypeVar("T")

_running: Final[set[asyncio.Task[None]]] = set()
"""A task that nobody holds may be collected half-way."""

PATIENCE_S: Final = 60.0
"""How long the relay may be silent."""


def socket_address(relay: str, space: str) -> str:
    """Where a device of this space dials."""
    return f"ws{space_address(relay, space).removeprefix('http')}"


def link_address(relay: str, space: str) -> str:
    """Where it dials over HTTP."""
    return f"{space_address(relay, space)}/link"


def authorization(token: str) -> dict[str, str]:
    """The headers that show a token; none without one."""
    return {"authorization": f"Bearer {token}"} if token else {}


def begin_with_relay(
    store: Store, relay: str, space: str, token: str = "", without: Collection[str] = ()
) -> None:
    """If the store is empty, put the relay's state of that space into it, without these modules; a
    store that holds something is left as it is, and the relay is not asked. Blocks. For stores that
    answer at once.

    Raises:
        UsageError: the space in the store began by itself, without a relay.
        RelayUnreachable: the relay does not answer, or carries no space of that name; nothing
            was begun. SignInNeeded: it wants a token, or another one.
        NotDurable: the store does not answer or takes nothing; nothing was begun.
    """
    loaded: list[Loaded | StoreFault] = []
    store.load(loaded.append)
    found = _taken(loaded[0])
    if not is_empty(found):
        if not found.meta.epoch:
            raise UsageError(f"{space!r} began without a relay: bring it there with `joining`")
        return
    state = fetch_state(relay, space, token, without)
    # Another process may have been quicker: then its beginning stands.
    seeded: list[bool | StoreFault] = []
    store.seed(state.rows, seeded.append, epoch=state.epoch, seq=state.seq, last=state.last)
    _taken(seeded[0])


def bring_state(
    relay: str,
    space: str,
    token: str,
    without: Collection[str],
    done: Callable[[Beginning | StoreFault], None],
) -> None:
    """Get the relay's state of that space without these modules; answers it, or `unreachable`,
    later: an asyncio loop runs."""

    async def fetch() -> None:
        try:
            state = await asyncio.to_thread(fetch_state, relay, space, token, without)
        except RelayUnreachable as error:
            done(StoreFault("unreachable", str(error)))
        else:
            done(state)

    task = asyncio.get_running_loop().create_task(fetch())
    _running.add(task)
    task.add_done_callback(_running.discard)


def fetch_state(
    relay: str, space: str, token: str = "", without: Collection[str] = ()
) -> Beginning:
    """The state of that space without these modules. Blocks. Raises RelayUnreachable, or
    SignInNeeded."""
    address = space_address(relay, space) + state_address(without)
    try:
        request = urllib.request.Request(address, headers=authorization(token))
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return read_relay_state(answer.read().decode())
    except (OSError, HTTPException, ValueError, StoreCorrupt) as error:
        if isinstance(error, HTTPError):
            error.close()
            if error.code == 401:
                words = "does not take this token" if token else "wants a token, or to sign in"
                raise SignInNeeded(f"{address} {words}") from error
        raise RelayUnreachable(f"{address} gives no state: {error}") from error


def _taken(answer: T | StoreFault) -> T:
    if isinstance(answer, StoreFault):
        raise NotDurable(answer.reason, f"the space cannot begin: {answer.detail}")
    return answer


def space_address(relay: str, space: str) -> str:
    """Where the relay has this space."""
    return f"{relay.rstrip('/')}/{quote(space, safe='')}"
