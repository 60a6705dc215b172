"""The demonstration hotel's stock: some forty items at six locations, and months of movements.

STOCK-8 the same seed and date give the same movements; some items are to be ordered, and one level
is flagged. Stands on `stock.commands`, `demo.dice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from pysync_pms.calendar import add_days
from pysync_pms.commands import Command
from pysync_pms.demo.dice import Dice
from pysync_pms.stock.commands import (
    IssueStock,
    ReceiveStock,
    ReverseStock,
    TransferStock,
    WasteStock,
)
from pysync_pms.stock.counting import CountSheet
from pysync_pms.stock.items import CreatePlace, CreateStockItem

__all__ = ["stock_steps"]

DAYS: Final = 84
MAIN, KITCHEN, BAR = "main-store", "kitchen", "bar"
FLOORS: Final = ("pantry-1", "pantry-3", "pantry-5")
PLACES: Final = (
    (MAIN, "Main store"),
    (KITCHEN, "Kitchen"),
    (BAR, "Bar"),
    ("pantry-1", "Pantry, floors 1 and 2"),
    ("pantry-3", "Pantry, floors 3 and 4"),
    ("pantry-5", "Pantry, floor 5"),
)
SHORT: Final = "tea-herbal"
"""More of it was taken than was there."""


class Kept(NamedTuple):
    """An item: where it is used up, how much in a week there, how much is ordered at a time."""

    id: str
    name: str
    category: str
    unit: str
    supplier: str
    week: int
    batch: int
    used_at: str = "floors"
    low: bool = False


_LINEN, _CARE, _CLEAN = "Têxteis do Minho", "Lusitana Amenities", "Limpa & Brilha, Lda."
_FOOD, _DAIRY, _DRINKS = "Mercado Abastecedor", "Queijaria Serra Alta", "Vinhos & Águas do Tejo"
_K: Final = 1_000
ITEMS: Final = (
    Kept("coffee", "Coffee beans", "food", "kg", "Torrefação Nova", 9 * _K, 30 * _K, KITCHEN),
    Kept("tea-black", "Black tea, boxes of 100 bags", "food", "box", "Torrefação Nova", 2, 12),
    Kept(SHORT, "Herbal tea, boxes of 100 bags", "food", "box", "Torrefação Nova", 2, 12),
    Kept("sugar", "Sugar sticks", "food", "pack", "Torrefação Nova", 6, 40),
    Kept("flour", "Wheat flour", "food", "kg", _FOOD, 14 * _K, 50 * _K, KITCHEN),
    Kept("eggs", "Eggs, trays of 30", "food", "pack", _FOOD, 11, 40, KITCHEN),
    Kept("butter", "Butter, salted", "food", "kg", _DAIRY, 6 * _K + 500, 20 * _K, KITCHEN, True),
    Kept("cheese", "Serra da Estrela cheese", "food", "kg", _DAIRY, 3 * _K + 250, 10 * _K, KITCHEN),
    Kept("milk", "Milk", "food", "litre", _DAIRY, 48 * _K, 120 * _K, KITCHEN),
    Kept("jam", "Jam portions", "food", "pack", _FOOD, 5, 24, KITCHEN),
    Kept("oil", "Olive oil", "food", "litre", _FOOD, 5 * _K, 25 * _K, KITCHEN),
    Kept("ham", "Smoked ham", "food", "kg", _FOOD, 4 * _K + 200, 12 * _K, KITCHEN, True),
    Kept("water-still", "Mineral water, still 0.5 l", "food", "bottle", _DRINKS, 130, 480, BAR),
    Kept("water-gas", "Mineral water, sparkling 0.5 l", "food", "bottle", _DRINKS, 60, 240, BAR),
    Kept("wine-red", "Douro, red", "food", "bottle", _DRINKS, 16, 60, BAR),
    Kept("wine-white", "Vinho verde", "food", "bottle", _DRINKS, 21, 72, BAR, True),
    Kept("beer", "Beer 0.33 l", "food", "bottle", _DRINKS, 70, 240, BAR),
    Kept("juice", "Orange juice", "food", "litre", _DRINKS, 20 * _K, 60 * _K, KITCHEN),
    Kept("towel-bath", "Bath towels", "amenity", "piece", _LINEN, 8, 60),
    Kept("towel-hand", "Hand towels", "amenity", "piece", _LINEN, 7, 60),
    Kept("towel-pool", "Pool towels", "amenity", "piece", _LINEN, 5, 40),
    Kept("bath-mat", "Bath mats", "amenity", "piece", _LINEN, 2, 20),
    Kept("sheet", "Bed sheets, double", "amenity", "piece", _LINEN, 4, 40),
    Kept("pillow", "Pillow cases", "amenity", "piece", _LINEN, 6, 60),
    Kept("soap", "Soap 20 g", "amenity", "piece", _CARE, 190, 1_000),
    Kept("shampoo", "Shampoo 30 ml", "amenity", "bottle", _CARE, 180, 800, "floors", True),
    Kept("shower-gel", "Shower gel 30 ml", "amenity", "bottle", _CARE, 185, 800),
    Kept("lotion", "Body lotion 30 ml", "amenity", "bottle", _CARE, 90, 400),
    Kept("dental", "Dental sets", "amenity", "piece", _CARE, 22, 150),
    Kept("slippers", "Slippers", "amenity", "pair", _CARE, 45, 200),
    Kept("sewing", "Sewing kits", "amenity", "piece", _CARE, 4, 100),
    Kept("tissue", "Facial tissues", "amenity", "box", _CARE, 24, 96),
    Kept("toilet-paper", "Toilet paper", "material", "roll", _CLEAN, 150, 480),
    Kept("bags-bin", "Bin bags 35 l", "material", "roll", _CLEAN, 9, 50),
    Kept("bags-laundry", "Laundry bags", "material", "pack", _CLEAN, 3, 20),
    Kept("cleaner-bath", "Bathroom cleaner", "material", "litre", _CLEAN, 7 * _K + 500, 30 * _K),
    Kept("cleaner-glass", "Glass cleaner", "material", "litre", _CLEAN, 3 * _K, 15 * _K),
    Kept("detergent", "Laundry detergent", "material", "kg", _CLEAN, 18 * _K, 60 * _K, MAIN, True),
    Kept("gloves", "Gloves, boxes of 100", "material", "box", _CLEAN, 3, 20),
    Kept("bulbs", "Light bulbs E27", "material", "piece", "Eletro Rossio", 3, 40, MAIN),
    Kept("batteries", "Batteries AA", "material", "pack", "Eletro Rossio", 1, 12, MAIN),
    Kept("paper", "Printer paper A4", "material", "pack", "Papelaria Central", 2, 20, MAIN),
)


def stock_steps(today: str, seed: str) -> Iterator[tuple[Command, str]]:
    """Everything about the stock, each command with its day."""
    for rank, (place, name) in enumerate(PLACES, start=1):
        yield CreatePlace(id=place, name=name, rank=rank), today
    for kept in ITEMS:
        yield (
            CreateStockItem(
                id=kept.id, name=kept.name, category=kept.category, unit=kept.unit,
                supplier=kept.supplier, reorder_level=kept.week, reorder_quantity=kept.batch,
            ),
            today,
        )  # fmt: skip
    house = _House(today, Dice(f"{seed}/{today}/stock"))
    yield from house.begin()
    for day in range(DAYS - 7, 0, -7):
        yield from house.week(add_days(today, -day))
    yield from house.lately()


class _House:
    """The store rooms as they are lived in; it knows what is where, so nothing lacks by chance."""

    def __init__(self, today: str, dice: Dice) -> None:
        self._today = today
        self._dice = dice
        self._there: dict[tuple[str, str], int] = {}
        self._missed: dict[tuple[str, str], int] = {}
        self._number = 0
        self._last = ""

    def begin(self) -> Iterator[tuple[Command, str]]:
        """A first delivery, and a first count."""
        day = add_days(self._today, -DAYS)
        for kept in ITEMS:
            yield self._receive(kept, kept.batch + kept.week, day)
        yield self._count(MAIN, day)

    def week(self, day: str) -> Iterator[tuple[Command, str]]:
        """What a week uses up, and what is delivered; now and then a mishap."""
        for kept in ITEMS:
            if self._at(kept, MAIN) <= 3 * kept.week and not (kept.low and self._late(day)):
                yield self._receive(kept, kept.batch, day)
        needs = {
            (kept, place): max(1, kept.week // len(_uses(kept)) * self._dice.number(70, 125) // 100)
            for kept in ITEMS
            for place in _uses(kept)
        }
        for at in range(len(FLOORS) + 1):  # one location after the other, as people walk
            for (kept, place), need in needs.items():
                if _uses(kept).index(place) == at:
                    yield from self._fill(kept, place, need, day)
        for (kept, place), need in needs.items():
            yield from self._use(kept, place, need, add_days(day, self._dice.number(0, 5)))
        if self._dice.chance(60):
            yield from self._mishap(day)
        if self._dice.chance(40):
            yield self._count(self._dice.pick((KITCHEN, BAR, *FLOORS)), add_days(day, 6))

    def lately(self) -> Iterator[tuple[Command, str]]:
        """A delivery booked twice and taken back, a count, and what went below nothing today."""
        yesterday = add_days(self._today, -1)
        soap = next(kept for kept in ITEMS if kept.id == "soap")
        yield self._receive(soap, soap.batch, yesterday)
        twice, back = self._last, self._id("back")
        self._there[soap.id, MAIN] -= soap.batch
        yield ReverseStock(id=back, move=twice, on=yesterday, reason="Booked twice"), yesterday
        yield from self._banquet(yesterday)
        yield self._count(MAIN, yesterday)
        pantry = FLOORS[1]
        many = self._there.get((SHORT, pantry), 0) + 2
        yield (
            IssueStock(id=self._id("taken"), item=SHORT, place=pantry, on=self._today,
                       quantity=many, taken=True, note="Conference room"),
            self._today,
        )  # fmt: skip

    def _banquet(self, day: str) -> Iterator[tuple[Command, str]]:
        """A busy day that leaves little of what is not delivered any more."""
        for kept in ITEMS:
            places = dict.fromkeys((*_uses(kept), MAIN))
            spare = sum(self._at(kept, place) for place in places) - kept.week * 6 // 10
            for place in places if kept.low else ():
                used = min(self._at(kept, place), spare)
                if used > 0:
                    spare -= used
                    yield from self._use(kept, place, used, day)

    # -- inside -----------------------------------------------------------------------------------

    def _fill(self, kept: Kept, place: str, need: int, day: str) -> Iterator[tuple[Command, str]]:
        moved = min(self._at(kept, MAIN), 2 * need)
        if place == MAIN or self._at(kept, place) >= need or not moved:
            return
        self._add(kept, MAIN, -moved)
        self._add(kept, place, moved)
        yield (
            TransferStock(id=self._id("t"), item=kept.id, place=MAIN, into=place, on=day,
                          quantity=moved),
            day,
        )  # fmt: skip

    def _use(self, kept: Kept, place: str, need: int, day: str) -> Iterator[tuple[Command, str]]:
        used = min(self._at(kept, place), need)
        if used:
            self._add(kept, place, -used)
            yield (
                IssueStock(id=self._id("i"), item=kept.id, place=place, on=day, quantity=used),
                day,
            )

    def _receive(self, kept: Kept, many: int, day: str) -> tuple[Command, str]:
        self._add(kept, MAIN, many)
        note = f"Delivery note {self._dice.number(10_000, 99_999)}"
        return (
            ReceiveStock(
                id=self._id("r"), item=kept.id, place=MAIN, on=day, quantity=many, note=note
            ),
            day,
        )

    def _mishap(self, day: str) -> Iterator[tuple[Command, str]]:
        kept = self._dice.pick(ITEMS)
        place = self._dice.pick(_uses(kept))
        lost = min(self._at(kept, place), max(1, kept.week // 12))
        if lost:
            self._add(kept, place, -lost)
            reasons = (
                ("Past its date", "Spoiled") if kept.category == "food" else ("Stained", "Broken")
            )
            yield (
                WasteStock(id=self._id("w"), item=kept.id, place=place, on=day, quantity=lost,
                           reason=self._dice.pick(reasons)),
                day,
            )  # fmt: skip

    def _count(self, place: str, day: str) -> tuple[Command, str]:
        """Most is as expected; a few are one less."""
        rows = []
        for kept in ITEMS:
            there = self._there.get((kept.id, place))
            if there is None:
                continue
            counted = max(0, there - (1 if self._dice.chance(8) else 0))
            rows.append((self._id("c"), kept.id, counted, there, self._adjusted(kept.id, place)))
            self._missed[kept.id, place] = self._adjusted(kept.id, place) + counted - there
            self._there[kept.id, place] = counted
        return CountSheet(place=place, on=day, rows=tuple(rows)), day

    def _at(self, kept: Kept, place: str) -> int:
        return self._there.get((kept.id, place), 0)

    def _add(self, kept: Kept, place: str, many: int) -> None:
        self._there[kept.id, place] = self._at(kept, place) + many

    def _adjusted(self, item: str, place: str) -> int:
        return self._missed.get((item, place), 0)

    def _late(self, day: str) -> bool:
        return day > add_days(self._today, -23)

    def _id(self, kind: str) -> str:
        self._number += 1
        self._last = f"stock-{kind}{self._number:05d}"
        return self._last


def _uses(kept: Kept) -> tuple[str, ...]:
    """Where an item is used up."""
    if kept.used_at == "floors":
        return FLOORS if kept.category != "food" else (KITCHEN, *FLOORS)
    return (kept.used_at,)
