"""What of the standard library a tab gets, read from imports."""

from __future__ import annotations

from pysync_build.snapshot import pure_modules
from pysync_build.stdlib import import_graph, imports_of, module_name, reachable


def names(source: str, module: str = "pack.inner", *, is_package: bool = False) -> set[str]:
    """The modules that a source mentions."""
    return set(imports_of(source.encode(), module, is_package=is_package))


def test_reads_imports_wherever_they_stand() -> None:
    source = (
        "import a.b\ndef f():\n    from c import d\ntry:\n    import e\nexcept ImportError: ..."
    )
    assert names(source) == {"a.b", "c", "c.d", "e"}


def test_makes_relative_imports_absolute() -> None:
    assert names("from . import x") == {"pack", "pack.x"}
    assert names("from .y import z") == {"pack.y", "pack.y.z"}
    assert names("from . import x", "pack", is_package=True) == {"pack", "pack.x"}
    assert names("from .. import x", "pack.deep.inner") == {"pack", "pack.x"}


def test_names_modules_by_their_path() -> None:
    assert module_name("json/__init__.py") == ("json", True)
    assert module_name("json/decoder.py") == ("json.decoder", False)


def test_follows_imports_and_keeps_packages_above_them() -> None:
    library = import_graph(
        {
            "tool/__init__.py": b"",
            "tool/part.py": b"import deep",
            "deep.py": b"",
            "unused.py": b"",
            "pyodide/x.py": b"",
        }
    )
    found = reachable(library, {"app.py": ["tool.part"]})
    assert found == {"tool/__init__.py", "tool/part.py", "deep.py", "pyodide/x.py"}


def test_never_takes_what_a_tab_cannot_use() -> None:
    library = import_graph({"a.py": b"import unittest", "unittest/__init__.py": b""})
    assert reachable(library, {"app.py": ["a"]}) == {"a.py"}


def test_a_snapshot_holds_no_module_that_reaches_the_page() -> None:
    graph = {
        "app/__init__.py": [],
        "app/pure.py": ["json"],
        "app/page.py": ["js"],
        "app/uses.py": ["app", "app.page"],
        "app/ffi.py": ["pyodide.ffi"],
        "app/loop.py": ["app.loop", "app.pure"],
    }
    assert pure_modules(graph) == ["app", "app.ffi", "app.loop", "app.pure"]
