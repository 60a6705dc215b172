"""A relay that is killed while programs write, who send again what they got no answer to."""

from __future__ import annotations

import http.client
import signal
import threading
from pathlib import Path

import pytest

from tests.server.api_client import Program, create
from tests.support import Server, start_server

OPEN = ("--relay", "any", "--open")
PROGRAMS = 4
KILLS = 3


@pytest.mark.req("SRV-27", "TAB-15")
def test_write_1_a_change_of_one_name_happens_once_whatever_dies(
    bundle: Path, tmp_path: Path
) -> None:
    server = start_server(tmp_path, "--port", "0", *OPEN)
    port = server.url.rpartition(":")[2]
    ready = threading.Event()
    ready.set()
    answered: list[set[int]] = [set() for _ in range(PROGRAMS)]
    repeated: list[int] = []
    enough = threading.Event()

    def write(which: int) -> None:
        program = Program(server.url)
        add = {"do": "add", "key": "counts", "id": str(which), "field": "n", "by": 1}
        number = 0
        while not enough.is_set():
            number += 1
            while True:
                try:
                    said = program.change(add, name=f"{which}-{number}")
                except (OSError, http.client.HTTPException, AssertionError):
                    ready.wait(60)
                    continue
                answered[which].add(said["seq"])
                repeated.extend([1] if said["repeated"] else [])
                break

    first = Program(server.url)
    first.change(*(create("counts", str(which), n=0) for which in range(PROGRAMS)))
    threads = [threading.Thread(target=write, args=(which,)) for which in range(PROGRAMS)]
    for thread in threads:
        thread.start()
    try:
        for kill in range(1, KILLS + 1):
            while min(map(len, answered)) < 30 * kill:
                threads[0].join(0.01)
            ready.clear()
            server.process.send_signal(signal.SIGKILL)
            server.stop()
            server = _again(tmp_path, port)
            ready.set()
    finally:
        enough.set()
        for thread in threads:
            thread.join(60)
    try:
        found = Program(server.url).get("records", "/records/counts")["records"]
        counts = {record["id"]: record["fields"]["n"] for record in found}
        assert counts == {str(which): len(seqs) for which, seqs in enumerate(answered)}
        every = sorted(seq for seqs in answered for seq in seqs)
        assert every == list(range(2, 2 + len(every))), "each answer is an entry of its own"
        head = Program(server.url).get("space", "")["seq"]
        assert head == every[-1], "the log holds nothing else"
    finally:
        server.stop()


def _again(data: Path, port: str) -> Server:
    return start_server(data, "--port", port, *OPEN)
