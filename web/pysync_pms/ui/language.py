"""Texts of the interface in the user's language.

Owns what a translatable text is (`Text`), how one is written (`tr`, `plural`) and which language
is in use. The English words are the key, as with gettext; a catalogue is a mapping from them to
another language, and what it lacks stays English. A `Text` is a `str` that *is* its English words,
so that it compares, sorts and is tested as one; it becomes another language when it is shown: where
`html` renders it, in an f-string, and by `str`. So a module's constants may be texts: they are made
before anybody chose a language. Joining with `+` or `str.join` shows the English words: use an
f-string or `tr` with parts.

What a change says of itself in the log, and why a rule refused it, is plain English on every device
and at the relay; `told` shows it. Stands on the standard library alone.

A language has two forms of a noun here, one and many, as English and German have; one with more
needs `plural` to choose by its own rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

__all__ = [
    "LANGUAGES",
    "Text",
    "drawn_in",
    "grouped",
    "language_of",
    "plural",
    "tr",
    "translated",
    "use",
]

_in_use: dict[str, str] = {}
"""Words in the language in use, by the English ones."""
_drawn: list[Callable[[], None]] = []
_NO_PARTS: Mapping[str, object] = {}
"""One for all: most texts are constants, and hundreds of empty ones take room."""


class Text(str):
    """Words of the interface, with what was put into them. Made by `tr`."""

    __slots__ = ("_key", "_parts")
    _key: str
    _parts: Mapping[str, object]

    def __str__(self) -> str:
        """The words in the language in use."""
        words = _in_use.get(self._key, self._key)
        return words.format(**self._parts) if self._parts else words

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def tr(words: str, /, **parts: object) -> Text:
    """Words of the interface; each part stands for its name in braces. A part that is a text
    itself is shown in the language, too; dates, numbers and money come from `Formats`.

    >>> tr("Cancel the stay of {who}", who="Ann")
    'Cancel the stay of Ann'
    """
    made = Text(_english(words, parts) if parts else words)
    made._key = words
    made._parts = parts or _NO_PARTS
    return made


def _english(words: str, parts: Mapping[str, object]) -> str:
    return words.format(
        **{name: str.__str__(part) if type(part) is Text else part for name, part in parts.items()}
    )


def plural(number: int, one: str, many: str | None = None) -> Text:
    """A number with its noun. The catalogue holds "{n} night" and "{n} nights".

    >>> plural(1, "night"), plural(3, "night"), plural(0, "stay", "stays")
    ('1 night', '3 nights', '0 stays')
    """
    return tr("{n} " + (one if number == 1 else many or one + "s"), n=number)


def use(catalogue: Mapping[str, str]) -> None:
    """From now on texts are shown in this language; an empty catalogue is English. What stands on
    the page already has to be drawn anew."""
    _in_use.clear()
    _in_use.update(catalogue)
    for forget in _drawn:
        forget()


def drawn_in(forget: Callable[[], None]) -> None:
    """Call this whenever another language comes into use: it empties a memory of what was drawn,
    whose keys are equal in every language."""
    _drawn.append(forget)


def translated(words: str) -> str | None:
    """What the catalogue has for these English words; None in English, and for others."""
    return _in_use.get(words)


def grouped(number: int) -> str:
    """A whole number as the language writes it. The catalogue says so by its entry "1,000".

    >>> grouped(12_345)
    '12,345'
    """
    return f"{number:,}".replace(",", _in_use.get("1,000", "1,000")[1])


LANGUAGES: Final = ("de",)
"""Those that have a catalogue; all others are shown in English."""


def language_of(locale: str) -> str:
    """The language of the texts where dates and numbers are written as in `locale`.

    >>> language_of("de-AT"), language_of("fr-FR")
    ('de', 'en')
    """
    language = locale.partition("-")[0].lower()
    return language if language in LANGUAGES else "en"
