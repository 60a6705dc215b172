"""Yesterday's files: read, decided and shown as they were, byte for byte, in every runtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pysync.machines import messages
from pysync.machines.effects import Moment
from pysync.machines.events import Problem, Ready
from pysync.machines.tab import Tab
from pysync.model.decision import decode_decision
from pysync.model.snapshot import unpack_conflicts
from pysync.ports import DecidedRow, Loaded, LogRow, StoreMeta
from pysync.values.jsonvalue import canonical
from tests.pysync.golden.replay import SCHEMA, replay

GOLDEN = Path(__file__).with_name("golden")


def _read(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text("utf-8"))


@pytest.mark.req("SRV-24")
def test_reduce_1_apply_1_merge_2_policy_1_the_same_log_gives_the_same_bytes() -> None:
    golden = _read("v3-log.json")
    made = replay(golden.pop("frames"))
    for name in golden:
        assert made[name] == golden[name], name
    assert made.keys() == golden.keys()
    outcomes = {json.loads(decision)[0] for decision in made["decisions"]}
    assert outcomes >= {"applied", "conflict", "amended", "refused", "retry"}


def test_a_log_of_before_conflicts_knew_their_base_is_decided_as_it_was() -> None:
    golden = _read("v2-log.json")
    made = replay(golden["frames"])
    decided = zip(map(json.loads, made["decisions"]), golden["decisions"], strict=True)
    for decision, before in decided:
        decision[5] = [conflict[:8] for conflict in decision[5]]
        assert canonical(decision) == before
        kept = json.loads(before)[5]
        assert decode_decision(json.loads(before)).encode()[5] == kept
    old = unpack_conflicts(golden["conflicts"])
    assert [conflict.encode()[:8] for conflict in old] == [
        conflict.encode()[:8] for conflict in unpack_conflicts(made["conflicts"])
    ]
    assert (made["snapshot"], made["records"]) == (golden["snapshot"], golden["records"])


@pytest.mark.req("TAB-16")
def test_frames_of_version_1_stay_readable() -> None:
    rows = _read("v1-frames.json")
    assert {row["type"] for row in rows} == messages.TYPES
    for row in rows:
        frame = messages.decode(row["text"])
        assert [frame.type, frame.tab, frame.ts] == [row["type"], row["tab"], row["ts"]]
        assert frame.payload == row["payload"]
        again = messages.encode(frame.type, frame.tab, frame.ts, frame.payload)
        assert again == row["text"]


def _tab() -> tuple[Tab, Moment]:
    now = Moment(1_700_000_100_000, 0)
    tab = Tab(space="s", tab="new", born=now.wall, schema=SCHEMA)
    tab.start(now)
    return tab, now


@pytest.mark.req("TAB-16")
def test_frames_of_version_1_are_understood() -> None:
    tab, now = _tab()
    meta = StoreMeta(2, "x", 0, 0, 0, 0)
    tab.loaded(Loaded(meta, {}, {}, [], []), now)
    for row in _read("v1-frames.json"):
        tab.heard(row["text"], now)
    assert tab.inbox.dropped == 0
    assert not [e for e in tab.take_events() if isinstance(e, Problem)]


@pytest.mark.req("TAB-15")
def test_a_store_of_format_2_is_read_and_shown_as_it_was() -> None:
    kept = _read("v2-store.json")
    log = {key: LogRow(key, batch, body) for key, batch, body in kept["log"]}
    rows = [DecidedRow(*row[:6], refs=tuple(row[6])) for row in kept["decided"]]
    meta = StoreMeta(**kept["meta"])
    loaded = Loaded(
        meta,
        kept["seed"],
        kept["snapshot"],
        [(row, log[row.log_key].body or "") for row in rows if row.seq > meta.snapshot_seq],
        [row for row in log.values() if row.key > meta.log_key],
    )
    tab, now = _tab()
    tab.loaded(loaded, now)
    assert [event for event in tab.take_events() if isinstance(event, Ready)] == [Ready("")]
    assert (tab.replica.seq, tab.books.unreadable) == (meta.seq, 0)
    view = tab.replica.view
    shown = {
        key: {rid: view.get(key, rid) for rid in sorted(view.cells[key])}
        for key in sorted(view.cells)
    }
    assert canonical(shown) == canonical(kept["shown"])
    whole = Loaded(
        StoreMeta(2, "x", meta.term, meta.seq, meta.log_key, 0),
        kept["seed"],
        {},
        [(row, log[row.log_key].body or "") for row in rows],
        loaded.tail,
    )
    again, now = _tab()
    again.loaded(whole, now)
    assert canonical({k: {r: again.view.get(k, r) for r in v} for k, v in shown.items()}) == (
        canonical(shown)
    ), "the log alone says the same as snapshot and log"
