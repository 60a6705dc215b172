"""Two values that met, as the hotel shows them: listed, side by side, and settled in one dialog."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pysync_pms.schema import SCHEMA
from pysync_pms.ui.wire import encode
from pysync_pms.words import GUESTS, RESERVATIONS
from tests.pms_ui.test_screens import Page
from tests.pysync.house import House

pytestmark = pytest.mark.req("SRV-09")

GUEST: dict[str, Any] = {"last_name": "Silva", "first_name": "Maria", "email": "maria@old.pt"}
STAY: dict[str, Any] = {
    "guest_id": "x", "room_type": "d", "from": "2026-12-01", "to": "2026-12-03",
    "status": "confirmed", "notes": "late", "adults": 1,
}  # fmt: skip


class Two:
    """Two tabs that wrote the same record in one moment; the page shows the first."""

    def __init__(self, *writes: dict[str, Any], collection: str = GUESTS, **first: Any) -> None:
        self.house = House(SCHEMA)
        self.one, self.two = self.house.one, self.house.two
        start = {"id": "g", **(GUEST if collection == GUESTS else {}), **first}
        self.one.run("Begin", lambda d: d.create(collection, start), author="Zoe")
        self.house.settle()
        spaces = ((self.one, "Anna"), (self.two, "Ben"))
        for (space, author), fields in zip(spaces, writes, strict=False):
            space.run(
                "Edit",
                lambda d, fields=fields: d.update(collection, "g", fields),
                author=author,
                atomic=False,
            )
            self.house.device.ms += 5
        self.house.settle()
        self.page = Page(self.one)
        self.asked: list[str] = []
        self.first = str(encode(self.page.dom.paint()))

    @property
    def waiting(self) -> list[str]:
        """The conflicts that wait, which are the same in both tabs."""
        names = [conflict.id for conflict in self.one.conflicts()]
        assert names == [conflict.id for conflict in self.two.conflicts()]
        return names

    def user(self, action: str, **event: Any) -> str:
        """Let the user do something; answers what is drawn anew."""
        assert self.page.dom.user(**{"kind": "click", "action": action, **event})
        self.house.settle()
        return self.drawn()

    def drawn(self) -> str:
        """The markup of what was drawn since."""
        assert self.page.errors == []
        return "".join(str(command.get("html", "")) for command in self.page.dom.paint())

    def open(self, conflict_id: str = "") -> str:
        """Open the dialog."""
        shown = self.user("conflict.open", args={"conflict": conflict_id or self.waiting[0]})
        self.asked = list(dict.fromkeys(re.findall(r'name="side-([^"]+)"', shown)))
        return shown

    def choose(self, part: str, value: str) -> str:
        """Choose a side of the only conflict, or type."""
        args = {"conflict": self.asked[0], "part": part}
        return self.user("conflict.choose", kind="change", args=args, value=value)

    def apply(self, **values: str) -> str:
        """Send the form; `side_1` is what was chosen of the second conflict in it."""
        parts = {name.partition("_")[::2]: value for name, value in values.items()}
        named = {f"{part}-{self.asked[int(at)]}": value for (part, at), value in parts.items()}
        return self.user("conflict.apply", kind="submit", values=named)

    def guest(self) -> Any:
        """The record, which is the same in both tabs."""
        record = self.one.view.get(GUESTS, "g")
        assert record == self.two.view.get(GUESTS, "g")
        return record


def emails() -> Two:
    """The example: two change one e-mail."""
    return Two({"email": "maria@a.pt"}, {"email": "maria@b.pt"})


def test_what_waits_is_counted_listed_first_and_told_beside_its_record() -> None:
    two = emails()
    assert two.page.hotel.open_conflicts == 1
    shown = two.page.show("attention")
    assert "1 to see to" in shown
    assert "Maria Silva: E-mail" in shown
    assert "maria@a.pt" in shown and "maria@b.pt" in shown
    assert "conflict.open" in two.page.show("guests/g")
    assert 'data-state=\\"conflict\\"' in two.first


def test_the_dialog_shows_both_sides_what_was_before_who_and_where_they_differ() -> None:
    two = emails()
    shown = two.open()
    assert "Which one holds? Maria Silva" in shown
    assert "maria@<mark>a</mark>.pt" in shown and "maria@<mark>b</mark>.pt" in shown
    for who in ("Anna · ", "Ben · ", "Zoe · "):
        assert who in shown
    assert ">maria@old.pt<" in shown
    assert "1 field without a question" not in shown
    assert "2 fields without a question" in shown, "first and last name are folded away"
    chosen = shown[: shown.index(" checked")].rpartition("<input")[2]
    assert 'value="theirs"' in chosen, "the newer one is shown, and chosen at first"
    assert shown.count('type="radio"') == 3


@pytest.mark.parametrize(
    ("values", "becomes"),
    [
        ({"side_0": "mine"}, "maria@a.pt"),
        ({"side_0": "theirs"}, "maria@b.pt"),
        ({"side_0": "other", "other_0": " maria@c.pt "}, "maria@c.pt"),
        ({"side_0": "other", "other_0": ""}, None),
    ],
)
def test_one_answer_holds_in_every_tab(values: dict[str, str], becomes: str | None) -> None:
    two = emails()
    two.open()
    two.apply(**values)
    assert two.guest().get("email") == becomes
    assert two.waiting == []
    assert "Nothing waits for you" in two.page.show("attention")


def test_what_does_not_fit_is_said_in_the_dialog_and_kept_there() -> None:
    two = emails()
    two.open()
    shown = two.apply(side_0="other", other_0="nobody")
    assert "must be an address" in shown
    assert 'value="nobody"' in shown
    assert len(two.waiting) == 1
    two.apply(side_0="other", other_0="m@c.pt")
    assert two.guest()["email"] == "m@c.pt"


def test_choosing_shows_what_it_will_be_and_typing_chooses_what_is_typed() -> None:
    two = emails()
    two.open()
    shown = two.choose("side", "mine")
    assert "maria@a.pt</strong>" in shown
    shown = two.choose("other", "m@c.pt")
    assert "m@c.pt</strong>" in shown


def test_several_fields_of_a_record_are_chosen_one_by_one_or_all_at_once() -> None:
    two = Two(
        {"notes": "late, two keys", "adults": 2, "to": "2026-12-04"},
        {"notes": "very late", "adults": 3, "from": "2026-12-02"},
        collection=RESERVATIONS,
        **STAY,
    )
    assert len(two.waiting) == 3
    shown = two.open()
    assert shown.count("<fieldset") == 3
    assert "Arrival" in shown and "Departure" in shown, "of what goes together what differs"
    assert shown.count("Both, merged") == 1, "one moved the arrival, one the departure"
    shown = two.user("conflict.all", args={"side": "mine"})
    assert shown.count('value="mine" checked') == 3
    two.apply(**{f"side_{at}": "mine" for at in range(2)}, side_2="theirs")
    record = two.one.view.get(RESERVATIONS, "g")
    assert record is not None
    assert two.waiting == []
    mine = {"notes": "late, two keys", "adults": 2, "from": "2026-12-01", "to": "2026-12-04"}
    theirs = {"notes": "very late", "adults": 3, "from": "2026-12-02", "to": "2026-12-03"}
    sides = [
        [record[name] == side[name] for name in ("notes", "adults", "to")]
        for side in (mine, theirs)
    ]
    assert sorted(map(sum, sides)) == [1, 2]


def test_what_was_put_aside_is_not_counted_and_stays_listed() -> None:
    two = emails()
    two.open()
    two.user("conflict.later")
    assert two.page.hotel.open_conflicts == 0
    shown = two.page.show("attention")
    assert "put aside" in shown and "Take up again" in shown
    two.user("conflict.heed", args={"conflict": two.waiting[0]})
    assert two.page.hotel.open_conflicts == 1


def test_a_dialog_whose_conflict_is_settled_elsewhere_says_so() -> None:
    two = emails()
    two.open()
    two.two.resolve(two.waiting[0], "keep-remote", author="Ben")
    two.house.settle()
    assert "Somebody else has settled this meanwhile" in two.drawn()
    assert two.guest()["email"] == "maria@a.pt"


def test_what_was_written_since_can_be_left_as_it_is() -> None:
    two = emails()
    two.two.run("", lambda d: d.update(GUESTS, "g", {"email": "m@now.pt"}), author="Ben")
    two.house.settle()
    assert "As it is now" in two.open()
    two.apply()
    assert (two.guest()["email"], two.waiting) == ("m@now.pt", [])


def test_a_stay_that_was_moved_since_stays_where_it_is_unless_somebody_chooses_otherwise() -> None:
    two = Two({"to": "2026-12-04"}, {"to": "2026-12-05"}, collection=RESERVATIONS, **STAY)
    two.two.run("", lambda d: d.update(RESERVATIONS, "g", {"to": "2026-12-09"}), author="Ben")
    two.house.settle()
    assert "As it is now" in two.open()
    two.apply()
    stay = two.two.view.get(RESERVATIONS, "g")
    assert stay is not None
    assert (stay["to"], two.waiting) == ("2026-12-09", [])


@pytest.mark.req("SRV-10")
def test_what_lost_by_rule_is_one_click_away_and_can_be_compared_first() -> None:
    two = Two({"phone": "1"}, {"phone": "2"})
    assert two.waiting == []
    [conflict] = two.one.conflicts(settled=True)
    assert "Values that lost" in two.page.show("attention")
    assert "Ignore for now" not in two.open(conflict.id)
    two.apply(side_0="mine")
    assert two.guest()["phone"] == "1"
    two = Two({"phone": "1"}, {"phone": "2"})
    [conflict] = two.one.conflicts(settled=True)
    two.page.show("attention")
    two.user("attention.use-other", args={"conflict": conflict.id})
    assert two.guest()["phone"] == conflict.other.value


def test_markup_in_a_value_is_text() -> None:
    two = Two({"email": "<b>@a.pt"}, {"email": "<i>@a.pt"})
    shown = two.open()
    assert "<b>" not in shown and "<i>" not in shown
    assert "&lt;<mark>b</mark>&gt;@a.pt" in shown
