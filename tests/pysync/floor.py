"""Two tabs of one device, the second of which shows live data."""

from __future__ import annotations

from typing import Any

from pysync import Collection, RealtimeConfig, RealtimeManager, RealtimeUpdate, Schema
from tests.pysync.rig import Device


class Floor:
    """Two tabs of one device; the second one shows live data."""

    def __init__(self, schema: Schema | None = None, **options: Any) -> None:
        self.device = Device()
        self.one, self.two = (self.device.open(schema=schema) for _ in range(2))
        self.device.settle()
        options.setdefault("throttle_ms", 0)
        self.live = RealtimeManager(self.two, RealtimeConfig(**options)).initialize()
        self.heard: list[RealtimeUpdate] = []
        self.rooms, self.mine = (Collection("rooms", space=each) for each in (self.one, self.two))

    def listen(self, name: str = "rooms", wanted: Any = None) -> Any:
        return self.live.subscribe(name, self.heard.append, wanted)

    def rows(self) -> list[tuple[str, str, Any]]:
        """What was told since the last call."""
        self.device.settle()
        told, self.heard[:] = list(self.heard), []
        return [(each.action, each.id, each.data) for each in told]
