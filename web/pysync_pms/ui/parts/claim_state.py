"""Where a claim stands, in a word. Stands on `claims`, `words`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.model.guard import Record
from pysync_pms.expenses.claims import APPROVED, REJECTED, SUBMITTED, state_of
from pysync_pms.ui.components.controls import Tone, chip
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import label

__all__ = ["state_chip"]

_TONES: Final[Mapping[str, Tone]] = {SUBMITTED: "act", REJECTED: "danger", APPROVED: "ok"}
_WORDS: Final = {SUBMITTED: tr("To approve"), APPROVED: tr("To pay")}


def state_chip(claim: Record) -> Html:
    """The state; the tone says whether somebody has to do something."""
    state = state_of(claim)
    return chip(_WORDS.get(state, label(state)), tone=_TONES.get(state, "idle"))
