"""The catalogues of texts: gettext files in, one JSON file per language out.

A language is a folder named by its code with `*.po` in it. `rules.po` and `fragments.po` hold what
the hotel's rules and the log say (`pysync_pms.ui.told`), the others the texts of the interface
(`pysync_pms.ui.language`); how these are cut into files is free. Invariants: no entry is empty,
marked fuzzy or in two files with two meanings, and each names the placeholders of its English
words, so a page can show whatever it is given.
"""

from __future__ import annotations

import json
import string
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from pysync_build.common import Stop

OF_RULES = ("rules", "fragments")
"""The files that are kept apart, by name; all others hold texts."""


def catalogues(folder: Path | None) -> dict[str, bytes]:
    """What a page reads, by the language's code: an object of "texts", "rules" and "fragments",
    each of which has the words by the English ones."""
    if folder is None or not folder.is_dir():
        return {}
    return {
        each.name: json.dumps(read_language(each), ensure_ascii=False, sort_keys=True).encode()
        for each in sorted(folder.iterdir())
        if each.is_dir()
    }


def read_language(folder: Path) -> dict[str, dict[str, str]]:
    """The entries of one language, by kind.

    Raises:
        Stop: an entry cannot be shown; the message names it.
    """
    kinds: dict[str, dict[str, str]] = {name: {} for name in ("texts", *OF_RULES)}
    for file in sorted(folder.glob("*.po")):
        into = kinds[file.stem if file.stem in OF_RULES else "texts"]
        for english, words in read_entries(file).items():
            if into.setdefault(english, words) != words:
                raise Stop(f"{file} says {words!r} for {english!r}, another file something else.")
    return kinds


def read_entries(file: Path) -> dict[str, str]:
    """The entries of one file.

    Raises:
        Stop: the file is not a catalogue, or an entry of it cannot be shown.
    """
    with file.open("rb") as opened:
        catalogue = read_po(opened, abort_invalid=True)
    found: dict[str, str] = {}
    for message in catalogue:
        if message.id:
            found[str(message.id)] = checked(message, file)
    return found


def checked(message: Message, file: Path) -> str:
    """The words of an entry.

    Raises:
        Stop: it is empty, fuzzy, has plural forms, or names other placeholders.
    """
    words = message.string
    if not isinstance(message.id, str) or not isinstance(words, str):
        raise Stop(f"{file}: {message.id!r} has plural forms; write two entries instead.")
    if not words.strip() or message.fuzzy:
        raise Stop(f"{file}: {message.id!r} is not translated, or is marked fuzzy.")
    if placeholders(message.id) != placeholders(words):
        raise Stop(f"{file}: {message.id!r} and {words!r} name different placeholders.")
    return words


def placeholders(words: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
