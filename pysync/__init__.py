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

from pysync.broadcast import BroadcastSync, create_broadcast_sync, use_broadcast_sync
from pysync.broadcast_config import BroadcastConfig
from pysync.broadcast_store import ObservableStore
from pysync.collection import Collection
from pysync.errors import (
    FrozenValue,
    InvalidValue,
    NotDurable,
    ProtocolError,
    Refused,
    RelayUnreachable,
    SensitiveKey,
    StoreCorrupt,
    SyncError,
    Unknown,
    UsageError,
    VaultError,
)
from pysync.kv import SyncedKV
from pysync.letters import DeadLetter
from pysync.machines.events import Message
from pysync.machines.present import Company, Present
from pysync.messaging import Broadcast, use_broadcast
from pysync.model.change import Change
from pysync.model.conflict import Candidate, Conflict
from pysync.model.draft import Draft
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync.model.policy import HIGH, LOW, MEDIUM, Policy
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.receipt import Receipt
from pysync.runtime import default_space, is_supported, new_id
from pysync.server_sync import (
    ServerSync,
    ServerSyncOptions,
    ServerSyncProvider,
    use_server_sync,
)
from pysync.space import Space
from pysync.telling import Update
from pysync.values.jsonvalue import thaw
from pysync.vault import Vault
from pysync.version import BUILD, __version__

__all__ = [
    "BUILD",
    "HIGH",
    "LOW",
    "MEDIUM",
    "Amend",
    "Broadcast",
    "BroadcastConfig",
    "BroadcastSync",
    "Candidate",
    "Change",
    "Collection",
    "CollectionSchema",
    "Company",
    "Conflict",
    "DeadLetter",
    "Draft",
    "Field",
    "FrozenValue",
    "Guard",
    "InvalidValue",
    "Message",
    "NotDurable",
    "ObservableStore",
    "Policy",
    "Present",
    "ProtocolError",
    "Receipt",
    "Record",
    "Refuse",
    "Refused",
    "RelayUnreachable",
    "Schema",
    "SensitiveKey",
    "ServerSync",
    "ServerSyncOptions",
    "ServerSyncProvider",
    "Space",
    "StoreCorrupt",
    "SyncError",
    "SyncedKV",
    "Unknown",
    "Update",
    "UsageError",
    "Vault",
    "VaultError",
    "Verdict",
    "View",
    "__version__",
    "create_broadcast_sync",
    "default_space",
    "is_supported",
    "new_id",
    "thaw",
    "use_broadcast",
    "use_broadcast_sync",
    "use_server_sync",
]
