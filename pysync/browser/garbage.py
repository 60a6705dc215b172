"""Python's garbage collector in a page: kept from stopping it once there is much to look through.

Thousands of records are thousands of objects, nearly all of which stay: looking through them again
and again would find nothing and hold up typing for a tenth of a second. So whatever a collection
that was felt has left is set aside (`gc.freeze`), and looked through only when nobody looks at the
page. Only what refers to itself waits for that; everything else goes when its last reference does.
Floor: nothing below it.
"""

from __future__ import annotations

import gc
import time
from typing import Any, Final

FELT_S: Final = 0.008
"""Seconds from which on a collection is worth avoiding: half a frame."""


class Tending:
    """Watches the collections of one interpreter."""

    def __init__(self) -> None:
        self.has_set_aside = False
        self._began = 0.0

    def watch(self) -> None:
        """Begin, and set aside what is loaded: modules stay. A second call does nothing."""
        if self.collected not in gc.callbacks:
            gc.callbacks.append(self.collected)
            gc.freeze()

    def collected(self, phase: str, _: dict[str, Any]) -> None:
        """For the collector: a collection starts or ends."""
        if phase == "start":
            self._began = time.perf_counter()
        elif time.perf_counter() - self._began >= FELT_S:
            self.has_set_aside = True
            gc.freeze()

    def look_through(self) -> None:
        """Nobody looks at the page: collect what was set aside, too, if anything was."""
        if self.has_set_aside:
            self.has_set_aside = False
            gc.unfreeze()
            gc.collect()


tending: Final = Tending()
"""The interpreter's own."""
