"""The store on localStorage: its contract, its bound, and what it says of itself."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenTab


@pytest.mark.req("TAB-11")
def test_it_keeps_the_contract_of_a_store(open_tab: OpenTab) -> None:
    failed = open_tab("storage").run(
        """
from pysync.testing.contracts import run
from pysync.testing.contracts.store import STORE_CASES
results = await run(STORE_CASES, LocalPlace)
assert len(results) >= 20
{name: text for name, text in results.items() if text}
"""
    )
    assert failed == {}


@pytest.mark.req("TAB-11")
def test_it_is_bounded_marked_less_durable_and_keeps_what_it_cannot_read(
    open_tab: OpenTab,
) -> None:
    found = open_tab("storage").run(
        """
from pysync.testing.contracts.kit import *
store = LocalStore("hotel")
said = [store.durable, store.shared]
await value(int, store.append, "small", "x")
full = [await fault(store.append, "big", "x" * n) for n in (2_000_001, 6_000_000)]
kept = [row.batch for row in (await value(Loaded, store.load)).tail]
js.localStorage.setItem("pysync:hotel:log", "[[1, 2")
unreadable = [await fault(store.load), await fault(store.append, "b", "x")]
js.localStorage.setItem("pysync:hotel:log", "[" * 10_000)
deep = [await fault(store.load), await fault(store.append, "b", "x")]
js.localStorage.setItem("pysync:hotel:log", "[[1, 2")
[said, full, kept, unreadable, deep, js.localStorage.getItem("pysync:hotel:log")]
"""
    )
    corrupt = ["corrupt", "corrupt"]
    assert found == [[False, False], ["full", "full"], ["small"], corrupt, corrupt, "[[1, 2"]


@pytest.mark.req("TAB-11")
def test_what_was_kept_before_there_was_a_relay_is_read(open_tab: OpenTab) -> None:
    found = open_tab("storage").run(
        """
from pysync.testing.contracts.kit import *
store, keys, term = await filled(LocalPlace(), 2)
row = verdict(1, keys[0], "b0")
await value(int, store.write_decisions, term, [row])
facts, decided = (store._prefix + part for part in ("facts", "decided"))
without = {facts: json.loads(js.localStorage.getItem(facts))}
without[decided] = json.loads(js.localStorage.getItem(decided))
del without[facts]["epoch"], without[decided][0]["frame"]
for name, old in without.items():
    js.localStorage.setItem(name, json.dumps(old))
loaded = await value(Loaded, store.load)
[loaded.meta.epoch, loaded.decided == [(row, "frame 0 é\\n😀")], len(loaded.tail)]
"""
    )
    assert found == ["", True, 1]


def test_a_quota_that_is_reached_answers_full_and_changes_nothing(open_tab: OpenTab) -> None:
    found = open_tab("storage").run(
        """
from pysync.testing.contracts.kit import *
store = LocalStore("hotel")
await value(int, store.append, "small", "x")
js.localStorage.setItem("ballast", "x" * 5_100_000)
reason = await fault(store.append, "more", "x" * 1_000_000)
kept = [row.batch for row in (await value(Loaded, store.load)).tail]
js.localStorage.removeItem("ballast")
[reason, kept, await value(int, store.append, "more", "x" * 1_000_000)]
"""
    )
    assert found == ["full", ["small"], 2]
