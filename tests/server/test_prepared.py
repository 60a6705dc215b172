"""Frames made once, on the protocol that serves: it stands on names of uvicorn that may change."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from pysync_server.main import Server, open_socket, serving
from pysync_server.prepared import EXTENSION, Write, prepare

PATIENCE = 30


@contextmanager
def served(talk: Callable[[WebSocket], Awaitable[None]]) -> Iterator[str]:
    """The address of a server on which every WebSocket is talked to like this."""
    listener = open_socket("127.0.0.1", 0)
    server = Server(serving(Starlette(routes=[WebSocketRoute("/", talk)])), "")
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
    thread.start()
    try:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def writes(ws: WebSocket) -> Write:
    """The extension."""
    write: Write = ws.scope["extensions"][EXTENSION]["write"]
    return write


def test_frames_of_both_kinds_arrive_in_their_order_whatever_their_size() -> None:
    texts = ["a", "é" * 125, "b" * 70_000, ""]
    untimely: list[bool] = []
    told = threading.Event()

    async def talk(ws: WebSocket) -> None:
        untimely.append(writes(ws)(prepare("before it is accepted")))
        await ws.accept()
        for text in texts:
            assert writes(ws)(prepare(text))
            await ws.send_text(f"and {text}")
        await ws.close()
        untimely.append(writes(ws)(prepare("after the end")))
        told.set()

    with served(talk) as url, connect(url, max_size=None) as ws:
        heard = list(ws)
        assert told.wait(PATIENCE)
    assert untimely == [False, False]
    assert heard == [each for text in texts for each in (text, f"and {text}")]


def test_a_connection_that_takes_no_more_says_so_and_nothing_of_it_is_lost() -> None:
    full: list[int] = []
    text = "x" * 100_000

    async def talk(ws: WebSocket) -> None:
        await ws.accept()
        count = 0
        while writes(ws)(prepare(f"{count} {text}")):
            count += 1
        full.append(count)
        await ws.send_text(f"{count} {text}")  # Waits until there is room.
        await ws.send_text("end")
        await ws.close()

    with served(talk) as url, connect(url, max_size=None) as ws:
        heard = [message for message in ws if isinstance(message, str)]
    assert [message.partition(" ")[0] for message in heard] == [
        *map(str, range(full[0] + 1)),
        "end",
    ]


def test_a_connection_that_broke_takes_nothing() -> None:
    ended: list[bool] = []
    told = threading.Event()

    async def talk(ws: WebSocket) -> None:
        await ws.accept()
        message = await asyncio.wait_for(ws.receive(), PATIENCE)
        ended.append(message["type"] == "websocket.disconnect")
        ended.append(not writes(ws)(prepare("x")))
        told.set()

    with served(talk) as url:
        with connect(url) as ws:
            ws.socket.close()
        assert told.wait(PATIENCE)
    assert ended == [True, True]


def test_no_frame_waits_for_an_acknowledgement_of_the_one_before() -> None:
    """Nagle's algorithm would keep it back, and the other side's system is in no hurry: 40 ms."""

    async def accepted() -> int:
        nodelay = asyncio.get_running_loop().create_future()

        def came(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sock = writer.get_extra_info("socket")
            nodelay.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = open_socket("127.0.0.1", 0)
        async with await asyncio.start_server(came, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            on = await asyncio.wait_for(nodelay, PATIENCE)
            writer.close()
            return int(on)

    assert asyncio.run(accepted()) == 1
