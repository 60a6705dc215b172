"""The hotel's domain is pure: it runs in a tab, at a desk that is offline, and in a simulator."""

from __future__ import annotations

import ast
import doctest
import importlib
from pathlib import Path

import pytest

import pysync_pms

ROOT = Path(pysync_pms.__file__).parent
HOSTS = {"ui", "assets", "static", "cli.py"}
"""What stands outside of the domain: screens, and what fills stores from the command line."""
FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if path.relative_to(ROOT).parts[0] not in HOSTS and "__pycache__" not in path.parts
]
ALLOWED = {
    "__future__", "abc", "collections", "csv", "dataclasses", "datetime", "functools", "hashlib",
    "heapq", "re",
    "typing", "unicodedata",
}  # fmt: skip


def modules(path: Path) -> set[str]:
    """What a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_neither_clock_nor_chance_nor_network(path: Path) -> None:
    for name in modules(path):
        top = name.partition(".")[0]
        assert top in ALLOWED | {"pysync", "pysync_pms"}
        assert not name.startswith(("pysync.browser", "pysync.native", "pysync_pms.ui"))
    text = path.read_text(encoding="utf-8")
    assert "today()" not in text
    assert ".now(" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_in_the_documentation_are_true(path: Path) -> None:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__")
    assert doctest.testmod(importlib.import_module(name)).failed == 0
