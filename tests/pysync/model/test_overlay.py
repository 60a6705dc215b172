"""Overlays: cells in front of others, and their indexes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import UsageError
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.overlay import Indexed, Overlay
from pysync.model.state import Patched, State
from tests.pysync.model.test_state import SCHEMA

refs = st.tuples(st.just("c"), st.sampled_from("pqrs"))
cells = st.one_of(
    st.none(),
    st.builds(
        lambda room, dead: Cell({"room": room}, SEED_MARK, {}, SEED_MARK, dead),
        st.sampled_from([None, 1, 2]),
        st.booleans(),
    ),
)
moves = st.one_of(
    st.tuples(refs, cells),
    st.tuples(refs, st.sampled_from(["pop", "clear", "below"])),
)


@given(st.lists(st.tuples(refs, cells), max_size=8), st.lists(moves, max_size=15))
def test_overlay_1_it_shows_what_a_patch_without_tables_shows(
    below: list[tuple[tuple[str, str], Cell | None]], script: list[tuple[tuple[str, str], object]]
) -> None:
    state = State(SCHEMA)
    for ref, cell in below:
        state.put(*ref, cell)
    overlay = Overlay(SCHEMA)
    front: dict[tuple[str, str], Cell | None] = {}
    reader, plain = Indexed(state, overlay), Patched(state, front)
    for ref, what in script:
        if what == "pop":
            assert overlay.pop(ref, None) is front.pop(ref, None)
        elif what == "clear":
            overlay.clear()
            front.clear()
        elif what == "below":
            if ref in front:  # What is hidden may change.
                state.put(*ref, Cell({"room": 2}, SEED_MARK, {}, SEED_MARK))
        else:
            assert what is None or isinstance(what, Cell)
            reader.take({ref: what})
            front[ref] = what
        assert overlay == front
        for index in ("room", "twice"):
            for key in (None, 1, 2, "all", "nowhere"):
                assert reader.ids("c", index, key) == set(plain.ids("c", index, key))
                assert reader.find("c", index, key) == plain.find("c", index, key)


def test_what_is_in_the_overlay_of_another_collection_costs_nothing_and_is_not_listed() -> None:
    overlay = Overlay(SCHEMA)
    reader = Indexed(State(SCHEMA), overlay)
    assert reader.ids("c", "twice", "all") == set()
    reader.take({("plain", "p"): Cell({"room": 1}, SEED_MARK, {}, SEED_MARK)})
    assert reader.ids("c", "twice", "all") == set()
    with pytest.raises(KeyError):
        overlay.pop(("c", "p"))
    with pytest.raises(UsageError, match="declares no index 'x'"):
        reader.find("c", "x", 1)
