"""The roles people have, and who may manage whom. What each may read and write is not here yet.

Floor: nothing.
"""

from __future__ import annotations

from typing import Final

OWNER: Final = "owner"
MANAGER: Final = "manager"
ROLES: Final = {
    OWNER: "Owner",
    MANAGER: "Manager",
    "front-desk": "Front desk",
    "housekeeping": "Housekeeping",
    "accounting": "Accounting",
    "viewer": "Viewer",
}
"""Each role with its name as people read it."""


def managed_by(role: str) -> tuple[str, ...]:
    """The roles whose people somebody with `role` may invite and disable: the owner all, a manager
    those who manage nobody.

    >>> managed_by("manager")
    ('front-desk', 'housekeeping', 'accounting', 'viewer')
    """
    if role == OWNER:
        return tuple(ROLES)
    if role == MANAGER:
        return tuple(each for each in ROLES if each not in (OWNER, MANAGER))
    return ()
