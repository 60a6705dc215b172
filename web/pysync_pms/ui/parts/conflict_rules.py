"""How the hotel settles what two people changed in one moment: a form over two of its settings.

They are of the hotel, not of the device: the server and every device decide by them from the moment
they are in the log (`pysync.model.ordinary`). Stands on `Hotel` and `SetSettings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync.model.ordinary import LEAST_SECONDS, MOST_SECONDS, STRATEGY, WINDOW
from pysync.model.policy import DEFAULT, WINDOW_MS, Strategy
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import card
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["ConflictRules"]

FORM: Final = "conflict-rules"
_WAYS: Final[Mapping[Strategy, str]] = {
    "last-write-wins": "The newer value stands",
    "first-write-wins": "The older value stands",
    "keep-remote": "What the server had stands",
    "keep-local": "What arrives last stands",
    "manual": "Somebody is asked",
}


class ConflictRules:
    """The card of the sync section."""

    def __init__(self, hotel: Hotel) -> None:
        self.hotel = hotel
        self._errors: dict[str, str] = {}

    def view(self) -> Html:
        """What holds now, to be changed by whoever may."""
        fields = FormView(form_id=FORM, values=self._shown(), errors=self._errors)
        return card(
            "When two change the same",
            form(
                FORM,
                "sync.save",
                h.div("grid-2")[
                    fields.number(
                        WINDOW,
                        "Same moment, in seconds",
                        hint="Two changes of the same value made within it count as made at once. "
                        "Reservations keep 10 seconds, the hotel's own settings 60.",
                        required=True,
                        min=str(LEAST_SECONDS),
                        max=str(MOST_SECONDS),
                    ),
                    fields.choose(
                        STRATEGY,
                        "Then, where no rule says otherwise",
                        _WAYS.items(),
                        hint="Holds for rooms, room types and staff. Reservations and e-mail "
                        "addresses always ask. The other value is kept and can be brought back.",
                        required=True,
                    ),
                ],
                footer=button("Save", type="submit", kind="primary"),
            ),
            note="The same on every device of the hotel",
        )

    def actions(self) -> Mapping[str, Action]:
        """What its button does."""
        return {"sync.save": self._save}

    def _shown(self) -> dict[str, str]:
        now = self.hotel.settings
        seconds = now.get(WINDOW) or WINDOW_MS // 1000
        return {WINDOW: str(seconds), STRATEGY: str(now.get(STRATEGY) or DEFAULT)}

    def _save(self, event: UiEvent) -> None:
        typed = {name: str(event.values.get(name, "")).strip() for name in (WINDOW, STRATEGY)}
        shown = self._shown()
        changes: dict[str, Any] = {name: v for name, v in typed.items() if v != shown[name]}
        self._errors = {}
        if WINDOW in changes:
            seconds = _number(typed[WINDOW])
            if LEAST_SECONDS <= seconds <= MOST_SECONDS:
                changes[WINDOW] = seconds
            else:
                most = f"{MOST_SECONDS:,}"
                self._errors[WINDOW] = f"Give whole seconds, {LEAST_SECONDS} to {most}."
        command = SetSettings(id=HOTEL, changes=changes)
        if not self._errors:
            found = self.hotel.refusals(command) if changes else []
            self._errors = {problem.field: problem.message for problem in found}
        if self._errors:
            self.hotel.app.refresh()
        elif not changes or self.hotel.perform(command) is not None:
            self.hotel.app.settle(FORM)


def _number(typed: str) -> int:
    """The whole number that was typed; -1 for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
