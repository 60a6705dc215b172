"""What the book of people holds, and what may be wrong with it. Floor: nothing."""

from __future__ import annotations

from dataclasses import dataclass


class BookUnusable(Exception):
    """The file cannot be used; it was left as it is. The message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in. `login` is compared in lower case."""

    id: str
    login: str
    name: str
    role: str
    password: str
    disabled: bool = False
    """Signs in no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A device of an account while it is signed in: `id` names the device. Times are seconds."""

    id: str
    browser: bytes
    account: str
    login: str
    person: str
    role: str
    device: str
    address: str
    since: float
    seen: float
    expires: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever asks: the secret of the browser, and what it and the network say of it."""

    browser: str
    device: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link that makes an account, once."""

    id: str
    name: str
    role: str
    expires: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A row of the trail: who did what to whom, from where."""

    at: float
    what: str
    who: str
    about: str = ""
    address: str
    device: str


class NameTaken(Exception):
    """Somebody has that name, by which histories tell people apart."""


class LoginTaken(Exception):
    """There is an account of this login already."""
