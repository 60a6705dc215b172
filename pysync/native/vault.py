"""Opening the vault of a space in CPython. Floor: `native.host`; `native.cipher` when called."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from pysync.errors import UsageError
from pysync.native.sqlite import SqliteStore
from pysync.space import Space
from pysync.vault import Vault

_running: Final[set[asyncio.Task[None]]] = set()
"""A task that nobody holds may be collected half-way."""


async def open_vault(space: Space) -> Vault:
    """The vault of a space of this process, which has looked at its keyring. The key of the device
    is kept beside the store, as `<store>.keys`, for its owner alone; in memory where the store is.

    Raises UsageError without the package `cryptography`, VaultError (`not-kept`) for a file that is
    no key.
    """
    try:
        from pysync.native.cipher import NativeCipher  # noqa: PLC0415 - few programs need it
    except ImportError as error:
        raise UsageError(f"encrypted fields need the package cryptography: {error}") from None
    store = space.host.store
    path = store.path if isinstance(store, SqliteStore) else None
    cipher = NativeCipher(path.with_name(f"{path.name}.keys") if path is not None else None)
    vault = Vault(space, cipher, _spawn)
    await vault.look()
    return vault


def _spawn(work: Coroutine[Any, Any, None]) -> None:
    try:
        task = asyncio.get_running_loop().create_task(work)
    except RuntimeError:
        work.close()  # without a loop nobody waits for the news: every call looks by itself
        return
    _running.add(task)
    task.add_done_callback(_running.discard)
