"""The session: a device's half of the protocol with the relay (`web/docs/protocol.md`).

Only a leader has one. It connects, says up to where the device has stored the log, pushes what the
device has no entry for, and hands over entries as they come. It keeps nothing: after any
interruption a new connection begins from what is stored. Whoever carries it stores entries together
with the cursor.

| state      | led        | connected | welcome         | entries  | cut off | timer             |
|------------|------------|-----------|-----------------|----------|---------|-------------------|
| off        | connecting |           |                 |          |         |                   |
| connecting |            | greeting  |                 |          | waiting | waiting           |
| greeting   |            |           | following: push |          | waiting | waiting           |
| following  |            |           |                 | taken    | waiting | ping, or: waiting |
| waiting    |            |           |                 |          |         | connecting        |
| refused    |            |           |                 |          |         | connecting        |
| signed-out |            |           |                 |          |         | connecting        |
| renewing   |            |           |                 |          |         |                   |

In every state `unled` leads to off and closes. A `refuse` of the relay leads to refused, to
signed-out where it says that somebody has to sign in, and to renewing where what the device has
stored is not the log's any more: the carrier takes the relay's state over and leads again (`unled`,
`led`), or says that it could not (waiting).

SESSION-2 entries are handed over in order of seq, each once; what does not follow ends the
connection. SESSION-4 a connection on which nothing comes for ANSWER_MS after it was asked for is
cut off and made anew. SESSION-5 tries after a failure wait as `backoff` says, as the space has it.
Floor: `pushing`, `relay_frames`, `effects`.
"""

from __future__ import annotations

from typing import Final, Literal

from pysync.errors import ProtocolError
from pysync.machines.backoff import LATEST_MS, pause
from pysync.machines.carrier import Carrier
from pysync.machines.effects import (
    ClearTimer,
    Connect,
    Disconnect,
    Effect,
    Moment,
    SetTimer,
    Transmit,
)
from pysync.machines.entries import Unreadable
from pysync.machines.push_frames import read_known
from pysync.machines.pushing import AGAIN, Pushing
from pysync.machines.relay_frames import (
    DIVERGED,
    ENTRIES,
    KNOWN,
    PING,
    PONG,
    PRESENT,
    REFUSE,
    REJECT,
    RENEW,
    RESUME,
    WELCOME,
    Heard,
    Hello,
    RelayFrame,
    decode_frame,
    encode_frame,
    read_entries,
    read_welcome,
    read_words,
)

ANSWER_MS: Final = 25_000.0
"""How much longer than the interval, after which a sign of life is asked for, it may be silent."""
TIMER: Final = "session.next"

SIGN_IN: Final = "sign-in"
"""The code of a refusal that ends when somebody signs in."""

State = Literal[
    "off", "connecting", "greeting", "following", "waiting", "refused", "signed-out", "renewing"
]
NO_SESSION: Final = ("waiting", "refused", "signed-out")
"""The states that a timer ends."""


class Session:
    """The connection of a leader with the relay."""

    def __init__(
        self, *, tab: str, schema: int, device: str, carrier: Carrier, out: list[Effect]
    ) -> None:
        self.state: State = "off"
        self.reason = ""
        """In words, why there is no session, where the relay or this device said so."""
        self._tab = tab
        self._schema = schema
        self._device = device
        self._carrier = carrier
        self._out = out
        self.joins = False
        """Whether what it sends was made before this device knew of the relay's log."""
        self.head = 0
        """The newest entry of the relay when it was last met."""
        self._life = 0
        """Counts the connections: what was pushed on another may not be held here any more."""
        self._epoch = ""
        self._seq = 0
        """Entries up to this one were handed over."""
        self.pushing = Pushing(out)
        self._tries, self._heard_at, self._asked = 0, 0.0, False

    # -- leading ----------------------------------------------------------------------------------

    def led(self, now: Moment) -> None:
        """This tab leads."""
        if self.state == "off":
            self._connect(now)

    def unled(self) -> None:
        """It leads no more, sleeps or stops."""
        if self.state in ("connecting", "greeting", "following"):
            self._out.append(Disconnect())
        self._out.append(ClearTimer(TIMER))
        self._tries = 0
        self.pushing.forget()
        self._be("off")

    def hurry(self, now: Moment) -> None:
        """The network is back, or somebody looks, perhaps after signing in: wait no longer."""
        if self.state in NO_SESSION:
            self._tries = 0
            self._connect(now)
        elif self.state in ("greeting", "following"):
            self._ask(now)

    def _connect(self, now: Moment) -> None:
        self._life += 1
        self._heard_at = now.mono
        self._asked = False
        self.pushing.cut_off()
        self._be("connecting")
        self._out.append(Connect())
        self._watch(now)

    def _be(self, state: State, reason: str = "") -> None:
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self._carrier.session_changed()

    # -- the connection ---------------------------------------------------------------------------

    def connected(self, now: Moment) -> None:
        """The connection stands."""
        if self.state != "connecting":
            return
        self._heard_at = now.mono
        hello = Hello(
            device=self._device,
            life=f"{self._tab}-{self._life}",
            cursor=self._carrier.cursor(),
            schema=self._schema,
            joins=self.joins,
            without=self._carrier.left_out,
            waits=True,
        ).encode()
        self._out.append(Transmit(hello))
        self._be("greeting")

    def not_renewed(self, now: Moment) -> None:
        """The relay's state could not be taken over: ask again later."""
        if self.state == "renewing":
            self._retry(now)

    def disconnected(self, now: Moment) -> None:
        """The connection is gone, or could not be made."""
        if self.state in ("connecting", "greeting", "following"):
            self._retry(now)

    def _retry(self, now: Moment, *, cut: bool = False) -> None:
        """SESSION-5."""
        if cut:
            self._out.append(Disconnect())
        way = self._carrier.ordinary().backoff
        wait = pause(self._tries, way, self._tab, self._life, now.wall)
        self._tries += 1
        self._be("waiting")
        self._out.append(SetTimer(TIMER, now.mono + wait))

    def woke(self, name: str, now: Moment) -> None:
        """The timer is due: try again, or see whether the other end lives."""
        if name == AGAIN:
            self.offer(now)
        if name != TIMER:
            return
        if self.state in NO_SESSION:
            self._connect(now)
        elif self.state in ("connecting", "greeting", "following"):
            silent = now.mono - self._heard_at
            interval = self._carrier.ordinary().interval_ms
            if silent >= interval + ANSWER_MS:
                self._retry(now, cut=True)
                return
            if self.state == "following":
                self._tries = 0  # it has lasted a while
                if silent >= interval and not self._asked:
                    self._ask(now)
            self._watch(now)

    def _ask(self, now: Moment) -> None:
        self._asked = True
        parts = self._carrier.check_sum() or (int(now.mono),)
        self._out.append(Transmit(encode_frame(PING, *parts)))

    def _watch(self, now: Moment) -> None:
        asks = self.state == "following" and not self._asked
        due = self._heard_at + self._carrier.ordinary().interval_ms + (0 if asks else ANSWER_MS)
        self._out.append(SetTimer(TIMER, max(due, now.mono + 1)))

    # -- frames -----------------------------------------------------------------------------------

    def heard(self, text: object, now: Moment) -> None:
        """A frame came. One that cannot be read ends the connection; nothing is raised."""
        if self.state not in ("greeting", "following"):
            return
        self._heard_at = now.mono
        self._asked = False
        try:
            self._take(decode_frame(text), now)
        except Unreadable as error:
            self._refused(str(error), now)
        except ProtocolError:
            self._retry(now, cut=True)

    def _take(self, frame: RelayFrame, now: Moment) -> None:
        if frame.type == REFUSE:
            code, message = read_words(frame, 2)
            if code in (RENEW, DIVERGED):
                self._out += (Disconnect(), ClearTimer(TIMER))
                self._be("renewing")
                self._carrier.renew(diverged=code == DIVERGED)
            else:
                self._refused(message, now, "signed-out" if code == SIGN_IN else "refused")
        elif frame.type == PING:
            self._out.append(Transmit(encode_frame(PONG, *frame.parts[:1])))
        elif frame.type == WELCOME and self.state == "greeting":
            self._welcomed(frame, now)
        elif frame.type == ENTRIES and self.state == "following":
            self._entries(read_entries(frame), now)
        elif frame.type == KNOWN and self.state == "following":
            batch, special = read_known(frame)
            self.pushing.done(batch)
            self._carrier.known(batch, special)
            self.offer(now)
        elif frame.type == REJECT and self.state == "following":
            self._rejected(now, *read_words(frame, 3))
        elif frame.type == PRESENT and self.state == "following":
            self._carrier.present(frame)

    def _refused(self, reason: str, now: Moment, state: State = "refused") -> None:
        self._out.append(Disconnect())
        self._be(state, reason)
        self._out.append(SetTimer(TIMER, now.mono + LATEST_MS))

    def _welcomed(self, frame: RelayFrame, now: Moment) -> None:
        welcome = read_welcome(frame)
        cursor = self._carrier.cursor()
        if cursor is not None and cursor.epoch != welcome.epoch:
            self._refused("the relay has another log; what is here is kept", now)
            return
        self._carrier.welcomed(welcome.person, int(now.wall) - welcome.now if welcome.now else 0)
        self.head = welcome.head
        self._epoch, self._seq = welcome.epoch, cursor.seq if cursor else 0
        if not welcome.resumes:
            self._out.append(Transmit(encode_frame(RESUME, self._epoch, self._seq)))
        self._be("following")
        self._watch(now)
        self.offer(now)

    def _entries(self, rows: list[Heard], now: Moment) -> None:
        fresh = [row for row in rows if row.seq > self._seq]
        for row in fresh:
            if row.seq != self._seq + 1:
                raise ProtocolError(f"entry {row.seq} does not follow {self._seq}")
            self._seq += row.count
            self.pushing.done(row.batch)
        if fresh:
            self._carrier.entries(self._epoch, fresh)
            self._tries = 0
        self.offer(now)

    def _rejected(self, now: Moment, batch: str, code: str, message: str) -> None:
        again = self.pushing.goes_again(batch, code, message, self._carrier, now)
        if not again and self.pushing.rejected(batch):
            self._carrier.rejected(batch, code, message)
        self.offer(now)

    def offer(self, now: Moment) -> None:
        """Push what there is and was not pushed on this connection, as far as the window goes."""
        if self.state == "following":
            for text in self.pushing.next(self._carrier, now):
                self._out.append(Transmit(text))
