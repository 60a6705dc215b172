"""Cryptography in a page, by WebCrypto; this device's key pairs in a database of their own.

The private key is kept as a `CryptoKey` that cannot be read out: the browser uses it for us. All
tabs of a device share it. On plain http there is no WebCrypto (`missing` says so); where IndexedDB
is denied a page has no key of its own. Floor: the core's `cipher`, `owned`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from operator import methodcaller
from typing import Any, Final

import js
from pyodide.ffi import JsException, create_once_callable

from pysync.browser.objects import array, options
from pysync.browser.owned import Handler
from pysync.cipher import RSA_BITS, Held, Undecipherable
from pysync.errors import VaultError

DATABASE: Final = "pysync-vault"
"""Not one of a space: those begin with `pysync.`."""
_KEYS: Final = "keys"
_NEEDS_HTTPS: Final = (
    "the browser offers cryptography only over https, or on the device's own address"
)


class PageCipher:
    """The port `Cipher`. The key pair is the one of this space on this device."""

    def __init__(self, space: str) -> None:
        self._space = space
        subtle = getattr(js.crypto, "subtle", None)
        self._subtle: Any = subtle
        self.missing: str = "" if subtle is not None else _NEEDS_HTTPS

    async def held(self) -> Held | None:
        """What the database has; None also where it cannot be opened."""
        try:
            row = await self._row()
        except VaultError:
            return None
        if row is None:
            return None
        roots, copy = tuple(map(str, row.roots)), getattr(row, "copy", None)
        return Held(row.public.to_bytes(), roots, str(copy or ""))

    async def make(self) -> bytes:
        """Make a pair, unless this or another tab did."""
        if (found := await self.held()) is not None:
            return found.public
        usages = ["encrypt", "decrypt"]
        pair = await self._subtle.generateKey(_rsa(modulusLength=RSA_BITS), False, array(usages))
        public = (await self._subtle.exportKey("spki", pair.publicKey)).to_bytes()
        row = options(private=pair.privateKey, public=public, roots=[])
        await _in_store(
            "readwrite", lambda store: store.add(row, self._space), there="ConstraintError"
        )
        kept = await self.held()
        if kept is None:
            raise VaultError("not-kept", "this browser keeps no key of this device")
        return kept.public

    async def trust(self, roots: Sequence[str]) -> None:
        """Note them beside the pair."""
        await self._put(roots=list(roots))

    async def keep(self, copy: str) -> None:
        """Note it beside the pair."""
        await self._put(copy=copy)

    async def _put(self, **more: Any) -> None:
        row, held = await self._row(), await self.held()
        if row is None or held is None:
            raise VaultError("not-kept", "there is no key of this device")
        said = {"roots": list(held.roots), "copy": held.copy, **more}
        kept = options(private=row.private, public=row.public, **said)
        await _in_store("readwrite", lambda store: store.put(kept, self._space))

    async def forget(self) -> None:
        """Delete the pair."""
        await forget_keys([self._space])

    async def unwrap(self, wrapped: bytes, private: bytes | None = None) -> bytes:
        """Open with the key of this device, or with this one."""
        if private is not None:
            key = await _tried(
                self._subtle.importKey("pkcs8", array(private), _rsa(), False, array(["decrypt"]))
            )
        else:
            row = await self._row()
            if row is None:
                raise Undecipherable
            key = row.private
        return await _bytes(self._subtle.decrypt(_rsa(), key, array(wrapped)))

    async def wrap(self, public: bytes, key: bytes) -> bytes:
        """Wrap for that public key."""
        usages = array(["encrypt"])
        made = await _tried(self._subtle.importKey("spki", array(public), _rsa(), False, usages))
        return await _bytes(self._subtle.encrypt(_rsa(), made, array(key)))

    async def new_pair(self) -> tuple[bytes, bytes]:
        """A pair that is kept nowhere."""
        usages = array(["encrypt", "decrypt"])
        pair = await self._subtle.generateKey(_rsa(modulusLength=RSA_BITS), True, usages)
        public = await self._subtle.exportKey("spki", pair.publicKey)
        private = await self._subtle.exportKey("pkcs8", pair.privateKey)
        return public.to_bytes(), private.to_bytes()

    async def encrypt(self, key: bytes, nonce: bytes, clear: bytes, bound: bytes) -> bytes:
        """AES-GCM."""
        made = await self._aes(key, "encrypt")
        return await _bytes(self._subtle.encrypt(_gcm(nonce, bound), made, array(clear)))

    async def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """AES-GCM."""
        made = await self._aes(key, "decrypt")
        return await _bytes(self._subtle.decrypt(_gcm(nonce, bound), made, array(sealed)))

    async def _aes(self, key: bytes, usage: str) -> Any:
        return await _tried(
            self._subtle.importKey("raw", array(key), "AES-GCM", False, array([usage]))
        )

    async def _row(self) -> Any:
        return await _in_store("readonly", lambda store: store.get(self._space))


async def forget_keys(spaces: Iterable[str]) -> None:
    """Delete this device's keys of these spaces. The database stays, if only empty: a tab of
    another space may be about to add a key to it."""
    try:
        for space in spaces:
            await _in_store("readwrite", methodcaller("delete", space))
    except VaultError:
        return  # no database, no keys


def _rsa(**more: Any) -> Any:
    exponent = array(b"\x01\x00\x01")
    return options(name="RSA-OAEP", hash="SHA-256", publicExponent=exponent, **more)


def _gcm(nonce: bytes, bound: bytes) -> Any:
    return options(name="AES-GCM", iv=array(nonce), additionalData=array(bound))


async def _tried(promise: Awaitable[Any]) -> Any:
    try:
        return await promise
    except JsException:
        raise Undecipherable from None


async def _bytes(promise: Awaitable[Any]) -> bytes:
    made: bytes = (await _tried(promise)).to_bytes()
    return made


async def _in_store(mode: str, ask: Callable[[Any], Any], there: str | None = None) -> Any:
    """What one request of one transaction answers; None where there is no database. With `there`,
    the name of an error that is none, the database is made. Raises VaultError if it fails."""
    database = await _open(make=there is not None)
    if not database:
        return None
    try:
        request = ask(database.transaction(_KEYS, mode).objectStore(_KEYS))
        return await _answer(request, there)
    except JsException as error:  # such as a private window, which keeps no CryptoKey
        raise VaultError("not-kept", f"this browser keeps no key: {error}") from None
    finally:
        database.close()


async def _open(*, make: bool) -> Any:
    def create(event: Any) -> None:
        request = event.target
        if make:
            request.result.createObjectStore(_KEYS)
        else:
            request.transaction.abort()  # then there is none, as before

    handler = Handler(create)
    try:
        request = js.indexedDB.open(DATABASE, 1)
        request.onupgradeneeded = handler.js
        return await _answer(request, None if make else "AbortError")
    except (JsException, AttributeError):
        raise VaultError("not-kept", "this browser keeps nothing for this page") from None
    finally:
        handler.close()


async def _answer(request: Any, there: str | None = None) -> Any:
    settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(event: Any) -> None:
        if str(event.type) == "error":
            event.preventDefault()  # it is told here
        if not settled.done():
            settled.set_result(None)

    request.onsuccess = request.onerror = create_once_callable(settle)
    await settled
    if not request.error:  # `null`, which is not None
        return request.result
    if str(request.error.name) != there:
        raise VaultError("not-kept", f"this browser keeps no key: {request.error.message}")
    return None
