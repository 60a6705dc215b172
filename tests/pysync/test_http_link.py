"""A link over HTTP, beside a relay that is played by the test: what is asked, and what an answer
that is not a relay's means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from pysync.http_link import Cancel, HttpLink, Method
from pysync.machines.http_frames import MEDIA, MOST, Answer, pack, unpack
from pysync.machines.relay_frames import LINK, PING, REFUSE, decode_frame, encode_frame

PORTAL = Answer(200, "text/html", "<h1>Welcome to our airport</h1>")
SIGN_IN = Answer(401, "application/json", '{"error": "sign in again", "sign_in": "/sign-in"}')


@dataclass
class Asked:
    """One request under way."""

    method: Method
    url: str
    body: str
    done: Callable[[Answer | None], None]

    def frames(self, *frames: str) -> None:
        """A relay's answer."""
        self.done(Answer(200, MEDIA, pack(frames)))


@dataclass
class Wire:
    """Keeps requests until the test answers them."""

    asked: list[Asked] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    closed: int = 0

    def ask(
        self, method: Method, url: str, body: str, done: Callable[[Answer | None], None]
    ) -> Cancel:
        request = Asked(method, url, body, done)
        self.asked.append(request)
        return lambda: self.asked.remove(request)

    def tell(self, url: str) -> None:
        self.told.append(url)

    def close(self) -> None:
        self.closed += 1

    def take(self, method: Method, end: str) -> Asked:
        """The one request of that kind that is under way."""
        (found,) = [a for a in self.asked if a.method == method and a.url.endswith(end)]
        self.asked.remove(found)
        return found


class End:
    """A link and what it told."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.told: list[str] = []
        self.link = HttpLink(
            "/link",
            self.wire,
            connected=lambda: self.told.append("connected"),
            heard=self.told.append,
            disconnected=lambda: self.told.append("disconnected"),
        )

    def open(self) -> Wire:
        self.link.connect()
        self.wire.take("POST", "/link").frames(encode_frame(LINK, "x"))
        assert self.told == ["connected"]
        self.told.clear()
        return self.wire


def ping(n: int) -> str:
    return encode_frame(PING, n)


@pytest.mark.req("SRV-02")
def test_httplink_1_frames_go_in_order_one_request_at_a_time_and_those_that_wait_together() -> None:
    end = End()
    wire = end.open()
    for n in range(4):
        end.link.transmit(ping(n))
    first = wire.take("POST", "/link/x?sent=0")
    assert unpack(first.body) == [ping(0)]
    assert [a.method for a in wire.asked] == ["GET"], "the next one waits for this one"
    first.frames()
    assert unpack(wire.take("POST", "/link/x?sent=1").body) == [ping(1), ping(2), ping(3)]


def test_what_waits_is_cut_into_bodies_that_a_relay_takes() -> None:
    end = End()
    wire = end.open()
    for _ in range(4):
        end.link.transmit("x" * (MOST // 2))
    sizes = []
    for n in range(3):
        request = wire.take("POST", f"?sent={n}")
        sizes.append(len(unpack(request.body)))
        request.frames()
    assert sizes == [1, 2, 1]


def test_httplink_1_every_answer_is_counted_and_asked_for_once() -> None:
    end = End()
    wire = end.open()
    wire.take("GET", "/link/x?got=0").frames(ping(1), ping(2))
    wire.take("GET", "/link/x?got=1").frames()
    wire.take("GET", "/link/x?got=2").frames(ping(3))
    assert end.told == [ping(1), ping(2), ping(3)]
    assert [a.url for a in wire.asked] == ["/link/x?got=3"]


@pytest.mark.req("SRV-26")
@pytest.mark.parametrize("answer", [None, PORTAL, Answer(410, MEDIA, ""), Answer(302, "", "")])
@pytest.mark.parametrize("when", ["open", "GET", "POST"])
def test_httplink_1_what_is_not_a_relays_answer_is_no_connection(
    answer: Answer | None, when: Method | str
) -> None:
    end = End()
    if when == "open":
        end.link.connect()
        end.wire.take("POST", "/link").done(answer)
    else:
        end.open()
        end.link.transmit(ping(1))
        end.wire.take("GET" if when == "GET" else "POST", "=0").done(answer)
    assert end.told == ["disconnected"]
    assert end.wire.asked == [], "nothing more is asked of whoever that is"


@pytest.mark.req("SRV-16")
@pytest.mark.parametrize("opened", [False, True])
def test_who_has_to_sign_in_hears_it_as_on_a_socket(opened: bool) -> None:
    end = End()
    if opened:
        end.open()
        end.wire.take("GET", "=0").done(SIGN_IN)
    else:
        end.link.connect()
        end.wire.take("POST", "/link").done(SIGN_IN)
    *before, text, last = end.told
    assert (before, last) == ([] if opened else ["connected"], "disconnected")
    assert decode_frame(text).type == REFUSE
    assert decode_frame(text).parts == ["sign-in", "sign in again"]


@pytest.mark.parametrize("text", ["{}", "no json", '{"error": "x"}', '{"sign_in": "elsewhere"}'])
def test_somebody_elses_401_is_no_connection(text: str) -> None:
    end = End()
    end.link.connect()
    end.wire.take("POST", "/link").done(Answer(401, "application/json", text))
    assert end.told == ["disconnected"]


@pytest.mark.parametrize("frame", ["", "?", ping(1), '["link"]', '["link",1]', '["link",""]'])
def test_a_relay_that_names_no_connection_is_none(frame: str) -> None:
    end = End()
    end.link.connect()
    end.wire.take("POST", "/link").frames(frame)
    assert end.told == ["disconnected"]


def test_a_space_that_the_relay_cannot_open_is_refused() -> None:
    end = End()
    refusal = encode_frame(REFUSE, "unusable", "its file cannot be read")
    end.link.connect()
    end.wire.take("POST", "/link").frames(refusal)
    assert end.told == ["connected", refusal, "disconnected"]


def test_the_relay_is_told_once_that_a_connection_is_over_and_of_none_that_never_stood() -> None:
    end = End()
    end.link.connect()
    end.link.disconnect()
    assert end.wire.told == []
    end.open()
    end.link.close()
    end.link.close()
    assert (end.wire.told, end.wire.asked, end.wire.closed) == (["/link/x/end"], [], 1)


def test_a_listener_that_hangs_up_hears_nothing_more() -> None:
    end = End()
    wire = end.open()
    end.link._heard = lambda text: (end.told.append(text), end.link.disconnect())  # type: ignore[assignment,func-returns-value]
    wire.take("GET", "=0").frames(ping(1), ping(2))
    assert (end.told, wire.asked) == ([ping(1)], [])
