"""The reducer: what becomes of a change whose author had not seen everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.model.change import Change, Meta, Op
from pysync.model.decision import Decision, apply_writes, decode_decision
from pysync.model.draft import Draft
from pysync.model.guard import Amend, Guard, Refuse
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Schema
from pysync.model.state import State
from pysync.values.jsonvalue import canonical
from tests.pysync.fields import FIELDS
from tests.pysync.kit import Truth, cells_text, drafted, mark
from tests.pysync.model.test_draft import scribble, steps

SCHEMA = Schema(
    collections={
        "c": CollectionSchema(
            name="c",
            fields=FIELDS,
            groups=(("room", "from", "to"),),
        )
    }
)
START = {
    "id": "r",
    "f": 0,
    "n": 5,
    "text": {"a": 1, "b": 1},
    "room": "7",
    "from": 1,
    "to": 2,
    "tags": ["x"],
    "lines": [{"id": "1", "q": 1}, {"id": "2", "q": 1}],
    "doc": {"k": {"y": 1}},
}


class Race(Truth):
    """Two authors who start from one record and do not see each other."""

    def __init__(self, schema: Schema = SCHEMA, **start: Any) -> None:
        super().__init__(schema)
        self.do(mark("seed", 1, 0), lambda d: d.create("c", {**START, **start}))
        self.seen = State(schema)
        for rid, cell in self.state.cells.get("c", {}).items():
            self.seen.put("c", rid, cell)

    def blind(
        self, tab: str, work: Callable[[Draft], object], stamp: int = 5, n: int = 1, **meta: Any
    ) -> Decision:
        """What `tab` did without having seen any of the others."""
        return self.take(drafted(self.seen, mark(tab, n, stamp), work, **meta))

    @property
    def record(self) -> Any:
        """The record as it is now."""
        return self.get("c", "r")


def update(**fields: Any) -> Callable[[Draft], object]:
    """A draft's work: set these fields."""
    return lambda draft: draft.update("c", "r", fields)


def test_what_the_author_saw_is_overwritten_whatever_the_clocks_say() -> None:
    race = Race()
    race.do(mark("b", 1, 99), update(f=1))
    assert race.do(mark("a", 1, 3), update(f=2)).plain
    assert race.record["f"] == 2


def test_an_earlier_write_of_the_same_tab_is_no_obstacle() -> None:
    race = Race()
    race.blind("a", update(f=1), 9)
    decision = race.blind("a", update(f=2), 3, n=2)
    assert (decision.outcome, decision.plain) == ("applied", True)


def test_equal_values_merge_without_a_conflict() -> None:
    race = Race()
    race.blind("a", update(f=1, new=None), 9)
    decision = race.blind("b", update(f=1), 3)
    assert (decision.outcome, decision.conflicts) == ("merged", ())


@pytest.mark.req("TAB-05")
@pytest.mark.parametrize(("field", "later_wins"), [("f", True), ("first", False), ("ask", True)])
@pytest.mark.parametrize("later_comes_last", [True, False])
def test_reduce_2_strategies_choose_by_stamp_and_the_loser_is_kept(
    field: str, later_wins: bool, later_comes_last: bool
) -> None:
    race = Race(first="s", ask="s")
    writes = [("a", "early", 3), ("b", "late", 9)]
    for tab, value, stamp in writes if later_comes_last else reversed(writes):
        decision = race.blind(tab, update(**{field: value}), stamp)
    winner, loser = ("late", "early") if later_wins else ("early", "late")
    assert race.record[field] == winner
    [conflict] = decision.conflicts
    assert (conflict.shown.value, conflict.other.value) == (winner, loser)
    assert conflict.status == ("open" if field == "ask" else "auto")
    assert decision.outcome == "conflict"


@pytest.mark.req("SRV-24")
def test_deltas_commute_and_are_never_in_conflict() -> None:
    race = Race()
    for tab in "abc":
        assert race.blind(tab, lambda d: d.increment("c", "r", "n", 2)).plain
    assert race.record["n"] == 11


@pytest.mark.req("SRV-24")
def test_reduce_2_a_count_made_before_a_delta_was_seen_does_not_swallow_it() -> None:
    race = Race()
    race.blind("b", lambda d: d.increment("c", "r", "n", 3))
    race.blind("a", lambda d: d.increment("c", "r", "n", 1))
    own = State(SCHEMA)
    own.put("c", "r", race.seen.cell("c", "r"))
    view = Truth(SCHEMA)
    view.state = own
    view.do(mark("a", 1, 5), lambda d: d.increment("c", "r", "n", 1))
    decision = race.take(drafted(own, mark("a", 2, 6), update(n=20)))
    assert race.record["n"] == 20
    assert [c.other.value for c in decision.conflicts] == [9]


@pytest.mark.req("SRV-24")
def test_sets_objects_and_lists_merge_by_element() -> None:
    race = Race()
    race.blind(
        "a",
        update(
            tags=["x", "a"], doc={"k": {"y": 2}}, lines=[{"id": "2", "q": 1}, {"id": "1", "q": 9}]
        ),
    )
    decision = race.blind(
        "b",
        update(
            tags=["x", "b"],
            doc={"k": {"y": 1, "z": 3}},
            lines=[{"id": "1", "q": 1}, {"id": "2", "q": 7}],
        ),
    )
    assert decision.conflicts == ()
    assert race.record["tags"] == ["a", "b", "x"]
    assert race.record["doc"] == {"k": {"y": 2, "z": 3}}
    assert race.record["lines"] == [{"id": "2", "q": 7}, {"id": "1", "q": 9}]


@pytest.mark.req("SRV-24")
@pytest.mark.parametrize("removal_first", [True, False])
def test_add_wins_over_a_removal_in_either_order(removal_first: bool) -> None:
    race = Race()
    b = drafted(race.seen, mark("b", 1, 3), lambda d: d.remove("c", "r", "tags", "x"))
    b = Change(b.mark, (Op("=", "c", "r", {"tags/#x": True}, b.ops[0].base),))
    a = drafted(race.seen, mark("a", 1, 9), lambda d: d.remove("c", "r", "tags", "x"))
    for change in (a, b) if removal_first else (b, a):
        decision = race.take(change)
    assert race.record["tags"] == ["x"]
    assert decision.outcome == "merged"


def test_reduce_2_a_leaf_that_was_added_below_what_another_removes_stays() -> None:
    race = Race()
    race.blind("b", update(doc={"k": {"y": 1, "x": 5}}))
    race.blind("a", update(doc={}))
    assert race.record["doc"] == {"k": {"x": 5}}


@pytest.mark.parametrize("fields", [{"q": 8}, {"q": 1, "note": "new"}])
def test_reduce_2_an_item_that_one_edits_and_another_removes_is_not_lost_silently(
    fields: Any,
) -> None:
    edited = update(lines=[{"id": "1", **fields}, {"id": "2", "q": 1}])
    removed = update(lines=[{"id": "2", "q": 1}])
    race = Race()
    race.blind("b", edited)
    decision = race.blind("a", removed)
    if "note" not in fields:
        assert decision.outcome == "merged"
        assert race.record["lines"][0] == {"id": "1", **fields}, "edit first: the item stays"
    race = Race()
    race.blind("a", removed)
    decision = race.blind("b", edited)
    assert race.record["lines"] == [{"id": "2", "q": 1}]
    [conflict] = decision.conflicts
    assert (conflict.strategy, conflict.other.value) == ("item-removed", list(fields.values())[-1])


@pytest.mark.req("SRV-24")
def test_merge_joins_three_ways_and_keeps_the_loser_of_a_clash() -> None:
    race = Race()
    race.blind("a", update(text={"a": "x", "b": 1}))
    assert race.blind("b", update(text={"a": 1, "b": 3})).outcome == "merged"
    assert race.record["text"] == {"a": "x", "b": 3}
    decision = race.blind("c", update(text={"a": "y", "b": 1}), 7)
    assert race.record["text"] == {"a": "y", "b": 3}
    assert decision.conflicts[0].other.value == {"a": "x", "b": 3}


def test_reduce_2_a_value_merged_under_the_authors_own_write_is_not_overwritten_by_his_next() -> (
    None
):
    race = Race(text=["x"])
    race.blind("b", update(text=["x", "b"]))
    mine = Truth(SCHEMA)
    mine.state = race.seen
    first = drafted(race.seen, mark("a", 1, 6), update(text=["x", "a"]))
    mine.take(first)
    second = drafted(mine.state, mark("a", 2, 7), update(text=["x", "a", "c"]))
    race.take(first)
    race.take(second)
    assert sorted(race.record["text"]) == ["a", "b", "c", "x"]


def test_groups_merge_as_one_register_and_never_tear() -> None:
    race = Race()
    race.blind("a", update(room="8"), 9)
    decision = race.blind("b", update(to=5), 3)
    assert [race.record[name] for name in ("room", "from", "to")] == ["8", 1, 2]
    assert decision.conflicts[0].other.value == {"to": 5, "room": "7", "from": 1}


def test_groups_of_which_some_members_are_absent_do_not_tear_either() -> None:
    truth = Truth(SCHEMA)
    truth.do(mark("a", 1, 3), lambda d: d.create("c", {"id": "s", "from": 1, "to": 2}))
    blind = Truth(SCHEMA)
    create = drafted(blind.state, mark("b", 1, 9), lambda d: d.create("c", {"id": "s", "from": 7}))
    decision = truth.take(create)
    assert truth.get("c", "s") == {"id": "s", "from": 7, "to": None}
    assert decision.conflicts[0].other.value == {"from": 1, "to": 2}


@pytest.mark.parametrize("work", [update(f=1), lambda d: d.increment("c", "r", "n", 1)])
@pytest.mark.parametrize("deleted_first", [True, False])
def test_delete_against_edit_the_edit_survives_and_it_is_flagged(
    work: Any, deleted_first: bool
) -> None:
    race = Race()
    delete = drafted(race.seen, mark("a", 1, 9), lambda d: d.delete("c", "r"))
    edit = drafted(race.seen, mark("b", 1, 3), work)
    for change in (delete, edit) if deleted_first else (edit, delete):
        decision = race.take(change)
    assert race.record is not None
    assert (race.record["f"], race.record["n"]) in ((1, 5), (0, 6))
    [conflict] = decision.conflicts
    assert (conflict.register, conflict.strategy) == ("", "edit-survives")


def test_an_edit_hidden_under_the_deleters_own_write_survives_as_well() -> None:
    race = Race()
    race.blind("b", update(f=1))
    mine = Truth(SCHEMA)
    mine.state = race.seen
    change = drafted(race.seen, mark("a", 1, 6), update(room="9"))
    mine.take(change)
    delete = drafted(mine.state, mark("a", 2, 7), lambda d: d.delete("c", "r"))
    race.take(change)
    assert race.take(delete).outcome == "conflict"
    assert race.record["f"] == 1


def test_a_deletion_that_saw_everything_deletes_and_a_second_one_changes_nothing() -> None:
    race = Race()
    again = drafted(race.state, mark("b", 1), lambda d: d.delete("c", "r"))
    assert race.do(mark("a", 1), lambda d: d.delete("c", "r")).plain
    decision = race.take(again)
    assert (decision.outcome, decision.writes) == ("merged", ())
    assert race.record is None


def test_creating_over_a_tombstone_that_was_seen_and_one_that_was_not() -> None:
    race = Race()
    unseen = drafted(State(SCHEMA), mark("b", 1), lambda d: d.create("c", {"id": "r", "f": 9}))
    race.do(mark("a", 1), lambda d: d.delete("c", "r"))
    seen = drafted(race.state, mark("a", 2), lambda d: d.create("c", {"id": "r", "f": 8}))
    assert race.take(seen).plain
    assert race.record == {"id": "r", "f": 8}
    race.do(mark("a", 3), lambda d: d.delete("c", "r"))
    decision = race.take(unseen)
    assert decision.conflicts[0].strategy == "edit-survives"
    assert race.record == {"id": "r", "f": 9}


def test_two_creations_of_one_id_merge_field_by_field() -> None:
    race = Race()
    blind = drafted(
        State(SCHEMA),
        mark("b", 1, 9),
        lambda d: d.create("c", {"id": "r", "f": 0, "g": 1, "room": "9"}),
    )
    decision = race.take(blind)
    assert decision.outcome == "conflict"
    assert (race.record["f"], race.record["g"], race.record["room"], race.record["n"]) == (
        0,
        1,
        "9",
        5,
    )


@pytest.mark.req("SRV-11")
@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        (update(f=1), update(f=2)),
        (update(f=1), lambda d: d.delete("c", "r")),
        (
            update(tags=["x", "b"], f=1),
            lambda d: (d.update("c", "r", {"g": 1}), d.delete("c", "r")),
        ),
    ],
)
def test_reduce_3_a_command_of_which_part_would_lose_is_refused_whole(
    theirs: Any, mine: Any
) -> None:
    race = Race()
    race.blind("b", theirs, 9)
    before = cells_text(race.state)
    decision = race.blind("a", mine, 3, atomic=True)
    assert (decision.outcome, decision.code, decision.writes) == ("refused", "concurrent", ())
    assert decision.params["lost"]
    assert cells_text(race.state) == before


def test_an_edit_and_a_deletion_in_one_command_stand_or_fall_together() -> None:
    def both(draft: Draft) -> None:
        draft.create("c", {"id": "s"})
        draft.delete("c", "r")

    race = Race()
    race.blind("b", update(f=1))
    assert race.blind("a", both, atomic=True).outcome == "refused"
    assert race.get("c", "s") is None
    assert race.blind("a", both).outcome == "conflict"
    assert race.get("c", "s") is not None and race.record is not None


def test_reduce_3_a_function_is_handed_back_only_while_its_author_lives() -> None:
    race = Race()
    race.blind("b", update(f=1))
    change = drafted(race.seen, mark("a", 1, 9), update(f=2), rerun=True)
    handed = decide(race.state, change, lambda tab: tab == "a")
    assert (handed.outcome, handed.writes, handed.cells) == ("retry", (), {})
    assert decide(race.state, change, lambda _: False).outcome == "conflict"
    assert decide(race.seen, change, lambda _: True).plain


def test_a_function_given_what_never_came_to_be_is_handed_back_even_over_its_own_write() -> None:
    race = Race()
    race.do(mark("a", 1), update(f=1))
    provisional = Truth(SCHEMA)
    provisional.state.put("c", "r", race.state.cell("c", "r"))
    provisional.do(mark("b", 7), update(f=50))
    change = drafted(provisional.state, mark("a", 2), update(f=51), rerun=True)
    assert decide(race.state, change).outcome == "retry"


@pytest.mark.parametrize("work", [update(f=1), lambda d: d.increment("c", "r", "n", 1)])
def test_a_record_that_never_was_cannot_be_edited(work: Any) -> None:
    change = drafted(Race().seen, mark("a"), work)
    decision = decide(State(SCHEMA), change)
    assert (decision.outcome, decision.code) == ("refused", "missing")


@pytest.mark.req("TAB-10")
def test_fields_that_do_not_fit_are_not_decided_but_the_rest_is() -> None:
    race = Race()
    good = Op("=", "c", "r", {"f": 1}, "seed.1")
    change = Change(
        mark("b"), (Op("=", "c", "r", {"f": 1, "bad": 1}, "seed.1"),), Meta(), ("bad",), (good,)
    )
    decision = race.take(change)
    assert not decision.plain
    assert "bad" not in race.record and race.record["f"] == 1


# -- guards ---------------------------------------------------------------------------------------


def _guarded(check: Any) -> Schema:
    guard = Guard("rule", frozenset({"c"}), check, lambda _key, _record: [])
    return Schema(collections=SCHEMA.collections, guards=(guard,))


def test_reduce_3_a_guard_refuses_the_merged_result_with_its_reason() -> None:
    race = Race(_guarded(lambda *_: Refuse("no", "because", {"x": 1})))
    assert (race.decisions[0].code, race.decisions[0].message) == ("no", "because")
    assert race.decisions[0].params == {"x": 1}
    assert race.record is None


def test_a_guard_amends_and_is_asked_again_on_what_it_made() -> None:
    asked: list[Any] = []

    def check(before: Any, after: Any, change: Change, refs: Any) -> Any:
        record = after.get("c", "r")
        asked.append(record["room"])
        return Amend("moved", {("c", "r"): {"room": None}}, "words") if record["room"] else None

    race = Race(_guarded(check))
    assert (race.decisions[0].outcome, race.decisions[0].code) == ("amended", "moved")
    assert race.record["room"] is None
    assert asked == ["7", None]
    assert not race.decisions[0].plain


def test_a_rule_that_amending_cannot_keep_refuses() -> None:
    race = Race(_guarded(lambda *_: Amend("again", {("c", "r"): {"f": 1}})))
    assert (race.decisions[0].outcome, race.decisions[0].code) == ("refused", "again")


@pytest.mark.parametrize(
    "check",
    [
        lambda *_: 1 / 0,
        lambda *views: views[1].get("c", "nobody")["x"],
        lambda *_: Amend("x", {("c", "nobody"): {"f": 1}}),
    ],
)
def test_a_rule_that_fails_refuses_and_does_not_stop_the_log(check: Any) -> None:
    race = Race(_guarded(check))
    assert (race.decisions[0].outcome, race.decisions[0].code) == ("refused", "rule-failed")


def test_a_guard_of_other_collections_is_not_asked() -> None:
    guard = Guard("rule", frozenset({"other"}), lambda *_: Refuse("no"), lambda *_: [])
    assert Race(Schema(collections=SCHEMA.collections, guards=(guard,))).record is not None


# -- properties -----------------------------------------------------------------------------------

interleavings = st.lists(
    st.tuples(st.sampled_from("ab"), steps, st.integers(0, 9), st.booleans()),
    min_size=1,
    max_size=5,
)


@given(interleavings)
def test_reduce_1_decisions_replay_byte_for_byte_from_what_is_written_of_them(script: Any) -> None:
    race, follower = Race(), State(SCHEMA)
    follower.put("c", "r", race.state.cell("c", "r"))
    numbers = dict.fromkeys("ab", 0)
    for tab, work, stamp, atomic in script:
        numbers[tab] += 1
        change = drafted(
            race.seen,
            mark(tab, numbers[tab], stamp),
            lambda d, w=work: scribble(d, w),
            atomic=atomic,
        )
        decision = decide(race.state, change)
        assert canonical(decision.encode()) == canonical(decide(race.state, change).encode())
        race.take(change)
        read = decode_decision(decision.encode())
        assert canonical(decode_decision(read.encode()).encode()) == canonical(read.encode())
        writes = change.ops if decision.plain else read.writes
        for (key, rid), cell in apply_writes(follower, writes, change.mark, SCHEMA).items():
            follower.put(key, rid, cell)
        assert cells_text(follower) == cells_text(race.state)
        if decision.outcome in ("refused", "retry"):
            assert not decision.writes and not decision.cells


registers = ("f", "first", "ask", "room")


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(registers), st.integers(0, 9)), max_size=8
    )
)
def test_reduce_2_every_value_is_in_the_state_or_a_conflict(script: Any) -> None:
    race = Race(first="s", ask="s")
    written: list[tuple[str, str]] = []
    own: dict[str, Truth] = {}
    for at, (tab, field, stamp) in enumerate(script):
        view = own.setdefault(tab, Truth(SCHEMA))
        if not view.state.cells:
            view.state.put("c", "r", race.seen.cell("c", "r"))
        value = f"{tab}{at}"
        change = drafted(view.state, mark(tab, at + 1, 100 * at + stamp), update(**{field: value}))
        view.take(change)
        overwritten = [w for w in written if w[0] == field and w[1][0] == tab]
        written = [w for w in written if w not in overwritten] + [(field, value)]
        race.take(change)
    kept = {canonical(race.record[field]) for field in registers}
    for decision in race.decisions:
        for conflict in decision.conflicts:
            kept |= {canonical(conflict.shown.value), canonical(conflict.other.value)}
    text = "".join(kept)
    assert all(value in text for _, value in written)
