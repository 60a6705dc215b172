"""What errors of IndexedDB mean to the caller of a store. Floor: `ports`."""

from __future__ import annotations

from typing import Any, Final

from pysync.ports import FaultReason, StoreFault

UNREADABLE: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What reading a row raises that is not of our making."""

_REASONS: Final[dict[str, FaultReason]] = {
    "QuotaExceededError": "full",
    "ConstraintError": "duplicate",
    "VersionError": "corrupt",
    "NotFoundError": "corrupt",
    "DataError": "corrupt",
    "InvalidStateError": "closed",
    "SecurityError": "closed",
    "NotAllowedError": "closed",
}


class StopWork(Exception):
    """Raised by a step: abort the transaction and answer this fault."""

    def __init__(self, fault: StoreFault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


def fault_of(error: Any, otherwise: FaultReason) -> StoreFault:
    """The fault for a `DOMException`, thrown or found on a request; `otherwise` if it says none."""
    name = str(getattr(error, "name", "") or "")
    text = str(getattr(error, "message", "") or error or "")
    return StoreFault(_REASONS.get(name, otherwise), f"{name}: {text}" if name else text)
