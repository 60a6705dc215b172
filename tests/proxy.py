"""A network that a test bends: a TCP proxy before a server, one per device.

`cut` is airplane mode: connections break and none can be made. `silence` is a captive portal or a
dead access point: connections stay, and nothing arrives on either side. `blocks_sockets` is a proxy
that knows requests and answers only, and refuses to become a WebSocket's.
"""

from __future__ import annotations

import contextlib
import socket
import threading


class Network:
    """The way of one device to a server. `url` is where its pages find the server, `carried` how
    many bytes went either way. With `only` nothing is bent but connections whose first request
    names it: pages without a service worker can be loaded at any time."""

    def __init__(self, server_url: str, only: str = "") -> None:
        self._only = only.encode()
        host, _, port = server_url.removeprefix("http://").partition(":")
        self._server = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.carried = 0
        self.blocks_sockets = False
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._up = True
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """The network is gone, and both ends notice."""
        with self._lock:
            self._up = False
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _end(*pair)
        self._flows.set()

    def silence(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._flows.clear()

    def mend(self) -> None:
        """The network is back. What was silent arrives now."""
        with self._lock:
            self._up = True
        self._flows.set()

    def close(self) -> None:
        """Stop for good."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._begin, args=(client,), daemon=True).start()

    def _begin(self, client: socket.socket) -> None:
        try:
            first = client.recv(65_536)
            if self.blocks_sockets and b"upgrade: websocket" in first.lower():
                client.sendall(_FORBIDDEN)
                _end(client)
                return
            server = socket.create_connection(self._server)
        except OSError:
            _end(client)
            return
        bent = self._only in first
        with self._lock:
            if bent and not self._up:
                _end(client, server)
                return
            if bent:
                self._pairs.append((client, server))
        back = threading.Thread(target=self._carry, args=(server, client, b"", bent), daemon=True)
        back.start()
        self._carry(client, server, first, bent)

    def _carry(self, source: socket.socket, target: socket.socket, data: bytes, bent: bool) -> None:
        with contextlib.suppress(OSError):
            while data or (data := source.recv(65_536)):
                if bent:
                    self._flows.wait()
                with self._lock:
                    self.carried += len(data)
                target.sendall(data)
                data = b""
        _end(source, target)


_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
