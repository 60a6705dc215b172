"""How frames of the protocol travel in bodies of HTTP, and which answers are a relay's at all
(`web/docs/protocol.md`).

A body is frames with RS (U+001E) between them, which JSON never holds raw. A proxy, a captive
portal or another server may answer anything: only what says by its media type that it is ours is
read.
Floor: `relay_frames`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pysync.machines.relay_frames import REFUSE, encode_frame
from pysync.values.jsontext import parse_json

MEDIA: Final = "application/vnd.pysync.frames"
"""The media type of both directions."""
SEPARATOR: Final = "\x1e"
MOST: Final = 1_000_000
"""Characters of the frames that go in one body; a single larger one goes alone."""
UNAUTHORIZED: Final = 401
MOST_BYTES: Final = 16_000_000
"""Of one body: 4,000,000 characters, as the protocol has it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `media` is the type without parameters."""

    status: int
    media: str
    text: str


def pack(frames: Iterable[str]) -> str:
    """A body of these frames.

    >>> unpack(pack(['["ping",1]', '["ping",2]']))
    ['["ping",1]', '["ping",2]']
    """
    return SEPARATOR.join(frames)


def unpack(body: str) -> list[str]:
    """The frames of a body; they are not looked at."""
    return body.split(SEPARATOR) if body else []


def frames_of(answer: Answer | None) -> list[str] | None:
    """The frames that a relay answered; None if there is no answer, or it is not a relay's, or
    says that the connection is over. Whoever has to sign in finds the relay's refusal.

    >>> frames_of(Answer(200, "text/html", "<h1>Welcome to our airport</h1>"))
    """
    if answer is None:
        return None
    if answer.status == 200 and answer.media == MEDIA:
        return unpack(answer.text)
    if answer.status == UNAUTHORIZED and answer.media == "application/json":
        try:
            body = parse_json(answer.text)
            if body["sign_in"] == "/sign-in":
                return [encode_frame(REFUSE, "sign-in", str(body["error"]))]
        except (ValueError, LookupError, TypeError):
            return None  # Somebody else's 401.
    return None
