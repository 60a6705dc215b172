"""What is handed out for a spreadsheet: invoices, trips, times."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from pysync.native import open_space
from pysync_pms.calendar import to_day
from pysync_pms.commands import HOTEL, Charge, CheckIn, SetSettings
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.commands import CreateTrip
from pysync_pms.staffing.time_commands import AddTime, ClockIn
from pysync_pms.staffing.times import monday
from pysync_pms.staffing.week_commands import ApproveWeek
from tests.pms.claims_support import STAFF, submit
from tests.pms.support import TODAY, book, give, house
from tests.pms.test_folio import TAXES
from tests.pms.test_invoices import ISSUER, credit, issue
from tests.pms_ui.test_screens import Page

pytestmark = pytest.mark.req("PMS-04", "PMS-07")


def minute(day: str, hour: int) -> int:
    """An hour of a day, as minutes since 1970."""
    return (to_day(day) - to_day("1970-01-01")) * 24 * 60 + hour * 60


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with open_space(f"files-{request.node.name}"[:90], schema=SCHEMA) as space:
        settings = {"taxes": TAXES, "business_date": TODAY, "mileage_rate": 3_600, **ISSUER}
        give(space, *house(), *STAFF, SetSettings(id=HOTEL, changes=settings))
        page = Page(space)
        yield page
        assert page.errors == []


def file(page: Page, place: str, action: str) -> tuple[str, list[list[str]]]:
    """The file that a button of a screen gives: its name, and its rows."""
    page.show(place)
    page.dom.user(kind="click", action=action)
    [given] = [command for command in page.dom.paint() if command["op"] == "download"]
    return str(given["name"]), list(csv.reader(io.StringIO(given["text"])))


def test_invoices_go_to_the_books_tax_by_tax_and_add_up(page: Page) -> None:
    values: dict[str, Any] = {"stay": "s", "on": TODAY}
    give(
        page.space,
        book("s"),
        CheckIn(id="s", on=TODAY),
        Charge(id="n", amount=10_700, text="Room", category="room", tax="low", **values),
        Charge(id="b", amount=450, text="=Beer", category="beverage", tax="full", **values),
        Charge(id="t", amount=200, text="Tourist tax", category="other", **values),
        issue("i", "n", "b", "t", to_name="=1+1"),
        credit("c", "i", "b"),
    )
    name, [head, *rows] = file(page, "invoices", "papers.csv")
    assert name == f"invoices-{TODAY[:7]}.csv"
    assert head[:4] == ["Number", "Kind", "Date", "To"]
    papers = page.space.view.all("invoices")
    for paper in papers:
        its = [row for row in rows if row[0] == paper["number"]]
        assert sum(Decimal(row[7]) for row in its) * 100 == paper["total"]
        assert sum(Decimal(row[8]) for row in its) * 100 == sum(t[4] for t in paper["taxes"])
    assert [row[:2] + row[5:] for row in rows] == [
        ["1", "Invoice", "VAT 19 %", "19.00", "4.50", "0.72", "EUR", ""],
        ["1", "Invoice", "VAT 7 %", "7.00", "107.00", "7.00", "EUR", ""],
        ["1", "Invoice", "", "", "2.00", "0.00", "EUR", ""],
        ["C1", "Credit note", "VAT 19 %", "19.00", "-4.50", "-0.72", "EUR", "1"],
    ]
    assert rows[0][3] == "'=1+1", "no spreadsheet runs it"


def test_trips_and_times_go_to_the_wages(page: Page) -> None:
    trip = CreateTrip(id="t", staff="marc", on=TODAY, purpose="Bank", route="A to B", distance=125,
                      rate=3_600)  # fmt: skip
    day: dict[str, Any] = {"staff": "marc", "on": TODAY}
    early = {"staff": "marc", "on": "2026-11-02"}
    began = minute("2026-11-02", 9)
    give(
        page.space,
        trip,
        submit("t", collection="mileage"),
        AddTime(id="w", start=began, end=began + 90, note="Forgot", **early),
        ClockIn(id="in", at=minute(TODAY, 9), **day),
        ApproveWeek(staff="marc", week=monday("2026-11-02"), on=TODAY, minutes=90),
    )
    name, [_, *rows] = file(page, "staff?show=mileage", "staff.trips-csv")
    assert (name, rows) == (
        f"mileage-{TODAY}.csv",
        [[TODAY, "Marc", "Submitted", "Bank", "A to B", "12.5", "36.00", "4.50", "EUR", "", ""]],
    )
    name, [_, *rows] = file(page, "staff?show=time&person=marc", "staff.times-csv")
    assert name == "times-2026-11.csv"
    assert [row[:2] + row[4:] for row in rows] == [
        ["2026-11-02", "Marc", "0", "1.50", "yes", "Forgot"],
        [TODAY, "Marc", "0", "", "no", ""],
    ]
    assert rows[1][3] == "", "who is still at work has no end"
