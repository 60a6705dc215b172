"""What waits behind a batch on which the relay failed: the order on a record holds, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.machines.batches import Batch, encode_batch
from pysync.machines.relay_frames import PUSH, REJECT, Cursor, Hello, encode_frame
from pysync.model.change import CREATE, SET, Change, Op
from pysync.relay import behind
from pysync.relay.behind import Behind
from tests.pysync.kit import WALL, mark
from tests.pysync.relay.rig import EPOCH, RelayRig
from tests.pysync.relay.test_failing import Rules, Street

pytestmark = pytest.mark.req("SRV-05", "SRV-04")
LONG = "guest-0001"


def put(street: Street, rid: str, key: str = "c", **fields: Any) -> None:
    """A batch of its own: a record that is made, or changed."""
    there = street.desk.view.get(key, rid) is not None
    street.desk.run(
        f"{rid} {fields}",
        lambda d: d.update(key, rid, fields) if there else d.create(key, {"id": rid, **fields}),
    )
    street.town.settle()


def shown(street: Street, rid: str, key: str = "c") -> Any:
    """The record as the other device has it."""
    return dict(street.other.view.get(key, rid) or {})


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("mends", [False, True])
def test_behind_1_an_older_change_is_not_decided_behind_a_newer_one(
    at_once: bool, mends: bool
) -> None:
    """`at_once`: all of it is under way before the relay says that it failed."""
    street = Street()
    put(street, "r", f=1)
    if at_once:
        street.town.go_offline()
    put(street, "r", f=13)
    put(street, "r", f=2)
    put(street, "other", f=7)
    if at_once:
        street.town.go_online()
    assert shown(street, "other") == {"id": "other", "f": 7}, "it does not need it"
    assert shown(street, "r") == {"id": "r", "f": 1}
    assert street.desk.status().pending == 2
    put(street, "r", f=3)
    street.rules.broken = not mends
    street.wait(120)
    assert shown(street, "r") == dict(street.desk.view.get("c", "r") or {}) == {"id": "r", "f": 3}
    assert street.desk.status().pending == 0
    assert [letter.code for letter in street.desk.dead_letters] == ["failed"] * (not mends)
    assert street.desk.status().conflicts == 0


def test_behind_1_what_mentions_a_record_that_is_not_there_yet_waits() -> None:
    street = Street()
    put(street, LONG, f=13)
    put(street, "stay", "stays", guest=LONG)
    put(street, "room", "rooms", stay="stay")
    put(street, "stay", "stays", nights=2)
    assert shown(street, "room", "rooms"), "short ids stand for much else"
    assert shown(street, "stay", "stays") == {}
    street.rules.broken = False
    street.wait(10)
    names = [row.batch for row in street.town.relay.log]
    assert names == ["desk.3", "desk.1", "desk.2", "desk.4"]


def test_session_7_on_another_connection_it_is_sent_again_first() -> None:
    street = Street()
    put(street, "r", f=1)
    put(street, "r", f=13)
    put(street, "r", f=2)
    asked = street.rules.asked
    for line in street.town.lines:
        line.cut()
    street.town.go_online()
    assert street.rules.asked == asked + 1
    put(street, "r", f=3)
    assert shown(street, "r")["f"] == 1
    street.rules.broken = False
    street.wait(60)
    assert shown(street, "r")["f"] == 3
    assert not street.desk.dead_letters


def test_session_7_what_is_given_up_holds_up_nothing_and_each_of_two_its_own() -> None:
    street = Street(0)
    street.town.go_offline()
    for rid in ("r", "s"):
        put(street, rid, f=13)
        put(street, rid, g=1)
    street.town.go_online()
    street.wait(5)
    assert street.desk.status().pending == 0
    codes = sorted(letter.code for letter in street.desk.dead_letters)
    assert codes == ["failed", "failed", "missing", "missing"], "there is no such record"
    put(street, "t", f=1)
    assert shown(street, "t") == {"id": "t", "f": 1}


# -- the relay's half ------------------------------------------------------------------------------


def made(n: int, value: int) -> Batch:
    kind, base = (CREATE, "") if n == 1 else (SET, f"t.{n - 1}")
    op = Op(kind, "c", "r", {"f": value}, base)
    return encode_batch("t", [Change(mark("t", n), (op,))], WALL)


def pushed(rules: Rules, *batches: Batch, waits: bool) -> RelayRig:
    relay = RelayRig(rules.schema)
    hello = Hello(device="a", life="l", cursor=Cursor(EPOCH, 0), waits=waits)
    relay.hear("a", hello.encode())
    relay.push("a", *batches)
    relay.commit()
    return relay


def answers(relay: RelayRig) -> list[Any]:
    return [row[:2] for row in relay.answers("a", REJECT)]


def test_behind_1_a_device_that_does_not_wait_is_answered_as_ever() -> None:
    batches = made(1, 1), made(2, 13), made(3, 2)
    relay = pushed(Rules(), *batches, waits=False)
    assert answers(relay) == [["t.2", "failed"]]
    assert [row.batch for row in relay.log] == ["t.1", "t.3"]
    relay = pushed(Rules(), *batches, waits=True)
    assert answers(relay) == [["t.2", "failed"], ["t.3", "waits"]]
    assert [row.batch for row in relay.log] == ["t.1"]
    assert relay.answers("a", REJECT)[1][2] == "t.2", "it says for which"


def test_behind_1_what_is_given_up_is_named_without_a_place() -> None:
    relay = pushed(Rules(), made(1, 1), made(2, 13), made(3, 2), waits=True)
    relay.push("a", made(3, 2))
    assert answers(relay)[-1] == ["t.3", "waits"]
    relay.hear("a", encode_frame(PUSH, 0, [], {"t.2": []}, lines=[made(3, 2).text]))
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1", "t.3"]


def test_behind_2_what_is_held_is_bounded_and_ends_with_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relay = pushed(Rules(), made(1, 1), made(2, 13), waits=True)
    relay.machine.left("a")
    relay.hello("b", device="a")
    relay.push("b", made(3, 2))
    relay.commit()
    assert [row.batch for row in relay.log] == ["t.1", "t.3"]
    monkeypatch.setattr(behind, "MOST_HELD", 1)
    held = Behind(waits=True)
    one, other = (encode_batch("u", [Change(mark("u", n), (Op(SET, "c", f"{n}", {"f": 1}, ""),))],
                               WALL) for n in (1, 2))  # fmt: skip
    held.hold(one.text)
    held.hold(other.text)
    again = [each.text.replace('"u"', '"v"') for each in (one, other)]
    assert [held.first(text, ()) for text in again] == ["u.1", ""]
    assert held.first(again[0], ["u.1"]) == ""
