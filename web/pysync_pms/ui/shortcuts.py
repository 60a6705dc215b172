"""Keyboard shortcuts: what is registered, which one a key means, and the page that lists them.

Owns matching, including sequences such as `g` then `r`. Single characters never act while a text
field has the focus, and all of them can be switched off (WCAG 2.1.4); keys with Ctrl, Alt or Meta
and Escape act always. Pure: the key and the time come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import keys
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import tr

__all__ = ["SEQUENCE_SECONDS", "Shortcut", "Shortcuts", "help_view"]

SEQUENCE_SECONDS = 1.2
"""How long a first key waits for the second one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """`keys` is one key (`n`, `?`, `Ctrl+k`, `Escape`) or two with a space between (`g r`).
    `group` and `label` are how the help page shows it."""

    keys: str
    action: str
    label: str
    group: str = tr("Everywhere")
    args: tuple[tuple[str, str], ...] = ()


class Shortcuts:
    """The registered shortcuts and the first half of a sequence, if one was typed."""

    def __init__(self) -> None:
        self._by_keys: dict[str, Shortcut] = {}
        self._first = ""
        self._first_at = 0.0

    def replace(self, shortcuts: Iterable[Shortcut]) -> None:
        """Register exactly these. Two for the same keys are a mistake and raise ValueError."""
        by_keys: dict[str, Shortcut] = {}
        for shortcut in shortcuts:
            other = by_keys.get(shortcut.keys)
            if other is not None:
                raise ValueError(
                    f"{shortcut.keys!r} means both {other.label!r} and {shortcut.label!r}"
                )
            by_keys[shortcut.keys] = shortcut
        self._by_keys = by_keys

    def listed(self) -> Sequence[Shortcut]:
        """All of them, in the order they were registered."""
        return list(self._by_keys.values())

    def press(self, key: str, *, now: float, typing: bool, single_keys: bool) -> Shortcut | None:
        """What `key` asks for. `now` is in seconds, on any clock that only goes forward."""
        plain = len(key) == 1
        if plain and (typing or not single_keys):
            self._first = ""
            return None
        waiting = self._first if now - self._first_at <= SEQUENCE_SECONDS else ""
        self._first = ""
        if waiting and (second := self._by_keys.get(f"{waiting} {key}")):
            return second
        if any(known.startswith(f"{key} ") for known in self._by_keys):
            self._first, self._first_at = key, now
            return None
        return self._by_keys.get(key)


def help_view(shortcuts: Iterable[Shortcut]) -> Html:
    """All shortcuts, by group."""
    groups: dict[str, list[Shortcut]] = {}
    for shortcut in shortcuts:
        groups.setdefault(shortcut.group, []).append(shortcut)
    return h.div("shortcut-groups")[
        (
            h.section("shortcut-group")[
                h.h3[group],
                h.dl("shortcut-list")[
                    (h.div[h.dt[item.label], h.dd[keys(*item.keys.split(" "))]] for item in items)
                ],
            ]
            for group, items in groups.items()
        )
    ]
