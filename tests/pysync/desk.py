"""A device whose tabs each bridge a store of their own."""

from __future__ import annotations

from typing import Any

from pysync import BroadcastSync, ObservableStore, Schema, create_broadcast_sync
from pysync.machines.messages import decode
from pysync.space import Space
from tests.pysync.rig import Device


class Desk:
    """A device whose tabs each bridge a store."""

    def __init__(self) -> None:
        self.device = Device()
        self.syncs: list[BroadcastSync] = []

    def tab(
        self, store: Any = None, *, space: Space | None = None, **options: Any
    ) -> tuple[Any, BroadcastSync]:
        store = ObservableStore() if store is None else store
        options.setdefault("throttle_ms", 0)
        strategy = options.get("conflict_strategy", "last-write-wins")
        space = space or self.device.open(schema=Schema(strategy=strategy))
        sync = create_broadcast_sync(store, space=space, **options)
        self.syncs.append(sync)
        sync.start()
        self.device.settle()
        return store, sync

    def settle(self) -> None:
        self.device.settle()


def frames(desk: Desk, begun: int = 0) -> list[str]:
    return [text for text in desk.device.said[begun:] if decode(text).type == "state-update"]
