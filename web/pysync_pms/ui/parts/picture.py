"""A picture of a receipt: taken or chosen in a form, shown small beside its record and large in a
dialog.

Stands on `Pictures`, `Asker`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import dialog
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import Text, tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.pictures import Shown
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["FIELD", "not_ready", "picture_actions", "picture_field", "picture_view"]

FIELD: Final = "picture"
DIALOG: Final = "picture"
PDF: Final = "application/pdf"
_ANY: Final = "image/*,application/pdf"
_AWAY: Final = tr("The picture is on the server; it shows when you are online again.")
_WORDS: Final[Mapping[str, Text]] = {
    "coming": tr("The picture is on its way…"),
    "away": _AWAY,
    "missing": tr("The picture is not at the server: it may still be on the device that took it."),
    "unknown": tr("The picture is being opened…"),
    "alone": tr("The picture is not on this device."),
    "here": tr("The picture is being opened…"),
}
_CLEAR: Final = tr("A picture is not end-to-end encrypted: whoever runs the server can look at it.")
_WAIT: Final = tr("The picture is not ready yet: try again in a moment.")


# -- in a form ------------------------------------------------------------------------------------


def not_ready(hotel: Hotel) -> Mapping[str, str]:
    """What a form says that is sent before its picture is ready."""
    return {FIELD: _WAIT} if hotel.pictures.is_taking(Asker.FORM) else {}


def picture_field(hotel: Hotel, form: FormView) -> Html:
    """The picture of a form's record: to be taken, or chosen, or taken away again. The value is
    its digest."""
    base, digest = f"{form.form_id}-{FIELD}", form.values.get(FIELD, "")
    pictures = hotel.pictures
    busy = pictures.is_taking(form.form_id)
    error = form.errors.get(FIELD) or pictures.problem(form.form_id)
    return h.div("field picture-field", role="group", aria_labelledby=f"{base}-label")[
        h.span("field-label", id=f"{base}-label")[
            tr("Picture of the receipt"), h.span("field-optional")[" ", tr("optional")]
        ],
        h.input_(type="hidden", name=FIELD, value=digest),
        _preview(hotel, digest) if digest and not busy else None,
        h.div("row wrap", hidden=busy)[
            _pick(f"{base}-camera", tr("Take a picture"), "camera", accept="image/*",
                  capture="environment", cls=" picture-camera"),
            _pick(f"{base}-file", tr("Choose another") if digest else tr("Choose a file"),
                  "paperclip", accept=_ANY),
            digest and button(tr("Remove the picture"), action="picture.remove", kind="quiet",
                              icon_name="x"),
        ],
        h.div(role="status")[
            busy and h.div("row")[
                h.progress(aria_label=tr("Making the picture ready")),
                h.span("muted")[tr("Making the picture ready…")],
            ]
        ],
        h.p("field-hint")[_CLEAR] if hotel.sealed.reads else None,
        error and h.p("field-error", role="alert")[icon("circle-alert"), error],
    ]  # fmt: skip


def _pick(
    input_id: str,
    words: Text,
    icon_name: str,
    *,
    accept: str,
    capture: str | None = None,
    cls: str = "",
) -> Html:
    return h.label(f"btn btn-plain picture-pick{cls}")[
        icon(icon_name),
        h.span[words],
        h.input_("sr-only", type="file", id=input_id, accept=accept, capture=capture,
                 data_change="picture.chosen"),
    ]  # fmt: skip


def _preview(hotel: Hotel, digest: str) -> Child:
    shown = hotel.pictures.look(digest)
    if shown is None:
        return h.p("muted")[_words(hotel, digest)]
    if shown.media == PDF:
        return h.p("row")[icon("file-text"), _pdf(shown)]
    alt = tr("The receipt, as it will be kept")
    return h.div("picture-preview", data_no_cache=True)[h.img(src=shown.address, alt=alt)]


# -- beside a record ------------------------------------------------------------------------------


def picture_view(hotel: Hotel, digest: str, what: str, *, small: bool = False) -> Html | None:
    """The picture of what is called so, to be opened large; `small` in a list, where what cannot be
    shown is left out. None where there is none."""
    if not digest:
        return None
    shown = hotel.pictures.look(digest)
    mark = _mark(hotel, digest)
    if shown is None:
        return None if small else h.p("muted picture-words")[_words(hotel, digest)]
    alt = tr("Receipt of {what}", what=what)
    face = icon("file-text") if shown.media == PDF else h.img(src=shown.address, alt="")
    return h.div("picture-view" + (" is-small" if small else ""), data_no_cache=True)[
        h.button(
            "picture-open",
            type="button",
            data_action="picture.open",
            data_digest=digest,
            data_what=what,
            title=tr("Show it large"),
        )[face, h.span("sr-only")[alt, ": ", tr("show it large")]],
        mark,
    ]


def _mark(hotel: Hotel, digest: str) -> Child:
    """That nobody else has it yet; a hotel without a server has nobody else."""
    stands = hotel.pictures.stands(digest)
    if stands == "refused":
        return chip(tr("The server does not take it"), tone="danger", icon_name="circle-alert")
    if stands == "waiting" and hotel.space.status().relay != "none":
        return chip(tr("Not sent yet"), tone="act", icon_name="cloud-off")
    return None


def _words(hotel: Hotel, digest: str) -> Text:
    stands = hotel.pictures.stands(digest)
    alone = stands == "away" and hotel.space.status().relay == "none"
    return _WORDS["alone" if alone else stands if stands in _WORDS else "here"]


def _pdf(shown: Shown) -> Text:
    return tr("PDF, {size} KB", size=max(1, round(shown.size / 1_000)))


def _large(hotel: Hotel, digest: str, what: str) -> Html:
    shown = hotel.pictures.look(digest)
    body: Child = h.p("muted")[_words(hotel, digest)]
    if shown is not None:
        alt = tr("Receipt of {what}", what=what)
        pdf = shown.media == PDF
        body = h.div("stack picture-large", data_no_cache=True)[
            h.p("row")[icon("file-text"), _pdf(shown)]
            if pdf
            else h.img(src=shown.address, alt=alt),
            h.a("btn btn-plain", href=shown.address, download="receipt.pdf" if pdf else
                "receipt.jpg")[icon("download"), h.span[tr("Save it")]],
        ]  # fmt: skip
    return dialog(DIALOG, tr("Receipt of {what}", what=what), body, wide=True)


# -- doing ----------------------------------------------------------------------------------------


def picture_actions(hotel: Hotel, asker: Asker) -> Mapping[str, Action]:
    """What its buttons do."""

    async def take(asked: str, input_id: str) -> None:
        digest = await hotel.pictures.take(Asker.FORM, input_id)
        if digest:
            asker.put(asked, FIELD, digest)
            hotel.app.announce(tr("The picture is ready."))

    def chosen(event: UiEvent) -> None:
        hotel.spawn(take(asker.asked, event.target))

    def remove(_: UiEvent) -> None:
        hotel.pictures.calm(Asker.FORM)
        asker.put(asker.asked, FIELD, "")
        hotel.app.focus(f"{Asker.FORM}-{FIELD}-file")

    def enlarge(event: UiEvent) -> None:
        digest, what = event.args["digest"], event.args["what"]
        hotel.app.open_dialog(DIALOG, lambda: _large(hotel, digest, what))

    return {"picture.chosen": chosen, "picture.remove": remove, "picture.open": enlarge}
