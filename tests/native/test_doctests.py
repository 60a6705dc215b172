"""Examples in docstrings of the facade are run, on the host of CPython: what they say must hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pysync
import pysync.native

MODULES = [
    "pysync",
    *(
        info.name
        for package in (pysync, pysync.native)
        for info in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
        if not info.ispkg
    ),
]


@pytest.mark.req("DOC-01")
@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        t for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples
    ]
    assert len(found) >= 10
