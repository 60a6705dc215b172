"""First states: what an import or `--demo` made, offered to spaces that are still empty.

A state is a file `first-state/<space>.json` in the data folder, with a neighbour `.json.br` if it
was compressed. To a page it is streamed as it is; with a relay, the relay's new spaces begin with
it, and pages ask the relay.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from pysync.errors import StoreCorrupt
from pysync.first_state import read_first_state, write_first_state
from pysync.machines.redaction import Redaction
from pysync.model.rights import Rights, sees_of
from pysync.model.schema import Schema
from pysync.relay.projection import project_rows
from pysync_server.encoding import NAMES, choose
from pysync_server.passes import pass_of

FIRST_STATES = "first-state"
"""Their folder in the data folder."""
SPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def erase(folder: Path, space: str, redaction: Redaction) -> None:
    """Take what the redaction is for out of the state of that space, if there is one. Blocks.
    Raises OSError."""
    file = folder / f"{space}.json"
    try:
        text = file.read_text("utf-8")
        rows = read_first_state(text, space)
        left = {name: redaction.row(name, row) for name, row in rows.items()}
    except (FileNotFoundError, StoreCorrupt, UnicodeDecodeError):
        return  # None, or none that anybody could begin with.
    if left != rows:
        made = file.with_name(f"{file.name}.new")
        made.write_text(write_first_state(space, left), "utf-8")
        made.replace(file)
        for suffix in NAMES:
            file.with_name(file.name + suffix).unlink(missing_ok=True)


class FirstStates:
    """The states below one data folder; files that appear later are served too."""

    def __init__(self, data: Path, relay: Schema | None, *, accounts: bool) -> None:
        """`relay` is the schema by which the relay decides; None: the server is none."""
        self.folder = data / FIRST_STATES
        self._relay = relay
        self._accounts = accounts

    def rows(self, space: str) -> dict[str, str]:
        """The rows of that space's state; {} where there is none. Blocks.

        Raises:
            StoreCorrupt: the file is no first state of that space.
            OSError: it cannot be read.
        """
        file = self.folder / f"{space}.json"
        try:
            return read_first_state(file.read_text("utf-8"), space)
        except FileNotFoundError:
            return {}
        except (StoreCorrupt, UnicodeDecodeError) as error:
            raise StoreCorrupt(f"{file}: {error}") from error

    def _sees(self, request: Request) -> Rights | None:
        """What whoever asks may read, if something is hidden from them."""
        person = pass_of(request).person
        if person is None or self._relay is None:
            return None
        return sees_of(self._relay, person.role)

    def _projected(self, space: str, sees: Rights) -> str:
        return write_first_state(space, project_rows(self.rows(space), sees))

    async def listing(self, _request: Request) -> Response:
        """`GET /first-state`: the names of the spaces there is a state for, sorted; whether the
        server is a relay, which is where a space begins then; and whether people have accounts."""
        names = sorted(file.stem for file in self.folder.glob("*.json"))
        relayed = self._relay is not None
        body = {"spaces": names, "relay": relayed, "accounts": self._accounts}
        return JSONResponse(body, headers={"cache-control": "no-cache"})

    async def state(self, request: Request) -> Response:
        """`GET /first-state/{space}`: the file, or 404 where there is none."""
        space: str = request.path_params["space"]
        file = self.folder / f"{space}.json"
        if not SPACE.fullmatch(space) or not file.is_file():
            return JSONResponse({"error": "There is no first state for this space."}, 404)
        if (sees := self._sees(request)) is not None:
            text = await run_in_threadpool(self._projected, space, sees)
            headers = {"cache-control": "no-store"}
            return Response(text, media_type="application/json", headers=headers)
        available = [suffix for suffix in NAMES if file.with_name(file.name + suffix).is_file()]
        suffix = choose(request.headers.get("accept-encoding", ""), available)
        headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
        if suffix:
            headers["content-encoding"] = NAMES[suffix]
        served = file.with_name(file.name + suffix)
        return FileResponse(served, media_type="application/json", headers=headers)
