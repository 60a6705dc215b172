"""Secrets that a browser or a link carries, of which the server keeps the SHA-256 only.

They are 256 random bits, so a fast hash is enough: nobody can try them all. Floor: none.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_secret() -> str:
    """A secret nobody can guess, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def form_token(browser: str, session: str) -> str:
    """What a form of this browser and session carries, so that no page of somebody else can send
    one: it follows from cookies that such a page cannot read."""
    return hmac.new(browser.encode(), f"form {session}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether they are equal, in a time that does not tell how far."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
