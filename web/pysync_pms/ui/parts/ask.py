"""Asking: a dialog that collects what a command needs, checks it as it is typed, and performs it.

One way for every question, so that clicks, keys and imports meet the same validator: the form's
strings become commands, `Hotel.problems` says what stands against them, beside the fields; an
alternative is one click. A dialog that is left half filled is a draft: the next time the same is
asked, it is there again. Stands on `Hotel`, `forms`, `commands`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pysync_pms.commands import Command, Problem, errors, warnings
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Kind, button
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import banner, dialog
from pysync_pms.ui.hotel import Done, Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["Asker", "Question", "Values"]

Values = Mapping[str, str]
Named = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A dialog to be. `fields` draws the form from its values; `commands` makes what is to be done
    of them (none while something needed is missing: `missing` says what, by field). `name_of`
    turns an alternative (a room's id) into words, `pick` names the field it is put into. `about`
    tells questions apart for their drafts (by default by the title); values named in `pinned` are
    newer than any draft: the room and the day that were pointed at."""

    title: str
    about: str = ""
    pinned: Collection[str] = ()
    submit: str
    fields: Callable[[FormView, Values], Child]
    commands: Callable[[Values], Sequence[Command]]
    values: Values = field(default_factory=dict)
    missing: Callable[[Values], Mapping[str, str]] = lambda _: {}
    name_of: Callable[[str], str] = str
    pick: str = "room"
    offer: str = tr("Free instead:")
    """What stands before the alternatives."""
    kind: Kind = "primary"
    wide: bool = False
    first: Callable[[], Sequence[Command]] = lambda: ()
    """Performed before, each as a change of its own, when the dialog is sent."""
    then: Callable[[Done], None] = lambda _: None

    @property
    def draft(self) -> str:
        """What its draft is kept under: the same in every language, for it travels in a button."""
        return str.__str__(self.about or self.title)


DRAFTS_AT_MOST: Final = 20


@dataclass(slots=True)
class _Open:
    asked: Question
    """As it was asked: what a draft is compared with, and what "Start afresh" returns to."""
    question: Question
    """With what was typed since."""
    resumed: bool = False
    tried: bool = False
    confirmed: bool = False


class Asker:
    """The one dialog of this page that asks. Its actions hold on every screen."""

    ID = "ask"
    FORM = "ask-form"

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._open: _Open | None = None
        self._drafts: dict[str, _Open] = {}

    def ask(self, question: Question) -> None:
        """Open the dialog, with what was typed if the same was asked before and left half filled.
        While another question is open it stays: a notice says so."""
        if self._open is not None:
            self._hotel.app.toast(tr("Close this dialog first: what you typed is kept as a draft."))
            return
        draft = self._drafts.get(question.draft)
        self._open = _Open(question, question)
        if draft is not None:
            kept = {k: v for k, v in draft.question.values.items() if k not in question.pinned}
            self._set(kept)
            self._open.resumed = True
        self._show()

    def actions(self) -> Mapping[str, Action]:
        """Handlers of the dialog's own actions."""
        return {
            "ask.submit": self._submit,
            "ask.change": self._change,
            "ask.pick": self._pick,
            "ask.resume": self._resume,
            "ask.afresh": self._afresh,
        }

    def live(self) -> dict[str, Any]:
        """Attributes of a control whose value the rest of the dialog depends on."""
        return {"data_change": "ask.change"}

    @property
    def asked(self) -> str:
        """What tells the question that is open from others; "" if none is."""
        return self._open.asked.draft if self._open is not None else ""

    def put(self, asked: str, name: str, value: str) -> None:
        """A value of that question which was made beside the form; if it was left meanwhile, it is
        in its draft."""
        kept = self._drafts.get(asked)
        if self._open is not None and self.asked == asked:
            self._set({name: value})
            self._show()
        elif kept is not None:
            kept.question = replace(kept.question, values={**kept.question.values, name: value})

    # -- inside -----------------------------------------------------------------------------------

    def _view(self) -> Html:
        assert self._open is not None
        question = self._open.question
        stopped, cautions = self._problems()
        by_field = {p.field: p.message for p in reversed(stopped) if p.field}
        if self._open.tried:
            by_field = {**question.missing(question.values), **by_field}
        whole = next((p.message for p in stopped if not p.field), None)
        shown = FormView(form_id=self.FORM, values=question.values, errors=by_field)
        ask_again = self._open.tried and cautions and not stopped
        label = tr("Do it all the same") if ask_again else question.submit
        return dialog(
            self.ID,
            question.title,
            form(
                self.FORM,
                "ask.submit",
                self._kept_note(),
                question.fields(shown, question.values),
                self._alternatives(stopped),
                [banner(p.message, tone="act", icon_name="triangle-alert") for p in cautions],
                error=whole,
                footer=[
                    button(tr("Close"), action="ui.close", data_dialog=self.ID, kind="quiet"),
                    button(label, type="submit", kind=question.kind),
                ],
            ),
            wide=question.wide,
        )

    def _kept_note(self) -> Child:
        if self._open is None or not self._open.resumed:
            return None
        afresh = button(tr("Start afresh"), action="ask.afresh", small=True, kind="quiet")
        return banner(tr("As you left it, not sent yet."), tone="live", actions=afresh)

    def _problems(self) -> tuple[list[Problem], list[Problem]]:
        assert self._open is not None
        question = self._open.question
        if question.missing(question.values):
            return [], []
        commands = question.commands(question.values)
        found = self._hotel.problems(*commands) if commands else []
        return errors(found), warnings(found)

    def _alternatives(self, stopped: Sequence[Problem]) -> Child:
        assert self._open is not None
        question = self._open.question
        offered = [a for p in stopped if p.field == question.pick for a in p.alternatives][:8]
        if not offered:
            return None
        return h.div("row wrap", role="group", aria_label=str(question.offer).rstrip(":"))[
            h.span("muted")[question.offer],
            [
                button(question.name_of(each), action="ask.pick", data_value=each, small=True)
                for each in offered
            ],
        ]

    def _set(self, values: Values) -> None:
        if self._open is not None:
            merged = {**self._open.question.values, **values}
            self._open.question = replace(self._open.question, values=merged)

    def _show(self) -> None:
        self._hotel.app.open_dialog(self.ID, self._view, left=self._left)

    def _left(self, values: Values) -> None:
        """The user closed the dialog: keep what was typed, and say so."""
        left, self._open = self._open, None
        if left is None:
            return
        typed = {**left.question.values, **values}
        if all(text == left.asked.values.get(name, "") for name, text in typed.items()):
            self._drafts.pop(left.asked.draft, None)
            return
        left.question = replace(left.question, values=typed)
        self._drafts.pop(left.asked.draft, None)
        self._drafts[left.asked.draft] = left
        if len(self._drafts) > DRAFTS_AT_MOST:
            self._drafts.pop(next(iter(self._drafts)))
        resume = (tr("Continue"), "ask.resume", {"draft": left.asked.draft})
        self._hotel.app.toast(tr("Kept as a draft: {title}", title=left.asked.title), action=resume)

    def _resume(self, event: UiEvent) -> None:
        draft = self._drafts.get(event.args["draft"])
        if draft is not None:
            self.ask(replace(draft.asked, pinned=()))

    def _afresh(self, _: UiEvent) -> None:
        if self._open is not None:
            self._drafts.pop(self._open.asked.draft, None)
            self._open = _Open(self._open.asked, self._open.asked)
            self._hotel.app.settle(self.FORM)
            self._hotel.app.focus(self.FORM)
            self._show()

    def _change(self, event: UiEvent) -> None:
        self._set({event.target.removeprefix(f"{self.FORM}-"): event.value})
        self._show()

    def _pick(self, event: UiEvent) -> None:
        if self._open is not None:
            self._set({**event.values, self._open.question.pick: event.args["value"]})
            self._hotel.app.settle(self.FORM)
            self._show()

    def _submit(self, event: UiEvent) -> None:
        if self._open is None:
            return
        self._set(event.values)
        question = self._open.question
        again = self._open.tried
        self._open.tried = True
        stopped, cautions = self._problems()
        if question.missing(question.values) or stopped or (cautions and not again):
            self._show()
            self._hotel.app.focus(self.FORM)
            return
        commands = question.commands(question.values)
        if not commands:
            return
        for each in question.first():
            if self._hotel.perform(each, quiet=True) is None:
                return
        done = self._hotel.perform(*commands)
        if done is not None:
            self._drafts.pop(question.draft, None)
            self._open = None
            self._hotel.app.close_dialog(self.ID)
            question.then(done)
