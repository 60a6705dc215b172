"""Backups of what the server keeps, taken while it runs, and putting one back.

A backup is a folder: a copy of each space's log and of the book of people, each whole and of one
moment, with the first states, and `backup.json`, which is written last. What is put back begins a
new epoch of every log, so that devices which know more send it again (`web/docs/protocol.md`);
whoever was erased since is erased again before anybody is served, and everybody signs in anew.

BACKUP-1 a folder without `backup.json` is no backup: it was not finished. BACKUP-2 what was there
before a restore is moved aside, and nothing of it is deleted. BACKUP-3 nothing is put back under a
server that runs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pysync_server.firststate import FIRST_STATES
from pysync_server.people.book import PEOPLE
from pysync_server.relay.erasing import erased_in
from pysync_server.relay.log import RELAY, begin_new_epoch, lineage
from pysync_server.sqlite import Claim, InUse, copy

FORMAT: Final = 1
FACTS: Final = "backup.json"
BEFORE: Final = "before-"
"""How folders begin in which lies what was there before a restore."""


class BackupFailed(Exception):
    """It could not be done; the message says why and what to do. Nothing that was there is lost."""


def back_up(data: Path, target: Path) -> list[str]:
    """Copy what the server keeps in `data` to the new folder `target`; answers the spaces.

    Raises:
        BackupFailed: there is nothing to copy, or it cannot be copied; `target` is left as it was.
    """
    if target.exists():
        raise BackupFailed(f"{target} is there already: name a folder that is not")
    logs = sorted((data / RELAY).glob("*.sqlite"))
    if not logs and not (data / PEOPLE).exists():
        raise BackupFailed(f"{data} holds nothing of a relay: name its folder with --data")
    unfinished = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        for path in [*logs, *filter(Path.exists, [data / PEOPLE])]:
            copy(path, unfinished / path.relative_to(data))
        if (data / FIRST_STATES).is_dir():
            shutil.copytree(data / FIRST_STATES, unfinished / FIRST_STATES)
        facts = {"format": FORMAT, "made": time.time(), "spaces": [path.stem for path in logs]}
        (unfinished / FACTS).write_text(json.dumps(facts), "utf-8")
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise BackupFailed(f"{data} could not be copied to {target}: {error}") from error
    return [path.stem for path in logs]


def restore(source: Path, data: Path) -> tuple[list[str], Path | None]:
    """Put a backup back. Answers its spaces, and where what was in `data` is now.

    Raises:
        BackupFailed: it is no backup, a server runs on `data`, or the disk does not take it; what
            was in `data` is there, or beside it under the name that the message says.
    """
    facts = _facts(source)
    put, aside = data / "restoring", data / f"{BEFORE}{time.strftime('%Y%m%d-%H%M%S')}"
    shutil.rmtree(put, ignore_errors=True)
    try:
        data.mkdir(parents=True, exist_ok=True)
        with _claimed(data):
            shutil.copytree(source, put)
            (put / FACTS).unlink()
            for path in (put / RELAY).glob("*.sqlite"):
                known = [data / RELAY, *(former / RELAY for former in data.glob(f"{BEFORE}*"))]
                erased = [each for folder in known for each in erased_in(folder / path.name)]
                begin_new_epoch(path, lineage(data / RELAY / path.name), erased)
                if erased:  # Its spaces have begun, and it may hold them.
                    for file in (put / FIRST_STATES).glob(f"{path.stem}.json*"):
                        file.unlink()
            _sign_out_everybody(put / PEOPLE)
            moved = _move_aside(data, aside)
            for path in put.iterdir():
                path.rename(data / path.name)
            put.rmdir()
    except (OSError, sqlite3.Error) as error:
        where = f"; what was in {data} is in {aside}" if aside.exists() else ""
        raise BackupFailed(f"{source} could not be put back: {error}{where}") from error
    return facts["spaces"], aside if moved else None


def _move_aside(data: Path, aside: Path) -> bool:
    """What the server keeps, and nothing else that lies there. Answers whether there was any."""
    kept = [data / RELAY, data / FIRST_STATES, *data.glob(f"{PEOPLE}*")]
    for path in filter(Path.exists, kept):
        aside.mkdir(exist_ok=True)
        path.rename(aside / path.name)
    return aside.exists()


def _facts(source: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((source / FACTS).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{source} is no whole backup ({error}): name another one") from error
    if facts.get("format") != FORMAT:
        raise BackupFailed(f"{source} has format {facts.get('format')}, this server reads {FORMAT}")
    return facts


@contextmanager
def _claimed(data: Path) -> Iterator[None]:
    """Nobody writes there. Raises BackupFailed."""
    claims: list[Claim] = []
    try:
        for path in [*(data / RELAY).glob("*.sqlite"), *filter(Path.exists, [data / PEOPLE])]:
            try:
                claims.append(Claim(path))
            except InUse as error:
                raise BackupFailed(f"a server uses {path}: stop it first") from error
        yield
    finally:
        for claim in claims:
            claim.close()


def _sign_out_everybody(people: Path) -> None:
    """A session that was ended after the backup must not come back."""
    if people.exists():
        db = sqlite3.connect(people)
        with db:
            db.execute("UPDATE devices SET session = NULL, expires = 0")
        db.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """`backup TARGET` or `restore SOURCE`; returns the process's exit code."""
    parser = argparse.ArgumentParser(prog="pysync_server.backup", description=__doc__)
    parser.add_argument("what", choices=("backup", "restore"))
    parser.add_argument("folder", type=Path, help="the backup: a new folder, or the one to restore")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="what the server keeps")
    options = parser.parse_args(arguments)
    try:
        if options.what == "backup":
            spaces = back_up(options.data, options.folder)
            print(f"{options.folder} holds {', '.join(spaces) or 'no space'}")
        else:
            spaces, aside = restore(options.folder, options.data)
            print(f"{options.data} holds {', '.join(spaces) or 'no space'} as it was backed up.")
            print("Devices send again what they made since; everybody signs in anew.")
            if aside is not None:
                print(f"What was there before is in {aside}.")
    except BackupFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
