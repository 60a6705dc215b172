"""The status badge says each state in words, and offers what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from pysync.either_link import OVER_HTTP
from pysync.model.schema import Schema
from pysync.native import open_space
from pysync_pms.ui.frame import clock_facts, words_of
from pysync_pms.ui.status import State, SyncStatus, badge, sentence
from tests.pms_ui.support import read


@pytest.mark.req("TAB-13")
@pytest.mark.parametrize(
    ("status", "words", "tone", "number"),
    [
        (SyncStatus(state="synced"), "Synced", "ok", None),
        (SyncStatus(state="syncing", queued=2), "Syncing", "live", "2"),
        (SyncStatus(state="offline", queued=3), "Offline", "idle", "3"),
        (SyncStatus(state="conflict", conflicts=4, queued=1), "Conflict", "act", "4"),
        (SyncStatus(state="unavailable"), "Sync unavailable", "danger", None),
    ],
)
def test_each_state_has_its_word_colour_and_number(
    status: SyncStatus, words: str, tone: str, number: str | None
) -> None:
    page = read(badge(status))
    node = page.one(id="sync-status")
    assert node.attrs["data-state"] == status.state
    assert node.attrs["class"] == f"status tone-{tone}"
    assert page.one(class_="status-label").text == words
    assert [found.text for found in page.all(class_="status-number tnum")] == (
        [number] if number else []
    )
    pulsing = page.all(class_="status-dot pulse")
    assert bool(pulsing) == (status.state == "syncing")


def test_the_cases_above_are_all_states() -> None:
    assert set(get_args(State)) == {"synced", "syncing", "offline", "conflict", "unavailable"}


@pytest.mark.req("TAB-13")
def test_details_name_tabs_and_time_and_act() -> None:
    page = read(badge(SyncStatus(state="conflict", tabs=3, conflicts=1, last_sync="14:02:07")))
    details = page.one(id="sync-details")
    facts = dict(
        zip((n.text for n in details.all("dt")), (n.text for n in details.all("dd")), strict=True)
    )
    assert facts["Last sync"] == "14:02:07"
    assert facts["Open tabs"] == "3"
    assert details.has("button", data_action="sync.force")
    assert details.one("button", data_action="sync.conflicts").text == "Open conflicts"


def test_what_cannot_be_forced_says_why() -> None:
    page = read(badge(SyncStatus(state="synced", can_force=False)))
    assert not page.all("button", data_action="sync.force")
    assert "no server" in page.one("button", aria_disabled="true").text


def test_the_sentence_for_screen_readers_counts_in_words() -> None:
    assert sentence(SyncStatus(state="synced")) == "Synced, 1 tab open"
    assert sentence(SyncStatus(state="conflict", conflicts=1, queued=2, tabs=2)) == (
        "Conflict, 1 conflict, 2 changes waiting, 2 tabs open"
    )


@pytest.mark.req("SRV-02")
def test_the_note_says_that_changes_travel_over_http() -> None:
    with open_space("words", schema=Schema()) as space:
        alone = space.status()
    by_socket = replace(alone, relay="online")
    by_http = replace(by_socket, relay_reason=OVER_HTTP)
    assert words_of(by_http) == f"{words_of(by_socket)}. {OVER_HTTP}"
    assert "this device only" in words_of(alone)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(0, ""), (7_000, "7 s fast"), (-3_720_000, "62 min slow"), (31_536_000_000, "365 d fast")],
)
def test_a_clock_that_is_wrong_is_told(ahead: int, words: str) -> None:
    with open_space("words", schema=Schema()) as space:
        said = clock_facts(replace(space.status(), clock_ahead=ahead))
    assert [value.partition(";")[0] for _, value in said] == ([words] if words else [])
