"""Compiles Python sources to byte code with the tab's own Python; runs in Pyodide under Node.

Reads a zip of sources and writes a zip of unchecked-hash `.pyc` files, stored uncompressed because
the server compresses the whole better, with the sources beside them where tracebacks should show
lines. Dates and order are fixed: equal sources give equal bytes.
"""

import ast
import importlib.util
import json
import marshal
import sys
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
UNCHECKED_HASH = (0b01).to_bytes(4, "little")


def store(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add one member whose bytes depend on nothing but its name and content."""
    target.writestr(zipfile.ZipInfo(name, EPOCH), content)


def byte_code(source: bytes, filename: str, *, keep_words: bool) -> bytes:
    """The content of a `.pyc` that the importer takes without looking at the source; without
    `keep_words` what only people read is left out: a tenth of our own code is docstrings."""
    tree = ast.parse(source, filename)
    code = compile(tree if keep_words else wordless(tree), filename, "exec", dont_inherit=True)
    head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source)
    return head + marshal.dumps(code)


def wordless(tree: ast.Module) -> ast.Module:
    """The same without docstrings. Of a class a point is left: for a dataclass without one a
    signature would be made in its place, which costs more than the words."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if ast.get_docstring(node, clean=False) is None:
            continue
        first = node.body[0]
        if isinstance(node, ast.ClassDef):
            assert isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            first.value.value = "."
        elif len(node.body) > 1 or isinstance(node, ast.Module):
            del node.body[0]
        else:
            node.body[0] = ast.copy_location(ast.Pass(), first)
    return tree


def read_zip(path: str) -> dict[str, bytes]:
    """All files of a zip by their name, in the order of the names."""
    with zipfile.ZipFile(f"/host{path}") as archive:
        names = sorted(name for name in archive.namelist() if not name.endswith("/"))
        return {name: archive.read(name) for name in names}


def compile_zip(*, source: str, target: str, mounted_at: str, keep_source: bool) -> None:
    """Compile each module of one zip; `mounted_at` is where the tab will find the result.

    Beside the result lies its import graph, `<target>.imports`.
    """
    files = read_zip(source)
    with zipfile.ZipFile(f"/host{target}", "w") as new:
        for name, content in files.items():
            if not name.endswith(".py"):
                store(new, name, content)
                continue
            store(
                new,
                f"{name}c",
                byte_code(content, f"{mounted_at}/{name}", keep_words=not keep_source),
            )
            if keep_source:
                store(new, name, content)
    Path(f"/host{target}.imports").write_text(json.dumps(import_graph(files)))


arguments = json.loads(ARGUMENTS)  # type: ignore[name-defined]  # noqa: F821 - set by Node
sys.path.insert(0, f"/host{arguments['modules']}")
from stdlib import import_graph  # type: ignore[import-not-found]  # noqa: E402 - found only now

for job in arguments["jobs"]:
    compile_zip(**job)
