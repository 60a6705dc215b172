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
from pysync.runtime import default_space, new_id
from pysync.space import DeadLetter, Space, Update
from pysync.values.jsonvalue import thaw
from pysync.version import BUILD, __version__

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
