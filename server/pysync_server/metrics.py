"""What the server measures, in the text format of Prometheus: `GET /metrics`, for who has a token.

The format is a few lines of text, so no library makes it. Floor: `relay.hub`, `api.callers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from math import inf

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pysync_server.api.callers import Callers
from pysync_server.api.errors import Failed
from pysync_server.relay.counts import BUCKETS, Counts
from pysync_server.relay.hub import Hub

Sample = tuple[Mapping[str, str], float]


class Metrics:
    """The route."""

    def __init__(self, hub: Hub, callers: Callers) -> None:
        self._hub = hub
        self._callers = callers

    async def answer(self, request: Request) -> Response:

        try:
            self._callers.caller(request)
        except Failed as error:
            body = {"error": {"code": error.code, "message": error.message}}
            return JSONResponse(body, error.status, {"cache-control": "no-store"})
        return Response(
            "".join(_text(self._hub)),
            media_type="text/plain; version=0.0.4",
            headers={"cache-control": "no-store"},
        )


def _text(hub: Hub) -> Iterator[str]:
    counts, spaces = hub.counts, hub.open_spaces()
    gauges: dict[str, tuple[str, Iterable[Sample]]] = {
        "pysync_connections": (
            "Connections of an open space, by their kind.",
            [
                ({"space": name, "kind": kind}, number)
                for name, space in spaces.items()
                for kind, number in space.kinds().items()
            ],
        ),
        "pysync_head": (
            "The newest entry of an open space that is on the disk.",
            [({"space": name}, space.place().seq) for name, space in spaces.items()],
        ),
        "pysync_floor": (
            "The first entry of an open space that was not cleaned up.",
            [({"space": name}, space.floor) for name, space in spaces.items()],
        ),
        "pysync_backlog": (
            "Batches and entries of an open space that wait to be decided or stored.",
            [({"space": name}, space.backlog) for name, space in spaces.items()],
        ),
        "pysync_congested_connections": (
            "Connections of an open space that take less than there is for them.",
            [({"space": name}, len(space.slow)) for name, space in spaces.items()],
        ),
        "pysync_log_bytes": (
            "The size of an open space's files.",
            [({"space": name}, space.size()) for name, space in spaces.items()],
        ),
    }
    for name, (about, samples) in gauges.items():
        yield from _family(name, "gauge", about, samples)
    outcomes = counts.outcomes.items()
    yield from _family(
        "pysync_changes_total",
        "counter",
        "Changes that were decided, by outcome and by the code of a refusal or amendment.",
        [({"outcome": outcome, "code": code}, number) for (outcome, code), number in outcomes],
    )
    yield from _family(
        "pysync_rejected_batches_total",
        "counter",
        "Batches that no log took, by code.",
        [({"code": code}, number) for code, number in counts.rejects.items()],
    )
    about = "Devices that held something else than the log makes of it, and began anew."
    yield from _family("pysync_divergences_total", "counter", about, [({}, counts.divergences)])
    about = "Conflicts that changes made."
    yield from _family("pysync_conflicts_total", "counter", about, [({}, counts.conflicts)])
    yield from _histogram(counts)


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        yield f"{name}{_labels(labels)} {value}\n"


def _labels(labels: Mapping[str, str]) -> str:
    """As the format has them.

    >>> _labels({"code": 'a"b'})
    '{code="a\\\\"b"}'
    """
    escaped = {
        name: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        for name, value in labels.items()
    }
    inside = ",".join(f'{name}="{value}"' for name, value in escaped.items())
    return f"{{{inside}}}" if inside else ""


def _histogram(counts: Counts) -> Iterator[str]:
    name = "pysync_commit_seconds"
    about = "From the verdict on a batch, given when it comes, until it is on the disk."
    yield f"# HELP {name} {about}\n"
    yield f"# TYPE {name} histogram\n"
    bounds = (*BUCKETS, inf)
    below = list(accumulate(counts.latencies[bound] for bound in bounds))
    for bound, number in zip(bounds, below, strict=True):
        yield f'{name}_bucket{{le="{"+Inf" if bound == inf else bound}"}} {number}\n'
    yield f"{name}_sum {counts.seconds}\n{name}_count {below[-1]}\n"
