"""Pending changes: what they share, and in which order they stand."""

from __future__ import annotations

from pysync.machines.pendings import Pending, Pendings
from pysync.model.change import Change, Op
from tests.pysync.kit import mark


def pending(n: int, *tokens: str) -> Pending:
    return Pending(Change(mark("a", n), (Op("=", "c", "r", {}),)), frozenset(tokens))


def test_pending_1_who_is_first_and_last_of_those_that_share_a_token() -> None:
    pendings = Pendings()
    one, two, three = pending(1, "x"), pending(2, "x", "y"), pending(3, "z")
    for entry in (one, two, three):
        assert pendings.is_last(entry)
        pendings.enter(entry)
    assert not pendings.is_last(pending(0, "y"))
    assert [pendings.is_first(entry) for entry in (one, two, three)] == [True, False, True]
    pendings.forget(one)
    assert pendings.is_first(two)
    assert list(pendings) == ["a.2", "a.3"]
    assert not pendings.touches("nothing")


def test_what_is_connected_by_way_of_others_is_found() -> None:
    pendings = Pendings()
    one, two, three = pending(1, "x"), pending(2, "x", "y"), pending(3, "z")
    for entry in (one, two, three):
        pendings.enter(entry)
    assert pendings.closure(["y"]).keys() == {"a.1", "a.2"}
    pendings.join(one, "z")
    assert pendings.closure(["y"]).keys() == {"a.1", "a.2", "a.3"}
    for entry in (one, two, three):
        pendings.forget(entry)
    assert pendings == {}
    assert not any(map(pendings.touches, "xyz"))
