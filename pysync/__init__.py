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

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
from pysync.server_sync import ServerSync, ServerSyncOptions
from pysync.server_sync_provider import ServerSyncProvider, use_server_sync
from pysync.space import Space
from pysync.telling import Update
from pysync.values.jsonvalue import thaw
from pysync.vault import Vault
from pysync.version import BUILD, __version__

if TYPE_CHECKING:
    from pysync.connection import RealtimeStatus
    from pysync.live_cache import LiveCache
    from pysync.machines.update_queue import UpdateQueue
    from pysync.machines.updates import RealtimeUpdate
    from pysync.realtime import RealtimeManager
    from pysync.realtime_analytics import AnalyticsReport
    from pysync.realtime_config import DataType, RealtimeConfig
    from pysync.realtime_filter import Filter
    from pysync.realtime_subscribers import Subscription
    from pysync.realtime_use import (
        use_realtime_analytics,
        use_realtime_status,
        use_realtime_subscription,
        use_realtime_sync,
    )

_LATER = {
    name: f"pysync.{module}"
    for module, names in {
        "connection": "RealtimeStatus",
        "live_cache": "LiveCache",
        "machines.update_queue": "UpdateQueue",
        "machines.updates": "RealtimeUpdate",
        "realtime": "RealtimeManager",
        "realtime_analytics": "AnalyticsReport",
        "realtime_config": "DataType RealtimeConfig",
        "realtime_filter": "Filter",
        "realtime_subscribers": "Subscription",
        "realtime_use": "use_realtime_analytics use_realtime_status use_realtime_subscription"
        " use_realtime_sync",
    }.items()
    for name in names.split()
}
"""Live data: loaded when somebody uses it, for most pages show no dashboard."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'pysync' has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "BUILD",
    "HIGH",
    "LOW",
    "MEDIUM",
    "Amend",
    "AnalyticsReport",
    "Broadcast",
    "BroadcastConfig",
    "BroadcastSync",
    "Candidate",
    "Change",
    "Collection",
    "CollectionSchema",
    "Company",
    "Conflict",
    "DataType",
    "DeadLetter",
    "Draft",
    "Field",
    "Filter",
    "FrozenValue",
    "Guard",
    "InvalidValue",
    "LiveCache",
    "Message",
    "NotDurable",
    "ObservableStore",
    "Policy",
    "Present",
    "ProtocolError",
    "RealtimeConfig",
    "RealtimeManager",
    "RealtimeStatus",
    "RealtimeUpdate",
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
    "Subscription",
    "SyncError",
    "SyncedKV",
    "Unknown",
    "Update",
    "UpdateQueue",
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
    "use_realtime_analytics",
    "use_realtime_status",
    "use_realtime_subscription",
    "use_realtime_sync",
    "use_server_sync",
]
