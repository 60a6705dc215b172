"""pysync in a page: spaces over IndexedDB, BroadcastChannel and Web Locks, or what there is."""

from pysync.browser.host import BrowserHost, open_space

__all__ = ["BrowserHost", "open_space"]
