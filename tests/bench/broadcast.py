"""The yardstick of the relay: uvicorn and Starlette send every message to everyone, keep nothing.

`python -m tests.bench.broadcast` prints `serving <address>` when it accepts connections.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from pysync_server.main import Server as Uvicorn
from pysync_server.main import announcement, open_socket, serving

present: set[WebSocket] = set()


async def everyone(ws: WebSocket) -> None:
    """One connection: what it says goes to all, itself included."""
    await ws.accept()
    present.add(ws)
    try:
        while (message := await ws.receive())["type"] == "websocket.receive":
            for other in list(present):
                await other.send_text(message["text"])
    finally:
        present.discard(ws)


if __name__ == "__main__":
    listener = open_socket("127.0.0.1", 0)
    app = Starlette(routes=[WebSocketRoute("/sync/{space}", everyone)])
    told = announcement("127.0.0.1", listener.getsockname()[1])
    Uvicorn(serving(app), told).run(sockets=[listener])
