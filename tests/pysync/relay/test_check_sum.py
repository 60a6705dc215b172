"""A device that holds something else than the log makes of it is found, and healed."""

from __future__ import annotations

from binascii import crc32
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pysync import Draft, Schema, Space
from pysync.machines import check_sum, snapshots
from pysync.machines.buckets import Bucket
from pysync.machines.check_sum import CheckSum, hash_of
from pysync.machines.effects import Moment, SetTimer
from pysync.machines.relay_frames import DIVERGED, PING, PROBLEM, REFUSE, encode_frame
from pysync.machines.replica import Replica
from pysync.model.cell import Cell
from pysync.model.policy import Strategy
from pysync.model.roles import Grant, Person, Role, only
from pysync.model.snapshot import Packed, bucket_number, bucket_of, pack, read_rows, row_name
from pysync.relay.guests import AGAIN_MS
from tests.pysync.kit import mark
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.test_people import ADA, ROLES
from tests.pysync.relay.town import Town
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("SRV-02", "SRV-28")

MAID = Role(title="Maid", grants={"rooms": Grant(read=only("name", "clean"), write=only("clean"))})
KIM = Person("Kim", "maid")
IDLE_MS = 31_000


class Inn(Town):
    """Ada's desk, and Kim's tablet, which sees little; both have stored a snapshot."""

    def __init__(self, *, manual: bool = False) -> None:
        strategies: dict[str, Strategy] = {"rooms": "manual"} if manual else {}
        super().__init__(Schema(roles={**ROLES, "maid": MAID}, strategies=strategies))
        self.desk, self.tablet = self.device(ADA), self.device(KIM)
        self.at_desk = self.open(self.desk, "desk")
        self.at_tablet = self.open(self.tablet, "tablet")
        for n in range(5):
            room = {"id": f"{n}", "name": f"Room {n}", "clean": False, "rate": 90 + n}
            self.at_desk.run("", lambda d, room=room: d.create("rooms", room))
        self.at_desk.run("", lambda d: d.create("guests", {"id": "g", "email": "a@example.org"}))
        self.settle()
        self.at_tablet.run("", clean("1"))
        self.settle()
        self.both_change("2")
        self.at_desk.run("", lambda d: d.delete("rooms", "4"))
        for _ in range(3):
            self.pass_time(1_000)

    def both_change(self, rid: str) -> None:
        """Neither sees the other one do it."""
        self.go_offline()
        self.at_tablet.run("", clean(rid))
        self.at_desk.run("", lambda d: d.update("rooms", rid, {"clean": "not at all", "rate": 1}))
        self.go_online()

    def say_what_they_hold(self) -> None:
        """Nobody says anything for a while, so they ask for a sign of life."""
        for _ in range(2 * IDLE_MS // 2_000):
            self.pass_time(2_000)

    def found(self) -> list[str]:
        """Who was told to hold something else than it should."""
        return [
            conn.partition("#")[0]
            for conn in self.relay.sent
            for row in self.relay.answers(conn, REFUSE)
            if row[0] == DIVERGED
        ]

    def reopen(self, device: Device, name: str) -> Space:
        """All tabs of it are closed, and one is opened."""
        for line in self.lines:
            if line.device is device and not line.host.closed:
                line.host.close()
        return self.open(device, name)


def clean(rid: str) -> Callable[[Draft], None]:
    return lambda d: d.update("rooms", rid, {"clean": True})


@pytest.fixture
def inn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inn]:
    monkeypatch.setattr(snapshots, "EVERY", 1)
    yield Inn()


def spoil(device: Device, rid: str, **fields: object) -> None:
    """The disk says something else of a record than what was written."""
    name, disk = bucket_of("rooms", rid), device.disk
    rows = disk.snapshot if name in disk.snapshot else disk.seed
    cells = Packed(name, rows[name]).cells()
    cells[rid] = replace_cell(cells[rid], fields={**cells[rid].fields, **fields})
    rows[name] = pack(name, cells)


def sums(inn: Inn) -> dict[str, str]:
    """What the relay made of what each sees."""
    made = inn.relay.machine._snapshots.sums
    return {each.sees.role.title if each.sees else "all": each.ask(inn.relay.now) for each in made}


def test_relay_8_who_holds_what_it_should_is_left_alone_whatever_it_may_see(inn: Inn) -> None:
    inn.say_what_they_hold()
    inn.at_desk.run("", lambda d: d.create("rooms", {"id": "9", "name": "new"}))
    inn.both_change("0")
    inn.say_what_they_hold()
    assert inn.found() == []
    assert sums(inn) == {
        "all": inn.at_desk.tab.snapshots.sums[0].ask(inn.relay.now),
        "Maid": inn.at_tablet.tab.snapshots.sums[0].ask(inn.relay.now),
    }
    assert len(set(sums(inn).values())) == 2
    assert inn.at_tablet.view.get("guests", "g") is None


@pytest.mark.parametrize(("of", "field"), [("desk", "rate"), ("tablet", "name")])
def test_relay_8_a_record_that_was_spoilt_is_found_and_healed_and_nothing_is_lost(
    inn: Inn, of: str, field: str
) -> None:
    device = inn.desk if of == "desk" else inn.tablet
    spoil(device, "3", **{field: "spoilt"})
    space = inn.reopen(device, "later")
    assert (space.view.get("rooms", "3") or {})[field] == "spoilt"
    inn.go_offline()
    space.run("", clean("1"))
    space.run("", clean("3"))
    inn.go_online()
    inn.say_what_they_hold()
    assert inn.found() == ["later"]
    assert space.status().divergences == 1
    room = inn.at_desk.view.get("rooms", "3") if of == "tablet" else space.view.get("rooms", "3")
    assert room == {"id": "3", "name": "Room 3", "clean": True, "rate": 93}
    shown = space.view.get("rooms", "3") or {}
    assert {name: room[name] for name in shown} == shown
    assert (space.status().pending, space.status().relay) == (0, "online")
    assert (space.view.get("rooms", "1") or {})["clean"] is True


def test_relay_8_to_begin_anew_is_tried_once_an_hour(inn: Inn) -> None:
    spoil(inn.desk, "3", rate="spoilt")
    inn.reopen(inn.desk, "later")
    inn.say_what_they_hold()
    assert inn.found() == ["later"]
    spoil(inn.desk, "3", rate="spoilt again")
    inn.reopen(inn.desk, "again")
    inn.say_what_they_hold()
    assert inn.found() == ["later"], "it did not help, so it is not repeated"
    inn.relay.time += AGAIN_MS
    inn.say_what_they_hold()
    assert inn.found() == ["later", "again"]


def test_relay_8_another_version_of_the_schema_is_not_compared() -> None:
    relay = RelayRig()
    relay.hello("a")
    relay.push("a", batch("t", 1))
    relay.commit()
    other = relay.schema.version + 1
    for seq, version in ((1, other), (0, relay.schema.version), (2, relay.schema.version)):
        relay.hear("a", encode_frame(PING, 5, seq, "f" * 16, version))
    assert relay.answers("a", REFUSE) == []
    relay.push("a", batch("t", 2))
    relay.hear("a", encode_frame(PING, 5, 2, "f" * 16, relay.schema.version))
    assert relay.answers("a", REFUSE) == [], "it is not on the disk yet"
    relay.commit()
    relay.hear("a", encode_frame(PING, 5, 2, "f" * 16, relay.schema.version))
    assert [row[0] for row in relay.answers("a", REFUSE)] == [DIVERGED]


@pytest.mark.parametrize("rest", [[1], ["1", "f", 1], [1, 2, 3], [1, "f", 1, 1]])
def test_a_claim_that_is_none_is_a_problem(rest: list[object]) -> None:
    relay = RelayRig()
    relay.hello("a")
    relay.hear("a", encode_frame(PING, 5, *rest))
    assert len(relay.answers("a", PROBLEM)) == 1


# -- the sum ---------------------------------------------------------------------------------------


class Copy:
    """A replica that applies what it is given, and its sum."""

    def __init__(self, *numbers: int) -> None:
        self.replica = Replica(Schema())
        self.asked: list[object] = []
        self.sum = CheckSum(self.replica, self.asked)
        for n in numbers:
            self.apply(n)

    def apply(self, n: int, value: int | None = None) -> None:
        """Change `n` makes record `n`, unless it is given a value: then it changes it."""
        made = batch(
            f"t{n}", 2 if value else 1, value or n, rid=f"r{n}", base="x" if value else None
        )
        self.replica.confirm(self.replica.seq + 1, made.changes[0], None)
        self.sum.touched(("c", bucket_number(f"r{n}")), f"r{n}")

    def ask(self) -> str:
        """As often as it takes."""
        made = self.sum.ask(AT)
        for _ in range(200):
            if made:
                return made
            self.sum.woke("check-sum.", AT)
            made = self.sum.ask(AT)
        raise AssertionError("it is never made")


AT = Moment(0.0, 0.0)


def test_sum_1_no_order_matters_nor_whether_records_were_looked_at() -> None:
    one, other = Copy(1, 2, 3, 4), Copy(4, 2)
    assert one.ask() != other.ask()
    other.apply(3)
    other.apply(1)
    assert one.ask() == other.ask()
    packed = Copy()
    rows = {}
    for key, number in one.replica.view.buckets():
        name = row_name(key, number)
        rows[name] = pack(name, one.replica.view.bucket(key, number))
    packed.replica.replace(read_rows(rows), 4, seen=False)
    assert packed.ask() == one.ask()
    assert packed.replica.view.packed("c", bucket_number("r1")) is not None, "they stay packed"


def test_sum_2_whatever_differs_shows() -> None:
    cell = Cell({"a": 1, "b": None}, mark("t", 1), {}, mark("t", 2))
    others = [
        replace_cell(cell, fields={"a": 2, "b": None}),
        replace_cell(cell, fields={"a": 1}),
        replace_cell(cell, base=mark("t", 3)),
        replace_cell(cell, marks={"a": mark("u", 1)}),
        replace_cell(cell, marks={"gone": mark("u", 1)}),
        replace_cell(cell, rev=mark("t", 3)),
        replace_cell(cell, dead=True),
    ]
    found = {hash_of("c", "r", each) for each in (cell, *others)}
    found |= {hash_of("c", "s", cell), hash_of("d", "r", cell)}
    assert len(found) == len(others) + 3
    same = Cell({"b": None, "a": 1}, mark("x", 9), {n: mark("t", 1) for n in "ab"}, mark("t", 2))
    assert hash_of("c", "r", same) == hash_of("c", "r", cell), "however it is stored"


def replace_cell(cell: Cell, **other: object) -> Cell:
    facts: dict[str, Any] = {name: getattr(cell, name) for name in ("fields", "base", "marks")}
    return Cell(**{**facts, "rev": cell.rev, "dead": cell.dead, **other})


def test_sum_3_it_is_made_in_slices_and_of_the_state_as_it_is_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check_sum, "SLICE", 1)
    copy = Copy(*range(1, 9))
    assert copy.sum.ask(AT) == ""
    assert copy.asked == [SetTimer("check-sum.", 0.0)]
    copy.apply(9)
    for n in range(1, 9):
        copy.apply(n, value=70)
        copy.sum.woke("check-sum.", AT)
    whole = Copy(*range(1, 9), 9)
    for n in range(1, 9):
        whole.apply(n, value=70)
    assert copy.ask() == whole.ask()
    before = copy.ask()
    copy.replica.hear(batch("z", 1).changes)
    assert copy.ask() == before, "of what is confirmed"


def test_a_record_that_changed_costs_one_hash_however_many_are_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = Copy(*range(1, 400))
    copy.ask()
    hashed: list[str] = []
    walked: list[Bucket] = []
    original = check_sum.confirmed_buckets

    def count(key: str, rid: str, cell: Cell) -> int:
        hashed.append(rid)
        return hash_of(key, rid, cell)

    def walk(replica: Replica, buckets: list[Bucket]) -> Iterator[tuple[Bucket, dict[str, Cell]]]:
        walked.extend(buckets)
        return original(replica, buckets)

    monkeypatch.setattr(check_sum, "hash_of", count)
    monkeypatch.setattr(check_sum, "confirmed_buckets", walk)
    copy.apply(7, value=70)
    copy.apply(9, value=90)
    made = copy.ask()
    assert (sorted(hashed), walked) == (["r7", "r9"], [])
    whole = Copy(*range(1, 400))
    whole.apply(7, value=70)
    whole.apply(9, value=90)
    assert whole.ask() == made


def test_sum_2_a_bucket_that_cannot_be_read_is_not_what_others_hold() -> None:
    one = Copy(1)
    name = row_name("c", bucket_number("r1"))
    text = pack(name, one.replica.view.bucket("c", bucket_number("r1"))).replace('"r1"', '"r1')
    facts, body = text.split("\n")
    rest = f"{facts.partition(' ')[2]}\n{body}"
    spoilt = f"{crc32(rest.encode(), crc32(name.encode())):08x} {rest}"
    other = Copy()
    other.replica.replace(read_rows({name: spoilt}), 1, seen=False)
    assert other.ask() not in ("", one.ask())
