"""A program that uses the API: one request at a time, and a feed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pysync_server.api.declared import problem
from pysync_server.api.operations import OPERATIONS, SHAPES

JSON = "application/json"
ANSWERS = {each.id: each.answer for each in OPERATIONS}


@dataclass
class Program:
    """Asks; every answer is held to the declaration."""

    url: str
    token: str = ""
    space: str = "hotel"

    def ask(
        self,
        method: str,
        place: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """One request, repeated as long as there are too many of them."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("authorization", f"Bearer {self.token}")
        with closing(self.connection()) as connection:
            connection.request(method, place, body, sent)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) > 0
            return self.ask(method, place, body, headers)
        if answer.status != 200:
            assert problem(said, SHAPES["Error"], SHAPES) == ""
        return answer.status, said

    def connection(self) -> http.client.HTTPConnection:
        """A new one."""
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)

    def get(self, operation: str, place: str) -> Any:
        """The answer of an operation, which must be as declared."""
        status, said = self.ask("GET", f"/api/v1/{self.space}{place}")
        assert status == 200, said
        assert problem(said, SHAPES[ANSWERS[operation]], SHAPES) == ""
        return said

    def post(self, change: Any, name: str = "") -> tuple[int, Any]:
        """Send a change."""
        headers = {"content-type": JSON, **({"idempotency-key": name} if name else {})}
        body = json.dumps(change).encode()
        return self.ask("POST", f"/api/v1/{self.space}/changes", body, headers)

    def change(self, *writes: Mapping[str, Any], name: str = "", **more: Any) -> Any:
        """Make a change, which is decided."""
        status, said = self.post({"writes": list(writes), **more}, name)
        assert status == 200, said
        assert problem(said, SHAPES["Outcome"], SHAPES) == ""
        return said

    def follow(self, after: str = "") -> Iterator[tuple[str, str, Any]]:
        """The events of the feed: type ("" for a comment), place, data."""
        connection = self.connection()
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if after:
            headers["last-event-id"] = after
        connection.request("GET", f"/api/v1/{self.space}/feed", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        try:
            told: dict[str, str] = {}
            for raw in answer:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    told[name] = value
                    continue
                yield (
                    told.get("event", ""),
                    told.get("id", ""),
                    json.loads(told.get("data", "null")),
                )
                told = {}
        finally:
            answer.close()
            connection.close()


def create(key: str, rid: str, **fields: Any) -> dict[str, Any]:
    """A write."""
    return {"do": "create", "key": key, "id": rid, "fields": fields}


def update(key: str, rid: str, **fields: Any) -> dict[str, Any]:
    """A write."""
    return {"do": "set", "key": key, "id": rid, "fields": fields}
