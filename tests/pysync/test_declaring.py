"""A key's policy, declared by what opens it: the same for tabs, devices and the relay."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Collection, Schema, ServerSync, Space, UsageError
from pysync.model.key_policy import POLICIES
from pysync.model.ordinary import rule_of
from pysync.model.roles import ALL, EVERYTHING, Grant, Person, Role
from tests.pysync.relay.town import Town, meet

pytestmark = pytest.mark.req("SRV-01")


class Two:
    """Two devices of a relay that say nothing of the key in their schema."""

    def __init__(self, schema: Schema | None = None, *roles: str) -> None:
        self.town = Town(schema)
        people = [Person(role, role) for role in roles] or [None, None]
        self.devices = [self.town.device(person) for person in people]
        self.spaces = [self.town.open(each, f"d{n}") for n, each in enumerate(self.devices)]

    def both(self, key: str = "towels", **options: Any) -> list[ServerSync[Any]]:
        """The key on both devices, where the first opens it first."""
        made = []
        for space in self.spaces:
            made.append(ServerSync(key, 0, options, space=space))
            self.town.settle()
        return made

    def clash(self, one: ServerSync[Any], two: ServerSync[Any], values: Any) -> None:
        """Both set it while they are apart; the first comes back first."""
        self.town.go_offline()
        self.town.settle()
        one.set(values[0])
        two.set(values[1])
        for device in self.devices:
            meet(self.town, device)


def entries(space: Space) -> int:
    """How far the log is."""
    return space.tab.replica.seq


@pytest.mark.req("SRV-07")
@pytest.mark.parametrize(
    ("options", "values", "becomes", "status"),
    [
        ({"conflict_strategy": "keep-remote"}, (1, 2), 1, "synced"),
        ({"conflict_strategy": "keep-local"}, (1, 2), 2, "synced"),
        ({"conflict_strategy": "manual"}, (1, 2), 2, "conflict"),
        ({"conflict_strategy": "merge"}, (145, 155), 150, "synced"),
        ({"priority": "low"}, (1, 2), 1, "synced"),
        ({"priority": "high"}, (1, 2), 2, "conflict"),
    ],
)
def test_the_options_of_a_key_settle_it_on_every_device(
    options: Any, values: Any, becomes: int, status: str
) -> None:
    two = Two()
    one, other = two.both(**options)
    one.set(150)
    two.town.settle()
    two.clash(one, other, values)
    assert (one.value, other.value, one.sync_status, other.sync_status) == (
        becomes,
        becomes,
        status,
        status,
    )
    assert not one.problem
    plain = [ServerSync("soap", 0, space=space) for space in two.spaces]
    two.clash(plain[0], plain[1], (1, 2))
    assert plain[0].value == 2, "another key is as the space has it"


def test_what_is_declared_offline_holds_for_what_was_written_after_it() -> None:
    two = Two()
    two.town.go_offline()
    one, other = (
        ServerSync("towels", 0, {"conflict_strategy": "keep-remote"}, space=space)
        for space in two.spaces
    )
    one.set(1)
    other.set(2)
    for device in two.devices:
        meet(two.town, device)
    assert (one.value, other.value, one.problem, other.problem) == (1, 1, "", "")


def test_declare_1_what_holds_already_is_not_written_again() -> None:
    two = Two()
    two.both(conflict_strategy="manual")
    before = entries(two.spaces[0])
    two.both(conflict_strategy="manual")
    two.both()
    two.both("soap")
    assert entries(two.spaces[0]) == before
    two.both(conflict_strategy="merge", policy_version=2)
    assert entries(two.spaces[0]) == before + 1, "a new edition once"
    [old, _] = two.both(conflict_strategy="manual")
    assert (old.problem, old.policy.strategy) == ("", "merge"), "what an older build says is past"
    assert entries(two.spaces[0]) == before + 1


def test_declare_2_a_contradiction_that_is_known_is_an_error_at_once() -> None:
    two = Two()
    two.both(conflict_strategy="manual")
    with pytest.raises(UsageError, match=r"'manual' in version 1.*higher policy_version"):
        two.both(conflict_strategy="merge")
    with pytest.raises(UsageError):
        two.both(conflict_strategy="manual", conflict_window_ms=5)


def test_declare_2_a_contradiction_that_turns_out_later_has_one_winner_and_is_told() -> None:
    two = Two()
    told: list[str] = []
    two.town.go_offline()
    one = ServerSync("towels", 0, {"conflict_strategy": "keep-remote"}, space=two.spaces[0])
    late = {"conflict_strategy": "keep-local", "on_problem": told.append}
    other = ServerSync("towels", 0, late, space=two.spaces[1])
    one.set(1)
    other.set(2)
    assert (other.problem, other.policy.strategy) == ("", "keep-local")
    for device in two.devices:
        meet(two.town, device)
    assert [each.policy.strategy for each in (one, other)] == ["keep-remote"] * 2
    assert (one.value, other.value) == (1, 1), "decided by the policy that holds"
    assert one.problem == ""
    assert "'keep-remote' in version 1" in other.problem
    assert told == [other.problem]


def test_declare_2_who_may_not_declare_is_told_and_can_work() -> None:
    grants = {"towels": Grant(write=ALL, adds=True), POLICIES: Grant()}
    roles = {
        "maid": Role(title="Maid", grants=grants),
        "owner": Role(title="Owner", grants={"*": EVERYTHING}),
    }
    two = Two(Schema(roles=roles), "maid", "owner")
    told: list[str] = []
    options = {"conflict_strategy": "keep-remote", "on_problem": told.append}
    maid = ServerSync("towels", 0, options, space=two.spaces[0])
    assert "Maid may not add" in maid.problem
    assert told == [maid.problem], "also of what is refused at once"
    owner = ServerSync("towels", 0, {"conflict_strategy": "keep-remote"}, space=two.spaces[1])
    two.town.settle()
    assert (owner.problem, maid.policy.strategy) == ("", "keep-remote")
    assert (maid.problem, told[1:]) == ("", [""]), "it holds meanwhile"
    owner.set(5)
    two.town.settle()
    two.clash(maid, owner, (1, 2))
    assert (maid.value, owner.value) == (1, 1)
    again = ServerSync("towels", 0, {"conflict_strategy": "keep-remote"}, space=two.spaces[0])
    assert again.problem == "", "somebody who may has declared it"


def test_declare_2_what_somebody_takes_back_is_told() -> None:
    two = Two()
    one, _ = two.both(conflict_strategy="manual")
    two.spaces[1].run("", lambda draft: draft.delete(POLICIES, "towels"))
    two.town.settle()
    assert "was not taken" in one.problem
    assert one.policy.strategy == "last-write-wins"


def test_a_policy_waits_until_the_space_is_loaded() -> None:
    town = Town()
    device = town.device()
    space = device.open("desk", schema=town.schema, start=False)
    assert not space.is_ready
    one = ServerSync("towels", 0, {"conflict_strategy": "manual"}, space=space)
    assert one.problem == ""
    device.hosts[-1].start()
    town.settle()
    assert one.policy.strategy == "manual"
    tab = device.open("second", schema=town.schema, start=False)
    told: list[str] = []
    late = {"conflict_strategy": "merge", "on_problem": told.append}
    ServerSync("towels", 0, late, space=tab)
    device.hosts[-1].start()
    town.settle()
    [words] = told
    assert "'manual' in version 1" in words


@pytest.mark.parametrize(
    "wrong",
    [
        {"conflict_strategy": "manuel"},
        {"conflict_strategy": "custom"},
        {"conflict_window_ms": 0},
        {"conflict_window_ms": 1.5},
        {"conflict_window_ms": 3_600_001},
        {"priority": "highest"},
        {"priority": ["high"]},
        {"policy_version": 0},
        {"policy_version": 2**60},
        {"policy_version": True},
        {"max_queue_size": 0},
    ],
)
def test_what_cannot_be_is_refused_before_it_is_declared(wrong: dict[str, Any]) -> None:
    two = Two()
    with pytest.raises(UsageError):
        ServerSync("towels", 0, wrong, space=two.spaces[0])
    assert entries(two.spaces[0]) == 0


def test_how_declarations_are_settled_is_declared_by_none() -> None:
    two = Two()
    said = {"id": POLICIES, "strategy": "first-write-wins", "version": 1}
    Collection(POLICIES, space=two.spaces[0]).create(said)
    view = two.spaces[0].tab.replica.view
    assert rule_of(view, POLICIES, "strategy").strategy == "keep-local"
    with pytest.raises(UsageError, match="its schema says so"):
        ServerSync(POLICIES, 0, {"conflict_strategy": "manual"}, space=two.spaces[1])
