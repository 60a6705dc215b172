"""A device that knows other changes to be decided than the log has is found by that alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pysync.machines.decided_sum import DecidedSum
from pysync.machines.relay_frames import DIVERGED, PING, REFUSE, encode_frame
from pysync.machines.replica import Replica
from pysync.model.schema import Schema
from pysync.model.snapshot import Rows
from tests.pysync.relay.rig import RelayRig, batch

pytestmark = pytest.mark.req("SRV-02", "SRV-28")

Decided = Iterable[tuple[str, int]]


class Copy:
    """A replica that confirms changes of tabs, all of one record, and its sum."""

    def __init__(self, *decided: tuple[str, int]) -> None:
        self.replica = Replica(Schema())
        self.sum = DecidedSum(self.replica)
        self.confirm(decided)

    def confirm(self, decided: Decided) -> None:
        for tab, n in decided:
            made = batch(tab, n, 1, rid="r", base="" if self.replica.seq else None)
            self.replica.confirm(self.replica.seq + 1, made.changes[0], None)
            self.sum.touched(tab)


def test_sum_4_which_changes_are_decided_shows_and_no_order_does() -> None:
    first = [("t", 1), ("t", 2), ("u", 1), ("t", 4)]
    one, other = Copy(*first), Copy(*reversed(first))
    assert one.sum.ask() == other.sum.ask()
    others: list[Decided] = [
        first[:-1],
        [*first[:-1], ("t", 3)],
        [*first[:-1], ("t", 5)],
        [("t", 1), ("u", 1), ("t", 4)],
        [*first, ("u", 2)],
        [("t", 1), ("t", 2), ("v", 1), ("t", 4)],
    ]
    assert len({one.sum.ask(), *(Copy(*each).sum.ask() for each in others)}) == len(others) + 1


def test_sum_4_it_goes_on_with_what_is_decided_and_begins_anew_with_another_state() -> None:
    one = Copy()
    found = {one.sum.ask()}
    for each in (("t", 1), ("u", 3), ("u", 1), ("t", 2)):
        one.confirm([each])
        found.add(one.sum.ask())
    assert len(found) == 5
    assert one.sum.ask() == Copy(("u", 1), ("t", 1), ("t", 2), ("u", 3)).sum.ask()
    one.replica.replace(Rows(heads={"u": 3}, skipped={"u": {1, 2}}), 1, seen=False)
    one.sum.forget()
    assert one.sum.ask() == Copy(("u", 3)).sum.ask()


def test_sum_4_a_change_that_could_not_be_applied_is_not_counted() -> None:
    one = Copy(("t", 1))
    before = one.sum.ask()
    one.sum.touched("odd")
    assert one.sum.ask() == before


@pytest.mark.parametrize(
    ("said", "diverged"), [(5, False), ("", False), ("f" * 16, True), (None, False)]
)
def test_relay_8_what_a_device_says_is_decided_is_compared(said: object, diverged: bool) -> None:
    relay = RelayRig()
    relay.hello("a")
    relay.push("a", batch("t", 1))
    relay.commit()
    kept = relay.machine._snapshots
    made = kept.sums[0].ask(relay.now)
    first = [kept.decided.ask() if said is None else said, kept.sums[0].conflicts]
    relay.hear("a", encode_frame(PING, first, 1, made, relay.schema.version))
    assert [row[0] for row in relay.answers("a", REFUSE)] == [DIVERGED] * diverged
