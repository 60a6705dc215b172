"""Whether a page of this very server asks. Floor: Starlette."""

from __future__ import annotations

from starlette.requests import HTTPConnection


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this very server asks, or no page at all: a page of somebody else must not
    speak in the name of whoever looks at it."""
    origin = connection.headers.get("origin")
    return origin is None or origin.partition("://")[2] == connection.headers.get("host", "")
