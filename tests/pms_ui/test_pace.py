"""The user is never kept waiting; the others never for long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.ui.pace import REST, REST_AT_MOST, Pace

SECONDS = st.floats(0, 100)


@given(began=SECONDS, took=SECONDS, later=SECONDS)
def test_waiting_is_bounded_and_never_in_the_past(began: float, took: float, later: float) -> None:
    pace = Pace()
    pace.drew(began, began + took)
    now = began + took + later
    assert pace.due(now, patient=False) == now
    assert now <= pace.due(now, patient=True) <= now + REST_AT_MOST


def test_a_drawing_is_followed_by_its_rest() -> None:
    pace = Pace()
    assert pace.due(5, patient=True) == 5
    pace.drew(5, 5.1)
    assert pace.due(5.1, patient=True) == pytest.approx(5.1 + REST * 0.1)
    assert pace.due(6, patient=True) == 6
