"""Actions and keys that hold on every screen: moving around, closing, display preferences, help.

Owns the names that begin with `ui.`, apart from `ui.use-remote`, `ui.close` and `ui.print`, which
the glue answers by itself. The host gives `hotel.undo-last`. Stands on `app`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pysync_pms.ui.components.surfaces import dialog
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import why_not
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.shell import PLACES
from pysync_pms.ui.shortcuts import Shortcut, help_view

if TYPE_CHECKING:
    from pysync_pms.ui.app import App

__all__ = ["HELP_DIALOG", "SHORTCUTS", "actions", "denied"]

HELP_DIALOG = "shortcut-help"

SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(keys="/", action="ui.search", label=tr("Search")),
    Shortcut(keys="Ctrl+k", action="palette.open", label=tr("Go to, find, begin")),
    Shortcut(keys="Meta+k", action="palette.open", label=tr("The same on a Mac")),
    Shortcut(keys="?", action="ui.help", label=tr("Show these shortcuts")),
    Shortcut(keys="z", action="hotel.undo-last", label=tr("Undo what you did last")),
    Shortcut(keys="[", action="ui.sidebar", label=tr("Collapse or show the sidebar")),
    *(
        Shortcut(
            keys=f"g {place.key}",
            action="ui.go",
            label=place.label,
            group=tr("Go to"),
            args=(("screen", place.screen),),
        )
        for place in PLACES
    ),
)


def denied(app: App, action: str) -> Action | None:
    """What happens instead of an action that whoever looks has no right to: the reason is told."""
    reason = why_not(action)
    return None if reason is None else lambda _: app.toast(f"{reason}.", tone="danger")


def actions(app: App) -> Mapping[str, Action]:
    """The handlers, by name."""

    def help_() -> None:
        app.open_dialog(
            HELP_DIALOG,
            lambda: dialog(
                HELP_DIALOG, tr("Keyboard shortcuts"), help_view(app.shortcuts.listed()), wide=True
            ),
        )

    def sidebar() -> None:
        collapsed = app.preferences.sidebar == "collapsed"
        app.prefer("sidebar", "open" if collapsed else "collapsed")

    return {
        "ui.back": lambda _: app.go(app.route.with_record("")),
        "ui.go": lambda event: app.go(app.route.to(event.args["screen"])),
        "ui.space": lambda event: app.go(Route(event.args["space"], app.route.screen)),
        "ui.settings": lambda _: app.go(app.route.to("settings")),
        "ui.search": lambda _: app.focus("search-input"),
        "ui.help": lambda _: help_(),
        "ui.refresh": lambda _: app.refresh(),
        "ui.sidebar": lambda _: sidebar(),
        "ui.preference": lambda event: app.prefer(
            event.args["name"], event.args.get("value") or event.value
        ),
    }
