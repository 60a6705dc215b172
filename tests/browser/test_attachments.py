"""The shelf of attachments in Chromium: its contract, and that nothing of it is left behind."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenTab

pytestmark = [pytest.mark.req("PMS-06", "PMS-07")]

CONTRACT = """
import itertools
from pysync.browser import owned
from pysync.browser.attachments import PageShelf, count_unsent
from pysync.browser.databases import delete_space, kept_spaces
from pysync.machines.carried import Shelved
from pysync.testing.contracts import run
from pysync.testing.contracts.shelf import OTHER, ROW, SHELF_CASES
numbers = itertools.count()
class Place:
    def __init__(self):
        self.name = f"shelf-{next(numbers)}"
    def open(self):
        return PageShelf(self.name)
before = owned.live()
results = await run(SHELF_CASES, Place)
{"failed": {k: v for k, v in results.items() if v}, "count": len(results),
 "before": before, "after": owned.live()}
"""
PURGE = """
import js
shelf = PageShelf("leaving")
await shelf.put(ROW, b"abc")
await shelf.put(OTHER, b"x")
unsent, spaces = await count_unsent("leaving", "e1"), await kept_spaces()
await delete_space("leaving")
names = [str(each.name) for each in await js.indexedDB.databases()]
[unsent, "leaving" in spaces, [name for name in names if name.endswith("leaving")]]
"""


def test_it_keeps_the_contract_of_a_shelf_and_goes_with_its_space(open_tab: OpenTab) -> None:
    tab = open_tab("storage")
    report = tab.run(CONTRACT)
    assert report["failed"] == {}
    assert report["count"] == 4
    assert report["after"] == report["before"]
    assert tab.run(PURGE) == [1, False, []], "signing out leaves no picture"
