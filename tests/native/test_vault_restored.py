"""Keys of encrypted fields where a relay is put back from a backup of before there were any."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pysync import Collection, Space
from pysync.errors import VaultError
from pysync.model.keyring import GRANT, KEY, MEMBER, RING, ROOT
from pysync.model.roles import EVERYTHING, Grant, Person, Role, only
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.sealed import KEYRING
from pysync.native.cipher import NativeCipher
from pysync.ring_copy import copy_of, lost_of
from pysync.vault import Vault
from tests.pysync.relay.town import Town, meet
from tests.pysync.rig import Device

pytestmark = [pytest.mark.req("SRV-19")]
T = TypeVar("T")
CLEAR = "PASSPORT-C0FFEE"
PLACE = ("people", "1", "paper")
PEOPLE = CollectionSchema(name="people", fields={"paper": Field(encrypted=True)})
_ASKS = Grant(write=only("name", "public", "asked"), adds=True)
ROLES = {
    "owner": Role(title="Owner", grants={"*": EVERYTHING}),
    "desk": Role(title="Desk", grants={"*": Grant(), "people": EVERYTHING, KEYRING: _ASKS}),
}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Key files of three devices: to make a pair takes longer than all the rest."""
    town = House(tmp_path_factory.mktemp("made"), [])
    files = [town.folder / f"{n}.keys" for n in range(3)]
    for file in files:
        town.drive(NativeCipher(file).make())
    return [file.read_text() for file in files]


class House(Town):
    """Devices with vaults around a relay in this process."""

    def __init__(self, folder: Path, pairs: list[str]) -> None:
        super().__init__(Schema(collections={"people": PEOPLE, KEYRING: RING}, roles=ROLES))
        self.folder = folder
        self.pairs = pairs
        self.vaults: dict[str, Vault] = {}
        self.owners: dict[str, Device] = {}
        self.spawned: list[Coroutine[Any, Any, None]] = []

    def come(self, name: str, role: str = "owner") -> Vault:
        """A device of that name, with a key pair and no access."""
        device = self.device(Person(name, role))
        file = self.folder / f"{name}.keys"
        file.write_text(self.pairs[len(self.vaults)])
        space = self.open(device, name)
        self.owners[name] = device
        self.vaults[name] = Vault(space, NativeCipher(file), self.spawned.append)
        self.drive(self.vaults[name].look())
        return self.vaults[name]

    def drive(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it; what it waits for happens meanwhile."""
        while True:
            try:
                work.send(None)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            self.settle()

    def rest(self) -> None:
        """What vaults do beside everything else is done."""
        self.settle()
        while self.spawned:
            self.drive(self.spawned.pop(0))
            self.settle()

    def forget_spawned(self) -> None:
        """Of what is closed, or at the end."""
        while self.spawned:
            self.spawned.pop().close()

    def admit(self, by: Vault, name: str, role: str = "owner") -> Vault:
        """One more device that has access."""
        made = self.come(name, role)
        asked = self.drive(made.ask(name))
        self.drive(made.confirm(asked.code))
        self.drive(by.admit(asked.id))
        self.rest()
        assert made.state == "ready"
        return made

    def put_back(self, seq: int, *back: str) -> None:
        """The relay dies and is what it was at `seq`; only these devices come back by themselves,
        all others are closed."""
        self.go_offline()
        for name, owner in self.owners.items():
            for host in owner.hosts if name not in back else ():
                host.close()
        self.relay.restore(seq, f"epoch-{seq}-{self.dialed}")
        self.lines = [
            line for line in self.lines if line.device in [self.owners[name] for name in back]
        ]
        self.devices = [self.owners[name] for name in back]
        self.forget_spawned()
        for device in self.devices:
            meet(self, device)
        self.rest()


@pytest.fixture
def house(tmp_path: Path, pairs: list[str]) -> Iterator[House]:
    made = House(tmp_path, pairs)
    yield made
    made.forget_spawned()


def people(vault: Vault) -> Collection:
    return Collection("people", space=vault.space)


def code_of(house: House, work: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(VaultError) as caught:
        house.drive(work)
    assert CLEAR not in str(caught.value)
    return caught.value.code


def test_who_was_only_admitted_brings_the_keyring_back(house: House) -> None:
    desk = house.come("desk")
    people(desk).create({"id": "1"})
    house.settle()
    before = house.relay.log[-1].last
    house.drive(desk.switch_on("desk"))
    phone = house.admit(desk, "phone")
    text = house.drive(desk.seal(*PLACE, CLEAR))
    people(phone).update("1", {"paper": text})
    house.settle()
    house.put_back(before, "phone")
    assert phone.state == "ready"
    assert house.drive(phone.open(*PLACE, people(phone).get("1")["paper"])) == CLEAR
    assert {each.name for each in phone.devices} == {"desk", "phone"}
    assert phone.has_recovery
    tablet = house.admit(phone, "tablet")
    assert house.drive(tablet.open(*PLACE, people(tablet).get("1")["paper"])) == CLEAR


def test_the_other_devices_have_access_again_when_they_come_back(house: House) -> None:
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    phone = house.admit(desk, "phone")
    house.drive(desk.new_code())
    tablet = house.admit(phone, "tablet")
    house.rest()
    text = house.drive(tablet.seal(*PLACE, CLEAR))
    before = ring_of(tablet.space)
    house.put_back(0, "tablet")
    house.devices.append(house.owners["desk"])
    again = house.open(house.owners["desk"], "desk-again")
    anew = Vault(again, NativeCipher(house.folder / "desk.keys"), house.spawned.append)
    house.drive(anew.look())
    house.rest()
    assert house.drive(anew.open(*PLACE, text)) == CLEAR
    assert ring_of(again) == ring_of(tablet.space) == before, "nothing twice, nothing else"


def test_it_is_brought_back_by_who_starts_anew_after_the_restore(house: House) -> None:
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    house.admit(desk, "phone")
    house.put_back(0)
    house.devices.append(house.owners["phone"])
    house.offline = False
    again = house.open(house.owners["phone"], "phone-again")
    assert [each["id"][:6] for each in Collection(KEYRING, space=again)] == ["member"]
    anew = Vault(again, NativeCipher(house.folder / "phone.keys"), house.spawned.append)
    house.drive(anew.look())
    house.rest()
    assert anew.state == "ready"


def test_a_role_that_may_not_give_access_says_so_and_leaves_it_to_others(house: House) -> None:
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    phone = house.admit(desk, "phone", "desk")
    house.admit(desk, "boss")
    text = house.drive(phone.seal(*PLACE, CLEAR))
    house.put_back(0, "phone")
    assert phone.state == "off"
    assert code_of(house, phone.switch_on("phone")) == "lost"
    house.devices.append(house.owners["boss"])
    again = house.open(house.owners["boss"], "boss-again")
    anew = Vault(again, NativeCipher(house.folder / "boss.keys"), house.spawned.append)
    house.drive(anew.look())
    house.rest()
    house.drive(phone.look())
    assert (anew.state, phone.state) == ("ready", "ready")
    assert house.drive(phone.open(*PLACE, text)) == CLEAR


def test_who_had_an_older_key_alone_and_was_removed_is_not_brought_back(house: House) -> None:
    """It was admitted while somebody made the next key."""
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    tablet, phone = house.admit(desk, "tablet"), house.admit(desk, "phone")
    own = phone.device
    assert own is not None
    ring = Collection(KEYRING, space=desk.space)
    admission = [dict(each) for each in ring if each["id"].endswith(own.id)]
    house.drive(desk.remove(own.id))
    for row in admission:
        ring.create(row)
    house.rest()
    for each in (desk, tablet, phone):
        house.drive(each.look())
    house.rest()
    newest = desk._keys.newest
    assert (tablet.state, phone.state) == ("ready", "locked")
    assert {each.name for each in desk.devices} == {"desk", "tablet", "phone"}
    house.drive(desk.remove(own.id))
    house.rest()
    for each in (tablet, desk):
        house.drive(each.look())
        house.rest()
    assert {each.name for each in desk.devices} == {"desk", "tablet"}
    assert desk._keys.newest != newest


def test_copy_1_who_was_removed_is_not_brought_back(house: House) -> None:
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    phone = house.admit(desk, "phone")
    own = phone.device
    assert own is not None
    house.drive(desk.remove(own.id))
    house.rest()
    assert phone.state == "locked"
    assert [each.name for each in desk.devices] == ["desk"]
    house.pass_time(60_000)
    house.rest()
    assert [each.name for each in desk.devices] == ["desk"]


def test_where_no_device_is_left_it_says_so_and_can_begin_anew(house: House) -> None:
    desk = house.come("desk")
    people(desk).create({"id": "1"})
    house.settle()
    before = house.relay.log[-1].last
    house.drive(desk.switch_on("desk"))
    house.rest()
    people(desk).update("1", {"paper": house.drive(desk.seal(*PLACE, CLEAR))})
    house.settle()
    house.drive(desk.forget())
    house.put_back(before, "desk")
    ring = Collection(KEYRING, space=desk.space)
    assert ROOT in ring, "what the device itself wrote it sends again"
    # A server that has a sealed text, and no key of it.
    lone = House(house.folder, house.pairs)
    house.forget_spawned()
    phone = lone.come("phone")
    people(phone).create({"id": "1", "paper": people(desk).get("1")["paper"]})
    assert code_of(lone, phone.switch_on("phone")) == "lost"
    assert phone.state == "off"
    lone.drive(phone.switch_on("phone", anew=True))
    assert phone.state == "ready"
    assert code_of(lone, phone.open(*PLACE, people(phone).get("1")["paper"])) == "no-key"
    lone.forget_spawned()


def test_what_the_relay_did_not_take_yet_is_not_copied(house: House) -> None:
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    house.rest()
    kept = house.drive(desk._cipher.held())
    assert kept is not None and kept.copy
    house.go_offline()
    house.settle()
    Collection(KEYRING, space=desk.space).create({"id": f"{MEMBER}x", "asked": 1})
    house.drive(desk.look())
    assert house.drive(desk._cipher.held()) == kept
    house.go_online()
    house.rest()
    after = house.drive(desk._cipher.held())
    assert after is not None and f"{MEMBER}x" in after.copy


def ring_of(space: Space) -> dict[str, Any]:
    return {each["id"]: dict(each) for each in space.view.all(KEYRING)}


def test_copy_1_only_an_older_keyring_lacks_something(house: House) -> None:
    desk = house.come("desk")
    house.drive(desk.switch_on("desk"))
    first = ring_of(desk.space)
    phone = house.admit(desk, "phone")
    with_phone = ring_of(desk.space)
    house.drive(desk.new_code())
    newer = ring_of(desk.space)
    copy = copy_of(with_phone.values())
    missing = {row["id"] for row in lost_of(copy, first.values())}
    assert missing == with_phone.keys() - first.keys()
    assert {row["id"] for row in lost_of(copy, [])} == with_phone.keys()
    assert lost_of(copy, with_phone.values()) == []
    assert lost_of(copy, newer.values()) == [], "a key that the copy does not know"
    assert lost_of(copy_of(newer.values()), first.values()) != []
    other = {**first, ROOT: {**first[ROOT], "key": "A" * 22}}
    assert lost_of(copy, other.values()) == [], "another keyring"
    own = phone.device
    assert own is not None
    only_asked = {rid: row for rid, row in with_phone.items() if not rid.endswith(f".{own.id}")}
    only_asked[MEMBER + own.id] = with_phone[MEMBER + own.id]
    assert {row["id"] for row in lost_of(copy_of(only_asked.values()), [])} == first.keys()
    for text in ("", "x", "{}", "[1]", '[{"id": 1}]', '[{"id": "root"}]'):
        assert lost_of(text, first.values()) == []
    assert all(rid == ROOT or rid.startswith((KEY, GRANT, MEMBER)) for rid in with_phone)
