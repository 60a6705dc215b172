"""Which space a page works with, and on which server, as the page itself says it.

`data-space` and `data-server` of a script, or `space` and `server` of an element of ours: the one
that comes first in the document (`pysync.naming`). So an application in PyScript, the
elements and `window.pysync` on one page share one space, whoever of them opens it. Floor: `host`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import js
from pyodide.ffi import JsException

from pysync.browser.bringing import Bringing
from pysync.browser.host import RELAY, open_space
from pysync.errors import UsageError
from pysync.naming import page_says
from pysync.space import Space

SCRIPTS: Final = ":is(script, py-script):is([data-space], [data-server])"
ELEMENTS: Final = (
    ":is(pysync-status, pysync-tabs, pysync-conflicts, pysync-history):is([space], [server])"
)
DEFAULT: Final = "default"
FIRST_STATES: Final = "/first-state"


@dataclass(frozen=True, slots=True)
class Place:
    """A space, and the origin of the server that carries it; "": it stays on the device."""

    space: str = DEFAULT
    server: str = ""


def page_place() -> Place:
    """What the page says; the space "default" of this device alone where it says nothing."""
    found = js.document.querySelectorAll(f"{SCRIPTS}, {ELEMENTS}")
    space, server = page_says((_said(each, "space"), _said(each, "server")) for each in found)
    return Place(space or DEFAULT, origin_of(server))


def origin_of(server: str | None) -> str:
    """The origin that an attribute names: an address, or a path of the page's own server. None (no
    such attribute) is "". Raises UsageError if it is no address of a web server."""
    if server is None:
        return ""
    with suppress(JsException):
        url = js.URL.new(server or "/", js.document.baseURI)
        if url.protocol in ("http:", "https:"):
            return str(url.origin)
    raise UsageError(f"server={server!r} is no address that begins with https:// or http://")


def open_place(place: Place) -> Space:
    """Open it; what this device had kept alone is brought to the server. The caller closes it.
    Raises InvalidValue for a name that is no key."""
    if not place.server:
        return open_space(place.space)
    base = "" if place.server == str(js.location.origin) else place.server
    relay = base + RELAY
    space = open_space(place.space, first_states=base + FIRST_STATES, relay=relay)
    Bringing(space, relay)
    return space


def open_default() -> Space:
    """Open the space of this page."""
    return open_place(page_place())


def _said(found: Any, name: str) -> str | None:
    """What a script or an element says about it."""
    attribute = name if str(found.localName).startswith("pysync-") else f"data-{name}"
    return str(found.getAttribute(attribute)) if found.hasAttribute(attribute) else None
