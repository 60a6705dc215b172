"""HTML that is escaped by construction: text becomes markup only here.

>>> tag("p", "a < b", tag("b", "!"), part="note", hidden=True, title=None)
'<p part="note" hidden>a &lt; b<b>!</b></p>'

Floor: the standard library.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Union

VOID = frozenset({"br", "hr", "input"})


class Markup(str):
    """HTML as it is. Made by `tag` and `several`."""

    __slots__ = ()


Content = Union["str", "bool", None, "Iterable[Content]"]
"""What may stand in an element: text, elements, several of these; None and False are nothing."""


def several(*contents: Content) -> Markup:
    """These, one after the other."""
    return Markup("".join(_texts(contents)))


def tag(name: str, /, *contents: Content, **attributes: str | bool | None) -> Markup:
    """An element. In names of attributes `_` stands for `-`, and one at the end for nothing; True
    is an attribute without a value, False and None are no attribute."""
    written = "".join(
        _attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()
    )
    inside = "" if name in VOID else f"{several(*contents)}</{name}>"
    return Markup(f"<{name}{written}>{inside}")


def moment(ms: int) -> Markup:
    """A time (wall ms), which the page writes in the reader's language and zone."""
    return tag("time", data_ms=str(ms))


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


def _texts(contents: Iterable[Content]) -> Iterable[str]:
    for content in contents:
        if isinstance(content, Markup):
            yield content
        elif isinstance(content, str):
            yield escape(content, quote=False)
        elif content is not None and not isinstance(content, bool):
            yield from _texts(content)
