"""A device's half of the protocol, against the relay's, over a network that does its worst."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.machines.pushing import WINDOW
from pysync.machines.relay_frames import PING, PROTOCOL, PUSH, REFUSE, Welcome, encode_frame
from pysync.machines.session import ANSWER_MS, LATEST_MS
from pysync.model.ordinary import INTERVAL_MS, Ordinary
from tests.pysync.relay.network import Network, Node
from tests.pysync.relay.rig import EPOCH, batch


@pytest.fixture
def network() -> Network:
    return Network(["a", "b"])


def pushed(node: Node) -> list[str]:
    """The batches on their way up."""
    return [
        line for text in node.up if text.startswith(f'["{PUSH}"') for line in text.split("\n")[1:]
    ]


@pytest.mark.req("SRV-02", "TAB-15")
def test_what_is_written_here_arrives_there_and_its_entry_is_the_acknowledgement(
    network: Network,
) -> None:
    a, b = network.nodes.values()
    a.write()
    assert [name for name, _ in a.unsent()] == ["a.1"]
    network.heal()
    b.write()
    network.heal()
    assert a.stored == b.stored == ["a.1", "b.1"]
    assert not list(a.unsent())


def test_session_1_nothing_is_pushed_twice_on_one_connection_and_again_on_the_next(
    network: Network,
) -> None:
    a = network.nodes["a"]
    network.heal()
    a.write()
    a.write()
    assert len(pushed(a)) == 2
    network.crash()
    network.pass_time(LATEST_MS)
    network.carry(a, True)
    network.carry(a, False)
    assert len(pushed(a)) == 2
    network.heal()
    assert network.nodes["b"].stored == ["a.1", "a.2"]


def test_session_2_an_entry_that_does_not_follow_ends_the_connection(network: Network) -> None:
    a = network.nodes["a"]
    network.heal()
    text = "\n".join([encode_frame("entries"), "[3,1,0,0]", batch("x", 1).text])
    a.session.heard(text, a.now)
    a.run()
    assert (a.session.state, a.stored) == ("waiting", [])
    network.heal()
    assert a.session.state == "following"


def test_session_3_a_long_queue_goes_up_a_window_at_a_time(network: Network) -> None:
    a = network.nodes["a"]
    network.away = True
    a.cut()
    for _ in range(WINDOW + 50):
        a.write()
    network.away = False
    network.pass_time(LATEST_MS)
    network.carry(a, True)
    network.carry(a, False)
    assert len(pushed(a)) == WINDOW
    network.heal()
    assert len(network.nodes["b"].stored) == WINDOW + 50


@pytest.mark.req("SRV-26")
def test_session_4_a_connection_that_died_in_silence_is_noticed_and_made_anew(
    network: Network,
) -> None:
    a = network.nodes["a"]
    network.heal()
    old = a.conn
    network.half_open.add("a")
    a.write()
    network.pass_time(INTERVAL_MS)
    assert any(text.startswith(f'["{PING}"') for text in a.up)
    network.carry(a, True)
    assert a.conn == old
    network.pass_time(ANSWER_MS)
    assert a.session.state == "waiting"
    network.heal()
    assert a.stored == ["a.1"]


@pytest.mark.req("SRV-12")
def test_the_space_says_after_how_much_silence_a_device_asks_for_a_sign_of_life(
    network: Network,
) -> None:
    a = network.nodes["a"]
    network.heal()
    network.ordinary = Ordinary(interval_ms=10_000)
    network.pass_time(INTERVAL_MS)  # What was begun by the old one ends by it.
    network.heal()
    network.half_open.add("a")
    network.pass_time(10_000)
    assert any(text.startswith(f'["{PING}"') for text in a.up)
    assert a.session.state == "following"
    network.pass_time(ANSWER_MS)
    assert a.session.state == "waiting"


def test_a_quiet_connection_that_answers_is_kept(network: Network) -> None:
    a = network.nodes["a"]
    network.heal()
    old = a.conn
    for _ in range(10):
        network.pass_time(INTERVAL_MS)
        network.heal()
    assert a.conn == old


@pytest.mark.req("SRV-05")
def test_session_5_tries_wait_longer_and_longer_and_never_together(network: Network) -> None:
    network.heal()
    network.away = True
    waits: dict[str, list[float]] = {"a": [], "b": []}
    for node in network.nodes.values():
        node.cut()
    for _ in range(12):
        for name, node in network.nodes.items():
            waits[name].append(node.timers["session.next"] - network.relay.time)
        network.pass_time(LATEST_MS)
    for each in waits.values():
        assert max(each) <= LATEST_MS
        assert each[0] <= 1_000
        assert max(each) > 10_000
    assert waits["a"] != waits["b"]
    a = network.nodes["a"]
    network.away = False
    a.session.hurry(a.now)
    a.run()
    assert a.session.state == "greeting", "the network is back: at once"


@pytest.mark.req("SRV-05", "SRV-12")
def test_session_5_the_space_says_how_pauses_grow_and_the_next_one_heeds_it(
    network: Network,
) -> None:
    network.heal()
    network.away = True
    a = network.nodes["a"]
    a.cut()

    def longest(tries: int) -> float:
        waits = []
        for _ in range(tries):
            network.pass_time(LATEST_MS)
            waits.append(a.timers["session.next"] - network.relay.time)
        return max(waits)

    assert longest(12) > 20_000
    network.ordinary = Ordinary(backoff="linear")
    a.session.hurry(a.now)  # It begins to count anew.
    a.run()
    assert longest(12) <= 13_000


def test_a_device_that_was_away_for_days_still_tries(network: Network) -> None:
    network.away = True
    a = network.nodes["a"]
    a.cut()
    for _ in range(1_200):
        network.pass_time(LATEST_MS)
    assert a.session.state == "waiting"
    network.heal()
    assert a.session.state == "following"


def test_a_refusal_is_kept_in_words_and_tried_again_later(network: Network) -> None:
    a = network.nodes["a"]
    a.session.heard(encode_frame(REFUSE, "protocol", "update the relay"), a.now)
    a.run()
    assert (a.session.state, a.session.reason) == ("refused", "update the relay")
    assert a.conn == ""
    network.pass_time(LATEST_MS)
    network.heal()
    assert (a.session.state, a.session.reason) == ("following", "")


def test_a_log_that_began_anew_is_not_mixed_with_what_is_here(network: Network) -> None:
    a = network.nodes["a"]
    a.write()
    network.heal()
    a.cut()
    network.pass_time(LATEST_MS)
    welcome = Welcome(epoch="other", head=9, resumes=False, now=0)
    a.session.heard(welcome.encode(), a.now)
    a.run()
    assert a.session.state == "refused"
    assert "kept" in a.session.reason
    assert (a.epoch, a.stored) == (EPOCH, ["a.1"])


def test_a_rejected_batch_holds_up_nothing_and_is_not_sent_again(network: Network) -> None:
    a = network.nodes["a"]
    network.heal()
    a.log["bad.1"] = '[1,"state-update","bad",1,[1,["nonsense"]]]'
    a.write()
    network.heal()
    assert a.refused == [("bad.1", "malformed")]
    assert a.stored == ["a.1"]
    a.write()
    assert pushed(a) == [a.log["a.2"]]


def test_a_copied_profile_gets_whole_what_the_other_one_pushed(network: Network) -> None:
    a, copy = network.nodes.values()
    copy.device = a.device
    copy.elect()
    a.write()
    network.heal()
    copy.write()
    network.heal()
    assert a.stored == copy.stored == ["a.1", "b.1"]


@pytest.mark.parametrize("text", ["", "{", '["entries"]\n[]', '["welcome",[]]', 7, None])
def test_a_frame_that_is_none_ends_the_connection_and_nothing_else(
    network: Network, text: object
) -> None:
    a = network.nodes["a"]
    network.heal()
    a.session.heard(text, a.now)
    a.run()
    network.heal()
    a.write()
    network.heal()
    assert a.stored == ["a.1"]


def test_a_tab_that_leads_no_more_says_nothing_more(network: Network) -> None:
    a = network.nodes["a"]
    network.heal()
    a.session.unled()
    a.run()
    assert a.conn == ""
    a.session.offer(a.now)
    a.session.heard(encode_frame("ping", 1), a.now)
    a.session.woke("session.next", a.now)
    a.session.connected(a.now)
    a.session.disconnected(a.now)
    a.run()
    assert (list(a.up), a.session.state, a.conn) == ([], "off", "")
    assert PROTOCOL == 1


# -- any order of misfortunes ----------------------------------------------------------------------

NAMES = ("a", "b", "c")
WHAT = (
    *("write", "write", "up", "up", "down", "down", "commit", "some", "cut", "half-open"),
    *("crash", "elect", "away", "back", "second", "minute"),
)
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from(NAMES)), max_size=80)


def misfortune(network: Network, what: str, node: Node) -> None:
    """One of WHAT happens."""
    if what == "write":
        node.write()
    elif what in ("up", "down"):
        network.carry(node, what == "up")
    elif what in ("commit", "some"):
        network.relay.commit(None if what == "commit" else 1)
    elif what == "cut":
        node.cut()
    elif what == "half-open":
        network.half_open.add(node.name)
    elif what == "crash":
        network.crash()
    elif what == "elect":
        node.elect()
    elif what in ("away", "back"):
        network.away = what == "away"
    else:
        network.pass_time(1_000 if what == "second" else 60_000)


@pytest.mark.req("SRV-02", "SRV-04", "SRV-05", "TAB-15")
@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_whatever_happens_everyone_has_everything_once_in_the_end(
    steps: list[tuple[str, str]],
) -> None:
    network = Network(NAMES)
    acknowledged: set[str] = set()
    for what, name in steps:
        misfortune(network, what, network.nodes[name])
        logged = {row.batch for row in network.relay.log}
        acknowledged.update(*(set(node.stored) & set(node.log) for node in network.nodes.values()))
        assert acknowledged <= logged
    network.heal()
    names = [row.batch for row in network.relay.log]
    assert len(names) == len(set(names))
    for node in network.nodes.values():
        assert node.stored == names
        assert not list(node.unsent())
        assert node.refused == []
