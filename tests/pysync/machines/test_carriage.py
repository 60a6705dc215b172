"""What a device sends, fetches and lets go of, whatever happens in whichever order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.machines.backoff import LATEST_MS
from pysync.machines.carriage import AT_ONCE, MOST_WANTED, TOUCH_MS, TRIES, UNNAMED_MS, Carriage
from pysync.machines.carried import SOME_LOG, Drop, Give, Note, Shelved, Take, Wake
from pysync.machines.effects import Moment

pytestmark = pytest.mark.req("PMS-06", "PMS-07")

DIGESTS = ("a", "b", "c", "d", "e")
MOST = 250


class Device:
    """A carriage, a shelf that does what it says, and a clock."""

    def __init__(self, *named: str, leads: bool = True, online: bool = True) -> None:
        self.named = set(named)
        self.shelf: dict[str, Shelved] = {}
        self.carriage = Carriage(lambda digest: digest in self.named, MOST)
        self.at = 0.0
        self.giving: list[str] = []
        self.taking: list[str] = []
        self.due: float | None = None
        self.erased = False
        self.epoch = "one"
        self.carriage.stand(self.now, leads=leads, online=online, epoch=self.epoch)
        self.act()

    @property
    def now(self) -> Moment:
        return Moment(1e12 + self.at, self.at)

    def act(self) -> None:
        for effect in self.carriage.take_effects():
            match effect:
                case Give(digest):
                    self.giving.append(digest)
                case Take(digest):
                    self.taking.append(digest)
                case Note(row):
                    self.shelf[row.digest] = row
                case Drop(digest):
                    self.dropped(self.shelf.pop(digest))
                case Wake(due):
                    self.due = due

    def dropped(self, row: Shelved) -> None:
        old = self.now.wall - row.made >= UNNAMED_MS
        assert row.sent or (row.digest not in self.named and (old or self.erased)), "CARRY-2"

    def do(self, what: str, *args: Any, **named: Any) -> None:
        if what == "stand":
            named["epoch"] = self.epoch
        getattr(self.carriage, what)(*args, self.now, **named)
        self.act()

    def add(self, digest: str, size: int = 80, *, sent: bool = False) -> None:
        row = Shelved(digest, size, self.epoch if sent else "", self.now.wall, self.now.wall)
        self.shelf[digest] = row
        self.do("shelved", row)

    def given(self, status: int) -> None:
        self.do("given", self.giving.pop(0), status)

    def taken(self, status: int) -> None:
        digest = self.taking.pop(0)
        if status == 200:
            self.add(digest, sent=True)
        self.do("taken", digest, status)

    def wake(self) -> None:
        if self.due is not None and self.due > self.at:
            self.at = self.due
        self.due = None
        self.do("woke")


def test_what_a_record_names_is_sent_one_after_the_other() -> None:
    device = Device("a", "b", online=False)
    for digest in ("a", "b", "c"):
        device.add(digest)
    assert (device.giving, device.carriage.unsent()) == ([], ["a", "b"])
    device.do("stand", leads=True, online=True)
    assert (device.giving, device.carriage.stands("a")) == (["a"], "waiting")
    device.given(201)
    assert (device.giving, device.shelf["a"].sent) == (["b"], "one")
    device.given(204)
    assert device.giving == [], "nothing names c"
    device.named.add("c")
    device.do("moved")
    device.given(201)
    assert [device.carriage.stands(digest) for digest in ("a", "b", "c")] == ["here"] * 3


def test_carry_1_only_a_leader_that_is_online_sends_and_a_successor_goes_on() -> None:
    device = Device("a", leads=False)
    device.add("a")
    assert device.giving == []
    device.do("stand", leads=True, online=False)
    assert device.giving == []
    device.do("stand", leads=True, online=True)
    assert device.giving == ["a"]
    heir = Device("a", leads=False)
    heir.do("loaded", list(device.shelf.values()))
    heir.do("stand", leads=True, online=True)
    assert heir.giving == ["a"], "the relay takes it twice as once"


def test_carry_4_what_failed_goes_again_after_a_pause_and_at_once_after_a_reconnection() -> None:
    device = Device("a", "b")
    device.add("a")
    device.at += 1
    device.add("b")
    device.given(0)
    assert (device.giving, device.carriage.stands("a")) == ([], "waiting")
    device.wake()
    assert device.giving == ["b"], "what was tried less often goes first"
    device.given(503)
    device.do("stand", leads=True, online=False)
    device.do("stand", leads=True, online=True)
    assert len(device.giving) == 1


@pytest.mark.parametrize("status", [403, 413, 415, 422])
def test_carry_4_what_is_refused_holds_up_nothing_and_is_tried_after_a_reconnection(
    status: int,
) -> None:
    device = Device("a", "b")
    device.add("a")
    device.at += 1
    device.add("b")
    device.given(status)
    assert (device.carriage.stands("a"), device.carriage.why("a")) == ("refused", status)
    assert device.giving == ["b"]
    device.given(201)
    assert (device.giving, device.due) == ([], None)
    device.do("stand", leads=True, online=False)
    device.do("stand", leads=True, online=True)
    assert (device.giving, device.carriage.why("b")) == (["a"], 0)


@pytest.mark.parametrize("status", [401, 408, 429, 500, 507])
def test_what_may_be_answered_otherwise_later_is_tried_later(status: int) -> None:
    device = Device("a")
    device.add("a")
    device.given(status)
    assert device.carriage.stands("a") == "waiting"
    device.wake()
    assert device.giving == ["a"]


def test_carry_3_what_was_used_longest_ago_goes_when_there_is_too_much() -> None:
    device = Device("a", "b", "c")
    for digest in ("a", "b"):
        device.add(digest, 100, sent=True)
        device.at += 1
    device.at += TOUCH_MS
    device.do("want", "a")
    device.do("want", "a")
    assert device.shelf["a"].used == device.now.wall
    device.add("c", 100, sent=True)
    assert sorted(device.shelf) == ["a", "c"]
    follower = Device("a", "b", "c", leads=False)
    for digest in ("a", "b", "c"):
        follower.add(digest, 100, sent=True)
    assert len(follower.shelf) == 3, "the leader lets go of it"


def test_carry_2_what_waits_is_never_let_go_of_and_what_nothing_ever_named_is_in_the_end() -> None:
    device = Device("a", online=False)
    for digest in ("a", "b"):
        device.add(digest, size=10 * MOST)
    device.at += UNNAMED_MS - 1
    device.do("moved")
    assert sorted(device.shelf) == ["a", "b"]
    device.at += 1
    device.do("moved")
    assert sorted(device.shelf) == ["a"]


def test_carry_2_when_somebody_was_erased_what_none_names_goes_but_for_a_form_in_hand() -> None:
    device = Device("named", online=False)
    device.add("named", 10)
    device.add("old", 10)
    device.at += TOUCH_MS
    device.add("sent", 10, sent=True)
    device.add("form", 10)
    device.erased = True
    device.do("erased")
    assert sorted(device.shelf) == ["form", "named"]


def test_what_is_looked_at_is_fetched_a_few_side_by_side() -> None:
    device = Device(leads=False, online=False)
    for digest in DIGESTS:
        device.do("want", digest)
    assert device.carriage.stands("a") == "away"
    device.do("stand", leads=False, online=True)
    assert device.taking == ["a", "b"]
    assert [device.carriage.stands(digest) for digest in ("a", "e")] == ["coming"] * 2
    device.do("want", "a")
    device.taken(200)
    assert (device.taking, device.carriage.stands("a")) == (["b", "c"], "here")
    device.do("gone", "a")
    assert device.carriage.stands("a") == "away"


def test_what_the_relay_does_not_have_yet_is_asked_for_again_and_then_it_is_missing() -> None:
    device = Device()
    device.do("want", "a")
    for _ in range(TRIES - 1):
        device.taken(404)
        assert device.carriage.stands("a") == "coming"
        device.wake()
    device.taken(404)
    assert (device.carriage.stands("a"), device.taking) == ("missing", [])
    device.do("want", "a")
    assert (device.carriage.stands("a"), device.taking) == ("missing", []), "it is drawn again"
    device.do("want", "a", again=True)
    device.taken(200)
    assert device.carriage.stands("a") == "here"


def test_what_is_missing_is_asked_for_after_a_reconnection() -> None:
    device = Device()
    device.do("want", "a")
    for _ in range(TRIES):
        device.taken(404)
        device.wake()
    device.do("stand", leads=True, online=False)
    device.do("stand", leads=True, online=True)
    device.do("want", "a")
    assert device.taking == ["a"]


@pytest.mark.req("SRV-05")
@pytest.mark.parametrize("sent", ["one", SOME_LOG])
def test_carry_5_a_relay_that_was_put_back_is_sent_what_the_one_before_had(sent: str) -> None:
    device = Device("a", "b")
    row = Shelved("a", 80, sent, device.now.wall, device.now.wall)
    device.shelf["a"] = row
    device.epoch = "two"
    device.do("stand", leads=True, online=True)
    device.do("shelved", row)
    assert (device.giving, device.carriage.stands("a")) == (["a"], "waiting")
    device.epoch = "three"
    device.do("stand", leads=True, online=True)
    device.given(204)
    assert device.giving == ["a"], "it was the one before that said so"
    device.given(204)
    assert (device.carriage.stands("a"), device.giving) == ("here", [])
    assert device.shelf["a"].sent == "three"


def test_carry_5_what_somebody_may_not_bring_back_waits_for_nobody() -> None:
    device = Device("a", "b")
    device.add("a", sent=True)
    device.add("b")
    device.given(403)
    device.epoch = "two"
    device.do("stand", leads=True, online=True)
    for _ in range(2):
        device.given(403)
    assert [device.carriage.stands(each) for each in ("a", "b")] == ["here", "refused"]


@pytest.mark.parametrize("status", [201, 0, 403])
def test_what_was_erased_while_it_was_being_sent_is_let_go_of_then(status: int) -> None:
    device = Device("a")
    device.add("a")
    device.named.clear()
    device.erased = True
    device.do("erased")
    assert list(device.shelf) == ["a"]
    device.given(status)
    assert device.shelf == {}


def test_a_relay_that_does_not_answer_is_asked_for_ever_in_pauses_that_end() -> None:
    device = Device()
    device.do("want", "a")
    for _ in range(3 * TRIES):
        device.taken(0)
        assert device.due is not None
        assert device.due - device.at <= LATEST_MS
        device.wake()
    assert device.carriage.stands("a") == "coming"


def test_what_is_wanted_is_bounded() -> None:
    device = Device(online=False)
    for n in range(MOST_WANTED + 10):
        device.do("want", f"d{n}")
    device.do("stand", leads=True, online=True)
    assert device.taking == ["d10", "d11"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(DIGESTS), st.booleans()),
        st.tuples(st.just("want"), st.sampled_from(DIGESTS), st.none()),
        st.tuples(st.just("name"), st.sampled_from(DIGESTS), st.booleans()),
        st.tuples(st.just("stand"), st.booleans(), st.booleans()),
        st.tuples(st.just("epoch"), st.sampled_from(["one", "two"]), st.none()),
        st.tuples(st.just("given"), st.sampled_from([0, 201, 204, 401, 403, 500]), st.none()),
        st.tuples(st.just("taken"), st.sampled_from([0, 200, 404, 500]), st.none()),
        st.tuples(st.just("reload"), st.none(), st.none()),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 1e4, 1e9]), st.none()),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(STEPS)
def test_in_any_order_nothing_is_lost_nothing_is_sent_twice_and_nothing_is_forgotten(
    steps: list[tuple[str, Any, Any]],
) -> None:
    device = Device()
    for what, first, second in steps:
        step(device, what, first, second)
        holds(device)
    # Then all is well, and everything arrives.
    device.do("stand", leads=True, online=False)
    device.do("stand", leads=True, online=True)
    for _ in range(200):
        if device.giving:
            device.given(201)
        elif device.taking:
            device.taken(200)
        elif device.due is not None:
            device.wake()
        holds(device)
    assert device.carriage.unsent() == []
    assert all(row.sent or row.digest not in device.named for row in device.shelf.values())


def step(device: Device, what: str, first: Any, second: Any) -> None:
    if what == "add" and first not in device.shelf:
        device.add(first, sent=second)
    elif what == "want":
        device.do("want", first)
    elif what == "name":
        (device.named.add if second else device.named.discard)(first)
        device.do("moved")
    elif what == "stand":
        device.do("stand", leads=first, online=second)
    elif what == "epoch":
        device.epoch = first
        carriage = device.carriage
        device.do("stand", leads=carriage.leads, online=carriage.online)
    elif what == "given" and device.giving:
        device.given(first)
    elif what == "taken" and device.taking:
        device.taken(first)
    elif what == "reload":
        device.do("loaded", list(device.shelf.values()))
    elif what == "wait":
        device.at += first
        device.wake()


def holds(device: Device) -> None:
    """CARRY-1 to CARRY-4 at any moment (CARRY-2 where something is dropped)."""
    carriage = device.carriage
    assert len(device.giving) <= 1
    assert len(device.taking) <= AT_ONCE
    assert carriage.rows == device.shelf
    if carriage.leads:
        assert sum(row.size for row in device.shelf.values() if row.sent == carriage.epoch) <= MOST
    if carriage.leads and carriage.online:
        waits = [each for each in carriage.unsent() if carriage.stands(each) != "refused"]
        assert not waits or device.giving or device.due is not None
