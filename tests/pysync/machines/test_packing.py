"""Packed frames: the text that was packed, or an error, and never more than may be."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given

from pysync.errors import ProtocolError
from pysync.machines.packing import MOST_BYTES, MOST_HEARD, most_of, pack, to_relay, unpack
from tests.pysync.kit import texts

pytestmark = pytest.mark.req("SRV-14")


@given(texts(200))
def test_pack_1_what_was_packed_is_what_is_unpacked(text: str) -> None:
    assert unpack(pack(text)) == text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zlib",
        pack("cut off")[:-3],
        pack("followed by more") + b"more",
        zlib.compress(b"\xff\xfe no text"),
        pack("spoilt")[:-1] + b"\0",
    ],
)
def test_pack_1_what_is_no_packed_frame_is_an_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack(data)


def test_pack_1_a_bomb_is_too_large_and_not_unpacked() -> None:
    most = zlib.compress(b"x" * MOST_HEARD)
    assert len(unpack(most)) == MOST_HEARD
    bomb = zlib.compress(b"x" * (MOST_HEARD + 1), 9)
    assert len(bomb) < 40_000
    with pytest.raises(ProtocolError, match="too large"):
        unpack(bomb)
    small = zlib.compress(b"x" * (MOST_BYTES // 2), 9)
    assert len(small) < 10_000
    with pytest.raises(ProtocolError, match="too large"):
        unpack(small, most_of(small))


def test_what_shrinks_too_much_is_sent_plain_so_that_a_relay_takes_it() -> None:
    long = f'["push",{"0" * 900_000}1]'
    assert to_relay(long) == long
    usual = "\n".join(f'["entry",{n},"{n * 7919 % 10_007}"]' for n in range(9_000))
    packed = to_relay(usual)
    assert isinstance(packed, bytes)
    assert unpack(packed, most_of(packed)) == usual
