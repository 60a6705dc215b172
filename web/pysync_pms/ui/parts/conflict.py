"""Two values that met: the dialog in which a person says which of them holds.

Everything that waits about one record is in one dialog, field by field; fields that merge as one
are chosen as one. It is drawn again whenever the data moves, so what somebody else settles
meanwhile leaves it. Nothing is lost by any choice: the other value stays in the record's history.
Stands on `Hotel`, `parts.conflict_view`, `Space.settle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pysync import InvalidValue, Refused, UsageError
from pysync.history import ancestor_in
from pysync.model.conflict import Candidate, Conflict
from pysync.model.merge import ABSENT
from pysync.model.write import mark_of
from pysync.values.jsonvalue import freeze, is_number, same
from pysync_pms.schema import SCHEMA
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.forms import form
from pysync_pms.ui.components.surfaces import banner, dialog
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.conflict_view import (
    OTHER,
    Clash,
    clash_view,
    preview,
    record_name,
    same_fields,
)
from pysync_pms.ui.screen import Action
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["Conflicts", "conflict_notice"]


@dataclass(slots=True)
class _Open:
    ref: tuple[str, str]
    also: str
    """One that a rule settled, which is to be settled otherwise."""
    chosen: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    error: str = ""


class Conflicts:
    """The one dialog of this page that settles conflicts. Its actions hold on every screen."""

    ID = "conflict"
    FORM = "conflict-form"

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._open: _Open | None = None

    def actions(self) -> Mapping[str, Action]:
        """`conflict.open`, `.ignore`, `.heed` with `data-conflict`, and those of the dialog."""
        return {
            "conflict.open": self._show,
            "conflict.ignore": lambda event: self._ignore(event.args["conflict"], True),
            "conflict.heed": lambda event: self._ignore(event.args["conflict"], False),
            "conflict.choose": self._choose,
            "conflict.all": self._choose_all,
            "conflict.later": self._later,
            "conflict.apply": self._apply,
        }

    # -- drawing ----------------------------------------------------------------------------------

    def _show(self, event: UiEvent) -> None:
        conflict = self._hotel.space.conflict(event.args["conflict"])
        also = "" if conflict.status == "open" else conflict.id
        self._open = _Open((conflict.key, conflict.rid), also)
        self._draw()

    def _draw(self) -> None:
        self._hotel.app.open_dialog(self.ID, self._view, left=self._left)

    def _left(self, _: Mapping[str, str]) -> None:
        self._open = None

    def _view(self) -> Html:
        assert self._open is not None
        key, rid = self._open.ref
        clashes = self._clashes()
        title = tr("Which one holds? {what}", what=record_name(self._hotel, key, rid))
        if not clashes:
            told = tr("Somebody else has settled this meanwhile.")
            close = button(tr("Close"), action="ui.close", data_dialog=self.ID, kind="primary")
            return dialog(self.ID, title, banner(told, tone="ok"), footer=close, wide=True)
        return dialog(
            self.ID,
            title,
            form(
                self.FORM,
                "conflict.apply",
                self._intro(clashes),
                [clash_view(self._hotel, clash, first=not at) for at, clash in enumerate(clashes)],
                preview(self._hotel, clashes),
                same_fields(self._hotel, key, rid, [clash.conflict for clash in clashes]),
                error=self._open.error or None,
                footer=self._footer(clashes),
            ),
            wide=True,
        )

    def _intro(self, clashes: list[Clash]) -> Child:
        """What can be said of all of them at once."""
        told = tr("Changed in two places. What you do not choose stays in the history.")
        if len(clashes) < 2:
            return h.p("muted")[told]
        mine, theirs = clashes[0].names
        return h.div("row wrap")[
            h.p("muted")[told],
            h.span("row push", role="group", aria_label=tr("For all of them"))[
                button(
                    tr("{side} everywhere", side=mine),
                    action="conflict.all",
                    small=True,
                    data_side="mine",
                ),
                button(
                    tr("{side} everywhere", side=theirs),
                    action="conflict.all",
                    small=True,
                    data_side="theirs",
                ),
            ],
        ]

    def _footer(self, clashes: list[Clash]) -> list[Child]:
        waits = any(clash.conflict.status == "open" for clash in clashes)
        beyond = self._hotel.unsettling(*(clash.conflict for clash in clashes))
        return [
            button(tr("Ignore for now"), action="conflict.later", kind="quiet") if waits else None,
            button(tr("Close"), action="ui.close", data_dialog=self.ID, kind="quiet"),
            button(tr("Apply"), type="submit", kind="primary", reason=beyond),
        ]

    def _clashes(self) -> list[Clash]:
        """What there is to choose between, the newest conflict of each field."""
        assert self._open is not None
        space = self._hotel.space
        waiting = {c.register: c for c in space.conflicts(record=self._open.ref)}
        for conflict in space.conflicts(settled=True, record=self._open.ref):
            if conflict.id == self._open.also and conflict.status == "auto":
                waiting[conflict.register] = conflict
        return [self._clash(conflict) for conflict in waiting.values()]

    def _clash(self, conflict: Conflict) -> Clash:
        assert self._open is not None
        space = self._hotel.space
        mine, theirs = space.sides(conflict)
        versions = self._hotel.history(conflict.key, conflict.rid)
        before = ancestor_in(SCHEMA, conflict, versions[::-1]) if versions else None
        values: dict[str, Candidate] = {"mine": mine, "theirs": theirs}
        try:
            both = space.merged(conflict, before.value if before is not None else ABSENT)
        except Refused:
            pass
        else:
            if not is_number(both):  # what two counted is no sum
                values["both"] = Candidate(both, conflict.shown.mark)
        now = self._now(conflict)
        if now is not None and not any(same(now.value, each.value) for each in values.values()):
            values["now"] = now
        chosen = self._open.chosen.get(conflict.id)
        if chosen not in (*values, OTHER):
            shown = now.value if now is not None else conflict.shown.value
            chosen = next(name for name, each in values.items() if same(each.value, shown))
        return Clash(
            conflict=conflict,
            before=before,
            values=values,
            chosen=chosen,
            typed=self._open.typed.get(conflict.id, ""),
            known=space.nearness(mine.mark) != space.nearness(theirs.mark),
        )

    def _now(self, conflict: Conflict) -> Candidate | None:
        """What the record holds, and who wrote it: perhaps neither of the two any more."""
        cell = self._hotel.space.tab.replica.view.cell(conflict.key, conflict.rid)
        declared = SCHEMA.collection(conflict.key)
        mark = mark_of(declared, cell, conflict.register) if cell is not None else None
        if cell is None or mark is None:
            return None
        shown = conflict.shown.value
        if declared.group_of(conflict.register) is not None and isinstance(shown, Mapping):
            return Candidate(freeze({name: cell.fields.get(name) for name in shown}), mark)
        return Candidate(cell.fields.get(conflict.register), mark)

    # -- choosing ---------------------------------------------------------------------------------

    def _choose(self, event: UiEvent) -> None:
        """A side was chosen, or another value typed, which chooses that."""
        if self._open is not None:
            conflict_id = event.args["conflict"]
            if event.args["part"] == OTHER:
                self._open.typed[conflict_id] = event.value
            self._open.chosen[conflict_id] = OTHER if event.args["part"] == OTHER else event.value
            self._chosen()

    def _choose_all(self, event: UiEvent) -> None:
        if self._open is not None:
            for clash in self._clashes():
                self._open.chosen[clash.conflict.id] = event.args["side"]
            self._chosen()

    def _chosen(self) -> None:
        assert self._open is not None
        self._open.error = ""
        self._hotel.app.settle(self.FORM)
        self._draw()

    def _later(self, _: UiEvent) -> None:
        if self._open is not None:
            for clash in self._clashes():
                if clash.conflict.status == "open":
                    self._ignore(clash.conflict.id, True)
            self._close()

    def _ignore(self, conflict_id: str, ignored: bool) -> None:
        self._hotel.space.ignore(conflict_id, ignored=ignored)

    def _apply(self, event: UiEvent) -> None:
        if self._open is None:
            return
        for name, value in event.values.items():
            part, _, conflict_id = name.partition("-")
            (self._open.typed if part == OTHER else self._open.chosen)[conflict_id] = value
        clashes = self._clashes()
        try:
            chosen = {clash.conflict.id: clash.value for clash in clashes}
            label = "Settle " + record_name(self._hotel, *self._open.ref)  # English, for the log
            self._hotel.space.settle(chosen, author=self._hotel.author, label=label)
        except InvalidValue as error:
            self._fail(told(str(error).removeprefix(f"{error.path}: ")))
            return
        except (Refused, UsageError) as error:
            self._fail(told(str(error)))
            return
        self._hotel.app.toast(
            tr("Settled: {conflicts}", conflicts=plural(len(clashes), "conflict")), tone="ok"
        )
        self._close()

    def _fail(self, why: str) -> None:
        if self._open is not None:
            self._open.error = why
            self._draw()

    def _close(self) -> None:
        self._open = None
        self._hotel.app.close_dialog(self.ID)


def conflict_notice(hotel: Hotel, collection: str, record_id: str) -> Child:
    """Said beside a record of which something waits: what, and the way to settle it."""
    waiting = hotel.space.conflicts(record=(collection, record_id))
    if not waiting:
        return None
    decide = button(tr("Decide…"), action="conflict.open", small=True, data_conflict=waiting[0].id)
    told = plural(
        len(waiting),
        "value changed in two places: one of them has to be chosen.",
        "values changed in two places: one of them has to be chosen.",
    )
    return banner(told, tone="act", icon_name="git-compare", actions=decide)
