"""A person is erased where a device decides alone, and at a relay whose log was put back."""

from __future__ import annotations

import pytest

from pysync.machines.batches import encode_batch
from pysync.machines.effects import Effect, Moment, WriteDecisions
from pysync.machines.events import Decided
from pysync.machines.relay_frames import Hello
from pysync.machines.snapshots import TIMER
from pysync.model.change import Change, Op
from pysync.model.draft import Draft
from pysync.model.schema import ERASED
from pysync.ports import StoreFault
from pysync.relay.admission import Admission
from pysync.relay.effects import Commit, Send
from pysync.relay.stored import StoredSpace
from tests.pysync.device import Device
from tests.pysync.kit import WALL, mark
from tests.pysync.people_kit import MARKER, PEOPLE
from tests.pysync.relay.town import Town, meet

pytestmark = [pytest.mark.req("SRV-20")]


@pytest.mark.parametrize("shared", [True, False])
def test_a_device_alone_holds_nothing_of_who_was_erased(shared: bool) -> None:
    """LEDGER-5: not in the log, nor verdicts, nor the snapshot; also where another tab writes about
    them in the same moment."""
    device = Device(PEOPLE, tabs=2, shared=shared)
    one, two = device.pages
    one.run(lambda draft: draft.create("people", {"id": "1", "name": MARKER, "mail": MARKER}))
    device.heal()
    two.run(lambda draft: draft.create("trips", {"id": "t", "who": "1", "note": MARKER}))
    device.heal()
    assert not shared or MARKER in repr(device.disk)
    one.run(lambda draft: draft.erase("people", "1"))
    two.run(lambda draft: draft.update("people", "1", {"mail": f"{MARKER} late"}))
    device.heal()
    device.assert_converged()
    for page in device.pages:
        assert page.tab.view.get("trips", "t") == {"id": "t", "who": "1"}
        assert ERASED in page.tab.view.get("people", "1")
        assert MARKER not in repr([cell.fields for cell in page.tab.view.cells["people"].values()])
        told = [event for event in page.events if isinstance(event, Decided) and event.erases]
        assert told[0].erases == {("people", "1"), ("trips", "t")}
    assert MARKER not in repr(device.disk)


def test_whom_a_restored_log_holds_again_is_erased_before_anybody_is_told() -> None:
    """RELAY-7: also who is not known in it, because a device may still bring them."""
    erased = [(("people", "1"), 5), (("rooms", "no person"), 6)]
    machine = Admission(PEOPLE, StoredSpace("e", 0, {}, [], {}, ["older"], erased=erased))
    now = Moment(1_700_000_000_000, 0.0)
    machine.came("conn", None)
    machine.heard("conn", Hello(device="d", life="l", cursor=None).encode(), now)
    [commit] = [each for each in machine.take_effects() if isinstance(each, Commit | Send)][:1]
    assert isinstance(commit, Commit) and commit.erases == {("people", "1")}
    cell = machine.view.cell("people", "1")
    assert cell is not None and cell.dead and cell.fields == {ERASED: 5}
    machine.committed(commit.row.last, now)
    sent = [each.text for each in machine.take_effects() if isinstance(each, Send)]
    assert ["erased-e" in text for text in sent] == [True]


def test_erase_4_what_was_refused_before_its_record_came_to_be_goes_from_every_device() -> None:
    """Nobody can tell whom it is about until the record comes, after they were erased."""
    town = Town(PEOPLE)
    device = town.device()
    space = town.open(device, "tab")
    space.run("", lambda draft: draft.create("people", {"id": "1", "name": "Ada"}))
    town.settle()
    town.relay.hello("raw")
    made = Op("*", "trips", "t", {"who": "1", "note": MARKER})
    changes = [
        Change(mark("late", 2), (Op("=", "trips", "t", {"note": MARKER}, "late.1"),)),
        Change(mark("late", 1), (made,)),
    ]
    town.relay.push("raw", encode_batch("late", changes[:1], WALL))
    town.settle()
    assert MARKER in repr(device.disk), "the record is missing, and the change is kept as refused"
    space.run("", lambda draft: draft.erase("people", "1"))
    town.settle()
    town.relay.push("raw", encode_batch("late", changes[1:], WALL))
    town.settle()
    assert space.view.get("trips", "t") == {"id": "t", "who": "1"}
    assert MARKER not in repr(device.disk)


def test_snapshot_4_no_snapshot_is_written_while_who_is_erased_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would bring what was made ready before back in between."""
    device = Device(PEOPLE, tabs=1)
    [page] = device.pages
    page.run(lambda draft: draft.create("people", {"id": "1", "name": MARKER}))
    device.heal()
    happened: list[str] = []
    execute, written = page._execute, page.tab.decisions_written

    def watch(effect: Effect) -> None:
        execute(effect)
        happened.append(type(effect).__name__)
        if isinstance(effect, WriteDecisions) and effect.erases:
            page.tab.snapshots.keep("~void.x", "[]", page.now, effect.term)
            for _ in range(5):
                page.tab.snapshots.woke(TIMER, effect.term, page.now)

    def answered(result: int | StoreFault, now: Moment) -> None:
        happened.append("answered")
        written(result, now)

    monkeypatch.setattr(page, "_execute", watch)
    monkeypatch.setattr(page.tab, "decisions_written", answered)
    page.run(lambda draft: draft.erase("people", "1"))
    device.heal()
    told = [each for each in happened if each in ("WriteDecisions", "answered", "WriteSnapshot")]
    assert told[:3] == ["WriteDecisions", "answered", "WriteSnapshot"]
    assert device.disk.snapshot["~void.x"] == "[]"


def test_what_was_refused_and_would_have_been_about_them_goes_from_its_author() -> None:
    """REDACT-1: a command that would have made a record about them, and lost something else."""
    town = Town(PEOPLE)
    device = town.device()
    author, other = town.open(device, "author"), town.open(town.device(), "other")
    author.run("", lambda draft: draft.create("people", {"id": "1", "name": "Ada"}))
    author.run("", lambda draft: draft.create("rooms", {"id": "r", "state": "clean"}))
    town.settle()

    def book(draft: Draft) -> None:
        draft.create("trips", {"id": "t", "who": "1", "note": MARKER})
        draft.update("rooms", "r", {"state": "taken"})

    town.go_offline()
    author.run("", book)
    town.pass_time(60_000)
    other.run("", lambda draft: draft.update("rooms", "r", {"state": "dirty"}))
    meet(town, town.devices[1])
    town.go_online()
    [letter] = author.dead_letters
    assert MARKER in repr(letter.change.ops) and MARKER in repr(device.disk)
    other.run("", lambda draft: draft.erase("people", "1"))
    town.settle()
    [letter] = author.dead_letters
    assert MARKER not in repr(letter.change.ops)
    assert MARKER not in repr(device.disk)
