"""The check sum by which a device and its relay compare: what it costs a change, and a tab.

At the relay a change is decided with the sum kept beside it and asked for now and then, and
without; in turn, in this process. In a tab the sum of everything is made once, then again after
each of some changes.
"""

from __future__ import annotations

import time
from random import Random
from typing import Final

from pysync.machines.batches import encode_batch
from pysync.machines.check_sum import CheckSum
from pysync.machines.effects import Moment
from pysync.machines.relay_frames import PUSH, Cursor, Hello, encode_frame
from pysync.model.cell import Mark
from pysync.model.change import CREATE, SET, Change, Op
from pysync.model.schema import Schema
from pysync.relay.admission import Admission
from pysync.relay.effects import Commit
from pysync.relay.stored import StoredSpace
from pysync.values.clock import stamp_at
from tests.bench.figures.latency import RECORDS
from tests.bench.rig import Rig, rows
from tests.bench.table import Row, median, median_ratio, ms

CHANGES: Final = 2_000
ASKED_EVERY: Final = 100
"""Changes between two questions: devices ask when it was quiet for half a minute."""
IN_A_TAB: Final = """
from time import perf_counter
from pysync.machines.check_sum import CheckSum

def timed(sums):
    begun = perf_counter()
    while not sums.ask(space.host.now()):
        pass
    return (perf_counter() - begun) * 1000

made = CheckSum(space.tab.replica, [])
space.tab.snapshots.sums.append(made)
"""
AGAIN: Final = """
records.update({rid!r}, {{"status": "dirty {n}"}})
await until(lambda: space.status().pending == 0)
None
"""


class Desk:
    """A relay's space in this process, and a device that pushes to it."""

    def __init__(self, *, sums: bool) -> None:
        self._space = Admission(Schema(), StoredSpace("e", 0, {}, (), {}))
        self._machine = self._space._snapshots
        self._sum = CheckSum(self._space._replica, []) if sums else None
        self._machine.sums[:] = [self._sum] if self._sum is not None else []
        self._now = Moment(time.time() * 1000, 0.0)
        self._dice = Random(1)
        hello = Hello(device="d", life="l", cursor=Cursor("e", 0))
        self._say(hello.encode())
        for n in range(1, RECORDS + 1):
            self.change(n, Op(CREATE, "c", f"{n}", {"name": f"Room {n}", "status": "clean"}))
        self.ask()

    def change(self, n: int, op: Op) -> None:
        """Change n of the device's tab, until it would be on the disk."""
        mark = Mark("tab", n, stamp_at(self._now.wall) + n)
        batch = encode_batch("tab", [Change(mark, (op,))], self._now.wall)
        self._say(encode_frame(PUSH, 0, lines=[batch.text]))

    def ask(self) -> None:
        """Somebody asks for the sum."""
        while self._sum is not None and not self._sum.ask(self._now):
            pass

    def pour(self, first: int, count: int) -> float:
        """Changes to random records; seconds for all of them."""
        chosen = [str(self._dice.randint(1, RECORDS)) for _ in range(count)]
        begun = time.perf_counter()
        for at, rid in enumerate(chosen):
            self.change(first + at, Op(SET, "c", rid, {"status": f"dirty {at}"}, ""))
            if at % ASKED_EVERY == ASKED_EVERY - 1:
                self.ask()
        return time.perf_counter() - begun

    def _say(self, text: str) -> None:
        self._space.heard("conn", text, self._now)
        committed = 0
        for effect in self._space.take_effects():
            if isinstance(effect, Commit):
                committed = effect.row.last
        if committed:
            self._space.committed(committed, self._now)
            self._space.take_effects()


def measure(rig: Rig, rounds: int, changes: int = CHANGES) -> list[Row]:
    """Two rows: at the relay, and in a tab."""
    return [_at_the_relay(rounds, changes), _in_a_tab(rig, rounds)]


def _at_the_relay(rounds: int, changes: int) -> Row:
    taken: dict[bool, list[float]] = {True: [], False: []}
    desks = {sums: Desk(sums=sums) for sums in taken}
    for number in range(rounds + 1):
        for sums, desk in desks.items():
            seconds = desk.pour(RECORDS + 1 + number * changes, changes)
            if number:
                taken[sums].append(seconds / changes * 1000)
    ratio = median_ratio(taken[True], taken[False])
    return Row(
        figure=f"a change at the relay, its check sum asked for every {ASKED_EVERY}",
        ours=ms(median(taken[True])),
        baseline=f"without {ms(median(taken[False]))}",
        ratio=f"{ratio:.2f} × without",
        bound="≤ 1.15 × without",
        reached=ratio <= 1.15,
        note=f"{RECORDS:,} records, {rounds} × {changes:,} changes in turn, decided and told; "
        "a disk beside it costs more",
    )


def _in_a_tab(rig: Rig, rounds: int) -> Row:
    with rig.device() as device:
        tab = rig.ours(device)
        tab.run(f"await start({rig.fresh('sums')!r})\nNone")
        tab.run(f"await filled({rows(RECORDS)!r})\nNone")
        tab.run("await until(lambda: space.status().pending == 0)\nNone")
        tab.run(f"{IN_A_TAB}\nNone")
        whole, again = tab.run("timed(made)"), []
        rid = rows(RECORDS)[0]["id"]
        for n in range(rounds * 5):
            tab.run(AGAIN.format(rid=rid, n=n))
            again.append(tab.run("timed(made)"))
    ratio = median(again) / whole
    return Row(
        figure=f"check sum of {RECORDS:,} records in a tab, made again after a change",
        ours=ms(median(again)),
        baseline=f"the whole {ms(whole)}",
        ratio=f"{ratio:.3f} × the whole",
        bound="≤ 0.1 × the whole",
        reached=ratio <= 0.1,
        note="made when the tab has heard nothing for half a minute, 250 records at a time",
    )
