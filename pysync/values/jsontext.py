"""JSON text from outside, read without harm: whatever a peer, a file or a store holds.

In a tab the parser runs on the page's own small stack, where thousands of opening brackets end the
whole interpreter instead of raising. So nesting is counted before anything is parsed.

JSON-1 whatever the text is, `parse_json` answers or raises ValueError. Floor: nothing below it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any, Final

_PLAIN: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
MAX_NESTING: Final = 500
"""Brackets within brackets of one text; values nest 32 deep, a tab's parser bears 1,000."""
_decode: Final = json.JSONDecoder().decode
_PIECE: Final = 1024
_NO_BRACKET: Final = re.compile(r"[^\[\]{}]+")
_STEP: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def _encoder() -> Callable[[Any], str]:
    """What `json.JSONEncoder.encode` does, with its C encoder made once: it makes one per call,
    which costs more than to encode a small change."""
    make: Callable[..., Any] | None = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _PLAIN.encode
    quote = json.encoder.encode_basestring
    pieces = make(None, _PLAIN.default, quote, None, ":", ",", False, False, True)
    return lambda value: "".join(pieces(value, 0))


json_text: Final = _encoder()
"""The text of a value that is JSON already: no white space, members in their order."""


def parse_json(text: str) -> Any:
    """What the JSON text holds. Raises ValueError if it is none, or nests too deep to be read.

    >>> parse_json("[" * 10_000)
    Traceback (most recent call last):
    ...
    ValueError: nested deeper than 500
    """
    if nests_too_deep(text):
        raise ValueError(f"nested deeper than {MAX_NESTING}")
    return _decode(text)


def nests_too_deep(text: str) -> bool:
    """Whether it nests deeper than MAX_NESTING.

    Counting piece by piece costs a sixth of the parsing; only where that leaves doubt are strings
    told from the rest.
    """
    if len(text) <= MAX_NESTING:
        return False
    depth = 0
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE]
        opened = piece.count("[") + piece.count("{")
        if depth < 0 or depth + opened > MAX_NESTING:
            return _deepest(text) > MAX_NESTING
        depth += opened - piece.count("]") - piece.count("}")
    return False


def _deepest(text: str) -> int:
    """How deep JSON nests, exactly."""
    plain = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])
    return max(accumulate(map(_STEP.__getitem__, _NO_BRACKET.sub("", plain))), default=0)
