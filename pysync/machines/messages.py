"""The table of tab messages: what may be said on the channel of a space (TAB-16).

A frame is one JSON list `[version, type, tab id of the sender, timestamp in wall ms, payload]`,
sent as text. Version 1. A newer version is dropped and counted, with one warning; an unknown type
of our own version is dropped and counted. A tab ignores its own frames.

| type               | payload                                                       |
|--------------------|---------------------------------------------------------------|
| state-update       | `[first n, [change, ...]]`                                    |
| state-request      | `{"have": seq, "term": n, "keys": [...] or null}`             |
| state-response     | `{"to": tab, "term": n, "seq": n, "part": [n, of], ...}`      |
|                    | and: `{..., "rows": {...}, "pending": [...]}`                 |
| leader-election    | `{"force": true}` to ask, `{"yield": tab}` to give way        |
| leader-announce    | `{"term": n, "since": ms}`                                    |
| tab-ping, tab-pong | `{"born": ms, "since": ms, "hidden": bool, "build": n, ...}`   |
| heartbeat          | all three: `{..., "beats", "seq", "made", "term": n, "leader": n or null}` |
| tab-bye            | `{}`, on a freeze `{"frozen": true}`                          |
| data-update        | `[term, [[seq, count, log key, batch, exceptions?, frame?], ...]]` |
| relay-status       | `[link, reason, generation, person or null, clock ahead, newest entry]` |
| relay-present      | `[more, [[name, device, records], ...]]`                      |
| relay-reject       | `[batch, code, message]`                                      |
| relay-known        | `[batch, exceptions]`                                         |
| cache-invalidation | as of message                                                 |
| message            | `{"kind": str, "key": str, "value": json}`                    |

state-update: the author, at once. state-request: a new or lagging tab; state-response: one awake.
leader-election: a tab told to lead, and the leader that gives way to it. leader-announce: who has
won the seat. tab-ping: at start and on return (who is there?), tab-pong: every tab that hears one.
heartbeat: every tab, on its worker's tick; `beats` are the ticks its page handled, `seq` up to
where it confirmed, `made` how many changes it made, `term` the highest it knows (who hears of more
than it knows missed something), `leader` the term it leads with, if it does, `looks` the record
that it shows, `[key, id]` or `[]`, if it takes part in that (`present`). tab-bye: on pagehide,
freeze and stop. data-update: the leader's verdicts, with the batch itself where another device made
it. relay-status: the leader, when how it stands with the relay changes, and when a tab is new.
relay-present: the leader, who else is here on other devices, when that changes. relay-reject,
relay-known: the leader, of a batch that the relay will never take, or that it had before its state
was taken over. cache-invalidation: any tab. message: the application; `pysync.realtime_talk` says
`data-change` and `refresh-request` in it.

Floor: `errors`, `values`.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from pysync.errors import ProtocolError
from pysync.values.jsontext import json_text, parse_json

VERSION: Final = 1
_TAB: Final = re.compile(r"[!#-.0-\[\]-~]{1,64}")
"""A tab's id: printable ASCII without quotes, slashes and spaces. It goes into keys and paths."""
PARTS: Final = 5
MAX_TIME: Final = 1 << 47
"""A timestamp fits a stamp: below it, some four thousand years."""
MAX_FRAME: Final = 4_000_000
"""Characters of one frame; a longer one is dropped (writers cut batches far below it)."""

STATE_UPDATE: Final = "state-update"
STATE_REQUEST: Final = "state-request"
STATE_RESPONSE: Final = "state-response"
LEADER_ELECTION: Final = "leader-election"
LEADER_ANNOUNCE: Final = "leader-announce"
TAB_PING: Final = "tab-ping"
TAB_PONG: Final = "tab-pong"
TAB_BYE: Final = "tab-bye"
HEARTBEAT: Final = "heartbeat"
DATA_UPDATE: Final = "data-update"
RELAY_STATUS: Final = "relay-status"
RELAY_PRESENT: Final = "relay-present"
RELAY_REJECT: Final = "relay-reject"
RELAY_KNOWN: Final = "relay-known"
CACHE_INVALIDATION: Final = "cache-invalidation"
MESSAGE: Final = "message"
USER_ACTIVITY: Final = "user-activity"
"""Not a type but a kind of application message: what a heartbeat is to an application."""

TYPES: Final = frozenset(
    {
        STATE_UPDATE,
        STATE_REQUEST,
        STATE_RESPONSE,
        LEADER_ELECTION,
        LEADER_ANNOUNCE,
        TAB_PING,
        TAB_PONG,
        TAB_BYE,
        HEARTBEAT,
        DATA_UPDATE,
        RELAY_STATUS,
        RELAY_PRESENT,
        RELAY_REJECT,
        RELAY_KNOWN,
        CACHE_INVALIDATION,
        MESSAGE,
    }
)
ELECTORAL: Final = frozenset(
    {TAB_PING, TAB_PONG, HEARTBEAT, TAB_BYE, LEADER_ANNOUNCE, LEADER_ELECTION}
)
"""The messages that an election heeds."""


class Frame(NamedTuple):
    """One message of the table, decoded; the payload is not yet checked by its reader."""

    type: str
    tab: str
    ts: int
    payload: Any

    def object(self) -> dict[str, Any]:
        """The payload where the table says it is an object. Raises ProtocolError if it is not."""
        if not isinstance(self.payload, dict):
            raise ProtocolError(f"{self.type}: payload is no object")
        return self.payload


def encode(type_: str, tab: str, wall: float, payload: object) -> str:
    """The text of a frame. `payload` must be JSON already (values are checked where they enter).

    >>> encode("tab-ping", "t1", 5.9, {})
    '[1,"tab-ping","t1",5,{}]'
    """
    return f'[{VERSION},"{type_}","{tab}",{int(wall)},{json_text(payload)}]'


def decode(text: str) -> Frame:
    """Read a frame. Raises ProtocolError for whatever is not one of ours: drop it, count it."""
    if not isinstance(text, str) or len(text) > MAX_FRAME:
        raise ProtocolError("not a frame: no text, or too long")
    try:
        raw = parse_json(text)
    except ValueError as error:
        raise ProtocolError(f"not a frame: {error}") from None
    if type(raw) is not list or not raw:
        raise ProtocolError("not a frame: no list")
    if type(raw[0]) is not int or raw[0] != VERSION:
        raise ProtocolError(f"frame of version {raw[0]!r}, this build speaks {VERSION}: reload")
    if len(raw) < PARTS:
        raise ProtocolError(f"a frame has {PARTS} parts")
    _, type_, tab, ts, payload = raw[:PARTS]
    if type(type_) is not str or type_ not in TYPES:
        raise ProtocolError(f"unknown type {type_!r}")
    if type(tab) is not str or _TAB.fullmatch(tab) is None:
        raise ProtocolError("no sender")
    if type(ts) is not int or not 0 <= ts <= MAX_TIME:
        raise ProtocolError("no timestamp")
    return Frame(type_, tab, ts, payload)
