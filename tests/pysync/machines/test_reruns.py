"""Reruns: a function's effect counts once, or its caller is told."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.errors import Refused
from pysync.model.change import Meta
from pysync.model.draft import Draft
from tests.pysync.device import Device, Page


def bump(draft: Draft) -> None:
    record = draft.get("kv", "v")
    if record is None:
        draft.create("kv", {"id": "v", "n": 1})
    else:
        draft.update("kv", "v", {"n": record["n"] + 1})


def raced() -> tuple[Device, Page, Page]:
    """Two tabs at one value, the second of which the log puts behind."""
    device = Device(tabs=2)
    one, two = device.pages
    one.run(bump, rerun=bump)
    device.heal(1)
    return device, one, two


@pytest.mark.req("TAB-04")
def test_rerun_1_what_was_handed_back_counts_once_as_one_change_with_its_author_and_label() -> None:
    device, one, two = raced()
    one.run(bump, rerun=bump)
    for _ in range(5):
        two.run(bump, rerun=bump, meta=Meta(label="count", author="anna"))
    device.heal(3)
    device.assert_converged()
    assert one.tab.view.get("kv", "v")["n"] == 7
    rerun = two.settled()[-1].change
    assert rerun.meta.supersedes and rerun.mark.n <= 7
    assert (rerun.meta.label, rerun.meta.author) == ("count", "anna")


@pytest.mark.req("TAB-04", "SRV-11")
def test_rerun_1_one_that_makes_no_sense_any_more_is_told_with_its_reason() -> None:
    device, one, two = raced()

    def only_once(draft: Draft) -> None:
        if draft.get("kv", "v")["n"] != 1:  # type: ignore[index]
            raise Refused("late", "somebody was faster")
        draft.update("kv", "v", {"n": 100})

    one.run(bump, rerun=bump)
    change: Any = two.run(only_once, rerun=only_once)
    device.heal(3)
    device.assert_converged()
    [told] = [settled for settled in two.settled() if settled.change.id == change.id]
    assert told.decision is not None
    assert (told.decision.outcome, told.decision.code) == ("refused", "late")
    assert two.tab.view.get("kv", "v")["n"] == 2


def test_rerun_1_the_function_of_a_tab_that_is_gone_is_decided_as_it_was() -> None:
    device, one, two = raced()
    one.run(bump, rerun=bump)
    two.run(bump, rerun=bump)
    one.inbox.extend(two.posted[-1:])
    device.crash(two)
    device.heal(12)
    device.assert_converged()
    replica = one.tab.replica
    assert replica.was_decided(two.name, 1)
    assert one.tab.view.get("kv", "v")["n"] == 2
    assert len(replica.conflicts) + one.tab.view.get("kv", "v")["n"] >= 2


def test_a_frozen_author_runs_it_again_when_it_thaws() -> None:
    device, one, two = raced()
    one.run(bump, rerun=bump)
    two.run(bump, rerun=bump)
    device.drain()
    two.do(two.tab.froze)
    device.heal(2)
    two.do(two.tab.resumed)
    device.heal(3)
    device.assert_converged()
    assert one.tab.view.get("kv", "v")["n"] == 3
