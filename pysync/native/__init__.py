"""pysync in CPython: spaces over SQLite, for scripts, imports and headless clients."""

from pysync.native.host import NativeHost, open_space

__all__ = ["NativeHost", "open_space"]
