"""What the server has to answer for at once: offered only while it does. Stands on `hotel`."""

from __future__ import annotations

from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr

__all__ = ["why_offline"]


def why_offline(hotel: Hotel, what: str) -> str | None:
    """Why something cannot be done on this device now, if others have to hear of it first: "The
    server has to answer when a day is closed" for `what` "when a day is closed". None if it can."""
    status = hotel.space.status()
    if status.relay not in ("none", "online"):
        return tr("The server has to answer {what}", what=what)
    if status.behind:
        return tr("This device is still catching up with the server")
    return None
