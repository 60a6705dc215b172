"""Every screen and dialog in a made-up language, which shows what was forgotten.

In that language each text stands in brackets, and so does each date, number and amount. What is
seen outside of them is either what people wrote (names, numbers of rooms, notes) or a text that no
translation would reach: a constant without `tr`, texts joined with `+`, a code shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pysync.native import open_space
from pysync_build.languages import read_language
from pysync_pms.demo import build_demo
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.formats import DayStyle, Formats
from pysync_pms.ui.language import use
from pysync_pms.ui.told import use_rules
from tests.pms_ui.catalogues import GERMAN, READ_BY_VALUE, texts
from tests.pms_ui.support import Node, read
from tests.pms_ui.test_screens import PLACES, TODAY, Page

SPOKEN = frozenset({"aria-label", "title", "placeholder", "alt", "label", "aria-description"})
QUIET = frozenset({"svg", "kbd", "script", "symbol", "option-value"})
"""Elements whose text is no language: pictures, names of keys."""
WRITTEN = frozenset(
    {"first_name", "last_name", "name", "number", "notes", "text", "reason", "closed_reason"}
    | {"supplier", "phone", "email", "country", "company", "agent", "group", "requests", "address"}
    | {"job", "note", "purpose", "route", "receipt", "reference", "document", "language", "eta"}
    | {"floor", "features", "account", "owner", "tax_id", "close_reason", "taxes", "id"}
    | {"submitted_by", "decided_by", "paid_by", "approved_by", "check_in_time", "check_out_time"}
    | {"from_name", "from_address", "from_tax_id", "to_name", "to_address", "invoice_prefix"}
    | {"currency", "provider", "parking", "birth_date", "invoice_note", "credit_prefix"}
)
"""Fields that hold what people wrote; all others hold codes, numbers and days."""
ALIKE = frozenset(
    "ADR CSV EUR RevPAR VIP km kg min UTC Ctrl Meta Deutsch English United Kingdom States "
    "Français Español Português Demo demo pseudo language https".split()
)
"""Words that are the same in every language, or name one."""
DEFAULTS = frozenset({"Room", "City tax", "Payment", "Refund"})
"""Texts of folio lines that the hotel writes by itself."""


class BracketSource:
    """Formats in brackets, too."""

    def day(self, iso: str, style: DayStyle) -> str:
        return f"⟦{iso}⟧"

    def moment(self, epoch_ms: float, *, seconds: bool, day: bool) -> str:
        return "⟦12:00⟧"

    def number(self, value: float, digits: int) -> str:
        return f"⟦{value:.{digits}f}⟧"

    def money(self, value: float, currency: str, digits: int) -> str:
        return f"⟦{value} {currency}⟧"

    def relative(self, amount: int, unit: str) -> str:
        return f"⟦{amount}⟧"


def bracketed(words: Iterable[str]) -> dict[str, str]:
    return {key: f"⟦{key}⟧" for key in words}


@pytest.fixture(scope="module")
def pseudo() -> Iterator[None]:
    entries = read_language(GERMAN)
    found, _ = texts()
    use(bracketed({*found, *READ_BY_VALUE}))
    use_rules(bracketed(entries["rules"]), bracketed(entries["fragments"]))
    yield
    use({})
    use_rules({}, {})


@dataclass
class Reader:
    """What is seen outside of the brackets, by where."""

    data: re.Pattern[str]
    found: dict[str, set[str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def look(self, where: str, words: str) -> None:
        if words in self.known:
            return
        self.known.add(words)
        rest = re.sub(r"\b(this-hotel-\w+)\b", "", words)
        before = None
        while before != rest:
            before, rest = rest, re.sub(r"⟦[^⟦⟧]*⟧", " ", rest)
        rest = self.data.sub(" ", rest)
        left = [word for word in re.findall(r"[^\W\d_]{2,}", rest) if word not in ALIKE]
        if left:
            self.found.setdefault(words.strip()[:120], set()).add(where)

    def html(self, where: str, markup: str) -> None:
        self._walk(where, read(markup))

    def _walk(self, where: str, node: Node) -> None:
        for name in SPOKEN:
            if node.attrs.get(name):
                self.look(f"{where} @{name}", str(node.attrs[name]))
        for child in node.children:
            if isinstance(child, str):
                self.look(where, child)
            elif child.tag not in QUIET:
                self._walk(where, child)


def written(page: Page) -> re.Pattern[str]:
    """Everything that people wrote in this hotel."""
    found: set[str] = set()

    def take(value: Any) -> None:
        if isinstance(value, str):
            found.update({value, *value.split("\n")})
        elif isinstance(value, list | tuple):
            for each in value:
                take(each)

    for name in SCHEMA.collections:
        for record in page.space.view.all(name):
            for key in WRITTEN & record.keys():
                take(record[key])
    found -= DEFAULTS
    tab = page.space.tab_id
    found |= {tab, tab[:6], tab[:4]}
    longest = sorted((each for each in found if each), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest))


@pytest.fixture(scope="module")
def page(pseudo: None) -> Iterator[Page]:
    with open_space("pseudo-language", schema=SCHEMA) as space:
        for _ in build_demo(space, TODAY):
            pass
        page = Page(space)
        page.app.formats = Formats(BracketSource())
        yield page


def drawn(page: Page, reader: Reader, where: str) -> str:
    """Look at everything that was sent to the page; answers its markup."""
    whole = ""
    for command in [each for _ in range(3) for each in page.dom.paint()]:
        markup = str(command.get("html", ""))
        whole += markup
        if markup:
            reader.html(where, markup)
        for key in ("text", "title"):
            if isinstance(command.get(key), str) and command["op"] != "download":
                reader.look(f"{where} {command['op']}", command[key])
    return whole


def asked(markup: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The actions that this markup offers, with what they are given."""
    for node in read(markup).all():
        action = node.attrs.get("data-action")
        if action and node.attrs.get("aria-disabled") != "true":
            given = {k.removeprefix("data-"): v or "" for k, v in node.attrs.items()
                     if k.startswith("data-") and k != "data-action"}  # fmt: skip
            yield action, given


NOT_DONE = frozenset({"ui.print", "ui.use-remote", "ui.close", "ui.space", "import.start"})


@pytest.mark.req("PMS-12")
def test_no_text_of_any_screen_or_dialog_is_forgotten(page: Page) -> None:
    reader = Reader(written(page))
    done: set[str] = set()
    stays = {stay["status"]: stay["id"] for stay in page.space.view.all("reservations")}
    beside = [f"reservations/{rid}" for rid in stays.values()]
    for name, screen in (("guests", "guests"), ("rooms", "rooms"), ("expenses", "expenses")):
        beside.append(f"{screen}/{next(iter(page.space.view.all(name)))['id']}")
    for place in ("nowhere", *PLACES, *beside):
        page.app.frame_changed()
        page.markup("nowhere")
        markup = "".join(page.markup(place) for _ in range(1))
        markup += drawn(page, reader, place)
        reader.html(place, markup)
        for action, given in asked(markup):
            if action in done or action in NOT_DONE:
                continue
            done.add(action)
            page.dom.user(kind="click", action=action, args=given)
            opened = drawn(page, reader, f"{place} > {action}")
            for dialog in read(opened).all("dialog"):
                page.dom.user(kind="submit", action="ask.submit", target="ask-form", values={})
                drawn(page, reader, f"{place} > {action} > sent")
                page.dom.user(kind="closed", target=str(dialog.attrs["id"]), values={})
                page.dom.paint()
    assert page.errors == []
    told = [f"{words!r} at {sorted(where)[:2]}" for words, where in reader.found.items()]
    assert not told, "\n".join(told)
