"""The server as a process: what it answers, and how it starts and stops."""

from __future__ import annotations

import gzip
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from tests.support import Server, start_server


class Answer:
    """One answer, read whole."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def ask(server: Server, path: str, *, method: str = "GET", **headers: str) -> Answer:
    """Send one request and read the answer; header names may use underscores."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=names)
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def assets(server: Server) -> list[str]:
    """Every asset that the page names."""
    page = ask(server, "/").body.decode()
    return sorted(set(re.findall(r"/assets/[\w.@-]+/?[\w.-]*\.\w+", page)))


def test_page_is_asked_for_anew_and_answers_unchanged(server: Server) -> None:
    first = ask(server, "/")
    assert (first.status, first.headers["cache-control"]) == (200, "no-cache")
    again = ask(server, "/", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_files_with_a_hash_are_kept_for_ever_and_typed(server: Server) -> None:
    types = {
        ".bin": "application/octet-stream",
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
        ".zip": "application/zip",
    }
    seen = set()
    for path in assets(server):
        answer = ask(server, path, method="HEAD")
        suffix = Path(path).suffix
        seen.add(suffix)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].split(";")[0] == types[suffix], path
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert seen == set(types)


def test_compressed_forms_hold_the_same_bytes(server: Server) -> None:
    wasm = next(path for path in assets(server) if path.endswith(".wasm"))
    plain = ask(server, wasm)
    assert "content-encoding" not in plain.headers
    small = ask(server, wasm, accept_encoding="gzip, br")
    assert small.headers["content-encoding"] == "br"
    assert small.headers["vary"] == "accept-encoding"
    assert len(small.body) < len(plain.body) / 2
    assert brotli.decompress(small.body) == plain.body
    for_http = ask(server, wasm, accept_encoding="gzip, deflate")
    assert for_http.headers["content-encoding"] == "gzip"
    assert gzip.decompress(for_http.body) == plain.body


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing.txt", "/first-state", "/sw.js"])
def test_every_answer_carries_the_policy(server: Server, path: str) -> None:
    policy = ask(server, path).headers["content-security-policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert directives["default-src"] == "'none'"
    assert "http" not in policy


def test_addresses_of_the_application_get_the_page(server: Server) -> None:
    page = ask(server, "/").body
    assert ask(server, "/hotel/rooms").body == page
    for missing in (
        "/assets/boot-000000000000/boot.js",
        "/favicon.ico",
        "/../build.py",
        "/test/no",
    ):
        assert ask(server, missing).status == 404


def test_nothing_below_dist_leaks_beside_the_list(server: Server) -> None:
    for path in ("/build.json", "/current", "/index.html.br", "/%2e%2e/current", "//etc/passwd"):
        answer = ask(server, path)
        assert answer.status == 404 or answer.headers["content-type"].startswith("text/html")


def test_other_methods_are_refused(server: Server) -> None:
    assert ask(server, "/", method="POST").status == 405


def test_health_names_the_build(server: Server, bundle: Path) -> None:
    assert json.loads(ask(server, "/healthz").body) == {"status": "ok", "build": bundle.name}


class TestFirstState:
    """States that an import made."""

    def test_streams_the_file_of_a_space(self, server: Server) -> None:
        folder = server.data / "first-state"
        folder.mkdir(exist_ok=True)
        (folder / "alpha.json").write_text('{"hello": "wörld"}', "utf-8")
        (folder / "alpha.json.br").write_bytes(brotli.compress(b'{"hello": "br"}'))
        plain = ask(server, "/first-state/alpha")
        assert json.loads(plain.body) == {"hello": "wörld"}
        assert plain.headers["content-type"] == "application/json"
        small = ask(server, "/first-state/alpha", accept_encoding="br")
        assert json.loads(brotli.decompress(small.body)) == {"hello": "br"}
        assert "alpha" in json.loads(ask(server, "/first-state").body)["spaces"]

    @pytest.mark.parametrize("space", ["none", "..%2fsecret", ".hidden", "a" * 65, "a%00b"])
    def test_answers_404_where_there_is_none(self, server: Server, space: str) -> None:
        (server.data / "secret.json").write_text("{}")
        assert ask(server, f"/first-state/{space}").status == 404


class TestProcess:
    """Starting and stopping."""

    @pytest.fixture
    def own(self, bundle: Path, tmp_path: Path) -> Iterator[Server]:
        """A server of the test's own, without test pages."""
        running = start_server(tmp_path, "--port", "0")
        yield running
        running.stop()

    def test_test_pages_are_closed_in_use(self, own: Server) -> None:
        assert ask(own, "/test/blank.html").status == 404

    @pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
    def test_ends_cleanly_when_told_to(self, own: Server, signum: signal.Signals) -> None:
        own.process.send_signal(signum)
        assert own.process.wait(timeout=20) == 0
        assert own.process.stdout is not None
        assert "stopped" in own.process.stdout.read()

    def test_a_taken_port_is_said_in_words(self, bundle: Path, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = run_server("--port", str(port), "--data", str(tmp_path))
        assert done.returncode == 1
        assert f"Port {port} is taken" in done.stderr
        assert "--port" in done.stderr

    def test_a_missing_bundle_is_said_in_words(self, tmp_path: Path) -> None:
        done = run_server("--dist", str(tmp_path))
        assert done.returncode == 1
        assert "python3 build.py build" in done.stderr


def run_server(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a server that is expected to end by itself."""
    command = [sys.executable, "-m", "pysync_server", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_server_for_the_whole_network_says_both_addresses(bundle: Path, tmp_path: Path) -> None:
    running = start_server(tmp_path, "--port", "0", "--host", "0.0.0.0")
    try:
        assert running.url.startswith("http://localhost:")
        assert running.process.stdout is not None
        assert socket.gethostname() in running.process.stdout.readline()
        assert ask(running, "/healthz").status == 200
    finally:
        running.stop()
