"""Attachments as a schema declares them, and who may have and give them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from pysync.errors import InvalidValue, UsageError
from pysync.model.attached import (
    MOST_BYTES,
    attachment_problem,
    digest_of,
    is_named,
    may_give,
    may_have,
    media_type,
    named_in,
    places,
)
from pysync.model.cell import SEED_MARK, Cell, Mark
from pysync.model.conflict import Candidate, Conflict
from pysync.model.rights import rights_of
from pysync.model.roles import Grant, Role, all_but, only
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.state import State

pytestmark = pytest.mark.req("PMS-06", "PMS-07")

SCAN = Field(types=(str,), check=attachment_problem)
DIGEST, OTHER = "a" * 64, "b" * 64


def _by_scan(record: Any) -> list[str]:
    return [record["scan"]] if record.get("scan") else []


SCHEMA = Schema(
    collections={
        "papers": CollectionSchema(name="papers", fields={"scan": SCAN, "note": Field()},
                                   indexes={"scan": _by_scan}),
        "rooms": CollectionSchema(name="rooms"),
    },
    roles={
        "blind": Role(title="Blind", grants={"papers": Grant(read=all_but("scan"))}),
        "writer": Role(title="Writer", grants={"papers": Grant(write=only("scan"))}),
    },
)  # fmt: skip


def state(**fields: str) -> State:
    found = State(SCHEMA)
    found.put("papers", "p", Cell(fields, SEED_MARK, {}, SEED_MARK))
    return found


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"%PDF-2.0", "application/pdf"),
        (b"GIF89a", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_attach_2_the_first_bytes_say_what_it_is(data: bytes, media: str) -> None:
    assert media_type(data) == media
    if media:
        assert digest_of(data) == sha256(data).hexdigest()
    else:
        with pytest.raises(InvalidValue) as refused:
            digest_of(data)
        assert refused.value.code == "media"


def test_attach_1_a_digest_is_of_all_the_bytes_and_there_are_not_too_many() -> None:
    whole = b"%PDF-".ljust(MOST_BYTES)
    assert digest_of(whole) == sha256(whole).hexdigest() != digest_of(whole[:-1])
    with pytest.raises(InvalidValue) as refused:
        digest_of(whole + b" ")
    assert refused.value.code == "too-large"


def test_a_field_takes_a_digest_and_nothing_else() -> None:
    papers = SCHEMA.collection("papers")
    assert papers.check_field("scan", DIGEST) == DIGEST
    for wrong in ("", DIGEST[1:], DIGEST.upper(), f"{DIGEST}\n", f"../{DIGEST[3:]}"):
        with pytest.raises(InvalidValue):
            papers.check_field("scan", wrong)


def test_it_needs_an_index_by_which_its_records_are_found() -> None:
    with pytest.raises(UsageError, match="papers/scan needs an index"):
        CollectionSchema(name="papers", fields={"scan": SCAN})
    assert list(places(SCHEMA)) == [("papers", "scan")]


def test_whoever_may_read_the_field_may_have_it_and_whoever_may_write_it_may_give_it() -> None:
    view = state(scan=DIGEST)
    asked = {role: rights_of(SCHEMA, role) for role in ("", "blind", "writer", "unknown")}
    assert {role: may_have(view, SCHEMA, rights, DIGEST) for role, rights in asked.items()} == {
        "": True,
        "blind": False,
        "writer": True,
        "unknown": False,
    }
    assert {role: may_give(SCHEMA, rights) for role, rights in asked.items()} == {
        "": True,
        "blind": False,
        "writer": True,
        "unknown": False,
    }
    assert not may_have(view, SCHEMA, None, OTHER)
    assert not may_give(Schema(), None), "nothing names any"


def test_what_is_named_is_what_living_records_and_the_losers_of_conflicts_say() -> None:
    view = state(scan=DIGEST)
    assert (is_named(view, SCHEMA, DIGEST), is_named(view, SCHEMA, OTHER)) == (True, False)
    mark = Mark("t", 1, "", "")

    def lost(register: str) -> Conflict:
        shown, other = Candidate(DIGEST, mark), Candidate(OTHER, mark)
        return Conflict(id="t.1:0", key="papers", rid="p", register=register, status="auto",
                        strategy="", shown=shown, other=other)  # fmt: skip

    assert named_in([lost("scan")], SCHEMA) == {DIGEST, OTHER}
    assert named_in([lost("note")], SCHEMA) == set()
