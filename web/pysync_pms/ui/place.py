"""Where the page is: its address, the hotels that this device has, and those of the server.

Touches the page, for `main` alone.
"""

from __future__ import annotations

from typing import Any

import js

from pysync.values.jsontext import parse_json

LAST_SPACE = "pysync-pms:space"
"""Key of localStorage: only a hint, which may be lost."""


async def listing() -> dict[str, Any] | None:
    """What the server says it has, `spaces` by name among it; nothing where it cannot be asked, and
    None where it answers only to who signs in."""
    try:
        response = await js.fetch("/first-state")
        if response.status == 401:
            return None
        found = parse_json(await response.text()) if response.ok else {}
    except Exception:  # noqa: BLE001 - offline, or a plain file server: it offers nothing
        return {}
    return found if isinstance(found, dict) else {}


async def ask_server(path: str) -> tuple[int, str]:
    """What the server answers for a path (`Hotel.ask_server`)."""
    try:
        response = await js.fetch(path)
        text = str(await response.text())
        if response.status != 200:
            text = str(parse_json(text).get("error", "")) or f"the server says {response.status}"
        return int(response.status), text
    except Exception:  # noqa: BLE001 - offline, or somebody else answers
        return 0, ""


def sign_in() -> None:
    """Leave for the server's page, which leads back here. What is kept on this device stays."""
    js.location.assign(f"/sign-in?next={js.encodeURIComponent(address())}")


def address() -> str:
    """The path that is shown, with its query."""
    return str(js.location.pathname) + str(js.location.search)


def remembered() -> str:
    """The hotel that was open last; "" if that is not known."""
    try:
        return str(js.localStorage.getItem(LAST_SPACE) or "")
    except Exception:  # noqa: BLE001 - storage denied: there is nothing to remember
        return ""


def remember(name: str) -> None:
    """Keep that for the next start."""
    try:
        js.localStorage.setItem(LAST_SPACE, name)
    except Exception:  # noqa: BLE001 - storage denied or full: only a hint is lost
        return
