"""`ServerSync`: one value of all devices, how it stands with the relay, and its conflicts."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Refused, Schema, ServerSync, Unknown, UsageError
from pysync.model.conflict import Conflict
from tests.pysync.relay.town import Town
from tests.pysync.rig import Device, outcome

pytestmark = pytest.mark.req("SRV-01")


class Pair:
    """One value on two devices of a relay."""

    def __init__(self, **options: Any) -> None:
        self.town = Town(Schema(strategies={"towels": "manual"}))
        spaces = [self.town.open(self.town.device(), name) for name in ("one", "two")]
        self.one, self.two = (ServerSync("towels", 0, options, space=space) for space in spaces)

    def apart(self) -> None:
        """Both lose the network."""
        self.town.go_offline()
        self.town.settle()

    def clash(self) -> Conflict:
        """Both set the value while they are apart."""
        self.apart()
        self.one.set(145)
        self.two.set(160)
        self.town.go_online()
        [conflict] = self.one.pending_conflicts
        assert self.two.pending_conflicts == [conflict]
        return conflict


def test_the_status_says_how_far_the_value_has_come() -> None:
    told: list[str] = []
    pair = Pair(on_status=told.append)
    assert (pair.one.sync_status, pair.one.value) == ("synced", 0)
    receipt = pair.one.set(150)
    assert (pair.one.sync_status, pair.one.queue_depth) == ("syncing", 1)
    pair.town.settle()
    assert receipt is not None
    outcome(receipt.acknowledged())
    assert (pair.one.sync_status, pair.one.queue_depth, pair.two.value) == ("synced", 0, 150)
    assert told == ["syncing", "synced"]
    pair.apart()
    pair.one.set(lambda n: n + 1)
    assert (pair.one.sync_status, pair.one.queue_depth) == ("offline", 1)
    other = ServerSync("soap", 0, space=pair.one.space)
    assert other.queue_depth == 0, "of another key"
    pair.town.go_online()
    assert (pair.one.sync_status, pair.two.value) == ("synced", 151)
    assert isinstance(pair.one.last_sync_time, int)


def test_force_sync_does_not_wait_for_the_next_try() -> None:
    pair = Pair()
    pair.apart()
    pair.one.set(1)
    pair.town.offline = False
    pair.one.force_sync()
    pair.town.settle()
    assert (pair.one.sync_status, pair.one.queue_depth) == ("synced", 0)


@pytest.mark.req("SRV-07", "SRV-09")
@pytest.mark.parametrize(
    ("strategy", "value", "becomes"),
    [("keep-local", None, 145), ("keep-remote", None, 160), ("manual", 155, 155)],
)
def test_a_conflict_is_resolved_for_every_device(strategy: Any, value: Any, becomes: int) -> None:
    pair = Pair()
    conflict = pair.clash()
    assert pair.one.sync_status == pair.two.sync_status == "conflict"
    pair.one.resolve_conflict(conflict.id, strategy, value)
    pair.town.settle()
    for each in (pair.one, pair.two):
        assert (each.value, each.sync_status, each.pending_conflicts) == (becomes, "synced", [])
        assert [known.status for known in each.conflicts] == ["resolved"]


def test_an_ignored_conflict_is_pending_no_more_and_stays_listed() -> None:
    told: list[list[str]] = []
    pair = Pair(on_conflict=lambda waiting: told.append([c.id for c in waiting]))
    conflict = pair.clash()
    pair.one.ignore_conflict(conflict.id)
    assert (pair.one.sync_status, pair.one.pending_conflicts) == ("synced", [])
    assert [known.status for known in pair.one.conflicts] == ["open"]
    pair.one.ignore_conflict(conflict.id, ignored=False)
    assert pair.one.sync_status == "conflict"
    assert told == [[conflict.id], [conflict.id], [], [conflict.id]], "of both devices, then of one"


def test_conflicts_of_other_keys_are_not_its_own() -> None:
    pair = Pair()
    conflict = pair.clash()
    other = ServerSync("soap", 0, space=pair.one.space)
    assert (other.conflicts, other.sync_status) == ([], "synced")
    with pytest.raises(Unknown):
        other.resolve_conflict(conflict.id, "keep-local")
    with pytest.raises(Unknown):
        other.ignore_conflict(conflict.id)


def test_an_option_that_differs_from_the_schema_is_an_error() -> None:
    space = Town(Schema(strategies={"towels": "manual"})).open(Device(), "alone")
    for options, words in (
        ({"conflict_strategy": "merge"}, "'manual'"),
        ({"conflict_window_ms": 5}, "30000"),
        ({"priority": "low"}, "60000|30000"),
        ({"conflict_stategy": "manual"}, "did you mean 'conflict_strategy'"),
    ):
        with pytest.raises(UsageError, match=words):
            ServerSync("towels", 0, options, space=space)
    good = {"conflict_strategy": "manual", "conflict_window_ms": 30_000}
    assert ServerSync("towels", 0, good, space=space).sync_status == "offline", "it has no relay"
    assert space.status().pending == 0, "nothing was declared"


def test_max_queue_size_refuses_before_anything_is_set() -> None:
    pair = Pair(max_queue_size=2)
    pair.apart()
    pair.one.set(1)
    pair.one.set(2)
    with pytest.raises(Refused) as refused:
        pair.one.set(3)
    assert (refused.value.code, pair.one.value, pair.one.queue_depth) == ("queue-full", 2, 2)
    ServerSync("soap", 0, space=pair.one.space).set(1)
    pair.town.go_online()
    pair.one.set(3)
    assert pair.one.value == 3
