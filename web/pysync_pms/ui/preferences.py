"""What each user sets for themselves: theme, font size, density, language, sidebar, keys.

Owns the values, their bounds and how they reach the page (attributes of `<html>`). Where they are
kept is a port: the application gives one that stands on synced keys, so that a change shows in
every tab. A value that is not among the choices falls back to the default of its field; the others
hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Protocol

from pysync_pms.ui.components.controls import Choice
from pysync_pms.ui.language import Text, language_of, tr

__all__ = [
    "CHOICES",
    "DISPLAY",
    "Preferences",
    "PreferencesPort",
    "read_preferences",
    "root_attributes",
]


def _formats_only(language: str) -> Text:
    """A choice of which dates and numbers follow, and the words do not."""
    return tr("{language}, words in English", language=language)


KEPT: Final = (Choice(value="on", label=tr("Kept here")), Choice(value="off", label=tr("Left out")))
CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "theme": (
        Choice(value="auto", label=tr("System"), icon_name="monitor"),
        Choice(value="light", label=tr("Light"), icon_name="sun"),
        Choice(value="dark", label=tr("Dark"), icon_name="moon"),
    ),
    "font_size": (
        Choice(value="90", label=tr("Small")),
        Choice(value="100", label=tr("Normal")),
        Choice(value="112", label=tr("Large")),
        Choice(value="125", label=tr("Larger")),
        Choice(value="150", label=tr("Largest")),
    ),
    "density": (
        Choice(value="compact", label=tr("Compact")),
        Choice(value="cozy", label=tr("Cozy")),
        Choice(value="comfortable", label=tr("Comfortable")),
    ),
    "locale": (
        Choice(value="auto", label=tr("As the browser")),
        Choice(value="en-GB", label="English (United Kingdom)"),
        Choice(value="en-US", label="English (United States)"),
        Choice(value="de-DE", label="Deutsch"),
        Choice(value="fr-FR", label=_formats_only("Français")),
        Choice(value="es-ES", label=_formats_only("Español")),
        Choice(value="pt-PT", label=_formats_only("Português")),
    ),
    "sync": (
        Choice(value="on", label=tr("On")),
        Choice(value="paused", label=tr("Paused")),
    ),
    "metered": (
        Choice(value="sync", label=tr("Sync")),
        Choice(value="wait", label=tr("Wait")),
    ),
    "reservations": KEPT,
    "guests": KEPT,
}
"""The values to choose from. `locale` sets the language, and how dates, numbers and money are
written; `metered` what is done while the browser says that the network is paid for by volume;
`reservations` and `guests` whether this device keeps that module of the hotel."""
DISPLAY: Final = ("theme", "font_size", "density", "locale")
"""Those that change how the page looks."""
MODULES: Final = ("reservations", "guests")
"""Those that say what the device keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """One user's settings. `sidebar` is "open" or "collapsed"; `single_keys` "on" or "off"."""

    theme: str = "auto"
    font_size: str = "100"
    density: str = "cozy"
    locale: str = "auto"
    sidebar: str = "open"
    single_keys: str = "on"
    sync: str = "on"
    metered: str = "sync"
    reservations: str = "on"
    guests: str = "on"

    def pauses(self, *, metered: bool) -> bool:
        """Whether nothing is to be exchanged with the server on such a network."""
        return self.sync == "paused" or (metered and self.metered == "wait")

    @property
    def left_out(self) -> frozenset[str]:
        """The modules of the hotel that this device does not keep."""
        return frozenset(name for name in MODULES if getattr(self, name) == "off")


class PreferencesPort(Protocol):
    """Where preferences are kept, one synced key per field."""

    def read(self) -> Preferences:
        """The current values."""
        ...

    def write(self, name: str, value: str) -> None:
        """Set one field, here and in every other tab."""
        ...

    def subscribe(self, callback: Callable[[Preferences], None]) -> Callable[[], None]:
        """Call back after every change, own or remote; returns what ends it."""
        ...


_FREE = {"sidebar": ("open", "collapsed"), "single_keys": ("on", "off")}


def read_preferences(stored: Mapping[str, Any]) -> Preferences:
    """Preferences from stored values, each checked by itself.

    >>> read_preferences({"theme": "dark", "density": "huge"})
    Preferences(theme='dark', font_size='100', density='cozy', locale='auto', sidebar='open', \
single_keys='on', sync='on', metered='sync', reservations='on', guests='on')
    """
    valid: dict[str, str] = {}
    for item in fields(Preferences):
        value = stored.get(item.name)
        allowed = _FREE.get(item.name) or [c.value for c in CHOICES[item.name]]
        if value in allowed:
            valid[item.name] = str(value)
    return Preferences(**valid)


def root_attributes(preferences: Preferences, *, browser_locale: str) -> dict[str, str]:
    """The attributes of `<html>` that the style sheets read."""
    locale = browser_locale if preferences.locale == "auto" else preferences.locale
    return {
        "lang": language_of(locale),
        "data-locale": locale,
        "data-theme": preferences.theme,
        "data-density": preferences.density,
        "data-font-size": preferences.font_size,
        "data-sidebar": preferences.sidebar,
    }
