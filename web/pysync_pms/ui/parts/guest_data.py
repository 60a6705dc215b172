"""A guest's data as a whole: taking them along as one file, and erasing them for good.

Stands on `pysync.person`, `ask`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.errors import NotDurable, Unknown
from pysync.model.schema import ERASED
from pysync.opened import open_export
from pysync.person import export_here
from pysync_pms.commands import Command, EraseGuest
from pysync_pms.indexes import full_name
from pysync_pms.queries import stays_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import banner, card
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.words import GUESTS

__all__ = ["data_card", "erase_guest", "erased_note", "export_guest"]

_GOES: Final = (
    tr("The name, addresses and notes of this profile, and of those that were merged with it."),
    tr("The notes of the stays, and why one was closed."),
    tr("Every earlier version of these, both sides of conflicts, and what was refused."),
    tr("On this device, on every other one as soon as it is here again, and at the server."),
)
_KEPT: Final = (
    tr("The stays with their dates, rooms and rates, under “Erased guest”."),
    tr("Who changed something and when, without what it was."),
    tr("Backups that were made before, until somebody deletes them."),
)


def erased_note(hotel: Hotel, guest: Mapping[str, Any]) -> Child:
    """That the data of this guest were erased, and when."""
    at = guest.get(ERASED)
    if not isinstance(at, int):
        return None
    when = hotel.app.formats.moment(at, day=True)
    return banner(
        tr("This guest's data were erased ({when}). The stays are kept without a name.", when=when)
    )


def data_card(guest: Mapping[str, Any]) -> Html:
    """What can be done with all that is kept about a guest."""
    return card(
        tr("Personal data"),
        h.div("row wrap")[
            button(
                tr("Export data…"),
                action="guest.export",
                icon_name="download",
                small=True,
                data_id=guest["id"],
            ),
            button(
                tr("Erase…"),
                action="guest.erase",
                icon_name="trash-2",
                small=True,
                kind="danger",
                data_id=guest["id"],
            ),
        ],
    )


def erase_guest(hotel: Hotel, guest_id: str) -> Question:
    """What goes and what stays; the name has to be typed, for it cannot be undone."""
    guest = hotel.view.get(GUESTS, guest_id) or {}
    name = full_name(guest) or guest_id

    def fields(view: FormView, _: Values) -> Child:
        stays = plural(len(stays_of(hotel.view, guest_id)), "stay")
        return [
            card(tr("What goes"), _listed(_GOES), flush=True),
            card(tr("What is kept"), _listed(_KEPT), flush=True, note=stays),
            h.p[
                tr(
                    "It cannot be undone: nobody keeps a copy to undo it with. What somebody else "
                    "changes about this guest meanwhile is dropped, too."
                )
            ],
            view.text("name", tr("To erase, type the name: {name}", name=name), required=True),
        ]

    def commands(_: Values) -> Sequence[Command]:
        return [EraseGuest(id=guest_id)]

    def missing(values: Values) -> Mapping[str, str]:
        typed = " ".join(values.get("name", "").split()).casefold()
        right = typed == " ".join(name.split()).casefold()
        return {} if right else {"name": tr("Type the name as it is written above.")}

    return Question(
        title=tr("Erase this guest's data?"),
        about=f"erase/{guest_id}",
        submit=tr("Erase for good"),
        kind="danger",
        fields=fields,
        commands=commands,
        missing=missing,
    )


def _listed(lines: Sequence[str]) -> Html:
    return h.ul("list")[[h.li("list-item")[each] for each in lines]]


async def export_guest(hotel: Hotel, guest_id: str) -> None:
    """Take along all that is kept about a guest as one file: the server's, which reaches further
    back than this device and notes who asked, or where there is none this device's own."""
    space, app = hotel.space, hotel.app
    if space.tab.relayed.epoch and hotel.ask_server is not None:
        status, text = await hotel.ask_server(f"/sync/{space.name}/person/{GUESTS}/{guest_id}")
        if status != 200:
            why = (
                tr("the server cannot be reached: it keeps the whole history")
                if not status
                else text
            )
            app.toast(tr("Not exported: {why}", why=why), tone="danger", seconds=0)
            return
    else:
        try:
            text = await export_here(space, GUESTS, guest_id)
        except (Unknown, NotDurable) as error:
            app.toast(tr("Not exported: {error}", error=error), tone="danger", seconds=0)
            return
    if hotel.sealed.vault is not None:
        text = await open_export(hotel.sealed.vault, text)
    app.download(f"guest-{guest_id}.json", "application/json", text)
