"""Addresses: `/{space}/{screen}[/{record}][?query]`.

Owns the one mapping between addresses and routes. The space comes first, so that a link is
complete, two hotels can be open in two tabs, and a permission can be read off the path; the rest of
the path is what one would say aloud. Invariant: `parse(route.href) == route`. Unknown screens are
kept as they are: the application answers with "no such page", and nothing is redirected silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode

__all__ = ["HOME", "Route", "first_space", "parse"]

HOME = "home"


@dataclass(frozen=True, slots=True)
class Route:
    """A place in the application. An empty `space` means: the one used last."""

    space: str = ""
    screen: str = HOME
    record: str = ""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def href(self) -> str:
        """The address of this place.

        >>> Route("resort", "tape", query={"from": "2026-11-20"}).href
        '/resort/tape?from=2026-11-20'
        """
        parts = [self.space]
        if self.screen != HOME or self.record:
            parts.append(self.screen)
        if self.record:
            parts.append(self.record)
        path = "/" + "/".join(quote(part, safe="") for part in parts if part)
        return path + ("?" + urlencode(self.query) if self.query else "")

    def to(self, screen: str, record: str = "", **query: str) -> Route:
        """Another place in the same space."""
        return Route(self.space, screen, record, query)

    def with_record(self, record: str) -> Route:
        """The same list with this record open beside it; an empty one closes it."""
        return Route(self.space, self.screen, record, self.query)

    def with_query(self, **query: str) -> Route:
        """The same place with some of its query changed; an empty value removes a key."""
        merged = {k: v for k, v in (dict(self.query) | query).items() if v}
        return Route(self.space, self.screen, self.record, merged)


def parse(address: str) -> Route:
    """The route of a path with its query, such as `location.pathname + location.search`.

    >>> parse("/resort/reservations/r%2F7")
    Route(space='resort', screen='reservations', record='r/7', query={})
    """
    path, _, query = address.partition("?")
    parts = [unquote(part) for part in path.split("/") if part]
    space, screen, record = (*parts[:3], *[""] * (3 - len(parts[:3])))
    return Route(space, screen or HOME, record, dict(parse_qsl(query)))


def first_space(remembered: str, offered: Sequence[str], *, sure: bool, new: str) -> str:
    """The space of an address that names none: the one used last while it is there, else the first
    that is offered, else a new one. `sure` says that `offered` lists every space of this device.

    >>> first_space("gone", ["demo", "resort"], sure=True, new="hotel")
    'demo'
    """
    if remembered and (remembered in offered or not sure):
        return remembered
    return offered[0] if offered else remembered or new
