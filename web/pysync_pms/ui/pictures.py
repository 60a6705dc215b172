"""Pictures as screens show them: opened from this device's shelf beside the drawing.

Drawing waits for nothing, reading does: what is asked for is read, or fetched, in the background
and drawn when it is there. An address at which the page shows one is good in this page alone, so
whoever draws it marks the place with `data_no_cache`. Stands on `pysync.attachments`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from pysync import SyncError
from pysync.model.attached import media_type

if TYPE_CHECKING:
    from pysync.attachments import Attachments  # a page loads it after its first view
    from pysync.machines.carriage import Stands

__all__ = ["PictureTools", "Pictures", "Shown"]

KEPT: Final = 60
"""Pictures that are open in a page at once."""


class PictureTools(Protocol):
    """What the page gives."""

    async def read(self, input_id: str) -> bytes | None:
        """The file that was chosen there, a picture made small and without what a camera writes
        beside it; None if there is none. Raises InvalidValue for what is neither picture nor
        PDF."""

    def show(self, data: bytes, media: str) -> str:
        """An address at which this page shows these bytes, until `forget`."""

    def forget(self, address: str) -> None:
        """Nobody shows it any more."""


class Shown(NamedTuple):
    """One that can be shown now."""

    address: str
    media: str
    size: int


class Pictures:
    """What this page can show of attachments. Call `use` once they are open."""

    def __init__(
        self, spawn: Callable[[Coroutine[Any, Any, None]], None], moved: Callable[[], None]
    ) -> None:
        """`moved` is called when something can be drawn that could not be before."""
        self._spawn = spawn
        self._moved = moved
        self._kept: Attachments | None = None
        self._tools: PictureTools | None = None
        self._open: dict[str, Shown] = {}
        self._opening: set[str] = set()
        self._taking: set[str] = set()
        self._problems: dict[str, str] = {}

    def use(self, kept: Attachments, tools: PictureTools) -> None:
        """From now on there are some."""
        self._kept, self._tools = kept, tools
        kept.on_change(lambda _: self._moved())
        kept.space.on_erased(lambda _: self._close_all())
        self._moved()

    @property
    def usable(self) -> bool:
        """Whether pictures can be taken."""
        return self._kept is not None

    # -- showing ----------------------------------------------------------------------------------

    def look(self, digest: str) -> Shown | None:
        """The picture; None if it cannot be shown now: `stands` says why, and it begins to be
        opened or fetched."""
        found = self._open.pop(digest, None)
        if found is not None:
            self._open[digest] = found  # the one that was looked at last
        if self._kept is None:
            return found
        self._kept.want(digest)
        if found is None and digest not in self._opening and self.is_here(digest):
            self._opening.add(digest)
            self._spawn(self._read(self._kept, digest))
        return found

    def stands(self, digest: str) -> Stands | Literal["unknown"]:
        """How it stands with one."""
        return "unknown" if self._kept is None else self._kept.stands(digest)

    def is_here(self, digest: str) -> bool:
        """Whether this device has it."""
        return self.stands(digest) in ("here", "waiting", "refused")

    def unsent(self, shelf: Collection[str] = ()) -> int:
        """How many are on this device alone, those counted that were found on its `shelf`."""
        known = self._kept.unsent() if self._kept is not None else ()
        return len({*known, *(digest for digest in shelf if self.stands(digest) != "here")})

    async def _read(self, kept: Attachments, digest: str) -> None:
        data = None
        try:
            data = await kept.get(digest)
            if data is not None:
                self._show(digest, data)
        finally:
            self._opening.discard(digest)
        if data is not None or not self.is_here(digest):
            self._moved()  # Else the storage gave no answer: it is asked again by the next drawing.

    def _show(self, digest: str, data: bytes) -> None:
        assert self._tools is not None
        media = media_type(data)
        self._open[digest] = Shown(self._tools.show(data, media), media, len(data))
        while len(self._open) > KEPT:
            self._tools.forget(self._open.pop(next(iter(self._open))).address)

    def _close_all(self) -> None:
        assert self._tools is not None
        for each in self._open.values():
            self._tools.forget(each.address)
        self._open.clear()
        self._moved()

    # -- taking -----------------------------------------------------------------------------------

    def is_taking(self, place: str) -> bool:
        """Whether what was chosen for that form is not ready yet."""
        return place in self._taking

    def problem(self, place: str) -> str:
        """Why what was chosen for that form was not taken; "" if it was."""
        return self._problems.get(place, "")

    def calm(self, place: str) -> None:
        """The problem was seen to."""
        self._problems.pop(place, None)

    async def take(self, place: str, input_id: str) -> str:
        """Make what was chosen in that input ready for the form `place`: the digest, by then on
        this device; "" if there is nothing, or it was not taken (`problem`)."""
        if self._kept is None or self._tools is None:
            return ""
        self._problems.pop(place, None)
        self._taking.add(place)
        self._moved()
        try:
            data = await self._tools.read(input_id)
            if data is None:
                return ""
            digest = await self._kept.add(data)
        except SyncError as error:
            self._problems[place] = str(error)
            return ""
        else:
            return digest
        finally:
            self._taking.discard(place)
            self._moved()
