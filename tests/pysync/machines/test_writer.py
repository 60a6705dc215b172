"""The writer: a refusal leaves no gap and no trace; what is predicted is what will be decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pysync.errors import Refused
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
