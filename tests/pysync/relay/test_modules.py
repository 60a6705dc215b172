"""A device that leaves modules out: what it is sent, holds and may do, and how they come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pysync import Draft, Refused, Unknown
from pysync.errors import UsageError
from pysync.machines.entries import read_entry
from pysync.machines.relay_frames import ENTRIES, HELLO, PROBLEM, WELCOME, Heard, encode_frame
from pysync.model.rights import NOT_KEPT, NOT_PERMITTED, rights_of, sees_of
from pysync.model.roles import Person
from pysync.model.schema import Schema
from pysync.space import Space
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.test_people import ANNA, BOB, ROLES
from tests.pysync.relay.town import Town
from tests.pysync.rig import outcome

pytestmark = pytest.mark.req("SRV-13", "SRV-29")

MODULES = {"guests": "people", "letters": "people", "stock-*": "stock"}
SCHEMA = Schema(modules=MODULES)


def add(key: str, rid: str, **fields: object) -> Callable[[Draft], None]:
    return lambda draft: draft.create(key, {"id": rid, **fields})


class Inn(Town):
    """A desk that keeps everything, and a phone; each has one tab."""

    def __init__(self, schema: Schema = SCHEMA, person: Person | None = None) -> None:
        super().__init__(schema)
        self.desk = self.open(self.device(person), "desk")
        self.phone = self.open(self.device(person), "phone")
        self.desk.run("", add("guests", "g", name="Ada"))
        self.desk.run("", add("stock-bar", "s", left=5))
        self.desk.run("", add("rooms", "r", name="1"))
        self.settle()

    def knows(self, space: Space) -> set[str]:
        return {key for key, cells in space.tab.replica.view.cells.items() if cells}

    def told_since(self, space: Space, before: int) -> str:
        """What the relay has sent on the phone's connections, behind that many frames."""
        return "\n".join(self.sent_to(space)[before:])

    def sent_to(self, space: Space) -> list[str]:
        conns = [conn for conn in self.relay.sent if conn.startswith(space.tab.id)]
        return [sent.text for conn in conns for sent in self.relay.sent[conn]]


def test_a_module_that_is_left_out_goes_from_the_device_and_from_the_wire() -> None:
    inn = Inn()
    assert inn.knows(inn.phone) == {"guests", "stock-bar", "rooms"}
    inn.phone.leave_out(["people"])
    inn.settle()
    assert inn.knows(inn.phone) == {"stock-bar", "rooms"}
    assert inn.phone.status().relay == "online"
    before = len(inn.sent_to(inn.phone))
    inn.desk.run("", add("guests", "h", name="Grace"))
    inn.desk.run("", add("letters", "l", text="Dear Grace"))
    inn.desk.run("", add("rooms", "q", name="2"))
    inn.settle()
    assert inn.phone.view.get("rooms", "q") is not None
    assert "Grace" not in inn.told_since(inn.phone, before)
    assert inn.knows(inn.desk) == {"guests", "letters", "stock-bar", "rooms"}, "nothing is deleted"
    inn.phone.leave_out([])
    inn.settle()
    assert dict(inn.phone.view.get("letters", "l") or {})["text"] == "Dear Grace"
    assert inn.phone.status().divergences == 0


def test_rights_2_what_is_left_out_cannot_be_changed_here_and_says_why() -> None:
    inn = Inn()
    inn.phone.leave_out(["stock"])
    with pytest.raises(Refused, match="This device does not keep stock") as refused:
        inn.phone.run("", add("stock-bar", "t", left=1))
    assert refused.value.code == NOT_KEPT
    inn.go_offline()
    with pytest.raises(Refused, match="does not keep stock"):
        inn.phone.run("", add("stock-kitchen", "t", left=1))
    inn.phone.run("", add("rooms", "p", name="3"))


@pytest.mark.parametrize("stored", [False, True], ids=["log", "snapshot"])
def test_what_was_changed_in_a_module_before_it_was_left_out_is_sent_and_does_not_stay(
    stored: bool,
) -> None:
    """PROJECT-3: also where the relay's state is older than what the device hears of itself."""
    inn = Inn()
    if stored:
        inn.pass_time(5_000)
    second = inn.open(inn.devices[1], "second")
    second.leave_out(["people", "stock"])
    inn.go_offline()
    inn.phone.run("", lambda d: d.update("guests", "g", {"name": "Ada L."}))
    waits = inn.phone.run("", lambda d: d.update("stock-bar", "s", {"left": 4}))
    inn.phone.leave_out(["people", "stock"])
    inn.go_online()
    later = inn.open(inn.devices[1], "later")
    assert [inn.knows(tab) for tab in (inn.phone, second, later)] == [{"rooms"}] * 3
    assert dict(inn.desk.view.get("guests", "g") or {})["name"] == "Ada L."
    assert inn.phone.status().pending == 0
    assert outcome(waits.acknowledged()) is None
    inn.pass_time(31_000)
    inn.pass_time(31_000)
    assert inn.phone.status().divergences == 0


def test_what_is_refused_in_a_module_that_is_left_out_is_still_told_with_its_content() -> None:
    inn = Inn(replace(SCHEMA, roles=ROLES), BOB)
    inn.go_offline()
    inn.phone.run("", lambda d: d.update("guests", "g", {"name": "Ada L."}))
    inn.phone.leave_out(["people"])
    inn.sign_in(inn.devices[1], BOB._replace(role="viewer"))
    inn.go_online()
    (letter,) = inn.phone.dead_letters
    assert letter.code == NOT_PERMITTED
    assert letter.change.ops[0].fields == {"name": "Ada L."}
    later = inn.open(inn.devices[1], "later")
    inn.phone.close()
    assert [each.change.ops[0].fields for each in later.dead_letters] == [{"name": "Ada L."}]


def test_what_is_left_out_narrows_what_a_role_may_see_and_gives_nothing() -> None:
    schema = Schema(modules={**MODULES, "rooms": "house"}, roles=ROLES)
    maid, left = rights_of(schema, "maid"), rights_of(schema, "maid", ["house"])
    assert maid and left and maid.digest != left.digest
    assert maid.may_write("rooms", "clean") and not left.may_write("rooms", "clean")
    assert not left.knows("rooms") and left.knows("guests")
    assert left is rights_of(schema, "maid", ["house", "no such module"]), "one object for all"
    assert rights_of(SCHEMA, "", ["no such module"]) is None
    some = sees_of(SCHEMA, "", ["people"])
    assert some is not None and some.may_erase("rooms") and not some.may_erase("guests")
    inn = Inn(schema, ANNA._replace(role="owner"))
    inn.phone.leave_out(["house", "people"])
    inn.settle()
    assert inn.knows(inn.phone) == {"stock-bar"}


def test_a_leader_that_says_otherwise_is_believed() -> None:
    """Only the leader speaks with the relay: another tab that was not told brings all back."""
    inn = Inn()
    device = inn.devices[1]
    inn.phone.leave_out(["people"])
    inn.settle()
    second = inn.open(device, "second")
    assert inn.knows(second) == {"stock-bar", "rooms"}
    second.leave_out(["people"])
    inn.phone.close()
    inn.pass_time(60_000)
    assert second.status().is_leader
    assert second.status().relay == "online"
    assert inn.knows(second) == {"stock-bar", "rooms"}
    second.leave_out([])
    inn.settle()
    assert inn.knows(second) == {"guests", "stock-bar", "rooms"}


def test_without_a_relay_nothing_is_left_out() -> None:
    from pysync.native import open_space

    with open_space("alone-modules", schema=SCHEMA, leave_out=["people"]) as space:
        space.run("", add("guests", "g", name="Ada"))
        assert space.view.get("guests", "g") is not None


def test_bad_names_are_told_to_whoever_gives_them() -> None:
    inn = Inn()
    with pytest.raises(Unknown, match="no module 'rooms': there are people, stock"):
        inn.phone.leave_out(["rooms"])
    with pytest.raises(UsageError, match="needed on every device"):
        replace(SCHEMA, modules={"*": "all"}, settings=("settings", "hotel"))
    relay = RelayRig(SCHEMA)
    facts = {"protocol": 1, "schema": 1, "device": "d", "life": "l", "cursor": None}
    for bad in ("people", ["a"] * 65, [1], ["x" * 65], {}, ["a/b"]):
        relay.hear("c", encode_frame(HELLO, {**facts, "without": bad}))
    assert [sent.frame.type for sent in relay.sent["c"]] == [PROBLEM] * 6
    relay.hear("c", encode_frame(HELLO, {**facts, "without": ["nothing of ours"]}))
    assert relay.sent["c"][-1].frame.type == WELCOME
    relay.push("c", batch("t", 1))
    relay.commit()
    assert relay.sent["c"][-1].frame.type == ENTRIES


def test_an_entry_that_tells_less_than_the_devices_log_is_stored_as_it_was_told() -> None:
    """Another tab, or the next one, would else apply what the log holds."""
    own = batch("t", 1)
    own.key = 7
    less = batch("t", 1, rid="other")
    heard = Heard(1, 1, 0, own.id, less.text)
    assert read_entry(heard, own, SCHEMA).row(1, 7).frame == less.text
    assert read_entry(replace(heard, text=own.text), own, SCHEMA).row(1, 7).frame == ""
    assert read_entry(replace(heard, text=""), own, SCHEMA).row(1, 7).frame == ""


@pytest.mark.parametrize("name", ["Gäste", "food/drink", "x" * 65, "rooms, beds", ""])
def test_a_name_that_cannot_be_sent_is_no_module(name: str) -> None:
    with pytest.raises(UsageError, match="a module is called by"):
        Schema(modules={"guests": name})


def test_a_build_that_leaves_more_out_under_the_same_name_begins_anew() -> None:
    more = Schema(modules={**MODULES, "photos": "people"})
    less, now = sees_of(SCHEMA, "", ["people"]), sees_of(more, "", ["people"])
    assert less and now and less.digest != now.digest


def test_a_function_that_reads_what_is_left_out_is_decided_once() -> None:
    """On what its device shows, so it is not handed back again and again."""
    inn = Inn()
    inn.phone.leave_out(["people"])
    inn.settle()
    runs: list[int] = []

    def count(draft: Draft) -> None:
        runs.append(1)
        there = draft.get("guests", "g") is not None
        draft.update("rooms", "r", {"guests": int(there)})

    inn.phone.run("", count, rerun=True)
    for _ in range(5):
        inn.pass_time(1_000)
    assert runs == [1]
    assert dict(inn.desk.view.get("rooms", "r") or {})["guests"] == 0
    assert inn.phone.status().pending == 0
