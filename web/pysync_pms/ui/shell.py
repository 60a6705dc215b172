"""The frame around every screen: header, navigation, and the places the screens fill.

Owns the element ids the application patches (`Slot`) and the list of places. On a wide window the
navigation is a rail at the side that collapses to icons; on a phone it is a bar at the bottom with
the rest behind "More". Stands on `components` and `status`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import MenuItem, count, icon_button, menu
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.icons import icon, sprite
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.company import Face, faces_view
from pysync_pms.ui.preferences import CHOICES, Preferences
from pysync_pms.ui.router import Route
from pysync_pms.ui.status import SyncStatus, badge

__all__ = ["PLACES", "Place", "ShellModel", "Slot", "header_view", "nav_view", "shell_view"]


class Slot:
    """Ids of the places that are filled by the application and its screens."""

    APP = "app"
    HEADER = "app-header"
    NAV = "app-nav"
    BANNER = "app-banner"
    MAIN = "app-main"
    DRAWER = "app-drawer"
    DIALOGS = "app-dialogs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A destination of the navigation; `key` is pressed after `g`. `phone` puts it on the bar."""

    screen: str
    label: str
    icon_name: str
    key: str
    group: int = 0
    phone: bool = False


PLACES: tuple[Place, ...] = (
    Place(screen="home", label=tr("Home"), icon_name="house", key="h", phone=True),
    Place(screen="rooms", label=tr("Rooms"), icon_name="layout-grid", key="r", phone=True),
    Place(
        screen="housekeeping", label=tr("Housekeeping"), icon_name="sparkles", key="k", phone=True
    ),
    Place(screen="tape", label=tr("Tape chart"), icon_name="calendar-range", key="t", phone=True),
    Place(screen="dashboard", label=tr("Dashboard"), icon_name="chart-column", key="d"),
    Place(
        screen="reservations", label=tr("Reservations"), icon_name="notebook-tabs", key="b", group=1
    ),
    Place(screen="guests", label=tr("Guests"), icon_name="users", key="u", group=1),
    Place(screen="invoices", label=tr("Invoices"), icon_name="receipt-text", key="v", group=1),
    Place(screen="stock", label=tr("Stock"), icon_name="package", key="i", group=2),
    Place(screen="expenses", label=tr("Expenses"), icon_name="receipt", key="e", group=2),
    Place(screen="staff", label=tr("Staff"), icon_name="id-card", key="f", group=2),
    Place(screen="reports", label=tr("Reports"), icon_name="file-text", key="p", group=2),
    Place(
        screen="attention",
        label=tr("Needs attention"),
        icon_name="triangle-alert",
        key="a",
        group=3,
    ),
    Place(screen="emergency", label=tr("Emergency list"), icon_name="siren", key="l", group=3),
    Place(screen="activity", label=tr("Activity"), icon_name="history", key="c", group=3),
    Place(screen="settings", label=tr("Settings"), icon_name="settings", key="s", group=4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellModel:
    """What the frame shows. `spaces` are (id, name) of the hotels; `counts` numbers beside places,
    such as what needs attention; `day` the business day in words; `accounts` says that people have
    some at the server; `faces` are who else is here, and `more_faces` how many there are besides.
    `preferences` are the application's to fill in."""

    route: Route
    spaces: Sequence[tuple[str, str]]
    status: SyncStatus
    preferences: Preferences = field(default_factory=Preferences)
    counts: Mapping[str, int] = field(default_factory=dict)
    day: str = ""
    search: str = ""
    accounts: bool = False
    faces: Sequence[Face] = ()
    more_faces: int = 0


def shell_view(model: ShellModel) -> Html:
    """The whole frame, drawn once; after that its slots are patched one by one."""
    return join(
        sprite(),
        h.a("skip", href="#app-main")[tr("Skip to the content")],
        header_view(model),
        nav_view(model),
        h.div("banners", id=Slot.BANNER, data_slot=True)[()],
        h.main("main", id=Slot.MAIN, tabindex="-1", data_slot=True, data_scroller=True)[()],
        h.div("drawer-slot", id=Slot.DRAWER, data_slot=True)[()],
        h.div(id=Slot.DIALOGS, data_slot=True)[()],
    )


def header_view(model: ShellModel) -> Html:
    """The header, keyed `app-header`. The status badge in it is keyed by itself."""
    collapsed = model.preferences.sidebar == "collapsed"
    return h.header("header", id=Slot.HEADER)[
        icon_button(
            tr("Show the sidebar") if collapsed else tr("Collapse the sidebar"),
            "panel-left-open" if collapsed else "panel-left-close",
            action="ui.sidebar",
            id="sidebar-toggle",
            aria_expanded="false" if collapsed else "true",
            aria_controls=Slot.NAV,
        ),
        _space_switch(model),
        model.day and h.span("header-day tnum")[model.day],
        h.label("btn btn-quiet btn-icon search-open", for_="search-input", title=tr("Search"))[
            icon("search")
        ],
        h.form("search", id="search-form", role="search", data_action="search.go")[
            icon("search"),
            h.input_(
                "search-input",
                type="search",
                id="search-input",
                name="q",
                value=model.search,
                placeholder=tr("Guest, room, reservation"),
                aria_label=tr("Search guests, rooms and reservations"),
                autocomplete="off",
                data_input="search.type",
                aria_keyshortcuts="/",
                data_leave=True,
            ),
            h.kbd(aria_hidden="true")["/"],
        ],
        h.span("header-end")[
            faces_view(model.faces, model.more_faces), badge(model.status), _user_menu(model)
        ],
    ]


def _space_switch(model: ShellModel) -> Html:
    name = dict(model.spaces).get(model.route.space, model.route.space or tr("Hotel"))
    items = [
        MenuItem(
            label=label,
            action="ui.space",
            args=(("space", space),),
            icon_name="hotel",
            checked=space == model.route.space,
        )
        for space, label in model.spaces
    ]
    trigger = join(icon("hotel"), h.span("space-name clip")[name], icon("chevron-down"))
    return menu("space-menu", trigger, items, label=tr("Hotel: {name}. Switch hotel", name=name))


def _user_menu(model: ShellModel) -> Html:
    def items_of(field_name: str) -> list[MenuItem | None]:
        return [
            MenuItem(
                label=choice.label,
                action="ui.preference",
                args=(("name", field_name), ("value", choice.value)),
                icon_name=choice.icon_name,
                checked=getattr(model.preferences, field_name) == choice.value,
            )
            for choice in CHOICES[field_name]
        ]

    more: list[MenuItem | None] = [
        MenuItem(
            label=tr("Go to, find, begin"), action="palette.open", icon_name="search", hint="Ctrl K"
        ),
        MenuItem(label=tr("Keyboard shortcuts"), action="ui.help", icon_name="keyboard", hint="?"),
        MenuItem(label=tr("Settings"), action="ui.settings", icon_name="settings", hint="g s"),
    ]
    if model.accounts:
        more.append(MenuItem(label=tr("Account"), action="people.account", icon_name="user"))
        more.append(MenuItem(label=tr("Sign out…"), action="people.sign-out", icon_name="log-out"))
    items = [*items_of("theme"), None, *items_of("density"), None, *more]
    return menu("user-menu", icon("user"), items, label=tr("Display and help"))


def nav_view(model: ShellModel) -> Html:
    """The navigation, keyed `app-nav`."""
    groups: dict[int, list[Place]] = {}
    for place in PLACES:
        groups.setdefault(place.group, []).append(place)
    hidden = [place for place in PLACES if not place.phone]
    inside = any(place.screen == model.route.screen for place in hidden)
    waiting = sum(model.counts.get(place.screen, 0) for place in hidden)
    return h.nav("nav", id=Slot.NAV, aria_label=tr("Main"))[
        (
            h.ul("nav-group" + (" nav-last" if number == max(groups) else ""))[
                (_place(model, place) for place in places)
            ]
            for number, places in groups.items()
        ),
        h.button(
            "nav-link nav-more" + (" is-current" if inside else ""),
            type="button",
            popovertarget="nav-more",
            aria_haspopup="true",
        )[
            icon("ellipsis"),
            h.span("nav-label")[tr("More")],
            count(waiting, tone="act", of=tr("waiting")) if waiting else None,
        ],
        h.div("menu", id="nav-more", popover="auto")[
            h.ul("nav-group")[(_place(model, place) for place in hidden)]
        ],
    ]


def _place(model: ShellModel, place: Place) -> Html:
    number = model.counts.get(place.screen, 0)
    return h.li("nav-item" + (" on-phone" if place.phone else ""))[
        h.a(
            "nav-link",
            href=model.route.to(place.screen).href,
            data_link=True,
            aria_current="page" if place.screen == model.route.screen else None,
            title=f"{place.label} (g {place.key})",
        )[
            icon(place.icon_name),
            h.span("nav-label")[place.label],
            count(number, tone="act", of=tr("waiting")) if number else None,
        ]
    ]
