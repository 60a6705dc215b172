"""Which host carries spaces here, and the space that is used where none is named.

Floor: `space`; the host is found by name when it is needed, so that a page loads only its own.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

from pysync.model.schema import Schema
from pysync.space import Space
from pysync.values.ids import encode_id

HOST: Final = "pysync.browser" if sys.platform == "emscripten" else "pysync.native"
DEFAULT: Final = "default"

_spaces: dict[str, Space] = {}
_wanted: set[str] = set()


def open_space(name: str, schema: Schema | None = None) -> Space:
    """Open a space on the host of this place. The caller closes it."""
    opened: Space = importlib.import_module(HOST).open_space(name, schema=schema)
    return opened


def default_space() -> Space:
    """The space that is used where none is named, opened at the first call and again if it was
    closed: "default", or in a page what the page names."""
    _wanted.add(DEFAULT)
    return shared_default()


def shared_default() -> Space:
    """The same, for who closes it in the end unless the application wants it, too."""
    space = _spaces.get(DEFAULT)
    if space is None or space.closed:
        space = _spaces[DEFAULT] = importlib.import_module(HOST).open_default()
    return space


def default_is_wanted() -> bool:
    """Whether anybody asked for `default_space`."""
    return DEFAULT in _wanted


def is_supported() -> bool:
    """Whether the tabs of a device can hear each other here, by BroadcastChannel or, where that is
    missing, by storage events. Where not, every tab keeps what is stored, alone."""
    kind: str = importlib.import_module(HOST).channel_kind()
    return kind != "none"


def new_id() -> str:
    """A new random id for a record: 14 characters, 80 random bits."""
    return encode_id(os.urandom(10))
