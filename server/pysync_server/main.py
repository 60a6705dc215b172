"""The server as a process: `python -m pysync_server`, which `build.py serve` starts.

Prints one line `serving <address>` when it accepts connections; ends cleanly on Ctrl-C or a
termination signal. A port that is taken is an error when it was asked for, and otherwise the next
free one is used.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import importlib
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from pysync.model.schema import Schema
from pysync_server.app import Settings, create_app
from pysync_server.bundle import BundleMissing
from pysync_server.crossing import is_origin
from pysync_server.people.records import BookUnusable
from pysync_server.prepared import Protocol

DEFAULT_PORT = 8420
PORTS_TRIED = 20
EVERYWHERE = frozenset({"0.0.0.0", "::"})


class CannotListen(Exception):
    """No socket could be opened; the message says why and what to do."""


def open_socket(host: str, port: int | None) -> socket.socket:
    """A listening socket on the port asked for, or on the first free one from `DEFAULT_PORT`.

    Port 0 asks the system for any free one.

    Raises:
        CannotListen: the port is taken, not allowed, or the host is not this machine's.
    """
    ports = range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED) if port is None else [port]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in ports:
        # asyncio switches Nagle's algorithm off only where the protocol is named, and with it on
        # every second small frame waits 40 ms for an acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE and port is None:
                continue
            raise CannotListen(explain(host, candidate, error)) from error
        listener.listen(2048)
        return listener
    last = DEFAULT_PORT + PORTS_TRIED - 1
    raise CannotListen(f"Ports {DEFAULT_PORT} to {last} are all taken. Name one: --port N")


def explain(host: str, port: int, error: OSError) -> str:
    """What went wrong when binding, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another: --port N"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This user may not listen on port {port}. Choose one above 1023: --port N"
    return (
        f"Cannot listen on {host}:{port}: {error.strerror}. Is --host an address of this machine?"
    )


def address(host: str, port: int, scheme: str = "http") -> str:
    """The address to open on this machine."""
    shown = "localhost" if host in EVERYWHERE else host
    return f"{scheme}://[{shown}]:{port}/" if ":" in shown else f"{scheme}://{shown}:{port}/"


def announcement(host: str, port: int, setup_path: str = "", scheme: str = "http") -> str:
    """What the server prints when it accepts connections; other machines need another name. While
    there is no account, also where the owner's is made."""
    here = address(host, port, scheme)
    lines = [f"serving {here}"]
    if host in EVERYWHERE:
        there = address(socket.gethostname(), port, scheme)
        lines.append(f"from other machines of this network: {there}")
    if setup_path:
        lines.append(f"to make the owner's account, open {here}{setup_path}")
    return "\n".join(lines)


class NoCertificate(Exception):
    """What was named for TLS cannot be used; the message says why and what to do."""


def check_certificate(certificate: Path, key: Path) -> None:
    """Raises NoCertificate for files that uvicorn could not serve with."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        raise NoCertificate(
            f"{certificate} and {key} are no certificate and its key, both as PEM: {error}"
        ) from error


def serving(app: ASGIApp, tls: Sequence[Path] | None = None) -> uvicorn.Config:
    """How uvicorn serves an application of ours; `tls`: with this certificate and its key."""
    certificate, key = tls or (None, None)
    return uvicorn.Config(
        app,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
        ws=Protocol,
        ws_max_size=16_000_000,
        ws_ping_interval=30.0,
        ws_ping_timeout=30.0,
        # It costs 40 KB a connection, and changes are small; the state comes compressed over HTTP.
        ws_per_message_deflate=False,
    )


class Server(uvicorn.Server):
    """uvicorn, saying on its own line when it accepts connections."""

    def __init__(
        self,
        config: uvicorn.Config,
        announcement: str,
        ending: Sequence[Callable[[], None]] = (),
    ) -> None:
        super().__init__(config)
        self.announcement = announcement
        self.ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then print the announcement."""
        await super().startup(sockets)
        print(self.announcement, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as usual, and let nobody wait who asked for news to come."""
        for end in self.ending:
            end()
        await super().shutdown(sockets)


def named_schema(name: str) -> Schema:
    """The application's schema, by the module it is in and its name there; `any` takes all.

    Raises:
        argparse.ArgumentTypeError: there is none of that name.
    """
    if name == "any":
        return Schema()
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"no schema {name!r}: {error}") from None
    if not isinstance(found, Schema):
        raise argparse.ArgumentTypeError(f"{name!r} is a {type(found).__name__}, not a Schema")
    return found


def named_origin(text: str) -> str:
    """An origin of pages. Raises argparse.ArgumentTypeError if it is none."""
    if not is_origin(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no origin: give scheme, host and port alone, as https://shop.example"
        )
    return text


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line of the server."""
    parser = argparse.ArgumentParser(prog="pysync_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for the whole network")
    parser.add_argument("--port", type=int, help=f"default: the first free one from {DEFAULT_PORT}")
    parser.add_argument("--dist", type=Path, default=Path("dist"), help="where the builds are")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="what the server keeps")
    parser.add_argument(
        "--relay",
        type=named_schema,
        metavar="MODULE:NAME",
        help="carry changes between devices, decided by this schema ('any': one that takes all)",
    )
    parser.add_argument(
        "--open",
        action="store_true",
        help="let every device take part in the relay, without signing in: for trusted networks",
    )
    parser.add_argument(
        "--tls",
        nargs=2,
        type=Path,
        metavar=("CERTIFICATE", "KEY"),
        help="serve https and wss with this certificate (with its chain) and its key, as PEM",
    )
    parser.add_argument(
        "--allow-origin",
        type=named_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this other origin use the relay and the widget; may be given repeatedly",
    )
    parser.add_argument("--test-pages", action="store_true", help="serve /test/…; never in use")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; returns the process's exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    settings = Settings(
        dist=options.dist,
        data=options.data,
        test_pages=options.test_pages,
        relay=options.relay,
        open_to_all=options.open,
        origins=tuple(options.allow_origin),
    )
    try:
        if options.tls:
            check_certificate(*options.tls)
        app = create_app(settings)
        listener = open_socket(options.host, options.port)
    except (BundleMissing, BookUnusable, CannotListen, NoCertificate) as error:
        print(f"stopped: {error}", file=sys.stderr)
        return 1
    port = listener.getsockname()[1]
    # uvicorn raises the signal again when it has shut down; both are a wish to stop, not a failure.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.collect()
    gc.freeze()  # what there is now stays: to look through it again holds everybody up for 40 ms
    with contextlib.suppress(KeyboardInterrupt):
        scheme = "https" if options.tls else "http"
        said = announcement(options.host, port, app.state.setup_path, scheme)
        Server(serving(app, options.tls), said, app.state.ending).run(sockets=[listener])
    print("stopped", flush=True)
    return 0
