"""What the server measures, as Prometheus reads it."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pysync.machines.relay_frames import DIVERGED, PING, REFUSE, encode_frame
from pysync_pms.schema import SCHEMA
from pysync_server.relay.counts import BUCKETS, Counts
from tests.server.api_client import Program, create
from tests.server.relay_client import Device, batch
from tests.server.visitor import Visitor
from tests.support import Server, start_server

pytestmark = pytest.mark.req("SRV-23")
LINE = re.compile(r'(pysync_\w+)(?:{(\w+="[^"]*"(?:,\w+="[^"]*")*)})? ([0-9.e+-]+)')


@pytest.fixture
def server(bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A relay by the hotel's rules that everybody may use."""
    schema = "pysync_pms.schema:SCHEMA"
    running = start_server(tmp_path, "--port", "0", "--relay", schema, "--open")
    yield running
    running.stop()


def measure(server: Server) -> dict[str, float]:
    """Each sample by its name and labels; whatever is no line of the format fails."""
    with urllib.request.urlopen(f"{server.url}/metrics") as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = answer.read().decode().splitlines()
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    found = {}
    for line in lines:
        if not line.startswith("#"):
            match = LINE.fullmatch(line)
            assert match is not None, line
            assert re.sub("_(bucket|sum|count)$", "", match[1]) in families | {match[1]}
            found[f"{match[1]} {match[2] or ''}".strip()] = float(match[3])
    return found


def test_what_devices_and_programs_do_is_counted(server: Server) -> None:
    program = Program(server.url)
    with Device(server, "a") as a, Device(server, "b"):
        a.push(batch("t", 1))
        a.until_seq(1)
        a.push(batch("t", 1, changed=True))
        assert a.until_heard("reject").parts[1] == "altered"
        place = {"room_type": "t", "guest_id": "g", "status": "confirmed"}
        wrong = create("reservations", "r", **place, **{"from": "2033-03-05", "to": "2033-03-01"})
        assert program.change(wrong)["outcome"] == "refused"
        found = measure(server)
        assert found['pysync_connections space="hotel",kind="socket"'] == 2
        assert found["pysync_divergences_total"] == 0
        a.say(encode_frame(PING, 5, 2, "0" * 16, SCHEMA.version))
        assert a.until_heard(REFUSE).parts[0] == DIVERGED
    assert found['pysync_head space="hotel"'] == 2
    assert found['pysync_backlog space="hotel"'] == 0
    assert found['pysync_congested_connections space="hotel"'] == 0
    assert found['pysync_log_bytes space="hotel"'] > 1_000
    assert found['pysync_changes_total outcome="applied",code=""'] == 1
    assert found['pysync_changes_total outcome="refused",code="dates-reversed"'] == 1
    assert found['pysync_rejected_batches_total code="altered"'] == 1
    assert found["pysync_conflicts_total"] == 0
    assert measure(server)["pysync_divergences_total"] == 1
    assert found["pysync_commit_seconds_count"] == 2
    buckets = [found[name] for name in found if name.startswith("pysync_commit_seconds_bucket")]
    assert (len(buckets), buckets) == (len(BUCKETS) + 1, sorted(buckets))
    assert buckets[-1] == 2


@pytest.mark.req("SRV-17")
def test_strangers_are_told_nothing(owner: Visitor) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{owner.server.url}/metrics")
    assert refused.value.code == 401
    assert "pysync_head" not in refused.value.read().decode()
    refused.value.close()


@pytest.mark.parametrize(("seconds", "at"), [(0.0, 0.001), (0.005, 0.005), (99.0, float("inf"))])
def test_a_latency_is_in_the_bucket_that_bounds_it(seconds: float, at: float) -> None:
    counts = Counts()
    counts.stored(seconds)
    assert (dict(counts.latencies), counts.seconds) == ({at: 1}, seconds)
