"""What a host provides for encrypted fields: the port `Cipher`, and what all of them have alike.

AES-GCM with 256-bit keys and a random 96-bit nonce seals; RSA-OAEP with 3072 bits and SHA-256 wraps
data keys for devices: the one way to wrap that a browser and CPython both have in one step. Keys
are bytes in memory while they are used, and are never logged or shown. Floor: `model.sealed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from pysync.model.keyring import digest
from pysync.values.jsontext import json_text

RSA_BITS: Final = 3072
CODE_BYTES: Final = 20
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans("OIL", "011", " -\t\n\r")


class Undecipherable(Exception):
    """It was not made with this key, or was changed since; or a key is none."""


class Held(NamedTuple):
    """What a device has for a space: its public key, and the data keys that it trusts, by id: the
    first one, and behind it the newest that it has seen follow."""

    public: bytes
    roots: tuple[str, ...]
    copy: str = ""
    """Of the keyring as it was when this device had the newest key (`ring_copy`)."""


class Cipher(Protocol):
    """Cryptography, and this device's key pair for one space, whose private key never leaves it.

    What cannot be deciphered, or is no key, raises Undecipherable; where keys cannot be kept
    `make`, `trust` and `keep` raise VaultError.
    """

    missing: str
    """Why there is no cryptography here, in words; "" where there is."""

    async def held(self) -> Held | None:
        """What this device has; None if it never made a key pair."""

    async def make(self) -> bytes:
        """Make a key pair, unless there is one; answers the public key (SPKI)."""

    async def trust(self, roots: Sequence[str]) -> None:
        """Trust these data keys from now on, and no others. There is a key pair already."""

    async def keep(self, copy: str) -> None:
        """Keep this copy of the keyring beside the key pair, which is there already."""

    async def forget(self) -> None:
        """Delete the key pair, and the copy."""

    async def unwrap(self, wrapped: bytes, private: bytes | None = None) -> bytes:
        """Open what was wrapped for this device, or for who has this private key (PKCS 8)."""

    async def wrap(self, public: bytes, key: bytes) -> bytes:
        """Wrap a data key for who has the private key to this public one."""

    async def new_pair(self) -> tuple[bytes, bytes]:
        """A new public (SPKI) and private key (PKCS 8), kept by nobody."""

    async def encrypt(self, key: bytes, nonce: bytes, clear: bytes, bound: bytes) -> bytes:
        """Seal, with the tag at the end; it opens only with the same `bound`."""

    async def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Open what `encrypt` made."""


def bound_to(*parts: str | int) -> bytes:
    """What a sealed text is bound to, so that it opens nowhere else: one spelling for each list."""
    return json_text(["pysync", *parts]).encode()


def code_text(code: bytes) -> str:
    """A recovery code as it is written down: eight groups of four.

    >>> code_text(bytes(range(20)))
    '000G 40R4 0M30 E209 185G R38E 1W81 24GK'
    """
    number = int.from_bytes(code, "big")
    text = "".join(_DIGITS[number >> shift & 31] for shift in range(155, -1, -5))
    return " ".join(text[at : at + 4] for at in range(0, 32, 4))


def read_code(text: str) -> bytes | None:
    """The code that somebody typed, whatever the case and spaces; None if it is none.

    >>> read_code("ooog-40r4 0m30e209 185gr38e 1w81 24gk") == bytes(range(20))
    True
    """
    plain = text.upper().translate(_READ_AS)
    if len(plain) != 32 or any(each not in _DIGITS for each in plain):
        return None
    number = 0
    for each in plain:
        number = number << 5 | _DIGITS.index(each)
    return number.to_bytes(CODE_BYTES, "big")


def key_of_code(code: bytes) -> bytes:
    """The key that a recovery code stands for. The code is as random as a key: there is nothing to
    stretch."""
    return digest(b"pysync recovery 1", code)
