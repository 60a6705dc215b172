"""The tables of a stay's life are total and agree with each other."""

from __future__ import annotations

from typing import get_args

import pytest

from pysync_pms.statuses import AFTER, MAY_BECOME, Action, No, allowed
from pysync_pms.words import STATUSES

pytestmark = pytest.mark.req("PMS-02")


def test_every_action_answers_every_status() -> None:
    assert set(AFTER) == set(get_args(Action))
    for row in AFTER.values():
        assert set(row) == set(STATUSES)


def test_every_status_answers_every_status() -> None:
    assert set(MAY_BECOME) == set(STATUSES)
    for row in MAY_BECOME.values():
        assert set(row) == set(STATUSES)


def test_the_rules_allow_whatever_a_command_does() -> None:
    for row in AFTER.values():
        for before, after in row.items():
            if not isinstance(after, No):
                assert MAY_BECOME[before][after] is None


def test_a_refusal_says_why_in_words() -> None:
    answers = [a for table in (AFTER, MAY_BECOME) for row in table.values() for a in row.values()]
    for answer in answers:
        if isinstance(answer, No):
            assert answer.code
            assert answer.message.endswith(".")


def test_every_status_offers_something() -> None:
    assert all(allowed(status) for status in STATUSES)
    assert "check-in" in allowed("confirmed")
    assert "check-in" not in allowed("checked-in")
