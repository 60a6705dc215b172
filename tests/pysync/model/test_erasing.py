"""Erasing a person: whom it concerns, what goes, what stays, and what comes too late."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.errors import UsageError
from pysync.model.change import Change, Op
from pysync.model.decision import Decision, apply_writes, decode_decision
from pysync.model.draft import Draft
from pysync.model.erasing import TOO_LATE, erases
from pysync.model.schema import ERASED
from pysync.model.snapshot import pack
from pysync.model.state import State
from tests.pysync.kit import Truth, drafted, mark
from tests.pysync.people_kit import MARKER, PEOPLE

pytestmark = [pytest.mark.req("SRV-20")]


class World(Truth):
    """A truth whose changes are drafted where it stands."""

    def __init__(self) -> None:
        super().__init__(PEOPLE)
        self.n = 0

    def draft(self, work: Any, tab: str = "a", **meta: Any) -> Change:
        self.n += 1
        return drafted(self.state, mark(tab, self.n), work, **meta)

    def act(self, work: Any, tab: str = "a", **meta: Any) -> Decision:
        return self.take(self.draft(work, tab, **meta))

    def person(self, rid: str, **fields: Any) -> None:
        made = {"id": rid, "name": f"{MARKER} {rid}", "vip": True, **fields}
        self.act(lambda draft: draft.create("people", made))

    def trip(self, rid: str, who: str) -> None:
        made = {"id": rid, "who": who, "day": 3, "note": MARKER, "state": "in", "why": MARKER}
        self.act(lambda draft: draft.create("trips", made))

    def erase(self, rid: str) -> Decision:
        return self.act(lambda draft: draft.erase("people", rid))


def text_of(state: State) -> str:
    """All that a state holds."""
    return "".join(pack(key, dict(cells)) for key, cells in state.cells.items())


def test_all_that_is_about_a_person_goes_and_the_facts_stay() -> None:
    """ERASE-1: merged profiles, one way or the other, and what was deleted."""
    world = World()
    for rid in ("1", "2", "3", "4"):
        world.person(rid, likes=[f"{MARKER} tea"], visits=2)
    world.act(lambda draft: draft.update("people", "2", {"same_as": "1"}))
    world.act(lambda draft: draft.update("people", "3", {"same_as": "1"}))
    world.act(lambda draft: draft.delete("people", "3"))
    for trip, who in (("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")):
        world.trip(trip, who)
    world.act(lambda draft: draft.delete("trips", "c"))
    decision = world.erase("2")
    trips = {("trips", rid) for rid in "abc"}
    assert erases(decision.writes) == {("people", rid) for rid in "123"} | trips
    assert world.state.get("trips", "a") == {"id": "a", "who": "1", "day": 3, "state": "in"}
    kept = dict(world.state.get("people", "1") or {})
    assert isinstance(kept.pop(ERASED), int) and kept == {"id": "1", "vip": True}
    left = text_of(world.state)
    assert left.count(MARKER) == 4, "the other person's name, liking, note and why"


def test_erasing_beats_what_its_author_had_not_seen() -> None:
    world = World()
    world.person("1", mail="old")
    late = world.draft(lambda draft: draft.erase("people", "1"), tab="b")
    world.act(lambda draft: draft.update("people", "1", {"mail": MARKER}))
    world.trip("new", "1")
    assert world.take(late).outcome == "applied"
    assert MARKER not in text_of(world.state)


@pytest.mark.parametrize(
    ("work", "left"),
    [
        (lambda draft: draft.update("people", "1", {"mail": MARKER}), None),
        (lambda draft: draft.update("people", "1", {"mail": MARKER, "vip": False}), {"vip": False}),
        (lambda draft: draft.increment("people", "1", "visits", 3), None),
        (lambda draft: draft.add("people", "1", "likes", MARKER), None),
        (lambda draft: draft.update("trips", "t", {"note": f"{MARKER}!", "day": 4}), {"day": 4}),
        (
            lambda draft: draft.create("trips", {"id": "n", "who": "1", "day": 1, "note": MARKER}),
            {"who": "1", "day": 1},
        ),
        (lambda draft: draft.update("trips", "other", {"who": "1", "note": MARKER}), {"who": "1"}),
        (lambda draft: draft.update("people", "1", {"same_as": "2"}), None),
        (lambda draft: draft.update("people", "2", {"same_as": "1", "mail": MARKER}), None),
        (lambda draft: draft.update("people", "1", {ERASED: None}), None),
    ],
)
def test_what_comes_too_late_is_dropped_and_the_rest_happens(work: Any, left: Any) -> None:
    """ERASE-2"""
    world = World()
    world.person("1")
    world.act(lambda draft: draft.create("people", {"id": "2", "name": "x"}))
    world.trip("t", "1")
    world.act(lambda draft: draft.create("trips", {"id": "other", "who": "2"}))
    late = world.draft(work, tab="b")
    world.erase("1")
    before = text_of(world.state)
    decision = world.take(late)
    assert decision.late and decision.code == TOO_LATE
    assert MARKER not in text_of(world.state) and MARKER not in repr(decision.writes)
    if left is None:
        assert decision.outcome == "refused" and text_of(world.state) == before
    else:
        assert decision.outcome == "amended"
        assert decision.writes[0].fields == left


def test_who_was_erased_is_not_made_anew() -> None:
    """ERASE-2: also where the record was deleted, or never known here."""
    world = World()
    world.person("1")
    made = world.draft(lambda draft: draft.create("people", {"id": "9", "name": MARKER}), tab="b")
    world.erase("1")
    world.act(lambda draft: draft.delete("people", "1"))
    again = Op("*", "people", "1", {"name": MARKER}, "")
    assert world.take(Change(mark("b", 50), (again,))).outcome == "refused"
    before = Op("!", "people", "9", {ERASED: 5})
    assert world.take(Change(mark("b", 51), (before,))).outcome == "applied"
    assert world.take(made).outcome == "refused"
    assert MARKER not in text_of(world.state)


def test_erasing_stands_alone_and_names_a_person() -> None:
    world = World()
    world.person("1")
    world.trip("t", "1")
    assert world.take(Change(mark("b", 60), (Op("!", "trips", "t", {}),))).outcome == "refused"
    assert world.take(Change(mark("b", 61), (Op("!", "people", "7", {}),))).outcome == "refused"
    both = (Op("!", "people", "1", {}), Op("=", "people", "1", {"vip": False}))
    assert world.take(Change(mark("b", 62), both)).outcome == "refused"
    draft = Draft(world.state, mark("b", 63))
    draft.erase("people", "1")
    draft.update("people", "1", {"vip": False})
    with pytest.raises(UsageError):
        draft.ops()


def test_a_replica_that_never_held_the_values_ends_equal() -> None:
    """ERASE-3: the decision names fields, not values; marks of what stays are kept."""
    world = World()
    world.person("1", mail=MARKER, likes=[MARKER])
    world.trip("t", "1")
    bare = Truth(PEOPLE)
    for decision in world.decisions:
        for (key, rid), cell in decision.cells.items():
            declared = PEOPLE.collection(key)
            fields = {p: None if declared.is_personal(p) else v for p, v in cell.fields.items()}
            fields = {path: v for path, v in fields.items() if "/" not in path}
            bare.state.put(key, rid, type(cell)(fields, cell.base, cell.marks, cell.rev, cell.dead))
    told = decode_decision(world.erase("1").encode())
    cells = apply_writes(bare.state, told.writes, mark("a", world.n), PEOPLE)
    for (key, rid), cell in cells.items():
        bare.state.put(key, rid, cell)
    assert text_of(bare.state) == text_of(world.state)
    now = world.state.cell("trips", "t")
    assert now is not None and now.mark("state") is not None


def test_erase_2_what_is_left_of_a_late_change_names_no_element_of_a_personal_set() -> None:
    world = World()
    world.person("1")
    fields = {"vip": False, "likes": [], f"likes/#{MARKER}": True}
    seen = {"vip": "a.1", "likes": "", f"likes/#{MARKER}": ""}
    late = Change(mark("b", 1), (Op("=", "people", "1", fields, seen),))
    world.erase("1")
    decision = world.take(late)
    assert decision.code == TOO_LATE
    assert [write.fields for write in decision.writes] == [{"vip": False}]
    assert MARKER not in str(decision.encode())


@pytest.mark.parametrize("fields", [{"note": MARKER}, {}])
def test_erase_4_a_record_that_comes_to_be_about_who_was_erased_is_erased_as_it_does(
    fields: dict[str, str],
) -> None:
    world = World()
    world.person("1")
    made = {"id": "n", "who": "1", "day": 1, **fields}
    late = world.draft(lambda draft: draft.create("trips", made), tab="b")
    world.erase("1")
    decision = world.take(late)
    assert erases(decision.writes) == {("trips", "n")}, "what was written to it before goes, too"
    assert decision.outcome == ("amended" if fields else "applied")
    assert decode_decision(decision.encode()).encode() == decision.encode()
    assert world.state.get("trips", "n") == {"id": "n", "who": "1", "day": 1}
    for work in (
        lambda draft: draft.update("trips", "n", {"note": MARKER, "day": 2}),
        lambda draft: draft.create("trips", {"id": "o", "who": "2", "note": "else"}),
        lambda draft: draft.update("trips", "o", {"who": "1"}),
    ):
        assert not erases(world.act(work).writes), "it was, or was somebody else's, before"


def test_erase_4_what_a_deleted_record_still_held_goes_when_it_comes_to_be_about_them() -> None:
    world = World()
    for rid in ("1", "2"):
        world.act(lambda draft, rid=rid: draft.create("people", {"id": rid, "name": rid}))
    world.trip("t", "2")
    world.act(lambda draft: draft.delete("trips", "t"))
    world.erase("1")
    assert MARKER in text_of(world.state)
    again = Op("*", "trips", "t", {"who": "1"}, "")
    decision = world.take(Change(mark("b", 50), (again,)))
    assert erases(decision.writes) == {("trips", "t")}
    assert MARKER not in text_of(world.state)
