"""How the hotel settles what two people changed in one moment, how its devices stand with the
server, and for how long it keeps versions: a form over settings of the hotel.

They are of the hotel, not of the device: the server and every device decide by them from the moment
they are in the log (`pysync.model.ordinary`). Stands on `Hotel` and `SetSettings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync.model.ordinary import (
    BACKOFF,
    BACKOFFS,
    DAYS,
    HISTORY,
    INTERVAL,
    INTERVAL_MS,
    INTERVALS,
    MAX_RETRIES,
    MOST_RETRIES,
    QUEUE,
    QUEUE_SIZE,
    QUEUE_SIZES,
    RETRIES,
    STRATEGY,
    WINDOW,
    WINDOWS,
    Backoff,
)
from pysync.model.policy import DEFAULT, WINDOW_MS, Strategy
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import card
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["ConflictRules"]

FORM: Final = "conflict-rules"
_SECONDS: Final = tr("Give whole seconds, {least} to {most}.")
_NUMBER: Final = tr("Give whole numbers, {least} to {most}.")
_NUMBERS: Final = {
    WINDOW: (WINDOWS, WINDOW_MS // 1000, _SECONDS),
    INTERVAL: (INTERVALS, INTERVAL_MS // 1000, _SECONDS),
    HISTORY: (DAYS, 0, tr("Give whole days, {least} to {most}.")),
    QUEUE: (QUEUE_SIZES, QUEUE_SIZE, _NUMBER),
    RETRIES: (MOST_RETRIES, MAX_RETRIES, _NUMBER),
}
"""What may be given, what holds where nothing is, and what is said of anything else."""
_WAYS: Final[Mapping[Strategy, str]] = {
    "last-write-wins": tr("The newer value stands"),
    "first-write-wins": tr("The older value stands"),
    "keep-remote": tr("What the server had stands"),
    "keep-local": tr("What arrives last stands"),
    "manual": tr("Somebody is asked"),
}
_PAUSES: Final[Mapping[Backoff, str]] = {
    "exponential": tr("Twice as long after each"),
    "linear": tr("A second longer after each"),
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
            tr("Rules of the exchange"),
            form(
                FORM,
                "sync.save",
                h.div("grid-2")[
                    self._number(
                        fields,
                        WINDOW,
                        tr("Same moment, in seconds"),
                        tr(
                            "Two changes of the same value made within it count as made at once. "
                            "Reservations keep 10 seconds, the hotel's own settings 60."
                        ),
                    ),
                    fields.choose(
                        STRATEGY,
                        tr("Then, where no rule says otherwise"),
                        _WAYS.items(),
                        hint=tr(
                            "Holds for rooms, room types and staff. Reservations and e-mail "
                            "addresses always ask. The other value is kept and can be brought back."
                        ),
                        required=True,
                    ),
                    self._number(
                        fields,
                        INTERVAL,
                        tr("Check the connection after, in seconds"),
                        tr(
                            "When a device has heard nothing for so long it asks the server for a "
                            "sign of life, and connects anew if none comes. Changes travel at once "
                            "anyway."
                        ),
                    ),
                    self._number(
                        fields,
                        HISTORY,
                        tr("Keep older versions for, in days"),
                        tr(
                            "What is older is cleaned up at the server, for good; what holds now "
                            "stays as it is. 0 keeps everything."
                        ),
                    ),
                    self._number(
                        fields,
                        QUEUE,
                        tr("Changes that may wait on a device"),
                        tr(
                            "While the server cannot be reached a device keeps what is changed on "
                            "it. It warns at 80 %, and takes no more at this number."
                        ),
                    ),
                    fields.choose(
                        BACKOFF,
                        tr("Pause between tries to connect"),
                        _PAUSES.items(),
                        hint=tr(
                            "From a second to a minute, each by chance within it. A device tries "
                            "for as long as it takes."
                        ),
                        required=True,
                    ),
                    self._number(
                        fields,
                        RETRIES,
                        tr("Tries of what the server fails on"),
                        tr(
                            "A change on which the server fails is sent again so often, without "
                            "holding up the others. Then it is listed as refused, and kept."
                        ),
                    ),
                ],
                footer=button(tr("Save"), type="submit", kind="primary"),
            ),
            note=tr("The same on every device of the hotel"),
        )

    def _number(self, fields: FormView, name: str, words: str, hint: str) -> Html:
        least, most = _NUMBERS[name][0]
        return fields.number(name, words, hint=hint, required=True, min=str(least), max=str(most))

    def actions(self) -> Mapping[str, Action]:
        """What its button does."""
        return {"sync.save": self._save}

    def _shown(self) -> dict[str, str]:
        now = self.hotel.settings
        chosen = {STRATEGY: DEFAULT, BACKOFF: BACKOFFS[0]}
        usual = chosen | {name: str(usual) for name, (_, usual, _) in _NUMBERS.items()}
        return {name: str(now.get(name, otherwise)) for name, otherwise in usual.items()}

    def _save(self, event: UiEvent) -> None:
        shown = self._shown()
        typed = {name: str(event.values.get(name, "")).strip() for name in shown}
        changes: dict[str, Any] = {name: v for name, v in typed.items() if v != shown[name]}
        self._errors, number = {}, self.hotel.app.formats.number
        for name in changes.keys() & _NUMBERS.keys():
            (least, most), _, told = _NUMBERS[name]
            changes[name] = _whole(typed[name])
            if not least <= changes[name] <= most:
                self._errors[name] = tr(told, least=number(least), most=number(most))
        command = SetSettings(id=HOTEL, changes=changes)
        if not self._errors:
            found = self.hotel.refusals(command) if changes else []
            self._errors = {problem.field: problem.message for problem in found}
        if self._errors:
            self.hotel.app.refresh()
        elif not changes or self.hotel.perform(command) is not None:
            self.hotel.app.settle(FORM)


def _whole(typed: str) -> int:
    """The whole number that was typed; -1 for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
