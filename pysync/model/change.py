"""Changes: what a person did, as one atomic list of ops, and how it is written on the wire.

Wire (positional JSON, version in the frame around it):
  change  [n, stamp, [op, ...], meta?]        id = "<tab>.<n>", n counts the tab's changes from 1;
          in a batch n and stamp are told as what they add to the batch's first n and to its time
  op      [kind, key, record, fields, base, gone?]
  kind    "=" set registers  "+" add deltas  "*" create  "-" delete  "!" erase a person's data
  base    version the author saw: one text for all registers, or {register: version}; "" = absent.
          Of a delete: all versions the author saw in the record, as {version: ""} if several
  meta    a author  l label  t atomic  r rerun  u undoes  s supersedes  x resolves
          d records read  w values seen  o out of touch with the relay

CHANGE-1 decoding never trusts: every number, text and value is checked, and a change that is not
well formed is a ProtocolError, never a partial one. CHANGE-2 encoding a decoded change gives the
same text. Floor: `values`, `schema`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from pysync.errors import InvalidValue, ProtocolError
from pysync.model.cell import Mark
from pysync.model.schema import KEY_MAX, Schema, check_key
from pysync.values.clock import stamp_at
from pysync.values.jsonvalue import MAX_INT, Json, freeze

SET: Final = "="
ADD: Final = "+"
CREATE: Final = "*"
DELETE: Final = "-"
ERASE: Final = "!"
KINDS: Final = frozenset((SET, ADD, CREATE, DELETE, ERASE))

MAX_OPS: Final = 2_000
"""Ops of one change: a larger intent is cut into several."""
MAX_STAMP: Final = 1 << 60

Ref = tuple[str, str]
"""(collection, record id)"""
Base = str | dict[str, str]


class Op:
    """The smallest edit of one record; never changed after it was made."""

    __slots__ = ("base", "fields", "gone", "key", "kind", "rid")

    def __init__(
        self,
        kind: str,
        key: str,
        rid: str,
        fields: dict[str, Json],
        base: Base = "",
        gone: tuple[str, ...] = (),
    ) -> None:
        self.kind = kind
        self.key = key
        self.rid = rid
        self.fields = fields
        self.base = base
        self.gone = gone

    def saw(self, register: str) -> str:
        """The version of this register that the author saw; "" if it was absent."""
        return self.base if type(self.base) is str else self.base.get(register, "")  # type: ignore[union-attr]

    def encode(self) -> list[Any]:
        """As JSON."""
        row: list[Any] = [self.kind, self.key, self.rid, self.fields, self.base]
        if self.gone:
            row.append(list(self.gone))
        return row

    def __repr__(self) -> str:
        return f"Op({self.kind} {self.key}/{self.rid} {self.fields} saw {self.base!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What most changes do not have."""

    author: str = ""
    label: str = ""
    atomic: bool = False
    """If one of its ops would lose, the whole is refused."""
    rerun: bool = False
    """Made by a function: decided only on the base it saw, else handed back to be run again."""
    undoes: str = ""
    supersedes: tuple[str, ...] = ()
    """Changes handed back for a rerun that this one replaces."""
    resolves: tuple[str, ...] = ()
    reads: Mapping[str, str] = field(default_factory=dict)
    """Of a function: `collection/record` -> check sum of what it read there (`model.reads`)."""
    seen: Mapping[str, Json] = field(default_factory=dict)
    """`collection/record/register` -> the value seen, where the merge needs it."""
    stale: bool = False
    """The author had been out of touch with the relay for long (`policy.STALE_MS`)."""


PLAIN: Final = Meta()


class Change:
    """One atomic intent: its ops as sent, who made it and when. `dropped` names fields that do not
    fit the schema here, `fitting` are the ops without them: what may be decided here. An entry that
    was decided elsewhere is applied as sent, whatever this build makes of it. Guards take it for
    the deed of `author`: whom it names, unless the relay knows better."""

    __slots__ = ("author", "brought_by", "dropped", "fitting", "mark", "meta", "ops")

    def __init__(
        self,
        mark: Mark,
        ops: tuple[Op, ...],
        meta: Meta = PLAIN,
        dropped: tuple[str, ...] = (),
        fitting: tuple[Op, ...] | None = None,
    ) -> None:
        self.mark = mark
        self.ops = ops
        self.meta = meta
        self.dropped = dropped
        self.fitting = ops if fitting is None else fitting
        self.author, self.brought_by = meta.author, ""

    @property
    def id(self) -> str:
        """`tab.n`, unique for ever."""
        return self.mark.version

    @property
    def order(self) -> tuple[int, str, int]:
        """Where a change stands among those not yet decided."""
        mark = self.mark
        return (mark.stamp, mark.tab, mark.n)

    def moved(self, ms: int) -> Change:
        """The same change, made that much later (or earlier)."""
        mark = self.mark
        made = Mark(mark.tab, mark.n, max(0, mark.stamp + stamp_at(ms)), mark.author)
        return Change(made, self.ops, self.meta, self.dropped, self.fitting)

    def encode(self, first: int = 0, since: int = 0) -> list[Any]:
        """As JSON; the tab, and what n and stamp count from, are told by the frame around it."""
        mark = self.mark
        row: list[Any] = [mark.n - first, mark.stamp - since, [op.encode() for op in self.ops]]
        if self.meta is not PLAIN:
            row.append(_encode_meta(self.meta))
        return row

    def __repr__(self) -> str:
        return f"Change({self.id} {list(self.ops)})"


_META_KEYS: Final = {
    "author": "a",
    "label": "l",
    "atomic": "t",
    "rerun": "r",
    "undoes": "u",
    "supersedes": "s",
    "resolves": "x",
    "reads": "d",
    "seen": "w",
    "stale": "o",
}


def _encode_meta(meta: Meta) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, short in _META_KEYS.items():
        value = getattr(meta, name)
        if value:
            row[short] = 1 if value is True else list(value) if isinstance(value, tuple) else value
    return row


def _bad_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


loads = json.JSONDecoder(parse_constant=_bad_constant).decode
"""`json.loads` that refuses NaN and infinities; raises ValueError."""


def decode_change(tab: str, row: Any, schema: Schema, first: int = 0, since: int = 0) -> Change:
    """Read one change of that tab. Raises ProtocolError, which names what is wrong."""
    try:
        n, stamp, rows = row[0], row[1], row[2]
        if type(n) is not int or not 0 < (n := n + first) <= MAX_INT:
            raise ProtocolError(f"change number {n!r}")
        if type(stamp) is not int or not 0 <= (stamp := stamp + since) < MAX_STAMP:
            raise ProtocolError(f"stamp {stamp!r}")
        if type(rows) is not list or len(rows) > MAX_OPS:
            raise ProtocolError("ops are a list of bounded length")
        meta = _decode_meta(row[3]) if len(row) > 3 else PLAIN
        ops = tuple([_decode_op(item) for item in rows])
        dropped, fitting = _fitting(ops, schema)
    except (IndexError, KeyError, TypeError, AttributeError, InvalidValue) as error:
        raise ProtocolError(f"malformed change: {error}") from None
    return Change(Mark(tab, n, stamp, meta.author), ops, meta, dropped, fitting)


def _decode_op(row: Any) -> Op:
    kind, key, rid, fields, base = row[0], row[1], row[2], row[3], row[4]
    if kind not in KINDS:
        raise ProtocolError(f"unknown kind of op {kind!r}")
    check_key(key)
    check_key(rid)
    if type(base) is dict:
        for register, version in base.items():
            _text(register)
            _text(version)
    else:
        _text(base)
    gone = _texts(row[5]) if len(row) > 5 else ()
    clean: dict[str, Json] = {}
    for path, value in fields.items():
        frozen = freeze(value, path)
        if kind == ADD and (type(frozen) not in (int, float)):
            raise ProtocolError(f"delta {frozen!r} is no number")
        if path in ("", "id"):
            raise ProtocolError(f"no field is called {path!r}")
        clean[_text(path)] = frozen
    return Op(kind, key, rid, clean, base, gone)


META_NAMES: Final = frozenset(_META_KEYS.values())
"""What a change may carry besides its ops."""


def _fitting(ops: tuple[Op, ...], schema: Schema) -> tuple[tuple[str, ...], tuple[Op, ...]]:
    """What does not fit the schema, in words, and the ops without it. A group stays whole: if one
    member does not fit, none of them is taken."""
    dropped: list[str] = []
    fitting: list[Op] = []
    for op in ops:
        declared = schema.collection(op.key)
        unfit: set[str] = set()
        checked = declared.fields and op.kind in (SET, CREATE)
        for path, value in op.fields.items() if checked else ():
            name = path.split("/", maxsplit=1)[0]
            field_ = declared.fields.get(name)
            if field_ is None or field_.kind not in ("register", "counter"):
                continue
            problem = field_.problem(value) if name == path else "has no members"
            if problem is not None:
                dropped.append(f"{op.key}/{op.rid}/{path} {problem}")
                unfit.update((path, *(declared.group_of(name) or ())))
        if unfit:
            kept = {path: value for path, value in op.fields.items() if path not in unfit}
            op = Op(op.kind, op.key, op.rid, kept, op.base, op.gone)  # noqa: PLW2901
        if not unfit or op.fields or op.gone or op.kind == CREATE:
            fitting.append(op)
    return tuple(dropped), tuple(fitting) if dropped else ops


def _text(value: Any) -> str:
    """Text that can be stored. Raises ProtocolError, InvalidValue."""
    if type(value) is not str:
        raise ProtocolError(f"{value!r:.40} where text is expected")
    return str(freeze(value))


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is not list:
        raise ProtocolError(f"{value!r:.40} where a list is expected")
    return tuple([_text(item) for item in value])


def _decode_meta(row: Any) -> Meta:
    """Unknown entries pass by: a newer build may know more."""
    texts = {name: _text(row.get(_META_KEYS[name], "")) for name in ("author", "label", "undoes")}
    if any(len(text) > KEY_MAX for text in texts.values()):
        raise ProtocolError(f"a text of meta is longer than {KEY_MAX}")
    seen = freeze(row.get("w", {}), "seen")
    if not isinstance(seen, dict):
        raise ProtocolError("values seen are an object")
    reads = row.get("d", {})
    if type(reads) is not dict:
        raise ProtocolError("records read are an object")
    return Meta(
        author=texts["author"],
        label=texts["label"],
        undoes=texts["undoes"],
        atomic=bool(row.get("t")),
        rerun=bool(row.get("r")),
        stale=bool(row.get("o")),
        supersedes=_texts(row.get("s", [])),
        resolves=_texts(row.get("x", [])),
        reads={_text(name): _text(check_sum) for name, check_sum in reads.items()},
        seen=seen,
    )
