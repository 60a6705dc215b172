"""The API for other programs, beside devices of the same relay."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.api_client import JSON, Program, create, update
from tests.server.relay_client import Device
from tests.server.visitor import Visitor
from tests.support import Server, start_server

pytestmark = pytest.mark.req("SRV-27")
_spaces = itertools.count(1)


@pytest.fixture(scope="module")
def server(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay by the hotel's rules that everybody may use."""
    data = tmp_path_factory.mktemp("api")
    schema = "pysync_pms.schema:SCHEMA"
    running = start_server(data, "--port", "0", "--relay", schema, "--open")
    yield running
    running.stop()


@pytest.fixture
def program(server: Server) -> Program:
    """A program with a space of its own."""
    return Program(server.url, space=f"of-api-{next(_spaces)}")


# -- reading and writing --------------------------------------------------------------------------


def test_what_is_written_is_read_and_reaches_a_device(program: Program, server: Server) -> None:
    with Device(server, "d", space=program.space) as device:
        made = program.change(
            create("things", "1", name="zwei é 😀", n=1, tags=["a"]),
            {"do": "put", "key": "config", "value": {"rate": 12.5}},
            label="Set up",
        )
        assert (made["outcome"], made["seq"], made["repeated"]) == ("applied", 1, False)
        device.until_seq(1)
        assert '"Set up"' in device.entries[0].text
    record = {"id": "1", "version": made["version"], "fields": {}}
    record["fields"] = {"name": "zwei é 😀", "n": 1, "tags": ["a"]}
    assert program.get("record", "/records/things/1") == {"seq": 1, "record": record}
    assert program.get("records", "/records/things") == {"seq": 1, "records": [record]}
    value = program.get("value", "/values/config")
    assert (value["value"], value["version"]) == ({"rate": 12.5}, made["version"])
    assert program.get("space", "")["seq"] == 1


def test_a_large_collection_comes_in_pages(program: Program) -> None:
    program.change(*(create("things", f"{n:03}") for n in range(250)))
    found, after = [], ""
    for _ in range(3):
        page = program.get("records", f"/records/things?limit=100{after}")
        found += [record["id"] for record in page["records"]]
        after = f"&after={page['next']}" if "next" in page else "over"
    assert (found, after) == ([f"{n:03}" for n in range(250)], "over")


def test_each_write_does_what_its_name_says(program: Program) -> None:
    program.change(create("things", "1", n=1, name="a"), create("things", "2"))
    program.change(
        {"do": "add", "key": "things", "id": "1", "field": "n", "by": 4},
        update("things", "1", name="b"),
        {"do": "delete", "key": "things", "id": "2"},
        {"do": "put", "key": "v", "value": None},
    )
    (record,) = program.get("records", "/records/things")["records"]
    assert record["fields"] == {"n": 5, "name": "b"}
    assert program.get("value", "/values/v")["value"] is None
    assert program.change(update("things", "1", name="b"))["outcome"] == "unchanged"


def test_all_writes_of_a_change_happen_or_none(program: Program) -> None:
    status, said = program.post(
        {"writes": [create("things", "1"), update("things", "missing", name="x")]}
    )
    assert (status, said["error"]["code"]) == (422, "unknown")
    assert program.get("records", "/records/things")["records"] == []
    assert program.get("space", "")["seq"] == 0


def stay(rid: str, start: str, end: str) -> dict[str, object]:
    """A write: a reservation of room 101."""
    place = {"room": "101", "from": start, "to": end}
    return create("reservations", rid, guest_id="g", room_type="t", status="confirmed", **place)


@pytest.mark.req("SRV-11")
def test_what_the_hotels_rules_say_is_the_outcome(program: Program) -> None:
    status, said = program.post({"writes": [create("rooms", "101", number="101")]})
    assert (status, said["error"]["code"]) == (422, "invalid"), "a room has a type"
    program.change(
        create("room_types", "t", name="Twin", code="T"),
        create("guests", "g", last_name="Farseen"),
        create("rooms", "101", number="101", room_type="t"),
    )
    refused = program.change(stay("r1", "2033-03-05", "2033-03-01"))
    assert (refused["outcome"], refused["code"]) == ("refused", "dates-reversed")
    assert "before the arrival" in refused["message"]
    assert program.change(stay("r2", "2033-03-01", "2033-03-05"))["outcome"] == "applied"
    amended = program.change(stay("r3", "2033-03-02", "2033-03-03"), name="a")
    assert amended["outcome"] == "amended", "one room is not given away twice"
    assert program.change(stay("r3", "2033-03-02", "2033-03-03"), name="a") == {
        **amended,
        "repeated": True,
    }
    found = program.get("records", "/records/reservations")["records"]
    assert [(r["id"], r["fields"]["room"]) for r in found] == [("r2", "101"), ("r3", None)]


def test_a_write_for_another_version_is_refused(program: Program) -> None:
    first = program.change(create("things", "1", n=1))["version"]
    program.change({**update("things", "1", n=2), "if_version": first})
    status, said = program.post({"writes": [{**update("things", "1", n=3), "if_version": first}]})
    assert (status, said["error"]["code"]) == (409, "stale")
    assert program.get("record", "/records/things/1")["record"]["fields"] == {"n": 2}


# -- once ------------------------------------------------------------------------------------------


def test_write_1_a_change_that_is_sent_again_happens_once(program: Program) -> None:
    add = {"do": "add", "key": "things", "id": "1", "field": "n", "by": 1}
    program.change(create("things", "1", n=0))
    first = program.change(add, name="one")
    assert program.change(add, name="one") == {**first, "repeated": True}
    assert program.change(add, name="two")["seq"] == first["seq"] + 1
    assert program.get("record", "/records/things/1")["record"]["fields"] == {"n": 2}


def test_the_name_of_a_change_names_no_other_one(program: Program) -> None:
    program.change(create("things", "1"), name="one")
    status, said = program.post({"writes": [create("things", "2")]}, "one")
    assert (status, said["error"]["code"]) == (409, "another")
    assert len(program.get("records", "/records/things")["records"]) == 1


def test_what_can_be_no_change_is_not_remembered(program: Program) -> None:
    writes = [update("things", "1", n=1)]
    assert program.post({"writes": writes}, "one")[0] == 422
    program.change(create("things", "1"))
    assert program.change(*writes, name="one")["outcome"] == "applied"


# -- the feed --------------------------------------------------------------------------------------


def changes(program: Program, after: str, number: int) -> tuple[list[tuple[int, list[str]]], str]:
    """The next changes of the feed (seq, ids), and the place behind them."""
    found, place = [], after
    feed = program.follow(after)
    for kind, at, data in feed:
        place = at or place
        if kind == "change":
            found.append((data["seq"], [record["id"] for record in data["records"]]))
        if len(found) == number:
            break
    feed.close()  # type: ignore[attr-defined]
    return found, place


@pytest.mark.req("SRV-22")
def test_a_feed_goes_on_behind_the_last_event_without_a_gap_or_a_repetition(
    program: Program,
) -> None:
    for n in range(1, 6):
        program.change(create("things", str(n)))
    start = f"{program.get('space', '')['epoch']}:0"
    first, place = changes(program, start, 2)
    rest, _ = changes(program, place, 3)
    assert first + rest == [(n, [str(n)]) for n in range(1, 6)]


def test_a_feed_begins_with_what_is_new_and_tells_the_fields(program: Program) -> None:
    program.change(create("things", "old"))
    feed = program.follow()
    assert next(feed)[0] == "", "it follows"
    program.change(create("things", "new", n=1), label="Made")
    program.change(update("things", "new", n=2), {"do": "delete", "key": "things", "id": "old"})
    told = [data for kind, _, data in itertools.islice(feed, 2) if kind == "change"]
    feed.close()  # type: ignore[attr-defined]
    assert [each["records"] for each in told] == [
        [{"key": "things", "id": "new", "kind": "create", "fields": {"n": 1}}],
        [
            {"key": "things", "id": "new", "kind": "set", "fields": {"n": 2}},
            {"key": "things", "id": "old", "kind": "delete"},
        ],
    ]
    assert told[0]["label"] == "Made"


@pytest.mark.parametrize("place", ["another-epoch:1", "{epoch}:999"])
def test_a_feed_of_another_log_says_that_everything_is_to_be_read_again(
    program: Program, place: str
) -> None:
    program.change(create("things", "1"))
    space = program.get("space", "")
    feed = program.follow(place.format(epoch=space["epoch"]))
    kind, at, data = next(feed)
    assert (kind, at, data["code"]) == ("reset", f"{space['epoch']}:1", "another-log")
    program.change(create("things", "2"))
    assert next(feed)[2]["seq"] == 2
    feed.close()  # type: ignore[attr-defined]


# -- what is wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("/api/v1/-no-space", 404),
        ("/api/v1/hotel/records/things/none", 404),
        ("/api/v1/hotel/values/none", 404),
        ("/api/v1/hotel/records/things?limit=0", 400),
        ("/api/v1/hotel/records/things?limit=x", 400),
        ("/api/v1/hotel/records/" + "x" * 201, 400),
        ("/api/v1/hotel/records/a%00b", 400),
        ("/api/v1/hotel/feed?after=x", 400),
    ],
)
def test_what_is_not_there_or_not_asked_rightly_is_answered_as_declared(
    server: Server, place: str, status: int
) -> None:
    assert Program(server.url).ask("GET", place)[0] == status


def test_a_body_that_is_too_large_or_of_another_type_is_refused(program: Program) -> None:
    place = f"/api/v1/{program.space}/changes"
    assert program.ask("POST", place, b"{}")[0] == 400
    large = b'"' + b"x" * 1_000_001
    assert program.ask("POST", place, large, {"content-type": JSON})[0] == 413


def test_the_page_of_another_site_cannot_ask(program: Program) -> None:
    other = {"origin": "https://elsewhere.example"}
    assert program.ask("GET", f"/api/v1/{program.space}", None, other)[0] == 401


def test_the_document_names_every_operation_and_every_shape_it_refers_to(server: Server) -> None:
    status, document = Program(server.url).ask("GET", "/api/v1/openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert {each["operationId"] for each in operations} == {
        *("space", "records", "record", "value", "change", "feed"),
    }
    known = set(document["components"]["schemas"])
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named <= known
    for each in operations:
        assert {"200", "401", "429"} <= each["responses"].keys()
    for template, methods in document["paths"].items():
        inside = set(re.findall(r"{(\w+)}", template))
        for each in methods.values():
            paths = {p["name"] for p in each["parameters"] if p["in"] == "path"}
            assert paths == inside, template


# -- tokens ----------------------------------------------------------------------------------------


def token(owner: Visitor, name: str = "Channel manager", lasts: str = "30") -> str:
    """A token that the owner makes; the page shows it once."""
    owner.get("/account/programs")
    page = owner.send("/account/programs", do="make", name=name, role="front-desk", lasts=lasts)
    found = re.search(r'id="secret" value="([^"]+)"', page.text)
    assert found is not None, page.words
    assert found.group(1) not in owner.get("/account/programs").text
    return found.group(1)


@pytest.mark.req("SRV-16", "SRV-18")
def test_programs_1_a_token_lets_in_until_it_is_revoked_and_closes_what_it_opened(
    owner: Visitor,
) -> None:
    program = Program(owner.server.url, token(owner))
    made = program.change(create("things", "1"))
    assert made["outcome"] == "applied"
    feed = program.follow(f"{program.get('space', '')['epoch']}:0")
    (event,) = [data for kind, _, data in itertools.islice(feed, 2) if kind == "change"]
    assert event["author"] == "Channel manager"
    owner.send(
        "/account/programs", do="revoke", program=owner.get("/account/programs").field("program")
    )
    assert list(feed) == [], "the feed ends"
    for stranger in (program, Program(program.url), Program(program.url, "pysync_" + "x" * 43)):
        status, said = stranger.ask("GET", "/api/v1/hotel")
        assert (status, said["error"]["code"]) == (401, "token")
    words = owner.get("/account").words
    assert "Token made" in words
    assert "Token revoked" in words


@pytest.mark.req("SRV-16")
def test_programs_2_the_data_folder_holds_no_token(owner: Visitor) -> None:
    secret = token(owner)
    files = [file for file in owner.server.data.rglob("*") if file.is_file()]
    assert any(file.name.startswith("programs.sqlite") for file in files)
    assert not [file for file in files if secret.encode() in file.read_bytes()]


def test_the_example_of_the_documentation_follows(program: Program) -> None:
    text = (Path(__file__).parents[2] / "web" / "docs" / "api.md").read_text("utf-8")
    example, *_ = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    program.change(create("things", "1", n=1))
    program.change(create("things", "2", n=1))
    start = f"{program.get('space', '')['epoch']}:0"
    stream = names["follow"](f"{program.url}/api/v1/{program.space}", "", start)
    (place, first), (_, second) = itertools.islice(stream, 2)
    stream.close()
    assert (place, first["seq"], second["seq"]) == (start[:-1] + "1", 1, 2)
