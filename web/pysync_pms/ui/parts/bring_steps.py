"""The steps of bringing a hotel to the server as they are drawn: what was found to choose between,
how much has arrived, and what stands in the way. Stands on `pysync.joining`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pysync.joining import Joining
from pysync.model.conflict import Conflict
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button, chip, link
from pysync_pms.ui.deciding import of_people
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.conflict_view import record_name
from pysync_pms.ui.parts.field_words import candidate_words, field_name
from pysync_pms.ui.parts.phrase import GAP, phrase

__all__ = ["State", "bar", "review", "step", "trouble_view"]

LISTED: Final = 20
"""Conflicts that are listed; the others wait under Needs attention."""
State = Literal["done", "now", "later", "trouble"]
_LOOK: Final[Mapping[State, tuple[Tone, str]]] = {
    "done": ("ok", tr("done")),
    "now": ("live", tr("next")),
    "later": ("idle", ""),
    "trouble": ("act", tr("not yet")),
}
_TROUBLE: Final = {
    "unreachable": tr(
        "The server does not answer, or keeps no hotels. What arrived there is not sent again; "
        "this device goes on by itself when the server is back, or take the step again."
    ),
    "signed-out": tr("The server asks you to sign in first."),
    "not-saved": tr("The storage of this device did not take it. Nothing changed; try again."),
}


def step(title: str, state: State, *children: Child) -> Html:
    """One step, and how it stands."""
    tone, word = _LOOK[state]
    return h.li(f"step tone-{tone}", data_step=state)[
        h.div("step-head")[h.h3[title], word and chip(word, tone=tone)], children
    ]


def bar(hotel: Hotel, joining: Joining) -> Html:
    """How much has arrived."""
    done, total = joining.progress
    number = hotel.app.formats.number
    words = tr("{done} of {total}", done=number(done), total=number(total))
    return h.div("field")[
        h.label("field-label", for_="bring-bar")[tr("Sending: {words}", words=words)],
        h.progress(id="bring-bar", max=str(total or 1), value=str(done))[words],
    ]


def review(hotel: Hotel, joining: Joining | None) -> Html:
    """The step in which is chosen between two values, here or later."""
    stage = joining.stage if joining is not None else "idle"
    here = hotel.app.route.to("attention").href
    if joining is None or stage not in ("uploading", "uploaded"):
        joined = stage in ("switching", "joined")
        return step(
            tr("Review"),
            "done" if joined else "later",
            h.p("muted")[
                tr(
                    "Where this device and the server say different things, both are kept, and you "
                    "choose, here or later."
                )
            ],
        )
    open_ = of_people(joining.conflicts)
    refused, number = len(joining.refused), hotel.app.formats.number
    return step(
        tr("Review"),
        "now" if open_ else "done" if stage == "uploaded" else "later",
        h.p[
            phrase(
                tr(
                    "{values} on this device and on the server differ. Both are kept: choose now, "
                    "or later under {place}.",
                    values=plural(len(open_), "value"),
                    place=GAP,
                )
                if open_
                else tr(
                    "Nothing differs that you would have to choose. Anything that comes later "
                    "waits under {place}.",
                    place=GAP,
                ),
                link(tr("Needs attention"), here),
            )
        ],
        bool(open_) and h.ul("list")[[_conflict(hotel, each) for each in open_[:LISTED]]],
        len(open_) > LISTED
        and h.p("muted")[tr("and {count} more", count=number(len(open_) - LISTED))],
        bool(refused)
        and h.p[
            plural(
                refused,
                "change a rule refuses there. The content is kept, under Needs attention once you "
                "have switched on.",
                "changes a rule refuses there. The content is kept, under Needs attention once you "
                "have switched on.",
            )
        ],
    )


def _conflict(hotel: Hotel, each: Conflict) -> Html:
    mine, theirs = (
        candidate_words(hotel, each, side.value) or tr("empty")
        for side in (each.incoming, each.there)
    )
    name = field_name(each.register)
    return h.li("list-item", id=f"bring-{each.id}")[
        h.strong[f"{record_name(hotel, each.key, each.rid)}: {name}"],
        h.p("anywhere")[
            tr("Here:"), " ", h.strong[mine], " · ", tr("on the server:"), " ", h.strong[theirs]
        ],
        h.div("row wrap", role="group", aria_label=tr("Which one counts"))[
            button(tr("Keep this device's"), action="bring.mine", small=True, data_id=each.id),
            button(tr("Keep the server's"), action="bring.theirs", small=True, data_id=each.id),
        ],
    ]


def trouble_view(joining: Joining | None, stage: str) -> Html | None:
    """Why a step did not come about; nothing if it did, or another is in hand."""
    if joining is None or joining.stage != stage or not joining.trouble:
        return None
    words = _TROUBLE.get(joining.trouble) or joining.reason
    return h.p("tone-act", role="status")[chip(tr("Not yet"), tone="act"), " ", words]
