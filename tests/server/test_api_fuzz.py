"""Whatever a program sends: a declared answer, and a log that holds what was answered as done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pysync_server.api.declared import problem
from pysync_server.api.operations import SHAPES, WRITES
from tests.server.api_client import JSON, Program, create
from tests.support import Server, start_server

pytestmark = pytest.mark.req("SRV-27")

KEYS = st.sampled_from(["rooms", "things", "v", "", "a/b", "x" * 201, "\x00", "password", "é😀"])
NUMBERS = st.sampled_from([0, 1, -1, 1.5, 1e308, -1e400, 2**53, 2**80, True, float("nan")])
ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
WRITE = st.fixed_dictionaries(
    {"do": st.sampled_from([*map(str.lower, WRITES), "zap"]), "key": KEYS},
    optional={
        "id": KEYS,
        "field": KEYS,
        "by": NUMBERS | ANY,
        "fields": st.dictionaries(KEYS, ANY, max_size=3) | ANY,
        "value": ANY,
        "if_version": st.text(max_size=5) | ANY,
        "unknown": ANY,
    },
)
CHANGE = st.fixed_dictionaries(
    {"writes": st.lists(WRITE | ANY, max_size=4) | ANY},
    optional={"label": st.text(max_size=300), "atomic": ANY, "unknown": ANY},
)


@pytest.fixture(scope="module")
def program(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program at a relay that everybody may use."""
    data = tmp_path_factory.mktemp("fuzz")
    running: Server = start_server(data, "--port", "0", "--relay", "any", "--open")
    made = Program(running.url)
    made.change(create("things", "1", n=1))
    yield made
    running.stop()


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(change=CHANGE | ANY, name=st.text(max_size=10).filter(str.isprintable))
@example(change={"writes": [{"do": "put", "key": "v", "value": "\ud800"}]}, name="")
@example(change={"writes": [{"do": "create", "key": "things", "id": "1", "fields": {}}]}, name="")
@example(change={"writes": [create("things", str(n)) for n in range(501)]}, name="")
@example(
    change={"writes": [{"do": "add", "key": "v", "id": "value", "field": "value", "by": 1}]},
    name="",
)
def test_api_1_no_body_is_answered_by_an_error_of_the_server(
    program: Program, change: Any, name: str
) -> None:
    before = program.get("space", "")["seq"]
    body = json.dumps(change).encode()
    headers = {"content-type": JSON}
    if name.isascii() and name.strip():
        headers["idempotency-key"] = name
    status, said = program.ask("POST", f"/api/v1/{program.space}/changes", body, headers)
    after = program.get("space", "")["seq"]
    assert status in (200, 400, 409, 413, 422), said
    made = status == 200 and said["outcome"] != "unchanged" and not said["repeated"]
    assert after == before + made, "the log holds what was answered as done, and nothing else"
    if status == 200:
        assert problem(said, SHAPES["Outcome"], SHAPES) == ""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=60))
@example(body=b"[" * 5_000)
@example(body=b"1" * 10_000)
@example(body=b'{"writes": NaN}')
def test_api_1_bytes_that_are_no_json_are_malformed(program: Program, body: bytes) -> None:
    before = program.get("space", "")["seq"]
    place = f"/api/v1/{program.space}/changes"
    status, said = program.ask("POST", place, body, {"content-type": JSON})
    assert (status, said["error"]["code"]) == (400, "malformed")
    assert program.get("space", "")["seq"] == before
