"""The frames between a device and a relay, protocol 1: `web/docs/protocol.md` has their table, and
is the whole specification.

A frame is text of one or more lines. The first is a JSON list, `[type, ...]`; those that follow are
rows of JSON, or batches exactly as their author made them, so that nobody encodes them again.

Floor: `errors`, `values`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pysync.errors import ProtocolError
from pysync.machines.batches import name_of
from pysync.machines.messages import MAX_FRAME
from pysync.machines.redaction import is_redacted
from pysync.machines.who import read_person
from pysync.model.roles import Person
from pysync.values.jsontext import json_text, parse_json

PROTOCOL: Final = 1

HELLO: Final = "hello"
WELCOME: Final = "welcome"
RESUME: Final = "resume"
PUSH: Final = "push"
ENTRIES: Final = "entries"
KNOWN: Final = "known"
REJECT: Final = "reject"
PROBLEM: Final = "problem"
REFUSE: Final = "refuse"
LINK: Final = "link"
PING: Final = "ping"
PONG: Final = "pong"
HERE: Final = "here"
PRESENT: Final = "present"
RENEW: Final = "renew"
"""The code of a refusal that ends when the device takes the relay's state over anew."""
DIVERGED: Final = "diverged"
"""The same, of a device that said what it holds and should hold something else."""
FAILED: Final = "failed"
WAITS: Final = "waits"
"""The code of a rejection that says nothing of the batch: the relay failed on it, and it may be
sent again (a device that does not know it keeps it as one that is refused)."""
TYPES: Final = frozenset({HELLO, WELCOME, RESUME, PUSH, ENTRIES, KNOWN, REJECT, PROBLEM, REFUSE,
                          LINK, PING, PONG, HERE, PRESENT})  # fmt: skip

LONGEST: Final = 2 * MAX_FRAME + 1_000_000
"""Characters of one frame: the longest batch, what may be decided on it, and what surrounds it."""
MAX_MODULES: Final = 64
"""Modules that one device leaves out."""
NAME_MAX: Final = 64
"""Characters of a device's or an epoch's name."""
BATCH_MAX: Final = 2 * NAME_MAX
"""Characters of a batch's name."""
MAX_BATCHES: Final = 1_000
"""Batches of one push."""


class RelayFrame(NamedTuple):
    """One frame, its first line decoded; the lines below are not yet looked at."""

    type: str
    parts: list[Any]
    """What follows the type in the first line."""
    lines: list[str]


class Cursor(NamedTuple):
    """Up to where a device has stored a log: its epoch, the seq at which the newest entry ends, and
    the batch of that entry, by which a relay knows its own log ("": the device does not know)."""

    epoch: str
    seq: int
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Who connects. `cursor` None: the device has stored no log. `life` names one connection: what
    was pushed on another comes back whole. `joins`: what is pushed on it was made before the device
    knew of this log. `without`: modules that the device does not want. `waits`: it can WAIT."""

    device: str
    life: str
    cursor: Cursor | None = None
    protocol: int = PROTOCOL
    schema: int = 1
    joins: bool = False
    without: frozenset[str] = frozenset()
    waits: bool = False

    def encode(self) -> str:
        """As a frame."""
        facts = {
            "protocol": self.protocol,
            "schema": self.schema,
            "device": self.device,
            "life": self.life,
            "cursor": list(self.cursor) if self.cursor else None,
        }
        more = {"joins": self.joins, "without": sorted(self.without), "waits": self.waits}
        return encode_frame(HELLO, facts | {name: said for name, said in more.items() if said})


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The relay's answer. `resumes`: entries behind the device's cursor follow; otherwise it has to
    take the state over first, and says so with `resume`."""

    epoch: str
    head: int
    """The newest entry's seq."""
    resumes: bool
    now: int
    """The relay's clock, ms since 1970."""
    person: Person | None = None
    """Whose session it is; None where nobody has to sign in."""
    protocol: int = PROTOCOL

    def encode(self) -> str:
        """As a frame."""
        facts = {
            "protocol": self.protocol,
            "epoch": self.epoch,
            "head": self.head,
            "resumes": self.resumes,
            "now": self.now,
            "person": self.person,
        }
        return encode_frame(WELCOME, facts)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """Verdicts on one batch, as the relay's log holds them. `seq` numbers its first change."""

    seq: int
    count: int
    batch: str
    origin: str
    """`device/life` of whoever sent it."""
    text: str
    """The batch as its author made it."""
    special: str
    """Exceptions as JSON text; "" when every change was applied as sent."""

    def encode(self, *, own: bool) -> str:
        """Its line; with the batch below it for everyone but who sent that very text."""
        special = self.special or "0"
        if own and not is_redacted(self.text):
            return f'[{self.seq},{self.count},{special},"{self.batch}"]'
        return f"[{self.seq},{self.count},{special},0]\n{self.text}"

    @property
    def last(self) -> int:
        """The seq of its last change."""
        return self.seq + self.count - 1


@dataclass(frozen=True, slots=True)
class Heard:
    """One row of `entries` as a device reads it."""

    seq: int
    count: int
    special: Any
    """Exceptions as JSON, 0 for none: `rounds.decode_special` reads them."""
    batch: str
    text: str
    """The batch; "" where the device has it."""


def encode_frame(type_: str, *parts: object, lines: tuple[str, ...] | list[str] = ()) -> str:
    """The text of a frame.

    >>> encode_frame("reject", "t1.4", "malformed", "no list")
    '["reject","t1.4","malformed","no list"]'
    """
    head = json_text([type_, *parts])
    if not head.isascii():
        # What quotes a peer may hold half a pair of surrogates, which nothing can send.
        head = head.encode("utf-8", "replace").decode()
    return "\n".join([head, *lines])


def decode_frame(text: object) -> RelayFrame:
    """Read a frame. Raises ProtocolError for whatever is not one."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ProtocolError("not a frame: no text, or too long")
    first, *lines = text.split("\n")
    try:
        head = parse_json(first)
    except ValueError as error:
        raise ProtocolError(f"not a frame: {error}") from None
    if type(head) is not list or not head or type(head[0]) is not str or head[0] not in TYPES:
        raise ProtocolError(f"not a frame of protocol {PROTOCOL}: {first[:80]!r}")
    return RelayFrame(head[0], head[1:], lines)


def read_hello(frame: RelayFrame) -> Hello:
    """The facts of a hello; the protocol is not judged here. Raises ProtocolError."""
    facts = _facts(frame, "hello")
    cursor = facts.get("cursor")
    if cursor is not None:
        if type(cursor) is not list or not 2 <= len(cursor) <= 3:
            raise ProtocolError("a cursor is an epoch, a seq and a batch")
        last = cursor[2] if len(cursor) == 3 else ""
        if type(last) is not str or len(last) > BATCH_MAX:
            raise ProtocolError("a cursor names a batch")
        cursor = Cursor(_name(cursor[0], "epoch"), _count(cursor[1], "seq"), last)
    return Hello(
        device=_name(facts.get("device"), "device"),
        life=_name(facts.get("life"), "life"),
        cursor=cursor,
        protocol=_count(facts.get("protocol"), "protocol"),
        schema=_count(facts.get("schema"), "schema"),
        joins=facts.get("joins") is True,
        without=_modules(facts.get("without", [])),
        waits=facts.get("waits") is True,
    )


def read_welcome(frame: RelayFrame) -> Welcome:
    """The facts of a welcome. Raises ProtocolError."""
    facts = _facts(frame, "welcome")
    return Welcome(
        epoch=_name(facts.get("epoch"), "epoch"),
        head=_count(facts.get("head"), "head"),
        resumes=facts.get("resumes") is True,
        now=_count(facts.get("now"), "now"),
        person=read_person(facts["person"]) if facts.get("person") else None,
        protocol=_count(facts.get("protocol"), "protocol"),
    )


def read_resume(frame: RelayFrame) -> Cursor:
    """The cursor of a resume. Raises ProtocolError."""
    if len(frame.parts) != 2:
        raise ProtocolError("resume names an epoch and a seq")
    return Cursor(_name(frame.parts[0], "epoch"), _count(frame.parts[1], "seq"))


def read_words(frame: RelayFrame, count: int) -> list[str]:
    """The texts that a reject or a refuse carries. Raises ProtocolError."""
    words = frame.parts
    if len(words) != count or any(type(word) is not str for word in words):
        raise ProtocolError(f"{frame.type} carries {count} texts")
    return words


def read_entries(frame: RelayFrame) -> list[Heard]:
    """The rows of `entries`, each with its batch where one follows. Raises ProtocolError."""
    found: list[Heard] = []
    lines = iter(frame.lines)
    for line in lines:
        try:
            seq, count, special, batch = parse_json(line)
        except (ValueError, TypeError):
            raise ProtocolError(f"no row of entries: {line[:80]!r}") from None
        if _count(seq, "seq") < 1 or _count(count, "count") < 1:
            raise ProtocolError("seq and count begin at 1")
        text = ""
        if batch == 0:
            text = next(lines, "")
            batch = name_of(text)
        if type(batch) is not str or not batch:
            raise ProtocolError("a row names its batch, or the batch follows")
        found.append(Heard(seq, count, special, batch, text))
    return found


def _facts(frame: RelayFrame, what: str) -> dict[str, Any]:
    if len(frame.parts) != 1 or type(frame.parts[0]) is not dict:
        raise ProtocolError(f"{what} carries one object")
    facts: dict[str, Any] = frame.parts[0]
    return facts


def _modules(value: object) -> frozenset[str]:
    if type(value) is not list or len(value) > MAX_MODULES:
        raise ProtocolError(f"a device leaves out a list of at most {MAX_MODULES} modules")
    return frozenset(_name(name, "module") for name in value)


def _name(value: object, what: str) -> str:
    if type(value) is not str or not 0 < len(value) <= NAME_MAX or not value.isascii():
        raise ProtocolError(f"{what} is a short ASCII text")
    if "/" in value or not value.isprintable():
        raise ProtocolError(f"{what} holds what a name must not")
    return value


def _count(value: object, what: str) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ProtocolError(f"{what} is a number from 0")
    return value
