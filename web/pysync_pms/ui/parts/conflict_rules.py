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
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["ConflictRules"]

FORM: Final = "conflict-rules"
_NUMBERS: Final = {
    WINDOW: (WINDOWS, WINDOW_MS // 1000, "seconds"),
    INTERVAL: (INTERVALS, INTERVAL_MS // 1000, "seconds"),
    HISTORY: (DAYS, 0, "days"),
    QUEUE: (QUEUE_SIZES, QUEUE_SIZE, "numbers"),
    RETRIES: (MOST_RETRIES, MAX_RETRIES, "numbers"),
}
"""What may be given, what holds where nothing is, and of what."""
_WAYS: Final[Mapping[Strategy, str]] = {
    "last-write-wins": "The newer value stands",
    "first-write-wins": "The older value stands",
    "keep-remote": "What the server had stands",
    "keep-local": "What arrives last stands",
    "manual": "Somebody is asked",
}
_PAUSES: Final[Mapping[Backoff, str]] = {
    "exponential": "Twice as long after each",
    "linear": "A second longer after each",
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
            "Rules of the exchange",
            form(
                FORM,
                "sync.save",
                h.div("grid-2")[
                    self._number(
                        fields,
                        WINDOW,
                        "Same moment, in seconds",
                        "Two changes of the same value made within it count as made at once. "
                        "Reservations keep 10 seconds, the hotel's own settings 60.",
                    ),
                    fields.choose(
                        STRATEGY,
                        "Then, where no rule says otherwise",
                        _WAYS.items(),
                        hint="Holds for rooms, room types and staff. Reservations and e-mail "
                        "addresses always ask. The other value is kept and can be brought back.",
                        required=True,
                    ),
                    self._number(
                        fields,
                        INTERVAL,
                        "Check the connection after, in seconds",
                        "When a device has heard nothing for so long it asks the server for a sign "
                        "of life, and connects anew if none comes. Changes travel at once anyway.",
                    ),
                    self._number(
                        fields,
                        HISTORY,
                        "Keep older versions for, in days",
                        "What is older is cleaned up at the server, for good; what holds now stays "
                        "as it is. 0 keeps everything.",
                    ),
                    self._number(
                        fields,
                        QUEUE,
                        "Changes that may wait on a device",
                        "While the server cannot be reached a device keeps what is changed on it. "
                        "It warns at 80 %, and takes no more at this number.",
                    ),
                    fields.choose(
                        BACKOFF,
                        "Pause between tries to connect",
                        _PAUSES.items(),
                        hint="From a second to a minute, each by chance within it. A device tries "
                        "for as long as it takes.",
                        required=True,
                    ),
                    self._number(
                        fields,
                        RETRIES,
                        "Tries of what the server fails on",
                        "A change on which the server fails is sent again so often, without "
                        "holding up the others. Then it is listed as refused, and kept.",
                    ),
                ],
                footer=button("Save", type="submit", kind="primary"),
            ),
            note="The same on every device of the hotel",
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
        self._errors = {}
        for name in changes.keys() & _NUMBERS.keys():
            (least, most), _, unit = _NUMBERS[name]
            changes[name] = _whole(typed[name])
            if not least <= changes[name] <= most:
                self._errors[name] = f"Give whole {unit}, {least:,} to {most:,}."
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
