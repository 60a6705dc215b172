"""The garbage collector in a page: felt once, and what only refers to itself goes all the same."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenTab


@pytest.mark.req("PMS-11")
def test_what_a_felt_collection_left_is_set_aside_until_nobody_looks(open_tab: OpenTab) -> None:
    found = open_tab("storage").run(
        """
import gc, weakref
from pysync.browser import garbage
class Node: pass
def ring():
    node = Node()
    node.itself = node
    return weakref.ref(node)
garbage.tending.watch()
garbage.tending.watch()
gc.unfreeze()
gc.disable()
garbage.FELT_S = 1e9
gc.collect()
unfelt = gc.get_freeze_count()
kept = [Node() for _ in range(1000)]
aside = ring()
garbage.FELT_S = 0
gc.collect(0)
felt = gc.get_freeze_count()
lost = ring()
gc.freeze()
gc.collect()
waits = lost() is not None
garbage.FELT_S = 1e9
garbage.tending.look_through()
[unfelt, felt >= 1000, waits, lost() is None, aside() is None, gc.get_freeze_count()]
"""
    )
    assert found == [0, True, True, True, True, 0]
