"""Web Locks between real tabs: queue, handover, theft, and nothing left behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import OpenTab, Pool
from tests.support import Tab

OPEN = """
from pysync.browser.locks import WebLocks
locks = WebLocks()
told = []
def ask(name="seat", steal=False):
    locks.request(name, steal, lambda: told.append("granted"), lambda: told.append("lost"))
"""


def close(*tabs: Tab) -> None:
    """Let them have and want none any more."""
    for tab in tabs:
        tab.run("locks.close()")


IN_QUEUE = """
async def waiting():
    state = await js.navigator.locks.query()
    return len([lock for lock in state.pending if lock.name == "seat"]) if state.held.length else -1
while await waiting() < {number}: pass
"""


@pytest.mark.req("TAB-08")
def test_the_queue_hands_over_when_the_holder_gives_back_closes_or_crashes(
    open_tab: OpenTab,
) -> None:
    tabs = [open_tab("adapters") for _ in range(4)]
    for number, tab in enumerate(tabs):
        tab.run(OPEN + "ask()\nNone")
        tab.run(IN_QUEUE.format(number=number))
    tabs[0].run('locks.release("seat")')
    tabs[1].run('await until(lambda: told == ["granted"])')
    tabs[1].page.close()
    tabs[2].run('await until(lambda: told == ["granted"])')
    assert tabs[3].run("told") == []
    with pytest.raises(Error, match="crash"):
        tabs[2].page.goto("chrome://crash")
    tabs[3].run('await until(lambda: told == ["granted"])')
    assert tabs[0].run("[told, await nothing_left()]") == [["granted"], {}]


def test_a_stolen_lock_is_told_once_and_only_to_its_holder(pool: Pool) -> None:
    holder, thief, third = pool.take(3)
    holder.run(OPEN + 'ask()\nawait until(lambda: told == ["granted"])')
    third.run(OPEN + "ask()\nNone")
    thief.run(OPEN + 'ask(steal=True)\nawait until(lambda: told == ["granted"])')
    holder.run('await until(lambda: told == ["granted", "lost"])')
    assert third.run("told") == []
    holder.run("locks.close()\nNone")
    assert holder.run("[told, await nothing_left()]") == [["granted", "lost"], {}]
    thief.run("locks.close()\nNone")
    third.run('await until(lambda: told == ["granted"])')
    assert thief.run("[told, await nothing_left()]") == [["granted"], {}]
    close(third)


def test_leaving_the_queue_is_silent_and_final(pool: Pool) -> None:
    holder, waiter = pool.take(2)
    holder.run(OPEN + 'ask()\nawait until(lambda: told == ["granted"])')
    waiter.run(OPEN + 'ask()\nlocks.release("seat")\nlocks.release("seat")\nNone')
    assert waiter.run("await nothing_left()") == {}
    holder.run('locks.release("seat")')
    assert holder.run("await nothing_left()") == {}
    assert waiter.run("told") == []
    waiter.run('ask()\nawait until(lambda: told == ["granted"])')
    close(holder, waiter)


def test_stealing_from_the_queue_and_asking_twice(pool: Pool) -> None:
    holder, waiter = pool.take(2)
    holder.run(OPEN + 'ask()\nask()\nawait until(lambda: told == ["granted"])')
    waiter.run(OPEN + 'ask()\nask(steal=True)\nawait until(lambda: told == ["granted"])')
    holder.run('await until(lambda: told == ["granted", "lost"])')
    waiter.run("ask()\nask(steal=True)\nlocks.close()\nNone")
    assert waiter.run("[told, await nothing_left()]") == [["granted"], {}]
    close(holder)


def test_the_names_of_held_locks_can_be_read(pool: Pool) -> None:
    one, two = pool.take(2)
    one.run(OPEN + 'ask("a")\nask("b")\nawait until(lambda: len(told) == 2)')
    two.run(OPEN + 'ask("a")\nask("c")\nawait until(lambda: told)')
    seen = two.run(
        "seen = []\nlocks.query(seen.append)\nawait until(lambda: seen)\nsorted(seen[0])"
    )
    assert seen == ["a", "b", "c"]
    assert two.run("locks.close()\nawait nothing_left()") == {}
    close(one)


@pytest.mark.req("TAB-12")
def test_a_hundred_locks_leave_nothing(pool: Pool) -> None:
    [tab] = pool.take(1)
    left = tab.run(
        OPEN
        + """
for n in range(100):
    ask(f"lock {n}")
    if n % 2:
        locks.release(f"lock {n}")
await until(lambda: len(told) >= 50)
locks.close()
await nothing_left()
"""
    )
    assert left == {}
