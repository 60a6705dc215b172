"""Loading: what is stored is read once, and again for as long as the store cannot say.

LOAD-1 a tab that does not know what is stored does not begin with nothing: it tries again.
LOAD-2 what cannot be read here is never written over: the tab says so and works from memory.
LOAD-3 where what is stored was replaced it is read anew, and what is not decided in it is pending
again. Floor: `hydration`, `effects`.
"""

from __future__ import annotations

from typing import Final

from pysync.errors import StoreCorrupt
from pysync.machines.effects import ClearTimer, Effect, Load, Moment, SetTimer
from pysync.machines.hydration import Hydration
from pysync.ports import Loaded, StoreFault

LOAD_TIMER: Final = "tab.load"
LOAD_RETRY_MS: Final = 500
"""When to read the store again after it could not be read; each time twice that, up to LATEST_MS:
what is waited for may be a server that many devices wait for."""
LATEST_MS: Final = 4_000


class Loading:
    """How reading the store goes."""

    def __init__(self, hydration: Hydration, out: list[Effect]) -> None:
        self.fault: StoreFault | None = None
        """Why the store could not be read so far (it is tried again), or went away under us."""
        self.unfit = False
        """What is stored cannot be read here: this tab decides nothing and takes no snapshot."""
        self.pending = True
        """Whether the store is being read, for the first time or anew: nothing is decided."""
        self._known = False
        """Whether it was read before."""
        self._tries = 0
        self._hydration = hydration
        self._out = out

    def again(self) -> None:
        """What is stored was replaced: read it, if that is not under way."""
        if not self.pending:
            self.pending = True
            self._out.append(Load())

    def take(self, result: Loaded | StoreFault, now: Moment) -> bool:
        """The store answered. False if it is to be asked again, else the tab can begin."""
        self.fault = result if isinstance(result, StoreFault) else None
        if isinstance(result, Loaded):
            try:
                self._hydration.load(result, again=self._known)
                self._known = True
            except StoreCorrupt as error:
                self.fault = StoreFault("corrupt", str(error))
        elif result.reason in ("aborted", "blocked", "unreachable"):
            pause = min(LATEST_MS, LOAD_RETRY_MS << min(self._tries, 8))
            self._tries += 1
            self._out.append(SetTimer(LOAD_TIMER, now.mono + pause))
            return False
        self._tries = 0
        self.pending = False
        self.unfit = self.fault is not None and self.fault.reason == "corrupt"
        return True

    def woke(self, timer: str) -> None:
        """Time to read again."""
        if timer == LOAD_TIMER:
            self._out.append(Load())

    def hurry(self) -> None:
        """The network is back, or somebody looks: ask at once if it is waited for."""
        if self._tries:
            self._tries = 0
            self._out += (ClearTimer(LOAD_TIMER), Load())

    def stop(self) -> None:
        """Nothing more is to happen."""
        self._out.append(ClearTimer(LOAD_TIMER))
