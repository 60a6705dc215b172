"""The keyring: its records are read as far as they say something, whatever others write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.model.keyring import (
    GRANT,
    KEY,
    MEMBER,
    ROOT,
    Grant,
    Link,
    Ring,
    code_of,
    key_id,
    member_id,
    read_ring,
)
from pysync.model.sealed import to_text

pytestmark = [pytest.mark.req("SRV-19")]

FIRST, SECOND = key_id(b"first"), key_id(b"second")
PUBLIC = b"a public key"
WHO = member_id(PUBLIC)
B = to_text(b"bytes")
GOOD: list[dict[str, Any]] = [
    {"id": ROOT, "key": FIRST},
    {"id": MEMBER + WHO, "public": to_text(PUBLIC), "name": "Desk", "asked": 5},
    {"id": KEY + SECOND, "after": FIRST, "made": 7, "link": B},
    {"id": f"{GRANT}{FIRST}.{WHO}", "wrapped": B, "proof": B},
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(B) | st.just(FIRST),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ["key", "public", "private", "name", "asked", "after", "made", "link", "wrapped", "proof"]
BAD = st.fixed_dictionaries(
    {
        "id": st.sampled_from([each["id"] for each in GOOD])
        | st.builds(lambda a, b: a + b, st.sampled_from([ROOT, MEMBER, KEY, GRANT]), st.text())
        | JSON
    },
    optional=dict.fromkeys(FIELDS, JSON),
)


def test_the_records_say_who_has_which_key() -> None:
    ring = read_ring(GOOD)
    assert ring.root == FIRST
    assert [(m.id, m.public, m.name, m.asked) for m in ring.members.values()] == [
        (WHO, PUBLIC, "Desk", 5)
    ]
    assert ring.links == {FIRST: (Link(SECOND, FIRST, 7, b"bytes"),)}
    assert ring.grants == {(FIRST, WHO): Grant(b"bytes", b"bytes")}


@settings(max_examples=50)
@given(st.lists(BAD, max_size=4))
def test_ring_1_a_malformed_record_takes_nothing_of_the_others(bad: list[dict[str, Any]]) -> None:
    taken = {each["id"] for each in GOOD}
    others = [each for each in bad if not (isinstance(each["id"], str) and each["id"] in taken)]
    ring, good = read_ring([*others, *GOOD]), read_ring(GOOD)
    assert ring.root == FIRST
    assert ring.members.items() >= good.members.items()
    assert ring.grants.items() >= good.grants.items()
    assert good.links[FIRST][0] in ring.links[FIRST]
    assert isinstance(read_ring(bad), Ring)


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (0, {"key": B}),
        (1, {"public": to_text(b"another public key")}),
        (1, {"asked": "5"}),
        (1, {"private": 1}),
        (2, {"made": None}),
        (2, {"after": "root"}),
        (2, {"link": "a b"}),
        (3, {"wrapped": None}),
    ],
)
def test_ring_1_a_malformed_record_counts_as_absent(at: int, wrong: dict[str, Any]) -> None:
    rows = [each | wrong if place == at else each for place, each in enumerate(GOOD)]
    assert read_ring(rows) == read_ring([each for place, each in enumerate(GOOD) if place != at])


def test_the_code_names_the_device_and_the_first_key() -> None:
    codes = {code_of(PUBLIC, FIRST), code_of(b"another", FIRST), code_of(PUBLIC, SECOND)}
    assert len(codes) == 3
    assert [len(group) for group in min(codes).split(" ")] == [5] * 6
