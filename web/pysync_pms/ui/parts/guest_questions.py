"""Questions about guests: a new profile, and two that are one person. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pysync_pms.commands import Command, CreateGuest, EditGuest, MergeGuests
from pysync_pms.indexes import full_name
from pysync_pms.queries import stays_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.words import GUESTS

__all__ = ["FIELDS", "merge_guests", "new_guest"]

FIELDS: Final = (
    ("first_name", "First name", "text"),
    ("last_name", "Last name", "text"),
    ("email", "E-mail", "email"),
    ("phone", "Telephone", "tel"),
    ("country", "Country code", "text"),
    ("company", "Company", "text"),
)
"""What a profile is asked for: the field, its label, the kind of input."""


def new_guest(hotel: Hotel) -> Question:
    """A guest's profile; the last name is needed."""
    guest_id = hotel.new_id()

    def fields(view: FormView, _: Values) -> Child:
        return h.div("grid-2")[
            [
                view.text(name, words, kind=kind, required=name == "last_name")
                for name, words, kind in FIELDS
            ]
        ]

    def commands(values: Values) -> Sequence[Command]:
        given = {name: values.get(name, "").strip() or None for name, _, _ in FIELDS}
        last = given.pop("last_name") or ""
        return [CreateGuest(id=guest_id, last_name=last, **given)]  # type: ignore[arg-type]

    return Question(
        title="New guest",
        submit="Add",
        fields=fields,
        commands=commands,
        missing=lambda v: {} if v.get("last_name", "").strip() else {"last_name": "Enter it."},
        then=lambda done: hotel.app.go(hotel.app.route.with_record(done.record_id)),
    )


def merge_guests(hotel: Hotel, kept: str, other: str) -> Question:
    """Two profiles of one person: which value of each field stays; the stays go along."""
    view = hotel.view
    one, two = view.get(GUESTS, kept) or {}, view.get(GUESTS, other) or {}
    moving = len(stays_of(view, other))
    names = [name for name, _, _ in FIELDS if one.get(name) != two.get(name)]

    def fields(form_: FormView, _: Values) -> Child:
        choices = [
            form_.choose(
                name,
                words,
                [(str(p[name]), str(p[name])) for p in (one, two) if p.get(name)],
            )
            for name, words, _ in FIELDS
            if name in names and (one.get(name) or two.get(name))
        ]
        told = f"{moving} stays of the second profile go to the first. It can be undone."
        return [h.p("muted")[told], h.div("grid-2")[choices]]

    def commands(values: Values) -> Sequence[Command]:
        chosen = {
            name: values[name]
            for name in names
            if values.get(name) and values[name] != one.get(name)
        }
        made: list[Command] = [MergeGuests(keep=kept, others=(other,))]
        if chosen:
            made.append(EditGuest(id=kept, changes=chosen))
        return made

    start = {name: str(one.get(name) or two.get(name) or "") for name in names}
    return Question(
        title=f"Merge {full_name(two)} into {full_name(one)}",
        submit="Merge",
        wide=True,
        fields=fields,
        commands=commands,
        values=start,
    )
