"""Attachments at the relay: who may give and have them, what is taken, and when they go."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from pysync.machines.batches import encode_batch
from pysync.machines.relay_frames import PROTOCOL, PUSH, Hello, encode_frame
from pysync.model.attached import MOST_BYTES, attachment_problem
from pysync.model.cell import Mark
from pysync.model.change import CREATE, DELETE, ERASE, SET, Change, Op
from pysync.model.roles import EVERYTHING, Grant, Person, Role, all_but, only
from pysync.model.schema import About, CollectionSchema, Field, Schema
from pysync.relay.folding import TIMER
from pysync.values.clock import stamp_at
from pysync_server.backup import back_up, restore
from pysync_server.passes import KEY
from pysync_server.relay import attachments
from pysync_server.relay.attachment_routes import GIVEN_AT_ONCE, AttachmentRoutes
from pysync_server.relay.hub import Hub
from pysync_server.relay.space import SpaceHost
from tests.server.visitor import Visitor, invited

pytestmark = pytest.mark.req("PMS-06", "PMS-07")


def _by(name: str) -> Any:
    return lambda record: [record[name]] if record.get(name) else []


def _kept(name: str, **more: Any) -> CollectionSchema:
    scan = Field(types=(str,), check=attachment_problem, personal="about" in more)
    indexes = {"scan": _by("scan"), "who": _by("who")}
    return CollectionSchema(name=name, fields={"scan": scan, "who": Field()}, indexes=indexes,
                            **more)  # fmt: skip


SCHEMA = Schema(
    collections={
        "people": CollectionSchema(
            name="people",
            fields={"name": Field(personal=True)},
            indexes={"same": _by("same_as")},
            about=About("people", "same"),
        ),
        "papers": _kept("papers", about=About("people", "who")),
        "notes": _kept("notes"),
    },
    roles={
        "clerk": Role(title="Clerk", grants={"*": EVERYTHING}),
        "reader": Role(title="Reader", grants={"*": Grant()}),
        "author": Role(title="Author", grants={"notes": Grant(write=only("scan"), adds=True)}),
        "guard": Role(title="Guard", grants={"*": Grant(read=all_but("scan"))}),
    },
)
JPEG = b"\xff\xd8\xff\xe0 a receipt"
PNG = b"\x89PNG\r\n\x1a\n another"


def name_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass
class Caller:
    """A pass of somebody with that role."""

    role: str
    id: str = "someone"
    device: str = ""
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def person(self) -> Person | None:
        return Person("Ann", self.role) if self.role else None

    def live(self, _end: object) -> Any:
        return nullcontext()

    def noted(self, kind: str, what: str) -> None:
        self.told.append((kind, what))


class Desk:
    """A device that only listens."""

    kind = "websocket"
    id = "d"

    def __init__(self, space: SpaceHost) -> None:
        self.space = space
        self.tab = f"t{space.seq or ''}"
        self.sent = 0

    def send(self, _text: str) -> None:
        """Nobody reads it."""

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(f"closed: {code} {reason}")

    async def greet(self) -> None:
        self.space.join(self)
        hello = Hello(device="dev", life="l", cursor=None, protocol=PROTOCOL, schema=1)
        await self.space.heard(self, hello.encode())
        await self.space.heard(self, encode_frame("resume", self.space.place().epoch, 0))

    async def push(self, *ops: Op) -> None:
        at = int(time.time() * 1_000)
        self.sent += 1
        change = Change(Mark(self.tab, self.sent, stamp_at(at)), ops)
        lines = [encode_batch(self.tab, [change], at).text]
        await self.space.heard(self, encode_frame(PUSH, at, lines=lines))
        assert await self.space.stored(self.space.seq)


class House:
    """A relay with attachments, spoken to as a server would."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        routes = AttachmentRoutes(hub, SCHEMA, time.monotonic)
        self.hub = hub
        self.desk = desk
        self._app = Starlette(routes=routes.routes())

    async def ask(
        self, method: str, digest: str, body: bytes = b"", role: str | Caller = "clerk",
        space: str = "h", **headers: str,
    ) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        """One request."""
        caller = Caller(role) if isinstance(role, str) else role
        named = [(n.encode(), v.encode()) for n, v in {"host": "hotel", **headers}.items()]
        path = f"/sync/{space}/attachments/{digest}"
        scope = {"type": "http", "method": method, "path": path, "headers": named,
                 "query_string": b"", KEY: caller}  # fmt: skip
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)] or [b""]
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        told = {n.decode(): v.decode() for n, v in said[0]["headers"]}
        return said[0]["status"], told, b"".join(each.get("body", b"") for each in said)

    async def put(self, body: bytes, role: str | Caller = "clerk", **more: str) -> int:
        return (await self.ask("PUT", name_of(body), body, role, **more))[0]

    async def get(self, body: bytes, role: str = "clerk", **more: str) -> int:
        status, _, got = await self.ask("GET", name_of(body), b"", role, **more)
        assert (got == body) is (status == 200)
        return status

    async def kept(self) -> list[str]:
        return await self.desk.space.read(lambda log: log.attachments.digests())

    async def tidy(self) -> None:
        """What the relay does every hour."""
        self.desk.space._woke(TIMER)
        for _ in range(2):  # What is asked of the disk behind its two steps.
            await self.desk.space.entry_of("api-none")


def names(data: bytes, rid: str = "p", key: str = "papers", **more: str) -> Op:
    return Op(CREATE, key, rid, {"scan": name_of(data), **more})


def live(folder: Path, life: Callable[[House], Awaitable[None]]) -> None:
    """Run a relay while that lasts."""

    async def run() -> None:
        hub = Hub(folder, SCHEMA, lambda _: {})
        desk = Desk(await hub.enter("h"))
        await desk.greet()
        await life(House(hub, desk))
        await asyncio.wait_for(hub.close(), 30)

    asyncio.run(run())


def test_what_was_put_is_given_to_whoever_may_read_a_record_that_names_it(tmp_path: Path) -> None:
    async def life(house: House) -> None:
        assert [await house.put(JPEG), await house.put(JPEG)] == [201, 204]
        assert await house.get(JPEG) == 404, "nothing names it yet"
        await house.desk.push(names(JPEG))
        assert [await house.get(JPEG, role) for role in ("clerk", "reader", "")] == [200] * 3
        assert [await house.get(JPEG, role) for role in ("guard", "author", "nobody")] == [404] * 3
        assert await house.get(JPEG, space="other") == 404
        assert await house.get(PNG) == 404
        status, headers, _ = await house.ask("GET", name_of(JPEG))
        assert (status, headers["content-type"]) == (200, "image/jpeg")
        assert headers["cache-control"].startswith("private, ")
        assert "immutable" in headers["cache-control"]
        assert headers["content-disposition"].startswith("attachment; ")
        assert "sandbox" in headers["content-security-policy"]
        await house.desk.push(Op(SET, "papers", "p", {"scan": name_of(PNG)}, "t.1"))
        assert await house.get(JPEG) == 404, "no record names it any more"

    live(tmp_path, life)


def test_only_who_may_write_a_field_that_names_one_gives_one(tmp_path: Path) -> None:
    async def life(house: House) -> None:
        reader = Caller("reader")
        assert await house.put(JPEG, reader) == 403
        assert reader.told == [("not permitted", "h: attach a file")]
        assert [await house.put(JPEG, role) for role in ("guard", "nobody")] == [403, 403]
        assert await house.put(JPEG, "author") == 201
        assert await house.kept() == [name_of(JPEG)]

    live(tmp_path, life)


@pytest.mark.parametrize(
    ("body", "digest", "headers", "status"),
    [
        pytest.param(JPEG, name_of(PNG), {}, 422, id="forged"),
        pytest.param(b"<svg onload='x'/>", "", {"content-type": "image/png"}, 415, id="lies"),
        pytest.param(b"", "", {}, 415, id="empty"),
        pytest.param(JPEG.ljust(MOST_BYTES + 1), "", {}, 413, id="large"),
        pytest.param(JPEG.ljust(5 * MOST_BYTES), "", {}, 413, id="endless"),
        pytest.param(JPEG, "", {"origin": "https://elsewhere.example"}, 404, id="strange page"),
        pytest.param(JPEG, "A" * 64, {}, 404, id="no digest"),
    ],
)
def test_give_2_nothing_else_is_kept(
    tmp_path: Path, body: bytes, digest: str, headers: dict[str, str], status: int
) -> None:
    async def life(house: House) -> None:
        name = digest or name_of(body)
        answer = await house.ask("PUT", name, body, "clerk", **headers)
        assert answer[0] == status
        assert await house.kept() == []
        assert await house.put(JPEG.ljust(MOST_BYTES)) == 201, "as much as may be"

    live(tmp_path, life)


def test_keep_3_a_space_has_its_bound_and_a_session_its_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def life(house: House) -> None:
        monkeypatch.setattr(attachments.Attachments.put, "__defaults__", (len(JPEG) + 3,))
        assert [await house.put(JPEG), await house.put(PNG), await house.put(JPEG)] == [
            *(201, 507),
            204,
        ]
        many = [await house.put(JPEG) for _ in range(int(GIVEN_AT_ONCE) + 50)]
        assert 429 in many
        assert await house.put(JPEG, Caller("clerk", id="somebody else")) == 204

    live(tmp_path, life)


def test_keep_1_what_nothing_names_goes_after_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def life(house: House) -> None:
        await house.put(JPEG)
        await house.put(PNG)
        await house.desk.push(names(JPEG))
        await house.tidy()
        monkeypatch.setattr(attachments, "ORPHAN_MS", 0)
        await house.tidy()
        assert await house.kept() == [name_of(JPEG)]
        await house.desk.push(Op(DELETE, "papers", "p", {}, {"scan": "t.1"}))
        monkeypatch.setattr(attachments, "ORPHAN_MS", 60_000)
        await house.tidy()
        assert await house.kept() == [name_of(JPEG)], "it may be undone"
        await house.desk.push(names(JPEG, "q"))
        monkeypatch.setattr(attachments, "ORPHAN_MS", 0)
        await house.tidy()
        assert await house.kept() == [name_of(JPEG)], "it is named again"
        await house.desk.push(Op(DELETE, "papers", "q", {}, ""))
        await house.tidy()
        assert await house.kept() == [name_of(JPEG)], "named meanwhile: the week begins anew"
        await house.tidy()
        assert await house.kept() == []

    live(tmp_path, life)


@pytest.mark.req("SRV-20")
def test_keep_2_with_a_person_goes_what_only_their_records_named(tmp_path: Path) -> None:
    async def before(house: House) -> None:
        await house.put(JPEG)
        await house.put(PNG)
        await house.desk.push(Op(CREATE, "people", "g", {"name": "Ottoline"}))
        await house.desk.push(names(JPEG, who="g"), names(PNG, "q", who="g"))
        await house.desk.push(names(PNG, "n", "notes"))

    async def after(house: House) -> None:
        await house.desk.push(Op(ERASE, "people", "g", {}))
        assert await house.kept() == [name_of(PNG)]
        assert await house.get(PNG) == 200

    live(tmp_path / "data", before)
    back_up(tmp_path / "data", tmp_path / "copy")
    with sqlite3.connect(tmp_path / "copy" / "relay" / "h.sqlite") as db:
        assert db.execute("SELECT count(*) FROM attachments").fetchone() == (2,)
    live(tmp_path / "data", after)
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or JPEG not in file.read_bytes()
    restore(tmp_path / "copy", tmp_path / "data")

    async def again(house: House) -> None:
        assert await house.kept() == [name_of(PNG)], "who was erased is erased in what is put back"

    live(tmp_path / "data", again)


def test_behind_the_gate(owner: Visitor) -> None:
    place = f"/sync/hotel/attachments/{name_of(JPEG)}"
    stranger = Visitor(owner.server)
    assert stranger.ask("PUT", place, JPEG).status == 401
    assert stranger.ask("GET", place).status == 401
    viewer = invited(owner, "Vera", "viewer")
    large = JPEG.ljust(MOST_BYTES)
    place = f"/sync/hotel/attachments/{name_of(large)}"
    assert viewer.ask("PUT", place, large).status == 403, "this relay's schema names none"
