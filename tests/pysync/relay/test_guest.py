"""Whose deed a change is, as the relay's guards are told (AUTHOR-1, AUTHOR-2)."""

from __future__ import annotations

import pytest

from pysync.machines.batches import Batch
from pysync.model.cell import FOUNDER, Mark
from pysync.model.change import Change, Meta
from pysync.model.roles import Person
from pysync.relay.guest import Guest

pytestmark = pytest.mark.req("SRV-17")
ANN = Person("ann", "manager")


def batch(*authors: str, tab: str = "t") -> Batch:
    """A change for each author."""
    changes = tuple(
        Change(Mark(tab, n, 1, author), (), Meta(author=author))
        for n, author in enumerate(authors, 1)
    )
    return Batch(tab, 1, changes, "")


def deeds(guest: Guest, sent: Batch) -> list[tuple[str, str]]:
    """Whose deed each change is for the guards, and who brings it."""
    return [(change.author, change.brought_by) for change in guest.signed(sent).changes]


def test_author_1_who_is_signed_in_answers_for_what_their_session_sends() -> None:
    guest = Guest("d", "l", ANN)
    assert guest.may_author(batch("ann", ""))
    assert not guest.may_author(batch("ann", "ben"))
    assert deeds(guest, batch("ann", "")) == [("ann", ""), ("ann", "")]


def test_author_2_what_is_brought_along_is_testimony_and_nobodys_deed_but_the_bringers() -> None:
    guest = Guest("d", "l", ANN, joins=True)
    brought = batch("ann", "ben", "")
    assert guest.may_author(brought)
    assert deeds(guest, brought) == [("ann", "ann"), ("", "ann"), ("", "ann")]
    signed = guest.signed(brought)
    assert [change.meta.author for change in signed.changes] == ["ann", "ben", ""]


def test_only_who_joins_founds() -> None:
    founding = batch("", tab=f"{FOUNDER}x")
    assert not Guest("d", "l", ANN).may_author(founding)
    assert Guest("d", "l", ANN, joins=True).may_author(founding)


def test_where_nobody_signs_in_a_name_is_what_it_says() -> None:
    assert deeds(Guest("d", "l"), batch("ann", "")) == [("ann", ""), ("", "")]
