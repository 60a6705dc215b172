"""Whatever arrives on a socket, at either end: an answer in words, and nothing else happens."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.machines.relay_frames import PROBLEM, PUSH, REJECT, TYPES, WELCOME, decode_frame
from tests.pysync.kit import texts
from tests.pysync.relay.network import Network
from tests.pysync.relay.rig import EPOCH, RelayRig, batch

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(texts(), inner, max_size=4)
    ),
    max_leaves=5,
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "protocol": st.one_of(st.integers(-1, 3), JSON),
        "schema": st.one_of(st.just(1), JSON),
        "device": st.one_of(st.just("d"), JSON),
        "life": st.one_of(st.just("l"), JSON),
        "cursor": st.one_of(st.just([EPOCH, 0]), JSON),
        "epoch": st.one_of(st.just(EPOCH), JSON),
        "head": st.one_of(st.just(1), JSON),
        "resumes": st.one_of(st.booleans(), JSON),
        "now": st.one_of(st.just(1), JSON),
    },
)
LINES = st.lists(
    st.one_of(
        JSON.map(json.dumps),
        st.tuples(st.integers(-1, 3), st.integers(-1, 3), JSON, JSON).map(json.dumps),
        st.sampled_from([batch("t", 1).text, batch("u", 2, 5).text, batch("x", 1).text[:-1]]),
        st.text(max_size=20).filter(lambda text: "\n" not in text),
    ),
    max_size=4,
)


@st.composite
def frames(draw: st.DrawFn) -> str:
    """Something like a frame: a type that there is with parts and lines of all kinds."""
    parts = draw(st.one_of(st.lists(JSON, max_size=4), FACTS.map(lambda facts: [facts])))
    first = json.dumps([draw(st.sampled_from(sorted(TYPES))), *parts])
    return "\n".join([first, *draw(LINES)])


def mutilated(text: str, at: int, put: str) -> str:
    """The text with some of it replaced."""
    at %= len(text) + 1
    return text[:at] + put + text[at + len(put) :]


@settings(max_examples=100, deadline=None)
@given(st.lists(frames(), max_size=6), st.booleans())
def test_the_relay_bears_any_frame(said: list[str], greeted: bool) -> None:
    relay = RelayRig()
    relay.hello("good")
    relay.push("good", batch("g", 1))
    relay.commit()
    if greeted:
        relay.hello("bad")
    for text in said:
        relay.hear("bad", text)
        relay.commit()
    known = {"g.1", "t.1", "u.2"}
    assert {row.batch for row in relay.log} <= known, "only what is a whole batch was taken"
    assert not relay.answers("good", PROBLEM)
    assert not relay.answers("good", REJECT)
    relay.push("good", batch("g", 2))
    relay.commit()
    assert relay.entries("good")[-1].batch == "g.2"
    assert [row.seq for row in relay.entries("good")] == list(range(1, len(relay.log) + 1))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.text(max_size=6))
def test_the_relay_bears_a_damaged_push(at: int, put: str) -> None:
    relay = RelayRig()
    relay.hello("d")
    whole = "\n".join([f'["{PUSH}",0]', batch("t", 1).text, batch("t", 2).text])
    relay.hear("d", mutilated(whole, at, put))
    relay.commit()
    relay.push("d", batch("t", 1), batch("t", 2))
    relay.commit()
    for row in relay.log:
        assert decode_frame(f'["{PUSH}",0]\n{row.text}').lines == [row.text]
    assert relay.replayed()


@settings(max_examples=100, deadline=None)
@given(st.lists(frames(), max_size=5))
def test_a_device_bears_any_frame_and_finds_back(said: list[str]) -> None:
    network = Network(["a", "b"])
    a, b = network.nodes.values()
    a.write()
    network.heal()
    for text in said:
        if f'["{WELCOME}"' in text or '["entries"' in text:
            continue  # A lie in the right form cannot be told from the truth.
        a.session.heard(text, a.now)
        a.run()
        network.collect()
    network.pass_time(120_000)
    b.write()
    network.heal()
    assert a.stored == b.stored == ["a.1", "b.1"]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 200), st.text(max_size=6), st.booleans())
def test_a_device_bears_damaged_entries_and_takes_none_of_another_form(
    at: int, put: str, early: bool
) -> None:
    network = Network(["a"])
    a = network.nodes["a"]
    if not early:
        network.heal()
    text = "\n".join(['["entries"]', "[1,1,0,0]", batch("x", 1).text])
    a.session.heard(mutilated(text, at, put), a.now)
    a.run()
    assert len(a.stored) <= 1
    if not a.stored:
        network.pass_time(120_000)
        a.write()
        network.heal()
        assert a.stored == ["a.1"]
