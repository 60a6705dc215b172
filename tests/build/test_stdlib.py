"""What of the standard library a tab gets, read from imports."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pysync_build.snapshot import loaded_at_start, pure_modules
from pysync_build.stdlib import import_graph, imports_of, module_name, reachable


def names(source: str, module: str = "pack.inner", *, is_package: bool = False) -> set[str]:
    """The modules that a source mentions."""
    return set(imports_of(source.encode(), module, is_package=is_package))


def test_reads_imports_wherever_they_stand() -> None:
    source = (
        "import a.b\ndef f():\n    from c import d\ntry:\n    import e\nexcept ImportError: ..."
    )
    assert names(source) == {"a.b", "c", "c.d", "e"}


def test_tells_what_is_imported_at_once_from_what_comes_later() -> None:
    source = (
        "import a\nif TYPE_CHECKING:\n    import b\ntry:\n    import c\nexcept ImportError: ..."
        "\nclass K:\n    import d\n    def f(self):\n        import e\nasync def g():\n    import h"
    )
    assert set(imports_of(source.encode(), "m", is_package=False, at_once=True)) == {"a", "c", "d"}


def test_a_start_loads_what_its_entry_imports_and_no_screen_that_is_loaded_when_gone_to(
    tmp_path: Path,
) -> None:
    sources = {
        "app/__init__.py": "",
        "app/main.py": "from app.ui import home\nimport js",
        "app/ui/__init__.py": "from app.words import A\ndef later():\n    from app.ui import rare",
        "app/ui/home.py": "",
        "app/ui/rare.py": "import app.deep",
        "app/deep.py": "",
        "app/words.py": "A = 1",
    }
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for name, source in sources.items():
            archive.writestr(name, source)
    loaded = loaded_at_start(tmp_path / "app.zip", "app.main")
    assert loaded == {"app", "app.main", "app.ui", "app.ui.home", "app.words"}


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
