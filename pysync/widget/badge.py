"""`<pysync-status>`: one look says whether what is shown is where it should be.

BADGE-1 the badge says "Synced" only when all that was changed here is where it has to be: in the
store of this device, and with a relay in its log. Floor: `markup`, `words`, `machines.status`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from pysync.machines.status import Status
from pysync.widget.markup import Content, Markup, moment, several, tag
from pysync.widget.words import Words

State = Literal["synced", "syncing", "offline", "conflict", "unavailable"]
LABELS: Final[dict[State, str]] = {
    "synced": "Synced",
    "syncing": "Syncing",
    "offline": "Offline",
    "conflict": "Conflict",
    "unavailable": "Sync unavailable",
}
_FAULTS: Final = {"full": "the disk is full"}


def towards(server: str, status: Status) -> Status:
    """The status of a space for which the page names a server ("" for none): as long as it does not
    follow that one, the server has nothing of it (BADGE-1)."""
    return replace(status, relay="offline") if server and status.relay == "none" else status


def state_of(status: Status) -> State:
    """In one word; what somebody has to do something about comes first."""
    if status.channel == "none" or status.relay in ("refused", "signed-out"):
        return "unavailable"
    if status.conflicts:
        return "conflict"
    if status.problem or status.relay in ("offline", "paused"):
        return "offline"
    waits = status.unsaved or status.pending or status.behind or status.relay == "connecting"
    return "syncing" if waits or not status.ready else "synced"


def badge(status: Status, words: Words, *, sign_in: str = "") -> Markup:
    """The badge, which opens to its details; `sign_in` is where one signs in at the server."""
    state = state_of(status)
    label = words(LABELS[state])
    waiting = max(status.pending, status.unsaved)
    said = [
        label,
        status.conflicts and words.many(status.conflicts, "conflict", "conflicts"),
        waiting and words.many(waiting, "change waiting", "changes waiting"),
        words.many(status.tabs, "tab open", "tabs open"),
    ]
    number = status.conflicts if state == "conflict" else waiting
    lines: tuple[tuple[str, Content], ...] = (
        ("Last sync", moment(status.last_sync) if status.last_sync else words("not yet")),
        ("Open tabs", str(status.tabs)),
        ("Waiting", str(waiting)),
        ("Open conflicts", str(status.conflicts)),
        ("This tab", words("leads" if status.is_leader else "follows")),
    )
    signed_out = status.relay == "signed-out" and bool(sign_in)
    return several(
        tag("span", ", ".join(part for part in said if part), role="status", class_="said"),
        tag(
            "details",
            tag(
                "summary",
                tag("span", part="dot", aria_hidden="true"),
                tag("span", label, part="label"),
                tag("span", str(number), part="count") if number else None,
                part="badge",
            ),
            tag(
                "div",
                tag("p", note(status, words), part="note"),
                tag("dl", (tag("div", tag("dt", words(n)), tag("dd", v)) for n, v in lines)),
                tag("a", words("Sign in"), href=sign_in, part="action") if signed_out else None,
                part="details",
            ),
            part="status",
            data_state=state,
        ),
    )


def note(status: Status, words: Words) -> str:
    """What is special at the moment, and what becomes of changes; "" if there is nothing to say."""
    if status.channel == "none":
        return words("The tabs of this browser cannot hear each other here.")
    if status.problem:
        why = _FAULTS.get(status.problem, "the storage of the browser does not answer")
        return words("Not saved at the moment: {why}", why=words(why))
    if status.relay == "signed-out":
        return words("The server wants somebody to sign in.")
    if status.relay == "refused":
        return words("The server does not let this page in: {why}", why=status.relay_reason)
    if status.relay in ("offline", "paused"):
        return words("The server cannot be reached. Changes are kept here and sent later.")
    if status.relay == "none":
        return words("Kept on this device and shared by its tabs.")
    return ""
