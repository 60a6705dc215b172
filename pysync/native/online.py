"""Waiting until a program is let in by its relay. Floor: the core."""

from __future__ import annotations

from pysync.errors import Refused, SignInNeeded, UsageError
from pysync.joining import news
from pysync.space import Space


async def online(space: Space) -> Space:
    """Wait until the space exchanges with its relay; answers the space. A relay that is away is
    waited for.

    Raises:
        SignInNeeded: the relay takes no token, or this one no more: open the space with another.
            What was changed is kept, and sent then.
        Refused: the relay has no place for this program (`relay`), and says why.
        UsageError: the space follows no relay.
    """
    while (now := space.status()).relay != "online":
        if now.relay == "none":
            raise UsageError("a space without a relay is never online")
        if now.relay == "signed-out":
            raise SignInNeeded(now.relay_reason)
        if now.relay == "refused":
            raise Refused("relay", now.relay_reason)
        await news(space)
    return space
