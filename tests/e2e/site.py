"""Somebody else's site: a static server of the test's own, with the widget copied to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
}


@dataclass(slots=True)
class Site:
    """Serves `pages` by their path, and below `/pysync/` what was built, without a word about
    encodings. `headers` of a path, such as a content policy, go with its page; `asked` is every
    path that was asked for."""

    widget: Path
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        assert self.server is not None
        return f"http://localhost:{self.server.server_port}"

    def start(self) -> None:
        """Serve until `stop`."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End it."""
        assert self.server is not None
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One request."""
        path = request.path.partition("?")[0]
        self.asked.append(path)
        file = self.widget / path.removeprefix("/pysync/")
        if path in self.pages:
            content = self.pages[path].encode()
        elif path.startswith("/pysync/") and file.is_file():
            content = file.read_bytes()
        else:
            request.send_error(404)
            return
        request.send_response(200)
        request.send_header("content-type", TYPES.get(Path(path).suffix, "text/html"))
        request.send_header("content-length", str(len(content)))
        for name, value in self.headers.get(path, {}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)
