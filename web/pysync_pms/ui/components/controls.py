"""Buttons, links, chips, counts, tabs, menus and choices.

Owns `Tone`, the vocabulary of colour: a tone says what needs doing, never which category something
belongs to. A disabled control stays focusable and says why. Stands on `html` and `icons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pysync_pms.ui import html as h
from pysync_pms.ui.html import Attr, Child, Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.needs import why_not

__all__ = [
    "Choice",
    "Kind",
    "MenuItem",
    "Tab",
    "Tone",
    "button",
    "chip",
    "clipped",
    "count",
    "icon_button",
    "keys",
    "link",
    "menu",
    "segmented",
    "tabs",
]

Tone = Literal["idle", "act", "danger", "ok", "live"]
Kind = Literal["plain", "primary", "quiet", "danger"]
NEVER_CUT: Final = 16
"""Characters for which every place that cuts texts has room, where there is a pointer to hover."""


def button(
    label: Child,
    *,
    action: str | None = None,
    icon_name: str | None = None,
    kind: Kind = "plain",
    small: bool = False,
    reason: str | None = None,
    busy: bool = False,
    shortcut: str | None = None,
    **attrs: Attr,
) -> Html:
    """A button that asks for `action` when clicked; `data_*` attributes become its arguments.

    `reason` disables it and says why, on hover, on focus and to screen readers. `busy` disables it
    while its work runs. `shortcut` shows a key that does the same; registering it is up to the
    screen. In a form `type="submit"` makes it send the form.
    """
    attrs.setdefault("type", "button")
    classes = f"btn btn-{kind}" + (" btn-sm" if small else "")
    reason = why_not(action) or reason
    off = reason is not None or busy
    return h.button(
        classes,
        data_action=None if off else action,
        aria_disabled="true" if off else None,
        aria_busy="true" if busy else None,
        title=reason,
        **attrs,
    )[
        h.span("spinner") if busy else icon_name and icon(icon_name),
        h.span[label],
        shortcut and h.kbd(aria_hidden="true")[shortcut],
        reason and h.span("sr-only")[f" ({reason})"],
    ]


def icon_button(
    label: str,
    icon_name: str,
    *,
    action: str | None = None,
    small: bool = False,
    badge: int = 0,
    **attrs: Attr,
) -> Html:
    """A button drawn as an icon; `label` is its name for screen readers and its tooltip."""
    reason = why_not(action)
    named = f"{label} ({reason})" if reason else label
    return h.button(
        "btn btn-quiet btn-icon" + (" btn-sm" if small else ""),
        type="button",
        data_action=None if reason else action,
        aria_disabled="true" if reason else None,
        title=named,
        **attrs,
    )[
        icon(icon_name),
        h.span("sr-only")[named],
        count(badge, tone="act") if badge else None,
    ]


def link(label: Child, href: str, *, icon_name: str | None = None, **attrs: Attr) -> Html:
    """A link inside the application: followed without loading the page again."""
    return h.a("link", href=href, data_link=True, **attrs)[icon_name and icon(icon_name), label]


def chip(label: Child, *, tone: Tone = "idle", icon_name: str | None = None, **attrs: Attr) -> Html:
    """A short state. The words carry the meaning; the tone only draws the eye."""
    return h.span(f"chip tone-{tone}", **attrs)[icon_name and icon(icon_name), h.span[label]]


def clipped(text: str, cls: str = "", *, hover: bool = True, shown: Child = None) -> Html:
    """A text on one line, cut at its end where there is no room; `hover` shows it whole. What
    is written from right to left ends at the left. `shown` is the same text with marks in it."""
    return h.span(
        f"clip {cls}".rstrip(),
        dir=None if text.isascii() else "auto",
        title=text if hover and len(text) > NEVER_CUT else None,
    )[shown or text]


def count(number: int, *, tone: Tone = "idle", of: str = "") -> Html:
    """A number in a pill. `of` names what is counted, for screen readers."""
    shown = "99+" if number > 99 else str(number)
    return h.span(f"count tone-{tone}")[shown, of and h.span("sr-only")[f" {of}"]]


def keys(*names: str) -> Html:
    """Keys to press, one after the other."""
    return h.span("keys")[(h.kbd[name] for name in names)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of several views of the same thing; `href` makes it reachable by address."""

    name: str
    label: str
    href: str
    count: int | None = None
    tone: Tone = "idle"


def tabs(label: str, items: Iterable[Tab], *, current: str) -> Html:
    """A row of views. They are links: the browser's back button and new tabs work on them."""
    return h.nav("tabs", aria_label=label)[
        (
            h.a(
                "tab",
                href=tab.href,
                data_link=True,
                aria_current="page" if tab.name == current else None,
            )[tab.label, tab.count is not None and count(tab.count, tone=tab.tone)]
            for tab in items
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """A line of a menu. `args` become `data-*` attributes of the action."""

    label: str
    action: str
    icon_name: str | None = None
    args: tuple[tuple[str, str], ...] = ()
    hint: str | None = None
    checked: bool | None = None
    danger: bool = False
    reason: str | None = None


def menu(
    menu_id: str,
    trigger: Child,
    items: Sequence[MenuItem | None],
    *,
    label: str,
    kind: Kind = "quiet",
    small: bool = False,
) -> Html:
    """A button that opens a list of actions; `None` among the items draws a line.

    The list is a popover: Escape and a click elsewhere close it, the arrow keys walk it, and
    choosing an item closes it before its action runs.
    """
    return h.span("menu-anchor")[
        h.button(
            f"btn btn-{kind}" + (" btn-sm" if small else ""),
            type="button",
            popovertarget=menu_id,
            aria_haspopup="menu",
            aria_label=label,
            title=label,
        )[trigger],
        h.div("menu", id=menu_id, popover="auto", role="menu", aria_label=label, data_roving="y")[
            (_menu_item(item) for item in items)
        ],
    ]


def _menu_item(item: MenuItem | None) -> Html:
    if item is None:
        return h.div("menu-line", role="separator")[()]
    args: dict[str, Attr] = {f"data_{name}": value for name, value in item.args}
    reason = why_not(item.action) or item.reason
    checkable = item.checked is not None
    return h.button(
        "menu-item" + (" is-danger" if item.danger else ""),
        type="button",
        role="menuitemcheckbox" if checkable else "menuitem",
        aria_checked=("true" if item.checked else "false") if checkable else None,
        aria_disabled="true" if reason else None,
        title=reason,
        tabindex="-1",
        data_action=None if reason else item.action,
        **args,
    )[
        icon(mark) if (mark := "check" if item.checked else item.icon_name) else h.span("icon"),
        h.span("menu-label")[item.label],
        item.hint and h.span("menu-hint")[item.hint],
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few values to choose between."""

    value: str
    label: str
    icon_name: str | None = None


def segmented(
    name: str, label: str, choices: Iterable[Choice], *, value: str, action: str | None = None
) -> Html:
    """A few values side by side, one of them chosen: radio buttons, so the arrow keys work.

    Outside a form `action` is asked for on every change, with the new value.
    """
    return h.fieldset("segmented")[
        h.legend("sr-only")[label],
        (
            h.label("segment")[
                h.input_(
                    type="radio",
                    name=name,
                    value=choice.value,
                    checked=choice.value == value,
                    data_change=action,
                ),
                h.span[choice.icon_name and icon(choice.icon_name), choice.label],
            ]
            for choice in choices
        ),
    ]
