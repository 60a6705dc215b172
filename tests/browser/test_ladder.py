"""The capability ladder: what a tab stands on for what its browser has."""

from __future__ import annotations

import importlib.util
import sys
from itertools import product
from pathlib import Path

import pytest

# `pysync.browser` itself imports only in a page; this part of it is pure.
_FILE = Path(__file__).parents[2] / "pysync" / "browser" / "ladder.py"
_SPEC = importlib.util.spec_from_file_location("pysync_browser_ladder", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
_ladder = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _ladder
_SPEC.loader.exec_module(_ladder)
Found, climb = _ladder.Found, _ladder.climb

ALL = Found(indexeddb=True, localstorage=True, locks=True, broadcast=True, secure=True)


@pytest.mark.req("TAB-11")
def test_with_everything_there_is_nothing_to_say() -> None:
    ladder = climb(ALL)
    assert (ladder.store, ladder.seat, ladder.channel) == ("indexeddb", "locks", "broadcast")
    assert ladder.reasons == ()
    assert ladder.synced


@pytest.mark.req("TAB-11")
def test_every_page_stands_somewhere_and_nobody_leads_by_itself() -> None:
    for flags in product([True, False], repeat=5):
        found = Found(*flags)
        ladder = climb(found)
        if not found.locks:
            assert ladder.seat == ("none" if ladder.store == "memory" else "lease")
        if not found.indexeddb:
            assert ladder.store == ("localstorage" if found.localstorage else "memory")
        if not found.broadcast:
            assert ladder.channel == ("storage" if found.localstorage else "none")
        missing = not (found.indexeddb and found.locks and found.broadcast)
        assert bool(ladder.reasons) == missing
        assert ladder.synced == (ladder.channel != "none")


@pytest.mark.req("TAB-11")
def test_the_words_name_what_is_missing() -> None:
    plain_http = Found(indexeddb=True, localstorage=True, locks=False, broadcast=True, secure=False)
    assert "https" in climb(plain_http).reasons[0]
    sandbox = Found(indexeddb=False, localstorage=False, locks=False, broadcast=False, secure=True)
    said = " ".join(climb(sandbox).reasons)
    assert "this tab only" in said
    assert "Sync unavailable" in said
