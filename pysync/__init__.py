"""pysync: state that all tabs and devices share, in Python.

>>> from pysync.native import open_space
>>> from pysync import SyncedKV
>>> with open_space("doctest") as space:
...     counter = SyncedKV("counter", 0, space=space)
...     _ = counter.set(lambda n: n + 1)
...     counter.value
1

In a page (PyScript or Pyodide) `SyncedKV("counter", 0)` needs no space: there is a default one per
page. Everything named here is public; see each name's own documentation.
"""

from __future__ import annotations

import os
import sys

from pysync.collection import Collection
from pysync.errors import (
    FrozenValue,
    InvalidValue,
    NotDurable,
    ProtocolError,
    Refused,
    SensitiveKey,
    StoreCorrupt,
    SyncError,
    Unknown,
    UsageError,
)
from pysync.kv import SyncedKV
from pysync.model.change import Change
from pysync.model.draft import Draft
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.receipt import Receipt
from pysync.space import DeadLetter, Space, Update
from pysync.values.ids import encode_id
from pysync.values.jsonvalue import thaw

__version__ = "0.1.0"
BUILD = 1
"""Counts builds of the core: the newest build among the open tabs leads."""

_default: Space | None = None


def new_id() -> str:
    """A new random id for a record: 14 characters, 80 random bits."""
    return encode_id(os.urandom(10))


def default_space() -> Space:
    """The space used where none is named: "default", opened at the first call."""
    global _default
    if _default is None or _default.closed:
        if sys.platform == "emscripten":
            from pysync.browser import open_space
        else:
            from pysync.native import open_space
        _default = open_space("default")
    return _default


__all__ = [
    "BUILD",
    "Amend",
    "Change",
    "Collection",
    "CollectionSchema",
    "DeadLetter",
    "Draft",
    "Field",
    "FrozenValue",
    "Guard",
    "InvalidValue",
    "NotDurable",
    "ProtocolError",
    "Receipt",
    "Record",
    "Refuse",
    "Refused",
    "Schema",
    "SensitiveKey",
    "Space",
    "StoreCorrupt",
    "SyncError",
    "SyncedKV",
    "Unknown",
    "Update",
    "UsageError",
    "Verdict",
    "View",
    "__version__",
    "default_space",
    "new_id",
    "thaw",
]
