"""What the rules and the log say, in the user's language.

The domain speaks plain English: a refusal, a caution and a change's label are stored, travel, and
read the same on every device. What is shown goes through `told`, which finds the sentence as a
whole, or by a template such as "Room {room} is out of order: choose another." In a template a name
that ends in `_` stands for words of ours, which are told in the language as well; every other part
is shown as it was written. Invariant (TOLD-1): what no entry knows, or more than one template could
have made, stays English, so nobody's words are ever taken for ours. Stands on the standard library.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence

__all__ = ["told", "use_rules"]

_LIMIT = 2_000

_sentences: dict[str, str] = {}
_templates: list[tuple[re.Pattern[str], str]] = []
_known: dict[str, str] = {}


def use_rules(rules: Mapping[str, str]) -> None:
    """From now on show these words for the English ones; none is English."""
    _sentences.clear()
    _templates.clear()
    _known.clear()
    for english, words in rules.items():
        pieces = list(string.Formatter().parse(english))
        if any(name is not None for _, name, _, _ in pieces):
            _templates.append((_pattern(pieces), words))
        else:
            _sentences[english] = words


def _pattern(pieces: Sequence[tuple[str, str | None, str | None, str | None]]) -> re.Pattern[str]:
    made = "".join(
        re.escape(text) + (f"(?P<{name}>.+?)" if name is not None else "")
        for text, name, _, _ in pieces
    )
    return re.compile(made, re.DOTALL)


def told(text: str) -> str:
    """A sentence of the rules or of the log as the user reads it.

    >>> use_rules({"Room {room}: {condition_}": "Zimmer {room}: {condition_}", "clean": "sauber"})
    >>> told("Room 12: clean"), told("clean"), told("Room 12 is not ours")
    ('Zimmer 12: sauber', 'sauber', 'Room 12 is not ours')
    >>> use_rules({})
    """
    if not _sentences and not _templates:
        return str(text)
    found = _known.get(text)
    if found is None:
        if len(_known) >= _LIMIT:
            _known.clear()
        found = _known[text] = _find(text)
    return found


def _find(text: str) -> str:
    whole = _sentences.get(text)
    if whole is not None:
        return whole
    fits = [
        (fit, words)
        for pattern, words in _templates
        if (fit := pattern.fullmatch(text)) is not None
    ]
    if len(fits) != 1:
        return text
    fit, words = fits[0]
    return words.format(
        **{
            name: told(part) if name.endswith("_") else part
            for name, part in fit.groupdict().items()
        }
    )
