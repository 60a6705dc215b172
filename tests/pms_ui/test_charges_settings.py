"""Settings, Charges: the taxes, what a night includes, and what the desk sells."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pysync import Space
from pysync.model.rights import rights_of
from pysync.model.roles import Person
from pysync.native import open_space
from pysync_pms.commands import (
    HOTEL,
    Charge,
    CreateArticle,
    CreateGuest,
    CreateReservation,
    CreateRoomType,
    EditArticle,
    SetSettings,
    perform,
)
from pysync_pms.schema import SCHEMA
from pysync_pms.taxes import new_code, parse_rate, plain_rate
from pysync_pms.words import ARTICLES, LINES, SETTINGS
from tests.pms_ui.support import Node, read
from tests.pms_ui.test_screens import TODAY, Page

pytestmark = pytest.mark.req("PMS-04")
PLACE = "settings?section=charges"
TAXES = [["lodging", "VAT lodging", 700], ["full", "VAT", 1900]]


class Section(Page):
    """The section as somebody works in it."""

    def drawn(self) -> Node:
        """The section as it stands."""
        self.app.go(self.app.route.to("home"))
        self.dom.paint()
        return read(self.markup(PLACE))

    def cells(self, table: str) -> list[list[str]]:
        """What a table of the section says, without its buttons."""
        rows = self.drawn().all("tbody", id=f"{table}-rows")
        return [[cell.text for cell in row.all("td")[:-1]] for row in (rows and rows[0].all("tr"))]

    def does(self, action: str, record: str = "", **typed: str) -> str:
        """A click, and what is drawn then."""
        args = {"id": record} if record else {}
        self.dom.user(kind="click", action=action, args=args, values=typed)
        return html.unescape("".join(str(each) for each in self.dom.paint()))

    def answers(self, action: str, record: str = "", **typed: str) -> str:
        """A click that asks something, and the answer to it."""
        self.does(action, record)
        return self.does("ask.submit", **typed)

    @property
    def settings(self) -> dict[str, Any]:
        """What is stored."""
        return dict(self.space.view.get(SETTINGS, HOTEL) or {})

    def article(self, name: str) -> dict[str, Any]:
        """The only article of that name."""
        [found] = [each for each in self.space.view.all(ARTICLES) if each["name"] == name]
        return dict(found)


@pytest.fixture
def empty(request: pytest.FixtureRequest) -> Iterator[Section]:
    """A hotel where nothing is set."""
    name = re.sub(r"[^a-z0-9]+", "-", f"charges-{request.node.name}".lower())[-90:].strip("-")
    with open_space(name, schema=SCHEMA) as space:
        section = Section(space)
        section.show(PLACE)
        yield section
        assert section.errors == []


def give(space: Space, *commands: Any) -> None:
    """Perform these."""
    perform(space, *commands, view=space.view, today=TODAY)


@pytest.fixture
def section(empty: Section) -> Section:
    """Two taxes; rooms hold one, the beer the other."""
    changes = {"taxes": TAXES, "room_tax": "lodging", "currency": "EUR"}
    give(empty.space, SetSettings(id=HOTEL, changes=changes))
    beer = CreateArticle(id="beer", name="Beer", category="beverage", price=450, tax="full")
    give(empty.space, beer)
    empty.show(PLACE)
    return empty


def test_a_hotel_without_charges_is_told_what_they_are_for(empty: Section) -> None:
    words = empty.drawn().text
    assert "Add the taxes that your prices include" in words
    assert "Add what guests buy at the desk" in words
    assert "No tax" in words


def test_a_tax_is_added_in_percent_and_kept_in_basis_points(empty: Section) -> None:
    empty.answers("charges.new-tax", name="VAT lodging", rate="7")
    empty.answers("charges.new-tax", name="VAT, full", rate="19.25")
    assert empty.settings["taxes"] == [
        ["vat-lodging", "VAT lodging", 700],
        ["vat-full", "VAT, full", 1925],
    ]
    assert [cells[:2] for cells in empty.cells("taxes")] == [
        ["VAT lodging", "7 %"],
        ["VAT, full", "19.25 %"],
    ]


def test_a_tax_keeps_its_code_whatever_it_is_called_later(section: Section) -> None:
    assert "What was charged before keeps the rate" in section.does("charges.edit-tax", "full")
    section.does("ask.submit", name="Sales tax", rate="20.5")
    assert section.settings["taxes"] == [TAXES[0], ["full", "Sales tax", 2050]]
    section.answers("charges.new-tax", name="Full", rate="5")
    assert section.settings["taxes"][2] == ["full-2", "Full", 500]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": " ", "rate": "7"}, "Enter a name."),
        ({"name": "x" * 61, "rate": "7"}, "60 characters at most"),
        ({"name": "vat LODGING", "rate": "7"}, "There is a tax of this name already"),
        ({"name": "New", "rate": ""}, "such as 7 or 7.25"),
        ({"name": "New", "rate": "7.255"}, "at most two decimals"),
        ({"name": "New", "rate": "-7"}, "Write a percentage"),
        ({"name": "New", "rate": "101"}, "A rate is 100 at most."),
    ],
)
def test_what_no_tax_can_be_is_said_beside_its_field(
    section: Section, typed: dict[str, str], told: str
) -> None:
    shown = section.answers("charges.new-tax", **typed)
    assert told in shown
    assert "field-error" in shown
    assert section.settings["taxes"] == TAXES


def test_a_tax_that_something_uses_says_what_and_stays(section: Section) -> None:
    assert [cells[2] for cells in section.cells("taxes")] == ["Room prices", "Beer"]
    removes = section.drawn().all("button", title="Used by Beer")
    assert [button.attrs["aria-disabled"] for button in removes] == ["true"]
    told = section.does("charges.remove-tax", "full")
    assert "VAT is used by Beer: choose another tax there first." in told
    told = section.does("charges.remove-tax", "lodging")
    assert "VAT lodging is used by room prices" in told
    assert section.settings["taxes"] == TAXES
    section.answers("charges.edit-article", "beer", name="Beer", category="beverage", price="4.50",
                    tax="")  # fmt: skip
    section.does("charges.remove-tax", "full")
    assert section.settings["taxes"] == TAXES[:1]
    assert "tax" not in {k for k, v in section.article("Beer").items() if v is not None}


def test_what_is_not_sold_any_more_still_holds_its_tax(section: Section) -> None:
    section.does("charges.stop", "beer")
    assert "is used by Beer" in section.does("charges.remove-tax", "full")


def test_there_is_a_last_tax_that_can_be_added(section: Section) -> None:
    rows = [[f"t{n}", f"Tax {n}", n] for n in range(10)]
    give(section.space, SetSettings(id=HOTEL, changes={"taxes": [*TAXES, *rows]}))
    assert section.drawn().all("button", title="A hotel has 12 taxes at most.")


def test_a_tax_removed_at_another_desk_is_not_brought_back_by_an_open_dialog(
    section: Section,
) -> None:
    section.does("charges.edit-tax", "full")
    give(section.space, EditArticle(id="beer", changes={"tax": None}))
    give(section.space, SetSettings(id=HOTEL, changes={"taxes": TAXES[:1]}))
    assert "It was removed meanwhile" in section.does("ask.submit", name="VAT", rate="20")
    assert section.settings["taxes"] == TAXES[:1]


def test_a_night_includes_a_tax_and_costs_the_city_its_own(section: Section) -> None:
    told = section.answers("charges.night", room_tax="full", city_tax="2.50")
    assert "Set room tax, city tax" in told
    assert (section.settings["room_tax"], section.settings["city_tax"]) == ("full", 250)
    words = section.drawn().all("dl")[0].text
    assert words == "Room prices includeVATCity taxEUR 2.50 for each adult and night"
    for typed, said in (("two", "is no amount"), ("-1", "above 0"), ("0", "above 0")):
        shown = section.answers("charges.night", room_tax="full", city_tax=typed)
        assert said in shown
        assert "ask-form-city_tax-error" in shown
        section.does("ui.close", dialog="ask")
        section.app.close_dialog("ask")
    assert section.settings["city_tax"] == 250


def test_rooms_hold_only_a_tax_that_there_is(section: Section) -> None:
    shown = section.answers("charges.night", room_tax="none", city_tax="")
    assert "ask-form-room_tax-error" in shown
    assert section.settings["room_tax"] == "lodging"


def test_no_city_tax_is_none(section: Section) -> None:
    section.answers("charges.night", room_tax="", city_tax="3")
    section.answers("charges.night", room_tax="", city_tax="")
    assert section.settings.get("city_tax") is None
    assert section.settings.get("room_tax") is None


def test_an_article_is_added_with_its_price_in_the_hotels_currency(section: Section) -> None:
    shown = section.does("charges.new-article")
    assert "Price in EUR" in shown
    assert "VAT lodging, 7 %" in shown
    section.does("ask.submit", name=" Breakfast ", category="food", price="14.5", tax="full")
    made = section.article("Breakfast")
    assert (made["price"], made["tax"], made["category"]) == (1450, "full", "food")
    assert section.cells("articles") == [
        ["Beer", "Beverage", "EUR 4.50", "VAT"],
        ["Breakfast", "Food", "EUR 14.50", "VAT"],
    ]


def test_a_yen_has_no_hundredths(section: Section) -> None:
    give(section.space, SetSettings(id=HOTEL, changes={"currency": "JPY"}))
    section.answers("charges.new-article", name="Tea", category="beverage", price="400", tax="")
    assert section.article("Tea")["price"] == 400
    assert ["Tea", "Beverage", "JPY 400", "No tax"] in section.cells("articles")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "price": "1"}, "name"),
        ({"name": "x" * 121, "price": "1"}, "name"),
        ({"name": "Tea", "price": "4,505"}, "price"),
        ({"name": "Tea", "price": "0"}, "price"),
        ({"name": "Tea", "price": "1", "tax": "none"}, "tax"),
    ],
)
def test_what_no_article_can_be_is_said_beside_its_field(
    section: Section, typed: dict[str, str], field: str
) -> None:
    shown = section.answers("charges.new-article", **{"category": "food", **typed})
    assert f"ask-form-{field}-error" in shown
    assert len(list(section.space.view.all(ARTICLES))) == 1


def test_an_article_is_edited_and_what_was_charged_stays(section: Section) -> None:
    give(
        section.space,
        CreateRoomType(id="DBL", name="Double"),
        CreateGuest(id="ana", last_name="Souza"),
        CreateReservation(id="s", guest_id="ana", room_type="DBL", arrival=TODAY,
                          departure="2026-11-22", overbook=True),
        Charge(id="1", stay="s", on=TODAY, amount=450, text="Beer", category="beverage",
               article="beer", tax="full"),
    )  # fmt: skip
    shown = section.does("charges.edit-article", "beer")
    assert '"4.50"' in shown
    section.does("ask.submit", name="Draught beer", category="beverage", price="5", tax="full")
    assert section.article("Draught beer")["price"] == 500
    line = section.space.view.get(LINES, "1")
    assert line is not None
    assert (line["text"], line["amount"]) == ("Beer", 450)


def test_an_edit_that_changes_nothing_closes_and_stores_nothing(section: Section) -> None:
    before = section.space.status().seq
    section.answers("charges.edit-article", "beer", name="Beer", category="beverage",
                    price="4.50", tax="full")  # fmt: skip
    section.answers("charges.night", room_tax="lodging", city_tax="")
    assert section.space.status().seq == before
    assert "New tax" in section.does("charges.new-tax"), "no dialog stands open"


def test_what_is_not_sold_stands_last_until_it_is_sold_again(section: Section) -> None:
    section.answers("charges.new-article", name="Cola", category="beverage", price="3", tax="")
    assert "Stop selling Beer" in section.does("charges.stop", "beer")
    assert section.article("Beer")["active"] is False
    assert [cells[0] for cells in section.cells("articles")] == ["Cola", "Beernot sold"]
    assert "Sell Beer again" in section.does("charges.sell", "beer")
    assert [cells[0] for cells in section.cells("articles")] == ["Beer", "Cola"]


@pytest.mark.req("SRV-17", "PMS-09")
@pytest.mark.parametrize(
    ("role", "taxes", "listed"),
    [
        ("manager", True, True),
        ("accounting", True, True),
        ("front-desk", False, True),
        ("viewer", False, False),
        ("housekeeping", False, False),
    ],
)
def test_who_may_not_change_charges_sees_why(
    section: Section, role: str, *, taxes: bool, listed: bool
) -> None:
    assert rights_of(SCHEMA, role) is not None
    section.space.tab.who.met(Person("Kim", role))
    drawn = section.drawn()
    actions = {each.attrs.get("data-action") for each in drawn.all("button")}
    offered = {name for name in actions if name and name.startswith("charges.")}
    assert bool(offered) == taxes
    assert ("Beer" in [row[0] for row in section.cells("articles")]) == listed
    assert ("does not see what is sold" in drawn.text) == (not listed)
    if not taxes:
        told = section.does("charges.new-tax")
        assert re.search("may not do this", told)


def test_rates_are_read_as_they_are_written() -> None:
    for rate in (0, 5, 70, 700, 725, 1050, 1900, 10_000):
        assert parse_rate(plain_rate(rate)) == rate


def test_codes_are_short_and_differ() -> None:
    long = "A very long name of a tax that nobody prints"
    codes = [new_code(long, ())]
    for _ in range(11):
        codes.append(new_code(long, codes))
    assert len(set(codes)) == 12
    assert max(map(len, codes)) <= 20
    assert new_code("%", ()) == "tax"
