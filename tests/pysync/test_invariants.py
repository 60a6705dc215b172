"""Every numbered invariant of the core has a test that names it, and no test names one that is not.

A test names an invariant in its own name (`test_replica_1_...`) or in its docstring's text.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pysync

CORE = Path(pysync.__file__).parent
TESTS = Path(__file__).parent
ID = re.compile(r"\b([A-Z]{2,10})-([0-9]+|[A-D])\b")
ROWS = {"TAB", "SRV", "RT", "PMS", "WGT", "CI", "DOC"}
"""Prefixes of requirements; of these only the lettered ones (TAB-A) are invariants."""


def _is_invariant(prefix: str, number: str) -> bool:
    return prefix not in {"SHA", "UTF", "RFC", "ISO"} and not (
        prefix in ROWS and number.isdecimal()
    )


def _declared() -> set[str]:
    found: set[str] = set()
    for folder in ("values", "model", "machines", "relay"):
        for file in sorted((CORE / folder).glob("*.py")):
            for prefix, number in ID.findall(file.read_text("utf-8")):
                if _is_invariant(prefix, number):
                    found.add(f"{prefix}-{number}")
    return found


def _tests() -> list[str]:
    files = [
        file
        for folder in (
            TESTS,
            TESTS / "values",
            TESTS / "model",
            TESTS / "machines",
            TESTS / "relay",
        )
        for file in sorted(folder.glob("test_*.py"))
    ]
    return [file.read_text("utf-8") for file in files if file.name != Path(__file__).name]


def _named_by_functions(prefixes: set[str]) -> set[str]:
    found: set[str] = set()
    for text in _tests():
        for name in re.findall(r"def test_(\w+)", text):
            parts = name.split("_")
            for word, number in itertools.pairwise(parts):
                plain = number.isdecimal() or (word == "tab" and re.fullmatch("[a-d]", number))
                if word.upper() in prefixes and plain:
                    found.add(f"{word.upper()}-{number.upper()}")
    return found


def test_every_invariant_of_the_core_has_a_test_that_names_it() -> None:
    declared = _declared()
    assert len(declared) > 40
    texts = "\n".join(_tests())
    named = _named_by_functions({name.split("-")[0] for name in declared})
    missing = {name for name in declared - named if not re.search(rf"\b{name}\b", texts)}
    assert missing == set()


def test_no_test_names_an_invariant_that_is_not_declared() -> None:
    declared = _declared()
    named = _named_by_functions({name.split("-")[0] for name in declared})
    assert named - declared == set()
