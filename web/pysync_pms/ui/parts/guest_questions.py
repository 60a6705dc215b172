"""Questions about guests: a new profile, and two that are one person. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pysync_pms.commands import Command, CreateGuest, EditGuest, MergeGuests
from pysync_pms.indexes import full_name
from pysync_pms.queries import stays_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.words import GUESTS

__all__ = ["FIELDS", "merge_guests", "new_guest"]

FIELDS: Final = (
    ("first_name", tr("First name"), "text"),
    ("last_name", tr("Last name"), "text"),
    ("email", tr("E-mail"), "email"),
    ("phone", tr("Telephone"), "tel"),
    ("country", tr("Country code"), "text"),
    ("company", tr("Company"), "text"),
)
"""What a profile is asked for: the field, its label, the kind of input."""
NAME: Final = ("first_name", "last_name")
"""What is chosen together."""


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
        title=tr("New guest"),
        submit=tr("Add"),
        fields=fields,
        commands=commands,
        missing=lambda v: {} if v.get("last_name", "").strip() else {"last_name": tr("Enter it.")},
        then=lambda done: hotel.app.go(hotel.app.route.to("guests", done.record_id)),
    )


def merge_guests(hotel: Hotel, kept: str, other: str, document: str | None = None) -> Question:
    """Two profiles of one person: which value of each field stays; the stays go along. What only
    one of them knows is kept unasked; `document` is the second's, sealed for the first."""
    view = hotel.view
    one, two = view.get(GUESTS, kept) or {}, view.get(GUESTS, other) or {}
    names = full_name(one), full_name(two)
    rest = [(name, words) for name, words, _ in FIELDS if name not in NAME]
    asked = [(n, words) for n, words in rest if one.get(n) and two.get(n) and one[n] != two[n]]

    def fields(form_: FormView, _: Values) -> Child:
        choices = [
            form_.choose(name, words, [(str(p[name]), str(p[name])) for p in (one, two)],
                         required=True)
            for name, words in asked
        ]  # fmt: skip
        if names[0] != names[1]:
            both = [("one", names[0]), ("two", names[1])]
            choices.insert(0, form_.choose("whose", tr("Name"), both, required=True))
        told = plural(
            len(stays_of(view, other)),
            "stay of the second profile will belong to the first. It can be undone.",
            "stays of the second profile will belong to the first. It can be undone.",
        )
        stays_there = two.get("document") and document is None and (
            tr("The identity document of the second profile stays with it, and is shown beside.")
        )  # fmt: skip
        return [
            h.p("muted")[told],
            stays_there and h.p("muted")[stays_there],
            h.div("grid-2")[choices] if choices else None,
        ]

    def commands(values: Values) -> Sequence[Command]:
        chosen: dict[str, Any] = {
            name: values[name] for name, _ in asked if values.get(name, one[name]) != one[name]
        }
        who = two if values.get("whose") == "two" else one
        # Merging fills the gaps of the first profile, also those of a name that is to stay short.
        chosen |= {n: who.get(n) for n in NAME if who.get(n) != (one.get(n) or two.get(n))}
        if document is not None:
            chosen["document"] = document
        made: list[Command] = [MergeGuests(keep=kept, others=(other,))]
        if chosen:
            made.append(EditGuest(id=kept, changes=chosen))
        return made

    same = tr("Merge two profiles of {who}", who=names[0])
    return Question(
        title=same
        if names[0] == names[1]
        else tr("Merge {other} into {kept}", other=names[1], kept=names[0]),
        submit=tr("Merge"),
        wide=True,
        fields=fields,
        commands=commands,
        values={"whose": "one", **{name: str(one[name]) for name, _ in asked}},
    )
