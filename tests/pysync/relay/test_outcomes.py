"""Who made a change hears what became of it, once, whatever happens to the relay's log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync import Draft, Refused, Space
from pysync.machines import snapshots
from tests.pysync.relay.town import Line, Town, meet
from tests.pysync.rig import Device, outcome

pytestmark = pytest.mark.req("SRV-05", "SRV-11", "TAB-15")


class Contested(Town):
    """A desk, and a tablet with two tabs, of which the first, `author`, wrote while it was offline:
    a function that takes one, a claim, and a note in one batch with another claim. The desk wrote
    meanwhile, so that the function is handed back and both claims are refused."""

    def __init__(self) -> None:
        super().__init__()
        self.desk, self.tablet = self.device(), self.device()
        self.one = self.open(self.desk, "one")
        self.author, self.other = (self.open(self.tablet, name) for name in ("author", "other"))
        self.one.run("", lambda d: d.create("c", {"id": "x", "n": 0, "f": "a", "by": "", "to": ""}))
        self.settle()
        self.at_first = self.relay.log[-1].last
        self.go_offline()
        self._tick()
        self.took = self.author.run("take", take, rerun=True)
        self.claim = self.author.run("", lambda d: d.update("c", "x", {"by": "tablet"}))
        self.author.run("", lambda d: d.create("c", {"id": "note"}))
        self.author.run("", lambda d: d.update("c", "x", {"to": "tablet"}))
        self._tick()
        self.one.run("", lambda d: d.update("c", "x", {"f": "b", "by": "desk", "to": "desk"}))
        self.settle()
        self.back(self.desk)

    def _tick(self) -> None:
        for device in self.devices:
            device.ms += 1_000

    def back(self, device: Device) -> None:
        """It reaches the relay again, and nobody else does."""
        meet(self, device)

    def lines_of(self, device: Device) -> list[Line]:
        """Its tabs that are open."""
        return [each for each in self.lines if each.device is device and not each.host.closed]

    def restore(self, seq: int, state: tuple[int, dict[str, str]] = (0, {})) -> None:
        """The relay is put back to what it was, with the state that it took then, and nobody has
        heard of it yet."""
        self.go_offline()
        self.relay.restore(seq, f"restored-{len(self.relay.ancestors)}")
        self.relay.snapshot = state
        self.relay.restart()

    def rest(self) -> None:
        """Time passes on the tablet until everything is done there."""
        for _ in range(5):
            self.tablet.pass_time(3_000)
            self.settle()


def take(draft: Draft) -> None:
    draft.get("c", "x")
    draft.increment("c", "x", "n", -1)


def shown(space: Space) -> tuple[object, ...]:
    record = space.view.get("c", "x")
    assert record is not None
    return record["n"], record["f"], record["by"], record["to"]


def letters(space: Space) -> list[str]:
    return [letter.change.id for letter in space.dead_letters]


@pytest.fixture
def town() -> Iterator[Contested]:
    yield Contested()


def test_the_scene(town: Contested) -> None:
    town.back(town.tablet)
    assert shown(town.one) == shown(town.author) == (-1, "b", "desk", "desk")
    assert letters(town.author) == ["author.2", "author.4"]
    assert [row.count for row in town.relay.log if row.batch.startswith("author")] == [1, 3, 1]


@pytest.mark.parametrize("author_lives", [True, False])
def test_what_was_refused_before_the_log_was_put_back_takes_no_effect_afterwards(
    town: Contested, author_lives: bool
) -> None:
    town.back(town.tablet)
    if not author_lives:
        town.author.close()
        town.settle()
    town.restore(town.at_first)
    town.back(town.tablet)  # so what was refused for the desk's sake comes before the desk's
    town.rest()
    assert shown(town.other) == (-1, "a", "", ""), "its function ran once, the claims are refused"
    assert town.other.view.get("c", "note") is not None, "what stood beside them in a batch counts"
    town.back(town.desk)
    for space in (town.one, town.other):
        assert shown(space) == (-1, "b", "desk", "desk")
    assert letters(town.author) == ["author.2", "author.4"]
    assert letters(town.other) == []
    town.restore(town.at_first)
    town.back(town.tablet)
    town.rest()
    assert shown(town.other) == (-1, "a", "", ""), "also when it is put back once more"


def test_what_was_refused_stays_so_though_it_was_in_a_state_that_was_taken_over_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 1)
    town = Contested()
    town.back(town.tablet)
    for _ in range(5):
        town.relay.wait(1_000)
    assert town.relay.snapshot[0] == town.relay.log[-1].last
    town.restore(town.relay.log[-1].last, town.relay.snapshot)
    town.back(town.tablet)
    town.restore(town.at_first)
    town.back(town.tablet)
    town.rest()
    assert shown(town.author) == shown(town.other) == (-1, "a", "", "")


@pytest.mark.parametrize("author_lives", [True, False])
def test_outcome_1_a_log_that_was_put_back_without_loss_tells_nothing_a_second_time(
    town: Contested, author_lives: bool
) -> None:
    if not author_lives:
        town.author.close()
    town.back(town.tablet)
    told = town.author if author_lives else town.other
    refused = letters(told)
    town.restore(town.relay.log[-1].last)
    town.back(town.tablet)
    town.rest()
    assert letters(told) == refused
    assert refused == ["author.2", "author.4"]
    assert shown(town.other) == (-1, "b", "desk", "desk")


@pytest.mark.parametrize("author_leads", [True, False])
def test_outcome_1_what_became_of_a_change_is_heard_though_its_entry_never_was(
    author_leads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 1)
    town = Contested()
    if not author_leads:
        town.other.force_leader()
        for _ in range(3):
            town.tablet.settle()
    push_and_lose_the_answer(town)
    for _ in range(5):
        town.relay.wait(1_000)  # a snapshot is written that holds it
    assert town.relay.snapshot[0] == town.relay.log[-1].last
    state = town.relay.snapshot
    town.restore(town.relay.log[-1].last, state)
    asked = (town.took.change_id, town.claim.change_id)
    waiting = [town.author.acknowledged(change_id) for change_id in asked]
    assert not any(pledge.done() for pledge in waiting)
    town.offline = False
    while not town.author.tab.books.unheard:
        town.tablet.pass_time(100)
        _ = [line.take() for line in town.lines_of(town.tablet)]
    late = town.author.acknowledged(town.claim.change_id)
    assert not late.done(), "that it is in the state does not say that it had an effect"
    town.back(town.tablet)
    town.rest()
    with pytest.raises(Refused):
        outcome(late)
    assert shown(town.author) == shown(town.other) == (-1, "b", "desk", "desk")
    assert letters(town.author) == ["author.2", "author.4"]
    assert letters(town.other) == []
    outcome(waiting[0])
    with pytest.raises(Refused, match="somebody else changed"):
        outcome(waiting[1])


@pytest.mark.parametrize("heard", [False, True])
def test_takeover_3_what_became_of_a_change_is_asked_for_by_whoever_comes_after_all_tabs(
    heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 1)
    town = Contested()
    push_and_lose_the_answer(town)
    for _ in range(5):
        town.relay.wait(1_000)
    town.restore(town.relay.log[-1].last, town.relay.snapshot)
    town.offline = False
    while not town.author.tab.books.unheard:
        town.tablet.pass_time(100)
        _ = [line.take() for line in town.lines_of(town.tablet)]
    if heard:
        town.back(town.tablet)
        town.rest()
    town.go_offline()
    for space in (town.author, town.other):
        space.close()
    town.tablet.settle()
    late = town.open(town.tablet, "late")
    told: list[str] = []
    late.on_refused(lambda letter: told.append(letter.change.id))
    town.back(town.tablet)
    town.rest()
    # A function that was handed back runs again only while its tab is there.
    refused = ["author.2", "author.4"] if heard else ["author.1", "author.2", "author.4"]
    assert letters(late) == refused
    assert told == ([] if heard else refused), "each is told once"
    assert shown(late) == (-1 if heard else 0, "b", "desk", "desk")
    late.close()
    assert letters(town.open(town.tablet, "later")) == refused


def push_and_lose_the_answer(town: Contested) -> None:
    """The tablet's changes are decided and committed; it never hears of it."""
    town.offline = False
    for line in town.lines_of(town.tablet):
        line.host.report(line.host.tab.relayed.hurry)
    [line] = [each for each in town.lines_of(town.tablet) if each.conn]
    for _ in range(50):
        if sum(row.count for row in town.relay.asked) == 4:
            break
        town.tablet.settle()
        line.take()
    town.offline = True
    line.cut()
    town.relay.commit()
    assert [row.count for row in town.relay.log if row.batch.startswith("author")] == [1, 3]
