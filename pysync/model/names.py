"""Keys and names: what one may be, and which of them are never sent. Floor: `values`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from pysync.errors import InvalidValue, SensitiveKey
from pysync.values.jsonvalue import FrozenDict, FrozenList, Json, bounded

KEY_MAX: Final = 200
SENSITIVE: Final = frozenset({"password", "apikey", "sessiontoken", "creditcard", "ssn"})


def normal_name(name: str) -> str:
    """The name without case, separators: how sensitive names are compared.

    >>> normal_name("API-Key") == normal_name("api_key") == normal_name("apiKey")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(10_000)
def is_sensitive(name: str) -> bool:
    """Whether a key or field of this name is never sent, whatever its spelling."""
    return normal_name(name) in SENSITIVE


def sendable(name: str, value: Any, path: str) -> Json:
    """The checked, frozen value of what has this name. `path` is its place in messages.

    Raises InvalidValue; SensitiveKey, which names the place, if the name, or that of a member
    however deep, is never sent.

    >>> sendable("guest", {"logins": [{"API-Key": 1}]}, "guest")
    Traceback (most recent call last):
    ...
    pysync.errors.SensitiveKey: guest/logins/0/API-Key names something that is never sent; keep it elsewhere
    """  # noqa: E501 - the message is one line
    if is_sensitive(name):
        raise SensitiveKey(f"{path} names something that is never sent; keep it elsewhere")
    frozen = bounded(value, path)
    if type(frozen) is FrozenDict or type(frozen) is FrozenList:
        _refuse_secrets(frozen, path)
    return frozen


def _refuse_secrets(value: Json, path: str) -> None:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        if type(name) is str and is_sensitive(name):
            raise SensitiveKey(
                f"{path}/{name} names something that is never sent; keep it elsewhere"
            )
        if type(member) is FrozenDict or type(member) is FrozenList:
            _refuse_secrets(member, f"{path}/{name}")


_NO_KEY: Final = re.compile(r"[\x00-\x1f/\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no key holds. Spelled out: `str.isprintable` differs between versions of Unicode, and so
between the runtimes that must agree."""


def check_key(key: Any) -> str:
    """A storage key, record id or field name: text of 1 to KEY_MAX characters without control
    characters or `/`. Raises InvalidValue."""
    if not isinstance(key, str) or not key:
        raise InvalidValue(f"a key is text, not {key!r}")
    if len(key) > KEY_MAX:
        raise InvalidValue(f"key longer than {KEY_MAX} characters: {key[:40]}...")
    if _NO_KEY.search(key):
        raise InvalidValue(f"key {key!r} holds '/' or a control character")
    return key
