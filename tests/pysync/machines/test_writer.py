"""The writer: a refusal leaves no gap and no trace; what is predicted is what will be decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pysync.errors import Refused
from pysync.machines import effects as fx
from pysync.model.change import Meta
from pysync.model.guard import Guard, Refuse
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Schema
from tests.pysync.device import Device, everything
from tests.pysync.kit import cells_text
from tests.pysync.model.test_draft import SCHEMA, scribble, steps


def test_write_1_a_refusal_leaves_no_gap_and_no_trace() -> None:
    guard = Guard("g", frozenset({"c"}), lambda *_: Refuse("no"), lambda *_: [])
    page = Device(
        Schema(collections={"c": CollectionSchema(name="c")}, guards=(guard,)), tabs=1
    ).pages[0]
    before = everything(page)
    with pytest.raises(Refused):
        page.run(lambda d: d.create("c", {"id": "r"}))
    assert everything(page) == before
    assert page.tab.outbox.waiting == {} and not page.tab.replica.pending
    assert page.run(lambda d: d.create("free", {"id": "r"})).mark.n == 1


@given(steps, steps)
def test_what_is_predicted_without_asking_is_what_is_decided(first: Any, second: Any) -> None:
    device = Device(SCHEMA, tabs=1)
    page = device.pages[0]
    page.run(lambda d: scribble(d, first))
    device.heal(1)
    draft = page.tab.draft(page.now)
    scribble(draft, second)
    before = page.tab.replica.confirmed
    change = page.tab.commit(draft, page.now)
    if change is not None:
        decision = decide(before, change)
        for ref, cell in decision.cells.items():
            assert cells_text_of(page.tab.replica.view.cell(*ref)) == cells_text_of(cell)
    page.settle()
    device.heal(1)
    device.assert_converged()


def cells_text_of(cell: Any) -> Any:
    return cell and (cell.fields, cell.base, cell.marks, cell.rev, cell.dead)


def test_most_changes_say_nothing_of_themselves() -> None:
    page = Device(tabs=1).pages[0]
    plain = page.run(lambda d: d.create("c", {"id": "r"}))
    assert len(plain.encode()) == 3
    named = page.run(lambda d: d.create("c", {"id": "s"}), meta=Meta(author="anna", label="x"))
    assert (named.mark.author, named.meta.label) == ("anna", "x")
    cell = page.tab.replica.view.cell("c", "s")
    assert cell is not None and cell.rev.author == "anna"
    assert cells_text(page.tab.replica.view)


def test_write_2_a_change_is_on_its_way_before_it_is_in_the_view() -> None:
    page = Device(tabs=1).pages[0]
    page.run(lambda d: d.create("c", {"id": "r", "n": 1}))
    page.do(page.tab.flush)
    sent: list[tuple[str, Any]] = []
    page.tab.send_at_once(
        lambda: sent.extend((post.text, page.tab.view.get("c", "r")["n"]) for post in posts())
    )
    posts = page.tab.take_posts
    draft = page.tab.draft(page.now)
    draft.update("c", "r", {"n": 2})
    page.tab.commit(draft, page.now)
    ((text, shown),) = sent
    assert '{"n":2}' in text and shown == 1
    assert page.tab.view.get("c", "r")["n"] == 2
    later = page.tab.take_effects()
    assert [e.body for e in later if isinstance(e, fx.Append)] == [text]
    assert not [e for e in later if isinstance(e, fx.Post)]
    page.settle()


def test_posts_are_taken_without_the_other_effects() -> None:
    page = Device(tabs=1).pages[0]
    page.tab.broadcast("kind", "", None, page.now)
    page.tab.beat(page.now)
    page.tab.broadcast("kind", "", None, page.now)
    everything_else = [e for e in page.tab._out if not isinstance(e, fx.Post)]
    assert len(page.tab.take_posts()) >= 2
    assert page.tab.take_effects() == everything_else
