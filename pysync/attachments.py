"""`Attachments`: the bytes that a space's records name, as an application uses them.

`add` puts bytes on this device's shelf and answers their digest: write it into a field that is
declared for it (`model.attached`). From then on they are sent as soon as the relay answers, whether
this tab lives or another, and `get` has them on every device that may read the record. Made by
`open_attachments` of `pysync.native` and `pysync.browser.attachments`; it ends with the space.
Where the space follows no relay, everything stays on the device until it does.

SHELF-1 what `add` answered survives the death of the tab. SHELF-2 nothing is shown or kept that is
not what its digest says. SHELF-3 a shelf that gives no answer is asked again: nothing is taken for
gone that it did not say is not there. Floor: `machines.carriage`, `shelf`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any, Final

from pysync.errors import InvalidValue, NotDurable
from pysync.executor import Timers
from pysync.listeners import Listeners, Unsubscribe
from pysync.machines.backoff import pause
from pysync.machines.carriage import Carriage, Stands
from pysync.machines.carried import Drop, Give, Note, Shelved, Take, Wake
from pysync.machines.effects import Moment
from pysync.machines.events import Message
from pysync.machines.status import Status
from pysync.model.attached import digest_of, is_digest, is_named, places
from pysync.model.change import Ref
from pysync.model.ordinary import ordinary_of
from pysync.shelf import Carrier, Shelf
from pysync.space import Space
from pysync.telling import Update

KIND: Final = "attachment"
"""Of the message that tells the other tabs how one stands."""
TIMER: Final = "attachments"
RELOAD: Final = "attachments-load"
DAMAGED: Final = 502
"""As if the relay had failed: what came is not what was asked for."""


class Attachments:
    """The attachments of one space on this device."""

    def __init__(
        self,
        space: Space,
        shelf: Shelf,
        carrier: Carrier,
        timers: Timers,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """Call `begin` then."""
        self.space = space
        self._shelf = shelf
        self._carrier = carrier
        self._timers = timers
        self._spawn = spawn
        self._schema = space.tab.schema
        self._keys = frozenset(key for key, _ in places(self._schema))
        self._carriage = Carriage(self._is_named, backoff=self._backoff)
        self._listeners = Listeners()
        self._stops: list[Unsubscribe] = []
        self._closed = False
        self._loads = 0
        """How often the shelf was asked in vain what lies there."""

    async def begin(self) -> None:
        """Read what lies on the shelf, and go on with it."""
        self._stops = [
            self.space.on_status(self._stands),
            self.space.on_change(self._moved),
            self.space.on_message(self._heard),
            self.space.on_erased(self._erased),
        ]
        await self._load()
        self._stands(self.space.status())

    # -- asking -----------------------------------------------------------------------------------

    async def add(self, data: bytes) -> str:
        """Keep these bytes on this device and answer their digest; write that into a record next.

        Raises InvalidValue for what cannot be attached (`too-large`, `media`), NotDurable if this
        device does not take it.
        """
        digest = digest_of(data)
        known = self._carriage.rows.get(digest)
        # What no record names may have been let go of by another tab, which tells nobody.
        if known is None or not self._is_named(digest):
            now = self._now()
            row = Shelved(digest, len(data), "", now.wall, now.wall)
            await self._shelf.put(row, data)
            self._shelved(row)
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The bytes, if they are on this device. If not, they are fetched as soon as the relay
        answers: `on_change` tells of it."""
        row = self._carriage.rows.get(digest)
        try:
            data = await self._shelf.get(digest) if row is not None else None
        except NotDurable:  # SHELF-3
            return None
        if row is not None and data is None and not self._over:
            self._carriage.gone(digest, self._now())
        self.want(digest)
        return data

    def want(self, digest: str, *, again: bool = False) -> None:
        """Somebody looks at it: fetch it if it is not here; what is "missing" only `again`."""
        if is_digest(digest) and not self._over:
            self._carriage.want(digest, self._now(), again=again)
            self._act()

    def stands(self, digest: str) -> Stands:
        """How it stands with one, see `Stands`."""
        return self._carriage.stands(digest)

    def refused(self, digest: str) -> int:
        """With which status the relay did not take it; 0 if that did not happen."""
        return self._carriage.why(digest)

    def unsent(self) -> Collection[str]:
        """What is on this device alone, and named by a record."""
        return self._carriage.unsent()

    def on_change(self, callback: Callable[[str], None]) -> Unsubscribe:
        """Call back with the digest of what stands otherwise now; "" is all of them."""
        return self._listeners.add(KIND, callback)

    def close(self) -> None:
        """Do nothing any more. What is on the shelf stays there."""
        self._closed = True
        for stop in self._stops:
            stop()
        self._stops = []
        self._listeners.clear()
        self._timers.clear(TIMER)
        self._timers.clear(RELOAD)
        self._shelf.close()

    # -- what happens -----------------------------------------------------------------------------

    def _stands(self, status: Status) -> None:
        begins = self.space.is_leader and not self._carriage.leads
        online = status.relay == "online"
        was = self._carriage.online
        leads, epoch = self.space.is_leader, log_of(self.space)
        self._carriage.stand(self._now(), leads=leads, online=online, epoch=epoch)
        self._act()
        if online != was:
            self._listeners.tell(KIND, "")
        if begins:  # What the former leader noted, this tab may not have heard.
            self._spawn(self._load())

    def _moved(self, update: Update) -> None:
        if log_of(self.space) != self._carriage.epoch:
            self._stands(self.space.status())
        if any(key in self._keys for key, _ in update.refs):
            self._carriage.moved(self._now())
            self._act()

    def _erased(self, _: frozenset[Ref]) -> None:
        self._carriage.erased(self._now())
        self._act()

    def _heard(self, message: Message) -> None:
        if message.kind != KIND or not is_digest(message.key):
            return
        value = message.value
        if isinstance(value, list) and len(value) == 4:
            self._carriage.shelved(Shelved.read(message.key, *value), self._now())
            self._act()
            self._listeners.tell(KIND, message.key)

    async def _load(self) -> None:
        try:
            rows = await self._shelf.rows()
        except NotDurable:  # SHELF-3
            if not self._over:
                now, self._loads = self._now(), self._loads + 1
                wait = pause(self._loads - 1, self._backoff(), RELOAD, self._loads, now.wall)
                self._timers.set(RELOAD, now.mono + wait, lambda: self._spawn(self._load()))
            return
        self._loads = 0
        if not self._over:
            self._carriage.loaded(rows, self._now())
            self._act()
            self._listeners.tell(KIND, "")

    # -- doing ------------------------------------------------------------------------------------

    def _act(self) -> None:
        for effect in self._carriage.take_effects():
            match effect:
                case Give(digest):
                    self._spawn(self._give(digest))
                case Take(digest):
                    self._spawn(self._take(digest))
                case Note(row):
                    self._tell(row)
                    self._spawn(_tried(self._shelf.note(row)))
                case Drop(digest):
                    self._spawn(_tried(self._shelf.drop(digest)))
                case Wake(due):
                    self._timers.set(TIMER, due, self._woke)

    def _woke(self) -> None:
        if not self._over:
            self._carriage.woke(self._now())
            self._act()

    async def _give(self, digest: str) -> None:
        status, gone, data = 0, False, None
        try:
            data = await self._shelf.get(digest)
            gone = data is None
        except NotDurable:  # SHELF-3: as if the relay had not answered
            pass
        if data is not None:
            status = await self._carrier.give(digest, data)
        if self._over:
            return
        self._carriage.given(digest, status, self._now())
        if gone:
            self._carriage.gone(digest, self._now())
        self._act()
        self._listeners.tell(KIND, digest)

    async def _take(self, digest: str) -> None:
        epoch = log_of(self.space)
        status, data = await self._carrier.take(digest)
        if self._over:
            return
        if status == 200:
            status = await self._keep(digest, data, epoch)
        self._carriage.taken(digest, status, self._now())
        self._act()
        self._listeners.tell(KIND, digest)

    async def _keep(self, digest: str, data: bytes, epoch: str) -> int:
        """SHELF-2; answers 200, or what is as good as no answer."""
        now = self._now()
        row = Shelved(digest, len(data), epoch, now.wall, now.wall)
        try:
            if digest_of(data) != digest:
                return DAMAGED
            await self._shelf.put(row, data)
        except (InvalidValue, NotDurable):
            return DAMAGED
        self._shelved(row)
        return 200

    def _shelved(self, row: Shelved) -> None:
        if not self._over:
            self._carriage.shelved(row, self._now())
            self._tell(row)
            self._act()
            self._listeners.tell(KIND, row.digest)

    def _tell(self, row: Shelved) -> None:
        self.space.broadcast(KIND, row.digest, [row.size, row.sent, row.made, row.used])

    def _is_named(self, digest: str) -> bool:
        return is_named(self.space.view, self._schema, digest)

    @property
    def _over(self) -> bool:
        return self._closed or self.space.closed

    def _backoff(self) -> Any:
        return ordinary_of(self.space.tab.replica.view).backoff

    def _now(self) -> Moment:
        return self.space.host.now()


def log_of(space: Space) -> str:
    """The epoch of the log it follows; what stands behind "." is of readers of less."""
    return space.tab.relayed.epoch.partition(".")[0]


async def unsent_on(shelf: Shelf, space: Space) -> list[str]:
    """What lies on the shelf, is named by a record, and is not at the relay. Raises NotDurable."""
    carriage = Carriage(lambda digest: is_named(space.view, space.tab.schema, digest))
    carriage.epoch = log_of(space)
    carriage.rows = {row.digest: row for row in await shelf.rows()}
    return carriage.unsent()


async def _tried(work: Coroutine[Any, Any, None]) -> None:
    """What was not noted is sent again, what was not let go of is found when the shelf is read."""
    with suppress(NotDurable):
        await work
