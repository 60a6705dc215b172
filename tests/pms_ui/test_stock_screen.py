"""The stock's screens: what there is, questions about movements, the count sheet, what to order."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pysync.model.rights import rights_of
from pysync.native import open_space
from pysync_pms.commands import Command, perform
from pysync_pms.schema import SCHEMA
from pysync_pms.stock.levels import on_hand
from pysync_pms.ui.parts.stock_words import issue_again, quantity
from tests.pms.stock_support import STORE, issue, receive, transfer, waste
from tests.pms_ui.support import Node, read
from tests.pms_ui.test_screens import TODAY, Page

pytestmark = pytest.mark.req("PMS-05")


class Store(Page):
    """The screen as somebody works in it."""

    def drawn(self, place: str = "stock") -> Node:
        """The screen as it stands."""
        self.app.go(self.app.route.to("home"))
        self.dom.paint()
        return read(self.markup(place))

    def does(self, action: str, record: str = "", **typed: str) -> str:
        """A click, and what is drawn then."""
        args = {"id": record} if record else {}
        self.dom.user(kind="click", action=action, args=args, values=typed)
        return html.unescape("".join(str(each) for each in self.dom.paint()))

    def answers(self, action: str, record: str = "", **typed: str) -> str:
        """A click that asks something, and the answer to it."""
        self.does(action, record)
        return self.does("ask.submit", **typed)

    def types(self, item: str, text: str, place: str = "main") -> None:
        """Somebody writes a number into the sheet and goes on."""
        args = {"item": item, "place": place}
        target = f"count-sheet-{item}"
        self.dom.user(kind="input", action="stock.typed", args=args, value=text, target=target)

    def row(self, item: str) -> list[str]:
        """What the list says of an item: its cells."""
        [row] = self.drawn().all("tr", id=f"item-{item}")
        return [cell.text for cell in row.all("td")]

    def gives(self, *commands: Command) -> None:
        """Somebody else does this."""
        for each in commands:
            perform(self.space, each, view=self.space.view, today=TODAY)

    def there(self, item: str = "towel", place: str = "main") -> int:
        """How much of it there is."""
        return on_hand(self.space.view, item, place)

    def moves(self) -> list[dict[str, Any]]:
        """All movements."""
        return [dict(each) for each in self.space.view.all("stock_moves")]


@pytest.fixture
def bare(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A hotel where nothing is kept yet."""
    name = re.sub(r"[^a-z0-9]+", "-", f"stock-{request.node.name}".lower())[-90:].strip("-")
    with open_space(name, schema=SCHEMA) as space:
        page = Store(space)
        page.show("stock")
        yield page
        assert page.errors == []


@pytest.fixture
def store(bare: Store) -> Store:
    """A store with 70 towels and 12.5 kg of flour."""
    bare.gives(*STORE, receive("r", 70), receive("f", 12_500, item="flour"))
    bare.show("stock")
    return bare


def test_an_empty_stock_says_how_to_begin_and_leads_on(bare: Store) -> None:
    assert "Begin with a location" in bare.drawn().text
    bare.answers("stock.new-place", name="Cellar")
    assert "Nothing is kept yet" in bare.drawn().text
    bare.answers("stock.new-item", name="Port wine", category="food", unit="bottle",
                 reorder_level="6", reorder_quantity="12", supplier="Casa Vinhas")  # fmt: skip
    assert bare.app.route.screen == "stock"
    [item] = bare.space.view.all("stock_items")
    assert (item["name"], item["reorder_level"]) == ("Port wine", 6)
    assert bare.app.route.record == item["id"]
    assert bare.row(item["id"])[:3] == ["Port wine", "0 bottles", "reorder"]
    assert "12 bottles" in bare.drawn("stock?view=order").text


def test_the_list_says_what_is_where_in_words(store: Store) -> None:
    assert store.row("towel")[:4] == ["Bath towels", "70 pieces", "enough", "Main store"]
    assert store.row("flour")[1] == "12.5 kg"
    store.gives(transfer("t", 20), waste("w", 55))
    assert store.row("towel")[:4] == [
        "Bath towels", "15 pieces", "short: count it", "Floor 1 pantry, Main store",
    ]  # fmt: skip
    assert "1 level to count" in store.drawn().text
    assert store.frame.shell(store.app.route).counts["stock"] == 1
    found = store.drawn("stock?place=floor-1")
    assert [row.attrs["id"] for row in found.all("tr") if "id" in row.attrs] == ["item-towel"]
    assert "20 pieces" in found.text
    assert "Nothing found" in store.drawn("stock?q=zzz").text
    assert "Bath towels" in store.drawn("stock?state=short").text
    assert "Flour" not in store.drawn("stock?state=short").text


def test_something_is_issued_and_its_page_tells_of_it(store: Store) -> None:
    said = store.answers("stock.issue", "towel", quantity="5", note="Room 104")
    assert "Issue 5 pieces of Bath towels, Main store" in said
    assert store.there() == 65
    words = store.drawn("stock/towel").text
    assert "Issued" in words
    assert "−5 pieces" in words
    assert "Room 104" in words


def test_more_than_there_is_cannot_be_issued_unless_it_was_taken_already(store: Store) -> None:
    store.gives(transfer("t", 30))
    said = store.answers("stock.issue", "towel", quantity="45", place="floor-1")
    assert "Floor 1 pantry has only 30 pieces" in said
    assert "Receive or count first" in said
    said = store.does("ask.submit", quantity="35", place="floor-1")
    assert "There is enough at:" in said
    assert "Main store · 40 pieces" in said
    store.dom.user(kind="click", action="ask.pick", args={"value": "main"},
                   values={"quantity": "35"})  # fmt: skip
    store.does("ask.submit", quantity="35", place="main")
    assert (store.there(), store.there(place="floor-1")) == (5, 30)
    store.answers("stock.issue", "towel", quantity="7", place="main", taken="on")
    assert store.there() == -2
    assert "More was taken than was there: Main store" in store.drawn("stock/towel").text


@pytest.mark.parametrize(
    ("action", "typed", "said"),
    [
        ("stock.issue", {"quantity": "1.5"}, "Enter whole numbers."),
        ("stock.issue", {"quantity": ""}, "Enter a number such as 12."),
        ("stock.issue", {"quantity": "0"}, "Enter a quantity above 0."),
        ("stock.waste", {"quantity": "1", "reason": ""}, "Say what happened to it."),
        ("stock.transfer", {"quantity": "1", "into": ""}, "Choose where it goes."),
        ("stock.transfer", {"quantity": "1", "into": "main"}, "Choose another location"),
        ("stock.receive", {"quantity": "99999999999"}, "too much to be right"),
        ("stock.count", {"quantity": "many"}, "Enter a number such as 12."),
        ("stock.issue", {"item": "", "quantity": "1"}, "Choose an item."),
    ],
)
def test_what_is_typed_wrong_is_said_beside_its_field_and_changes_nothing(
    store: Store, action: str, typed: dict[str, str], said: str
) -> None:
    assert said in store.answers(action, "towel", **typed)
    assert len(store.moves()) == 2


def test_kilograms_are_typed_with_point_or_comma(store: Store) -> None:
    store.answers("stock.waste", "flour", quantity="0,25", reason="Spoiled")
    store.answers("stock.transfer", "flour", quantity="1.5", into="floor-1")
    assert (store.there("flour"), store.there("flour", "floor-1")) == (10_750, 1_500)


def test_a_movement_is_taken_back_with_a_reason(store: Store) -> None:
    assert "Say why it is taken back." in store.answers("stock.reverse", "r", reason=" ")
    store.does("ask.submit", reason="Booked twice")
    assert store.there() == 0
    page = store.drawn("stock/towel")
    assert "taken back" in page.text
    assert "Booked twice" in page.text
    assert "Take back…" not in page.text


def test_a_sheet_is_saved_as_one_change_and_what_is_taken_meanwhile_counts(store: Store) -> None:
    """STOCK-4"""
    sheet = store.drawn("stock?view=count&place=main").text
    assert "Expected 70 pieces" in sheet
    before = store.space.status().seq
    store.types("towel", "68")
    store.gives(issue("i", 3))
    said = store.does("stock.save-count", "main", towel="68", flour="12,4")
    assert "Count Main store, 2 items" in said
    assert store.space.status().seq == before + 2, "the issue, and one change for the sheet"
    assert (store.there(), store.there("flour")) == (65, 12_400)
    [counted] = [move for move in store.moves() if move.get("counted") == 68]
    assert (counted["expected"], counted["difference"]) == (70, -2)


def test_a_sheet_with_a_number_that_cannot_be_right_keeps_everything_unsaved(store: Store) -> None:
    store.show("stock?view=count&place=main")
    said = store.does("stock.save-count", "main", towel="sixty", flour="12")
    assert "Enter a number such as 12." in said
    assert "Some numbers cannot be right" in said
    assert len(store.moves()) == 2
    assert "enter at least one number" in store.does("stock.save-count", "main", towel=" ")
    store.does("stock.save-count", "main", towel="60")
    assert store.there() == 60


def test_a_count_in_the_dialog_notes_what_was_seen_when_it_was_typed(store: Store) -> None:
    """STOCK-4"""
    store.does("stock.count", "towel")
    store.dom.user(kind="change", action="ask.change", value="68", target="ask-form-quantity")
    store.dom.paint()
    store.gives(issue("i", 3))
    store.dom.paint()
    store.does("ask.submit", quantity="68")
    assert store.there() == 65


def test_what_to_order_is_listed_by_supplier_and_saved_as_a_file(store: Store) -> None:
    assert "Nothing has to be ordered" in store.drawn("stock?view=order").text
    store.gives(issue("i", 20))
    page = store.drawn("stock?view=order")
    assert "Linea" in page.text
    assert "100 pieces" in page.text
    store.dom.user(kind="click", action="stock.csv")
    [file] = [each for each in store.dom.paint() if each["op"] == "download"]
    assert (file["name"], file["type"]) == (f"order-{TODAY}.csv", "text/csv")
    assert "Linea,Bath towels,amenity,piece,50,60,100" in file["text"]


def test_items_and_locations_are_edited_and_taken_out_of_use(store: Store) -> None:
    store.answers("stock.edit-item", "towel", name="Towels", reorder_level="", supplier="")
    item = store.space.view.get("stock_items", "towel") or {}
    assert (item["name"], item["supplier"], item["reorder_level"]) == ("Towels", None, None)
    said = store.answers("stock.edit-item", "towel", unit="kg")
    assert "It has movements in its unit" in said
    store.dom.user(kind="closed", target="ask", values={})
    store.gives(waste("w", 70))
    store.does("stock.retire-item", "towel")
    assert store.drawn().all("tr", id="item-towel") == []
    assert "out of use" in store.drawn("stock?state=all").text
    store.does("stock.use-item", "towel")
    assert store.row("towel")[0] == "Towels"
    store.answers("stock.edit-place", "floor-1", name="Floor 1")
    store.does("stock.retire-place", "floor-1")
    assert "Out of use" in store.drawn("stock?view=places").text
    store.does("stock.use-place", "floor-1")
    assert "Out of use" not in store.drawn("stock?view=places").text


@pytest.mark.parametrize(
    ("role", "denied"),
    [
        ("housekeeping", {"stock.receive", "stock.edit-item"}),
        ("accounting", {"stock.issue", "stock.count", "stock.edit-item"}),
        ("viewer", {"stock.issue", "stock.receive", "stock.count", "stock.edit-item"}),
    ],
)
@pytest.mark.req("SRV-10")
def test_who_may_not_do_something_sees_it_disabled(
    store: Store, role: str, denied: set[str]
) -> None:
    rights = rights_of(SCHEMA, role)
    store.app.rights = lambda: rights
    page = store.drawn("stock/towel")
    for action in ("stock.issue", "stock.receive", "stock.count", "stock.edit-item"):
        shown = [each for each in page.all("button") if each.attrs.get("data-action") == action]
        assert bool(shown) is (action not in denied), action


def test_a_refused_issue_offers_where_there_is_enough(store: Store) -> None:
    """STOCK-2: what was refused after it was shown keeps its content and the next best."""
    store.gives(transfer("t", 40), issue("i", 25))
    content = [("stock_moves", "item", "towel"), ("stock_moves", "place", "main"),
               ("stock_moves", "issued", -30)]  # fmt: skip
    way = read(str(issue_again(store.hotel, content)))
    [offered] = way.all("button")
    assert offered.text == "Take it from Floor 1 pantry…"
    args = {name: offered.attrs[f"data-{name}"] for name in ("id", "place", "many")}
    store.dom.user(kind="click", action=offered.attrs["data-action"], args=args)
    store.dom.paint()
    store.does("ask.submit")
    assert (store.there(), store.there(place="floor-1")) == (5, 10)
    assert issue_again(store.hotel, [("stock_moves", "received", 5)]) is None


def test_quantities_are_written_as_the_locale_has_it(store: Store) -> None:
    assert quantity(store.hotel, 1_000, "piece") == "1,000 pieces"
    assert quantity(store.hotel, -1_250, "kg", signed=True) == "−1.25 kg"
    assert quantity(store.hotel, 1, "box", signed=True) == "+1 box"


def test_no_such_item(store: Store) -> None:
    assert "No such item" in store.drawn("stock/none").text
