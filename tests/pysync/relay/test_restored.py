"""A relay whose log was put back to an older one; devices whose store was replaced under them."""

from __future__ import annotations

import pytest

from pysync import Space
from pysync.ports import StoreFault
from tests.pysync.house import note, put
from tests.pysync.relay.rig import EPOCH
from tests.pysync.relay.town import Town, meet
from tests.pysync.rig import outcome

pytestmark = pytest.mark.req("SRV-05", "TAB-15")


class Restored(Town):
    """A desk with two tabs and a tablet; what each wrote is acknowledged, then the log is put back
    to what it was before the last two changes."""

    def __init__(self, epoch: str) -> None:
        super().__init__()
        self.desk, self.tablet = self.device(), self.device()
        self.one, self.two = self.open(self.desk, "one"), self.open(self.desk, "two")
        self.three = self.open(self.tablet, "three")
        for at, space in enumerate(self.all):
            write(self, space, f"n{at}")
        self.relay.restore(1, epoch)

    @property
    def all(self) -> tuple[Space, ...]:
        """Every tab."""
        return self.one, self.two, self.three

    def come_back(self) -> None:
        """Connections were cut when the relay died; all dial again."""
        self.go_offline()
        self.go_online()

    def agree_on(self, *names: str) -> None:
        """Everybody shows these, and each is in the log once."""
        shown = dict.fromkeys(names, 1)
        assert [note(space) for space in self.all] == [shown] * 3
        assert [space.status().pending for space in self.all] == [0] * 3
        assert [space.status().relay for space in self.all] == ["online"] * 3
        logged = [row.batch for row in self.relay.log]
        assert sorted(logged) == sorted(set(logged))
        assert len(logged) == len(names)


def write(town: Town, space: Space, name: str) -> None:
    receipt = space.run("", put(**{name: 1}))
    town.settle()
    outcome(receipt.acknowledged())


@pytest.mark.parametrize("epoch", ["restored", EPOCH])
def test_load_3_what_a_restored_log_lost_its_devices_send_again(epoch: str) -> None:
    town = Restored(epoch)
    town.come_back()
    town.agree_on("n0", "n1", "n2")
    assert town.desk.disk.epoch == epoch
    write(town, town.two, "n3")
    write(town, town.three, "n4")
    town.agree_on("n0", "n1", "n2", "n3", "n4")


def test_a_log_that_went_on_after_it_was_put_back_is_told_from_the_one_that_was() -> None:
    town = Restored(EPOCH)
    for line in town.lines:
        line.cut()
    other = town.open(town.device(), "other")
    for name in ("x1", "x2", "x3"):
        write(town, other, name)
    assert town.relay.log[1].last == 2, "another entry stands where the devices' cursor points"
    town.come_back()
    town.agree_on("n0", "n1", "n2", "x1", "x2", "x3")
    assert note(other) == note(town.one)


def test_what_is_written_while_the_state_is_taken_over_is_kept() -> None:
    town = Restored("restored")
    town.go_offline()
    town.one.run("", put(late=1))
    town.two.run("", put(later=1))
    town.go_online()
    town.agree_on("n0", "n1", "n2", "late", "later")


def test_load_3_what_is_not_in_the_state_that_was_taken_over_is_pending_on_it() -> None:
    town = Restored("restored")
    town.go_offline()
    town.one.run("", put(late=1))
    town.settle()
    town.offline = False
    for line in town.lines:
        line.host.report(line.host.tab.relayed.hurry)
    town.settle(commits=False)
    assert town.desk.disk.epoch == "restored"
    for space in (town.one, town.two):
        assert note(space) == {"n0": 1, "n1": 1, "late": 1}
        assert space.status().pending == 2
    assert (note(town.three), town.three.status().pending) == ({"n0": 1, "n2": 1}, 1)
    town.settle()
    town.agree_on("n0", "n1", "n2", "late")


def test_a_state_that_cannot_be_fetched_is_asked_for_again() -> None:
    town = Restored("restored")
    fetch = town.desk.fetch_state
    town.desk.fetch_state = lambda _without, done: done(StoreFault("unreachable"))
    town.come_back()
    assert note(town.one) == {"n0": 1, "n1": 1, "n2": 1}, "until then it shows what it had"
    assert town.one.status().relay != "online"
    town.desk.fetch_state = fetch
    town.come_back()
    town.agree_on("n0", "n1", "n2")


def test_a_tab_that_was_away_reads_what_was_taken_over_meanwhile() -> None:
    town = Restored("restored")
    [asleep] = [host for host in town.desk.hosts if host.tab.id == "two"]
    asleep.report(asleep.tab.froze)
    town.desk.members.remove(asleep.member)
    town.come_back()
    assert town.two.tab.books.generation < town.one.tab.books.generation
    town.desk.members.append(asleep.member)
    asleep.report(asleep.tab.resumed)
    town.settle()
    town.agree_on("n0", "n1", "n2")


def test_another_log_under_the_same_address_is_refused_and_nothing_is_lost() -> None:
    town = Restored("restored")
    town.relay.ancestors.clear()
    town.relay.restart()
    town.come_back()
    for space in town.all:
        assert note(space) == {"n0": 1, "n1": 1, "n2": 1}
        assert (space.status().relay, "kept" in space.status().relay_reason) == ("refused", True)


def test_a_tab_that_opened_an_empty_space_before_there_was_a_relay_does_not_decide_alone() -> None:
    town = Town()
    device = town.device()
    device.disk.epoch, device.disk.generation = "", 0
    early = town.open(device, "early")
    assert early.status().relay == "none"
    device.disk.begin_at(EPOCH, 0, "")  # another tab did, when the server had become a relay
    early.run("", put(a=1))
    town.settle()
    assert [row.batch for row in town.relay.log] == ["early.1"]
    assert (early.status().relay, note(early)) == ("online", {"a": 1})


def test_load_3_what_a_log_lacks_that_came_to_the_same_entry_and_records_is_sent_again() -> None:
    """A log that was put back under its own epoch went on otherwise, up to an entry that stood in
    the same place before; whatever the one lacks was overwritten, and so was what the other has."""
    town = Town()
    desk, tablet = town.device(), town.device()
    one, two = town.open(desk, "one"), town.open(tablet, "two")
    write(town, two, "made")
    write(town, one, "n")
    write(town, two, "b")
    town.go_offline()
    town.relay.restore(1, EPOCH)
    town.offline = False
    write(town, town.open(town.device(), "other"), "n")
    meet(town, tablet)
    two.run("", put(n=2))
    town.settle()
    assert [row.batch for row in town.relay.log] == ["two.1", "other.1", "two.2", "two.3"]
    town.go_online()
    assert (desk.disk.seq, note(one)) == (4, note(two)), "it holds what all hold"
    for _ in range(20):
        town.pass_time(2_000)
    assert [row.batch for row in town.relay.log][4:] == ["one.1"]
    assert note(one) == note(two) == {"made": 1, "n": 2, "b": 1}
    assert '"lost":["notes/n/n"]' in town.relay.log[4].special, "its author is told"
