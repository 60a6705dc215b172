"""Examples in docstrings of the server are run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pysync_server
import pysync_server.people

MODULES = [
    info.name
    for package in (pysync_server, pysync_server.people)
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
    if not info.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
