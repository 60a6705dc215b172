"""Who made it look different: the tab that a change is told to come from."""

from __future__ import annotations

import pytest

from pysync.machines.coalescing import take_back
from pysync.machines.events import Changed
from pysync.machines.news import News
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.guard import Guard, Refuse, View
from pysync.model.schema import Schema
from pysync.model.snapshot import pack, read_rows, row_name
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


class Shown:
    """One cell per record, which the test replaces."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str], Cell] = {}

    def cell(self, key: str, rid: str) -> Cell | None:
        return self.cells.get((key, rid))


def test_news_2_each_is_told_once_under_the_last_who_was_not_this_tab() -> None:
    news, shown = News("me"), Shown()
    for tab in ("b", "me"):
        news.because(tab)
        news.add(("c", tab), None)
        news.add(("c", "both"), None)
    assert news
    assert {rid for _, rid in news} == {"b", "both", "me"}
    taken = news.take(shown)
    assert {by: set(steps) for by, steps in taken.items()} == {
        "b": {("c", "b"), ("c", "both")},
        "": {("c", "me")},
    }
    assert (bool(news), news.take(shown)) == (False, {})
    news.add(("c", "x"), None)
    news.clear()
    assert news.take(shown) == {}


def test_news_3_a_telling_begins_where_the_one_before_ended() -> None:
    first, second, third = (Cell({"n": n}, SEED_MARK, {}, SEED_MARK) for n in range(3))
    news, shown, ref = News("me"), Shown(), ("c", "r")
    news.add(ref, None)
    shown.cells[ref] = first
    news.add(ref, first)
    shown.cells[ref] = second
    assert news.take(shown) == {"": {ref: (None, second)}}
    news.add(ref, second)
    shown.cells[ref] = third
    assert news.take(shown) == {"": {ref: (second, third)}}


@pytest.mark.req("RT-07")
def test_news_3_holds_through_predictions_verdicts_and_what_is_rolled_back() -> None:
    """Whoever applies what was told to what was told before holds what is shown."""

    def full(before: object, after: View, change: object, refs: object) -> Refuse | None:
        taken = [record for record in after.all("c") if record.get("slot")]
        return Refuse("full") if len(taken) > 1 else None

    rule = Guard("one", frozenset({"c"}), full, lambda _key, _record: ["slot"])
    device = Device(Schema(guards=(rule,)), tabs=3)
    for number, page in enumerate(device.pages):
        page.run(lambda draft, n=number: draft.create("c", {"id": f"r{n}", "n": 0}))
    device.heal()
    for page, rid in zip(device.pages, ("r1", "r2", "r0"), strict=True):
        page.run(lambda draft, rid=rid: draft.update("c", rid, {"slot": True}))
        device.time += 5
    device.pages[2].run(lambda draft: draft.update("c", "r1", {"n": 1}))
    device.heal()
    for page in device.pages:
        held: dict[object, object] = {}
        steps = [e.steps for e in page.events if isinstance(e, Changed)]
        for ref, (before, after) in (pair for each in steps for pair in each.items()):
            assert held.get(ref) is before
            held[ref] = after
        assert held == {("c", rid): page.tab.replica.view.cell("c", rid) for _, rid in held}
        assert len(held) == 3


def test_news_4_moved_tells_at_once_that_a_collection_changed() -> None:
    device = Device(tabs=2)
    one, two = device.pages
    moved = two.tab.replica.dirty.moved
    assert moved("c") == 0
    one.run(lambda draft: draft.create("c", {"id": "r"}))
    device.heal()
    before = moved("c")
    assert before > 0
    two.run(lambda draft: draft.create("d", {"id": "r"}))
    assert moved("c") == before


def test_news_3_also_what_is_taken_back_to_be_coalesced() -> None:
    device = Device(tabs=1)
    (page,) = device.pages
    page.run(lambda draft: draft.create("c", {"id": "r", "n": 0}))
    device.heal()
    replica, ref = page.tab.replica, ("c", "r")
    first = replica.view.cell(*ref)
    change = page.run(lambda draft: draft.update("c", "r", {"n": 1}))
    second = replica.view.cell(*ref)
    take_back(replica, change.id)
    assert replica.dirty.take(replica.view) == {"": {ref: (second, first)}}


def test_news_5_of_a_state_that_takes_the_place_only_what_differs_is_told() -> None:
    """NEWS-5."""
    page = Device(tabs=1).pages[0]
    for rid in "abcd":
        page.run(lambda draft, rid=rid: draft.create("c", {"id": rid, "n": 1}))
    page.run(lambda draft: draft.delete("c", "d"))
    told(page)
    replica = page.tab.replica
    replica.dirty.clear()
    rows = {}
    for key, number in replica.view.buckets():
        cells = dict(replica.view.bucket(key, number))
        for rid, other in (("b", {"n": 2}), ("c", {"n": True})):
            if rid in cells:
                cell = cells[rid]
                cells[rid] = Cell(other, SEED_MARK, {}, cell.rev)
        rows[row_name(key, number)] = pack(row_name(key, number), cells)
    replica.replace(read_rows(rows), replica.seq)
    [steps] = replica.dirty.take(replica.view).values()
    assert {rid for _, rid in steps} == {"b", "c"}
    replica.replace(read_rows({}), replica.seq)
    [steps] = replica.dirty.take(replica.view).values()
    assert {rid for _, rid in steps} == {"a", "b", "c"}, "the deleted one was not there"
    replica.replace(read_rows(rows), replica.seq)
    replica.replace(read_rows({}), replica.seq)
    assert replica.dirty.take(replica.view) == {}
