"""Packing: long frames as compressed bytes, where both ends of a WebSocket take them.

A frame of PACKED_FROM characters or more travels as a binary message, which is its text in zlib's
format, made in one go: no end keeps anything between two frames, and what many readers are sent is
packed once. A device says in the address that it reads such frames (`PACKED`); a relay that makes
them packs its first frame, however short, and from then on the device packs, too. So whoever does
not know of it is never sent any.

PACK-1 unpacking gives the text that was packed, or an error; it never makes more than it may: of
what anybody sends a relay, not so much more than was sent. Floor: `relay_frames`.
"""

from __future__ import annotations

import zlib
from typing import Final

from pysync.errors import ProtocolError
from pysync.machines.relay_frames import LONGEST

PACKED: Final = "packed"
"""The parameter of a relay's address, with any value."""
PACKED_FROM: Final = 1_024
MOST_BYTES: Final = 16_000_000
"""Of one frame that a relay is sent, unpacked: what its WebSocket takes of a plain one."""
MOST_HEARD: Final = 4 * LONGEST
"""Of one that a device is sent, packed or not: whatever a relay may say, in any script."""
SLACK: Final = 65_536
TIMES: Final = 100
"""A relay takes SLACK bytes, and TIMES as many as were sent, of what is in a packed frame."""
_LEVEL: Final = 1
"""Of zlib: it takes a third of the time of the usual one, for some percent more bytes."""


def pack(text: str) -> bytes:
    """The frame as bytes.

    >>> unpack(pack('["ping",1]'))
    '["ping",1]'
    """
    return zlib.compress(text.encode(), _LEVEL)


def to_relay(text: str) -> bytes | str:
    """The frame as it is sent to a relay that packs: bytes, unless it shrinks by so much that the
    relay would take it for a bomb."""
    packed = pack(text)
    return packed if len(text.encode()) <= most_of(packed) else text


def most_of(packed: bytes) -> int:
    """How many bytes a relay takes out of these."""
    return min(MOST_BYTES, SLACK + TIMES * len(packed))


def unpack(data: bytes, most: int = MOST_HEARD) -> str:
    """The frame that these bytes are. Raises ProtocolError for bytes that are none, or would be
    more than `most`."""
    machine = zlib.decompressobj()
    try:
        whole = machine.decompress(data, most)
        if not machine.eof or machine.unused_data:
            raise ProtocolError("a packed frame that is too large, cut off, or followed by more")
        return whole.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise ProtocolError(f"not a packed frame: {error}") from None
