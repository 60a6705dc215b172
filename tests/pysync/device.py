"""A device in the hand of a test: real tabs on one memory disk; the test says what happens next.

Nothing happens by itself. Messages, answers of the store and locks wait until they are delivered,
in any order, twice, or never; `heal` delivers what is left and lets time pass until nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pysync.erasing import write_decided
from pysync.machines import effects as fx
from pysync.machines.effects import Moment
from pysync.machines.events import Settled, TabEvent
from pysync.machines.tab import Tab
from pysync.memory import MemoryDisk, MemoryStore
from pysync.model.conflict import Conflict
from pysync.model.draft import Draft
from pysync.model.schema import Schema
from pysync.model.state import State
from pysync.values.jsonvalue import canonical
from tests.pysync.kit import WALL, cells_text


class Page:
    """One tab and what waits for it."""

    def __init__(self, device: Device, name: str, born: float) -> None:
        self.device = device
        self.name = name
        self.born = born
        self.store = MemoryStore(device.disk if device.shared else None)
        self.tab = Tab(
            space="s",
            tab=name,
            born=WALL + born,
            schema=device.schema,
            shared=device.shared,
            stores=device.shared,
        )
        self.inbox: list[str] = []
        self.answers: list[Callable[[], None]] = []
        self.timers: dict[str, float] = {}
        self.events: list[TabEvent] = []
        self.posted: list[str] = []
        self.flushing = False
        self.full = False

    @property
    def now(self) -> Moment:
        """Both clocks."""
        return Moment(WALL + self.device.time, self.device.time - self.born)

    def do(self, call: Callable[..., Any], *args: Any) -> Any:
        """A call with the time as its last argument, then its effects."""
        result = call(*args, self.now)
        self.settle()
        return result

    def run(self, work: Callable[[Draft], object], **options: Any) -> Any:
        """Draft and commit."""
        draft = self.tab.draft(self.now)
        work(draft)
        change = self.tab.commit(draft, self.now, **options)
        self.settle()
        return change

    def settle(self) -> None:
        """Execute what the machine asks for."""
        while effects := self.tab.take_effects():
            for effect in effects:
                self._execute(effect)
        self.events += self.tab.take_events()

    def settled(self) -> list[Settled]:
        """What the application heard of its own changes."""
        return [event for event in self.events if isinstance(event, Settled)]

    def flush(self) -> None:
        """The task ends."""
        if self.flushing:
            self.flushing = False
            self.do(self.tab.flush)

    def _later(self, method: Callable[..., None], *first: Any) -> Callable[[Any], None]:
        return lambda result: self.answers.append(lambda: self.do(method, *first, result))

    def _execute(self, effect: fx.Effect) -> None:  # noqa: C901, PLR0912 - one arm per effect
        tab, store = self.tab, self.store
        match effect:
            case fx.Post(text):
                self.posted.append(text)
                for other in self.device.pages:
                    if other is not self:
                        other.inbox.append(text)
            case fx.SetTimer(name, due):
                self.timers[name] = due
            case fx.ClearTimer(name):
                self.timers.pop(name, None)
            case fx.FlushSoon():
                self.flushing = True
            case fx.Append(batch, body):
                store.append(batch, body, self._later(tab.appended, batch))
            case fx.ReadLog(after):
                store.read_log(after, tab.books.knows, self._later(tab.log_read))
            case fx.ReadDecided(after):
                store.read_decided(after, self._later(tab.decided_read))
            case fx.WriteDecisions():
                write_decided(store, tab.schema, effect, self._later(tab.decisions_written))
            case fx.WriteSnapshot(term, seq, rows):
                store.write_snapshot(term, seq, rows, self._later(tab.snapshot_written))
            case fx.ClaimTerm(at_least):
                store.claim_term(at_least, self._later(tab.term_claimed))
            case fx.RequestLock(name, steal):
                self.device.request(self, name, steal)
            case fx.ReleaseLock(name):
                self.device.release(self, name)
            case fx.QueryLocks():
                self._later(tab.locks_seen)({n for n, q in self.device.locks.items() if q})
            case fx.Load():
                store.load(self._later(tab.loaded))


class Device:
    """The pages of one device, their disk and their locks."""

    def __init__(
        self,
        schema: Schema | None = None,
        *,
        tabs: int = 0,
        shared: bool = True,
        named: str = "t",
    ) -> None:
        self.schema = schema or Schema()
        self.shared = shared
        self.disk = MemoryDisk()
        self.pages: list[Page] = []
        self.locks: dict[str, list[Page]] = {}
        self.time = 0.0
        self._opened = 0
        self._named = named
        for _ in range(tabs):
            self.open()
        if tabs:
            self.heal()

    def open(self) -> Page:
        """One more tab, which has not read the store yet."""
        self._opened += 1
        self.time += 1
        page = Page(self, f"{self._named}{self._opened}", self.time)
        self.pages.append(page)
        page.do(page.tab.start)
        page.store.load(page._later(page.tab.loaded))
        return page

    def crash(self, page: Page) -> None:
        """It is gone at once, with all that waited for it."""
        self.pages.remove(page)
        for name in list(self.locks):
            self.release(page, name)

    def deliver(self, page: Page, which: int, *, keep: bool = False) -> None:
        """One message, any of those that wait; with `keep` it will come once more."""
        if page.inbox:
            at = which % len(page.inbox)
            text = page.inbox[at] if keep else page.inbox.pop(at)
            page.do(page.tab.heard, text)

    def lose(self, page: Page, which: int) -> None:
        """One message never comes."""
        if page.inbox:
            page.inbox.pop(which % len(page.inbox))

    def answer(self, page: Page) -> None:
        """The store's next answer, or the next lock."""
        if page.answers:
            page.answers.pop(0)()

    def request(self, page: Page, name: str, steal: bool) -> None:
        """Queue for a lock."""
        queue = self.locks.setdefault(name, [])
        if page in queue and not (steal and queue[0] is not page):
            return
        if page in queue:
            queue.remove(page)
        if steal and queue:
            robbed = queue.pop(0)
            robbed.answers.append(lambda: robbed.do(robbed.tab.lock_lost, name))
            queue.insert(0, page)
        else:
            queue.append(page)
        if queue[0] is page:
            page.answers.append(lambda: page.do(page.tab.lock_granted, name))

    def release(self, page: Page, name: str) -> None:
        """Give a lock back."""
        queue = self.locks.get(name, [])
        if page in queue:
            held = queue[0] is page
            queue.remove(page)
            if held and queue:
                nxt = queue[0]
                nxt.answers.append(lambda: nxt.do(nxt.tab.lock_granted, name))

    def drain(self) -> None:
        """Deliver all that waits, without letting time pass."""
        for _ in range(20_000):
            busy = False
            for page in list(self.pages):
                page.flush()
                if page.answers:
                    page.answers.pop(0)()
                    busy = True
                elif page.inbox:
                    page.do(page.tab.heard, page.inbox.pop(0))
                    busy = True
            if not busy:
                return
        raise AssertionError("the tabs never come to rest")

    def tick(self) -> None:
        """A second passes."""
        self.time += 1_000
        for page in list(self.pages):
            page.do(page.tab.beat)
            for name in [n for n, due in page.timers.items() if due <= page.now.mono]:
                if page.timers.pop(name, None) is not None:
                    page.do(page.tab.woke, name)

    def heal(self, seconds: int = 12) -> None:
        """Everything is delivered, and time passes until nothing is pending."""
        self.drain()
        for _ in range(seconds):
            self.tick()
            self.drain()

    # -- what must hold ---------------------------------------------------------------------------

    def assert_converged(self) -> None:
        """All tabs show the same, byte for byte, and nothing waits any more."""
        assert self.pages
        for page in self.pages:
            replica = page.tab.replica
            assert not replica.pending, (page.name, replica.pending)
            assert not page.tab.books.open, (page.name, page.tab.books.open)
            assert not replica.under
            assert_indexes(replica.view)
        texts = {page.name: everything(page) for page in self.pages}
        first = texts[self.pages[0].name]
        assert all(text == first for text in texts.values()), texts


def everything(page: Page) -> str:
    """Cells with their marks, conflicts, and how far each author was decided."""
    replica = page.tab.replica
    conflicts: dict[str, Conflict] = replica.conflicts
    return canonical(
        [
            cells_text(replica.view),
            [conflicts[id_].encode() for id_ in sorted(conflicts)],
            replica.heads,
            {tab: sorted(numbers) for tab, numbers in replica.skipped.items()},
        ]
    )


def assert_indexes(state: State) -> None:
    """STATE-1 for all of a state."""
    for (key, name), table in state._indexes.items():
        function = state.schema.collection(key).indexes[name]
        wanted: dict[Any, set[str]] = {}
        for record in state.all(key):
            for listed in function(record):
                wanted.setdefault(listed, set()).add(record["id"])
        assert table == wanted
