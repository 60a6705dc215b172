"""What the rules and the log say, in the user's language.

The domain speaks plain English: a refusal, a caution and a change's label are stored, travel, and
read the same on every device. What is shown goes through `told`, which finds the sentence as a
whole, or by a template such as "Room {room} is out of order: choose another." A part whose name
ends in `_` holds words of ours, which are said in the language as well: a code, a fragment, or
another sentence. Invariant (TOLD-1): every other part is shown letter for letter, and what no entry
knows, or two templates fit equally well, stays English as a whole. Where several fit, the one with
the most words of its own is meant. Stands on `language`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import NamedTuple

from pysync_pms.ui.language import translated

__all__ = ["told", "use_rules"]

_LIMIT = 2_000


class _Template(NamedTuple):
    pattern: re.Pattern[str]
    weight: int
    words: str


class _Entries:
    """Sentences and templates of one kind."""

    def __init__(self) -> None:
        self.sentences: dict[str, str] = {}
        self.templates: list[_Template] = []

    def use(self, entries: Mapping[str, str]) -> None:
        self.sentences.clear()
        self.templates.clear()
        for english, words in entries.items():
            if "{" in english:
                self.templates.append(_template(english, words))
            else:
                self.sentences[english] = words

    def find(self, text: str) -> str | None:
        whole = self.sentences.get(text)
        if whole is not None:
            return whole
        fits = [(each, fit) for each in self.templates if (fit := each.pattern.fullmatch(text))]
        most = max((each.weight for each, _ in fits), default=0)
        best = [(each, fit) for each, fit in fits if each.weight == most]
        if len(best) != 1:
            return None
        (_, _, words), fit = best[0]
        parts = fit.groupdict()
        return words.format(
            **{name: _piece(part) if name.endswith("_") else part for name, part in parts.items()}
        )


_rules = _Entries()
_fragments = _Entries()
_known: dict[str, str] = {}


def use_rules(rules: Mapping[str, str], fragments: Mapping[str, str]) -> None:
    """From now on show these words for the English ones; none is English. A fragment is found only
    inside a sentence."""
    _rules.use(rules)
    _fragments.use(fragments)
    _known.clear()


def _template(english: str, words: str) -> _Template:
    made, weight, named = "", 0, set[str]()
    for text, name, _, _ in string.Formatter().parse(english):
        made += re.escape(text)
        weight += len(text)
        if name is not None:
            made += f"(?P={name})" if name in named else f"(?P<{name}>.+?)"
            named.add(name)
    return _Template(re.compile(made, re.DOTALL), weight, words)


def told(text: str) -> str:
    """A sentence of the rules or of the log as the user reads it.

    >>> use_rules({"Room {room}: {state_}": "Zimmer {room}: {state_}"}, {"clean": "sauber"})
    >>> told("Room clean: clean"), told("clean"), told("Room 12")
    ('Zimmer clean: sauber', 'clean', 'Room 12')
    >>> use_rules({}, {})
    """
    found = _known.get(text)
    if found is None:
        if len(_known) >= _LIMIT:
            _known.clear()
        found = _known[text] = _rules.find(text) or str(text)
    return found


def _piece(part: str) -> str:
    found = _fragments.find(part) or _rules.find(part) or translated(part)
    if found is None and ", " in part:
        return ", ".join(map(_piece, part.split(", ")))
    return found or translated(part[:1].upper() + part[1:]) or part
