"""What the `Store` contract is written with: places, answers, rows. Floor: `ports`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Protocol, TypeVar

from pysync.ports import DecidedRow, Loaded, Store, StoreFault

T = TypeVar("T")
ANSWER_SECONDS: Final = 20.0
"""No case waits longer than this for one answer."""


class StorePlace(Protocol):
    """Where one space lies. `open` may be called several times: each is a tab of the device."""

    def open(self) -> Store:
        """Another store on this place."""

    async def set_format(self, number: int) -> None:
        """Overwrite the stored format number from outside, as a newer build would."""


async def answer(call: Callable[..., None], *args: Any) -> Any:
    """What a port's method answers; fails if it answers twice or never."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def done(result: Any) -> None:
        assert not future.done(), f"{call} answered twice"
        future.set_result(result)

    call(*args, done)
    return await asyncio.wait_for(future, ANSWER_SECONDS)


async def value(kind: type[T], call: Callable[..., None], *args: Any) -> T:
    """The answer, which must be of this kind."""
    result = await answer(call, *args)
    assert isinstance(result, kind), f"{call} answered {result!r}"
    return result


async def fault(call: Callable[..., None], *args: Any) -> str:
    """The reason of the answer, which must be a fault."""
    return (await value(StoreFault, call, *args)).reason


async def rows_of(call: Callable[..., None], *args: Any) -> list[Any]:
    """The rows of the answer."""
    result = await answer(call, *args)
    assert not isinstance(result, StoreFault), f"{call} answered {result!r}"
    return list(result)


def nothing_known(batch: str) -> bool:
    """A reader that knows no batch."""
    return not isinstance(batch, str)


async def ready(place: StorePlace) -> Store:
    """An opened store."""
    store = place.open()
    await value(Loaded, store.load)
    return store


async def filled(place: StorePlace, batches: int) -> tuple[Store, list[int], int]:
    """A store with so many batches in its log, and a claimed term."""
    store = await ready(place)
    keys = [await value(int, store.append, f"b{n}", f"frame {n} é\n😀") for n in range(batches)]
    return store, keys, await value(int, store.claim_term, 0)


def verdict(
    seq: int, key: int, batch: str, *, count: int = 1, term: int = 1, refs: Sequence[str] = ()
) -> DecidedRow:
    """A verdict row."""
    return DecidedRow(seq, count, key, batch, term, "", tuple(refs))


def foreign(seq: int, *, count: int = 1, term: int = 1, refs: Sequence[str] = ()) -> DecidedRow:
    """A verdict row on what another device made, which carries its frame."""
    return DecidedRow(seq, count, 0, f"f{seq}", term, "", tuple(refs), f"foreign {seq} é\n😀")


StoreCase = Callable[[StorePlace], Coroutine[Any, Any, None]]
