"""Components: what a screen reader hears, what a form promises the glue, where a stay is drawn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.ui.components.controls import (
    Choice,
    MenuItem,
    button,
    clipped,
    icon_button,
    menu,
    segmented,
)
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.rooms import Mark, RoomTile, room_tile
from pysync_pms.ui.components.surfaces import Event, timeline
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.components.tape import MAX_DAYS, Bar, Lane, Tape, lane, span_of, tape_chart
from pysync_pms.ui.icons import ICONS, icon
from tests.pms_ui.support import read

START = date(2026, 11, 20)


def test_a_disabled_button_keeps_the_focus_says_why_and_does_nothing() -> None:
    node = read(button("Check out", action="stay.out", reason="Not arrived", data_id="r1")).one(
        "button"
    )
    assert node.attrs["aria-disabled"] == "true"
    assert "disabled" not in node.attrs
    assert "data-action" not in node.attrs
    assert "Not arrived" in node.text


def test_an_icon_button_has_a_name_and_no_stray_number() -> None:
    assert read(icon_button("Refresh", "refresh-cw")).one("button").text == "Refresh"
    assert read(icon_button("Waiting", "history", badge=3)).one("button").text == "Waiting3"


def test_an_unknown_icon_is_found_in_a_test_and_not_by_a_guest() -> None:
    with pytest.raises(ValueError, match="no icon 'unicorn'"):
        icon("unicorn")
    assert all(path.startswith("M") for path in ICONS.values()), "a path must begin absolutely"


def test_a_name_that_is_cut_is_cut_at_its_own_end_and_read_whole_on_hover() -> None:
    assert clipped("Ng") == '<span class="clip">Ng</span>'
    assert 'dir="auto"' in clipped("محمد الفاسي")
    long = "Maria Francisca Isabel de Orléans e Bragança"
    assert f'title="{long}"' in clipped(long)
    assert "title" not in clipped(long, hover=False)


def test_a_menu_belongs_to_its_button_and_separates() -> None:
    items = [MenuItem(label="Move", action="stay.move", args=(("id", "r1"),)), None,
             MenuItem(label="Cancel", action="x", reason="It has ended")]  # fmt: skip
    page = read(menu("m", "More", items, label="More"))
    assert page.has("button", popovertarget="m")
    moving, ended = page.all("button", class_="menu-item")
    assert (moving.attrs["data-action"], moving.attrs["data-id"]) == ("stay.move", "r1")
    assert "data-action" not in ended.attrs
    assert page.has(role="separator")


def test_a_choice_is_a_group_of_radio_buttons() -> None:
    page = read(
        segmented(
            "days",
            "Days",
            [Choice(value="7", label="7"), Choice(value="14", label="14")],
            value="14",
        )
    )
    assert page.one("legend").text == "Days"
    assert [n.attrs["value"] for n in page.all("input") if "checked" in n.attrs] == ["14"]


@pytest.mark.req("PMS-12")
def test_every_field_has_a_label_and_its_error_is_announced() -> None:
    view = FormView(form_id="f", values={"guest": "Sato <3"}, errors={"guest": "Too short"})
    page = read(view.text("guest", "Guest", hint="As in the passport", required=True))
    field = page.one("input")
    assert page.one("label", for_="f-guest").text == "Guest"
    assert field.attrs["value"] == "Sato <3"
    assert field.attrs["aria-invalid"] == "true"
    described = str(field.attrs["aria-describedby"]).split()
    assert [page.one(id=name).attrs["id"] for name in described] == described
    assert "Too short" in page.one(id="f-guest-error").text


def test_every_kind_of_field_can_offer_what_changed_elsewhere() -> None:
    view = FormView(form_id="f", values={"a": "x", "b": "2", "c": "on", "d": "two"})
    fields = [
        view.text("a", "A", suggestions=["x", "y"]),
        view.date("e", "E", min="2026-11-20"),
        view.number("b", "B", min=1),
        view.area("a2", "A2"),
        view.choose("d", "D", [("one", "One"), ("two", "Two")], empty="None"),
        view.check("c", "C"),
    ]
    for markup in fields:
        page = read(markup)
        hint = page.one("p", class_="field-elsewhere")
        assert "hidden" in hint.attrs
        assert hint.has("button", data_action="ui.use-remote")
        control = [n for tag in ("input", "select", "textarea") for n in page.all(tag)]
        assert len(control) == 1
        assert str(hint.attrs["id"]) in str(control[0].attrs["aria-describedby"])
    chosen = [n.text for n in read(fields[4]).all("option") if "selected" in n.attrs]
    assert chosen == ["Two"]


def test_a_table_names_itself_and_its_rows_can_be_opened_by_key() -> None:
    rows = [Row(row_id="g1", cells=["Sato", 3], action="guest.open", key="1", ref="guests/1")]
    page = read(
        table(
            "Guests",
            [Column(label="Name"), Column(label="Stays", numeric=True)],
            rows,
            table_id="t",
        )
    )
    assert page.one("caption").text == "Guests"
    assert [n.attrs["scope"] for n in page.all("th")] == ["col", "col"]
    row = page.one("tr", id="g1")
    assert (row.attrs["data-action"], row.attrs["data-id"], row.attrs["tabindex"]) == (
        "guest.open",
        "1",
        "-1",
    )
    assert row.attrs["data-ref"] == "guests/1"


def test_a_table_whose_rows_do_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        table("T", [Column(label="A")], [Row(row_id="r", cells=["1", "2"])], table_id="t")


def test_a_history_says_what_was_and_what_became() -> None:
    event = Event(event_id="e", title="Moved", who="Anna", when="now", iso="2026-11-20T10:00:00Z",
                  changes=(("Room", "104", ""),))  # fmt: skip
    page = read(timeline("History", [event]))
    assert page.one("del").text == "was 104"
    assert page.one("ins").text == "now empty"


@pytest.mark.req("PMS-01")
def test_the_axes_of_a_room_are_said_apart() -> None:
    tile = RoomTile(
        room_id="7", number="107", kind="Suite", guest="Dubois", free=False, tone="danger",
        occupancy=Mark(label="Occupied", icon_name="bed-double"),
        condition=Mark(label="Dirty", icon_name="brush-cleaning", tone="act"),
        service=Mark(label="Out of order", icon_name="wrench", tone="danger"),
    )  # fmt: skip
    page = read(room_tile(tile))
    assert [n.text for n in page.all(class_="room-mark-label")] == [
        "Occupied",
        "Dirty",
        "Out of order",
    ]
    assert page.one("li", id="room-7").attrs["data-ref"] == "rooms/7"
    assert page.one("button").attrs["data-action"] == "room.open"


OFFSETS = st.integers(-60, 60)


@given(begin=OFFSETS, nights=st.integers(0, 40), days=st.integers(1, MAX_DAYS))
def test_a_stay_is_drawn_inside_the_chart_or_not_at_all(begin: int, nights: int, days: int) -> None:
    arrive = START + timedelta(days=begin)
    place = span_of(START, days, arrive, arrive + timedelta(days=nights))
    seen = begin < days and begin + nights >= 0
    assert (place is not None) == seen
    if place is not None:
        at, wide, left, right = place
        assert 1 <= at <= days * 2
        assert wide >= 1
        assert at + wide <= days * 2 + 1
        assert left == (begin < 0)
        assert right == (begin + nights >= days)


@given(first=OFFSETS, nights=st.integers(1, 20), next_nights=st.integers(1, 20))
def test_stays_that_follow_each_other_do_not_touch(
    first: int, nights: int, next_nights: int
) -> None:
    arrive = START + timedelta(days=first)
    change = arrive + timedelta(days=nights)
    before = span_of(START, 31, arrive, change)
    after = span_of(START, 31, change, change + timedelta(days=next_nights))
    if before and after:
        assert before[0] + before[1] <= after[0]


@pytest.mark.req("PMS-02")
def test_a_chart_has_a_lane_per_room_and_every_bar_can_be_reached() -> None:
    heads = [("Fri", str(20 + n), "Nov" if n == 0 else "") for n in range(7)]
    tape = Tape(tape_id="t", start=START, days=7, today=START + timedelta(days=1), heads=heads)
    stay = Bar(
        stay_id="s1",
        label="Sato",
        arrive=START,
        depart=START + timedelta(days=2),
        hint="arrives today",
    )
    block = Bar(
        stay_id="b1",
        label="Out of order",
        arrive=START,
        depart=START + timedelta(days=9),
        movable=False,
    )
    rooms = [
        Lane(room_id="101", label="101", bars=(stay,)),
        Lane(room_id="102", label="102", bars=(block,)),
    ]
    page = read(tape_chart(tape, rooms))
    bar = page.one("button", id="bar-s1")
    assert bar.attrs["data-action"] == "stay.open"
    assert bar.attrs["data-drag"] == "tape.drag"
    assert "at-2 wide-4" in str(bar.attrs["class"])
    assert "arrives today" in bar.text
    blocked = page.one("button", id="bar-b1")
    assert "data-drag" not in blocked.attrs
    assert "cut-right" in str(blocked.attrs["class"])
    assert "is-today" in str(page.one(aria_current="date").attrs["class"])
    assert read(lane(tape, rooms[0])).has("li", id="lane-101")


def test_a_chart_longer_than_its_style_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="60"):
        tape_chart(Tape(tape_id="t", start=START, days=MAX_DAYS + 1, today=START, heads=[]), [])


def test_bars_that_would_cover_each_other_stand_in_lines_of_their_own() -> None:
    day = timedelta(days=1)
    tape = Tape(tape_id="t", start=START, days=7, today=START, heads=[("", "", "")] * 7)
    before = Bar(stay_id="before", label="A", arrive=START, depart=START + 2 * day)
    day_use = Bar(stay_id="day", label="B", arrive=START + 2 * day, depart=START + 2 * day)
    after = Bar(stay_id="after", label="C", arrive=START + 2 * day, depart=START + 4 * day)
    item = read(lane(tape, Lane(room_id="101", label="101", bars=(before, day_use, after))))
    (line,) = item.all("li")
    assert "stacked-2" in str(line.attrs["class"])
    lines = {
        bar.attrs["data-id"]: "line-2" in str(bar.attrs["class"]) for bar in item.all("button")
    }
    assert lines == {"before": False, "day": True, "after": False}
    alone = read(lane(tape, Lane(room_id="102", label="102", bars=(before, after))))
    assert "stacked" not in str(alone.one("li").attrs["class"])
