"""A device whose conflicts are not those of the log is found and healed, whatever it may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from pysync import Space
from pysync.machines import check_sum, snapshots
from pysync.machines.check_sum import CheckSum, read_claim
from pysync.machines.relay_frames import DIVERGED, PING, REFUSE, decode_frame, encode_frame
from pysync.machines.replica import Replica
from pysync.model.cell import Mark
from pysync.model.conflict import Candidate, Conflict
from pysync.model.schema import Schema
from pysync.model.snapshot import CONFLICTS_ROW, pack_conflicts, read_rows
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.test_check_sum import AT, Inn
from tests.pysync.relay.test_people import ADA
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("SRV-02", "SRV-28")


@pytest.fixture
def inn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inn]:
    monkeypatch.setattr(snapshots, "EVERY", 1)
    made = Inn(manual=True)
    bar = made.open(made.device(ADA), "bar")
    for rid, space, fields in (
        ("0", made.at_tablet, {"clean": True}),
        ("3", made.at_tablet, {"clean": True}),
        ("1", bar, {"rate": 7}),
    ):
        argue(made, rid, space, fields)
    [about] = made.at_desk.conflicts(record=("rooms", "0"))
    made.at_desk.resolve(about.id, "keep-local")
    for _ in range(3):
        made.pass_time(1_000)
    yield made


def argue(inn: Inn, rid: str, space: Space, fields: Mapping[str, object]) -> None:
    """Somebody sets these fields, and the desk does not see it and sets them, too."""
    inn.go_offline()
    space.run("", lambda d: d.update("rooms", rid, fields), atomic=False)
    inn.at_desk.run("", lambda d: d.update("rooms", rid, dict.fromkeys(fields, 8)), atomic=False)
    inn.go_online()


def conflicts_of(device: Device) -> list[Conflict]:
    return list(read_rows({CONFLICTS_ROW: device.disk.snapshot[CONFLICTS_ROW]}).conflicts)


def spoil(device: Device, known: list[Conflict]) -> None:
    """Its disk knows these conflicts and no others."""
    device.disk.snapshot[CONFLICTS_ROW] = pack_conflicts(known)


def status(device: Device) -> set[str]:
    return {each.status for each in conflicts_of(device)}


def test_relay_8_who_holds_the_conflicts_of_the_log_is_left_alone(inn: Inn) -> None:
    assert status(inn.desk) == {"open", "resolved"}
    assert len(conflicts_of(inn.desk)) > len(conflicts_of(inn.tablet)) > 0, "it sees fewer"
    inn.say_what_they_hold()
    argue(inn, "2", inn.at_tablet, {"clean": 1})
    inn.say_what_they_hold()
    assert inn.found() == []
    said = [frame for line in inn.lines for frame in pings(inn, line.conn)]
    assert said, "they were compared"


def pings(inn: Inn, conn: str) -> list[object]:
    """What a connection was answered to claims about conflicts."""
    return [row for row in inn.relay.answers(conn, "pong") if type(row[0]) is list]


@pytest.mark.parametrize("of", ["desk", "tablet"])
@pytest.mark.parametrize("way", ["lost", "other value", "settled"])
def test_relay_8_an_open_conflict_that_is_not_there_as_it_should_be_is_healed(
    inn: Inn, of: str, way: str
) -> None:
    device = inn.desk if of == "desk" else inn.tablet
    before = conflicts_of(device)
    [about] = [each for each in before if each.status == "open" and each.rid == "3"]
    others = {
        "lost": [],
        "other value": [replace(about, other=replace(about.other, value="spoilt"))],
        "settled": [about.resolved()],
    }
    spoil(device, [each for each in before if each is not about] + others[way])
    space = inn.reopen(device, "later")
    inn.say_what_they_hold()
    assert inn.found() == ["later"]
    assert about in space.conflicts(record=("rooms", "3"))


def test_relay_8_of_who_sees_everything_settled_ones_count_too(inn: Inn) -> None:
    for device, name, found in ((inn.tablet, "second", []), (inn.desk, "first", ["first"])):
        spoil(device, [each for each in conflicts_of(device) if each.status == "open"])
        inn.reopen(device, name)
        inn.say_what_they_hold()
        assert inn.found() == found


@pytest.mark.parametrize(
    ("first", "diverged"), [(5, False), ([5, ""], False), ([5], False), ([5, "f" * 16], True)]
)
def test_relay_8_a_device_that_says_nothing_of_conflicts_is_compared_by_its_records(
    first: object, diverged: bool
) -> None:
    relay = RelayRig()
    relay.hello("a")
    relay.push("a", batch("t", 1))
    relay.commit()
    made = relay.machine._snapshots.sums[0]
    said = made.ask(relay.now)
    relay.hear("a", encode_frame(PING, first, 1, said, relay.schema.version))
    assert [row[0] for row in relay.answers("a", REFUSE)] == [DIVERGED] * diverged
    assert relay.answers("a", "pong") == [[first]], "handed back as it came"


# -- the sum ---------------------------------------------------------------------------------------


def conflict(n: int) -> Conflict:
    there, mine = Candidate(1, Mark("t", 1, 1)), Candidate(2, Mark("u", n, 2))
    return Conflict(
        id=f"u.{n}:0", key="c", rid="r", register="f", status="open", strategy="manual",
        shown=mine, other=there, base="", before=0,
    )  # fmt: skip


def test_sum_2_whatever_differs_in_a_conflict_shows_and_no_order_does() -> None:
    one = conflict(1)
    others = [
        replace(one, rid="s"),
        replace(one, register="g"),
        replace(one, status="auto"),
        replace(one, strategy="merge"),
        replace(one, shown=one.other),
        replace(one, base="v"),
        replace(one, before=1),
    ]
    replica = Replica(Schema())
    made = CheckSum(replica, [])
    found = set()
    for each in (one, *others):
        replica.conflicts[one.id] = each
        assert made.ask(AT)
        found.add(made.conflicts)
    assert len(found) == len(others) + 1
    two, other = Replica(Schema()), Replica(Schema())
    for order, into in (((1, 2), two), ((2, 1), other)):
        for n in order:
            into.conflicts[f"u.{n}:0"] = conflict(n)
    sums = [CheckSum(each, []) for each in (two, other)]
    assert all(each.ask(AT) for each in sums)
    assert sums[0].conflicts == sums[1].conflicts != made.conflicts


def test_sum_3_many_are_hashed_in_slices_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[object] = []
    hash_of = check_sum._hash_of
    monkeypatch.setattr(check_sum, "_hash_of", lambda said: hashed.append(said) or hash_of(said))
    monkeypatch.setattr(check_sum, "SLICE", 3)
    replica = Replica(Schema())
    made = CheckSum(replica, [])
    for n in range(10):
        replica.conflicts[f"u.{n}:0"] = conflict(n)
    times = 1
    while not made.ask(AT):
        times += 1
    assert (times, len(hashed)) == (4, 10)
    replica.conflicts["u.4:0"] = conflict(4).resolved()
    del replica.conflicts["u.5:0"]
    assert made.ask(AT)
    assert len(hashed) == 11
    whole = made.conflicts
    made.forget()
    while not made.ask(AT):
        pass
    assert made.conflicts == whole


def test_a_claim_names_its_parts() -> None:
    for first, conflicts, decided in (([1, "c"], "c", ""), (["d", "c"], "c", "d"), (1, "", "")):
        claim = read_claim(decode_frame(encode_frame(PING, first, 7, "s", 2)))
        assert claim == (7, "s", 2, conflicts, decided)
