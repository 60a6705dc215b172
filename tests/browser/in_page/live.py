"""Runs in the page: a hotel whose rooms are shown live, and what was told of them.

`space` and `rooms` come from hotel.py; `show(**options)` begins.
"""

from typing import Any

from pysync import LiveCache, RealtimeConfig, RealtimeManager, RealtimeUpdate

cache = LiveCache({"rooms": ("kpis",), "weather": ("sky",)}, space=space)  # noqa: F821 - hotel.py
told: list[list[Any]] = []
states: list[str] = []
live: RealtimeManager


def note(update: RealtimeUpdate) -> None:
    """Keep what can be sent out of the page."""
    by = "here" if not update.tab else "elsewhere"
    told.append([update.type, update.action, update.id, dict(update.data), by])


def show(wanted: Any = None, **options: Any) -> None:
    """Begin to hear of rooms and of the weather."""
    global live  # noqa: PLW0603 - the tests' calls share it
    live = RealtimeManager(space, RealtimeConfig(cache=cache, **options))  # noqa: F821
    live.on_connection(states.append)
    live.initialize()
    live.subscribe("rooms", note, wanted)
    live.subscribe("weather", note)


def kept(name: str, value: Any) -> Any:
    """What the cache answers; `value` if it has nothing."""
    return cache.get(name, lambda: value)
