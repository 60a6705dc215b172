"""One tab: its parts put together, and what holds for whoever talks to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import InvalidValue, Refused, UsageError
from pysync.machines import messages
from pysync.machines.effects import Append, ClearTimer, Load, Post, ReleaseLock
from pysync.machines.events import Changed, Message, Problem, Ready, Saved
from pysync.model.guard import Guard, Refuse
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.ports import StoreFault
from tests.pysync.device import Device, Page, everything
from tests.pysync.kit import WALL, json_values, texts


def create(rid: str = "r", **fields: Any) -> Any:
    return lambda draft: draft.create("c", {"id": rid, **fields})


@pytest.fixture
def page() -> Page:
    return Device(tabs=1).pages[0]


def of(page: Page, kind: type) -> list[Any]:
    return [event for event in page.events if isinstance(event, kind)]


@pytest.mark.req("TAB-15")
def test_tab_a_what_is_applied_is_in_the_view_when_the_call_returns(page: Page) -> None:
    change = page.run(create(f=1))
    assert page.tab.view.get("c", "r") == {"id": "r", "f": 1}
    assert change.id == f"{page.name}.1"
    assert of(page, Changed)[-1] == Changed(frozenset({("c", "r")}), "")


@pytest.mark.req("TAB-15")
def test_tab_b_a_change_is_posted_and_appended_in_the_call_that_makes_it(page: Page) -> None:
    draft = page.tab.draft(page.now)
    draft.create("c", {"id": "r"})
    page.tab.commit(draft, page.now)
    effects = page.tab.take_effects()
    assert [type(e) for e in effects if isinstance(e, (Append, Post))] == [Post, Append]
    assert effects[0].text == effects[1].body if isinstance(effects[1], Append) else True


def test_load_3_a_store_that_was_replaced_is_read_once_and_nothing_is_decided_meanwhile(
    page: Page,
) -> None:
    assert page.tab.leads_under()
    page.tab.anew()
    page.tab.anew()
    assert [type(effect) for effect in page.tab.take_effects()] == [Load]
    assert page.tab.leads_under() == 0
    page.store.load(lambda loaded: page.tab.loaded(loaded, page.now))
    assert page.tab.leads_under()
    assert len(of(page, Ready)) == 1


@pytest.mark.parametrize("pause", ["froze", "hid"])
def test_tab_c_a_paused_tab_makes_no_effect_but_what_gives_things_back(pause: str) -> None:
    device = Device(tabs=2)
    one, two = device.pages
    one.run(create("x"))
    two.run(create("y"))
    one.flush()
    getattr(one.tab, pause)(one.now)
    for effect in one.tab.take_effects():
        assert isinstance(effect, (Post, ClearTimer, ReleaseLock, Append)), effect
    two.run(create("z"))
    while one.inbox or one.answers:
        if one.inbox:
            one.tab.heard(one.inbox.pop(0), one.now)
        else:
            one.tab.take_effects()
            one.answers.clear()
    one.tab.beat(one.now)
    assert one.tab.take_effects() == []
    assert one.tab.view.get("c", "z") is None, "it only takes note of nothing"
    one.do(one.tab.resumed)
    device.heal()
    device.assert_converged()


@given(json_values(12), texts(30), st.sampled_from(sorted(messages.TYPES)))
def test_tab_d_whatever_a_peer_sends_nothing_is_raised_and_nothing_is_lost(
    value: Any, text: str, type_: str
) -> None:
    page = Device(tabs=1).pages[0]
    page.run(create("kept", f=1))
    page.device.heal(1)
    before = everything(page)
    for sent in (text, json.dumps(value), messages.encode(type_, "peer", WALL, value)):
        page.do(page.tab.heard, sent)
    assert page.tab.view.get("c", "kept") == {"id": "kept", "f": 1}
    assert everything(page) == before


@pytest.mark.req("TAB-16")
def test_tab_d_what_breaks_the_protocol_is_dropped_counted_and_reported(page: Page) -> None:
    page.do(page.tab.heard, "rubbish")
    assert page.tab.inbox.dropped == 1
    assert of(page, Problem)[-1].kind == "foreign"


@pytest.mark.req("TAB-16")
def test_a_tab_ignores_its_own_frames(page: Page) -> None:
    page.run(create())
    before = everything(page)
    for text in page.posted:
        page.do(page.tab.heard, text)
    assert everything(page) == before


def test_before_the_store_is_read_nothing_can_be_written_and_what_is_heard_is_kept() -> None:
    device = Device(tabs=1)
    [first] = device.pages
    second = device.open()
    with pytest.raises(UsageError, match="await its opening"):
        second.tab.draft(second.now)
    second.answers.clear()
    first.run(create("early"))
    while second.inbox:
        second.do(second.tab.heard, second.inbox.pop(0))
    assert second.tab.view.get("c", "early") is None
    second.store.load(second._later(second.tab.loaded))
    device.heal(2)
    assert of(second, Ready) == [Ready("")]
    device.assert_converged()


@pytest.mark.parametrize("reason", ["aborted", "blocked", "unreachable"])
def test_load_1_a_store_that_did_not_answer_is_read_again_before_anything_is_written(
    reason: Any,
) -> None:
    device = Device(tabs=1)
    device.pages[0].run(create("stored"))
    device.heal(1)
    page = device.open()
    page.answers.clear()
    page.do(page.tab.loaded, StoreFault(reason))
    assert not page.tab.ready and page.tab.status().problem == reason
    device.heal(2)
    assert page.tab.ready and page.tab.view.get("c", "stored") is not None


@pytest.mark.req("SRV-26")
def test_load_1_who_does_not_answer_is_asked_less_and_less_often_until_somebody_looks() -> None:
    device = Device(tabs=1)
    page = device.open()
    page.answers.clear()
    pauses = []
    for _ in range(6):
        page.do(page.tab.loaded, StoreFault("unreachable"))
        pauses.append(page.timers.pop("tab.load") - page.now.mono)
    assert pauses == [500, 1_000, 2_000, 4_000, 4_000, 4_000]
    page.do(page.tab.hurry)
    device.answer(page)
    assert page.tab.ready
    page.answers.clear()
    page.do(page.tab.hurry)
    assert page.answers == [], "nothing is waited for any more"


@pytest.mark.req("TAB-10")
def test_a_field_that_does_not_fit_keeps_the_local_value_and_is_reported() -> None:
    strict = Schema(
        collections={"c": CollectionSchema(name="c", fields={"f": Field(types=(int,), minimum=0)})}
    )
    device = Device(strict, tabs=2)
    one, two = device.pages
    one.run(create(f=1))
    device.heal(1)
    row = [0, 60_000 << 12, [["=", "c", "r", {"f": -5, "g": 2}, ""]]]
    two.do(two.tab.heard, messages.encode(messages.STATE_UPDATE, "old-build", WALL, [1, [row]]))
    assert two.tab.view.get("c", "r") == {"id": "r", "f": 1, "g": 2}
    assert [p.detail for p in of(two, Problem)] == ["c/r/f is below 0"]


@pytest.mark.req("SRV-11")
def test_a_refused_change_leaves_no_trace_and_one_refused_later_is_told_with_its_content() -> None:
    guard = Guard(
        "one",
        frozenset({"c"}),
        lambda _b, after, *_: Refuse("one", "only one") if len(list(after.all("c"))) > 1 else None,
        lambda *_: ["all"],
    )
    device = Device(Schema(collections={"c": CollectionSchema(name="c")}, guards=(guard,)), tabs=2)
    one, two = device.pages
    one.run(create("a"))
    with pytest.raises(Refused, match="only one"):
        one.run(create("b"))
    assert one.tab.outbox.waiting.keys() == {f"{one.name}.1"}
    two.run(create("c", text="kept"))
    device.heal(3)
    device.assert_converged()
    losers = [s for p in (one, two) for s in p.settled() if s.decision is not None]
    assert len(losers) == 1
    assert losers[0].decision is not None and losers[0].decision.code == "one"
    assert losers[0].change.ops[0].fields in ({}, {"text": "kept"})


@pytest.mark.req("TAB-15")
def test_saved_is_told_when_the_store_has_it_and_not_saved_when_it_refuses(page: Page) -> None:
    page.run(create("a"))
    assert of(page, Saved) == []
    page.do(page.tab.appended, f"{page.name}.1", StoreFault("full"))
    assert page.tab.status().unsaved == 1 and page.tab.status().problem == "full"
    assert of(page, Problem)[-1] == Problem("not-saved", "full")
    page.device.heal(3)
    assert of(page, Saved) == [Saved(1, 1)]
    assert (page.tab.status().unsaved, page.tab.status().problem) == (0, "")


@pytest.mark.req("TAB-06")
def test_application_messages_reach_the_others_as_frozen_values() -> None:
    device = Device(tabs=2)
    one, two = device.pages
    one.do(one.tab.broadcast, "notification", "k", {"a": [1]})
    one.do(one.tab.broadcast, "cache-invalidation", "", None)
    device.drain()
    heard = [m for m in of(two, Message) if m.kind != "user-activity"]
    assert heard == [
        Message("notification", "k", {"a": [1]}, one.name),
        Message("cache-invalidation", "", None, one.name),
    ]
    with pytest.raises(InvalidValue):
        one.tab.broadcast("x", "k", {1}, one.now)


def test_a_draft_that_is_overtaken_by_another_change_cannot_be_committed(page: Page) -> None:
    draft = page.tab.draft(page.now)
    draft.create("c", {"id": "late"})
    page.run(create("first"))
    with pytest.raises(UsageError, match="begin a new one"):
        page.tab.commit(draft, page.now)


def test_a_draft_under_which_others_wrote_is_predicted_on_what_is_there_now() -> None:
    device = Device(tabs=2)
    one, two = device.pages
    one.run(create(f=1, g=1))
    device.heal(1)
    draft = one.tab.draft(one.now)
    draft.update("c", "r", {"f": 2})
    two.run(lambda d: d.update("c", "r", {"g": 2}))
    device.drain()
    one.tab.commit(draft, one.now)
    one.settle()
    assert one.tab.view.get("c", "r") == {"id": "r", "f": 2, "g": 2}
    device.heal(2)
    device.assert_converged()
    assert two.tab.view.get("c", "r") == {"id": "r", "f": 2, "g": 2}


def test_nothing_written_is_no_change(page: Page) -> None:
    assert page.run(lambda _draft: None) is None


def test_the_new_leader_finds_what_the_former_one_committed_and_could_not_tell() -> None:
    device = Device(tabs=3)
    leader = next(p for p in device.pages if p.tab.election.is_leader)
    others = [p for p in device.pages if p is not leader]
    others[0].run(create("told"))
    while not any("writes" in str(row) for row in device.disk.decided) and device.disk.seq == 0:
        for page in device.pages:
            device.answer(page)
            device.deliver(page, 0)
    device.crash(leader)
    device.heal(12)
    device.assert_converged()
    assert others[0].settled(), "the author is told what became of it"


def test_stopping_gives_everything_back(page: Page) -> None:
    page.run(create())
    page.do(page.tab.stop)
    assert page.timers == {}
    assert not any(page in queue for queue in page.device.locks.values())


@pytest.mark.req("TAB-16")
def test_stored_entries_that_cannot_be_read_are_told_of_once() -> None:
    device = Device(tabs=2)
    one, two = device.pages
    one.store.append("x.1", "a frame of version 2", lambda _: None)
    one.run(create("r"))
    device.heal()
    two.run(create("s"))
    device.heal()
    late = device.open()
    device.heal()
    for page in (one, two, late):
        told = [problem.detail for problem in of(page, Problem) if problem.kind == "unreadable"]
        assert told == ["1 stored entries, 1 in all: kept and passed over"]
        assert page.tab.view.get("c", "s") is not None


@pytest.mark.req("TAB-15")
def test_a_tab_whose_store_was_lost_keeps_everything_and_is_never_called_saved(page: Page) -> None:
    page.run(create(f=1))
    page.tab.store_lost("its storage was cleared", page.now)
    page.settle()
    assert Problem("store-lost", "its storage was cleared") in page.events
    assert page.tab.status().problem == "closed"
    assert not page.tab.status().is_leader, "who still has a store leads"
    assert page.tab.view.get("c", "r") == {"id": "r", "f": 1}
