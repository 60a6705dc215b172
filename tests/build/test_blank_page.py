"""The bare test page: Python with our packages, run from a test."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.support import TabFactory


def test_runs_async_python_in_a_namespace_that_calls_share(tab_factory: TabFactory) -> None:
    tab = tab_factory()
    tab.run("import asyncio\nawait asyncio.sleep(0)\nseen = {'a': [1, None, 'é'], 'b': True}")
    assert tab.run("seen") == {"a": [1, None, "é"], "b": True}


def test_python_errors_reach_the_test_with_their_line(tab_factory: TabFactory) -> None:
    with pytest.raises(Error, match="ZeroDivisionError"):
        tab_factory().run("1 / 0")


def test_imports_our_packages_compiled_and_with_their_sources(tab_factory: TabFactory) -> None:
    found = tab_factory().run(
        """
import inspect, pysync, pysync.errors
[pysync.__file__, inspect.getsource(pysync.errors)]
"""
    )
    assert found[0].endswith("pysync/__init__.pyc")
    assert found[1].startswith('"""')


def test_python_runs_on_the_pages_own_stack_and_takes_nothing_from_the_page(
    tab_factory: TabFactory,
) -> None:
    tab = tab_factory()
    tab.run("import asyncio, js\nfrom pyodide.ffi import can_run_sync\nawait asyncio.sleep(0)")
    assert tab.run("can_run_sync()") is False
    assert tab.run("hasattr(js.WebAssembly, 'Suspending')") is True


def test_the_interpreters_death_is_an_error_and_no_silence(tab_factory: TabFactory) -> None:
    tab = tab_factory()
    with pytest.raises(Error, match="Maximum call stack"):
        tab.run("import json\njson.loads('[' * 100_000)")
    tab.errors.clear()
