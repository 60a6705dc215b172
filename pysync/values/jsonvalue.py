"""JSON values: checked where they enter, frozen where they leave, with one canonical spelling.

A value is None, bool, str without lone surrogates, int within +-(2^53-1), finite float, list, or
dict with str keys; nested at most MAX_DEPTH deep. Integral floats become integers, so that 1.0 and
1 are one value in Python, JavaScript and on the wire. Floor: `errors`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, Final, NoReturn

from pysync.errors import FrozenValue, InvalidValue

Json = Any
"""A checked JSON value. `Any` because recursive unions help no caller here."""

MAX_INT: Final = 2**53 - 1
MAX_DEPTH: Final = 32
MAX_CHARS: Final = 1_000_000
"""Characters of one value's canonical text: a larger one belongs in a file, not in a record."""

_SCALARS = frozenset((bool, type(None)))


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise FrozenValue(
        "values read from pysync are frozen: copy it (pysync.thaw), change the copy, and set it"
    )


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed in place. `json.dumps`, equality and iteration work as ever."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenDict, (dict(self),))


class FrozenList(list[Any]):
    """A list that cannot be changed in place."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = pop = remove = _refuse
    clear = sort = reverse = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenList, (list(self),))


def freeze(value: Any, path: str = "") -> Json:
    """Check `value` and return an equal, frozen one, sharing what is frozen already.

    Raises InvalidValue naming the place; the value is untouched.

    >>> freeze({"a": 2.0, "b": [1]})
    {'a': 2, 'b': [1]}
    """
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _check_text(value, path)
        return value
    if kind is int:
        if not -MAX_INT <= value <= MAX_INT:
            raise InvalidValue("integer outside +-(2^53-1): send it as text", path=path)
        return value
    if kind in _SCALARS or kind is FrozenDict or kind is FrozenList:
        return value
    return _freeze_rest(value, path, 0)


def _freeze_rest(value: Any, path: str, depth: int) -> Json:
    if depth > MAX_DEPTH:
        raise InvalidValue(f"nested deeper than {MAX_DEPTH}", path=path)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidValue("not a finite number: JSON has no NaN or infinity", path=path)
        if value.is_integer():
            return freeze(int(value), path)
        return float(value)
    if isinstance(value, dict):
        items: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise InvalidValue(f"object keys are text, not {type(key).__name__}", path=path)
            _check_text(key, path)
            items[str(key)] = _freeze_rest(item, f"{path}/{key}", depth + 1)
        return FrozenDict(items)
    if isinstance(value, (list, tuple)):
        return FrozenList(
            [_freeze_rest(item, f"{path}/{i}", depth + 1) for i, item in enumerate(value)]
        )
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return freeze(int(value), path)
    if isinstance(value, str):
        return freeze(str(value), path)
    raise InvalidValue(
        f"{type(value).__name__} is not JSON: convert it (dates to ISO text, sets to lists)",
        path=path,
    )


def _check_text(text: str, path: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidValue("text holds half a surrogate pair", path=path) from None


def thaw(value: Json) -> Any:
    """A deep copy made of plain dicts and lists, free to change."""
    if isinstance(value, dict):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, list):
        return [thaw(item) for item in value]
    return value


canonical: Callable[[Json], str] = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode
"""The one spelling of a value: sorted keys, no white space. Equal text means equal values."""


def bounded(value: Json, path: str = "", limit: int = MAX_CHARS) -> Json:
    """`freeze` that also bounds the size in characters of canonical text."""
    frozen = freeze(value, path)
    kind = type(frozen)
    if (kind is FrozenDict or kind is FrozenList) and len(canonical(frozen)) > limit:
        raise InvalidValue(f"larger than {limit:,} characters", path=path)
    if kind is str and len(frozen) > limit:
        raise InvalidValue(f"text longer than {limit:,} characters", path=path)
    return frozen


def is_number(value: Json) -> bool:
    """Whether it is a number; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def add_numbers(a: int | float, b: int | float) -> Json:
    """The sum as a JSON value: kept inside the integers that every runtime holds exactly."""
    total = a + b
    if not -MAX_INT <= total <= MAX_INT:
        return MAX_INT if total > 0 else -MAX_INT
    return int(total) if isinstance(total, float) and total.is_integer() else total


def same(a: Json, b: Json) -> bool:
    """Whether two values are one JSON value (True and 1 are not)."""
    if type(a) is type(b) and not isinstance(a, (dict, list)):
        return bool(a == b)
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return canonical(a) == canonical(b)
