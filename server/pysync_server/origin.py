"""Whether a page of this very server asks, or one that its owner named. Floor: Starlette."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection

ADMITTED: Final = "pysync.admitted"
"""In the scope of a request by a page of a named origin, see `crossing`."""


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this very server asks, or a named one, or no page at all: a page of
    somebody else must not speak in the name of whoever looks at it."""
    if connection.scope.get(ADMITTED):
        return True
    origin = connection.headers.get("origin")
    return origin is None or origin.partition("://")[2] == connection.headers.get("host", "")
