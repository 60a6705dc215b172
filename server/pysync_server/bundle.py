"""Serves a build of the bundle: compressed, typed, cached for ever where the name carries a hash.

A server keeps the build it started with; a newer one is served after a restart. Paths that are no
file of the bundle get the page, whose own router decides, except where the path looks like a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from pysync_server.encoding import NAMES, choose
from pysync_server.headers import POLICY, content_policy

FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
TEST_PAGES = "/test/"
NOT_PAGES = ("/assets/", "/examples/", "/first-state/", "/pysync/", "/sync/", TEST_PAGES)


class BundleMissing(Exception):
    """There is no build to serve; the message says how to make one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """One file of a build, as `build.json` describes it."""

    path: Path
    media_type: str
    immutable: bool
    encodings: tuple[str, ...]
    etag: str
    policy: str
    """A content policy of its own; "" for that of all pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What pages of the server's own need to look like the application: addresses of its style
    sheet and icon, "" where it has none, and its title."""

    title: str
    style: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A build: its id, its look, and its files by URL."""

    id: str
    look: Look
    files: Mapping[str, BundleFile]


def read_bundle(dist: Path) -> Bundle:
    """The current build of a `dist` folder.

    Raises:
        BundleMissing: nothing was built there, or it is incomplete.
    """
    try:
        folder = dist / (dist / "current").read_text("utf-8").strip()
        listing: dict[str, Any] = json.loads((folder / "build.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BundleMissing(f"No bundle in {dist}. Run: python3 build.py build") from error
    files = {
        url: BundleFile(
            path=folder / url.removeprefix("/"),
            media_type=entry["type"],
            immutable=entry["immutable"],
            encodings=tuple(entry["encodings"]),
            etag=f'"{entry["etag"]}"',
            policy=content_policy(entry["allows"]) if entry.get("allows") else "",
        )
        for url, entry in listing["files"].items()
    }
    return Bundle(id=listing["id"], look=Look(**listing["look"]), files=files)


class LargeFileResponse(FileResponse):
    """A file read in pieces of 512 KB: a thread is asked for each, and at 64 KB a start of the page
    cost the server half as much again."""

    chunk_size = 512 * 1024


class BundleEndpoint:
    """Answers every address that no other route owns."""

    def __init__(self, bundle: Bundle, *, test_pages: bool) -> None:
        self.bundle = bundle
        self.test_pages = test_pages

    def find(self, path: str) -> BundleFile | None:
        """The file for an address: itself, the page for an application route, or nothing."""
        if path.startswith(TEST_PAGES) and not self.test_pages:
            return None
        known = self.bundle.files.get(path)
        if known is not None:
            return known
        if path.startswith(NOT_PAGES) or PurePosixPath(path).suffix:
            return None
        return self.bundle.files["/index.html"]

    async def __call__(self, request: Request) -> Response:
        """Serve a GET or HEAD request."""
        file = self.find(request.url.path)
        if file is None:
            return PlainTextResponse("There is nothing at this address.\n", status_code=404)
        headers = {
            "cache-control": FOR_EVER if file.immutable else ASK_EACH_TIME,
            "etag": file.etag,
            "vary": "accept-encoding",
        }
        if file.policy:  # Also where nothing changed: browsers take over what comes with a 304.
            headers[POLICY] = file.policy
        if request.headers.get("if-none-match", "").removeprefix("W/") == file.etag:
            return Response(status_code=304, headers=headers)
        suffix = choose(request.headers.get("accept-encoding", ""), file.encodings)
        if suffix:
            headers["content-encoding"] = NAMES[suffix]
        served = file.path.with_name(file.path.name + suffix)
        return LargeFileResponse(served, media_type=file.media_type, headers=headers)
