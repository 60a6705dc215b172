"""Catalogues become what a page reads, and one that it could not show stops the build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pysync_build.common import Stop
from pysync_build.languages import catalogues, read_language

HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def language(folder: Path, **files: str) -> Path:
    made = folder / "de"
    made.mkdir()
    for name, entries in files.items():
        (made / f"{name}.po").write_text(HEAD + entries, "utf-8")
    return made


def entry(english: str, words: str) -> str:
    return f'msgid "{english}"\nmsgstr "{words}"\n\n'


def test_texts_rules_and_fragments_are_kept_apart(tmp_path: Path) -> None:
    language(
        tmp_path,
        shell=entry("Room {n}", "Zimmer {n}"),
        screens=entry("Room {n}", "Zimmer {n}") + entry("Guests", "Gäste"),
        rules=entry("Say why.", "Nennen Sie den Grund."),
        fragments=entry("clean", "sauber"),
    )
    assert json.loads(catalogues(tmp_path)["de"]) == {
        "texts": {"Room {n}": "Zimmer {n}", "Guests": "Gäste"},
        "rules": {"Say why.": "Nennen Sie den Grund."},
        "fragments": {"clean": "sauber"},
    }


def test_an_application_without_languages_has_none(tmp_path: Path) -> None:
    assert catalogues(None) == catalogues(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        (entry("Guests", ""), "not translated"),
        ("#, fuzzy\n" + entry("Guests", "Gäste"), "fuzzy"),
        (entry("Room {n}", "Zimmer {m}"), "different placeholders"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n', "plural forms"),
        (entry("Stock", "Bestand"), "another file"),
    ],
)
def test_what_could_not_be_shown_stops_the_build(tmp_path: Path, entries: str, why: str) -> None:
    folder = language(tmp_path, one=entries, two=entry("Stock", "Lager"))
    with pytest.raises(Stop, match=why):
        read_language(folder)
