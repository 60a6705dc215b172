"""Conflicts as an application sees them: listed, resolved once for all, put aside, on devices that
were apart and on tabs of one device."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import CollectionSchema, Field, Refused, Schema, Space, Unknown, UsageError
from pysync.errors import InvalidValue
from pysync.machines.batches import parse_batch
from pysync.model.change import Change
from pysync.model.conflict import Conflict
from pysync.model.policy import HIGH, STALE_MS
from tests.pysync.house import House, note, put
from tests.pysync.relay.town import Town
from tests.pysync.rig import Device, outcome

pytestmark = pytest.mark.req("SRV-07", "SRV-09")

ASKS = Schema(
    collections={
        "notes": CollectionSchema(
            name="notes",
            fields={
                "email": Field(types=(str,), strategy="manual"),
                "doc": Field(kind="object"),
                "list": Field(strategy="manual"),
                "plain": Field(strategy="last-write-wins"),
            },
            groups=(("room", "from"),),
            policy=HIGH,
        )
    }
)


class Two:
    """Two devices that wrote the same while they were apart."""

    def __init__(self, first: dict[str, Any], *writes: dict[str, Any]) -> None:
        self.town = Town(ASKS)
        self.devices = [self.town.device() for _ in range(2)]
        self.one = self.town.open(self.devices[0], "one")
        self.two = self.town.open(self.devices[1], "two")
        self.one.run("First", put(**first), author="zoe")
        self.town.settle()
        self.apart()
        for space, author, fields in zip((self.one, self.two), "ab", writes, strict=False):
            space.run("", put(**fields), author=author, atomic=False)
        self.town.go_online()

    def apart(self) -> None:
        self.town.go_offline()
        self.town.settle()

    @property
    def conflict(self) -> Conflict:
        """The one that waits, which is the same on both."""
        [conflict] = self.one.conflicts()
        assert self.two.conflicts() == [conflict]
        return conflict


def test_a_conflict_waits_on_every_device_with_both_values_and_the_one_before() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    conflict = two.conflict
    assert (conflict.status, conflict.strategy, conflict.register) == ("open", "manual", "email")
    assert {c.value: c.mark.author for c in (conflict.shown, conflict.other)} == {
        "a@x": "a",
        "b@x": "b",
    }
    assert two.one.status().conflicts == two.two.status().conflicts == 1
    for space, mine in ((two.one, "a@x"), (two.two, "b@x")):
        assert space.sides(conflict)[0].value == mine
        assert note(space)["email"] == conflict.shown.value
        before = outcome(space.ancestor(conflict))
        assert (before.value, before.mark.author) == ("x@x", "zoe")
    assert two.one.conflicts(record=("notes", "n")) == [conflict]
    assert two.one.conflicts(record=("notes", "other")) == []


def test_where_nothing_was_before_that_is_known_too() -> None:
    two = Two({"plain": 0}, {"email": "a@x"}, {"email": "b@x"})
    before = outcome(two.two.ancestor(two.conflict))
    assert (before.value, before.mark.tab) == (None, "")


@pytest.mark.parametrize(
    ("way", "value", "becomes"),
    [("keep-local", None, "a@x"), ("keep-remote", None, "b@x"), ("manual", "c@x", "c@x")],
)
def test_one_resolution_reaches_all_tabs_and_devices(way: Any, value: Any, becomes: str) -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    beside = two.town.open(two.devices[0], "beside")
    receipt = two.one.resolve(two.conflict.id, way, value, author="zoe")
    assert two.one.conflicts() == [], "at once, before it is decided"
    two.town.settle()
    outcome(receipt.acknowledged())
    for space in (two.one, two.two, beside, two.town.open(two.town.device(), "late")):
        assert space.conflicts() == []
        assert note(space)["email"] == becomes
        assert [c.status for c in space.conflicts(settled=True)] == ["resolved"]
    assert outcome(two.two.history("notes", "n"))[-1].author == "zoe"


def test_reduce_4_of_two_who_resolve_apart_the_first_counts_and_the_other_is_told() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    conflict = two.conflict
    two.apart()
    two.one.resolve(conflict.id, "keep-local")
    two.two.resolve(conflict.id, "manual", "mine@x")
    two.town.settle()
    for space in (two.one, two.two):
        assert space.conflicts() == [], "offline it is settled at once as well"
        with pytest.raises(Refused) as twice:
            space.resolve(conflict.id, "keep-remote")
        assert twice.value.code == "settled"
    two.town.go_online()
    assert note(two.one) == note(two.two) == {"email": "a@x"}
    [letter] = two.two.dead_letters
    assert (letter.code, letter.change.ops[0].fields) == ("settled", {"email": "mine@x"})
    assert two.one.dead_letters == []
    for space in (two.one, two.two):
        assert (space.conflicts(), len(space.conflicts(settled=True))) == ([], 1)


def test_a_resolution_that_did_not_see_the_newest_value_leaves_the_conflict_open() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    two.apart()
    two.one.run("", put(email="new@x"))
    two.two.resolve(two.conflict.id, "keep-local")
    two.town.settle()
    two.town.lines[0].host.report(two.one.tab.relayed.hurry)
    two.town.go_online()
    assert note(two.one) == note(two.two) == {"email": "new@x"}
    assert two.conflict.status == "open"
    assert [letter.code for letter in two.two.dead_letters] == ["settled"]


def test_one_answer_settles_everything_that_was_in_conflict_about_the_same() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    two.apart()
    two.one.run("", put(email="c@x"))
    two.two.run("", put(email="d@x"))
    two.town.go_online()
    assert len(two.one.conflicts()) == 2
    two.two.resolve(two.two.conflicts()[0].id, "manual", "all@x")
    two.town.settle()
    assert two.one.conflicts() == two.two.conflicts() == []
    assert note(two.one) == {"email": "all@x"}


def test_fields_that_go_together_are_resolved_together_and_several_in_one_change() -> None:
    two = Two(
        {"room": "1", "from": 1, "email": "x@x"},
        {"room": "2", "email": "a@x"},
        {"from": 9, "email": "b@x"},
    )
    by_register = {conflict.register: conflict.id for conflict in two.one.conflicts()}
    assert set(by_register) == {"room", "email"}
    group = two.one.conflict(by_register["room"])
    before = outcome(two.one.ancestor(group))
    assert before.value == {"room": "1", "from": 1}
    assert two.one.merged(group, before.value) == {"room": "2", "from": 9}
    with pytest.raises(InvalidValue):
        two.one.settle({by_register["room"]: {"room": "2", "from": 9}, by_register["email"]: 7})
    assert len(two.one.conflicts()) == 2, "all or none"
    with pytest.raises(UsageError, match="together"):
        two.one.resolve(by_register["room"], "manual", "2")
    two.one.settle({by_register["room"]: {"room": "2", "from": 9}, by_register["email"]: "c@x"})
    two.town.settle()
    assert note(two.two) == {"room": "2", "from": 9, "email": "c@x"}
    assert two.two.conflicts() == []


def test_merge_takes_both_or_says_that_it_cannot() -> None:
    two = Two({"list": ["x"]}, {"list": ["x", "a"]}, {"list": ["x", "b"]})
    two.one.resolve(two.conflict.id, "merge")
    two.town.settle()
    assert sorted(note(two.two)["list"]) == ["a", "b", "x"]
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    with pytest.raises(Refused) as refused:
        two.one.resolve(two.conflict.id, "merge")
    assert refused.value.code == "no-merge"
    assert two.conflict.status == "open"


def test_a_leaf_inside_a_field_is_resolved_by_itself() -> None:
    two = Two({"doc": {"k": 1, "l": 1}}, {"doc": {"k": 2, "l": 1}}, {"doc": {"k": 3, "l": 1}})
    assert two.conflict.register == "doc/k"
    two.two.resolve(two.conflict.id, "keep-remote")
    two.town.settle()
    assert note(two.one)["doc"] == note(two.two)["doc"] == {"k": 2, "l": 1}
    assert two.one.conflicts() == []


def test_what_a_rule_settled_can_be_settled_otherwise_one_call_away() -> None:
    two = Two({"plain": 0}, {"plain": 1}, {"plain": 2})
    assert two.one.conflicts() == []
    [conflict] = two.one.conflicts(settled=True)
    assert conflict.status == "auto"
    two.one.resolve(conflict.id, "manual", conflict.other.value)
    two.town.settle()
    assert note(two.two) == {"plain": conflict.other.value}
    assert [c.status for c in two.two.conflicts(settled=True)] == ["resolved"]


def test_what_cannot_be_resolved_is_said() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    with pytest.raises(Unknown):
        two.one.resolve("nobody.1:0", "keep-local")
    with pytest.raises(UsageError, match="keep-local, keep-remote, merge, manual"):
        two.one.resolve(two.conflict.id, "newest")  # type: ignore[arg-type]
    two.one.run("", lambda draft: draft.delete("notes", "n"))
    two.town.settle()
    assert two.one.conflicts() == two.two.conflicts() == [], "of a record that is gone"


def test_a_record_that_was_deleted_and_edited_is_not_resolved_by_value() -> None:
    two = Two({"email": "x@x"})
    two.apart()
    two.one.run("", lambda draft: draft.delete("notes", "n"), atomic=False)
    two.two.run("", put(email="b@x"), atomic=False)
    two.town.go_online()
    [conflict] = two.one.conflicts(settled=True)
    with pytest.raises(UsageError, match="history"):
        two.one.resolve(conflict.id, "keep-local")


def test_ignoring_is_for_now_and_for_the_open_tabs_of_the_device() -> None:
    two = Two({"email": "x@x"}, {"email": "a@x"}, {"email": "b@x"})
    beside = two.town.open(two.devices[0], "beside")
    conflict = two.conflict
    two.one.ignore(conflict.id)
    two.town.settle()
    for space in (two.one, beside):
        assert space.ignored == {conflict.id}
        assert space.conflicts() == [conflict], "it stays listed"
    assert two.two.ignored == two.town.open(two.devices[0], "later").ignored == frozenset()
    beside.ignore(conflict.id, ignored=False)
    two.town.settle()
    assert two.one.ignored == frozenset()
    with pytest.raises(Unknown):
        two.one.ignore("nobody.1:0")


def test_listeners_are_told_when_other_conflicts_wait_and_of_nothing_else() -> None:
    two = Two({"email": "x@x"})
    told: dict[str, list[list[str]]] = {"one": [], "two": []}
    for name, space in (("one", two.one), ("two", two.two)):
        space.on_conflicts(lambda waiting, name=name: told[name].append([c.id for c in waiting]))
    two.one.run("", put(plain=1))
    two.town.settle()
    assert told == {"one": [], "two": []}
    two.apart()
    two.one.run("", put(email="a@x"))
    two.two.run("", put(email="b@x"))
    two.town.go_online()
    id_ = two.conflict.id
    assert told == {"one": [[id_]], "two": [[id_]]}
    two.one.ignore(id_)
    two.two.resolve(id_, "keep-local")
    two.town.settle()
    assert told == {"one": [[id_], [id_], []], "two": [[id_], []]}


@pytest.mark.req("TAB-05")
def test_two_tabs_of_one_device_that_decides_alone_have_conflicts_too() -> None:
    house = House(ASKS)
    house.one.run("", put(email="x@x"))
    house.settle()
    house.one.run("", put(email="a@x"), atomic=False)
    house.two.run("", put(email="b@x"), atomic=False)
    house.settle()
    [conflict] = house.two.conflicts()
    house.two.resolve(conflict.id, "keep-local")
    house.settle()
    assert (house.one.conflicts(), house.two.conflicts()) == ([], [])
    assert note(house.one) == note(house.two)


# -- staleness ------------------------------------------------------------------------------------


def newest(space: Space) -> Change:
    """The last change that this tab made."""
    return max(
        (entry.change for entry in space.tab.replica.pending.values()), key=lambda c: c.mark.n
    )


@pytest.mark.parametrize(("away_ms", "stale"), [(STALE_MS - 60_000, False), (STALE_MS + 1, True)])
def test_who_was_out_of_touch_with_the_relay_for_long_says_so(away_ms: float, stale: bool) -> None:
    town = Town()
    device = town.device()
    leader, follower = town.open(device, "leader"), town.open(device, "follower")
    device.ms += 10 * STALE_MS
    town.go_offline()
    town.settle()
    device.ms += away_ms
    for space in (leader, follower):
        space.run("", put(**{space.tab_id: 1}), atomic=False)
        assert newest(space).meta.stale is stale
    town.go_online()
    for space in (leader, follower):
        assert newest_sent(town).get(space.tab_id) is stale
        space.run("", put(**{space.tab_id: 2}), atomic=False)
        assert newest(space).meta.stale is False, "back in touch"


def newest_sent(town: Town) -> dict[str, bool]:
    """Whether the changes in the relay's log say that their authors were out of touch, by tab."""
    changes = [c for row in town.relay.log for c in parse_batch(row.text, town.schema).changes]
    return {change.mark.tab: change.meta.stale for change in changes}


def test_a_tab_that_opens_offline_knows_what_its_store_knows() -> None:
    town = Town()
    device = town.device()
    town.open(device, "desk").run("", put(a=1))
    town.settle()
    town.go_offline()
    device.ms += STALE_MS + 1_000
    late = town.open(device, "late")
    late.run("", put(a=2))
    assert newest(late).meta.stale


def test_a_device_that_decides_alone_is_never_out_of_touch() -> None:
    device = Device()
    space = device.open()
    device.settle()
    device.ms += 10 * STALE_MS
    said = len(device.said)
    space.run("", put(a=1), atomic=False)
    assert '"o"' not in "".join(device.said[said:])
