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
from typing import Final

from pysync.comparison import Comparison, compare
from pysync.durability import ask
from pysync.errors import NotDurable, Refused, RelayUnreachable, SignInNeeded, UsageError
from pysync.joining_ways import Stage, Trouble, Ways
from pysync.letters import DeadLetter
from pysync.machines.founding import found, founder_of
from pysync.machines.replica import Replica
from pysync.machines.rounds import VOID_REF
from pysync.machines.void import all_void, pack_void
from pysync.memory import MemoryDisk, MemoryStore
from pysync.model.conflict import Conflict
from pysync.model.snapshot import VOID_ROW, Rows, read_rows
from pysync.ports import Loaded
from pysync.space import Space
from pysync.taking_over import take_over

LOT: Final = 32
"""Batches that the courier is given at a time: a page must be able to breathe in between."""


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
        self._device = ""
        self._seed = Rows()
        self._left: list[tuple[str, str]] = []
        """What the courier was not given yet."""
        self._under_way: set[str] = set()
        """What it was given, and has heard nothing of."""
        self._total = 0
        self._authors: frozenset[str] = frozenset()
        """Whose changes are brought."""
        self._founded: list[tuple[str, str]] = []
        self._arrived: dict[str, str] = {}
        """What an upload before this one had brought there: what became of it is not known here,
        and is asked for once the space follows the relay (TAKEOVER-3)."""

    # -- reading ----------------------------------------------------------------------------------

    @property
    def progress(self) -> tuple[int, int]:
        """How many of how many batches the relay has."""
        return self._total - len(self._left) - len(self._under_way), self._total

    @property
    def conflicts(self) -> list[Conflict]:
        """What waits for somebody at the relay because what was brought stands against something
        there: what is there, and the `incoming` value of this device."""
        found = self.courier.conflicts() if self.courier is not None else []
        return [each for each in found if each.id.rpartition(".")[0] in self._authors]

    @property
    def refused(self) -> list[DeadLetter]:
        """Changes that a rule refused there; their content comes along, as dead letters."""
        return self.courier.dead_letters if self.courier is not None else []

    # -- the steps --------------------------------------------------------------------------------

    async def look(self) -> None:
        """Meet the relay and compare. Changes nothing, here or there."""
        if self.stage in ("idle", "looked"):
            await self._try("looking", self._look)

    async def upload(self) -> None:
        """Send what is here, or what is missing of it. Answers as soon as that is under way; the
        space goes on as before."""
        if self.stage in ("idle", "looked"):
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
            self._failed(before, "signed-out", str(error))
        except RelayUnreachable as error:
            self._failed(before, "unreachable", str(error))
        except Refused as error:
            self._failed(before, "refused", error.message)
        except NotDurable as error:
            self._failed(before, "not-saved", str(error))

    def _failed(self, stage: Stage, trouble: Trouble, reason: str) -> None:
        if stage == "idle":
            self._close()
        self._be(stage, trouble, reason)

    async def _look(self) -> None:
        await self._meet()
        self._be("looked")

    async def _meet(self) -> Space:
        """The courier, once it has all that the relay has."""
        courier = self.courier or await self._open()
        while not courier.tab.relayed.caught_up:
            now = courier.status()
            if now.relay == "signed-out":
                raise SignInNeeded(now.relay_reason)
            if now.relay == "refused":
                raise Refused("joins", now.relay_reason)
            if now.relay == "offline":
                raise RelayUnreachable("the server does not answer")
            await news(courier)
        self.comparison = compare(self._space.tab.replica.view, courier.tab.replica.view)
        return courier

    async def _open(self) -> Space:
        """A courier that has nothing to send yet. Raises UsageError for a space that follows a
        relay already."""
        host = self._space.host
        if self._space.tab.relayed.epoch:
            raise UsageError("this space follows a relay already")
        there = await self._ways.fetch()
        loaded: Loaded = await ask(host, host.store.load)
        self._seed, self._device = read_rows(loaded.seed), loaded.meta.incarnation
        disk = MemoryDisk(incarnation=self._device)
        disk.seed[VOID_ROW] = await self._void()
        store = MemoryStore(disk)
        term = await ask(host, store.claim_term, 1)
        await ask(host, take_over, store, self._space.tab.schema, term, there, {})
        tab, executor = self._ways.carry(self._space.name, store)
        tab.relayed.joins = True
        courier = self.courier = Space(tab, executor)
        executor.on_events = courier.take_events
        courier.on_status(lambda _: self._moved())
        executor.start()
        return courier

    async def _upload(self) -> None:
        courier = await self._meet()
        there, wall = courier.tab.replica, self._space.host.now().wall
        founded = found(self._seed, there, self._device, wall)
        self._founded = [(batch.id, batch.text) for batch in founded]
        log = await self._log()
        names = (*(batch for batch, _ in log), f"{founder_of(self._device)}.1")
        self._authors = frozenset(name.rpartition(".")[0] for name in names)
        self._arrived = {batch: text for batch, text in log if _has(there, batch)}
        self._left = [*self._founded, *(each for each in log if each[0] not in self._arrived)]
        self._total = len(self._left)
        self._be("uploading")
        self._moved()

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

    def _moved(self) -> None:
        """The courier has news: give it more, and see whether it is done."""
        courier = self.courier
        if courier is None or self.stage not in ("uploading", "uploaded"):
            return
        books = courier.tab.books
        for batch in tuple(self._under_way):
            if (
                _has(courier.tab.replica, batch)
                or batch in books.rejected
                or books.void.get(batch) == ()
            ):
                self._under_way.discard(batch)
        self._feed(courier)
        now = courier.status()
        if now.relay in ("refused", "signed-out"):
            self._be("uploading", now.relay, now.relay_reason)
        elif now.relay == "offline":
            self._be("uploading", "unreachable", "the server does not answer at the moment")
        elif self._left or self._under_way or now.pending or now.relay != "online":
            self._be("uploading")
        elif self.stage != "uploaded":
            self._be("uploaded")
        self._changed()

    def _feed(self, courier: Space) -> None:
        if self._left and len(self._under_way) < LOT:
            lot, self._left = self._left[:LOT], self._left[LOT:]
            self._under_way.update(batch for batch, _ in lot)
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
        if not space.tab.leads_under() and not space.is_leader:
            space.force_leader()
        while not (term := space.tab.leads_under()):
            await news(space)
        return term

    def _close(self) -> None:
        courier, self.courier = self.courier, None
        self._left, self._total = [], 0
        self._under_way.clear()
        if courier is not None:
            courier.close()


async def news(space: Space) -> None:
    """Wait until something happened in the space."""
    told = space.host.pledge()
    stop = space.on_status(lambda _: None if told.done() else told.set_result(None))
    await told
    stop()


def _has(there: Replica, batch: str) -> bool:
    """Whether that batch was decided there."""
    tab, _, first = batch.rpartition(".")
    return there.was_decided(tab, int(first))
