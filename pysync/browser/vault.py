"""Opening the vault of a space in a page. Floor: `cipher`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from pysync.browser.cipher import PageCipher
from pysync.space import Space
from pysync.vault import Vault

_running: Final[set[asyncio.Task[None]]] = set()
"""A task that nobody holds may be collected half-way."""


async def open_vault(space: Space) -> Vault:
    """The vault of a space of this page, which has looked at its keyring. The key of this device is
    kept in IndexedDB, for all its tabs, and cannot be read out. `state` is `needs-https` where the
    page has no WebCrypto."""
    vault = Vault(space, PageCipher(space.name), _spawn)
    await vault.look()
    return vault


def _spawn(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
