"""Places in a keyed list: text keys between which there is always room for another.

Keys are base-62 fractions without trailing zero digits, compared as text, after Greenspan,
"Implementing Fractional Indexing" (2020), reduced to the fraction. To reorder a list the fewest
items are moved: those outside its longest increasing run (patience sorting, Fredman 1975).

PLACE-1 a < between(a, b) < b, and no key ends in the lowest digit. Floor: nothing below it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def is_place(value: object) -> bool:
    """Whether this can be a place at all: what peers wrote may be anything."""
    return (
        isinstance(value, str)
        and value != ""
        and value[-1] != _DIGITS[0]
        and not value.strip(_DIGITS)
    )


def between(low: str, high: str | None) -> str:
    """A key above `low` ("" is the start) and below `high` (None is the end).

    >>> between("", None), between("V", None), between("V", "W")
    ('V', 'k', 'VV')
    """
    shared = 0
    if high is not None:
        if low >= high:
            raise ValueError(f"no place between {low!r} and {high!r}")
        while (low[shared] if shared < len(low) else "0") == high[shared]:
            shared += 1
    if shared:
        rest = high[shared:] if high is not None else None
        return low[:shared].ljust(shared, "0") + between(low[shared:], rest)
    first = _DIGITS.index(low[0]) if low else 0
    last = _DIGITS.index(high[0]) if high is not None else len(_DIGITS)
    if last - first > 1:
        return _DIGITS[(first + last) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return _DIGITS[first] + between(low[1:], None)


def rearrange(places: Sequence[str | None]) -> list[str]:
    """Places for items in their wanted order, keeping as many of the given ones as possible.

    >>> rearrange(["a", "c", "b"])
    ['a', 'aV', 'b']
    """
    kept = _longest_increasing(places)
    following: list[str | None] = []
    high: str | None = None
    for at in range(len(places) - 1, -1, -1):
        following.append(high)
        if at in kept:
            high = places[at]
    following.reverse()
    result: list[str] = []
    while (at := len(result)) < len(places):
        place = places[at]
        if at in kept and place is not None:
            result.append(place)
        else:
            end = next((n for n in range(at, len(places)) if n in kept), len(places))
            result += _spread(result[-1] if result else "", following[at], end - at)
    return result


def _spread(low: str, high: str | None, count: int) -> list[str]:
    """So many places in that gap, the middle one first: all of them stay short."""
    if not count:
        return []
    middle = between(low, high)
    before = (count - 1) // 2
    return [*_spread(low, middle, before), middle, *_spread(middle, high, count - 1 - before)]


def _longest_increasing(places: Sequence[str | None]) -> set[int]:
    """Positions of a longest strictly increasing run of the given places."""
    tails: list[str] = []
    tail_at: list[int] = []
    before: dict[int, int] = {}
    for at, place in enumerate(places):
        if place is None:
            continue
        spot = bisect_left(tails, place)
        if spot:
            before[at] = tail_at[spot - 1]
        if spot == len(tails):
            tails.append(place)
            tail_at.append(at)
        else:
            tails[spot] = place
            tail_at[spot] = at
    kept: set[int] = set()
    at_ = tail_at[-1] if tail_at else None
    while at_ is not None:
        kept.add(at_)
        at_ = before.get(at_)
    return kept
