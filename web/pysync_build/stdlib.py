"""Which modules of the standard library the tab gets.

npm's Pyodide brings all of it as sources. The bundle carries two compiled copies: the whole one,
for a test page, and a trimmed one with what the packages of the tab can reach by their imports.
Reachability is read from the sources, imports inside functions included, so the trimmed library
errs on the side of too much. A module that is not in it raises `ModuleNotFoundError` as usual; a
package of the tab that needs one imports it somewhere, and the next build brings it.

The library's sources use the syntax of the tab's Python, so their import graph is drawn there (see
`compile_in_tab.py`); this module needs nothing but `ast` and runs in both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

ALWAYS = frozenset(
    """
    _pyodide pyodide pyodide_js _sysconfigdata__emscripten_wasm32-emscripten site asyncio codecs
    encodings encodings.aliases encodings.ascii encodings.idna encodings.latin_1 encodings.utf_8
    encodings.utf_8_sig encodings.utf_16 encodings.cp1252 encodings.cp437 encodings.unicode_escape
    encodings.raw_unicode_escape encodings.punycode
    importlib.resources importlib.metadata zipfile zipimport json random secrets uuid traceback
    linecache re collections contextlib dataclasses datetime decimal enum functools heapq hashlib
    itertools math operator statistics string textwrap time types typing unicodedata urllib.parse
    bisect calendar copy csv html io logging weakref zoneinfo fractions graphlib inspect base64
    """.split()
)
"""Wanted whether or not an import says so: the interpreter's own start, and what people type in
the console of a running tab."""

NEVER = frozenset(
    """
    _aix_support _osx_support _pydatetime _pydecimal _pyio _pyrepl bdb cProfile cmd
    compileall concurrent.futures.process ctypes doctest ensurepip ftplib getpass http imaplib
    mailbox multiprocessing netrc optparse pdb pickletools poplib profile pstats pty pydoc readline
    rlcompleter shelve smtplib socketserver sqlite3 ssl symtable tarfile timeit trace tty unittest
    urllib.error urllib.request webbrowser wsgiref xml xmlrpc zipapp
    """.split()
)
"""Reached only by paths that a tab never takes (debuggers, servers, processes, C fallbacks)."""

WHOLE = ("_pyodide/", "pyodide/")
"""Folders that come with everything in them: Pyodide's own part."""


def run_at_once(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: no bodies of functions, nothing for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from run_at_once(node)


def imports_of(
    source: bytes, module: str, *, is_package: bool, at_once: bool = False
) -> Iterator[str]:
    """Every module name that the source mentions in an import, relative ones made absolute;
    `at_once`: only those that are imported as soon as it is."""
    package = module if is_package else module.rpartition(".")[0]
    tree = ast.parse(source)
    for node in run_at_once(tree) if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [base])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def module_name(path: str) -> tuple[str, bool]:
    """The dotted name of a source in the zip, and whether it is a package's own file."""
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        return ".".join(parts[:-1]), True
    return ".".join(parts), False


def is_never(module: str) -> bool:
    """Whether the module or a package above it is one of those a tab never takes."""
    parts = module.split(".")
    return any(".".join(parts[:end]) in NEVER for end in range(1, len(parts) + 1))


def import_graph(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """For each source in a zip, the modules it mentions, sorted."""
    graph: dict[str, list[str]] = {}
    for path, source in files.items():
        if path.endswith(".py"):
            name, is_package = module_name(path)
            graph[path] = sorted(set(imports_of(source, name, is_package=is_package)))
    return graph


def reachable(library: Mapping[str, list[str]], roots: Mapping[str, list[str]]) -> set[str]:
    """The paths of the library's sources that the roots can import; both are import graphs."""
    by_module = {module_name(path)[0]: path for path in library}
    waiting = [*ALWAYS, *(module for modules in roots.values() for module in modules)]
    waiting += [module_name(path)[0] for path in library if path.startswith(WHOLE)]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        path = by_module.get(module, "")
        if not module or path in found or (is_never(module) and module not in ALWAYS):
            continue
        waiting.append(module.rpartition(".")[0])
        if path:
            found.add(path)
            waiting += library[path]
    return found
