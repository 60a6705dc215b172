"""Cards, figures, dialogs, drawers, the timeline, and what stands there when nothing does.

Owns the surfaces a screen is laid out on. Every dialog is a native `<dialog>` with a heading and a
way out. Stands on `controls`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button, icon_button
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import tr

__all__ = [
    "Event",
    "banner",
    "card",
    "dialog",
    "drawer",
    "empty",
    "facts",
    "failure",
    "figure",
    "page_head",
    "skeleton",
    "timeline",
]


def page_head(title: str, *, note: Child = None, actions: Child = None) -> Html:
    """The top of a screen. Its heading takes the focus when the screen is entered."""
    return h.header("page-head")[
        h.div("page-title")[
            h.h1(id="screen-title", tabindex="-1")[title], note and h.p("muted")[note]
        ],
        actions and h.div("row push")[actions],
    ]


def card(
    title: str,
    *children: Child,
    card_id: str | None = None,
    note: Child = None,
    actions: Child = None,
    flush: bool = False,
) -> Html:
    """A titled group. `flush` lets a table or list run to its edges."""
    return h.section("card" + (" card-flush" if flush else ""), id=card_id)[
        h.header("card-head")[
            h.h2[title], note and h.span("muted")[note], actions and h.span("row push")[actions]
        ],
        h.div("card-body")[children],
    ]


def figure(
    label: str,
    value: Child,
    *,
    note: Child = None,
    tone: Tone = "idle",
    href: str | None = None,
    figure_id: str | None = None,
) -> Html:
    """One number with its name, and where it leads."""
    body = (
        h.span("figure-label")[label],
        h.span("figure-value tnum")[value],
        note and h.span("figure-note")[note],
    )
    if href is None:
        return h.div(f"figure tone-{tone}", id=figure_id)[body]
    return h.a(f"figure tone-{tone}", id=figure_id, href=href, data_link=True)[body]


def facts(pairs: Iterable[tuple[str, Child]]) -> Html:
    """Names and values, aligned."""
    return h.dl("facts")[(h.div[h.dt[name], h.dd[value]] for name, value in pairs)]


def dialog(
    dialog_id: str, title: str, *children: Child, footer: Child = None, wide: bool = False
) -> Html:
    """A modal question. `App.open_dialog` shows it; Escape, the cross and `ui.close` close it, and
    the focus returns to where it was. Wrap the children in a form to let Enter answer."""
    return h.dialog(
        "dialog" + (" dialog-wide" if wide else ""),
        id=dialog_id,
        aria_labelledby=f"{dialog_id}-title",
    )[
        h.header("dialog-head")[
            h.h2(id=f"{dialog_id}-title")[title],
            icon_button(tr("Close"), "x", action="ui.close", data_dialog=dialog_id),
        ],
        h.div("dialog-body")[children],
        footer and h.footer("dialog-foot")[footer],
    ]


def drawer(
    drawer_id: str,
    title: Child,
    *children: Child,
    note: Child = None,
    actions: Child = None,
    footer: Child = None,
    close_action: str = "ui.back",
) -> Html:
    """A record beside the list it came from: on a phone it covers the screen.

    Not modal: the list stays usable, so that the arrow keys walk from record to record. Closing it
    asks for `close_action`, by default the way back in the address.
    """
    return h.aside(
        "drawer", id=drawer_id, aria_labelledby=f"{drawer_id}-title", data_escape=close_action
    )[
        h.header("drawer-head")[
            h.div("page-title")[
                h.h2(id=f"{drawer_id}-title", tabindex="-1")[title], note and h.p("muted")[note]
            ],
            h.span("row push")[actions, icon_button(tr("Close"), "x", action=close_action)],
        ],
        h.div("drawer-body")[children],
        footer and h.footer("drawer-foot")[footer],
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a history: who did what, when (where that is known), and the fields that
    changed."""

    event_id: str
    title: Child
    who: str
    when: str
    iso: str
    changes: Sequence[tuple[str, Child, Child]] = ()
    tone: Tone = "idle"
    actions: Child = None


def timeline(label: str, events: Iterable[Event]) -> Html:
    """What happened, newest first; each change shows what it was and what it became."""
    return h.ol("timeline", aria_label=label)[(_event(event) for event in events)]


def _event(event: Event) -> Html:
    return h.li(f"event tone-{event.tone}", id=event.event_id)[
        h.div("event-head")[
            h.strong[event.title],
            h.span("muted")[
                event.who, event.when and join(" · ", h.time(datetime=event.iso)[event.when])
            ],
            event.actions and h.span("row push")[event.actions],
        ],
        event.changes
        and h.ul("event-changes")[
            (
                h.li[
                    h.span("muted")[name],
                    old and h.del_[h.span("sr-only")[tr("was ")], old],
                    old and icon("chevron-right"),
                    h.ins[h.span("sr-only")[tr("now ")], new or tr("empty")],
                ]
                for name, old, new in event.changes
            )
        ],
    ]


def empty(title: str, *children: Child, icon_name: str = "check", actions: Child = None) -> Html:
    """Said where a list would stand: why it is empty, and what one can do."""
    return h.div("blank")[
        h.span("blank-icon")[icon(icon_name)],
        h.p("blank-title")[title],
        children and h.p("muted")[children],
        actions and h.div("row")[actions],
    ]


def failure(
    title: str, reason: str, *, retry: str | None = None, details: str | None = None
) -> Html:
    """Said when something went wrong: what it means for the reader, and how to go on."""
    return h.div("blank is-danger", role="alert")[
        h.span("blank-icon")[icon("circle-alert")],
        h.p("blank-title")[title],
        h.p("muted")[reason],
        retry and button(tr("Try again"), action=retry, icon_name="refresh-cw"),
        details
        and h.details("blank-details")[h.summary[tr("Details")], h.pre(tabindex="0")[details]],
    ]


def skeleton(rows: int = 3, *, label: str = tr("Loading")) -> Html:
    """Held in place while data is read; appears only when that takes longer than a second."""
    return h.div("skeleton", role="status", aria_label=label)[
        (h.div("skeleton-row")[h.span[()], h.span[()], h.span[()]] for _ in range(rows))
    ]


def banner(
    message: Child, *, tone: Tone = "act", actions: Child = None, icon_name: str = "info"
) -> Html:
    """A notice across the screen that stays until what it says is no longer so."""
    return h.div(f"banner tone-{tone}", role="status")[
        icon(icon_name), h.span[message], actions and h.span("row push")[actions]
    ]
