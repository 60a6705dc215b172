"""What the core's tests share: values, marks, changes made by hand, a profile for Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pysync.model.cell import Mark
from pysync.model.change import PLAIN, Change, Meta
from pysync.model.decision import Decision
from pysync.model.draft import Draft
from pysync.model.reducer import decide
from pysync.model.schema import Schema
from pysync.model.state import Reader, State
from pysync.values.jsonvalue import MAX_INT, canonical

settings.register_profile(
    "pysync",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("pysync")

WALL = 1_700_000_000_000


def texts(max_size: int = 6) -> st.SearchStrategy[str]:
    """Text that can be encoded."""
    return st.text(st.characters(codec="utf-8"), max_size=max_size)


def json_values(max_leaves: int = 8) -> st.SearchStrategy[Any]:
    """Any value that pysync takes."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-MAX_INT, MAX_INT),
        st.floats(-1e15, 1e15),
        texts(),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)
        ),
        max_leaves=max_leaves,
    )


def mark(tab: str = "a", n: int = 1, stamp: int | None = None, author: str = "") -> Mark:
    """A mark; by default stamped in the order of its number."""
    return Mark(tab, n, WALL + n if stamp is None else stamp, author)


def drafted(reader: Reader, made_by: Mark, work: Callable[[Draft], object], **meta: Any) -> Change:
    """The change that this work on a draft comes to."""
    draft = Draft(reader, made_by)
    work(draft)
    ops = draft.ops()
    seen = draft.seen(ops)
    return Change(made_by, ops, Meta(seen=seen, **meta) if seen or meta else PLAIN)


class Truth:
    """A confirmed state on which changes are decided one after the other."""

    def __init__(self, schema: Schema | None = None) -> None:
        self.state = State(schema or Schema())
        self.decisions: list[Decision] = []

    def take(self, change: Change) -> Decision:
        """Decide a change and apply what was decided."""
        decision = decide(self.state, change)
        self.decisions.append(decision)
        for (key, rid), cell in decision.cells.items():
            self.state.put(key, rid, cell)
        return decision

    def do(self, made_by: Mark, work: Callable[[Draft], object], **meta: Any) -> Decision:
        """Draft on the truth and decide at once."""
        return self.take(drafted(self.state, made_by, work, **meta))

    def get(self, key: str, rid: str) -> Mapping[str, Any] | None:
        """The record."""
        return self.state.get(key, rid)


def cells_text(state: State) -> str:
    """All cells of a state, marks included, spelled one way."""
    rows: dict[str, Any] = {}
    for key, records in state.cells.items():
        for rid, cell in records.items():
            rows[f"{key}/{rid}"] = [
                cell.fields,
                cell.base.encode(),
                {register: made.encode() for register, made in cell.marks.items()},
                cell.rev.encode(),
                cell.dead,
            ]
    return canonical(rows)
