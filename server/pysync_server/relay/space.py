"""Carries one space's `Admission` on the event loop, between its connections and the disk.

What is to be committed while a commit is under way goes into the next one together (group commit),
so the disk is asked as often as it can answer, not once per change.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, Final, TypeVar

from pysync.machines.effects import ClearTimer, Moment, SetTimer, WriteSnapshot
from pysync.machines.relay_frames import FAILED, Cursor, EntryRow
from pysync.model.attached import is_named, named_in
from pysync.model.rights import Rights
from pysync.model.schema import Schema
from pysync.model.state import State
from pysync.relay import effects as fx
from pysync.relay.admission import Admission
from pysync.relay.folding import TIMER as TIDYING
from pysync.relay.projection import shown_epoch
from pysync_server.passes import EVERYBODY, Pass
from pysync_server.relay.counts import Counts
from pysync_server.relay.log import RelayLog
from pysync_server.relay.pace import Pace
from pysync_server.relay.peers import Peer
from pysync_server.relay.storing import store
from pysync_server.relay.timers import Timers

MOST_BACKLOG: Final = 2_000  # batches and entries that may wait before connections are not read

logger = logging.getLogger(__name__)
T = TypeVar("T")


class SpaceHost:
    """One open space. `close` ends it; a space whose disk failed has `failure` set, and ends."""

    def __init__(self, log: RelayLog, schema: Schema, disk: Executor, counts: Counts) -> None:
        """Read the log; blocks. Raises StoreCorrupt, ProtocolError or sqlite3.Error."""
        self.peers: dict[str, Peer] = {}
        self.slow: set[str] = set()  # those of them that are congested
        self._counts = counts
        self._passes: dict[str, Pass] = {}
        self._log = log
        self._disk = disk
        self.erasures = 0  # how often somebody was erased: a state of before is not to be kept
        self._machine = Admission(schema, log.load())
        self.conflicts = self._machine.conflicts
        self._rows: list[fx.Commit] = []
        self._decided: list[float] = []  # when each of them was decided
        self._pace = Pace()
        self._jobs: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._timers = Timers(self._woke)
        self._wake = asyncio.Event()
        self._eased = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        # Whom a log that was put back holds again is erased before anybody is served.
        overdue = [each for each in self._machine.take_effects() if isinstance(each, fx.Commit)]
        if overdue:
            self._machine.committed(self._store(overdue), self._now())
        log.erasures.wipe_again(self.view)

    def start(self) -> None:
        """Begin to serve; called on the event loop."""
        self._machine.opened(self._now())
        self._pump()
        self._worker = asyncio.get_running_loop().create_task(self._work())

    async def close(self) -> None:
        """Commit what was decided, then let go of everything."""
        self._timers.close()
        if self._worker is not None:
            while self._rows and not self.failure:
                self._eased.clear()
                await self._eased.wait()
            self._worker.cancel()
        await asyncio.get_running_loop().run_in_executor(self._disk, self._log.close)

    @property
    def failure(self) -> str:
        """Why it cannot go on; "" while it can."""
        return self._machine.failure

    # -- what programs ask ------------------------------------------------------------------------

    @property
    def view(self) -> State:
        """The state, see `Admission.view`."""
        return self._machine.view

    @property
    def seq(self) -> int:
        """Where `view` stands: it is on the disk when `stored` answers."""
        return self._machine.seq

    def place(self, rights: Rights | None = None) -> Cursor:
        """Epoch and head of the log, as it is called to who has these rights."""
        return Cursor(shown_epoch(self._machine.epoch, rights), self._machine.head)

    @property
    def floor(self) -> int:
        """The first entry that can still be read."""
        return self._machine.floor

    @property
    def backlog(self) -> int:
        """Batches and entries that wait to be decided or stored."""
        return self._machine.backlog

    def kinds(self) -> Counter[str]:
        """How many connections there are of each kind."""
        return Counter(peer.kind for peer in self.peers.values())

    def size(self) -> int:
        """Bytes of its files."""
        path = self._log.path
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    async def stored(self, seq: int) -> bool:
        """Wait until everything up to there is on the disk; False if it will not be."""
        while self._machine.head < seq and not self.failure:
            self._eased.clear()
            await self._eased.wait()
        return not self.failure

    async def entry_of(self, origin: str) -> EntryRow | None:
        """The entry of a program's change, see `RelayLog.of_origin`."""
        found: asyncio.Future[EntryRow | None] = asyncio.get_running_loop().create_future()
        self._ask(partial(self._log.of_origin, origin), found.set_result)
        while not found.done() and not self.failure:
            self._eased.clear()
            await self._eased.wait()
        return found.result() if found.done() else None

    # -- connections ------------------------------------------------------------------------------

    def join(self, peer: Peer, by: Pass = EVERYBODY) -> None:
        """A connection was opened, with that pass."""
        self.peers[peer.id] = peer
        self._passes[peer.id] = by
        self._machine.came(peer.id, by.person, by.device)

    async def heard(self, peer: Peer, text: str | bytes) -> None:
        """A frame arrived on it; returns when the next one may be read."""
        self._machine.heard(peer.id, text, self._now())
        self._pump()
        while self._machine.backlog > MOST_BACKLOG and not self.failure:
            self._eased.clear()
            await self._eased.wait()

    def congested(self, peer: Peer) -> None:
        """What was queued for it piles up."""
        self.slow.add(peer.id)
        self._machine.congested(peer.id)

    def drained(self, peer: Peer) -> None:
        """What was queued for it was sent."""
        self.slow.discard(peer.id)
        self._machine.drained(peer.id)
        self._pump()

    def left(self, peer: Peer) -> None:
        """It is gone."""
        self.peers.pop(peer.id, None)
        self.slow.discard(peer.id)
        self._passes.pop(peer.id, None)
        self._machine.left(peer.id)
        self._pump()

    async def read(self, job: Callable[[RelayLog], T]) -> T:
        """Read the log: what `job` answers of it, on the disk's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._disk, job, self._log)

    # -- effects ----------------------------------------------------------------------------------

    def _pump(self) -> None:
        while effects := self._machine.take_effects():
            for effect in effects:
                self._execute(effect)

    def _execute(self, effect: fx.RelayEffect) -> None:
        machine, log = self._machine, self._log
        if isinstance(effect, fx.Send | fx.Close | fx.Denied):
            self._tell(effect)
        elif isinstance(effect, fx.Commit):
            self._counts.decided(effect.row)
            self._rows.append(effect)
            self._decided.append(time.monotonic())
            self._wake.set()
        elif isinstance(effect, fx.ReadEntries):
            read, conn = partial(log.read, effect.after, effect.last), effect.conn
            self._ask(read, lambda of: machine.entries_read(conn, of[0], follows=of[1]))
        elif isinstance(effect, fx.Compare):
            find = partial(log.entry, effect.batch, effect.text)
            self._ask(find, partial(machine.compared, effect))
        elif isinstance(effect, fx.Fold):
            fold = partial(log.folded.fold, effect.before, effect.up_to)
            self._ask(fold, lambda done: machine.folded(done[0], self._now(), more=done[1]))
        elif isinstance(effect, WriteSnapshot):
            write = partial(log.write_snapshot, effect.seq, effect.rows)
            self._ask(write, lambda _: machine.snapshot_written(self._now()))
        elif isinstance(effect, SetTimer):
            self._timers.set(effect.name, effect.due)
        elif isinstance(effect, ClearTimer):
            self._timers.clear(effect.name)

    def _tell(self, effect: fx.Send | fx.Close | fx.Denied) -> None:
        if isinstance(effect, fx.Send):
            self._counts.sent(effect.text)
        if (peer := self.peers.get(effect.conn)) is None:
            return
        if isinstance(effect, fx.Send):
            try:
                peer.send(effect.text)
            except ValueError as error:  # It costs this connection, and no other its effects.
                logger.error("space %s: %s", self._log.path.stem, error)
                peer.close(1011, "unusable")
        elif isinstance(effect, fx.Close):
            peer.close(effect.code, effect.reason)
        else:
            others = f" (and {effect.count - 1} more)" if effect.count > 1 else ""
            told = f"{self._log.path.stem}: {effect.message}{others}"
            (logger.error if effect.kind == FAILED else logger.debug)(told)
            self._passes[peer.id].noted(effect.kind, told)

    def _ask(self, job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._jobs.append((job, then))
        self._wake.set()

    def _woke(self, name: str) -> None:
        self._machine.woke(name, self._now())
        self._pump()
        if name == TIDYING:
            self._ask(self._log.attachments.digests, self._tidy)

    def _tidy(self, kept: Sequence[str]) -> None:
        """Let attachments go that nothing names (`KEEP-1`)."""
        view, lost = self.view, named_in(self.conflicts.values(), self.view.schema)
        unnamed = {d for d in kept if d not in lost and not is_named(view, view.schema, d)}
        if kept:
            tidy = partial(self._log.attachments.tidy, unnamed, time.time() * 1000)
            self._ask(tidy, lambda _: None)

    def _now(self) -> Moment:
        return Moment(time.time() * 1000, time.monotonic() * 1000)

    # -- the disk ---------------------------------------------------------------------------------

    def _store(self, made: Sequence[fx.Commit]) -> int:
        """Commit these, on the disk's thread; answers where the last one ends."""
        self.erasures += store(self._log, made, self.view.schema)
        return made[-1].row.last

    async def _work(self) -> None:
        """Commit all there is, then do one other job, and so on: what is asked of the disk is done
        in the order in which it was asked, but for reading, which may see more."""
        loop = asyncio.get_running_loop()
        while not self.failure:
            if self._rows:
                await self._pace.wait()
                rows, self._rows = self._rows, []
                decided, self._decided = self._decided, []
                try:
                    last = await loop.run_in_executor(self._disk, self._store, rows)
                except Exception as error:  # noqa: BLE001 - whatever it is, they are not stored
                    self._fail(f"{len(rows)} entries could not be stored: {error}")
                    break
                now = self._now()
                with self._pace.telling({each.row.origin for each in rows}):
                    self._machine.committed(last, now)
                    self._pump()
                for at in decided:
                    self._counts.stored(now.mono / 1000 - at)
            elif self._jobs:
                job, then = self._jobs.popleft()
                try:
                    then(await loop.run_in_executor(self._disk, job))
                except Exception as error:  # noqa: BLE001 - whatever it is, nobody must wait for it
                    self._fail(f"the log could not be read, written or told: {error!r}")
                    break
            else:
                self._wake.clear()
                await self._wake.wait()
                continue
            self._pump()
            self._eased.set()
        self._eased.set()

    def _fail(self, detail: str) -> None:
        logger.error("space %s: %s", self._log.path.stem, detail)
        self._machine.failed(detail)
        self._pump()
