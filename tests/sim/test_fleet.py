"""Random devices around a relay: one log for all, whatever breaks and is cleaned up, and
convergence when healed.

More of them: `--sim-seeds 5000 --sim-first 1000`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pysync.machines.relay_frames import EntryRow
from pysync.relay.admission import Admission
from pysync.relay.behind import Behind
from pysync.relay.folding import Folded
from pysync.testing.sim import Broken
from pysync.testing.sim.fleet import Fleet
from pysync.testing.sim.relay import SimRelay

STEPS = 80
CHUNKS = 4


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.req("SRV-02", "SRV-04", "SRV-05", "SRV-11", "SRV-20", "TAB-15")
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_devices_stay_safe_and_converge_when_healed(
    chunk: int, pytestconfig: pytest.Config
) -> None:
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    entries = sum(
        Fleet(seed).run(STEPS) for seed in range(first + chunk, first + max(1, count // 2), CHUNKS)
    )
    assert entries > 0


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.req("SRV-04", "SRV-05", "TAB-15")
def test_load_3_nothing_acknowledged_is_lost_where_the_relay_is_put_back(
    pytestconfig: pytest.Config,
) -> None:
    """Its disk becomes what it once was, under a new epoch or, as it should not, under its own."""
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    for seed in range(first, first + max(1, count // 2)):
        Fleet(seed, restores=True).run(STEPS)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.req("SRV-13", "SRV-29")
def test_project_3_devices_converge_on_what_each_keeps(pytestconfig: pytest.Config) -> None:
    """They leave modules out and have them back, whatever else happens."""
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    for seed in range(first, first + max(1, count // 6)):
        Fleet(seed, restores=seed % 3 == 0, leaves=True).run(STEPS)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.req("SRV-05")
def test_behind_1_nothing_overtakes_what_the_relay_failed_on(pytestconfig: pytest.Config) -> None:
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    failed = 0
    for seed in range(first, first + max(1, count // 6)):
        fleet = Fleet(seed, fails=True)
        fleet.run(STEPS)
        failed += len(fleet.fickle.failed)
    assert failed > 0


@pytest.mark.req("SRV-04")
def test_what_was_in_a_state_and_is_not_in_the_next_one_is_sent_in_its_order() -> None:
    """Found by chance: put back twice, a device asked for ever what had become of two batches."""
    Fleet(7_000_898, restores=True).run(STEPS)


@pytest.mark.req("SRV-04", "SRV-05")
def test_load_3_what_was_overwritten_on_a_log_that_was_put_back_is_sent_again() -> None:
    """Found by chance: under the same epoch another log came to the same entry at the same seq, and
    to the same records, so nobody noticed that a change of the former log was not in it."""
    Fleet(8_100_036, restores=True).run(STEPS)


def test_what_was_handed_back_before_a_state_was_taken_over_need_not_be_sent_again() -> None:
    """Found by chance: what a device knew to have no effect was looked for among its entries."""
    Fleet(92_000_843, restores=True).run(150)
    Fleet(91_000_503, restores=True, fails=True).run(150)


@pytest.mark.req("SRV-20")
def test_erase_4_what_was_refused_about_a_record_that_came_later_goes_with_the_person() -> None:
    """Found by chance: in the log, and in what a device kept of what it had been told."""
    Fleet(7_000_255).run(300)
    Fleet(92_000_159, restores=True).run(150)


def test_it_notices_a_device_that_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Behind, "first", lambda *_: "")
    with pytest.raises(Broken, match="overtook"):
        for seed in range(30):
            Fleet(seed, fails=True).run(STEPS)


def test_a_seed_gives_the_same_devices_again() -> None:
    once, again = Fleet(7), Fleet(7)
    assert once.run(40) == again.run(40)
    assert list(once.worlds[0].trace) == list(again.worlds[0].trace)


# -- a simulator that finds nothing proves nothing: break the code and see -------------------------


def _breaks(seeds: range) -> str:
    for seed in seeds:
        fleet = Fleet(seed)
        fleet.relay.disk_ms = 500.0  # much is on its way to the disk when it crashes
        try:
            fleet.run(STEPS)
        except Broken as error:
            return str(error).splitlines()[0]
    return ""


def test_it_notices_entries_that_are_sent_before_they_are_on_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original: Callable[..., Any] = Admission._commit

    def hasty(self: Admission, *args: Any) -> Any:
        answer = original(self, *args)
        self._guests.committed([self._uncommitted[-1]])
        return answer

    monkeypatch.setattr(Admission, "_commit", hasty)
    assert "SIM-2" in _breaks(range(60, 120))


def test_it_notices_a_relay_that_loses_what_it_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = SimRelay.crash

    def forgetful(self: SimRelay, down_ms: float) -> None:
        del self.log[-1:]
        original(self, down_ms)

    monkeypatch.setattr(SimRelay, "crash", forgetful)
    assert _breaks(range(1, 40))


@pytest.mark.req("SRV-20")
def test_it_notices_a_relay_that_forgets_what_it_cleaned_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Folded, "entry", lambda self, _text: fold_nothing(self))
    assert "told to have had no effect" in _breaks(range(15, 60))


def fold_nothing(kept: Folded) -> EntryRow:
    return EntryRow(kept.seq, kept.count, kept.batch, "", "", "")
