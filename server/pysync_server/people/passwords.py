"""Passwords: what is accepted as one, and how it is kept (argon2id).

Hashing takes 64 MB and about a tenth of a second: it runs on threads of its own, two at a time.
Floor: argon2-cffi.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 10
LONGEST: Final = 200
_COMMON: Final = (
    *("password", "passwort", "passw0rd", "qwerty", "qwertz", "azerty", "letmein", "welcome"),
    *("iloveyou", "administrator", "changeme", "secret", "abcdef", "trustno1", "monkey", "dragon"),
    *("football", "baseball", "sunshine", "princess", "master", "login", "hotel", "reception"),
)
"""What a password must not consist of, with a few characters around it."""
_ROWS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def weakness(password: str, *known: str) -> str:
    """Why this is no good password, in a sentence; "" if nothing obvious speaks against it.
    `known`: what anybody knows of the person.

    >>> weakness("123456789012")
    'This is a row of neighbouring keys. Take several words that have nothing to do with you.'
    """
    if len(password) < SHORTEST:
        return f"At least {SHORTEST} characters, please. Several words are easy to remember."
    if len(password) > LONGEST:
        return f"At most {LONGEST} characters, please."
    advice = "Take several words that have nothing to do with you."
    plain = password.casefold()
    if len(set(plain)) < 5:
        return f"The same few characters over and over are easily guessed. {advice}"
    if any(plain in row or plain in row[::-1] for row in _ROWS):
        return f"This is a row of neighbouring keys. {advice}"
    words = [*_COMMON, *_words(known)]
    if any(word in plain and len(plain) - plain.count(word) * len(word) < 5 for word in words):
        return f"This is one of the first that anybody tries. {advice}"
    return ""


def _words(known: tuple[str, ...]) -> list[str]:
    """Names and their parts; very short ones are in many a good password."""
    whole = " ".join(known).casefold()
    parts = whole.replace("@", " ").replace(".", " ").split()
    return [word for word in {*parts, *whole.split()} if len(word) >= 4]


class Passwords:
    """Hashes passwords and checks them. Closed by `close`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()  # argon2id, the parameters of RFC 9106 for servers
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
        self._nobodys = ""

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    async def hashed(self, password: str) -> str:
        """What is kept of a password."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of which this is kept. With nothing kept it takes as long, so
        that the time does not tell which accounts there are."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._verify, password, kept)

    def _verify(self, password: str, kept: str | None) -> bool:
        if len(password) > LONGEST:
            return False
        if kept is None:
            self._nobodys = self._nobodys or self._hasher.hash("of nobody")
        try:
            return self._hasher.verify(kept or self._nobodys, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
