"""A receipt's picture in the form, in the card, in the list of what is to be approved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from pysync.attachments import Attachments
from pysync.errors import InvalidValue
from pysync.machines.carried import Shelved
from pysync.native import open_attachments, open_space
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.words import MILEAGE
from pysync_pms.ui.parts.picture import picture_view
from pysync_pms.ui.pictures import KEPT
from pysync_pms.ui.sealed import SealedValues
from tests.pms.claims_support import STAFF
from tests.pms.support import TODAY, give, house
from tests.pms_ui.support import read
from tests.pms_ui.test_expenses_screen import FILLED, Clerk

pytestmark = pytest.mark.req("PMS-06", "PMS-07")

JPEG = b"\xff\xd8\xff\xe0 a receipt"
PDF = b"%PDF-1.7 an invoice"
DIGEST = sha256(JPEG).hexdigest()
FILE = "ask-form-picture-file"


class Tools:
    """A page whose inputs hold these files."""

    def __init__(self) -> None:
        self.file: bytes | None = JPEG
        self.open: list[str] = []
        self.made = 0

    async def read(self, input_id: str) -> bytes | None:
        assert input_id.startswith("ask-form-picture-")
        if self.file == b"words":
            raise InvalidValue("This file cannot be read here.")
        return self.file

    def show(self, data: bytes, media: str) -> str:
        self.made += 1
        self.open.append(f"blob:{media}:{self.made}")
        return self.open[-1]

    def forget(self, address: str) -> None:
        self.open.remove(address)


class Reception(Clerk):
    """A page on which pictures can be taken."""

    tools: Tools
    kept: Attachments
    work: list[Any]

    def drawn(self) -> str:
        """What is drawn once everything beside it was done."""
        said = super().drawn()
        while self.work:
            asyncio.run(self.work.pop(0))
            said += super().drawn()
        return said

    def markup(self, place: str) -> str:
        return super().markup(place) + self.drawn()

    def choose(self, file: bytes | None) -> str:
        """Choose a file for the form; answers what is drawn then."""
        self.tools.file = file
        self.dom.user(kind="change", action="picture.chosen", target=FILE, value="x")
        return self.drawn()

    def picture(self) -> str | None:
        [expense] = self.all()
        found: str | None = expense.get("picture")
        return found


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Reception]:
    with open_space(f"picture-{request.node.name}"[:90], schema=SCHEMA) as space:
        give(space, *house(), *STAFF)
        page = Reception(space)
        page.work = []
        page.hotel._spawn = page.work.append
        page.tools = Tools()
        page.kept = asyncio.run(open_attachments(space))
        page.hotel.pictures.use(page.kept, page.tools)
        yield page
        page.kept.close()
        assert page.errors == []


def test_a_picture_is_chosen_looked_at_and_kept_with_the_expense(desk: Reception) -> None:
    desk.show("expenses")
    drawn = desk.act("expenses.new")
    assert "Take a picture" in drawn
    assert 'capture="environment"' in drawn
    assert "Remove the picture" not in drawn
    drawn = desk.choose(JPEG)
    assert f'value="{DIGEST}"' in drawn
    assert 'src="blob:image/jpeg:1"' in drawn
    assert 'alt="The receipt, as it will be kept"' in drawn
    assert "Remove the picture" in drawn
    desk.answer(**FILLED, submit="on", picture=DIGEST)
    assert desk.picture() == DIGEST
    [expense] = desk.all()
    drawn = desk.markup(f"expenses/{expense['id']}")
    assert 'src="blob:image/jpeg:1"' in drawn
    assert "Receipt of Silva: show it large" in drawn
    assert "Not sent yet" not in drawn, "there is nobody to send it to"
    large = desk.act("picture.open", digest=DIGEST, what="Silva")
    assert 'alt="Receipt of Silva"' in large
    assert 'download="receipt.jpg"' in large
    assert "blob:image/jpeg:1" in desk.markup("expenses?show=approve")


def test_a_picture_is_taken_away_again_and_another_one_chosen(desk: Reception) -> None:
    desk.show("expenses")
    desk.act("expenses.new")
    desk.choose(JPEG)
    assert 'name="picture" value=""' in desk.act("picture.remove")
    drawn = desk.choose(PDF)
    assert "PDF, 1 KB" in drawn
    desk.answer(**FILLED, picture=sha256(PDF).hexdigest(), submit="")
    [expense] = desk.all()
    desk.act("expenses.edit", id=expense["id"])
    desk.answer(**FILLED, picture="", submit="")
    assert desk.picture() is None
    assert "PDF" not in desk.markup(f"expenses/{expense['id']}").split("History")[0]


def test_what_is_no_picture_is_said_beside_the_field_and_the_form_can_be_sent(
    desk: Reception,
) -> None:
    desk.show("expenses")
    desk.act("expenses.new")
    assert "cannot be read here" in desk.choose(b"words")
    assert "is no JPEG" in desk.choose(b"<svg>")
    assert "larger than 2 MB" in desk.choose(PDF.ljust(3_000_000))
    assert "larger than" not in desk.choose(None)
    desk.answer(**FILLED)
    assert desk.picture() is None


def test_a_form_waits_for_its_picture(desk: Reception) -> None:
    desk.show("expenses")
    desk.act("expenses.new")
    desk.hotel.pictures._taking.add("ask-form")
    assert "not ready yet" in desk.answer(**FILLED)
    assert desk.all() == []
    desk.hotel.pictures._taking.clear()
    desk.answer(**FILLED)
    assert len(desk.all()) == 1


def test_a_picture_that_comes_when_the_form_was_left_is_in_its_draft(desk: Reception) -> None:
    desk.show("expenses")
    desk.act("expenses.new")
    asker, values = desk.app._screens["expenses"].screen.asker, {"supplier": "Silva"}  # type: ignore[attr-defined]
    asked = asker.asked
    desk.dom.user(kind="closed", target="ask", values=values)
    asker.put(asked, "picture", DIGEST)
    asker.put("another question", "picture", "x")
    assert f'value="{DIGEST}"' in desk.act("expenses.new")


@pytest.mark.parametrize(
    ("stands", "words"),
    [
        ("away", "not on this device"),
        ("coming", "on its way"),
        ("missing", "may still be on the device that took it"),
    ],
)
def test_what_is_not_here_says_so(
    desk: Reception, stands: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.kept, "stands", lambda _: stands)
    drawn = str(picture_view(desk.hotel, DIGEST, "Silva"))
    assert words in drawn
    assert picture_view(desk.hotel, DIGEST, "Silva", small=True) is None
    assert picture_view(desk.hotel, "", "Silva") is None


def test_a_page_holds_few_pictures_open_and_none_of_somebody_who_was_erased(
    desk: Reception,
) -> None:
    async def many() -> list[str]:
        return [await desk.kept.add(JPEG + bytes([n])) for n in range(KEPT + 5)]

    digests = asyncio.run(many())
    for digest in digests:
        desk.hotel.pictures.look(digest)
    desk.drawn()
    assert len(desk.tools.open) == KEPT
    assert desk.hotel.pictures.look(digests[-1]) is not None
    desk.hotel.pictures._close_all()
    assert desk.tools.open == []


def test_what_is_on_this_device_alone_is_counted(desk: Reception) -> None:
    desk.show("expenses")
    desk.act("expenses.new")
    desk.choose(JPEG)
    assert desk.hotel.pictures.unsent() == 0, "nothing names it yet"
    desk.answer(**FILLED, picture=DIGEST)
    assert desk.hotel.pictures.unsent() == 1
    desk.kept._carriage.epoch = "a log"
    row = Shelved(DIGEST, len(JPEG), "a log", 0.0, 0.0)
    desk.kept._carriage.shelved(row, desk.space.host.now())
    assert desk.hotel.pictures.unsent() == 0


def test_where_encryption_is_on_the_form_says_that_pictures_are_not_sealed(
    desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.show("expenses")
    assert "not end-to-end encrypted" not in desk.act("expenses.new")
    monkeypatch.setattr(SealedValues, "reads", True)
    desk.app.refresh()
    assert "not end-to-end encrypted" in desk.drawn()


def test_the_history_names_it_in_few_letters(desk: Reception) -> None:
    desk.show("expenses")
    desk.act("expenses.new")
    desk.answer(**FILLED, picture=DIGEST)
    [expense] = desk.all()
    drawn = read(desk.markup(f"expenses/{expense['id']}"))
    assert DIGEST not in str(drawn)
    assert desk.space.view.get(EXPENSES, expense["id"]) is not None


def test_a_trip_has_a_picture_as_well(desk: Reception) -> None:
    give(desk.space, SetSettings(id=HOTEL, changes={"mileage_rate": 3_600}))
    desk.show("staff?show=mileage")
    desk.act("mileage.new")
    assert f'value="{DIGEST}"' in desk.choose(JPEG)
    desk.answer(staff="marc", on=TODAY, purpose="Airport", distance="12", picture=DIGEST, submit="")
    [trip] = desk.space.view.all(MILEAGE)
    assert trip["picture"] == DIGEST
    assert "Receipt of Airport: show it large" in desk.markup(f"staff/{trip['id']}?show=mileage")
    desk.act("mileage.edit", id=str(trip["id"]))
    desk.act("picture.remove")
    desk.answer(staff="marc", on=TODAY, purpose="Airport", distance="12", picture="", submit="on")
    [trip] = desk.space.view.all(MILEAGE)
    assert trip.get("picture") is None
