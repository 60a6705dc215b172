"""What an operation of the API is declared as: from this its route, the check of what comes in, and
the OpenAPI document are made. Shapes are JSON Schemas, of which `problem` knows what is used here.

Floor: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Shape = Mapping[str, Any]

_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """Something an operation is told outside its body. A `query` may be left out."""

    name: str
    place: str
    about: str
    shape: Shape
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a program can ask for. `answer` is the shape of a good answer; `media` its type."""

    id: str
    method: str
    path: str
    about: str
    detail: str = ""
    params: Sequence[Param] = ()
    body: str = ""
    """The name of its shape, "" where there is none."""
    answer: str = ""
    media: str = "application/json"
    errors: Sequence[int] = (400, 401, 404, 429, 503)


def fields(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """The shape of an object that has these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def text(most: int, least: int = 0, pattern: str = "") -> dict[str, Any]:
    """The shape of a text of so many characters."""
    shape: dict[str, Any] = {"type": "string", "minLength": least, "maxLength": most}
    return {**shape, "pattern": pattern} if pattern else shape


def problem(value: Any, shape: Shape, shapes: Mapping[str, Shape], place: str = "body") -> str:
    """What is wrong with a value, in words; "" if it has the shape.

    >>> problem({"b": 1}, fields({"a": {"type": "string"}}), {})
    'body lacks "a"'
    """
    if "$ref" in shape:
        return problem(value, shapes[shape["$ref"].rpartition("/")[2]], shapes, place)
    if "oneOf" in shape:
        return _one_of(value, shape, shapes, place)
    if "const" in shape and value != shape["const"]:
        return f"{place} is not {shape['const']!r}"
    kinds = shape.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds is not None and not any(_is(value, kind) for kind in kinds):
        return f"{place} is not of the type {' or '.join(kinds)}"
    if isinstance(value, dict):
        return _object(value, shape, shapes, place)
    if isinstance(value, list):
        return _array(value, shape, shapes, place)
    return _scalar(value, shape, place)


def _is(value: Any, kind: str) -> bool:
    known = _TYPES[kind]
    return isinstance(value, known) and (kind == "boolean" or not isinstance(value, bool))


def _one_of(value: Any, shape: Shape, shapes: Mapping[str, Shape], place: str) -> str:
    """Told apart by the member that the discriminator names."""
    name = shape["discriminator"]["propertyName"]
    mapping = shape["discriminator"]["mapping"]
    kind = value.get(name) if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in mapping:
        return f'{place} has no "{name}" that is one of {", ".join(mapping)}'
    return problem(value, {"$ref": mapping[kind]}, shapes, place)


def _object(value: dict[str, Any], shape: Shape, shapes: Mapping[str, Shape], place: str) -> str:
    known: Mapping[str, Shape] = shape.get("properties", {})
    for name in shape.get("required", ()):
        if name not in value:
            return f'{place} lacks "{name}"'
    for name, member in value.items():
        if name in known:
            found = problem(member, known[name], shapes, f"{place}.{name}")
            if found:
                return found
        elif shape.get("additionalProperties") is False:
            return f"{place} has an unknown member {name!r:.60}"
    return ""


def _array(value: list[Any], shape: Shape, shapes: Mapping[str, Shape], place: str) -> str:
    least, most = shape.get("minItems", 0), shape.get("maxItems", len(value))
    if not least <= len(value) <= most:
        return f"{place} has {len(value)} items, not {least} to {most}"
    for at, item in enumerate(value):
        found = problem(item, shape.get("items", {}), shapes, f"{place}[{at}]")
        if found:
            return found
    return ""


def _scalar(value: Any, shape: Shape, place: str) -> str:
    if isinstance(value, str):
        if not shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", len(value)):
            return (
                f"{place} has {len(value)} characters, not {shape.get('minLength', 0)} to "
                + str(shape.get("maxLength", "any"))
            )
        if "pattern" in shape and not re.search(shape["pattern"], value):
            return f"{place} is not of the form {shape['pattern']}"
    elif isinstance(value, int | float) and not (
        shape.get("minimum", value) <= value <= shape.get("maximum", value)
    ):
        return f"{place} is not from {shape.get('minimum')} to {shape.get('maximum')}"
    if "enum" in shape and value not in shape["enum"]:
        return f"{place} is none of {', '.join(map(str, shape['enum']))}"
    return ""
