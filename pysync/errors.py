"""Every error pysync raises, in one tree; each says what to do next.

The tree is cut by *recovery*, the one thing a caller needs to know: fix the call, show the person
the reason, wait and retry, or stop and report. The floor below everything: imports nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SyncError(Exception):
    """Root of all errors of pysync. Nothing was changed when one is raised."""


# -- fix the call ---------------------------------------------------------------------------------


class UsageError(SyncError, ValueError):
    """The call itself is wrong (unknown option, closed space, missing key): mend the code."""


class InvalidValue(UsageError):
    """A value is not JSON, too large, or against the schema. `path` names the place inside it.

    The state is unchanged; the caller still holds the value and can correct it.
    """

    def __init__(self, message: str, *, path: str = "", code: str = "invalid") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.code = code


class SensitiveKey(UsageError):
    """Something of a sensitive name (password, api_key, ... in any spelling) was put into synced
    data: a key, a field, or a member of a value, however deep. The message names the place.

    Nothing was changed; keep it elsewhere, or use `BroadcastSync`, which leaves it in its tab.
    """


class FrozenValue(UsageError, TypeError):
    """A value handed out by pysync was changed in place. Make a copy, change it, and set it."""


class Unknown(UsageError, LookupError):
    """A record, change or version that does not exist (any more) was named."""


# -- show the reason ------------------------------------------------------------------------------


class Refused(SyncError):
    """A guard refused a change: a business rule does not hold. Nothing of it was applied.

    `code` is stable and meant for programs; `params` fill the message for people, and may name the
    next best (`params["alternatives"]`).
    """

    def __init__(
        self, code: str, message: str = "", params: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or code
        self.params: Mapping[str, Any] = dict(params or {})


class VaultError(SyncError):
    """A sealed value cannot be made or opened here, or a step of the keyring cannot be taken.

    `code` says why: `off` nobody switched encryption on; `locked` this device has no key yet, or
    not the newest; `no-key` it lacks the one of this text; `altered` the text was changed, or moved
    to another record; `needs-https` the browser offers no cryptography on this address; `offline`
    the server has to answer for this; `wrong-code`; `changed` it is not the code that is shown by
    now; `not-kept` the device keeps no key; `gone` whoever it is about is not there.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# -- wait and retry -------------------------------------------------------------------------------


class NotDurable(SyncError):
    """The store did not take a change (disk full, blocked). It is kept in memory and retried.

    `reason` is one of `full`, `blocked`, `closed`, `aborted`, or `memory`: there is no store.
    """

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or f"not saved yet: {reason}")
        self.reason = reason


class RelayUnreachable(SyncError):
    """The relay does not say what an empty space begins with. The space did not begin; try again
    when the relay can be reached."""


class SignInNeeded(RelayUnreachable):
    """The relay answers only who signs in: do so, and try again."""


# -- stop and report ------------------------------------------------------------------------------


class StoreCorrupt(SyncError):
    """Stored data cannot be read, or a newer build wrote it. It is kept, never overwritten."""

    def __init__(self, message: str, *, found: Any = None) -> None:
        super().__init__(message)
        self.found = found


class ProtocolError(SyncError):
    """The peer sent a message that breaks the protocol: drop it, count it, go on."""
