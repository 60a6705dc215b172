"""Sealed values as screens show them: opened where this device has the key, beside the drawing.

Drawing waits for nothing, opening does: what is asked for is opened in the background, kept in
memory only, and drawn when it is there. SHOWN-1 what was opened is in no stored picture of a page:
whoever draws it marks the place with `data_no_cache`, as `history.Words` does. Stands on
`pysync.Vault`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, Literal

from pysync import SyncError, Vault
from pysync.sealing import State
from pysync_pms.ui.language import tr

__all__ = ["SEALED", "SealedValues"]

KEPT: Final = 500
SEALED: Final = tr("sealed")
"""What is said of a value that cannot be read here."""
Place = tuple[str, str, str, str]
"""Collection, record, field, and the sealed text."""
Stands = Literal["opened", "opening", "closed"]
_OPENING: Final = "…"


class SealedValues:
    """What this device can read of encrypted fields. Set `vault` once it is open."""

    def __init__(
        self,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        moved: Callable[[], None],
    ) -> None:
        self._spawn = spawn
        self._moved = moved
        self._vault: Vault | None = None
        self.copy: Callable[[str], None] | None = None
        """Puts a text on the clipboard; None where there is none."""
        self._known: dict[Place, str | None] = {}
        self._stood = self.state
        self._opening: set[Place] = set()

    @property
    def vault(self) -> Vault | None:
        """The keys of this device; None until it is known whether there are any."""
        return self._vault

    @vault.setter
    def vault(self, vault: Vault) -> None:
        self._vault = vault
        vault.on_change(lambda _: self._changed())
        vault.space.on_erased(lambda _: self._known.clear())
        self._changed()

    @property
    def state(self) -> State | Literal["unknown"]:
        """How this device stands."""
        return "unknown" if self._vault is None else self._vault.state

    @property
    def reads(self) -> bool:
        """Whether it may have a key."""
        return self._vault is not None and self._vault.state in ("ready", "locked")

    def words(self, collection: str, rid: str, field: str, text: str) -> str:
        """The value, or that it is sealed."""
        found = self.look(collection, rid, field, text)
        if found == "opening":
            return _OPENING
        return self._known.get((collection, rid, field, text)) or SEALED

    def look(self, collection: str, rid: str, field: str, text: str) -> Stands:
        """Whether it is open; asked for the first time, it begins to be opened."""
        place = (collection, rid, field, text)
        if place in self._known:
            return "closed" if self._known[place] is None else "opened"
        if self._vault is None or not self.reads:
            return "closed"
        self._begin(self._vault, place)
        return "opening"

    def keep(self, collection: str, rid: str, field: str, text: str, value: str) -> None:
        """This value was sealed here just now."""
        self._known[collection, rid, field, text] = value

    def _begin(self, vault: Vault, place: Place) -> None:
        if place not in self._opening:
            self._opening.add(place)
            self._spawn(self._open(vault, place))

    async def _open(self, vault: Vault, place: Place) -> None:
        try:
            opened: str | None = str(await vault.open(*place))
        except SyncError:  # also of a field that is not sealed, into which somebody put such a text
            opened = None
        finally:
            self._opening.discard(place)
        if len(self._known) >= KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[place] = opened
        self._moved()

    def _changed(self) -> None:
        """Somebody asked, or the keys are others. Where this device is ready as before, what it
        opened stays open and what it could not open is tried again beside: a form is not taken
        away from whoever types in it."""
        before, self._stood = self._stood, self.state
        if self._vault is None or (before, self._stood) != ("ready", "ready"):
            self._known.clear()
        else:
            for place in [place for place, words in self._known.items() if words is None]:
                self._begin(self._vault, place)
        self._moved()
