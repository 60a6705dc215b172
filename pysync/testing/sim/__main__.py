"""Replay one world, or look for a broken one: `python -m pysync.testing.sim --seed N --steps M`."""

from __future__ import annotations

import argparse
import sys
import time

from pysync.testing.sim.swarm import Swarm
from pysync.testing.sim.world import Broken


def main(argv: list[str] | None = None) -> int:
    """Run `--count` seeds from `--seed` on; print the story of the first that breaks."""
    parser = argparse.ArgumentParser(prog="pysync.testing.sim", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds")
    parser.add_argument("--steps", type=int, default=150, help="verbs per world")
    parser.add_argument("--lines", type=int, default=400, help="lines of the timeline to print")
    parser.add_argument("--memory", action="store_true", help="tabs without a store in common")
    parser.add_argument("--keep-going", action="store_true", help="do not end at the first")
    options = parser.parse_args(argv)
    begun, broken = time.monotonic(), 0
    for seed in range(options.seed, options.seed + options.count):
        try:
            report = Swarm(seed, shared=not options.memory).run(options.steps)
        except Broken as error:
            broken += 1
            if options.keep_going:
                print(seed, str(error).splitlines()[0][:200], flush=True)
                continue
            head, *story = str(error).splitlines()
            print("\n".join([head, story[0], *story[1:][-options.lines :]]))
            return 1
        if options.count == 1:
            print(report)
    print(f"{options.count} worlds, {broken} broken, {time.monotonic() - begun:.1f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
