"""Who is here, and on what: what each device is told of the others, and when they are gone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pysync import Company, Present, SyncedKV, UsageError
from pysync.machines.here import PACE_MS, REPEAT_MS
from pysync.machines.present import MOST_RECORDS, MOST_TOLD, encode_here, read_present
from pysync.machines.relay_frames import HERE, PRESENT, PROBLEM, PUSH, encode_frame
from pysync.model.roles import EVERYTHING, Grant, Person, Role
from pysync.model.schema import Schema
from pysync.relay.attendance import GONE_MS, TELL_MS
from pysync.space import Space
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("SRV-22")

ROLES = {
    "owner": Role(title="Owner", grants={"*": EVERYTHING}),
    "maid": Role(title="Maid", grants={"rooms": Grant()}),
}
ADA, BO, MAID = Person("Ada", "owner"), Person("Bo", "owner"), Person("Mia", "maid")
STAY, ROOM = ("stays", "7"), ("rooms", "12")
LINUX = "Firefox on Linux"
SOON = 2 * (TELL_MS + PACE_MS)


def company(relay: RelayRig, conn: str) -> Company:
    """What that connection was told last."""
    return read_present([each.frame for each in relay.sent[conn] if each.frame.type == PRESENT][-1])


def told(relay: RelayRig, conn: str) -> int:
    """How often it was told."""
    return len(relay.answers(conn, PRESENT))


def relay_with(**people: Person | None) -> RelayRig:
    """A relay on which these have said hello."""
    relay = RelayRig(Schema(roles=ROLES))
    for conn, person in people.items():
        relay.machine.came(conn, person, LINUX)
        relay.hello(conn, seq=None)
    return relay


def here(relay: RelayRig, conn: str, *records: tuple[str, str]) -> None:
    relay.hear(conn, encode_here(records))
    relay.wait(SOON)


# -- the relay -------------------------------------------------------------------------------------


def test_everyone_who_is_here_is_told_of_the_others_with_the_name_of_their_account() -> None:
    relay = relay_with(a=ADA, b=BO)
    here(relay, "a", STAY)
    assert company(relay, "a") == Company()
    here(relay, "b")
    assert company(relay, "a") == Company((Present("Bo", LINUX),))
    assert company(relay, "b") == Company((Present("Ada", LINUX, (STAY,)),))
    here(relay, "b", STAY, ROOM)
    assert company(relay, "a") == Company((Present("Bo", LINUX, (STAY, ROOM)),))


def test_attend_1_who_may_not_read_a_record_is_not_told_who_is_on_it() -> None:
    relay = relay_with(a=ADA, m=MAID)
    here(relay, "m", STAY, ROOM)
    here(relay, "a", STAY)
    assert company(relay, "m") == Company((Present("Ada", LINUX),))
    assert company(relay, "a") == Company((Present("Mia", LINUX, (ROOM,)),)), "nor claims to be"
    before = told(relay, "m")
    here(relay, "a", ("stays", "8"))
    assert told(relay, "m") == before, "not even that something changed"
    here(relay, "a", ROOM)
    assert company(relay, "m") == Company((Present("Ada", LINUX, (ROOM,)),))


def test_attend_2_a_device_is_gone_with_its_connection_or_when_it_is_silent() -> None:
    relay = relay_with(a=ADA, b=BO)
    here(relay, "a")
    here(relay, "b", STAY)
    relay.machine.left("b")
    relay.run()
    relay.wait(SOON)
    assert company(relay, "a") == Company()
    relay.hello("b", seq=None)
    here(relay, "b", STAY)
    assert company(relay, "a").who
    for _ in range(int(GONE_MS / REPEAT_MS) + 1):
        relay.wait(REPEAT_MS)
        here(relay, "a")
    assert company(relay, "a") == Company()
    here(relay, "b", STAY)
    assert company(relay, "a").who, "it was only asleep"


def test_attend_2_of_two_connections_of_one_device_the_newer_counts() -> None:
    relay = relay_with(a=ADA, old=BO, new=BO, forged=ADA)
    for conn in ("old", "new", "forged"):
        relay.machine.came(f"{conn}+", ADA if conn == "forged" else BO, LINUX)
        relay.hello(f"{conn}+", device="tablet", seq=None)
    here(relay, "a")
    here(relay, "old+", STAY)
    here(relay, "new+", ROOM)
    assert company(relay, "a") == Company((Present("Bo", LINUX, (ROOM,)),))
    here(relay, "forged+")
    assert len(company(relay, "a").who) == 2, "somebody else's device is not driven out by its name"


def test_attend_3_who_says_nothing_is_told_nothing_and_nobody_what_they_know() -> None:
    relay = relay_with(a=ADA, b=BO, quiet=BO)
    here(relay, "a")
    here(relay, "b", STAY)
    assert told(relay, "quiet") == 0
    assert (told(relay, "a"), told(relay, "b")) == (2, 1)
    here(relay, "b", STAY)
    assert (told(relay, "a"), told(relay, "b")) == (2, 1), "a repetition is no news"
    relay.hear("b", encode_here(None))
    relay.wait(SOON)
    assert company(relay, "a") == Company()
    here(relay, "a", ROOM)
    assert told(relay, "b") == 1, "it took its leave"


def test_attend_3_of_what_changes_quickly_the_newest_is_told_and_a_slow_reader_later() -> None:
    relay = relay_with(a=ADA, b=BO)
    here(relay, "a")
    relay.machine.congested("a")
    for n in range(50):
        relay.hear("b", encode_here((("stays", str(n)),)))
        relay.wait(10)
    relay.wait(SOON)
    assert told(relay, "a") == 1
    relay.machine.drained("a")
    relay.run()
    relay.wait(SOON)
    assert (told(relay, "a"), company(relay, "a").who[0].records) == (2, (("stays", "49"),))
    for n in range(50):
        relay.hear("b", encode_here((("rooms", str(n)),)))
        relay.wait(10)
    relay.wait(SOON)
    assert told(relay, "a") <= 2 + 500 / TELL_MS + 1
    assert company(relay, "a").who[0].records == (("rooms", "49"),)


@pytest.mark.parametrize(
    "said",
    [
        encode_frame(HERE, [["stays", "7"]] * (MOST_RECORDS + 1)),
        encode_frame(HERE, [["stays"]]),
        encode_frame(HERE, [["stays", 7]]),
        encode_frame(HERE, [["stays", "x" * 201]]),
        encode_frame(HERE, "stays"),
        encode_frame(HERE, {"stays": "7"}),
        encode_frame(HERE, [], []),
        encode_frame(PRESENT, 0),
    ],
)
def test_attend_4_a_claim_that_is_too_large_or_none_is_answered_and_changes_nothing(
    said: str,
) -> None:
    relay = relay_with(a=ADA, b=BO)
    here(relay, "a")
    here(relay, "b", ROOM)
    relay.hear("b", said)
    assert [answer[0] for answer in relay.answers("b", PROBLEM)] == ["malformed"]
    relay.wait(SOON)
    assert company(relay, "a").who[0].records == (ROOM,)


def test_attend_4_nothing_of_it_is_in_the_log_and_a_crowd_is_told_in_part() -> None:
    names = [f"p{n}" for n in range(MOST_TOLD + 20)]
    relay = relay_with(a=ADA, **{name: Person(name, "owner") for name in names})
    for name in names:
        relay.hear(name, encode_here((STAY,) if name == names[-1] else (ROOM,)))
    here(relay, "a", STAY)
    relay.wait(SOON)
    seen = company(relay, "a")
    assert (len(seen.who), seen.more) == (MOST_TOLD, 20)
    assert seen.who[0].name == names[-1], "those on the same record come first"
    assert (relay.log, relay.asked) == ([], [])


def test_who_is_here_survives_no_crash_of_the_relay_and_holds_up_no_change() -> None:
    relay = relay_with(a=ADA, b=BO)
    here(relay, "a", STAY)
    here(relay, "b")
    relay.hear("b", encode_frame(PUSH, 0, lines=[batch("b", 1).text]))
    relay.commit()
    assert [row.batch for row in relay.log] == ["b.1"]
    relay.restart()
    relay.hello("b")
    here(relay, "b")
    assert company(relay, "b") == Company()


# -- devices ---------------------------------------------------------------------------------------


def frames(town: Town, type_: str) -> int:
    """How many frames of that type all devices were sent."""
    return sum(len(town.relay.answers(conn, type_)) for conn in list(town.relay.sent))


def house() -> tuple[Town, Space, Space]:
    """Ada's desk and Bo's tablet, both here and on nothing."""
    town = Town(Schema(roles=ROLES))
    desk = town.open(town.device(ADA), "desk")
    tablet = town.open(town.device(BO), "tablet")
    desk.here()
    tablet.here()
    town.pass_time(SOON)
    return town, desk, tablet


def test_a_tab_hears_who_else_is_here_and_who_comes_to_a_record_within_a_second() -> None:
    town, desk, tablet = house()
    heard: list[Company] = []
    desk.on_present(heard.append)
    tablet.here(STAY)
    town.pass_time(1_000)
    assert desk.present_on(STAY) == (Present("Bo", LINUX, (STAY,)),)
    assert desk.present_on(ROOM) == ()
    assert heard == [desk.present]
    tablet.here(STAY)
    tablet.here()
    town.pass_time(1_000)
    assert (desk.present_on(STAY), len(heard)) == ((), 2)


def test_every_tab_of_a_device_hears_it_and_a_new_one_at_once() -> None:
    town, desk, tablet = house()
    second = town.open(town.devices[0], "second")
    assert second.present == desk.present != Company()
    second.here(ROOM)
    tablet.here(STAY)
    town.pass_time(SOON)
    assert second.present_on(STAY) == desk.present_on(STAY) != ()
    assert tablet.present.who == (Present("Ada", LINUX, (ROOM,)),)
    assert (desk.open_elsewhere, second.open_elsewhere) == ({ROOM}, frozenset())


def test_a_new_leader_says_what_the_tabs_look_at_without_being_told() -> None:
    town, desk, tablet = house()
    second = town.open(town.devices[0], "second")
    second.here(STAY)
    town.pass_time(SOON)
    assert desk.is_leader
    desk.close()
    town.pass_time(SOON)
    town.pass_time(SOON)
    assert second.is_leader
    assert tablet.present_on(STAY) == (Present("Ada", LINUX, (STAY,)),)
    assert second.present.who == (Present("Bo", LINUX),)


def test_a_hidden_tab_is_on_no_record_and_a_device_that_nobody_looks_at_is_silent() -> None:
    town, desk, tablet = house()
    tablet.here(STAY)
    town.pass_time(SOON)
    host = tablet.host
    tablet.tab.visibility(True, host.now())
    host.pump()
    town.pass_time(SOON)
    assert (desk.present, tablet.present) == (Company(), Company())
    before = frames(town, PRESENT)
    desk.here(STAY)
    town.pass_time(10 * REPEAT_MS)
    assert frames(town, PRESENT) == before, "nothing is said to it, nor to who is alone"
    tablet.tab.visibility(False, host.now())
    host.pump()
    town.pass_time(SOON)
    assert desk.present_on(STAY) == (Present("Bo", LINUX, (STAY,)),)
    assert tablet.present_on(STAY) == (Present("Ada", LINUX, (STAY,)),)


def test_who_takes_no_part_is_not_seen_and_sees_nobody() -> None:
    town, desk, _ = house()
    quiet = town.open(town.device(BO), "quiet")
    town.pass_time(SOON)
    assert len(desk.present.who) == 1
    assert quiet.present == Company()


def test_here_1_frames_are_apart_the_last_goes_and_nothing_if_nothing_changed() -> None:
    town, desk, tablet = house()
    line = next(line for line in town.lines if line.host.tab.id == "tablet")
    sent: list[tuple[float, str]] = []
    transmit = line.transmit

    def watched(text: str) -> None:
        if text.startswith(f'["{HERE}"'):
            sent.append((town.devices[1].ms, text))
        transmit(text)

    line.transmit = watched  # type: ignore[method-assign]
    for n in range(40):
        tablet.here(("stays", str(n)))
        town.pass_time(20)
    town.pass_time(SOON)
    assert all(later - one >= PACE_MS for (one, _), (later, _) in pairwise(sent))
    assert sent[-1][1] == encode_here((("stays", "39"),))
    assert desk.present_on(("stays", "39"))
    sent.clear()
    tablet.here(("stays", "39"))
    for _ in range(5):
        town.pass_time(1_000)
    assert sent == []
    for _ in range(int(2 * GONE_MS / 1_000)):
        town.pass_time(1_000)
    assert desk.present_on(("stays", "39")), "it lives, and says so"
    assert len(sent) <= 2 * GONE_MS / REPEAT_MS + 1


def test_here_1_a_device_that_only_listens_says_now_and_then_that_it_lives() -> None:
    town, desk, tablet = house()
    tablet.here(STAY)
    for n in range(int(2 * GONE_MS / 1_000)):
        desk.run("", lambda draft, n=n: draft.create("rooms", {"id": str(n)}))  # type: ignore[misc]
        town.pass_time(1_000)
    assert desk.present_on(STAY)


def test_here_2_without_the_relay_nobody_is_here_and_all_are_again_when_it_is_back() -> None:
    town, desk, tablet = house()
    tablet.here(STAY)
    town.pass_time(SOON)
    town.go_offline()
    assert (desk.present, tablet.present) == (Company(), Company())
    town.go_online()
    town.pass_time(SOON)
    assert desk.present_on(STAY)
    desk.pause_sync()
    town.pass_time(SOON)
    assert (desk.present, tablet.present) == (Company(), Company())


def test_a_single_value_has_company_like_a_record() -> None:
    town, desk, tablet = house()
    here, there = SyncedKV("towels", 0, space=desk), SyncedKV("towels", 0, space=tablet)
    there.here()
    town.pass_time(SOON)
    assert [each.name for each in here.present] == ["Bo"]
    assert there.present == ()


def test_a_space_that_is_closed_cannot_say_where_it_is() -> None:
    _, desk, _ = house()
    desk.close()
    with pytest.raises(UsageError):
        desk.here(STAY)
