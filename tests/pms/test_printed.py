"""Numbers that were printed, at a server whose log was put back, whoever comes back first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import Refused
from pysync.model.change import CREATE, Change, Op
from pysync.model.rights import rights_of
from pysync_pms.commands import HOTEL, CheckIn, NotePrinted, SetSettings, from_json
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from pysync_pms.words import INVOICES, PRINTED
from tests.pms.support import TODAY, Desk, Leader, book, give, house, open_house, two_desks
from tests.pms.test_folio import TAXES, charge
from tests.pms.test_invoices import issue
from tests.pysync.kit import mark
from tests.pysync.relay.town import Town as RelayTown
from tests.pysync.relay.town import meet

pytestmark = pytest.mark.req("PMS-04", "PMS-10")
MOST = 6
BASE = (
    book("s"),
    CheckIn(id="s", on=TODAY),
    SetSettings(id=HOTEL, changes={"taxes": TAXES, "business_date": TODAY, "invoice_prefix": "R"}),
    *(charge(f"c{n}", 1_000 + n, text=f"c{n}") for n in range(2 * MOST + 2)),
)


class Town:
    """Desks that issue and print, and the changes that each has for a log that lacks them."""

    def __init__(self, many: int) -> None:
        self.leader = two_desks(*BASE)[0]
        self.kept: list[list[Change]] = [[] for _ in range(many)]
        self.papers = 0

    def decide(self, desk: int, *commands: Any) -> None:
        """Somebody there does that, and it is decided at once."""
        made = Desk(f"desk{desk}.{sum(map(len, self.kept))}", self.leader)
        change = made.give(*commands, stamp=10 + sum(map(len, self.kept)))
        assert change is not None
        assert self.leader.decide(change).outcome in ("applied", "amended")
        self.kept[desk].append(change)

    def issue(self, desk: int) -> str:
        name = f"i{self.papers}"
        self.decide(desk, issue(name, f"c{self.papers}"))
        self.papers += 1
        return name

    def restored(self) -> Leader:
        """The server's log from before all of it."""
        return two_desks(*BASE)[0]


def numbers(leader: Leader) -> dict[str, str]:
    return {each["id"]: each["number"] for each in leader.state.all(INVOICES)}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=MOST),
    st.permutations(range(3)),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, MOST - 1)), max_size=3),
)
def test_a_printed_number_is_its_papers_in_whatever_order_devices_come_back(
    steps: list[tuple[int, bool]], order: list[int], late: list[tuple[int, int]]
) -> None:
    """INVOICE-11: whoever issued it, and whoever printed it."""
    town = Town(3)
    made = []
    for desk, printed in steps:
        made.append(town.issue(desk))
        if printed:
            town.decide(desk, NotePrinted(id=made[-1]))
    for desk, at in late:
        paper = made[at % len(made)]
        if town.leader.state.get(PRINTED, paper) is None:
            town.decide(desk, NotePrinted(id=paper))
    before, anew = numbers(town.leader), town.restored()
    for desk in order:
        for change in town.kept[desk]:
            assert anew.decide(change).outcome != "refused"
            _watch(anew)
    after = numbers(anew)
    papers = [each["id"] for each in town.leader.state.all(PRINTED)]
    assert [after[id_] for id_ in papers] == [before[id_] for id_ in papers]
    assert not any(each.get("printed_as") for each in anew.state.all(INVOICES))
    assert after.keys() == before.keys()
    _has_no_gap_for_long(anew)


def _has_no_gap_for_long(leader: Leader) -> None:
    """INVOICE-1: what was printed may be ahead of its papers: the next ones fill what is free."""
    found = [each["serial"] for each in leader.state.all(INVOICES)]
    town = Town(1)
    town.leader, town.papers = leader, MOST
    for _ in range(max(found) - len(found)):
        town.issue(0)
    assert sorted(each["serial"] for each in leader.state.all(INVOICES)) == [
        *range(1, max(found) + 1)
    ]


@pytest.mark.req("SRV-05")
@pytest.mark.parametrize("printed", [False, True])
def test_devices_of_a_relay_that_was_put_back_keep_the_numbers_that_they_printed(
    *, printed: bool
) -> None:
    """INVOICE-11: the second desk comes back first."""
    town = RelayTown(SCHEMA)
    devices = [town.device(), town.device()]
    desks = [town.open(each, f"desk{at}") for at, each in enumerate(devices)]
    give(desks[0], *house(), *BASE)
    town.settle()
    kept = town.relay.log[-1].last
    for at, desk in enumerate(desks):
        give(desk, issue(f"i{at}", f"c{at}"))
        town.settle()
        if printed:
            give(desk, NotePrinted(id=f"i{at}"))
            town.settle()
    town.relay.restore(kept, "restored")
    town.go_offline()
    meet(town, devices[1])
    town.go_online()
    for desk in desks:
        found = {each["id"]: each["number"] for each in desk.view.all(INVOICES)}
        assert found == ({"i0": "R1", "i1": "R2"} if printed else {"i0": "R2", "i1": "R1"})


def _watch(leader: Leader) -> None:
    found = [each["serial"] for each in leader.state.all(INVOICES)]
    assert len(set(found)) == len(found), "no two papers bear one number"


def printed(id_: str, serial: int, **more: Any) -> Op:
    """As a device writes it down."""
    fields = {"kind": "invoice", "serial": serial, "number": f"R{serial}", "on": TODAY, **more}
    return Op(CREATE, PRINTED, id_, fields)


def test_papers_of_one_change_step_over_a_number_that_was_printed() -> None:
    """INVOICE-8: the paper that bears it comes later."""
    town = Town(2)
    town.issue(0)
    town.issue(0)
    town.decide(1, NotePrinted(id="i1"))
    anew = town.restored()
    [first] = town.kept[1]
    anew.decide(first)
    made = Desk("x", anew).give(issue("n0", "c6"), issue("n1", "c7"), stamp=50)
    assert made is not None
    anew.decide(made)
    for change in town.kept[0]:
        anew.decide(change)
    assert numbers(anew) == {"n0": "R1", "i1": "R2", "n1": "R3", "i0": "R4"}


def test_numbers_that_were_printed_in_one_change_do_not_meet() -> None:
    """INVOICE-8, INVOICE-11: papers that give theirs away get one each, or one another's."""
    base = (*BASE, issue("a", "c0"), issue("b", "c1"))
    for ops, expected in (
        ((printed("x", 1), printed("y", 2)), {"a": "R3", "b": "R4"}),
        ((printed("x", 1), printed("y", 1)), {"a": "R3", "b": "R2"}),
        ((printed("a", 2), printed("b", 3)), {"a": "R2", "b": "R3"}),
        ((printed("x", 3), printed("y", 2)), {"a": "R1", "b": "R4"}),
    ):
        leader = two_desks(*base)[0]
        assert leader.decide(Change(mark("p", 1), ops)).outcome in ("applied", "amended")
        assert numbers(leader) == expected
        _watch(leader)


def test_a_number_below_one_that_was_printed_is_filled() -> None:
    """INVOICE-1, INVOICE-3: the print comes before the papers of the other desk."""
    town = Town(2)
    for _ in range(3):
        town.issue(0)
    town.decide(1, NotePrinted(id="i2"))
    anew = town.restored()
    outcomes = [anew.decide(change) for change in (*town.kept[1], *town.kept[0])]
    assert (outcomes[0].outcome, outcomes[0].code) == ("applied", ""), "nothing to tell of"
    assert numbers(anew) == {"i0": "R1", "i1": "R2", "i2": "R3"}


def test_a_print_moves_no_paper_to_a_strange_prefix_or_behind_its_predecessor() -> None:
    """INVOICE-11, INVOICE-3"""
    base = (*BASE, issue("i", "c0"), issue("j", "c1"))
    leader = two_desks(*base)[0]
    forged = printed("i", 900, number="ZZZ-900", on="2019-01-01")
    decided = leader.decide(Change(mark("forger", 1), (forged,)))
    assert (decided.outcome, decided.code) == ("refused", "number")
    assert leader.decide(Change(mark("p", 2), (printed("i", 3, on="2019-01-01"),))).cells
    moved = leader.state.get(INVOICES, "i") or {}
    assert (moved["number"], moved["on"]) == ("R3", TODAY)
    later = SetSettings(id=HOTEL, changes={"invoice_prefix": "Q"})
    leader = two_desks(*base, later)[0]
    assert leader.decide(Change(mark("p", 3), (printed("i", 3),))).outcome == "amended"
    assert numbers(leader) == {"i": "R3", "j": "R2"}, "the hotel had that one"


def test_a_number_that_was_printed_twice_is_said_in_the_paper_that_lost_it() -> None:
    """INVOICE-12: a paper that was issued and printed after the log was put back."""
    town = Town(1)
    town.issue(0)
    town.decide(0, NotePrinted(id="i0"))
    anew = town.restored()
    other = Town(1)
    other.leader = anew
    other.decide(0, issue("new", "c7"))
    other.decide(0, NotePrinted(id="new"))
    outcomes = [(each.outcome, each.code) for each in map(anew.decide, town.kept[0])]
    assert outcomes == [("amended", "numbered"), ("amended", "renumbered")]
    lost = anew.state.get(INVOICES, "i0") or {}
    assert (lost["number"], lost["printed_as"]) == ("R2", "R1")
    assert numbers(anew)["new"] == "R1"
    assert (anew.state.get(PRINTED, "i0") or {}).get("serial") is None


def test_the_paper_that_comes_after_its_print_says_so_as_well() -> None:
    """INVOICE-12: it was issued at another desk."""
    town = Town(2)
    town.issue(0)
    town.decide(1, NotePrinted(id="i0"))
    anew = town.restored()
    other = Town(1)
    other.leader = anew
    other.decide(0, issue("new", "c7"))
    other.decide(0, NotePrinted(id="new"))
    for change in (*town.kept[1], *town.kept[0]):
        anew.decide(change)
    lost = anew.state.get(INVOICES, "i0") or {}
    assert (lost["number"], lost["printed_as"]) == ("R2", "R1")


def test_a_paper_that_was_not_printed_makes_room_for_one_that_was() -> None:
    """INVOICE-11: the other takes its number in exchange; its day is its own."""
    town = Town(1)
    town.issue(0)
    town.decide(0, NotePrinted(id="i0"))
    anew = town.restored()
    other = Town(1)
    other.leader = anew
    other.decide(0, issue("new", "c7"))
    for change in town.kept[0]:
        anew.decide(change)
    assert numbers(anew) == {"i0": "R1", "new": "R2"}


def test_one_paper_under_two_printed_numbers_is_refused_with_both() -> None:
    """INVOICE-12, INVOICE-2: and what was printed is not changed or taken away."""
    hotel = open_house("printed-twice", *BASE, issue("i", "c0"), NotePrinted(id="i"))
    give(hotel, NotePrinted(id="i"))
    with pytest.raises(Refused, match="printed as R7, and as R1") as refused:
        hotel.run("", lambda d: d.update(PRINTED, "i", {"number": "R7", "serial": 7}))
    assert refused.value.code == "printed-otherwise"
    with pytest.raises(Refused, match="and as R1"):
        hotel.run("", lambda d: d.delete(PRINTED, "i"))
    hotel.run("", lambda d: d.update(PRINTED, "i", {"on": "2020-01-01", "free_below": 1}))
    kept = hotel.view.get(PRINTED, "i") or {}
    assert (kept["on"], kept.get("free_below")) == (TODAY, None)
    hotel.run("", lambda d: d.update(INVOICES, "i", {"note": None}))
    with pytest.raises(Refused, match="stays as it is"):
        hotel.run("", lambda d: d.update(INVOICES, "i", {"number": "R9", "serial": 9}))


@pytest.mark.parametrize(
    "forged",
    [
        {"serial": 99_999, "number": "R99999"},
        {"serial": 2, "number": "R3"},
        {"serial": 2, "number": "R12"},
        {"serial": 0, "number": "R0"},
        {"kind": "credit-note", "serial": 2, "number": "C2"},
        {"number": None},
    ],
)
def test_what_is_no_number_of_the_series_is_refused(forged: dict[str, Any]) -> None:
    leader = two_desks(*BASE, issue("i", "c0"))[0]
    fields = {"kind": "invoice", "serial": 2, "number": "R2", "on": TODAY, **forged}
    made = Change(mark("forger", 1), (Op(CREATE, PRINTED, "i", fields),))
    assert leader.decide(made).outcome == "refused"
    assert numbers(leader) == {"i": "R1"}


def test_who_issues_prints_and_a_command_is_written_down() -> None:
    for role in ROLES:
        rights = rights_of(SCHEMA, role)
        assert rights is not None
        assert rights.may_add(PRINTED) == rights.may_add(INVOICES)
    assert from_json(NotePrinted(id="i").to_json()) == NotePrinted(id="i")
