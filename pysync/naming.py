"""Which space a page works with, and on which server, of all that its scripts and elements say.

NAMING-1 a space goes to no server that was named for another one. Nothing below.
"""

from __future__ import annotations

from collections.abc import Iterable

Said = tuple[str | None, str | None]
"""The space and the server that one of them names."""


def page_says(found: Iterable[Said]) -> Said:
    """Of these, in the order of the document, the first that names anything. Where it names no
    server: that of the first one that names no other space.

    >>> page_says([("diary", None), ("shop", "https://sync.example")])
    ('diary', None)
    >>> page_says([("diary", None), (None, "https://sync.example")])
    ('diary', 'https://sync.example')
    >>> page_says([(None, "https://sync.example"), ("diary", None)])
    (None, 'https://sync.example')
    """
    space: str | None = None
    for number, (named, server) in enumerate(found):
        if number == 0:
            space = named
        if server is not None and (number == 0 or not named or named == space):
            return space, server
    return space, None
