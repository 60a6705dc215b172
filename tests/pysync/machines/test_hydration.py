"""Hydration: how a tab gets the state, from the store and from its peers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.machines import messages
from pysync.machines.effects import Moment
from pysync.machines.messages import Frame
from pysync.model.snapshot import CONFLICTS_ROW, HEADS_ROW, pack_seed
from pysync.ports import DecidedRow, Loaded, LogRow, StoreFault
from tests.pysync.device import Device, Page, everything
from tests.pysync.kit import WALL, json_values


def _frames(page: Page, type_: str) -> list[Frame]:
    return [f for f in map(messages.decode, page.posted) if f.type == type_]


def _put(page: Page, rid: str, **fields: Any) -> None:
    page.run(lambda d: d.create("c", {"id": rid, **fields}))


@pytest.mark.req("TAB-07", "TAB-15")
def test_a_new_tab_has_the_first_state_the_snapshot_the_decided_and_the_undecided() -> None:
    device = Device()
    device.disk.seed.update(pack_seed({("c", "seeded"): {"f": 0}}))
    first = device.open()
    device.heal(2)
    for n in range(600):
        _put(first, f"r{n}", f=n)
        first.flush()
    device.heal(6)
    assert device.disk.snapshot_seq >= 500
    first.run(lambda d: d.update("c", "seeded", {"f": 1}))
    device.heal(1)
    _put(first, "tail")
    first.flush()
    second = device.open()
    second.answers.pop()()
    assert second.tab.ready
    assert everything(second)[:100] and second.tab.view.get("c", "tail") is not None
    assert second.tab.view.get("c", "seeded") == {"id": "seeded", "f": 1}
    device.heal(2)
    device.assert_converged()


@pytest.mark.req("TAB-07", "TAB-15")
def test_what_the_store_refused_comes_from_the_tab_that_holds_it() -> None:
    device = Device(tabs=1)
    [first] = device.pages
    first.store.close()
    _put(first, "unsaved")
    second = device.open()
    device.drain()
    assert second.tab.view.get("c", "unsaved") == {"id": "unsaved"}


def test_a_frozen_peer_does_not_hold_up_a_new_tab() -> None:
    device = Device(tabs=1)
    [first] = device.pages
    _put(first, "r")
    device.heal(1)
    first.do(first.tab.froze)
    second = device.open()
    device.drain()
    assert second.tab.view.get("c", "r") == {"id": "r"}


@pytest.mark.req("TAB-07", "TAB-11")
def test_without_a_store_the_leader_answers_with_its_state_and_what_is_undecided() -> None:
    device = Device(tabs=1, shared=False)
    [first] = device.pages
    for n in range(5):
        _put(first, f"r{n}", f="x" * 200_000)
        first.flush()
    second = device.open()
    device.drain()
    answers = [f for f in _frames(first, messages.STATE_RESPONSE) if f.payload["rows"]]
    assert len(answers) > 1, "in parts"
    assert everything(second) == everything(first)


def _answer(page: Page, sender: str, **payload: Any) -> None:
    whole = {
        "to": page.name,
        "term": 0,
        "seq": 0,
        "part": [1, 1],
        "rows": {},
        "pending": [],
        **payload,
    }
    page.do(page.tab.heard, messages.encode(messages.STATE_RESPONSE, sender, WALL, whole))


def _two() -> tuple[Page, Page, dict[str, str]]:
    """A page that knows something, a page that does not, and the first one's rows."""
    device, other = Device(tabs=1, shared=False), Device(shared=False, named="other")
    other.open()
    other.heal(2)
    _put(other.pages[0], "theirs", f=1)
    other.heal(1)
    return device.pages[0], other.pages[0], other.pages[0].tab.hydration._rows()


def test_hyd_1_an_answer_older_than_what_is_known_changes_nothing() -> None:
    page, _, rows = _two()
    _put(page, "mine")
    page.flush()
    term, seq = page.tab.books.term, page.tab.replica.seq
    before = everything(page)
    for old in ((term, seq), (term, seq - 1), (term - 1, seq + 100)):
        _answer(page, "z", term=old[0], seq=old[1], rows=rows)
        assert everything(page) == before
    _answer(page, "z", term=term + 1, seq=1, rows=rows)
    assert page.tab.view.get("c", "theirs") is not None
    assert page.tab.books.term == term + 1


def test_hyd_2_undecided_changes_known_here_survive_taking_over_a_peers_state() -> None:
    page, _, rows = _two()
    page.tab.election.term = 0
    _put(page, "mine", f=2)
    page.flush()
    _answer(page, "z", term=page.tab.books.term + 1, seq=1, rows=rows)
    assert page.tab.view.get("c", "mine") == {"id": "mine", "f": 2}
    assert page.tab.view.get("c", "theirs") == {"id": "theirs", "f": 1}


def test_hyd_2_what_a_former_leader_decided_is_offered_to_the_present_one() -> None:
    page, _, rows = _two()
    _put(page, "mine", f=2)
    page.flush()
    page.tab.election.term = 0
    page.posted.clear()
    _answer(page, "z", term=page.tab.books.term + 1, seq=1, rows=rows)
    [update] = _frames(page, messages.STATE_UPDATE)
    assert update.payload[1][0][2][0][2] == "mine"
    assert page.tab.view.get("c", "mine") is not None


def test_parts_are_taken_when_all_are_there_in_whatever_order() -> None:
    page, _, rows = _two()
    names = sorted(rows)
    halves = [{n: rows[n] for n in names[:1]}, {n: rows[n] for n in names[1:]}]
    term = page.tab.books.term + 1
    _answer(page, "z", term=term, seq=5, part=[2, 2], rows=halves[1])
    assert page.tab.replica.seq == 0
    _answer(page, "z", term=term, seq=6, part=[2, 2], rows=halves[1])
    _answer(page, "y", term=term, seq=6, part=[1, 2], rows=halves[0])
    assert page.tab.replica.seq == 0, "parts of different answers do not mix"
    _answer(page, "y", term=term, seq=6, part=[2, 2], rows=halves[1])
    assert page.tab.view.get("c", "theirs") is not None
    assert page.tab.hydration._parts == {}


def test_half_a_state_is_none() -> None:
    page, _, rows = _two()
    _put(page, "mine")
    page.flush()
    before = everything(page)
    for broken in (
        {**rows, "c/99": "rubbish"},
        {**rows, HEADS_ROW: "[]"},
        {**rows, CONFLICTS_ROW: "5"},
    ):
        _answer(page, "z", term=page.tab.books.term + 1, seq=50, rows=broken)
        assert everything(page) == before
    assert page.tab.inbox.dropped == 3


@given(json_values(10))
def test_nothing_but_a_dropped_frame_for_any_answer_or_question(value: Any) -> None:
    page, _, rows = _two()
    before = everything(page)
    for name in ("term", "seq", "part", "rows", "pending"):
        _answer(page, "z", **{"rows": rows, "term": 1, "seq": 9, "part": [1, 2], name: value})
    for payload in (value, {"have": value}, {"have": 1, "term": value}):
        text = messages.encode(messages.STATE_REQUEST, "z", WALL, payload)
        page.do(page.tab.heard, text)
    assert everything(page) == before


def test_an_answer_to_another_tab_is_not_ours() -> None:
    page, _, rows = _two()
    _answer(page, "z", to="somebody", term=9, seq=9, rows=rows)
    assert page.tab.replica.seq == 0


# -- what is stored may be broken -----------------------------------------------------------------


def _loaded(**parts: Any) -> Loaded:
    empty = Device().disk
    whole = {"seed": {}, "snapshot": {}, "decided": [], "tail": [], **parts}
    return Loaded(empty.meta, **whole)


@pytest.mark.parametrize(
    "loaded",
    [
        _loaded(snapshot={"c/1": "rubbish"}),
        _loaded(seed={"c/1": "[]"}),
        _loaded(snapshot={HEADS_ROW: "5"}),
        _loaded(snapshot={CONFLICTS_ROW: "[5]"}),
        _loaded(decided=[(DecidedRow(3, 1, 1, "a.1", 1, "", ()), "")]),
    ],
)
def test_load_2_a_store_that_cannot_be_read_is_said_so_and_nothing_is_decided_on_it(
    loaded: Loaded,
) -> None:
    page = Device().open()
    page.answers.clear()
    page.do(page.tab.loaded, loaded)
    assert page.tab.ready
    assert page.tab.loading.unfit
    assert page.tab.status().problem == "corrupt"
    with pytest.raises(StoreCorrupt):
        page.tab.hydration.load(loaded)
    page.device.heal(2)
    assert page.tab.leads_under() == 0


def test_rows_of_the_log_that_cannot_be_read_are_counted_and_the_rest_is_loaded() -> None:
    device = Device(tabs=1)
    _put(device.pages[0], "r")
    device.heal(1)
    device.disk.log[2] = LogRow(2, "x.1", "rubbish")
    device.disk.keys["x.1"] = 2
    _put(device.pages[0], "after")
    second = device.open()
    device.heal(2)
    device.assert_converged()
    assert second.tab.books.unreadable >= 1
    assert second.tab.view.get("c", "r") is not None


def test_a_request_says_what_it_has() -> None:
    page = Device(tabs=1).pages[0]
    with pytest.raises(ProtocolError):
        page.tab.hydration.asked(Frame("state-request", "z", 1, {}), [], True, Moment(WALL, 0))
    assert json.loads(page.posted[0]) and StoreFault("full").detail == ""
