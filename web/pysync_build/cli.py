"""The commands of `build.py`, and what each does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from pysync_build.common import Stop

Command = Callable[[list[str]], int]


def commands() -> dict[str, tuple[str, Command]]:
    """Each command's one-line help and its function, which takes the remaining arguments."""
    from pysync_build import tasks  # noqa: PLC0415 - after the environment was checked

    return {
        "serve": ("build the bundle, start the server, print the address", tasks.serve),
        "test": ("run the tests; further arguments go to pytest", tasks.test),
        "build": ("build the bundle into dist/", tasks.build),
        "bench": ("measure, and print a table", tasks.bench),
        "check": ("formatter, linter and type checker, changing nothing", tasks.check),
        "backup": ("copy what the server keeps to a new folder, also while it runs", tasks.backup),
        "restore": ("put such a copy back; devices send again what they made since", tasks.restore),
        "import": ("read a CSV of bookings into the data folder", tasks.import_file),
        "browsers": ("get the browsers that the tests use", tasks.browsers),
        "lock": ("write requirements-lock.txt anew from requirements.txt", tasks.lock),
    }


def usage(table: dict[str, tuple[str, Command]]) -> str:
    """What to type, one command a line."""
    lines = [f"    python3 build.py {name:<9} {text}" for name, (text, _) in table.items()]
    return "\n".join(["usage:", *lines])


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the process's exit code."""
    table = commands()
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("command", nargs="?")
    known, _ = parser.parse_known_args(list(arguments[:1]))
    if known.command not in table:
        print(usage(table))
        return 0 if not arguments or arguments[0] in {"-h", "--help", "help"} else 2
    try:
        return table[known.command][1](list(arguments[1:]))
    except Stop as stop:
        print(f"[build] stopped: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
