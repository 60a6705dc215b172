"""Joining: a space that a device kept alone comes to a relay, in steps that can be taken one at a
time, left, and taken again.

What is here goes there as the changes that made it: the batches of the device's log, under their
own names, decided by the relay like all others. So nothing can arrive twice, an upload that was
interrupted goes on with what is missing, and the history comes along. What the log stands on but
does not hold, the records of a first state, goes before it (`founding`), unless the relay's log
began with it, too. Where the relay has another value under the same name, both are kept, and a
person is asked (`reducer.decide(asks=True)`).

The upload is carried by a second space in memory (`courier`), which follows the relay with a copy
of the log: the space itself stays as it is, goes on working, and is what there is to return to. To
switch on makes the relay's state its own in one transaction (`taking_over`); what was
done here in the meantime has no entry there yet, and is sent like everything later.
Floor: `space`, `first_state`, `machines.founding`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Literal, Protocol

from pysync.comparison import Comparison, compare
from pysync.durability import ask
from pysync.errors import NotDurable, RelayUnreachable, SignInNeeded, UsageError
from pysync.executor import Executor
from pysync.letters import DeadLetter
from pysync.machines.founding import found
from pysync.machines.rounds import VOID_REF
from pysync.machines.tab import Tab
from pysync.machines.void import all_void, pack_void
from pysync.memory import MemoryDisk, MemoryStore
from pysync.model.conflict import Conflict
from pysync.model.snapshot import VOID_ROW, read_rows
from pysync.ports import Beginning, Loaded, Store
from pysync.space import Space
from pysync.taking_over import take_over

LOT: Final = 32
"""Batches that the courier is given at a time: a page must be able to breathe in between."""

Stage = Literal["idle", "looking", "looked", "uploading", "uploaded", "switching", "joined"]
Trouble = Literal["", "unreachable", "signed-out", "refused", "not-saved"]


class Ways(Protocol):
    """What a host gives: the ways to the relay's space."""

    def fetch(self) -> Awaitable[Beginning]:
        """The relay's state. Raises RelayUnreachable, or SignInNeeded."""
        ...

    def carry(self, name: str, store: Store) -> tuple[Tab, Executor]:
        """A tab of that space on this store alone, which follows the relay; not started yet."""
        ...


class Joining:
    """The steps of one space. `changed()` is called whenever something of it is another way."""

    def __init__(self, space: Space, ways: Ways, changed: Callable[[], None]) -> None:
        self.stage: Stage = "idle"
        """How far it got: `uploaded` only once the relay has confirmed all that is here."""
        self.trouble: Trouble = ""
        """Why the last step did not go through; `reason` says more. Take it again."""
        self.reason = ""
        self.comparison: Comparison | None = None
        """As of the last look."""
        self.courier: Space | None = None
        """The space as it is at the relay, while it is uploaded and until it is switched on: its
        conflicts can be settled there."""
        self._space = space
        self._ways = ways
        self._changed = changed
        self._left: list[tuple[str, str]] = []
        """What the courier was not given yet."""
        self._total = 0
        self._founded: list[tuple[str, str]] = []
        self._arrived: dict[str, str] = {}
        """What an upload before this one had brought there: what became of it is not known here,
        and is asked for once the space follows the relay (TAKEOVER-3)."""

    # -- reading ----------------------------------------------------------------------------------

    @property
    def progress(self) -> tuple[int, int]:
        """How many of how many batches the relay has."""
        under_way = len(self.courier.tab.books.open) if self.courier is not None else 0
        return self._total - len(self._left) - under_way, self._total

    @property
    def conflicts(self) -> list[Conflict]:
        """What waits for somebody at the relay, as far as it is known here."""
        return self.courier.conflicts() if self.courier is not None else []

    @property
    def refused(self) -> list[DeadLetter]:
        """Changes that a rule refused there; their content comes along, as dead letters."""
        return self.courier.dead_letters if self.courier is not None else []

    # -- the steps --------------------------------------------------------------------------------

    async def look(self) -> None:
        """See what the relay has, and compare. Changes nothing."""
        if self.courier is None:
            await self._try("looking", self._look)

    async def upload(self) -> None:
        """Send what is here, or what is missing of it. Answers as soon as that is under way; the
        space goes on as before. Raises UsageError for a space that follows a relay already."""
        if self._space.tab.relayed.epoch:
            raise UsageError("this space follows a relay already")
        if self.courier is None:
            await self._try("looking", self._upload)

    def stop(self) -> None:
        """Send no more. What arrived is there, and is not sent again; here nothing changed."""
        if self.stage in ("uploading", "uploaded", "looked"):
            self._close()
            self._be("idle")

    async def switch_on(self) -> None:
        """From here on the space follows the relay, in every tab of the device. Raises UsageError
        unless everything is uploaded."""
        if self.stage != "uploaded":
            raise UsageError("switch on once everything is uploaded")
        await self._try("switching", self._switch_on)

    # -- inside -----------------------------------------------------------------------------------

    def _be(self, stage: Stage, trouble: Trouble = "", reason: str = "") -> None:
        if (stage, trouble, reason) != (self.stage, self.trouble, self.reason):
            self.stage, self.trouble, self.reason = stage, trouble, reason
            self._changed()

    async def _try(self, stage: Stage, step: Callable[[], Awaitable[None]]) -> None:
        before: Stage = self.stage if stage == "switching" else "idle"
        self._be(stage)
        try:
            await step()
        except SignInNeeded as error:
            self._be(before, "signed-out", str(error))
        except RelayUnreachable as error:
            self._be(before, "unreachable", str(error))
        except NotDurable as error:
            self._be(before, "not-saved", str(error))

    async def _look(self) -> None:
        there = await self._ways.fetch()
        self.comparison = compare(self._space.tab.replica.view, there)
        self._be("looked")

    async def _upload(self) -> None:
        there = await self._ways.fetch()
        self.comparison = compare(self._space.tab.replica.view, there)
        host = self._space.host
        loaded: Loaded = await ask(host, host.store.load)
        disk = MemoryDisk(incarnation=loaded.meta.incarnation)
        disk.seed[VOID_ROW] = await self._void()
        store = MemoryStore(disk)
        term = await ask(host, store.claim_term, 1)
        await ask(host, take_over, store, self._space.tab.schema, term, there, {})
        known = read_rows(there.rows)
        wall = host.now().wall
        founded = found(
            read_rows(loaded.seed), known, disk.incarnation, self._space.tab.schema, wall
        )
        self._founded = [(batch.id, batch.text) for batch in founded]
        log = await self._log()
        self._arrived = {batch: text for batch, text in log if known.holds(batch)}
        self._left = [*self._founded, *(each for each in log if each[0] not in self._arrived)]
        self._total = len(self._left)
        self._open(store)

    async def _void(self) -> str:
        """What had no effect here: nor will it there."""
        host = self._space.host
        kept = await ask(host, host.store.rows, VOID_ROW)
        found = await ask(host, host.store.history, VOID_REF)
        return pack_void(all_void(kept.values(), found))

    async def _log(self) -> list[tuple[str, str]]:
        """The batches of the device."""
        host = self._space.host
        rows = await ask(host, host.store.read_log, 0, lambda _: False)
        return [(row.batch, row.body) for row in rows if row.body is not None]

    def _open(self, store: Store) -> None:
        tab, host = self._ways.carry(self._space.name, store)
        tab.relayed.joins = True
        courier = self.courier = Space(tab, host)
        host.on_events = courier.take_events
        courier.on_status(lambda _: self._moved())
        self._be("uploading")
        host.start()
        self._moved()

    def _moved(self) -> None:
        """The courier has news: give it more, and see whether it is done."""
        courier = self.courier
        if courier is None or not courier.is_ready:
            return
        self._feed(courier)
        now = courier.status()
        if now.relay in ("refused", "signed-out"):
            self._be("uploading", now.relay, now.relay_reason)
        elif now.relay == "offline":
            self._be("uploading", "unreachable", "the server does not answer at the moment")
        elif self._left or now.pending or now.unsaved or now.relay != "online":
            self._be("uploading")
        else:
            self._be("uploaded")
        self._changed()

    def _feed(self, courier: Space) -> None:
        if self._left and len(courier.tab.books.open) < LOT:
            lot, self._left = self._left[:LOT], self._left[LOT:]
            courier.host.store.append_all(dict(lot), lambda _batch, _result: None)
            courier.tab.ledger.stored(courier.host.now())
            courier.host.pump()

    async def _switch_on(self) -> None:
        host, courier = self._space.host, self.courier
        assert courier is not None
        there = await self._ways.fetch()
        refused = await ask(host, courier.host.store.history, VOID_REF)
        rows = {**there.rows, VOID_ROW: pack_void(all_void((), refused))}
        term = await self._lead()
        schema, state = self._space.tab.schema, replace(there, rows=rows)
        await ask(host, take_over, host.store, schema, term, state, self._arrived)
        self._close()
        self._space.tab.anew()
        host.pump()
        for batch, text in self._founded:
            with suppress(NotDurable):  # It is there, or the relay has it.
                await ask(host, host.store.append, batch, text)
        self._be("joined")

    async def _lead(self) -> int:
        """The term of this tab, which leads from now on: nobody else may decide meanwhile."""
        space = self._space
        while not space.tab.leads_under():
            told = space.host.pledge()
            stops = [
                listen(lambda *_: None if told.done() else told.set_result(None))  # noqa: B023
                for listen in (space.on_status, space.on_leader)
            ]
            if not space.is_leader:
                space.force_leader()
            if not space.tab.leads_under():
                await told
            for stop in stops:
                stop()
        return space.tab.leads_under()

    def _close(self) -> None:
        courier, self.courier = self.courier, None
        self._left, self._total = [], 0
        if courier is not None:
            courier.close()
