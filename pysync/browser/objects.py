"""JavaScript objects made from Python's arguments. Floor: Pyodide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import js
from pyodide.ffi import to_js


def options(**given: Any) -> Any:
    """A JavaScript object with these members."""
    return to_js(given, dict_converter=js.Object.fromEntries)


def array(items: Sequence[str] | bytes) -> Any:
    """A JavaScript array, of bytes one of `Uint8Array`."""
    return to_js(items)
