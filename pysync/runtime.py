"""Which host carries spaces here, and the space that is used where none is named.

Floor: `space`; the host is found by name when it is needed, so that a page loads only its own.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

from pysync.space import Space
from pysync.values.ids import encode_id

HOST: Final = "pysync.browser" if sys.platform == "emscripten" else "pysync.native"
DEFAULT: Final = "default"

_spaces: dict[str, Space] = {}


def default_space() -> Space:
    """The space named "default", opened at the first call and again if it was closed."""
    space = _spaces.get(DEFAULT)
    if space is None or space.closed:
        opened: Space = importlib.import_module(HOST).open_space(DEFAULT)
        space = _spaces[DEFAULT] = opened
    return space


def new_id() -> str:
    """A new random id for a record: 14 characters, 80 random bits."""
    return encode_id(os.urandom(10))
