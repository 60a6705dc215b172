"""A small server for the baselines: plain pages and the JavaScript modules they import.

It listens on a free port of this machine, so that the baselines have an origin, and with it
channels and storage, of their own. Floor: `pysync_build.npm`.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pysync_build.npm import node_modules

PAGES = Path(__file__).with_name("pages")
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript"}
MODULES = "/modules/"


def import_map(modules: Path) -> str:
    """Where a browser finds what the packages import by name, as an import map."""
    lib0 = (file for file in (modules / "lib0").glob("*.js") if ".test" not in file.name)
    names = {f"lib0/{file.stem}": f"{MODULES}lib0/{file.name}" for file in sorted(lib0)}
    names["yjs"] = f"{MODULES}yjs/dist/yjs.mjs"
    names["y-indexeddb"] = f"{MODULES}y-indexeddb/src/y-indexeddb.js"
    return json.dumps({"imports": names})


class _Handler(BaseHTTPRequestHandler):
    modules: Path
    names: str

    def do_GET(self) -> None:
        """A page of `pages/`, or a module below `/modules/`."""
        path = self.path.partition("?")[0]
        within, relative = (
            (self.modules, path.removeprefix(MODULES))
            if path.startswith(MODULES)
            else (PAGES, path.removeprefix("/"))
        )
        file = (within / relative).resolve()
        if not file.is_relative_to(within) or not file.is_file():
            self.send_error(404)
            return
        body = file.read_bytes().replace(b"{{import_map}}", self.names.encode())
        self.send_response(200)
        self.send_header("content-type", TYPES.get(file.suffix, "application/octet-stream"))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Requests are not worth a line each."""


class Site:
    """The running server; `url` has no slash at the end."""

    def __init__(self) -> None:
        modules = node_modules().resolve()
        handler = type("Handler", (_Handler,), {"modules": modules, "names": import_map(modules)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it and wait for its thread."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
