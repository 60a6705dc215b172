"""Who made a change, and what they may do, in devices of one relay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pysync import Draft, Refused
from pysync.machines.batches import encode_batch
from pysync.machines.relay_frames import HELLO, PUSH, REFUSE, REJECT, WELCOME, encode_frame
from pysync.model.change import SET, Change, Meta, Op
from pysync.model.rights import NOT_PERMITTED
from pysync.model.roles import EVERYTHING, Grant, Person, Role, only
from pysync.model.schema import Schema
from pysync.relay.guest import Guest
from pysync.space import Space
from tests.pysync.kit import WALL, mark
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.town import Town
from tests.pysync.rig import outcome

ROLES = {
    "owner": Role(title="Owner", grants={"*": EVERYTHING}),
    "maid": Role(title="Maid", grants={"*": Grant(), "rooms": Grant(write=only("clean"))}),
    "viewer": Role(title="Viewer", grants={"*": Grant()}),
}
ADA, ANNA, BOB = Person("Ada", "owner"), Person("Anna", "maid"), Person("Bob", "owner")


def house() -> Town:
    return Town(Schema(roles=ROLES))


def room(space: Space) -> dict[str, object]:
    return dict(space.view.get("rooms", "1") or {})


def make(draft: Draft) -> None:
    draft.create("rooms", {"id": "1", "clean": False, "rate": 90})


def say(**fields: object) -> Callable[[Draft], None]:
    return lambda draft: draft.update("rooms", "1", fields)


@pytest.mark.req("SRV-03", "SRV-10")
def test_who_1_a_change_is_by_whoever_is_signed_in() -> None:
    town = house()
    device = town.device(ADA)
    desk, second = town.open(device, "desk"), town.open(device, "second")
    desk.run("Make", make, author="a program")
    town.settle()
    second.run("Clean", say(clean=True))
    town.settle()
    tablet = town.open(town.device(ANNA), "tablet")
    versions = outcome(tablet.history("rooms", "1"))
    assert [version.author for version in versions] == ["Ada", "Ada"]
    assert second.status().person == ADA, "every tab of the device knows"
    assert tablet.status().person == ANNA


@pytest.mark.req("SRV-17")
def test_the_relay_does_not_believe_an_author() -> None:
    relay = RelayRig(Schema(roles=ROLES))
    relay.machine.came("a", ADA)
    relay.hello("a")
    assert relay.answers("a", WELCOME)[0][0]["person"] == ["Ada", "owner"]
    op = Op(SET, "c", "t1", {"f": 2}, "t.1")
    forged = encode_batch("t", [Change(mark("t", 2), (op,), Meta(author="Bob"))], WALL)
    own = encode_batch("t", [Change(mark("t", 3), (op,), Meta(author="Ada"))], WALL)
    relay.push("a", batch("t", 1), forged, own)
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1", "t.3"], "an author may stay unnamed"
    assert [answer[:2] for answer in relay.answers("a", REJECT)] == [["t.2", "author"]]


def test_who_2_what_one_person_made_waits_for_them_and_holds_up_nobody() -> None:
    town = house()
    device = town.device(ADA)
    desk = town.open(device, "desk")
    desk.run("Make", make)
    town.settle()
    town.go_offline()
    desk.run("By Ada", say(rate=100))
    town.sign_in(device, BOB)
    town.go_online()
    desk.run("By Bob", say(clean=True))
    town.settle()
    other = town.open(town.device(ADA), "other")
    assert (room(other)["clean"], room(other)["rate"]) == (True, 90)
    assert (desk.status().pending, desk.status().waits_for) == (1, ("Ada",))
    assert room(desk)["rate"] == 100, "it is kept"
    town.go_offline()
    town.sign_in(device, ADA)
    town.go_online()
    assert room(other)["rate"] == 100
    assert (desk.status().pending, desk.status().waits_for) == (0, ())


@pytest.mark.req("SRV-17", "SRV-11")
def test_who_1_a_tab_says_at_once_what_its_person_may_not_do() -> None:
    town = house()
    town.open(town.device(ADA), "desk").run("Make", make)
    town.settle()
    tablet = town.open(town.device(ANNA), "tablet")
    with pytest.raises(Refused) as refused:
        tablet.run("Raise", say(rate=1))
    assert refused.value.code == NOT_PERMITTED
    assert "Maid may not change rate of rooms" in str(refused.value)
    assert (room(tablet)["rate"], tablet.status().pending) == (90, 0)
    tablet.run("Clean", say(clean=True))
    town.settle()
    assert len(town.relay.log) == 2


@pytest.mark.req("SRV-17", "SRV-11")
def test_a_right_that_was_lost_offline_refuses_what_was_queued_and_keeps_its_content() -> None:
    town = house()
    device = town.device(Person("Anna", "owner"))
    desk = town.open(device, "desk")
    desk.run("Make", make)
    town.settle()
    town.go_offline()
    desk.run("Raise", say(rate=200))
    desk.run("Clean", say(clean=True))
    town.sign_in(device, ANNA)
    town.go_online()
    other = town.open(town.device(ADA), "other")
    for space in (desk, other):
        assert (room(space)["rate"], room(space)["clean"]) == (90, True)
    (letter,) = desk.dead_letters
    assert (letter.code, letter.change.ops[0].fields) == (NOT_PERMITTED, {"rate": 200})


@pytest.mark.req("SRV-17", "SRV-18")
def test_rights_1_the_relay_decides_by_the_role_of_the_session_and_reports_a_refusal() -> None:
    relay = RelayRig(Schema(roles=ROLES))
    relay.machine.came("v", Person("Vera", "viewer"))
    relay.machine.came("a", ADA)
    relay.hello("v")
    relay.hello("a")
    relay.push("v", batch("t", 1, 1, 2))
    (denied,) = relay.denied
    assert (denied.conn, denied.count) == ("v", 2)
    assert denied.message.startswith("Viewer may not add c")
    relay.push("a", batch("s", 1))
    relay.commit()
    assert "not-permitted" in relay.log[0].special
    assert (relay.log[1].batch, relay.log[1].special) == ("s.1", "")


@pytest.mark.req("SRV-17")
def test_who_may_read_something_else_takes_the_state_anew_and_loses_nothing_of_their_own() -> None:
    """What may no longer be seen is evicted, also from what is stored; what waits is kept."""
    half = Role(title="Half", grants={"rooms": Grant(read=only("clean"), write=only("clean"))})
    town = Town(Schema(roles={**ROLES, "half": half}))
    device = town.device(ADA)
    desk = town.open(device, "desk")
    desk.run("Make", make)
    desk.run("Other", lambda draft: draft.create("vault", {"id": "1", "gold": "SECRET"}))
    town.settle()
    town.go_offline()
    town.sign_in(device, Person("Ada", "half"))
    desk.run("Clean", say(clean=True))
    town.go_online()
    assert desk.status().relay == "online"
    assert room(desk) == {"id": "1", "clean": True}
    assert desk.view.get("vault", "1") is None
    assert desk.status().person == Person("Ada", "half")
    assert all("gold" not in str(v.record) for v in outcome(desk.history("vault", "1")))
    second = town.open(device, "second")
    assert room(second) == {"id": "1", "clean": True}
    other = town.open(town.device(BOB), "other")
    assert room(other) == {"id": "1", "clean": True, "rate": 90}
    other.run("Raise", say(rate=100))
    town.settle()
    assert room(desk) == {"id": "1", "clean": True}
    town.go_offline()
    town.sign_in(device, ADA)
    town.go_online()
    assert (room(desk)["rate"], desk.view.get("vault", "1") is not None) == (100, True)


@pytest.mark.req("SRV-17")
@pytest.mark.parametrize("first", [{"protocol": 99}, {"cursor": ["elsewhere", 1]}])
def test_after_a_refusal_nothing_more_is_heard_on_a_connection(first: dict[str, object]) -> None:
    relay = RelayRig(Schema(roles=ROLES))
    relay.machine.came("c", Person("Vera", "viewer"))
    facts = {"device": "d", "life": "l", "protocol": 1, "schema": 1, "cursor": None, **first}
    relay.hear("c", encode_frame(HELLO, facts))
    assert len(relay.answers("c", REFUSE)) == 1
    relay.hello("c")
    relay.push("c", batch("t", 1))
    relay.commit()
    assert (relay.log, relay.answers("c", WELCOME)) == ([], [])
    relay.machine.left("c")
    relay.machine.came("c", ADA)
    relay.hello("c")
    relay.push("c", batch("t", 1))
    relay.commit()
    assert len(relay.log) == 1, "a later connection of that name is another one"


@pytest.mark.req("SRV-26")
def test_what_quotes_half_a_pair_of_surrogates_can_be_sent_and_stops_nobody() -> None:
    relay = RelayRig()
    relay.hello("c")
    key = "\\ud800" * 300
    bad = f'[1,"state-update","v",1,[1,[[0,0,[["=","{key}","r",{{}},""]]]]]]'
    relay.hear("c", encode_frame(PUSH, 0, lines=[bad, batch("t", 1).text]))
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1"]
    for sent in relay.sent["c"]:
        sent.text.encode()
    assert len(relay.answers("c", REJECT)) == 1


def test_only_who_brings_something_founds_records() -> None:
    """A founder's records are believed: nobody passes for one by a name."""
    batch_of_one = batch("~x", 1)
    who = Person("Ada", "manager")
    assert not Guest("d", "l", person=who).may_author(batch_of_one)
    assert not Guest("d", "l").may_author(batch_of_one)
    assert Guest("d", "l", person=who, joins=True).may_author(batch_of_one)
