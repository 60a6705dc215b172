"""Expenses at a real relay: people who sign in, devices that write without asking a command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync.model.change import CREATE, SET, Op
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


def expense(id_: str, owner: str) -> Op:
    fields = {"staff": "s", "on": DAY, "category": "travel", "amount": 900, "owner": owner,
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
        ["refused", "sign-in"],
        "applied",
    ]
