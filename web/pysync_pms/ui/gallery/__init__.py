"""The gallery: every component in every state, on one page, for the eye and for axe-core.

Owns no component. `gallery_view` is what `/_gallery` shows in test mode; `pages` gives whole static
documents, frame included, which `python -m pysync_pms.ui.gallery DIR` writes in CPython, so
that the look can be judged without a hotel, a build or Pyodide.
"""

from __future__ import annotations

from collections.abc import Mapping

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import (
    Choice,
    MenuItem,
    Tab,
    button,
    chip,
    count,
    icon_button,
    keys,
    link,
    menu,
    segmented,
    tabs,
)
from pysync_pms.ui.components.feedback import toast_view
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.rooms import (
    housekeeping_list,
    housekeeping_row,
    room_rack,
    room_tile,
)
from pysync_pms.ui.components.surfaces import (
    banner,
    card,
    drawer,
    empty,
    facts,
    failure,
    figure,
    page_head,
    skeleton,
    timeline,
)
from pysync_pms.ui.components.tables import table
from pysync_pms.ui.components.tape import tape_chart
from pysync_pms.ui.gallery import samples
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.preferences import Preferences
from pysync_pms.ui.router import Route
from pysync_pms.ui.shell import ShellModel, shell_view
from pysync_pms.ui.shortcuts import Shortcut, help_view
from pysync_pms.ui.status import badge

__all__ = ["gallery_view", "pages"]


def gallery_view() -> Html:
    """Every component in its states."""
    return join(
        page_head("Gallery", note="Every component in its states", actions=_buttons_small()),
        _figures(),
        card("Buttons and choices", _buttons()),
        card("Status badge", _statuses()),
        card("Form", _form()),
        card("Room rack", room_rack("Rooms", map(room_tile, samples.rooms()), rack_id="rack")),
        card("Housekeeping", _housekeeping(), flush=True),
        card("Table", _table("stays"), note="walk it with the arrow keys", flush=True),
        card("Tape chart", tape_chart(samples.tape(), samples.lanes()), flush=True),
        card("History", timeline("History", samples.events())),
        card("Nothing, trouble, waiting", _states()),
        card("Notices", _notices()),
        card("Keyboard shortcuts", _shortcuts()),
    )


def _buttons_small() -> Html:
    return join(
        button("Walk-in", icon_name="footprints"),
        button("New reservation", icon_name="plus", kind="primary", shortcut="n"),
    )


def _figures() -> Html:
    return h.div("figures")[
        figure("Arrivals", "12", note="3 rooms not ready", tone="act", href="/demo/reservations"),
        figure("Departures", "9", note="4 still in the house", href="/demo/reservations"),
        figure("In house", "41", note="68 % of 60 rooms"),
        figure("Overstays", "1", note="Room 105", tone="danger", href="/demo/attention"),
        figure("Revenue tonight", "€ 4,812", note="Updated 2 minutes ago"),
    ]


def _buttons() -> Html:
    items = (
        MenuItem(label="Move…", action="stay.move", icon_name="arrow-right-left", hint="m"),
        MenuItem(label="Extend…", action="stay.extend", icon_name="calendar-plus"),
        MenuItem(label="Show weekends", action="tape.weekends", checked=True),
        MenuItem(label="Check out", action="x", reason="The guest has not arrived"),
        None,
        MenuItem(label="Cancel stay…", action="stay.cancel", icon_name="ban", danger=True),
    )
    return h.div("stack")[
        h.div("row")[
            button("Check in", icon_name="log-in", kind="primary"),
            button("Move…", icon_name="arrow-right-left"),
            button("Quiet", kind="quiet"),
            button("Cancel stay…", kind="danger"),
            button("Check out", reason="The guest has not arrived"),
            button("Saving", kind="primary", busy=True),
            button("Small", small=True),
            icon_button("Refresh", "refresh-cw"),
            icon_button("Needs attention", "triangle-alert", badge=3),
            menu("gallery-menu", join("More", ""), items, label="More actions", kind="plain"),
        ],
        h.div("row")[
            chip("Nothing to do"),
            chip("Arrives today", tone="act", icon_name="log-in"),
            chip("In the house", tone="live"),
            chip("Done", tone="ok", icon_name="check"),
            chip("Overdue", tone="danger", icon_name="circle-alert"),
            count(4),
            count(120, tone="act", of="waiting"),
            keys("g", "r"),
            link("Reservation 1042", "/demo/reservations/1042"),
        ],
        h.div("row")[
            segmented(
                "gallery-days",
                "Days shown",
                [Choice(value=v, label=f"{v} days") for v in ("7", "14", "31")],
                value="14",
            ),
            tabs(
                "Lists",
                [
                    Tab(name="arrivals", label="Arrivals", href="/demo", count=12, tone="act"),
                    Tab(name="departures", label="Departures", href="/demo", count=9),
                    Tab(name="house", label="In house", href="/demo"),
                ],
                current="arrivals",
            ),
        ],
    ]


def _statuses() -> Html:
    # Ids are unique on a page, and only the first badge is the page's own.
    shown = [str(badge(status)) for status in samples.statuses()]
    made = [
        h.trusted(
            text.replace('id="sync-', f'id="g{at}-sync-').replace(
                '"sync-details', f'"g{at}-sync-details'
            )
        )
        for at, text in enumerate(shown)
    ]
    return h.div("row")[made]


def _form() -> Html:
    view = FormView(
        form_id="stay-form",
        values={"guest": "Sato, Yuki", "arrive": "2026-11-20", "depart": "2026-11-19",
                "room_type": "double", "adults": "2", "late": "on"},
        errors={"depart": "The stay must end after it begins", "email": "This is no address"},
    )  # fmt: skip
    return form(
        "stay-form",
        "stay.create",
        h.div("fields")[
            view.text("guest", "Guest", required=True, suggestions=("Sato, Yuki", "Sato, Ken")),
            view.text("email", "E-mail", kind="email", hint="For the confirmation"),
            view.date("arrive", "Arrives", required=True),
            view.date("depart", "Leaves", required=True, min="2026-11-21"),
            view.choose(
                "room_type",
                "Room type",
                [("single", "Single"), ("double", "Double")],
                required=True,
            ),
            view.number("adults", "Adults", required=True, min=1, max=9),
        ],
        view.area("note", "Note"),
        view.check("late", "Late arrival", hint="The room is held until 23:00"),
        error="Room 104 is taken on 20 November. Rooms 106 and 110 are free.",
        footer=[button("Cancel"), button("Save", kind="primary", type="submit")],
    )


def _housekeeping() -> Html:
    return housekeeping_list(
        "Rooms to clean", map(housekeeping_row, samples.tasks()), list_id="tasks"
    )


def _table(table_id: str) -> Html:
    chips = (
        chip("In the house", tone="live"),
        chip("Arrives today", tone="act"),
        chip("Booked"),
        chip("Gone"),
    )
    return table("Reservations", samples.COLUMNS, samples.rows(chips), table_id=table_id)


def _states() -> Html:
    return h.div("fields")[
        empty("Every arrival is checked in", "The next guests come tomorrow."),
        failure(
            "The history could not be read",
            "The data is safe; this browser did not answer in time.",
            retry="ui.refresh",
            details="TimeoutError: read of 'history' after 5 s",
        ),
        skeleton(),
    ]


def _notices() -> Html:
    undo = ("Undo", "undo", {"change": "c1"})
    return h.div("stack")[
        banner("Offline. Changes are kept on this device.", tone="act", icon_name="cloud-off"),
        banner("A newer version is ready.", tone="live", actions=button("Reload", small=True)),
        h.div("stack")[
            toast_view("t1", "Sato checked in to 106", tone="ok", action=undo),
            toast_view("t2", "Room 104 was taken a moment ago", tone="danger"),
        ],
    ]


def _shortcuts() -> Html:
    return help_view(
        [
            Shortcut(keys="/", action="", label="Search"),
            Shortcut(keys="?", action="", label="Show these shortcuts"),
            Shortcut(keys="g r", action="", label="Rooms", group="Go to"),
            Shortcut(keys="i", action="", label="Check in", group="Reservations"),
        ]
    )


def pages() -> Mapping[str, Html]:
    """Whole pages by name: the gallery, and three sample screens inside the frame."""
    stay = drawer(
        "stay-drawer",
        "Sato, Yuki",
        facts(
            [
                ("Stay", "20 – 24 Nov 2026 · 4 nights"),
                ("Room", join("106 ", chip("Clean", tone="ok"))),
                ("Rate", "EUR 114.00 a night"),
            ]
        ),
        h.h3["History"],
        timeline("History", samples.events()),
        note="Reservation 1042",
        actions=icon_button("More actions", "ellipsis"),
        footer=[button("Move…"), button("Check in", kind="primary", shortcut="i")],
    )
    rack = join(
        page_head("Rooms", note="60 rooms · 12 to act on", actions=_buttons_small()),
        h.div("stack")[
            h.h2["First floor"],
            room_rack("First floor", map(room_tile, samples.rooms()), rack_id="rack"),
        ],
    )
    chart = join(page_head("Tape chart"), tape_chart(samples.tape(21), samples.lanes()))
    lists = join(
        page_head("Reservations", actions=_buttons_small()),
        _figures(),
        card("Arrivals", _table("stays"), flush=True),
    )
    return {
        "gallery": _page("_gallery", gallery_view()),
        "rooms": _page("rooms", rack),
        "tape": _page("tape", chart),
        "reservations": _page("reservations", lists, stay),
    }


def _page(screen: str, content: Html, beside: Html | None = None) -> Html:
    status = samples.statuses()[3 if screen == "reservations" else 0]
    model = ShellModel(
        route=Route("resort", screen),
        spaces=(("resort", "Resort Hotel"), ("city", "City Hotel")),
        status=status,
        preferences=Preferences(),
        counts={"attention": 3},
        day="Friday, 20 November 2026",
    )
    frame = str(shell_view(model))
    for slot, markup in (("app-main", content), ("app-drawer", beside or join())):
        head, opening, tail = frame.partition(f'id="{slot}"')
        attributes, _, rest = tail.partition(">")
        frame = f"{head}{opening}{attributes}>{markup}{rest}"
    return h.trusted(frame)
