"""The words of the elements in the language of the page: English, or what `CATALOGUES` has.

The English words are the key. A language that is not here is English. Floor: the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

GERMAN: Final = MappingProxyType(
    {
        "Synced": "Synchron",
        "Syncing": "Wird abgeglichen",
        "Offline": "Offline",
        "Conflict": "Konflikt",
        "Sync unavailable": "Abgleich nicht möglich",
        "{n} tab open": "{n} Tab offen",
        "{n} tabs open": "{n} Tabs offen",
        "{n} change waiting": "{n} Änderung wartet",
        "{n} changes waiting": "{n} Änderungen warten",
        "{n} conflict": "{n} Konflikt",
        "{n} conflicts": "{n} Konflikte",
        "Last sync": "Zuletzt abgeglichen",
        "not yet": "noch nicht",
        "Open tabs": "Offene Tabs",
        "Waiting": "Wartet noch",
        "Open conflicts": "Offene Konflikte",
        "This tab": "Dieser Tab",
        "leads": "führt",
        "follows": "folgt",
        "Another tab": "Ein anderer Tab",
        "in the background": "im Hintergrund",
        "since": "seit",
        "Kept on this device and shared by its tabs.": (
            "Auf diesem Gerät gespeichert, für alle seine Tabs."
        ),
        "The server cannot be reached. Changes are kept here and sent later.": (
            "Der Server ist nicht erreichbar. Änderungen bleiben hier und werden später gesendet."
        ),
        "The server wants somebody to sign in.": "Auf dem Server ist niemand angemeldet.",
        "Sign in": "Anmelden",
        "The server does not let this page in: {why}": (
            "Der Server lässt diese Seite nicht herein: {why}"
        ),
        "The tabs of this browser cannot hear each other here.": (
            "Die Tabs dieses Browsers hören einander hier nicht."
        ),
        "Not saved at the moment: {why}": "Zurzeit nicht gespeichert: {why}",
        "the disk is full": "der Speicher ist voll",
        "the storage of the browser does not answer": ("der Speicher des Browsers antwortet nicht"),
        "No conflicts": "Keine Konflikte",
        "Shown": "Gezeigt",
        "The other": "Der andere",
        "Keep": "Behalten",
        "Take the other": "Den anderen nehmen",
        "Merge both": "Beide verbinden",
        "Later": "Später",
        "Settled by rule": "Nach Regel entschieden",
        "put aside": "zurückgestellt",
        "nothing": "nichts",
        "whole record": "ganzer Datensatz",
        "No history yet": "Noch kein Verlauf",
        "Restore": "Wiederherstellen",
        "Changed": "Geändert",
        "Deleted": "Gelöscht",
        "Restored": "Wiederhergestellt",
        "Resolved": "Konflikt gelöst",
        "Undone": "Rückgängig gemacht",
        "first state": "Anfangszustand",
        "refused": "abgelehnt",
        "That did not work: {why}": "Das ging nicht: {why}",
    }
)
CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {"de": GERMAN}


class Words:
    """Words in one language.

    >>> german = Words("de-AT")
    >>> german("Synced"), german.many(2, "tab open", "tabs open"), Words("fr")("Synced")
    ('Synchron', '2 Tabs offen', 'Synced')
    """

    def __init__(self, language: str = "") -> None:
        self.language = language
        self._catalogue = CATALOGUES.get(language.partition("-")[0].lower(), {})

    def __call__(self, words: str, **parts: str) -> str:
        """These words, with each part in the place of its name in braces."""
        found = self._catalogue.get(words, words)
        return found.format(**parts) if parts else found

    def many(self, number: int, one: str, more: str) -> str:
        """A number with its noun."""
        return self(f"{{n}} {one if number == 1 else more}", n=str(number))
