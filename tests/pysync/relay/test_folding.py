"""A log that forgets what is too old, and what is known all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync import Refused, Schema, Space
from pysync.history import Version
from pysync.machines import snapshots
from pysync.machines.batches import Batch, encode_batch
from pysync.machines.relay_frames import (
    KNOWN,
    REFUSE,
    REJECT,
    RENEW,
    RESUME,
    WELCOME,
    Cursor,
    Hello,
    encode_frame,
)
from pysync.model.change import Change, Op
from pysync.relay.folding import DAY_MS, EVERY_MS
from tests.pysync.house import SCHEMA as GUARDED
from tests.pysync.kit import WALL, mark
from tests.pysync.relay.rig import EPOCH, RelayRig, batch
from tests.pysync.relay.test_outcomes import Contested, letters, push_and_lose_the_answer, shown
from tests.pysync.relay.town import Town
from tests.pysync.rig import outcome

pytestmark = pytest.mark.req("SRV-20")

SCHEMA = Schema(settings=("settings", "s"))
SETTLED = 20_000
"""After so many ms a snapshot is stored."""


@pytest.fixture(autouse=True)
def _snapshots_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 1)


def keep(days: object) -> Batch:
    """Somebody says for how many days versions are kept."""
    n = 1 if days == 30 else 2
    op = Op("*" if n == 1 else "=", "settings", "s", {"history_days": days}, "")
    return encode_batch(f"boss{n}", [Change(mark(f"boss{n}", 1), (op,))], WALL)


def write(relay: RelayRig, *batches: Batch) -> None:
    relay.push("a", *batches)
    relay.commit()
    relay.wait(SETTLED)


@pytest.fixture
def relay() -> Iterator[RelayRig]:
    """Whose device `a` listens from the beginning."""
    rig = RelayRig(SCHEMA)
    rig.hello("a")
    yield rig


@pytest.fixture
def old(relay: RelayRig) -> RelayRig:
    """Of which ten entries were folded away, and one more can be read."""
    write(relay, *(batch("t", n) for n in range(1, 11)))
    relay.clean_up()
    write(relay, batch("t", 11))
    assert (relay.floor, len(relay.log)) == (11, 1)
    return relay


# -- when ------------------------------------------------------------------------------------------


def test_fold_1_only_what_is_too_old_goes_a_lot_at_a_time(relay: RelayRig) -> None:
    write(relay, keep(30), *(batch("t", n) for n in range(1, 8)))
    relay.wait(29 * DAY_MS)
    write(relay, batch("t", 8))
    assert relay.floor == 1
    relay.wait(DAY_MS)
    assert 1 < relay.floor < 9, "others need the disk, too"
    for _ in range(3):
        relay.wait(1_000)
    assert relay.machine.floor == relay.floor == 9
    assert [row.batch for row in relay.log] == ["t.8"]
    relay.wait(40 * DAY_MS)
    assert relay.log == [], "also with nobody writing"


def test_fold_1_a_space_that_says_nothing_keeps_everything(relay: RelayRig) -> None:
    write(relay, batch("t", 1))
    relay.wait(36_500 * DAY_MS)
    assert relay.floor == 1
    write(relay, keep(30))
    write(relay, keep(0))
    relay.wait(60 * DAY_MS)
    assert relay.floor == 1, "who changes his mind in time loses nothing"


def test_fold_1_what_no_stored_snapshot_holds_stays(
    relay: RelayRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(relay, keep(30), batch("t", 1))
    monkeypatch.setattr(relay.machine._snapshots, "_every", 1_000)
    write(relay, batch("t", 2))
    relay.wait(60 * DAY_MS)
    assert relay.floor == 3
    relay.restart()
    assert relay.machine.view.get("c", "t2") is not None


def test_fold_1_after_a_restart_it_goes_on_when_somebody_comes(relay: RelayRig) -> None:
    write(relay, keep(30), batch("t", 1))
    relay.restart()
    relay.time += 40 * DAY_MS
    relay.wait(EVERY_MS)
    assert relay.floor == 1
    relay.hello("a", seq=2)
    relay.wait(EVERY_MS)
    assert relay.floor == 3


# -- what is known ---------------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [True, False])
def test_fold_2_what_is_sent_again_is_not_decided_again(old: RelayRig, restarted: bool) -> None:
    if restarted:
        old.restart()
    old.hello("late", device="a", seq=11)
    old.push("late", batch("t", 3))
    old.commit()
    assert old.answers("late", KNOWN) == [["t.3", 0]]
    assert old.machine.head == 11
    old.push("late", batch("t", 12))
    old.commit()
    assert old.machine.head == 12, "and it goes on"


def test_fold_2_other_bytes_under_its_name_are_refused(old: RelayRig) -> None:
    old.push("a", batch("t", 3, 99))
    assert [row[:2] for row in old.answers("a", REJECT)] == [["t.3", "altered"]]
    old.hello("b", seq=11)
    old.push("b", batch("t", 3))
    assert [row[:2] for row in old.answers("b", REJECT)] == [["t.3", "author"]]


def test_fold_2_what_was_refused_is_known_to_be() -> None:
    relay = RelayRig(GUARDED)
    relay.hello("a")
    stays = [Op("*", "stays", rid, {"room": "101"}) for rid in "xy"]
    changes = [Change(mark("t", n), (op,)) for n, op in enumerate(stays, 1)]
    both = encode_batch("t", changes, WALL)
    write(relay, both)
    relay.clean_up()
    assert relay.floor == 3
    relay.restart()
    relay.hello("late", device="a", seq=2)
    relay.push("late", both)
    ((name, special),) = relay.answers("late", KNOWN)
    assert (name, special) == (
        "t.1",
        [[1, "refused", "taken", "the room is taken", {"alternatives": ["102"]}, [], []]],
    )


def test_what_is_kept_of_an_entry_holds_no_value(relay: RelayRig) -> None:
    secret = "somebody@example.org"
    ops = [Op("*", "c", "r", {"f": "x"}), Op("=", "c", "r", {"f": secret}, "elsewhere.1")]
    write(
        relay, *(encode_batch(f"t{n}", [Change(mark(f"t{n}", 1), (ops[n],))], WALL) for n in (0, 1))
    )
    assert '"conflict"' in relay.log[1].special
    assert secret in relay.log[1].special
    relay.clean_up()
    assert "conflict" in relay.folded["t1.1"].special
    assert secret not in str(relay.folded)


# -- who stands below the floor --------------------------------------------------------------------


@pytest.mark.parametrize("seq", [0, 5, 9])
def test_fold_3_who_stands_below_the_floor_takes_the_state_over(old: RelayRig, seq: int) -> None:
    old.hello("late", seq=seq)
    ((code, message),) = old.answers("late", REFUSE)
    assert code == RENEW
    assert "cleaned up" in str(message)
    assert old.answers("late", WELCOME) == []


@pytest.mark.parametrize("last", ["t.10", "t.9", ""])
def test_fold_3_who_stands_at_it_goes_on(old: RelayRig, last: str) -> None:
    said = Hello(device="next", life="l", cursor=Cursor(EPOCH, 10, last))
    old.hear("next", said.encode())
    if last == "t.9":
        assert [row[0] for row in old.answers("next", REFUSE)] == [RENEW], "another log's"
    else:
        assert [row.seq for row in old.entries("next")] == [11]


def test_fold_3_a_state_that_was_fetched_before_is_not_followed_with_a_gap(old: RelayRig) -> None:
    old.hello("new", seq=None)
    old.hear("new", encode_frame(RESUME, EPOCH, 7))
    assert [row[0] for row in old.answers("new", REFUSE)] == [RENEW]


def test_fold_3_what_is_folded_away_while_it_is_read_leaves_no_gap(relay: RelayRig) -> None:
    write(relay, *(batch("t", n) for n in range(1, 11)))
    relay.holds_reads = True
    relay.hello("late", seq=0)
    relay.clean_up()
    relay.holds_reads = False
    relay.read()
    relay.run()
    assert relay.entries("late") == []
    assert [row[0] for row in relay.answers("late", REFUSE)] == [RENEW]


# -- devices ---------------------------------------------------------------------------------------


def fold_all(town: Town) -> None:
    """A snapshot is written, and all that it holds is folded away."""
    for _ in range(5):
        town.relay.wait(1_000)
    town.relay.clean_up()
    assert town.relay.log == []


def test_a_device_that_was_away_for_too_long_loses_nothing_and_hears_what_became_of_it() -> None:
    town = Contested()
    push_and_lose_the_answer(town)
    fold_all(town)
    asked = town.author.acknowledged(town.claim.change_id)
    town.author.run("", lambda d: d.create("c", {"id": "late"}))
    town.back(town.tablet)
    town.rest()
    for space in (town.author, town.other):
        assert shown(space) == (-1, "b", "desk", "desk")
        assert space.status().pending == 0
    assert letters(town.author) == ["author.2", "author.4"]
    with pytest.raises(Refused, match="somebody else changed"):
        outcome(asked)
    # Its function was handed back, and ran again.
    assert {row.batch for row in town.relay.log} >= {"author.5"}
    town.back(town.desk)
    assert town.one.view.get("c", "late") is not None


@pytest.mark.req("SRV-05")
def test_what_was_refused_stays_so_though_the_state_was_taken_over_and_the_log_put_back() -> None:
    town = Contested()
    kept = town.relay.log[: town.at_first]
    town.back(town.tablet)
    town.go_offline()
    town.one.run("", lambda d: d.create("c", {"id": "later"}))
    town.back(town.desk)
    fold_all(town)
    before = town.tablet.disk.generation
    town.back(town.tablet)
    assert town.tablet.disk.generation == before + 1, "it stood below the floor"
    town.restore(0)
    town.relay.log, town.relay.arrived = kept, [WALL] * len(kept)
    town.relay.folded.clear()
    town.relay.floor, town.relay.before_floor = 1, ""
    town.relay.restart()
    town.back(town.tablet)
    town.rest()
    assert shown(town.author) == (-1, "a", "", ""), "its function ran once, the claims are refused"
    assert letters(town.author) == ["author.2", "author.4"]
    town.back(town.desk)
    assert shown(town.one) == (-1, "b", "desk", "desk")


@pytest.mark.req("SRV-10")
def test_history_2_where_older_versions_are_not_kept_it_says_where_it_ends() -> None:
    town = Contested()
    town.one.run("", lambda d: d.create("c", {"id": "gone"}))
    town.one.run("Gone", lambda d: d.delete("c", "gone"), author="ann")
    town.back(town.desk)
    assert not history(town.one, "x")[0].cut, "the desk has all of it"
    fold_all(town)
    town.back(town.tablet)
    town.rest()
    town.author.run("Mend", lambda d: d.update("c", "x", {"f": "z"}), author="bo")
    town.settle()
    then, *_, mended = history(town.author, "x")
    assert then.cut
    assert not mended.cut
    assert (then.tab, then.author, then.fields) == (town.one.tab_id, "", {})
    assert then.record is not None
    assert then.record["f"] == "b"
    assert mended.fields == {"f": ("b", "z")}
    (gone,) = history(town.author, "gone")
    assert (gone.cut, gone.record, gone.author) == (True, None, "ann")
    town.author.restore("c", "x", then)
    town.settle()
    record = town.author.view.get("c", "x")
    assert record is not None
    assert record["f"] == "b"


def history(space: Space, rid: str) -> list[Version]:
    """As that tab reads it."""

    async def ask() -> list[Version]:
        return await space.history("c", rid)

    return outcome(ask())
