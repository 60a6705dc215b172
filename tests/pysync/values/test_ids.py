"""Identifiers: all of the entropy, in characters that survive a URL."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pysync.values.ids import encode_id


@given(st.binary(max_size=24), st.binary(max_size=24))
def test_different_entropy_of_one_length_gives_different_ids(a: bytes, b: bytes) -> None:
    b = b[: len(a)].ljust(len(a), b"\0")
    assert (encode_id(a) == encode_id(b)) == (a == b)
    assert len(encode_id(a)) == len(encode_id(b))


@given(st.binary(max_size=24))
def test_ids_are_safe_in_urls_file_names_and_change_ids(entropy: bytes) -> None:
    assert re.fullmatch(r"[0-9A-Za-z_-]*", encode_id(entropy))


def test_the_greatest_number_fits_its_length() -> None:
    for size in range(1, 40):
        assert len(encode_id(b"\xff" * size)) == len(encode_id(bytes(size)))
        assert encode_id(b"\xff" * size) != encode_id(b"\xff" * (size - 1) + b"\xfe")
