"""pysync in CPython: spaces over SQLite, for scripts, imports and headless clients."""

from pysync.native.attachments import open_attachments
from pysync.native.host import NativeHost, channel_kind, open_space
from pysync.native.joining import joining
from pysync.native.online import online
from pysync.native.vault import open_vault
from pysync.space import Space

__all__ = [
    "NativeHost",
    "channel_kind",
    "joining",
    "online",
    "open_attachments",
    "open_default",
    "open_space",
    "open_vault",
]


def open_default() -> Space:
    """Open the space that is used where none is named."""
    return open_space("default")
