"""What every adapter of a port must do, as cases that run anywhere: one suite per port.

A case is an `async` function of a *place* (where an adapter can be opened, more than once). It
raises AssertionError. Parametrise a test over `STORE_CASES` in CPython, or `await run(...)` them in
a page. Floor: `ports`.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

P = TypeVar("P")


async def run(
    cases: Iterable[Callable[[P], Awaitable[None]]], place: Callable[[], P]
) -> dict[str, str]:
    """Run every case, each on a fresh place; answers case name -> "" or the traceback."""
    results: dict[str, str] = {}
    for case in cases:
        name = getattr(case, "__name__", repr(case))
        try:
            await case(place())
            results[name] = ""
        except Exception:  # noqa: BLE001 - whatever a case raises is its result
            results[name] = traceback.format_exc()
    return results
