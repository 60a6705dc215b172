"""Who made it look different: the tab that a change is told to come from."""

from __future__ import annotations

import pytest

from pysync.machines.events import Changed
from pysync.machines.news import News
from pysync.model.guard import Guard, Refuse, View
from pysync.model.schema import Schema
from tests.pysync.device import Device, Page


def told(page: Page) -> dict[str, set[str]]:
    """Since the last call: ids of changed records by the tab they are said to come from."""
    found: dict[str, set[str]] = {}
    for event in page.events:
        if isinstance(event, Changed):
            found.setdefault(event.source, set()).update(rid for _, rid in event.refs)
    page.events.clear()
    return found


@pytest.mark.req("TAB-05")
def test_news_1_what_is_read_from_the_store_comes_from_the_tab_that_wrote_it() -> None:
    device = Device(tabs=3)
    one, two, three = device.pages
    told(three)
    one.run(lambda draft: draft.create("c", {"id": "a"}))
    two.run(lambda draft: draft.create("c", {"id": "b"}))
    for page in (one, two):
        page.flush()
    three.inbox.clear()
    device.drain()
    three.inbox.clear()
    device.heal()
    assert three.tab.view.get("c", "a") is not None
    assert told(three) == {one.name: {"a"}, two.name: {"b"}}


@pytest.mark.req("TAB-05")
def test_news_1_an_own_change_on_top_does_not_hide_that_another_tab_wrote() -> None:
    device = Device(tabs=2)
    one, two = device.pages
    one.run(lambda draft: draft.create("c", {"id": "r", "x": 1, "y": 1}))
    device.heal()
    told(two)
    two.run(lambda draft: draft.update("c", "r", {"x": 2}))
    assert told(two) == {"": {"r"}}
    one.run(lambda draft: draft.update("c", "r", {"y": 2}))
    device.heal()
    assert two.tab.view.get("c", "r") == {"id": "r", "x": 2, "y": 2}
    assert told(two) == {one.name: {"r"}}


@pytest.mark.req("TAB-05")
def test_news_1_what_has_to_give_way_to_another_tabs_change_comes_from_that_tab() -> None:
    """One slot and two who want it: mine was shown, then the other's came before it."""

    def full(before: object, after: View, change: object, refs: object) -> Refuse | None:
        taken = [record for record in after.all("c") if record.get("slot")]
        return Refuse("full") if len(taken) > 1 else None

    rule = Guard("one", frozenset({"c"}), full, lambda _key, _record: ["slot"])
    device = Device(Schema(guards=(rule,)), tabs=2)
    one, two = device.pages
    for rid in "ab":
        one.run(lambda draft, rid=rid: draft.create("c", {"id": rid, "slot": False}))
    device.heal()
    two.run(lambda draft: draft.update("c", "a", {"slot": True}))
    device.time += 5
    one.run(lambda draft: draft.update("c", "b", {"slot": True}))
    told(one)
    one.do(one.tab.heard, one.inbox.pop(0))
    assert one.tab.view.get("c", "b") == {"id": "b", "slot": False}
    assert told(one) == {two.name: {"a", "b"}}


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.req("TAB-05")
def test_news_1_a_verdict_comes_from_the_author_and_not_from_the_leader(*, shared: bool) -> None:
    device = Device(tabs=3, shared=shared)
    leader, author, reader = device.pages
    told(reader)
    assert leader.tab.election.is_leader
    author.run(lambda draft: draft.create("c", {"id": "r"}))
    device.heal()
    assert told(reader) == {author.name: {"r"}}
    assert told(leader) == {author.name: {"r"}}
    told(author)
    author.run(lambda draft: draft.update("c", "r", {"f": 1}))
    device.heal()
    assert told(author) == {"": {"r"}}


def test_news_2_each_is_told_once_under_the_last_who_was_not_this_tab() -> None:
    news = News("me")
    for tab in ("b", "me"):
        news.because(tab)
        news.add(("c", tab))
        news.add(("c", "both"))
    assert news
    assert {rid for _, rid in news} == {"b", "both", "me"}
    assert news.take() == {
        "b": frozenset({("c", "b"), ("c", "both")}),
        "": frozenset({("c", "me")}),
    }
    assert (bool(news), news.take()) == (False, {})
    news.add(("c", "x"))
    news.clear()
    assert news.take() == {}
