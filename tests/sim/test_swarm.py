"""Random worlds from seeds: safety at every step, convergence after healing.

More of them: `--sim-seeds 5000 --sim-first 1000`. One again, with its story:
`python -m pysync.testing.sim --seed N --steps M`.
"""

from __future__ import annotations

import pytest

from pysync.machines.election_table import Act
from pysync.machines.tab import Tab
from pysync.testing.sim import Broken, Swarm, World
from pysync.testing.sim.__main__ import main

STEPS = 80
CHUNKS = 6


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.req("CI-02", "TAB-01", "TAB-08", "TAB-15")
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_worlds_stay_safe_and_converge_when_healed(chunk: int, pytestconfig: pytest.Config) -> None:
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    for seed in range(first + chunk, first + count, CHUNKS):
        report = Swarm(seed).run(STEPS)
        assert report.decided <= report.changes


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.req("CI-02", "TAB-11")
def test_worlds_without_a_store_in_common_converge_when_healed(
    pytestconfig: pytest.Config,
) -> None:
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    for seed in range(first, first + max(1, count // 3)):
        Swarm(seed, shared=False).run(STEPS)


def test_a_seed_gives_the_same_world_again() -> None:
    once, again, other = Swarm(7), Swarm(7), Swarm(8)
    assert once.run(40) == again.run(40) != other.run(40)
    assert list(once.world.trace) == list(again.world.trace)


def test_a_failure_names_its_seed_and_tells_the_story(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pysync.testing.sim.swarm.unconverged", lambda _world: "on purpose")
    assert main(["--seed", "3", "--steps", "5"]) == 1
    printed = capsys.readouterr().out
    assert "did not converge: on purpose" in printed
    assert "seed 3, at" in printed
    assert "tab-ping" in printed


# -- a simulator that finds nothing proves nothing: break the code and see -------------------------


def _breaks(seeds: range) -> str:
    for seed in seeds:
        try:
            Swarm(seed, rung="locks").run(STEPS)
        except Broken as error:
            return str(error).splitlines()[0]
    return ""


def test_it_notices_a_leader_that_does_not_step_down(monkeypatch: pytest.MonkeyPatch) -> None:
    from pysync.machines.election import Election

    original = Election._do

    def stubborn(self: Election, act: Act, *rest: object) -> None:
        if act is not Act.DOWN:
            original(self, act, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Election, "_do", stubborn)
    assert _breaks(range(1, 60))


def test_it_notices_a_change_reported_saved_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(1)
    page = world.open()
    world.run(100)

    def hasty(tab: Tab) -> None:
        batch = next(iter(tab.outbox.waiting.values()))
        tab.confirming.saved(batch)

    def write_and_lie(now: object) -> None:
        draft = page.tab.draft(page.now)
        draft.create("items", {"id": "a"})
        page.tab.commit(draft, page.now)
        hasty(page.tab)

    with pytest.raises(Broken, match="SIM-3"):
        page.do(write_and_lie)
