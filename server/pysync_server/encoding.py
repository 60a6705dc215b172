"""Which compressed form of a file a browser takes (RFC 9110, Accept-Encoding)."""

from __future__ import annotations

from collections.abc import Collection

NAMES = {".br": "br", ".gz": "gzip"}
"""File suffix of a compressed neighbour to the name it has in HTTP, better ones first."""


def accepted(header: str) -> dict[str, float]:
    """The weights by encoding that an Accept-Encoding header gives; malformed weights count as 0.

    >>> accepted("gzip, br;q=0.5, *;q=0")
    {'gzip': 1.0, 'br': 0.5, '*': 0.0}
    """
    weights: dict[str, float] = {}
    for part in header.split(","):
        name, _, parameter = part.partition(";")
        _, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if value else 1.0
        except ValueError:
            weight = 0.0
        if name.strip():
            weights[name.strip().lower()] = weight
    return weights


def choose(header: str, available: Collection[str]) -> str:
    """The suffix to serve: one of those available, or an empty string for the plain file.

    >>> choose("gzip, deflate, br", [".br", ".gz"])
    '.br'
    >>> choose("br;q=0, gzip", [".br", ".gz"])
    '.gz'
    >>> choose("identity", [".br", ".gz"])
    ''
    """
    weights = accepted(header)
    best, best_weight = "", 0.0
    for suffix, name in NAMES.items():
        weight = weights.get(name, weights.get("*", 0.0))
        if suffix in available and weight > best_weight:
            best, best_weight = suffix, weight
    return best
