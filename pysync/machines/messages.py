"""The table of tab messages: what may be said on the channel of a space (TAB-16).

A frame is one JSON object `{"v": 1, "t": type, "tab": sender, "ts": wall ms, "p": payload}`, sent
as text. Version 1. A newer version is dropped and counted, with one warning; an unknown type of our
own version is dropped and counted. A tab ignores its own frames.

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
| data-update        | `[term, [[seq, count, log key, batch, exceptions], ...]]`     |
| cache-invalidation | as of message                                                 |
| message            | `{"kind": str, "key": str, "value": json}`                    |

state-update: the author, at once. state-request: a new or lagging tab; state-response: one awake.
leader-election: a tab told to lead, and the leader that gives way to it. leader-announce: who has
won the seat. tab-ping: at start and on return (who is there?), tab-pong: every tab that hears one.
heartbeat: every tab, on its worker's tick; `beats` are the ticks its page handled, `seq` up to
where it confirmed, `made` how many changes it made, `term` the highest it knows (who hears of more
than it knows missed something), `leader` the term it leads with, if it does. tab-bye: on pagehide,
freeze and stop. data-update: the leader's verdicts. cache-invalidation: any tab. message: the
application.

Floor: `errors`, `values`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from pysync.errors import ProtocolError
from pysync.values.jsontext import parse_json

VERSION: Final = 1
_TAB: Final = re.compile(r"[!#-.0-\[\]-~]{1,64}")
"""A tab's id: printable ASCII without quotes, slashes and spaces. It goes into keys and paths."""
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
        CACHE_INVALIDATION,
        MESSAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Frame:
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
    '{"v":1,"t":"tab-ping","tab":"t1","ts":5,"p":{}}'
    """
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return f'{{"v":{VERSION},"t":"{type_}","tab":"{tab}","ts":{int(wall)},"p":{body}}}'


def decode(text: str) -> Frame:
    """Read a frame. Raises ProtocolError for whatever is not one of ours: drop it, count it."""
    if not isinstance(text, str) or len(text) > MAX_FRAME:
        raise ProtocolError("not a frame: no text, or too long")
    try:
        raw = parse_json(text)
    except ValueError as error:
        raise ProtocolError(f"not a frame: {error}") from None
    if not isinstance(raw, dict):
        raise ProtocolError("not a frame: no object")
    version, type_, tab, ts = raw.get("v"), raw.get("t"), raw.get("tab"), raw.get("ts")
    if type(version) is not int or version != VERSION:
        raise ProtocolError(f"frame of version {version!r}, this build speaks {VERSION}: reload")
    if not isinstance(type_, str) or type_ not in TYPES:
        raise ProtocolError(f"unknown type {type_!r}")
    if not isinstance(tab, str) or _TAB.fullmatch(tab) is None:
        raise ProtocolError("no sender")
    if type(ts) is not int:
        raise ProtocolError("no timestamp")
    return Frame(type_, tab, ts, raw.get("p"))
