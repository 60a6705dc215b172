"""Passing notices. The glue shows them, lets them wait while looked at, and takes them away."""

from __future__ import annotations

from collections.abc import Mapping

from pysync_pms.ui import html as h
from pysync_pms.ui.html import Attr, Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import tr

__all__ = ["toast_view"]

_ICONS = {"ok": "check", "danger": "circle-alert", "act": "triangle-alert"}


def toast_view(
    toast_id: str,
    message: str,
    *,
    tone: str = "idle",
    action: tuple[str, str, Mapping[str, str]] | None = None,
) -> Html:
    """One notice, with at most one thing to do about it."""
    args: dict[str, Attr] = {}
    if action:
        args = {f"data_{name}": value for name, value in action[2].items()}
    return h.div(f"toast tone-{tone}", id=toast_id)[
        icon(_ICONS.get(tone, "info")),
        h.span("toast-text")[message],
        action
        and h.button("btn btn-quiet btn-sm", type="button", data_action=action[1], **args)[
            action[0]
        ],
        h.button(
            "btn btn-quiet btn-icon btn-sm",
            type="button",
            aria_label=tr("Dismiss"),
            data_dismiss=toast_id,
        )[icon("x")],
    ]
