"""Roles at a real relay: what each may see and change, on every way in and out."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from pysync import Collection
from pysync.first_state import export_first_state
from pysync.machines.batches import Batch, encode_batch
from pysync.machines.present import Present, encode_here, read_present
from pysync.machines.relay_frames import PRESENT, REFUSE, REJECT, RENEW, Cursor
from pysync.model.cell import Mark
from pysync.model.change import CREATE, SET, Change, Meta, Op
from pysync.native import open_space
from pysync.values.clock import stamp_at
from tests.server.api_client import Program, update
from tests.server.relay_client import Device
from tests.server.visitor import Visitor, invited, set_up, start

pytestmark = [pytest.mark.req("SRV-17")]

SECRET = "s3cret"
HOTEL = "pysync_pms.schema:SCHEMA"


@pytest.fixture(scope="module")
def hotel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The owner of a hotel that began with a guest and a room."""
    data = tmp_path_factory.mktemp("hotel")
    with open_space("hotel", path=data / "made-here.sqlite") as space:
        guest = {"id": "g", "last_name": "Souza", "email": f"{SECRET}@old.example"}
        Collection("guests", space=space).create(guest)
        Collection("rooms", space=space).create({"id": "r", "number": "1", "condition": "dirty"})
        text = export_first_state(space)
    Path(data / "first-state").mkdir()
    (data / "first-state" / "hotel.json").write_text(text, "utf-8")
    server, link = start(data, HOTEL)
    yield set_up(server, link)
    server.stop()


def made(tab: str, n: int, *ops: Op, author: str = "") -> Batch:
    now = time.time() * 1000
    return encode_batch(
        tab, [Change(Mark(tab, n, stamp_at(now), author), ops, Meta(author=author))], now
    )


def signed_in(
    person: Visitor, name: str, seq: int = 0, epoch: str = "", *, joins: bool = False
) -> Device:
    """A device of theirs, which has the state that the hotel began with; `joins`: it brings what
    was made before it knew of this log."""
    epoch = epoch or json.loads(person.get("/sync/hotel/state").text)["epoch"]
    return Device(person.server, name, Cursor(epoch, seq), cookie=person.cookie, joins=joins)


@pytest.mark.req("SRV-18", "SRV-10")
def test_housekeeping_is_sent_no_address_on_any_way_and_changes_only_rooms(hotel: Visitor) -> None:
    hanna = invited(hotel, "Hanna", "housekeeping")
    with signed_in(hotel, "desk") as desk, signed_in(hanna, "tablet") as tablet:
        assert tablet.welcome.parts[0]["person"] == ["Hanna", "housekeeping"]
        assert tablet.welcome.parts[0]["resumes"] is True
        head = desk.welcome.parts[0]["head"]
        address = {"email": f"{SECRET}@new.example"}
        stay = {"guest_id": "g", "room_type": "t", "status": "confirmed", "rate": 31337,
                "from": "2027-01-01", "to": "2027-01-03", "notes": "cot"}  # fmt: skip
        desk.push(
            made("d", 1, Op(SET, "guests", "g", address, ".0"), author="Ada"),
            made("d", 2, Op(CREATE, "reservations", "s", stay), author="Ada"),
        )
        tablet.until_seq(head + 2)
        assert "cot" in tablet.carried
        clean = Op(SET, "rooms", "r", {"condition": "clean"}, ".0")
        stolen = Op(SET, "rooms", "r", {"number": "2"}, ".0")
        tablet.push(
            made("t", 1, clean, author="Hanna"),
            made("t", 2, stolen, author="Hanna"),
            made("t", 3, clean, author="Ada"),
        )
        assert tablet.until_heard(REJECT).parts[:2] == ["t.3", "author"]
        desk.until_seq(head + 4)
        good, bad = desk.entries[-2:]
        assert (good.special, bad.special[0][1:3]) == (0, ["refused", "not-permitted"])
        tablet.until_seq(head + 4)
        assert SECRET not in tablet.carried
        assert "31337" not in tablet.carried
    with signed_in(hanna, "late") as late:
        late.until_seq(head + 4)
        carried = late.carried + hanna.get("/sync/hotel/state").text
        carried += hanna.get("/first-state/hotel").text
        assert "Souza" in carried
        assert SECRET not in carried
        assert "31337" not in carried
    assert SECRET in hotel.get("/sync/hotel/state").text + hotel.get("/first-state/hotel").text
    page = hotel.get("/account")
    assert "Not permitted hanna hotel: Housekeeping may not change number of rooms." in page.words


@pytest.mark.req("SRV-18", "PMS-09")
def test_a_role_is_changed_at_once_and_shows_what_it_may_do(hotel: Visitor) -> None:
    vera = invited(hotel, "Vera", "viewer")
    theirs = json.loads(vera.get("/sync/hotel/state").text)["epoch"]
    with signed_in(vera, "v") as device:
        page = hotel.get("/account")
        people = dict(zip(*_accounts(page.text), strict=True))
        page = hotel.account("set-role", account=people["Vera"], role="front-desk")
        assert "Vera is Front desk now, on every device." in page.words
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                device.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012, "not signed out: it comes back by itself"
    with signed_in(vera, "v", epoch=theirs) as device:
        assert (device.welcome.type, device.welcome.parts[0]) == (REFUSE, RENEW)
    with signed_in(vera, "v") as device:
        assert device.welcome.parts[0]["person"] == ["Vera", "front-desk"]
    assert SECRET in vera.get("/sync/hotel/state").text
    words = hotel.get("/account").words
    assert "Role changed ada vera: Front desk" in words
    assert "Housekeeping Changes rooms (condition, condition on, housekeeper, notes)" in words
    own = hotel.account("set-role", account=people["Ada"], role="viewer")
    assert own.status == 403, "an owner stays"
    lowly = vera.account("set-role", account=people["Ada"], role="viewer")
    assert lowly.status == 403


def _accounts(text: str) -> tuple[list[str], list[str]]:
    """Names and ids of the accounts on the page whose role may be changed, and the owner's."""
    ids = re.findall(r'id="role-([0-9a-f]+)"', text)
    names = re.findall(r">Role of ([^<]+)<", text)
    return [*names, "Ada"], [*ids, "ada"]


@pytest.mark.req("SRV-27")
def test_a_program_sees_and_changes_what_its_tokens_role_may(hotel: Visitor) -> None:
    hotel.get("/account/programs")
    page = hotel.send(
        "/account/programs", do="make", name="Sweeper", role="housekeeping", lasts="30"
    )
    found = re.search(r'value="(pysync_[^"]+)"', page.text)
    assert found is not None
    program = Program(hotel.server.url, found.group(1))
    guest = program.get("record", "/records/guests/g")["record"]
    assert (guest["fields"]["last_name"], "email" in guest["fields"]) == ("Souza", False)
    assert program.get("records", "/records/refusals")["records"] == []
    assert program.ask("GET", "/api/v1/hotel/records/vault/1")[0] == 404
    events = program.follow()
    assert next(events)[0] == ""
    done = program.change(update("rooms", "r", notes="mopped"))
    assert done["outcome"] in ("applied", "merged")
    refused = program.change(update("rooms", "r", number="9"))
    assert (refused["outcome"], refused["code"]) == ("refused", "not-permitted")
    for guessed in ("old", "new"):
        guess = program.change(update("guests", "g", email=f"{SECRET}@{guessed}.example"))
        assert guess["code"] == "not-permitted", "no answer tells which of them it is"
    assert "Not permitted Sweeper" in hotel.get("/account").words
    blind = program.post({"writes": [update("vault", "1", gold=1)]})
    assert (blind[0], blind[1]["error"]["code"]) == (422, "not-permitted")
    seq = json.loads(hotel.get("/sync/hotel/state").text)["seq"]
    with signed_in(hotel, "desk-2", seq=seq) as desk:
        address = Op(SET, "guests", "g", {"email": f"{SECRET}@newer.example"}, "")
        desk.push(made("x", 1, address), made("x", 2, Op(SET, "rooms", "r", {"floor": "7"}, ".0")))
        told: list[Any] = []
        while not told or told[-1] is None or "floor" not in str(told[-1]):
            told.append(next(events)[2])
    assert SECRET not in str(told)


@pytest.mark.req("SRV-22")
def test_who_is_here_is_told_under_the_name_of_their_account_and_only_as_far_as_a_role_reads(
    hotel: Visitor,
) -> None:
    petra = invited(hotel, "Petra", "housekeeping")
    with signed_in(hotel, "here-1") as desk, signed_in(petra, "here-2") as tablet:
        tablet.say(encode_here((("rooms", "r"), ("refusals", "x"))))
        assert read_present(tablet.until_heard(PRESENT)).who == ()
        desk.say(encode_here((("rooms", "r"), ("refusals", "x"))))
        on_room = (("rooms", "r"),)
        [seen] = read_present(desk.until_heard(PRESENT)).who
        assert seen == Present("Petra", "Chrome on Windows", on_room)
        [seen] = read_present(tablet.until_heard(PRESENT)).who
        assert seen == Present("Ada", "Chrome on Windows", on_room)
        desk.say(encode_here(None))
        assert read_present(tablet.until_heard(PRESENT)).who == ()
        assert "refusals" not in tablet.carried


@pytest.mark.req("SRV-20", "SRV-18")
def test_only_who_may_erases_and_exports_a_person_and_the_trail_says_who(hotel: Visitor) -> None:
    """EXPORT-1 at a real relay; run last: the guest is gone afterwards."""
    fred = invited(hotel, "Fred", "front-desk")
    where = "/sync/hotel/person/guests/g"
    assert fred.get(where).status == 403
    assert hotel.get("/sync/hotel/person/guests/nobody").status == 404
    assert hotel.get("/sync/hotel/person/rooms/r").status == 404
    told = hotel.get(where)
    export = json.loads(told.text)
    assert {(row["collection"], row["id"]) for row in export["records"]} >= {("guests", "g")}
    guest = next(row for row in export["records"] if row["collection"] == "guests")
    assert guest["fields"]["last_name"] == "Souza"
    assert f"{SECRET}@old.example" in json.dumps(guest["history"])
    erase = Op("!", "guests", "g", {})
    with signed_in(hotel, "desk2") as desk, signed_in(fred, "desk3") as other:
        head = desk.welcome.parts[0]["head"]
        other.push(made("f", 1, erase, author="Fred"))
        desk.until_seq(head + 1)
        assert "not-permitted" in desk.carried
        desk.push(made("o", 1, erase, author="Ada"))
        desk.until_seq(head + 2)
    assert SECRET not in hotel.get(where).text and "Souza" not in hotel.get(where).text
    trail = hotel.get("/account").words
    assert (
        "Exported ada hotel: all about guests/g" in trail and "Erased ada hotel: guests/g" in trail
    )
    assert SECRET not in trail
