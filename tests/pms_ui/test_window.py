"""Long lists: which rows are drawn (WINDOW-1, WINDOW-2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.ui import html as h
from pysync_pms.ui.components.window import WHOLE, Window
from pysync_pms.ui.html import Html
from pysync_pms.ui.wire import UiEvent


def drawn(window: Window, total: int) -> tuple[list[int], int]:
    """The rows that were drawn, and how many the gaps stand for; checks that they are in order."""
    rows: list[int] = []
    hidden = 0
    reached = 0

    def draw(index: int) -> Html:
        nonlocal reached
        assert index == reached
        rows.append(index)
        reached += 1
        return h.p[index]

    def gap(index: int, count: int) -> Html:
        nonlocal hidden, reached
        assert index == reached and count > 0
        hidden += count
        reached += count
        return h.p[count]

    list(window.rows([f"row-{n}" for n in range(total)], draw, gap))
    assert reached == total
    return rows, hidden


def test_a_short_list_is_drawn_whole() -> None:
    rows, hidden = drawn(Window(), WHOLE)
    assert (len(rows), hidden) == (WHOLE, 0)
    assert Window().attributes(WHOLE, "x") == {}


@given(
    total=st.integers(0, 5_000),
    first=st.integers(0, 6_000),
    seen=st.integers(1, 60),
    held=st.none() | st.integers(0, 6_000),
)
def test_what_is_seen_and_what_is_held_is_drawn_and_the_rest_keeps_its_height(
    total: int, first: int, seen: int, held: int | None
) -> None:
    window = Window()
    args = {} if held is None else {"held": f"row-{held}"}
    window.moved(UiEvent(kind="scroll", args=args, numbers={"first": first, "last": first + seen}))
    rows, hidden = drawn(window, total)
    assert len(rows) + hidden == total
    if total > WHOLE:
        assert len(rows) <= seen + 26, "a few, however long the list is"
        last = min(first + seen, total)
        assert set(range(min(first, total - seen), last)) <= set(rows)
    if held is not None and held < total:
        assert held in rows
