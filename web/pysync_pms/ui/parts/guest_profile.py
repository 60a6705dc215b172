"""A guest's profile as a form, with the identity document, which is end-to-end encrypted.

Stands on `Hotel.sealed`. What was opened of a document is in no stored picture of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync import VaultError
from pysync.model.guard import Record
from pysync_pms.commands import EditGuest
from pysync_pms.indexes import full_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, link
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees, why_not
from pysync_pms.ui.parts.guest_questions import FIELDS
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import GUESTS

__all__ = ["DOCUMENT", "PROFILE_FORM", "profile_form", "resealed", "save_profile"]

PROFILE_FORM: Final = "guest-profile"
DOCUMENT: Final = "document"
LABEL: Final = tr("Identity document")
_NAMES: Final = (*[each[0] for each in FIELDS], "notes")
_CLOSED: Final = {
    "needs-https": tr("Sealed — this address needs https to read it."),
    "locked": tr("Sealed — this device has no key yet."),
}

_NO_KEY: Final = {
    "needs-https": tr("This address needs https to keep one."),
    "locked": tr("This device has no key yet."),
}
_OLDER: Final = tr("read only, for this device has not the newest key.")


def profile_form(hotel: Hotel, guest: Record) -> Html:
    """The profile, to be read and changed."""
    values = {name: str(guest.get(name) or "") for name in _NAMES}
    text = guest.get(DOCUMENT)
    if text:
        values[DOCUMENT] = _known(hotel, guest)
    view = FormView(form_id=PROFILE_FORM, values=values)
    return form(
        PROFILE_FORM,
        "guest.save",
        h.div("grid-2")[
            [
                view.text(name, words, kind=kind, required=name == "last_name")
                for name, words, kind in FIELDS
                if sees(GUESTS, name)
            ]
        ],
        sees(GUESTS, DOCUMENT) and [_document(hotel, guest, view), _of_merged(hotel, guest)],
        view.area("notes", tr("Notes"), rows=2) if sees(GUESTS, "notes") else None,
        footer=button(tr("Save profile"), type="submit", small=True),
        data_id=guest["id"],
        data_draft=f"profile/{guest['id']}",
    )


def save_profile(hotel: Hotel, event: UiEvent) -> None:
    """Save what was typed; a document is sealed before."""
    guest = hotel.view.get(GUESTS, event.id)
    if guest is None:
        return
    changes: dict[str, Any] = {
        name: event.values.get(name, "").strip() or None
        for name in _NAMES
        if (event.values.get(name, "").strip() or None) != (guest.get(name) or None)
    }
    typed = event.values.get(DOCUMENT)
    if typed is None or typed.strip() == _known(hotel, guest):
        _save(hotel, event.id, changes)
    else:
        hotel.spawn(_save_sealed(hotel, event.id, changes, typed.strip()))


async def resealed(hotel: Hotel, kept: str, other: str) -> str | None:
    """The document of the other profile, sealed for the one that is kept; None if that has one
    itself, or this device cannot do it: then the document stays with the other."""
    one, two = hotel.view.get(GUESTS, kept) or {}, hotel.view.get(GUESTS, other) or {}
    text, vault = two.get(DOCUMENT), hotel.sealed.vault
    if not text or one.get(DOCUMENT) or vault is None:
        return None
    try:
        value = await vault.open(GUESTS, other, DOCUMENT, text)
        return await vault.seal(GUESTS, kept, DOCUMENT, value)
    except VaultError:
        return None


async def _save_sealed(hotel: Hotel, guest_id: str, changes: dict[str, Any], typed: str) -> None:
    text: str | None = None
    if typed:
        vault = hotel.sealed.vault
        assert vault is not None
        try:
            text = await vault.seal(GUESTS, guest_id, DOCUMENT, typed)
        except VaultError as error:
            hotel.app.toast(tr("Not saved: {error}", error=error), tone="danger", seconds=0)
            return
        hotel.sealed.keep(GUESTS, guest_id, DOCUMENT, text, typed)
    _save(hotel, guest_id, {**changes, DOCUMENT: text})


def _save(hotel: Hotel, guest_id: str, changes: Mapping[str, Any]) -> None:
    if not changes or hotel.perform(EditGuest(id=guest_id, changes=changes)) is not None:
        hotel.app.settle(PROFILE_FORM)


def _known(hotel: Hotel, guest: Record) -> str:
    """The document as this device reads it; "" where there is none, or it cannot."""
    text = guest.get(DOCUMENT)
    place = (GUESTS, str(guest["id"]), DOCUMENT)
    if not text or hotel.sealed.look(*place, text) != "opened":
        return ""
    return hotel.sealed.words(*place, text)


def _document(hotel: Hotel, guest: Record, view: FormView) -> Child:
    """The document: a field where this device has the key, else why it is not shown."""
    state, text = hotel.sealed.state, guest.get(DOCUMENT)
    stands = hotel.sealed.look(GUESTS, str(guest["id"]), DOCUMENT, text) if text else "opened"
    if state == "ready" and stands != "opening":
        closed = tr("What is there cannot be opened on this device; what you type takes its place.")
        hint = (
            closed if stands == "closed" else tr("End-to-end encrypted: the server cannot read it.")
        )
        return h.div(data_no_cache=True)[view.text(DOCUMENT, LABEL, hint=hint, dir="auto")]
    way = link(tr("Encryption settings"), hotel.app.route.to("settings", section="sync").href)
    if state == "off":
        may = why_not("vault.on") is None
        return may and _told(
            tr("Kept only end-to-end encrypted, which is not switched on."), " ", way
        )
    if state in _CLOSED:
        if text and stands == "opened":
            return _told(h.strong[_known(hotel, guest)], " · ", _OLDER, " ", way)
        return _told(_CLOSED[state] if text else _NO_KEY[state], " ", way)
    return text and _told(tr("Opening…"))


def _of_merged(hotel: Hotel, guest: Record) -> Child:
    """Documents of profiles that were merged into this one, which stay with them."""
    others = hotel.view.find(GUESTS, "merged_into", str(guest["id"]))
    shown, lines = _known(hotel, guest), []
    for other in others:
        text = other.get(DOCUMENT)
        words = hotel.sealed.words(GUESTS, str(other["id"]), DOCUMENT, text) if text else ""
        if words and words != shown:
            where = tr("kept with the merged profile {who}", who=full_name(other))
            lines.append(_told(h.strong[words], " · ", where))
    return lines


def _told(*words: Child) -> Html:
    return h.div("field", data_no_cache=True)[h.span("field-label")[LABEL], h.p("muted")[words]]
