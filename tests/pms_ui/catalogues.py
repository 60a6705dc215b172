"""What the texts of the interface and of the domain are, read from the sources, for the tests of
languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pysync_pms.stock.quantities import amount_of
from pysync_pms.stock.words import UNITS
from pysync_pms.ui.parts.codes import LABELS
from pysync_pms.ui.parts.expense_card import EXPENSE_WORDS
from pysync_pms.ui.parts.figures_others import NOUNS
from pysync_pms.ui.parts.trips import TRIP_WORDS
from pysync_pms.words import CONDITIONS, SERVICEABILITIES

ROOT = Path(__file__).resolve().parents[2]
PMS = ROOT / "web" / "pysync_pms"
UI = PMS / "ui"
GERMAN = ROOT / "web" / "languages" / "de"


def _by_value() -> Iterator[str]:
    yield "1,000"  # how numbers are grouped
    yield from LABELS
    yield from (code.replace("-", " ") for code in (*CONDITIONS, *SERVICEABILITIES))
    for unit, digits in UNITS.items():
        one = 10**digits
        for number in (one, 2 * one):
            yield amount_of(number, unit).replace(str(number // one), "{n}")
    claims = [each.one for each in (EXPENSE_WORDS, TRIP_WORDS)]
    yield from (f"Reject this {one}?" for one in claims)
    for nouns in (*NOUNS.values(), *((one, f"{one}s") for one in claims)):
        yield from ("{n} " + noun for noun in nouns)


READ_BY_VALUE = frozenset(_by_value())
"""Entries that no literal names: they are found by a code, a unit or a noun."""
VARIABLE = {
    "ui/language.py": 1,
    "ui/parts/chart_lanes.py": 1,
    "ui/parts/claim_questions.py": 2,
    "ui/parts/claims.py": 1,
    "ui/parts/conflict_rules.py": 1,
    "ui/parts/encryption.py": 1,
    "ui/parts/figures_others.py": 1,
    "ui/parts/figures_tonight.py": 3,
    "ui/parts/rooms.py": 1,
    "ui/parts/stock_words.py": 1,
    "ui/parts/vault_dialog.py": 3,
    "ui/parts/words.py": 1,
}
"""Calls whose words are no literal, by file: those above, and texts that are given their parts."""


def interface() -> Iterator[Path]:
    """The modules whose words people see; the gallery is a page for developers."""
    for file in sorted(UI.rglob("*.py")):
        if "gallery" not in file.parts:
            yield file


def texts() -> tuple[dict[str, str], dict[str, int]]:
    """Every key of `tr` and `plural` with the file it stands in, and how many calls in which file
    name theirs by something else than literals."""
    found: dict[str, str] = {}
    variable: dict[str, int] = {}
    for file in interface():
        name = file.relative_to(PMS).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if getattr(getattr(node, "func", None), "id", "") not in ("tr", "plural"):
                continue
            keys = list(_keys(node))
            found.update(dict.fromkeys(keys, name))
            if not keys:
                variable[name] = variable.get(name, 0) + 1
    return found, variable


def _keys(call: ast.Call) -> Iterator[str]:
    words = [_choices(each) for each in call.args]
    if isinstance(call.func, ast.Name) and call.func.id == "tr":
        yield from words[0]
        return
    for one in words[1]:
        yield "{n} " + one
        yield from ("{n} " + many for many in (words[2] if len(words) > 2 else [one + "s"]))


def _choices(node: ast.expr) -> list[str]:
    """The literals that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_choices(node.body), *_choices(node.orelse)]
    return []


# -- what the domain says -------------------------------------------------------------------------

SILENT = frozenset({"names.py", "cli.py", "demo.py", "csv_text.py", "build.py"})
"""Modules that say nothing to whoever uses the hotel: names of made-up guests, the command line."""
_SENTENCE = re.compile(r"[A-Za-z][\w’'-]*[ …,:]|[A-Z][a-z]+[.]?$")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the domain: its literal pieces, between which something is put in."""

    file: str
    line: int
    pieces: tuple[str, ...]

    @property
    def sample(self) -> str:
        """The sentence with something put in: a different word each time."""
        out = self.pieces[0]
        for number, piece in enumerate(self.pieces[1:]):
            out += f"Q{number}x" + piece
        return out

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {'{}'.join(self.pieces)!r}"


def domain() -> Iterator[Path]:
    """The modules that refuse, warn, or name a change."""
    for file in sorted(PMS.rglob("*.py")):
        inside = file.relative_to(PMS).parts
        if inside[0] not in ("ui", "demo") and inside[-1] not in SILENT:
            yield file


def said() -> list[Said]:
    """Everything in these modules that reads like a sentence or a name for people."""
    return [each for file in domain() for each in _said_in(file)]


def _said_in(file: Path) -> Iterable[Said]:
    tree = ast.parse(file.read_text("utf-8"))
    silent = _not_said(tree)
    name = file.relative_to(PMS).as_posix()
    for node in ast.walk(tree):
        if node in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            pieces = _pieces(node)
            if re.search(r"[A-Za-z]{2,}", " ".join(pieces)) and " " in "".join(pieces):
                yield Said(name, node.lineno, pieces)
        elif isinstance(words := getattr(node, "value", None), str) and _SENTENCE.match(words):
            yield Said(name, getattr(node, "lineno", 0), tuple(re.split(r"\{\w+\}", words)))


def _not_said(tree: ast.AST) -> set[ast.AST]:
    """Docstrings, names for import, types, parts of f-strings, and what a bug says."""
    out: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            out.add(node.value)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [each.id for each in targets if isinstance(each, ast.Name)]
            if "__all__" in names:
                out.update(ast.walk(node))
            if isinstance(node, ast.AnnAssign):
                out.update(ast.walk(node.annotation))
            if any(name in ("do", "name") for name in names):
                out.update(ast.walk(node))
        elif isinstance(node, ast.FunctionDef):
            out.update(each for arg in node.args.args if arg.annotation
                       for each in ast.walk(arg.annotation))  # fmt: skip
        elif isinstance(node, ast.JoinedStr):
            out.update(each for each in ast.walk(node) if each is not node)
        elif isinstance(node, ast.Raise):
            kind = getattr(getattr(node.exc, "func", None), "id", "")
            if kind in ("TypeError", "KeyError", "LookupError"):
                out.update(ast.walk(node))
    return out


def _pieces(node: ast.JoinedStr) -> tuple[str, ...]:
    pieces = [""]
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces[-1] += str(part.value)
        else:
            pieces.append("")
    return tuple(pieces)


# -- texts that were forgotten --------------------------------------------------------------------

SHOWING = frozenset("chip empty banner page_head figure tabs toast announce failure join".split())
"""Functions whose positional arguments are seen, all of them."""
FIRST = frozenset({"button", "icon_button", "link", "card", "table", "long_table", "skeleton"})
"""Those of which the first is."""
SEEN = frozenset(
    {"label", "title", "hint", "reason", "note", "placeholder", "aria_label", "legend", "empty"}
    | {"submit", "offer", "detail", "words", "group", "caption"}
)
"""Keywords whose values are."""


def bare() -> list[str]:
    """Literals that stand where something is seen, and would stay English for ever."""
    found: list[str] = []
    for file in interface():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for literal in _seen_literals(node):
                words = re.sub(r"[^A-Za-z]+", " ", literal.value).split()
                if any(len(word) > 1 for word in words) and literal.value not in NO_WORDS:
                    where = file.relative_to(PMS).as_posix()
                    found.append(f"{where}:{literal.lineno} {literal.value!r}")
    return found


NO_WORDS = frozenset(
    {"CSV", "VIP", "RevPAR", "ADR", "km", "Ctrl K"}
    | {"English (United Kingdom)", "English (United States)", "Deutsch"}
)
"""What is the same in every language, or names one in its own words."""


def _seen_literals(node: ast.AST) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Subscript) and _is_tag(node.value):
        yield from _direct(node.slice)
    elif isinstance(node, ast.Call) and not _is_tag(node.func):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for arg in node.args if name in SHOWING else node.args[: name in FIRST]:
            yield from _direct(arg)
        for keyword in node.keywords:
            if keyword.arg in SEEN and name not in ("tr", "plural"):
                yield from _direct(keyword.value)


def _is_tag(node: ast.expr) -> bool:
    inner = node.func if isinstance(node, ast.Call) else node
    return (
        isinstance(inner, ast.Attribute)
        and isinstance(inner.value, ast.Name)
        and inner.value.id in ("h", "html")
    )


def _direct(node: ast.expr) -> Iterator[ast.Constant]:
    """The literals that this expression shows as they are."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node
    elif isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            yield from _direct(each)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from _direct(each)
    elif isinstance(node, ast.IfExp):
        yield from _direct(node.body)
        yield from _direct(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from _direct(node.left)
        yield from _direct(node.right)
    elif isinstance(node, ast.JoinedStr):
        for each in node.values:
            if isinstance(each, ast.Constant):
                yield each
