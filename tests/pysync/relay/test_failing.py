"""The application's own functions fail at the relay: it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pysync.machines import pushing
from pysync.machines.batches import Batch, encode_batch
from pysync.machines.relay_frames import REJECT
from pysync.model.change import CREATE, Change, Op, Ref
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync.model.ordinary import FIELDS, RETRIES
from pysync.model.schema import CollectionSchema, Schema
from tests.pysync.kit import WALL, mark
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.town import Town


def share(record: Record) -> tuple[float]:
    """An index that did not think of zero."""
    return (1 / record["f"],)


def look(_: View, after: View, _change: object, _refs: object) -> Verdict:
    """A rule that reads by the index."""
    after.find("c", "share", 1)
    return None


SCHEMA = Schema(
    collections={"c": CollectionSchema(name="c", indexes={"share": share})},
    guards=(Guard("look", frozenset({"d"}), look, lambda *_: ()),),
)


def watched(n: int) -> Batch:
    """A change on which the rule looks."""
    op = Op(CREATE, "d", f"d{n}", {"f": 1})
    return encode_batch("t", [Change(mark("t", n), (op,))], WALL)


@pytest.mark.req("SRV-04", "SRV-05")
def test_total_1_at_the_relay_too_a_record_that_an_index_fails_on_holds_up_nothing() -> None:
    """RELAY-4: the device would else push it again for ever, with all that stands behind it."""
    relay = RelayRig(SCHEMA)
    relay.hello("a")
    for each in (watched(1), batch("t", 2, 0), batch("t", 3, 7), watched(4)):
        relay.push("a", each)
        relay.commit()
    assert [row.batch for row in relay.log] == ["t.1", "t.2", "t.3", "t.4"]
    relay.restart()
    assert relay.machine.seq == 4


class Rules:
    """The schema at the relay, a newer one than the devices have: a rule of it amends records in a
    way that nothing can store, for as long as it is `broken`."""

    def __init__(self) -> None:
        self.broken = True
        self.asked = 0
        settings = CollectionSchema(name="settings", fields=FIELDS)
        place = ("settings", "s")
        self.devices = Schema(collections={"settings": settings}, settings=place)
        rule = Guard("newer", frozenset({"c"}), self.check, lambda *_: ())
        self.schema = replace(self.devices, guards=(rule,))

    def check(self, _: View, after: View, _change: object, refs: frozenset[Ref]) -> Verdict:
        [ref] = refs
        if (after.get(*ref) or {}).get("f") != 13:
            return None
        self.asked += 1
        return Amend("odd", {ref: {"g": Secret()}}) if self.broken else None


class Secret:
    """What nothing can store, and nobody may see."""

    def __repr__(self) -> str:
        return "Secret"


class Street:
    """Two devices at a relay that fails on a 13."""

    def __init__(self, retries: int | None = None) -> None:
        self.rules = Rules()
        self.town = Town(self.rules.devices)
        self.town.relay = RelayRig(self.rules.schema)
        self.desk = self.town.open(self.town.device(), "desk")
        self.other = self.town.open(self.town.device(), "other")
        self.made = 0
        if retries is not None:
            self.desk.run("", lambda d: d.create("settings", {"id": "s", RETRIES: retries}))
            self.town.settle()

    def write(self, *values: int) -> None:
        """Each a record of its own, and a batch of its own."""
        for value in values:
            self.made += 1
            record = {"id": f"r{self.made}", "f": value}
            self.desk.run(f"Make {value}", lambda d, record=record: d.create("c", record))
            self.town.settle()

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.town.pass_time(1_000)

    @property
    def there(self) -> list[int]:
        """What the other device has."""
        return sorted(record["f"] for record in self.other.view.all("c"))


@pytest.mark.req("SRV-05")
@pytest.mark.parametrize("retries", [None, 0, 2])
def test_session_6_what_the_relay_fails_on_is_tried_so_often_and_then_a_letter(
    retries: int | None,
) -> None:
    """SRV-05: and it holds up nothing, neither of its device nor of others (RELAY-4)."""
    street = Street(retries)
    street.write(1, 13, 2)
    assert street.there == [1, 2]
    assert street.desk.status().relay == "online"
    street.wait(120)
    assert street.rules.asked == 1 + (5 if retries is None else retries)
    [letter] = street.desk.dead_letters
    assert (letter.code, letter.change.meta.label) == ("failed", "Make 13")
    assert "InvalidValue" in letter.message and "Secret" not in letter.message
    assert street.desk.status().pending == 0
    street.write(3)
    assert street.there == [1, 2, 3]
    assert [row.count for row in street.town.relay.denied] == [1] * street.rules.asked
    assert "Secret" in street.town.relay.denied[0].message


@pytest.mark.req("SRV-05")
@pytest.mark.parametrize("retries", [0, 5])
def test_session_6_what_stands_behind_a_window_of_failures_is_sent_at_once(
    retries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "WINDOW", 2)
    street = Street(retries)
    street.town.go_offline()
    street.write(13, 13, 13, 1, 2)
    street.town.go_online()
    assert street.there == [1, 2]


@pytest.mark.req("SRV-05")
def test_session_6_what_the_relay_can_do_again_in_time_is_done() -> None:
    street = Street()
    street.write(13)
    street.rules.broken = False
    street.wait(10)
    assert street.there == [13]
    assert not street.desk.dead_letters and street.rules.asked == 2


@pytest.mark.req("SRV-05", "SRV-11")
def test_a_letter_of_what_the_relay_failed_on_can_be_tried_again_and_discarded() -> None:
    street = Street(0)
    street.write(13, 13)
    first, second = street.desk.dead_letters
    street.rules.broken = False
    street.desk.retry(first)
    street.desk.discard(second)
    street.town.settle()
    assert street.there == [13]
    assert not street.desk.dead_letters


@pytest.mark.req("SRV-05")
def test_a_leader_that_comes_later_tries_again_and_ends_as_well() -> None:
    street = Street(2)
    street.town.go_offline()
    street.desk.run("Make 13", lambda d: d.create("c", {"id": "x", "f": 13}))
    street.town.go_online()
    street.desk.close()
    successor = street.town.open(street.town.devices[0], "successor")
    street.wait(60)
    assert [letter.code for letter in successor.dead_letters] == ["failed"]
    assert successor.status().pending == 0


def test_a_schema_whose_rule_says_nonsense_costs_only_the_change_it_says_it_of() -> None:
    """Not only what raises: what a rule answers may be no verdict, or hold what nothing can
    send."""
    nonsense = Guard("odd", frozenset({"c"}), lambda *_: "no", lambda *_: ())  # type: ignore[arg-type,return-value]
    unsendable = Refuse("no", "no", {"why": {1, 2}})
    for guard in (nonsense, Guard("set", frozenset({"c"}), lambda *_: unsendable, lambda *_: ())):
        relay = RelayRig(Schema(guards=(guard,)))
        relay.hello("a")
        relay.push("a", batch("t", 1, 5), watched(2))
        relay.commit()
        assert relay.answers("a", REJECT)[0][:2] == ["t.1", "failed"]
        assert [row.batch for row in relay.log] == ["t.2"]
