"""The table of the election: total, leavable, and drawn as it is."""

from __future__ import annotations

import re
from pathlib import Path

from pysync.machines import election, seat, succession
from pysync.machines.election_table import BOUNDS, TABLE, Act, Event, State, diagram


def test_elect_1_the_table_answers_every_event_in_every_state() -> None:
    assert set(TABLE) == {(state, event) for state in State for event in Event}


def test_every_state_can_be_left_and_reached() -> None:
    for state in State:
        assert any(target is not state for (s, _), (target, _) in TABLE.items() if s is state)
    reached = {target for (s, _), (target, _) in TABLE.items() if s is not target}
    assert reached == set(State)


def test_elect_2_who_stops_leading_steps_down_and_who_leads_nowhere_else_does() -> None:
    leading = {State.ACTING, State.LEADING}
    for (state, _), (target, acts) in TABLE.items():
        assert (Act.DOWN in acts) == (state in leading and target not in leading)
        assert target not in leading or state in leading | {State.QUEUED, State.ASKING}


def test_elect_4_whoever_leaves_the_seat_lets_go_of_it_before_queueing_again() -> None:
    holding = {State.ACTING, State.LEADING, State.YIELDING}
    for (state, _), (target, acts) in TABLE.items():
        if state in holding and target not in holding:
            assert Act.LEAVE in acts
            assert target is not State.QUEUED or acts[-2:] == (Act.LEAVE, Act.QUEUE)


def test_a_state_with_a_bound_sets_it_on_entering() -> None:
    for (state, _), (target, acts) in TABLE.items():
        if target in BOUNDS and target is not state:
            assert acts[-1] is Act.WAIT


def test_the_diagram_shows_every_move() -> None:
    drawn = diagram()
    assert drawn.startswith("stateDiagram-v2")
    for (state, event), (target, acts) in TABLE.items():
        line = f"    {state.name} --> {target.name}: {event.value}"
        assert (line in drawn) == bool(acts or target is not state)


def test_each_numbered_invariant_has_its_enforcement_and_its_test() -> None:
    here = Path(__file__).parent
    names = ("election_table", "election", "succession", "seat")
    tests = "".join((here / f"test_{name}.py").read_text("utf-8") for name in names)
    for module, prefix in ((election, "ELECT"), (seat, "SEAT"), (succession, "SUCC")):
        for number in re.findall(rf"^{prefix}-(\d+)", module.__doc__ or "", re.MULTILINE):
            assert f"{prefix.lower()}_{number}_" in tests, f"{prefix}-{number} has no test"
