"""The port `Link` over HTTP, for networks that let no WebSocket through. Whoever can send requests
(`Requests`: a page, a program) has a link.

One request opens it. What is sent goes in POSTs, one at a time and in order, each with all that
waits; what the relay says comes as the answer to a GET that the relay keeps open until there is
something, so it comes at once. Answers are counted in both directions, for a browser or a proxy may
repeat a request by itself. Anything that is not a relay's answer ends the link.

HTTPLINK-1 a frame is heard once, in its order, or the link ends. Floor: `machines.http_frames`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal, Protocol

from pysync.errors import ProtocolError
from pysync.machines.http_frames import MOST, UNAUTHORIZED, Answer, frames_of, pack
from pysync.machines.relay_frames import LINK, REFUSE, decode_frame, read_words

Method = Literal["GET", "POST"]
Cancel = Callable[[], None]


class Requests(Protocol):
    """Whoever sends requests."""

    def ask(
        self, method: Method, url: str, body: str, done: Callable[[Answer | None], None]
    ) -> Cancel:
        """Send one; later, never inside the call, `done` once with the answer, or with None if
        there is none. Redirections are not followed. Answers how to cancel it: `done` is not
        called then."""

    def tell(self, url: str) -> None:
        """Send an empty POST and forget about it."""

    def close(self) -> None:
        """Let go of everything."""


class _Life:
    """One connection. `id` is the relay's name for it, "" until it is open."""

    def __init__(self) -> None:
        self.id = ""
        self.queue: deque[str] = deque()
        self.sending = False
        self.sent = 0
        self.got = 0
        self.asked: dict[int, Cancel] = {}
        self.number = 0


class HttpLink:
    """`Link` to `url`, below which the relay has links of one space."""

    def __init__(
        self,
        url: str,
        requests: Requests,
        *,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> None:
        self._url = url
        self._requests = requests
        self._connected = connected
        self._heard = heard
        self._disconnected = disconnected
        self._life: _Life | None = None
        self._closed = False

    def connect(self) -> None:
        """Dial; a connection there is, or that is being made, is dropped first."""
        self.disconnect()
        if not self._closed:
            life = self._life = _Life()
            self._ask(life, "POST", self._url, "", self._opened)

    def transmit(self, text: str) -> None:
        """Send a frame; it is lost if there is no connection."""
        life = self._life
        if life is not None and life.id:
            life.queue.append(text)
            self._send(life)

    def disconnect(self) -> None:
        """Close the connection; nothing of it is reported any more."""
        life, self._life = self._life, None
        if life is not None:
            for cancel in list(life.asked.values()):
                cancel()
            if life.id:
                self._requests.tell(f"{self._url}/{life.id}/end")

    def close(self) -> None:
        """Disconnect and let go of everything; later calls do nothing."""
        self.disconnect()
        if not self._closed:
            self._closed = True
            self._requests.close()

    # -- requests ---------------------------------------------------------------------------------

    def _ask(
        self,
        life: _Life,
        method: Method,
        url: str,
        body: str,
        then: Callable[[_Life, list[str]], None],
    ) -> None:
        number = life.number = life.number + 1

        def done(answer: Answer | None) -> None:
            life.asked.pop(number, None)
            if self._life is not life:
                return
            frames = frames_of(answer)
            if frames is None:
                self._lost(life)
            elif answer is not None and answer.status == UNAUTHORIZED:
                self._refused(life, frames)
            else:
                then(life, frames)

        life.asked[number] = self._requests.ask(method, url, body, done)

    def _opened(self, life: _Life, frames: list[str]) -> None:
        try:
            frame = decode_frame(frames[0] if frames else None)
            if frame.type == REFUSE:
                self._refused(life, frames)
                return
            (life.id,) = read_words(frame, 1) if frame.type == LINK else [""]
        except ProtocolError:
            life.id = ""
        if not life.id:
            self._lost(life)
            return
        self._connected()
        if self._life is life:
            self._poll(life)

    def _refused(self, life: _Life, frames: list[str]) -> None:
        """Heard, as on a socket, on a connection that ends with it."""
        if not life.id:
            self._connected()
        self._hear(life, frames)
        if self._life is life:
            self._lost(life)

    def _hear(self, life: _Life, frames: list[str]) -> None:
        for text in frames:
            if self._life is life:
                self._heard(text)

    def _poll(self, life: _Life) -> None:
        url = f"{self._url}/{life.id}?got={life.got}"
        self._ask(life, "GET", url, "", self._came)

    def _came(self, life: _Life, frames: list[str]) -> None:
        life.got += 1
        self._poll(life)  # First: what is heard may take a while.
        self._hear(life, frames)

    def _send(self, life: _Life) -> None:
        if life.sending or not life.queue:
            return
        lot = [life.queue.popleft()]
        size = len(lot[0])
        while life.queue and (size := size + len(life.queue[0])) <= MOST:
            lot.append(life.queue.popleft())
        life.sending = True
        url = f"{self._url}/{life.id}?sent={life.sent}"
        life.sent += 1
        self._ask(life, "POST", url, pack(lot), self._went)

    def _went(self, life: _Life, _frames: list[str]) -> None:
        life.sending = False
        self._send(life)

    def _lost(self, life: _Life) -> None:
        """It ended, or could not be made."""
        life.id = ""
        self.disconnect()
        self._disconnected()
