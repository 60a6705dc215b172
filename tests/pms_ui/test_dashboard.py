"""The dashboard and the reports, drawn without a page: what they say, and when they say it anew."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from pysync import Space, Update
from pysync.model.roles import Person
from pysync.native import open_space
from pysync_pms.calendar import add_days
from pysync_pms.commands import (
    HOTEL,
    Charge,
    CheckIn,
    EditReservation,
    SetCondition,
    SetServiceability,
    SetSettings,
)
from pysync_pms.figures.reading import SLICE
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.time_commands import AddTime, ClockIn
from pysync_pms.ui.components.sheets import Cell, Sheet, csv_text, text
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.formats import Formats, PlainSource
from pysync_pms.ui.parts.figures_live import Fresh
from pysync_pms.ui.parts.figures_others import Others
from pysync_pms.ui.parts.figures_tiles import freshness
from pysync_pms.words import RESERVATIONS, ROOMS
from tests.pms.claims_support import STAFF as PEOPLE
from tests.pms.claims_support import approve, reject, submit, taxi
from tests.pms.support import TODAY, book, give, house
from tests.pms_ui.support import Node, read
from tests.pms_ui.test_screens import Page

pytestmark = pytest.mark.req("PMS-08", "RT-01")
TABLES = "dashboard?tables=occupancy,pace,sources,floors,expenses"


def small(name: str) -> Space:
    """Five rooms of which two are sold tonight, one of them to somebody in the house."""
    space = open_space(name, schema=SCHEMA)
    give(
        space,
        *house(),
        SetSettings(id=HOTEL, changes={"business_date": TODAY, "name": "Vista"}),
        book("a", rate=10_001, source="phone", booked_on=add_days(TODAY, -10)),
        book("b", "2026-11-19", room="102", source="agency", booked_on=add_days(TODAY, -1)),
        book("old", "2026-11-13", "2026-11-14", "103", rate=5_000),
        CheckIn(id="b", on=TODAY),
        Charge(id="c", stay="b", on=TODAY, amount=900, text="Bar", category="beverage"),
    )
    return space


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with small(f"dashboard-{request.node.name}"[:90]) as space:
        page = Page(space)
        yield page
        assert page.errors == []


def tile(markup: str, name: str) -> Node:
    """A tile by its name."""
    return read(markup).one("section", id=f"tile-{name}")


def values(markup: str) -> dict[str, str]:
    """What the tiles say, by name."""
    found = read(markup).all("section", class_="tile")
    return {
        str(each.attrs["id"])[5:]: each.one("span", class_="figure-value tnum").text
        for each in found
    }


def drawn(page: Page) -> str:
    """What is drawn until nothing more is asked for about figures."""
    sent = [*page.dom.paint(), *page.dom.paint()]
    return "".join(str(command.get("html", "")) for command in sent)


def glowing(page: Page) -> set[str]:
    """The tiles that the page is asked to mark."""
    sent = [*page.dom.paint(), *page.dom.paint()]
    return {
        ref.partition("/")[2]
        for command in sent
        if command["op"] == "glow"
        for ref in command["refs"]
        if ref.startswith("figures/") and not ref.endswith("/")
    }


def test_tiles_say_tonights_figures_what_they_are_made_of_and_what_they_were(page: Page) -> None:
    markup = page.markup("dashboard")
    assert values(markup) == {
        "occupancy": "40.0 %",
        "adr": "EUR 100.01",
        "revpar": "EUR 40.00",
        "arrivals": "1",
        "departures": "0",
        "housekeeping": "5 of 5",
        "booked": "0",
        "posted": "EUR 9.00",
        "expenses": "EUR 0.00",
        "at-work": "0",
    }
    occupancy = tile(markup, "occupancy").text
    assert "2 of 5 rooms sold" in occupancy
    assert "Out-of-order rooms are left out" in occupancy
    assert "20.0 % last week" in occupancy
    assert "0 arrived, 1 to come" in tile(markup, "arrivals").text


def test_whether_out_of_order_rooms_count_is_a_setting_that_the_tile_says(page: Page) -> None:
    give(page.space, SetServiceability(room="201", serviceability="out-of-order", reason="Leak"))
    assert values(page.markup("dashboard"))["occupancy"] == "50.0 %"
    page.show("settings")
    page.dom.user(kind="submit", action="settings.save", values={
        "name": "Vista", "business_date": TODAY, "out_of_order_counts": "on"})  # fmt: skip
    assert page.hotel.settings["out_of_order_counts"] is True
    markup = page.markup("dashboard")
    assert values(markup)["occupancy"] == "40.0 %"
    assert "Out-of-order rooms count as available" in tile(markup, "occupancy").text
    assert "checked" in page.markup("settings")
    page.dom.user(kind="submit", action="settings.save",
                  values={"name": "Vista", "business_date": TODAY})  # fmt: skip
    assert not page.hotel.settings.get("out_of_order_counts")


@pytest.mark.req("RT-06", "RT-07")
def test_a_change_draws_what_it_touches_and_marks_it(page: Page) -> None:
    page.show("dashboard")
    drawn(page)
    give(page.space, SetCondition(room="101", condition="dirty", on=TODAY))
    assert glowing(page) == {"housekeeping"}
    give(page.space, EditReservation(id="a", changes={"rate": 12_001}))
    assert glowing(page) == {"adr", "revpar"}
    give(page.space, EditReservation(id="a", changes={"notes": "Late"}))
    assert glowing(page) == set()
    assert values(page.markup("dashboard"))["adr"] == "EUR 110.01"


def test_other_screens_hear_nothing_of_figures(page: Page) -> None:
    page.show("dashboard")
    page.show("home")
    drawn(page)
    give(page.space, SetCondition(room="101", condition="dirty", on=TODAY))
    assert page.dom.paint() == []


@pytest.mark.req("RT-05")
def test_a_tile_says_when_its_data_changed_and_when_nobody_confirmed_it() -> None:
    formats = Formats(PlainSource())
    told = str(freshness(Fresh(1_000, 0), 121_000, formats))
    assert "Updated 2 minutes ago" in told
    assert "Stale" not in told
    assert "Stale: not confirmed for 3 minutes" in str(
        freshness(Fresh(1_000, 185), 200_000, formats)
    )
    assert "Not changed since" in str(freshness(Fresh(0, 0), 5, formats))


@pytest.mark.req("RT-05")
def test_what_a_relay_did_not_confirm_for_a_minute_is_stale(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Stale" not in page.markup("dashboard"), "kept here alone: nobody else to ask"
    link, wall = page.space.tab.relayed.link, page.space.host.now().wall
    for state, ago, is_stale in (("online", 90, False), ("offline", 30, False),
                                ("offline", 150, True), ("paused", 150, True)):  # fmt: skip
        monkeypatch.setattr(link, "state", state)
        monkeypatch.setattr(link, "known", wall - ago * 1000)
        page.show("home")
        assert ("Stale: not confirmed for 2 minutes" in page.markup("dashboard")) == is_stale


@pytest.mark.req("RT-05", "RT-06")
def test_tiles_wait_for_their_data_and_count_what_changes_meanwhile() -> None:
    """READING-1: in the tab, too; between two slices the page is free."""
    waiting: list[Coroutine[Any, Any, None]] = []
    with small("dashboard-waiting") as space:

        def write(draft: Any) -> None:
            for n in range(SLICE * 2):
                draft.create(ROOMS, {"id": f"m{n}", "number": f"m{n}", "room_type": "DBL"})

        space.run("", write)
        page = Page(space)
        page.hotel._spawn = waiting.append
        markup = page.markup("dashboard")
        assert "Waiting for data…" in tile(markup, "occupancy").text
        give(space, CheckIn(id="a", on=TODAY))
        while waiting:
            _finish(waiting.pop(0))
        page.hotel._spawn = asyncio.run
        assert "1 arrived, 0 to come" in drawn(page)
        assert page.errors == []


def _finish(task: Coroutine[Any, Any, None]) -> None:
    while True:
        try:
            task.send(None)
        except StopIteration:
            return


def test_a_chart_is_a_drawing_a_table_and_a_file_with_the_same_figures(page: Page) -> None:
    markup = page.markup("dashboard")
    chart = read(markup).one("section", id="chart-occupancy")
    drawing = chart.one("svg", class_="chart-plot")
    assert "highest 40.0 % on 20 Nov" in str(drawing.attrs["aria-label"])
    assert any(title.text == "20 Nov: 40.0 %, 2 of 5 rooms" for title in drawing.all("title"))
    assert [key.text for key in chart.all("li")] == ["Nights past", "Tonight and ahead"]
    page.dom.user(kind="click", action="chart.table", args={"chart": "occupancy"})
    assert page.app.route.query == {"tables": "occupancy"}
    sent = "".join(str(command.get("html", "")) for command in page.dom.paint())
    table = read(sent).one("div", id="occupancy-table")
    page.dom.user(kind="click", action="chart.csv", args={"chart": "occupancy"})
    [file] = [command for command in page.dom.paint() if command["op"] == "download"]
    assert file["name"] == f"occupancy-{TODAY}.csv"
    rows = list(csv.reader(io.StringIO(file["text"])))
    assert rows[0] == ["Night", "Sold", "Available", "Occupancy"]
    assert [TODAY, "2", "5", "40.0"] in rows
    assert len(rows) - 1 == len(table.one("tbody").all("tr")) == 61
    page.dom.user(kind="click", action="chart.table", args={"chart": "occupancy"})
    assert page.app.route.query == {}


def test_the_pace_tells_what_came_since_a_week_ago(page: Page) -> None:
    rows = read(page.markup(TABLES)).one("tbody", id="pace-table-rows").all("tr")
    tonight = [cell.text for cell in rows[0].all("td")]
    assert tonight == ["20 Nov", "2", "1", "+1"]


@pytest.mark.req("RT-06")
def test_what_others_did_is_one_notice_for_all_of_a_while(page: Page) -> None:
    waiting: list[Coroutine[Any, Any, None]] = []
    page.hotel._spawn = waiting.append

    async def rest(_: float) -> None:
        return None

    others = Others(page.hotel, rest)
    page.dom.paint()
    others._changed(Update(frozenset({(RESERVATIONS, "a"), (RESERVATIONS, "b")}), "elsewhere"))
    others._changed(Update(frozenset({(ROOMS, "101"), ("preferences", "x")}), "farther"))
    others._changed(Update(frozenset({(ROOMS, "102")}), page.space.tab_id))
    others._changed(Update(frozenset({(ROOMS, "103")}), ""))
    [task] = waiting
    _finish(task)
    [toast] = [command for command in page.dom.paint() if command["op"] == "toast"]
    assert "Somebody: 2 bookings and 1 room changed" in toast["html"]
    assert toast["ms"] == 3_000


def test_reports_sum_a_period_up_and_hand_it_out(page: Page) -> None:
    markup = page.markup("reports?from=2026-11&to=2026-12")
    months = read(markup).one("tbody", id="months-table-rows").all("tr")
    assert [cell.text for cell in months[0].all("td")] == [
        "Nov\N{NO-BREAK SPACE}2026", "6", "150", "4.0 %", "EUR 550.02", "EUR 91.67", "EUR 3.67",
    ]  # fmt: skip
    assert months[1].all("td")[0].text == "Together"
    page.dom.user(kind="click", action="report.csv", args={"report": "charges"})
    page.dom.user(kind="click", action="report.csv", args={"report": "arrivals"})
    charges, arrivals = (c for c in page.dom.paint() if c["op"] == "download")
    assert charges["text"] == "Category,Amount,Share\r\nBeverage,9.00,100.0\r\n"
    assert arrivals["text"].splitlines()[1:] == ["Ana Souza,101,2,1,Phone,Confirmed"]


def test_a_period_is_chosen_in_the_address_and_bounded(page: Page) -> None:
    page.show("reports")
    choose = {"from": "2026-11", "to": "2026-12", "day": TODAY}
    page.dom.user(kind="submit", action="reports.period", values=choose)
    assert page.app.route.query == choose
    page.dom.user(kind="submit", action="reports.period", values={**choose, "to": "soon"})
    assert "Enter months such as 2026-11" in str(page.dom.paint())
    assert 'value="1904-12"' in page.markup("reports?from=1900-01&to=2199-12")
    for odd in ("from=x&to=y", "from=2026-12&to=2026-01", "day=never"):
        assert page.markup(f"reports?{odd}")
    assert page.errors == []


def test_a_file_holds_no_formula_and_every_mark_that_separates() -> None:
    rows = [[text("=1+1")], [text('Smith, "Bob"')], [Cell("−1", "-1")], [text("-x")]]
    sheet = Sheet(name="s", title="S", columns=[Column(label="Guest")], rows=rows)
    written = csv_text(sheet)
    assert [row[0] for row in csv.reader(io.StringIO(written))] == [
        "Guest", "'=1+1", 'Smith, "Bob"', "-1", "'-x",
    ]  # fmt: skip


def test_an_overbooked_night_goes_beyond_all_rooms_and_is_not_cut_off(page: Page) -> None:
    more = [book(f"o{n}", room=None, overbook=True) for n in range(5)]
    give(page.space, *more)
    markup = page.markup("dashboard")
    assert values(markup)["occupancy"] == "140.0 %"
    plot = read(markup).one("section", id="chart-occupancy").one("svg", class_="chart-plot")
    assert [each.text for each in plot.all("text", class_="chart-scale")] == [
        "0 %", "50 %", "100 %", "150.0 %",
    ]  # fmt: skip
    tops = [float(str(bar.attrs["y"])[:-1]) for bar in plot.all("rect", class_="chart-bar")]
    assert min(tops) >= 0


@pytest.mark.req("SRV-17")
def test_who_sees_no_prices_sees_none_in_figures_and_files(page: Page) -> None:
    give(page.space, *PEOPLE[:3], taxi(), submit())
    page.space.tab.who.met(Person("Rosa", "housekeeping"))
    markup = page.markup("dashboard?tables=sources") + page.markup("reports")
    told = read(markup).text
    assert "Your role does not see amounts." in told
    assert told.count("For those who approve working times.") == 2
    assert "EUR" not in told
    assert values(page.markup("dashboard"))["occupancy"] == "40.0 %"
    page.dom.user(kind="click", action="chart.csv", args={"chart": "sources"})
    [file] = [command for command in page.dom.paint() if command["op"] == "download"]
    assert file["text"] == "Source,Room nights,Revenue,Share\r\n"


def test_a_hotel_without_rooms_is_shown_the_way_to_some() -> None:
    with open_space("dashboard-empty", schema=SCHEMA) as space:
        page = Page(space)
        for place in ("dashboard", "reports"):
            assert "No rooms yet" in page.markup(place)
        assert page.errors == []


def test_a_text_that_a_spreadsheet_would_run_is_written_as_a_text_and_a_number_as_one() -> None:
    def written(value: str) -> str:
        sheet = Sheet(name="s", title="S", columns=[Column(label="A")], rows=[[text(value)]])
        return csv_text(sheet).split("\r\n", 1)[1].rstrip("\r\n")

    for dangerous in ("=1", " =1", "\n=1", "-1+cmd|' /C calc'!A0", "@x", "＝1"):
        assert written(dangerous).lstrip('"').startswith("'"), dangerous
    for number in ("-1", "-12.50", "7"):
        assert written(number) == number


def test_a_report_of_five_years_leaves_no_month_out(page: Page) -> None:
    give(page.space, book("past", "2022-01-05", "2022-01-07", room="201", room_type="STE"))
    page.show("home")
    months = read(page.markup("reports?from=2022-01&to=2026-12")).one(id="report-months")
    for month in ("Jan\N{NO-BREAK SPACE}2022", "Nov\N{NO-BREAK SPACE}2026"):
        assert month in months.text


@pytest.mark.req("PMS-06", "PMS-07")
def test_what_the_staff_spends_and_works_is_a_tile_a_chart_and_a_report(page: Page) -> None:
    page.show("dashboard")
    give(page.space, *PEOPLE[:3], taxi(), submit(), taxi("y", amount=900), submit("y"), reject("y"),
         taxi("usd", amount=7_000, currency="USD"), submit("usd"), approve("usd"),
         ClockIn(id="in", staff="ines", on=TODAY, at=29_700_000),
         AddTime(id="done", staff="marc", on=TODAY, start=29_700_000, end=29_700_090,
                 note="Forgot"))  # fmt: skip
    assert {"expenses", "at-work"} <= glowing(page)
    markup = page.markup("dashboard")
    assert values(markup)["expenses"] == "EUR 25.00"
    assert "1 claim to decide" in tile(markup, "expenses").text
    assert values(markup)["at-work"] == "1"
    at_work = tile(markup, "at-work").text
    assert "of 4 employees" in at_work
    assert "1.5 hours worked and clocked out today" in at_work
    chart = read(markup).one("section", id="chart-expenses").text
    assert "Travel" in chart
    assert "EUR 25.00" in chart
    assert "70.00" not in chart, "another currency has no place beside these bars"
    page.show("reports?from=2026-11&to=2026-11")
    for name in ("expenses", "hours"):
        page.dom.user(kind="click", action="report.csv", args={"report": name})
    expenses, hours = (c["text"] for c in page.dom.paint() if c["op"] == "download")
    assert list(csv.reader(io.StringIO(expenses))) == [
        ["Category", "Claims", "Amount", "Approved", "Currency", "Share"],
        ["Travel", "1", "25.00", "0.00", "EUR", "100.0"],
        ["Travel", "1", "70.00", "70.00", "USD", ""],
    ]
    assert list(csv.reader(io.StringIO(hours)))[1:] == [
        ["Inês", "0.00", "0.0"],
        ["Marc", "1.50", "100.0"],
    ]
