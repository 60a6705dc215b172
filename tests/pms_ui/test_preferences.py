"""Preferences: each field stands for itself, and reaches the page as an attribute."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.ui.preferences import CHOICES, Preferences, read_preferences, root_attributes
from pysync_pms.ui.synced_preferences import SyncedPreferences
from tests.pysync.relay.town import Town

JSON: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, 100, "100", "dark", "huge", "", [], {}, 1.5]
)


@given(st.dictionaries(st.sampled_from([*CHOICES, "sidebar", "other"]), JSON))
def test_anything_stored_gives_valid_preferences(stored: dict[str, Any]) -> None:
    read = read_preferences(stored)
    for name, choices in CHOICES.items():
        assert getattr(read, name) in {choice.value for choice in choices}


@pytest.mark.req("TAB-01")
def test_one_bad_value_does_not_cost_the_others() -> None:
    read = read_preferences({"theme": "dark", "density": 7, "sidebar": "collapsed"})
    assert read == Preferences(theme="dark", sidebar="collapsed")


def test_the_page_learns_them_as_attributes() -> None:
    attributes = root_attributes(Preferences(theme="dark"), browser_locale="de-AT")
    assert attributes["data-theme"] == "dark"
    assert attributes["data-locale"] == "de-AT"
    chosen = root_attributes(Preferences(locale="fr-FR"), browser_locale="de-AT")
    assert chosen["data-locale"] == "fr-FR"


@pytest.mark.req("PMS-09", "SRV-02")
def test_the_tabs_of_a_device_share_preferences_and_devices_do_not() -> None:
    town = Town()
    desk = town.device()
    one, two = (SyncedPreferences(town.open(desk, name)) for name in ("one", "two"))
    far = SyncedPreferences(town.open(town.device(), "far"))
    one.write("theme", "dark")
    town.settle()
    assert [port.read().theme for port in (one, two, far)] == ["dark", "dark", "auto"]
