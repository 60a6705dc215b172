"""The German catalogue says everything that the interface and the domain say, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pysync_build.languages import read_language
from pysync_pms.expenses.claims import STATES
from pysync_pms.expenses.words import EXPENSE_CATEGORIES, REPAID_BY
from pysync_pms.roles import ROLES as OFFICES
from pysync_pms.schema import SCHEMA
from pysync_pms.stock.words import GOODS, QUANTITIES
from pysync_pms.ui.language import Text, grouped, use
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.told import told, use_rules
from pysync_pms.words import (
    ATTENTION_WORDS,
    BOARDS,
    CATEGORIES,
    CONDITIONS,
    KINDS,
    METHODS,
    PAPERS,
    ROLES,
    SERVICEABILITIES,
    SOURCES,
    STATUSES,
)
from tests.pms_ui.catalogues import GERMAN, READ_BY_VALUE, VARIABLE, bare, said, texts

pytestmark = pytest.mark.req("PMS-12")
CODES = (
    *(STATUSES + CONDITIONS + SERVICEABILITIES + ROLES + SOURCES + BOARDS + KINDS + CATEGORIES),
    *(PAPERS + METHODS + EXPENSE_CATEGORIES + REPAID_BY + STATES + GOODS + QUANTITIES),
    *ATTENTION_WORDS,
)


@pytest.fixture(scope="module")
def entries() -> Iterator[dict[str, dict[str, str]]]:
    found = read_language(GERMAN)
    use(found["texts"])
    use_rules(found["rules"], found["fragments"])
    yield found
    use({})
    use_rules({}, {})


def test_every_text_of_the_interface_is_there_and_none_is_left_over(
    entries: dict[str, dict[str, str]],
) -> None:
    used, _ = texts()
    wanted = {*used, *READ_BY_VALUE}
    assert sorted(wanted - entries["texts"].keys()) == []
    assert sorted(entries["texts"].keys() - wanted) == []


def test_every_key_is_a_literal() -> None:
    _, variable = texts()
    assert variable == VARIABLE


def test_no_literal_stands_where_something_is_seen() -> None:
    assert bare() == []


def test_codes_of_closed_sets_and_names_of_fields_are_texts() -> None:
    names = {name for each in SCHEMA.collections.values() for name in each.fields}
    lacking = {code for code in {*CODES, *names, *SCHEMA.collections}
               if type(label(code)) is not Text}  # fmt: skip
    assert lacking == set()
    assert type(label("Zinnkraut-Suite")) is str


def test_numbers_are_grouped_as_in_german(entries: object) -> None:
    assert grouped(1_234_567) == "1.234.567"


# -- what the domain says -------------------------------------------------------------------------

_FIRST = "Receive or count first, or say that it was taken already."
COMPOSED = {
    ("", " more"): ["Ann, Ben and 4 more did not arrive: check in, or mark as no-show."],
    ("", " ", " for a deposit"): ["Ask Ann for a deposit", "No longer ask Ann for a deposit"],
    ("Ask",): ["Ask Ann for a deposit"],
    ("No longer ask",): ["No longer ask Ann for a deposit"],
    ("a line",): ["Reverse a line", "Move a line", "Split a line"],
    ("to room ", ""): ["Move Ann to room 12"],
    ("to ", " - ", ""): ["Move Ann to 1 - 2", "Move Ann to room 12 to 1 - 2"],
    ("no room",): ["no room"],
    (" until ", ""): ["Room 1 is out of order until 2026-11-20: choose another.",
                      "Room 1 is out of order until 2026-11-20 (wet): choose another."],
    ("Room ", " is out of order", "", ": choose another."): [
        "Room 1 is out of order: choose another.",
        "Room 1 is out of order (wet): choose another."],
    ("see its notes",): ["Room 1 has a fault: see its notes."],
    ("Enter the ", " as a date: 2026-11-20."): ["Enter the arrival as a date: 2026-11-20.",
                                               "Enter the departure as a date: 2026-11-20."],
    ("", " of ", ""): ["Submit expense of Ann", "Approve trip of Ben", "Receive 2 kg of Soap",
                       "Issue 2 kg of Soap", "Waste 2 kg of Soap",
                       "Reverse received: 2 kg of Soap"],
    ("Add expense of ", "", ""): ["Add expense of Ann at Makro", "Add expense of Ann"],
    ("Reverse ", ": ", ""): ["Reverse received: 2 kg of Soap", "Reverse a movement: 1 of Soap"],
    (" at ", ""): ["Add expense of Ann at Makro", "Add expense of Ann"],
    ("", " the break of ", ""): ["Begin the break of Ann", "End the break of Ann"],
    ("", " to ", ""): ["Transfer 2 kg of Soap to Bar"],
    ("Transfer",): ["Transfer 2 kg of Soap to Bar"],
    ("Receive",): ["Receive 2 kg of Soap"],
    ("Issue",): ["Issue 2 kg of Soap"],
    ("Waste",): ["Waste 2 kg of Soap"],
    ("Count ", ", ", " ", ""): ["Count Bar, 1 item", "Count Bar, 4 items"],
    ("", " has only ", " of ", ", not ", "."): [
        "Bar has only 1 kg of Soap, not 2 kg. Kitchen has 3 kg.",
        f"Bar has only 1 kg of Soap, not 2 kg. {_FIRST}"],
    ("", " has no ", " left."): ["Bar has no Soap left. Kitchen has 3 kg."],
    (" ", " has ", "."): ["Bar has no Soap left. Kitchen has 3 kg."],
    (" Receive or count first, or say that it was taken already.",): [
        f"Bar has no Soap left. {_FIRST}"],
    ("There is no such ", " any more."): ["There is no such stock item any more.",
                                         "There is no such location any more."],
    ("Edit ", " ", ""): ["Edit stock item Soap", "Edit location Bar"],
    ("room prices",): ["This tax is included in: room prices, Beer and 2 more.",
                       "VAT is used by room prices: choose another tax there first."],
    (" and ", " more"): ["This tax is included in: Beer, Gin and 2 more."],
}  # fmt: skip
"""Fragments, and templates of them, with the sentences that they become."""
SILENT = {
    ("no command ", " in this build"), ("", " knows no ", ""),  # of another build's log
    ("A guest",), ("Erased guest",), ("Room",), ("City tax",), ("Payment",), ("Refund",),  # stored
    ("Moved",), ("Split",),  # reasons in the folio
    ("Count",), ("Type ", ""), ("ONLINE TA",), ("OFFLINE TA/TO",), ("Group",), ("Contract",),
    ("this item",),  # of what was deleted
    ("weights are not negative, and not all are 0",),
}  # fmt: skip
"""What is stored with a record as if a person had written it, what files hold, and bugs."""


def shape(english: str) -> tuple[str, ...]:
    return tuple(re.split(r"\{\w+\}", english))


def test_every_sentence_of_the_domain_is_there(entries: dict[str, dict[str, str]]) -> None:
    known = {shape(english) for english in entries["rules"]}
    lacking = [
        str(each)
        for each in said()
        if each.pieces not in known | COMPOSED.keys() | SILENT and not _is_field_rule(each.pieces)
    ]
    assert lacking == []


def _is_field_rule(pieces: tuple[str, ...]) -> bool:
    """What the schema has against a value, said with the field's name before it and a point."""
    return pieces[0].startswith("must ") or pieces[0].startswith("holds more than")


@pytest.mark.parametrize("sentence", sorted({each for many in COMPOSED.values() for each in many}))
def test_a_composed_sentence_is_german_as_a_whole(sentence: str, entries: object) -> None:
    shown = told(sentence)
    assert shown != sentence
    assert not re.search(r"\b(the|and|of|is|has|was|to|until)\b", shown), shown


def test_told_1_a_template_takes_only_its_own_sentence(entries: dict[str, dict[str, str]]) -> None:
    """TOLD-1: every part is shown letter for letter, whatever it holds."""
    for english, german in entries["rules"].items():
        names = list(dict.fromkeys(re.findall(r"\{(\w+)\}", english)))
        parts = {name: f"Q{number}x" for number, name in enumerate(names)}
        assert told(english.format(**parts)) == german.format(**parts), english


def test_what_no_entry_knows_stays_as_it_is(entries: object) -> None:
    for words in ("Kitchen has 3 kg.", "expense of Ann", "clean", "Somebody wrote this."):
        assert told(words) == words


def test_parts_of_ours_are_told_and_those_of_people_are_not(entries: object) -> None:
    assert told("Room clean: clean") == "Zimmer clean: sauber"
    assert told("Room 1: out of order") == "Zimmer 1: gesperrt"
    assert told("Discard: Check in Room, room Home") == "Verwerfen: Check-in Room, Zimmer Home"
    assert told("Set check in time, currency") == "Einstellungen geändert: Check-in-Zeit, Währung"


def test_roles_are_said_in_german(entries: object) -> None:
    assert [role.title for role in OFFICES.values() if told(role.title) == role.title] == [
        "Housekeeping"
    ]
