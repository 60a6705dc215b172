"""Cryptography in CPython, by the package `cryptography`; this device's key pair in a file.

The file lies beside the store (`<store>.keys`) and is readable by its owner alone. It is not
encrypted: whoever can read it as this user is this device. Floor: the core's `cipher`.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from pysync.cipher import RSA_BITS, Held, Undecipherable
from pysync.errors import InvalidValue, VaultError
from pysync.model.sealed import from_text, to_text
from pysync.values.jsontext import parse_json

_OAEP: Final = padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=None)


class _Found(NamedTuple):
    """What the file says."""

    private: rsa.RSAPrivateKey
    roots: tuple[str, ...] = ()
    copy: str = ""


class NativeCipher:
    """The port `Cipher`. `path` is the file of the key pair, None for one that ends with this
    process."""

    missing = ""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._memory = ""
        self._loaded: tuple[str, _Found] | None = None
        """What the file said last, and the key it holds."""

    async def held(self) -> Held | None:
        """What the file says; None if there is none."""
        found = self._read()
        if found is None:
            return None
        return Held(_public_of(found.private), found.roots, found.copy)

    async def make(self) -> bytes:
        """Make the file, unless it is there."""
        found = self._read()
        if found is None:
            found = _Found(rsa.generate_private_key(65537, RSA_BITS))
            self._write(found)
        return _public_of(found.private)

    async def trust(self, roots: Sequence[str]) -> None:
        """Note them in the file."""
        self._write(self._there()._replace(roots=tuple(roots)))

    async def keep(self, copy: str) -> None:
        """Note it in the file."""
        self._write(self._there()._replace(copy=copy))

    async def forget(self) -> None:
        """Delete the file."""
        self._memory, self._loaded = "", None
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    async def unwrap(self, wrapped: bytes, private: bytes | None = None) -> bytes:
        """Open with the key of the file, or with this one."""
        found = self._read()
        try:
            key = found.private if private is None and found else _private_of(private or b"")
            return key.decrypt(wrapped, _OAEP)
        except ValueError:
            raise Undecipherable from None

    async def wrap(self, public: bytes, key: bytes) -> bytes:
        """Wrap for that public key."""
        try:
            loaded = load_der_public_key(public)
            if not isinstance(loaded, rsa.RSAPublicKey):
                raise Undecipherable
            return loaded.encrypt(key, _OAEP)
        except ValueError:
            raise Undecipherable from None

    async def new_pair(self) -> tuple[bytes, bytes]:
        """A pair that is in no file."""
        made = rsa.generate_private_key(65537, RSA_BITS)
        return _public_of(made), _der(made)

    async def encrypt(self, key: bytes, nonce: bytes, clear: bytes, bound: bytes) -> bytes:
        """AES-GCM."""
        return AESGCM(key).encrypt(nonce, clear, bound)

    async def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """AES-GCM."""
        try:
            return AESGCM(key).decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError):
            raise Undecipherable from None

    # -- the file ---------------------------------------------------------------------------------

    def _there(self) -> _Found:
        found = self._read()
        if found is None:
            raise VaultError("not-kept", "there is no key of this device")
        return found

    def _read(self) -> _Found | None:
        text = self._memory
        if self._path is not None:
            try:
                text = self._path.read_text("utf-8")
            except FileNotFoundError:
                return None
        if not text:
            return None
        if self._loaded is not None and self._loaded[0] == text:
            return self._loaded[1]
        try:
            row: dict[str, Any] = parse_json(text)
            private, roots = _private_of(from_text(row["private"])), tuple(map(str, row["roots"]))
            found = _Found(private, roots, str(row.get("copy", "")))
        except (ValueError, KeyError, TypeError, InvalidValue, Undecipherable):
            message = f"{self._path} holds no key of a device: delete it, and ask again"
            raise VaultError("not-kept", message) from None
        self._loaded = text, found
        return found

    def _write(self, found: _Found) -> None:
        """A reader finds the file as it was, or as it is."""
        row = {"private": to_text(_der(found.private)), "roots": found.roots, "copy": found.copy}
        text = json.dumps(row)
        if self._path is None:
            self._memory = text
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()
            number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            message = f"the key of this device is not kept: {error.strerror}"
            raise VaultError("not-kept", message) from None


def _private_of(der: bytes) -> rsa.RSAPrivateKey:
    # To check its primes takes as long as to make it, and nobody else can have written it: it is
    # from our own file, or was sealed by the recovery code.
    loaded = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise Undecipherable
    return loaded


def _public_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _der(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
