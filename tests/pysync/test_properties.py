"""What holds whatever the timing: tabs over one disk, in any interleaving Hypothesis can find."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import Refused, SyncError
from pysync.machines.replica import Replica
from pysync.model.change import Change, Ref
from pysync.model.draft import Draft
from pysync.model.guard import Amend, Guard, Refuse, Verdict, View
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Schema
from pysync.model.snapshot import read_rows
from pysync.model.state import State
from tests.pysync.device import Device, Page, everything
from tests.pysync.fields import FIELDS
from tests.pysync.kit import cells_text


def _listed(name: str) -> Any:
    return lambda record: [record[name]] if record.get(name) is not None else []


def _one_per_slot(_b: View, after: View, _c: Change, refs: frozenset[Ref]) -> Verdict:
    """Refuses: no two desks share a slot."""
    for key, rid in sorted(refs):
        slot = (after.get(key, rid) or {}).get("slot") if key == "desks" else None
        if slot is not None and len(after.find("desks", "slot", slot)) > 1:
            return Refuse("taken", "taken", {"slot": slot})
    return None


def _one_per_room(_b: View, after: View, _c: Change, refs: frozenset[Ref]) -> Verdict:
    """Amends: of two stays in a room the one that comes second is kept without one."""
    for key, rid in sorted(refs):
        room = (after.get(key, rid) or {}).get("room") if key == "stays" else None
        if room is not None and len(after.find("stays", "room", room)) > 1:
            return Amend("unassigned", {(key, rid): {"room": None, "wanted": room}})
    return None


SCHEMA = Schema(
    collections={
        "items": CollectionSchema(
            name="items",
            fields=FIELDS,
            groups=(("room", "from"),),
            indexes={"f": _listed("f"), "tag": lambda record: record.get("tags") or []},
        ),
        "desks": CollectionSchema(name="desks", indexes={"slot": _listed("slot")}),
        "stays": CollectionSchema(name="stays", indexes={"room": _listed("room")}),
    },
    guards=(
        Guard("slots", frozenset({"desks"}), _one_per_slot, lambda _, r: _listed("slot")(r)),
        Guard("rooms", frozenset({"stays"}), _one_per_room, lambda _, r: _listed("room")(r)),
    ),
)

EDITS = ("put", "text", "tags", "lines", "doc", "group", "add", "delete", "slot", "room", "both")


def edit(draft: Draft, what: str, rid: str, n: int) -> None:
    """One of many things a person may do."""
    match what:
        case "slot":
            _put(draft, "desks", rid, slot=n % 3)
        case "room":
            _put(draft, "stays", rid, room=n % 3)
        case "delete":
            for collection in ("items", "stays", "desks"):
                if draft.get(collection, rid) is not None:
                    draft.delete(collection, rid)
        case "both":
            _put(draft, "items", rid, f=n)
            draft.delete("items", rid)
            _put(draft, "items", "s" if rid == "r" else "r", f=n)
        case _:
            _put(draft, "items", rid, **_fields(draft, what, rid, n))
            if what == "add":
                draft.increment("items", rid, "n", n + 1)


def _fields(draft: Draft, what: str, rid: str, n: int) -> dict[str, Any]:
    known = (draft.get("items", rid) or {}).get("text") or {}
    letters = "abcd"[: n % 5]
    return {
        "put": {"f": n, "first": n, "ask": n},
        "text": {"text": {**known, "ab"[n % 2]: n}},
        "tags": {"tags": list(letters)},
        "lines": {"lines": [{"id": i, "q": n % 3} for i in reversed(letters)]},
        "doc": {"doc": {i: {"x": n} for i in letters}},
        "group": {"room": n, "from": n} if n % 2 else {"from": n},
        "add": {},
    }[what]


def _put(draft: Draft, collection: str, rid: str, **fields: Any) -> None:
    if draft.get(collection, rid) is None:
        draft.create(collection, {"id": rid})
    draft.update(collection, rid, fields)


def bump(draft: Draft) -> None:
    """A function of the newest value."""
    record = draft.get("kv", "value")
    if record is None:
        draft.create("kv", {"id": "value", "value": 1})
    else:
        draft.update("kv", "value", {"value": record["value"] + 1})


small = st.integers(0, 9)
edits = st.tuples(st.just("edit"), small, st.sampled_from(EDITS), st.sampled_from("rs"), small)
ruled = st.tuples(
    st.just("edit"), small, st.sampled_from(["slot", "room"]), st.sampled_from("rstu"), small
)
bumps = st.tuples(st.just("bump"), small)
moves = st.tuples(st.sampled_from(["deliver", "answer", "answer", "flush"]), small, small)
faults = st.tuples(st.sampled_from(["twice", "lose"]), small, small)
lives = st.tuples(st.sampled_from(["open", "crash", "tick", "freeze", "thaw"]), small)


class Story:
    """A device, and what the people at it were told had been taken."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.frozen: set[str] = set()
        self.bumped = 0
        self.made: list[Change] = []

    def play(self, script: list[tuple[Any, ...]], *, watch: bool = True) -> None:
        """Do it, checking after each step that no tab shows anything but what it must."""
        for step in script:
            page = self.device.pages[step[1] % len(self.device.pages)]
            self._step(page, *step)
            if watch:
                assert_predicted(page.tab.replica)

    def _step(self, page: Page, what: str, _who: int, *rest: Any) -> None:
        device = self.device
        match what:
            case "edit" | "bump":
                self._write(page, what, rest)
            case "deliver" | "twice":
                device.deliver(page, rest[0], keep=what == "twice")
            case "lose":
                device.lose(page, rest[0])
            case "answer":
                device.answer(page)
            case "flush":
                page.flush()
            case "open" if len(device.pages) < 4:
                device.open()
            case "crash" if len(device.pages) > 1:
                self.made = [c for c in self.made if c.mark.tab != page.name]
                device.crash(page)
            case "tick":
                device.tick()
            case "freeze" if page.name not in self.frozen:
                self.frozen.add(page.name)
                page.do(page.tab.froze)
            case "thaw" if page.name in self.frozen:
                self.frozen.discard(page.name)
                page.do(page.tab.resumed)

    def _write(self, page: Page, what: str, rest: tuple[Any, ...]) -> None:
        if not page.tab.ready or page.name in self.frozen:
            return
        try:
            if what == "bump":
                change = page.run(bump, rerun=bump)
                self.bumped += 1
            else:
                change = page.run(lambda draft: edit(draft, *rest))
        except Refused:
            return
        if change is not None:
            self.made.append(change)

    def end(self) -> None:
        """Everything is delivered, and all is well."""
        for page in self.device.pages:
            if page.name in self.frozen:
                page.do(page.tab.resumed)
        self.device.heal(30)
        self.device.assert_converged()
        replica = self.device.pages[0].tab.replica
        for change in self.made:
            assert replica.was_decided(change.mark.tab, change.mark.n), change
        assert_rules(replica.view)


def assert_rules(state: State) -> None:
    """The guards' rules hold."""
    for collection, name in (("desks", "slot"), ("stays", "room")):
        used = [r[name] for r in state.all(collection) if r.get(name) is not None]
        assert len(used) == len(set(used))


def assert_predicted(replica: Replica) -> None:
    """REPLICA-1, REPLICA-2: the view is what it would be if it were made from scratch."""
    naive = State(replica.schema)
    for key, records in replica.view.cells.items():
        for rid in records:
            cell = replica.confirmed.cell(key, rid)
            if cell is not None:
                naive.put(key, rid, cell)
    touched: set[Ref] = set()
    for entry in sorted(replica.pending.values(), key=lambda e: e.change.order):
        decision = decide(naive, entry.change)
        touched |= {(op.key, op.rid) for op in entry.change.ops} | set(decision.cells)
        assert entry.plain == decision.as_sent
        for (key, rid), cell in decision.cells.items():
            naive.put(key, rid, cell)
    assert cells_text(naive) == cells_text(replica.view)
    assert set(replica.under) == touched


@pytest.mark.req("TAB-05", "SRV-24")
@given(st.lists(st.one_of(edits, edits, bumps, moves, moves, faults), min_size=20, max_size=70))
def test_replica_1_replica_2_any_interleaving_duplication_loss_and_reordering_converges(
    script: list[Any],
) -> None:
    story = Story(Device(SCHEMA, tabs=3))
    story.play(script)
    story.end()


@pytest.mark.req("TAB-07", "TAB-15")
@given(st.lists(st.one_of(edits, edits, moves, moves, faults, lives), min_size=20, max_size=70))
def test_tabs_that_open_crash_and_freeze_meanwhile_converge_as_well(script: list[Any]) -> None:
    story = Story(Device(SCHEMA, tabs=2))
    story.play(script)
    story.end()
    fresh = story.device.open()
    story.device.heal(3)
    assert everything(fresh) == everything(story.device.pages[0])


@pytest.mark.req("TAB-11")
@given(st.lists(st.one_of(edits, edits, bumps, moves, moves, faults), min_size=20, max_size=70))
def test_without_a_shared_store_they_converge_as_well(script: list[Any]) -> None:
    story = Story(Device(SCHEMA, tabs=3, shared=False))
    story.play(script)
    story.end()


@pytest.mark.req("TAB-11", "TAB-08")
@given(
    st.lists(st.one_of(edits, moves, faults), min_size=10, max_size=40),
    st.lists(st.one_of(edits, moves, faults), min_size=10, max_size=40),
)
def test_without_a_shared_store_a_change_of_leader_loses_nothing_that_a_tab_still_knows(
    before: list[Any], after: list[Any]
) -> None:
    device = Device(SCHEMA, tabs=3, shared=False)
    story = Story(device)
    story.play(before)
    leader = next(page for page in device.pages if page.tab.election.is_leader)
    story._step(leader, "crash", 0)
    story.play(after)
    story.end()


@pytest.mark.req("TAB-04")
@given(st.lists(st.one_of(bumps, bumps, moves, moves, faults), min_size=20, max_size=70))
def test_functions_of_the_newest_value_count_exactly(script: list[Any]) -> None:
    story = Story(Device(SCHEMA, tabs=3))
    story.play(script)
    story.end()
    for page in story.device.pages:
        record = page.tab.view.get("kv", "value")
        assert (record["value"] if record else 0) == story.bumped


@pytest.mark.req("TAB-04")
def test_three_tabs_that_count_to_a_thousand_each_end_at_three_thousand() -> None:
    device = Device(SCHEMA, tabs=3)
    for _ in range(1_000):
        for page in device.pages:
            page.run(bump, rerun=bump)
    device.heal()
    device.assert_converged()
    assert device.pages[0].tab.view.get("kv", "value")["value"] == 3_000


@pytest.mark.req("SRV-24")
@given(st.lists(st.tuples(small, st.integers(-5, 5), st.booleans()), min_size=15, max_size=60))
def test_counters_add_up_under_any_interleaving(script: list[Any]) -> None:
    device = Device(SCHEMA, tabs=3)
    device.pages[0].run(lambda d: d.create("items", {"id": "r", "n": 0}))
    device.heal(2)
    for who, by, deliver in script:
        page = device.pages[who % 3]
        page.run(lambda d, by=by: d.increment("items", "r", "n", by))
        if deliver:
            device.drain()
    device.heal()
    device.assert_converged()
    assert device.pages[0].tab.view.get("items", "r")["n"] == sum(by for _, by, _ in script)


@pytest.mark.req("SRV-11")
@given(st.lists(st.one_of(ruled, moves), min_size=20, max_size=70))
def test_rules_hold_in_what_is_confirmed_and_no_content_is_lost(script: list[Any]) -> None:
    device = Device(SCHEMA, tabs=3)
    story = Story(device)
    for step in script:
        story.play([step])
        for page in device.pages:
            confirmed = State(SCHEMA)
            for key, records in page.tab.replica.view.cells.items():
                for rid in records:
                    confirmed.put(key, rid, page.tab.replica.confirmed.cell(key, rid))
            assert_rules(confirmed)
    story.end()
    for page in device.pages:
        for settled in page.settled():
            if settled.decision is not None and settled.decision.outcome == "refused":
                assert settled.decision.code and settled.change.ops, "told why, and of what"


@given(st.lists(edits, min_size=12, max_size=40))
def test_snapshot_round_trip_of_a_whole_replica(script: list[Any]) -> None:
    device = Device(SCHEMA, tabs=2)
    story = Story(device)
    story.play(script, watch=False)
    story.end()
    replica = device.pages[0].tab.replica
    again = Replica(SCHEMA)
    again.replace(read_rows(device.pages[0].tab.hydration._rows()), replica.seq)
    device.pages[1].tab.replica = again
    assert everything(device.pages[1]) == everything(device.pages[0])


@pytest.mark.req("SRV-10")
@given(st.lists(edits, min_size=5, max_size=20), edits)
def test_undo_restores_what_was_there(script: list[Any], last: Any) -> None:
    device = Device(SCHEMA, tabs=1)
    page = device.pages[0]
    story = Story(device)
    story.play(script, watch=False)
    state = page.tab.replica.view
    before = {
        (key, rid): state.cell(key, rid) for key in ("items", "desks", "stays") for rid in "rs"
    }
    shown = {ref: state.get(*ref) for ref in before}
    story.play([last])
    try:
        page.run(lambda d: [d.restore(*ref, cell) for ref, cell in before.items()])
    except SyncError:
        return
    for ref, record in shown.items():
        now = state.get(*ref)
        assert _full(now) == _full(record)
    story.end()


def _full(record: Any) -> Any:
    return None if record is None else {k: v for k, v in record.items() if v is not None}
