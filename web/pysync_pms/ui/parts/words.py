"""Codes as people read them, and tones that say what needs doing. Stands on `words`, `controls`."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pysync_pms.calendar import nights
from pysync_pms.money import decimals
from pysync_pms.ui.components.controls import Tone, chip
from pysync_pms.ui.formats import Formats
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.codes import LABELS
from pysync_pms.words import (
    CANCELLED,
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    NO_SHOW,
    PAYMENT,
    RESERVATIONS,
)

__all__ = ["STATUS_LABELS", "amount", "dates", "label", "line_text", "money", "status_chip"]

STATUS_LABELS: Final[dict[str, str]] = {
    CONFIRMED: tr("Confirmed"),
    CHECKED_IN: tr("In house"),
    CHECKED_OUT: tr("Checked out"),
    CANCELLED: tr("Cancelled"),
    NO_SHOW: tr("No-show"),
}

_BY_ITSELF: Final[dict[str, str]] = {
    text: text for text in (tr("Room"), tr("City tax"), tr("Payment"), tr("Refund"))
}
"""What the hotel writes into a folio without being asked."""


def line_text(line: Any) -> str:
    """A line of a folio: as somebody wrote it, or in the user's language if nobody did."""
    text = str(line["text"])
    nobodys = bool(line.get("night")) or line.get("kind") == PAYMENT
    return _BY_ITSELF.get(text, text) if nobodys else text


def label(code: str | None) -> str:
    """A code as words: "online-agency" -> "Online agency". One of a closed set is in the user's
    language; what people named themselves stays as it is."""
    english = (code or "").replace("-", " ").replace("_", " ").capitalize()
    return tr(english) if english in LABELS else english


def status_chip(stay: Any, today: str) -> Html:
    """The reservation's state; the tone says whether somebody has to do something."""
    status = str(stay.get("status") or CONFIRMED)
    tone: Tone = "idle"
    if stay.get("attention"):
        tone = "danger"
    elif status == CONFIRMED and stay["from"] <= today:
        tone = "danger" if stay["from"] < today else "act"
    elif status == CHECKED_IN:
        tone = "act" if stay["to"] <= today else "live"
    return chip(STATUS_LABELS.get(status, label(status)), tone=tone)


def dates(formats: Formats, stay: Any) -> str:
    """Arrival, departure and nights: "20 Nov – 23 Nov, 3 nights"."""
    start, end = stay["from"], stay["to"]
    first, last = (formats.day(date.fromisoformat(each)) for each in (start, end))
    return f"{first} – {last}, {plural(nights(start, end), 'night')}"


def money(formats: Formats, minor: int | None, currency: str) -> str:
    """An amount in minor units; a dash for who sees no amounts."""
    return amount(formats, minor or 0, currency) if sees(RESERVATIONS, "rate") else "–"


def amount(formats: Formats, minor: int, currency: str) -> str:
    """An amount in minor units, of which a currency has two, three or none after the point."""
    return formats.money(minor, currency, digits=decimals(currency))
