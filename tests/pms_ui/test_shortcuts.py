"""Keys: single ones, sequences, and never while somebody types."""

from __future__ import annotations

import pytest

from pysync_pms.ui.shortcuts import SEQUENCE_SECONDS, Shortcut, Shortcuts, help_view
from tests.pms_ui.support import read

KEYS = [
    Shortcut(keys="n", action="new", label="New"),
    Shortcut(keys="g r", action="rooms", label="Rooms", group="Go to"),
    Shortcut(keys="Ctrl+k", action="find", label="Find"),
]


@pytest.fixture
def shortcuts() -> Shortcuts:
    made = Shortcuts()
    made.replace(KEYS)
    return made


def press(
    shortcuts: Shortcuts, key: str, *, now: float = 0, typing: bool = False, single: bool = True
) -> str:
    found = shortcuts.press(key, now=now, typing=typing, single_keys=single)
    return found.action if found else ""


def test_a_key_and_a_sequence(shortcuts: Shortcuts) -> None:
    assert press(shortcuts, "n") == "new"
    assert press(shortcuts, "g") == ""
    assert press(shortcuts, "r", now=SEQUENCE_SECONDS) == "rooms"


def test_a_sequence_is_forgotten_when_it_takes_too_long_or_goes_astray(
    shortcuts: Shortcuts,
) -> None:
    press(shortcuts, "g")
    assert press(shortcuts, "r", now=SEQUENCE_SECONDS + 0.1) == ""
    press(shortcuts, "g", now=10)
    assert press(shortcuts, "n", now=10) == "new"
    assert press(shortcuts, "r", now=10) == ""


def test_characters_do_nothing_while_typing_but_chords_do(shortcuts: Shortcuts) -> None:
    assert press(shortcuts, "n", typing=True) == ""
    press(shortcuts, "g", typing=True)
    assert press(shortcuts, "r") == ""
    assert press(shortcuts, "Ctrl+k", typing=True) == "find"


@pytest.mark.req("PMS-12")
def test_single_keys_can_be_switched_off(shortcuts: Shortcuts) -> None:
    assert press(shortcuts, "n", single=False) == ""
    assert press(shortcuts, "Ctrl+k", single=False) == "find"


def test_two_meanings_of_one_key_are_refused(shortcuts: Shortcuts) -> None:
    with pytest.raises(ValueError, match=r"New.*Night"):
        shortcuts.replace([*KEYS, Shortcut(keys="n", action="night", label="Night")])
    assert press(shortcuts, "n") == "new"


def test_the_help_page_lists_every_key_by_group(shortcuts: Shortcuts) -> None:
    page = read(help_view(shortcuts.listed()))
    assert [group.text for group in page.all("h3")] == ["Everywhere", "Go to"]
    assert [key.text for key in page.all("kbd")] == ["n", "Ctrl+k", "g", "r"]
