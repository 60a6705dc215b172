"""The people who work here: their job, cost centre and account. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pysync.model.guard import Record
from pysync_pms.commands import Command, CreateStaff
from pysync_pms.expenses.queries import name_of
from pysync_pms.expenses.words import CENTRES
from pysync_pms.indexes import fold
from pysync_pms.staffing.commands import EditStaff
from pysync_pms.staffing.times import clocked_in
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, link
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.expense_questions import centre_choices
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import ROLES, STAFF

__all__ = ["People"]


class People:
    """The list, and the question about one of them."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker

    def view(self, route: Route) -> Html:
        """Everybody by name, who left last."""
        found = sorted(self._hotel.view.all(STAFF), key=_order)
        none = empty(
            tr("Nobody works here yet"),
            tr(
                "Add the people, so that they can clock in, be planned and get back what they "
                "spent."
            ),
            icon_name="users",
        )
        columns = (
            Column(label=tr("Name")),
            Column(label=tr("Job"), priority=2),
            Column(label=tr("Cost centre"), priority=3),
            Column(label=tr("Account"), priority=3),
            Column(label=tr("Now")),
            Column(label=tr("Do"), hide_label=True),
        )
        return card(
            tr("People"),
            table(tr("People"), columns, [self._row(each, route) for each in found],
                  table_id="people", when_empty=none),
            actions=button(tr("New"), action="people.new", small=True),
            note=str(sum(each.get("active") is not False for each in found)),
            flush=True,
        )  # fmt: skip

    def _row(self, person: Record, route: Route) -> Row:
        id_, name = str(person["id"]), str(person.get("name") or "")
        times = route.with_query(show="time", person=id_, week="").href
        entry = clocked_in(self._hotel.view, id_)
        now: Child = None
        if person.get("active") is False:
            now = chip(tr("left"))
        elif entry is not None:
            on_break = entry.get("break_since") is not None
            now = chip(tr("break") if on_break else tr("at work"), tone="act" if on_break else "ok")
        return Row(
            row_id=f"person-{id_}",
            cells=[
                link(name, times),
                person.get("job") or label(person.get("role")),
                name_of(self._hotel.view, CENTRES, person.get("centre")),
                person.get("account"),
                now,
                button(join(tr("Edit"), h.span("sr-only")[f" {name}"]), action="people.edit",
                       small=True, kind="quiet", data_id=id_),
            ],
        )  # fmt: skip

    def actions(self) -> Mapping[str, Action]:
        """What the buttons do."""
        ask, hotel = self._asker.ask, self._hotel

        def edit(event: UiEvent) -> None:
            found = hotel.view.get(STAFF, event.id)
            if found is not None:
                ask(person_question(hotel, found))

        return {"people.new": lambda _: ask(person_question(hotel, None)), "people.edit": edit}


def _order(person: Record) -> tuple[bool, str, str]:
    return person.get("active") is False, fold(person.get("name") or ""), str(person["id"])


_FIELDS = ("name", "role", "job", "centre", "account")


def person_question(hotel: Hotel, person: Record | None) -> Question:
    """Somebody new, or somebody who is here."""
    now: Mapping[str, Any] = person or {}
    id_ = str(now["id"]) if person is not None else hotel.new_id()

    def fields(form: FormView, _: Values) -> Child:
        centres = centre_choices(hotel, str(now.get("centre") or ""))
        return [
            h.div("grid-2")[
                form.text("name", tr("Name"), required=True),
                form.choose("role", tr("Works in"), [(code, label(code)) for code in ROLES],
                            required=True),
                form.text("job", tr("Job")),
                centres and form.choose("centre", tr("Cost centre"), centres, empty=tr("None")),
                form.text("account", tr("Account"),
                          hint=tr("The name they sign in with: what they do is then theirs")),
            ],
            person is not None
            and form.check("left", tr("Does not work here any more"), data_change="ask.change"),
        ]  # fmt: skip

    def commands(values: Values) -> Sequence[Command]:
        given: dict[str, Any] = {name: values.get(name, "").strip() or None for name in _FIELDS}
        if person is None:
            return [CreateStaff(id=id_, **given)]
        given["active"] = not values.get("left")
        known = {**now, "active": now.get("active") is not False}
        changes = {name: value for name, value in given.items() if value != known.get(name)}
        return [EditStaff(id=id_, changes=changes)]

    return Question(
        title=tr("Somebody new") if person is None else tr("Edit {name}", name=now.get("name")),
        about=f"person {id_ if person is not None else ''}",
        submit=tr("Add") if person is None else tr("Save"),
        fields=fields,
        commands=commands,
        missing=lambda v: {} if v.get("name", "").strip() else {"name": tr("Enter a name.")},
        values={
            **{name: str(now.get(name) or "") for name in _FIELDS},
            **({} if person is not None else {"role": ROLES[0]}),
            **({"left": "on"} if now.get("active") is False else {}),
        },
        wide=True,
    )
