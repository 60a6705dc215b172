"""Examples in docstrings of the core are run: what they say must hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pysync.machines
import pysync.model
import pysync.values

MODULES = [
    info.name
    for package in (pysync.values, pysync.model, pysync.machines)
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        t for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples
    ]
    assert len(found) >= 8
