"""Finds out what this page may use. Asking may raise (a sandboxed frame denies storage by name), so
every question is asked with care, and none leaves anything behind. Floor: `ladder`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import js
from pyodide.ffi import JsException

from pysync.browser.ladder import Found, Ladder, climb

_PROBE: Final = "pysync-probe"


def probe() -> Ladder:
    """The rungs this page can stand on."""
    return climb(
        Found(
            indexeddb=_holds(_has_indexeddb),
            localstorage=_holds(_has_localstorage),
            locks=_holds(lambda: bool(js.navigator.locks) and not _is_opaque()),
            broadcast=_holds(lambda: bool(js.BroadcastChannel) and not _is_opaque()),
            secure=_holds(lambda: bool(js.isSecureContext)),
        )
    )


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (JsException, AttributeError):
        return False


def _has_indexeddb() -> bool:
    # Comparing two keys touches no database, and raises nowhere; the property itself may.
    return js.indexedDB.cmp(1, 2) == -1 and not _is_opaque()


def _has_localstorage() -> bool:
    storage = js.localStorage
    storage.setItem(_PROBE, "1")
    kept: bool = storage.getItem(_PROBE) == "1"
    storage.removeItem(_PROBE)
    return kept


def _is_opaque() -> bool:
    """A sandboxed frame without `allow-same-origin`: everything is there, and refuses to work."""
    return str(js.self.origin) == "null"
