"""Expenses at a real relay: people who sign in, devices that write without asking a command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync.model.change import CREATE, DELETE, ERASE, SET, Op
from pysync.model.rights import rights_of
from pysync_pms.calendar import to_day
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.times import monday, sheet_id
from pysync_pms.staffing.words import SHEETS, TIMES
from tests.server.relay_client import Device
from tests.server.test_rights import made, signed_in
from tests.server.visitor import Visitor, invited, set_up, start

pytestmark = [pytest.mark.req("PMS-06", "PMS-10", "SRV-17")]

HOTEL = "pysync_pms.schema:SCHEMA"
DAY = "2027-01-01"


@pytest.fixture
def hotel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The owner of an empty hotel."""
    server, link = start(tmp_path_factory.mktemp("claims"), HOTEL)
    yield set_up(server, link)
    server.stop()


def staff(name: str, id_: str = "s", **more: str) -> Op:
    fields = {"name": name, "role": "manager", "active": True, **more}
    return Op(CREATE, "staff", id_, fields)


def week(by: str, staff_id: str = "s") -> tuple[Op, Op]:
    """A time of somebody's, and that its week is approved."""
    start = (to_day(DAY) - to_day("1970-01-01")) * 1440 + 480
    time = {"staff": staff_id, "on": DAY, "start": start, "end": start + 60, "in_by": by,
            "out_by": by}  # fmt: skip
    sheet = {"staff": staff_id, "week": monday(DAY), "minutes": 60, "approved_on": DAY,
             "approved_by": by}  # fmt: skip
    return (
        Op(CREATE, TIMES, f"t.{staff_id}.{by}", time),
        Op(CREATE, SHEETS, sheet_id(staff_id, monday(DAY)), sheet),
    )


def expense(id_: str, owner: str, staff_id: str = "s") -> Op:
    fields = {"staff": staff_id, "on": DAY, "category": "travel", "amount": 900, "owner": owner,
              "submission": 1, "submitted_on": DAY, "submitted_by": owner}  # fmt: skip
    return Op(CREATE, "expenses", id_, fields)


def approved(id_: str, by: str, base: str) -> Op:
    fields = {"decision": "approved", "decided": 1, "decided_on": DAY, "decided_by": by}
    return Op(SET, "expenses", id_, fields, base)


def test_the_relay_lets_nobody_decide_of_their_own_or_sign_for_another(hotel: Visitor) -> None:
    """CLAIM-4, whatever a device sends: names are the session's, roles are the rights'."""
    hanna, max_ = invited(hotel, "Hanna", "housekeeping"), invited(hotel, "Max", "manager")
    person = Op(CREATE, "staff", "s", {"name": "Hanna", "role": "housekeeping", "active": True})
    with (
        signed_in(hotel, "desk") as desk,
        signed_in(hanna, "phone") as phone,
        signed_in(max_, "office") as office,
    ):
        head = desk.welcome.parts[0]["head"]
        desk.push(made("d", 1, person, author="Ada"))
        phone.until_seq(head + 1)
        phone.push(
            made("p", 1, expense("x", "Hanna"), author="Hanna"),
            made("p", 2, approved("x", "Hanna", "p.1"), author="Hanna"),
            made("p", 3, expense("forged", "Max"), author="Hanna"),
        )
        office.until_seq(head + 4)
        office.push(
            made("o", 1, expense("own", "Max"), author="Max"),
            made("o", 2, approved("own", "Max", "o.1"), author="Max"),
            made("o", 3, approved("x", "Ada", "p.1"), author="Max"),
            made("o", 4, approved("x", "", "p.1")),
            made("o", 5, approved("x", "Max", "p.1"), author="Max"),
        )
        desk.until_seq(head + 9)
        told = [entry.special[0][1:3] if entry.special else "applied" for entry in desk.entries]
    assert told[-8:] == [
        "applied",
        ["refused", "not-permitted"],
        ["refused", "not-yours"],
        "applied",
        ["refused", "own-claim"],
        ["refused", "signed"],
        ["refused", "signed"],
        "applied",
    ]


def told_of(device: Device, first: int) -> list[object]:
    """What became of the entries from that seq on."""
    heard = [entry for entry in device.entries if entry.seq >= first]
    return [entry.special[0][1:3] if entry.special else "applied" for entry in heard]


def test_what_nobody_signed_is_the_deed_of_whose_session_it_is(hotel: Visitor) -> None:
    """AUTHOR-1: nobody escapes a rule by leaving their name out."""
    max_ = invited(hotel, "Max", "manager")
    with signed_in(hotel, "desk") as desk, signed_in(max_, "office") as office:
        head = desk.welcome.parts[0]["head"]
        desk.push(made("d", 1, staff("Max", account="Max"), author="Ada"))
        office.until_seq(head + 1)
        office.push(
            made("o", 1, expense("unsigned", "")),
            made("o", 2, expense("own", "Max")),
            made("o", 3, approved("own", "", "o.2")),
            made("o", 4, approved("own", "Max", "o.2")),
            made("o", 5, *week("Max")),
            made("o", 6, *week("")),
        )
        desk.until_seq(head + 7)
    assert told_of(desk, head + 2) == [
        ["refused", "not-yours"],
        "applied",
        ["refused", "signed"],
        ["refused", "own-claim"],
        ["refused", "own-time"],
        ["refused", "signed"],
    ]


def test_what_is_brought_along_gives_nobody_an_approval(hotel: Visitor) -> None:
    """AUTHOR-2: names in it are testimony; who brings it does not approve their own by it."""
    max_ = invited(hotel, "Max", "manager")
    with signed_in(hotel, "desk") as desk, signed_in(max_, "laptop", joins=True) as laptop:
        head = desk.welcome.parts[0]["head"]
        desk.push(made("d", 1, staff("Hanna")))
        laptop.until_seq(head + 1)
        laptop.push(
            made("l", 1, staff("Max", id_="m", account="Max")),
            made("l", 2, expense("nobodys", "")),
            made("l", 3, approved("nobodys", "", "l.2")),
            made("l", 4, expense("forged", "Ada"), author="Ada"),
            made("l", 5, expense("signed", "")),
            made("l", 6, approved("signed", "Ada", "l.5"), author="Ada"),
            made("l", 7, expense("mine", "", staff_id="m")),
            made("l", 8, approved("mine", "", "l.7")),
            made("l", 9, *week("", staff_id="m")),
            made("l", 10, *week("")),
        )
        desk.until_seq(head + 11)
    assert told_of(desk, head + 2) == [
        "applied",
        "applied",
        "applied",
        ["refused", "not-yours"],
        "applied",
        ["refused", "signed"],
        "applied",
        ["refused", "own-claim"],
        ["refused", "own-time"],
        "applied",
    ]


def test_nobody_takes_their_own_account_away_to_decide_of_their_own(hotel: Visitor) -> None:
    """STAFF-1: by no device, in no way; who is somebody else's account does it."""
    max_ = invited(hotel, "Max", "manager")
    gone, other = {"account": None}, {"account": "Bob"}
    with (
        signed_in(hotel, "desk") as desk,
        signed_in(max_, "office") as office,
        signed_in(max_, "laptop", joins=True) as laptop,
    ):
        head = desk.welcome.parts[0]["head"]
        desk.push(made("d", 1, staff("Max", account="Max"), author="Ada"))
        office.until_seq(head + 1)
        office.push(
            made("o", 1, Op(SET, "staff", "s", gone, "d.1"), author="Max"),
            made("o", 2, Op(SET, "staff", "s", other, "d.1")),
            made("o", 3, Op(DELETE, "staff", "s", {}, "d.1"), author="Max"),
            made("o", 4, Op(ERASE, "staff", "s", {}, "d.1"), author="Max"),
            made("o", 5, Op(SET, "staff", "s", {"name": "Max M."}, "d.1"), author="Max"),
        )
        laptop.until_seq(head + 6)
        laptop.push(made("l", 1, Op(SET, "staff", "s", gone, "o.5")))
        laptop.until_seq(head + 7)
        desk.push(made("d", 2, Op(SET, "staff", "s", gone, "o.5"), author="Ada"))
        desk.until_seq(head + 8)
    assert told_of(desk, head + 2) == [
        ["refused", "own-account"],
        ["refused", "own-account"],
        ["refused", "own-account"],
        ["refused", "missing"],
        "applied",
        ["refused", "own-account"],
        "applied",
    ]


def test_only_roles_that_may_do_everything_say_whose_account_it_is() -> None:
    may = [name for name in ROLES if may_say(name)]
    assert may == ["owner", "manager"]


def may_say(role: str) -> bool:
    rights = rights_of(SCHEMA, role)
    return rights is None or rights.may_write("staff", "account")
