"""Which compressed form is chosen for a browser's header."""

from __future__ import annotations

import pytest

from pysync_server.encoding import choose

BOTH = [".br", ".gz"]


@pytest.mark.parametrize(
    ("header", "available", "chosen"),
    [
        ("gzip, deflate, br, zstd", BOTH, ".br"),
        ("gzip, deflate", BOTH, ".gz"),
        ("br", [".gz"], ""),
        ("gzip;q=1.0, br;q=0.2", BOTH, ".gz"),
        ("br;q=0, *", BOTH, ".gz"),
        ("*", BOTH, ".br"),
        ("GZIP", BOTH, ".gz"),
        ("identity", BOTH, ""),
        ("", BOTH, ""),
        ("br;q=nonsense", BOTH, ""),
        ("br", [], ""),
    ],
)
def test_takes_the_best_both_sides_have(header: str, available: list[str], chosen: str) -> None:
    assert choose(header, available) == chosen
