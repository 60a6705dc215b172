"""The demonstration hotel's guests: invented people from many places. Stands on `names`."""

from __future__ import annotations

from typing import Final

from pysync_pms.commands import CreateGuest
from pysync_pms.demo.dice import Dice
from pysync_pms.indexes import fold
from pysync_pms.names import guest_name

_COUNTRIES: Final = (
    "PRT PRT ESP ESP GBR GBR GBR DEU DEU FRA FRA ITA NLD BEL CHE AUT IRL USA USA CAN "
    "BRA BRA POL CZE SWE NOR DNK FIN ROU UKR GRC TUR ISR MAR ZAF NGA IND CHN JPN KOR "
    "AUS MEX ARG LTU"
).split()
_LANGUAGES: Final = {
    "PRT": "pt-PT", "BRA": "pt-BR", "ESP": "es", "MEX": "es", "ARG": "es", "DEU": "de", "AUT": "de",
    "CHE": "de-CH", "FRA": "fr", "BEL": "fr", "ITA": "it", "NLD": "nl", "JPN": "ja", "CHN": "zh",
}  # fmt: skip
_NOTES: Final = (
    "Allergic to feathers: synthetic pillows.",
    "Prefers a high floor, away from the lift.",
    "Vegetarian breakfast.",
    "Travels with a small dog.",
    "Wants the newspaper in the morning.",
    "Uses a wheelchair: step-free room and shower.",
)
SPECIAL: Final = (
    CreateGuest(
        id="g-long",
        first_name="Maria Francisca Isabel Josefa Antónia Gertrudes",
        last_name="de Vasconcelos e Albuquerque-Sotomayor de Mascarenhas",
        country="PRT",
        vip=True,
        notes="Name badge: Francisca Vasconcelos.",
    ),
    CreateGuest(id="g-kanji", first_name="翔太", last_name="佐藤", country="JPN", language="ja"),
    CreateGuest(id="g-arabic", first_name="محمد", last_name="الفاسي", country="MAR", language="ar"),
    CreateGuest(id="g-short", last_name="Ng", country="SGP"),
    CreateGuest(
        id="g-twin-a",
        first_name="Katharina",
        last_name="Schäfer",
        email="katharina.schaefer@example.org",
        country="DEU",
    ),
    CreateGuest(
        id="g-twin-b",
        first_name="Katharina",
        last_name="Schäfer",
        email="katharina.schaefer@example.org",
        phone="+44 7700 900042",
        country="DEU",
        notes="Called on Monday about parking.",
    ),
)
"""Names that test a screen, and one person who was entered twice."""


def make_guest(number: int, dice: Dice) -> CreateGuest:
    """The guest of that number."""
    country = dice.pick(_COUNTRIES)
    first, last = guest_name(dice.key(), country)
    written = fold(f"{first} {last}").replace(" ", ".")
    # Ofcom keeps this range of numbers for fiction.
    phone = f"+44 7700 900{dice.number(100, 999)}" if dice.chance(60) else None
    return CreateGuest(
        id=f"g-{number:04d}",
        first_name=first,
        last_name=last,
        country=country,
        language=_LANGUAGES.get(country, "en"),
        email=f"{written}@example.org" if dice.chance(75) else None,
        phone=phone,
        vip=True if dice.chance(4) else None,
        notes=dice.pick(_NOTES) if dice.chance(12) else None,
    )
