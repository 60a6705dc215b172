"""The contract of the `Channel` port. Floor: `ports`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from pysync.ports import Channel


class ChannelPlace(Protocol):
    """One named channel of one device. `join` may be called several times: each is a tab."""

    def join(self, on_text: Callable[[str], None]) -> Channel:
        """Another member."""

    async def settle(self) -> None:
        """Return when everything posted so far was delivered."""


async def reaches_all_others_in_order(place: ChannelPlace) -> None:
    """Every other member hears every text, in order and unchanged; the sender hears nothing."""
    heard: list[list[str]] = [[], [], []]
    members = [place.join(texts.append) for texts in heard]
    texts = ["one", "zwei é 😀", '{"v":1}', "x" * 100_000]
    for text in texts:
        members[0].post(text)
    await place.settle()
    assert heard == [[], texts, texts]
    for member in members:
        member.close()


async def is_silent_once_closed(place: ChannelPlace) -> None:
    """A closed member neither hears nor speaks; neither raises when repeated."""
    heard: list[str] = []
    one, two = place.join(lambda _: None), place.join(heard.append)
    three = place.join(lambda _: None)
    one.post("before")
    await place.settle()
    two.close()
    two.close()
    one.post("after")
    three.close()
    three.post("from the grave")
    await place.settle()
    assert heard == ["before"]
    one.close()


async def can_answer_from_inside(place: ChannelPlace) -> None:
    """A member may post while it hears; no answer overtakes or nests."""
    heard: list[str] = []
    asker = place.join(heard.append)

    def reply(text: str) -> None:
        answerer.post(f"{text}!")

    answerer = place.join(reply)
    for text in ("a", "b", "c"):
        asker.post(text)
    await place.settle()
    await place.settle()
    assert heard == ["a!", "b!", "c!"]
    asker.close()
    answerer.close()


ChannelCase = Callable[[ChannelPlace], Coroutine[Any, Any, None]]

CHANNEL_CASES: Final[tuple[ChannelCase, ...]] = (
    reaches_all_others_in_order,
    is_silent_once_closed,
    can_answer_from_inside,
)
