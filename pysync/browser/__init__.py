"""pysync in a page: spaces over IndexedDB, BroadcastChannel and Web Locks, or what there is."""

from pysync.browser.host import BrowserHost, open_space
from pysync.browser.joining import joining
from pysync.browser.page import open_default
from pysync.browser.probe import probe
from pysync.browser.vault import open_vault
from pysync.machines.status import ChannelKind

__all__ = ["BrowserHost", "channel_kind", "joining", "open_default", "open_space", "open_vault"]


def channel_kind() -> ChannelKind:
    """How the tabs of this device hear each other in this page."""
    return probe().channel
