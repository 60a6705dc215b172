"""How two values that met are shown: side by side, with what they began from, who and when.

Owns the markup of the dialog `conflict` and what is typed into it. Stands on `history`, `surfaces`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pysync.model.cell import Mark
from pysync.model.conflict import Candidate, Conflict
from pysync.model.guard import Record
from pysync.model.schema import Field
from pysync.values.clock import wall_of
from pysync.values.jsonvalue import same
from pysync_pms.indexes import full_name
from pysync_pms.queries import guest_name
from pysync_pms.schema import SCHEMA
from pysync_pms.ui import html as h
from pysync_pms.ui.components.surfaces import facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.field_words import INSIDE, Words, candidate_text, field_name, field_words
from pysync_pms.ui.parts.words import label
from pysync_pms.words import GUESTS, RESERVATIONS

__all__ = [
    "OTHER",
    "Clash",
    "clash_view",
    "preview",
    "record_name",
    "same_fields",
    "who",
]

OTHER: Final = "other"
"""The choice of a value that is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One field to choose a value of. `values` are the candidates by name: `mine`, `theirs`,
    perhaps `both` (merged) and `now` (written since); `chosen` is one of them, or OTHER."""

    conflict: Conflict
    before: Candidate | None
    values: Mapping[str, Candidate]
    chosen: str
    typed: str
    known: bool
    """Whether it is sure which of the two was written here."""

    @property
    def names(self) -> tuple[str, str]:
        """What the two sides are called."""
        if self.known:
            return tr("Mine"), tr("Theirs")
        newer = self.values["mine"].mark.after(self.values["theirs"].mark)
        return (tr("The newer"), tr("The older")) if newer else (tr("The older"), tr("The newer"))

    @property
    def value(self) -> Any:
        """What was chosen; what is typed as the field keeps it: empty is nothing, where it may."""
        if self.chosen != OTHER:
            return self.values[self.chosen].value
        declared, text = _typed(self.conflict), self.typed.strip()
        return text if text or (declared is not None and declared.required) else None


def record_name(hotel: Hotel, key: str, rid: str) -> str:
    """A record as the screens call it."""
    view, record = hotel.view, hotel.view.get(key, rid)
    if record is None:
        return label(key)
    if key == RESERVATIONS:
        return tr("Reservation of {who}", who=guest_name(view, record))
    if key == GUESTS:
        return full_name(record)
    return _called(key, record)


def _called(key: str, record: Record) -> str:
    name = record.get("name") or record.get("number")
    return tr("{kind} {name}", kind=label(key), name=name) if name else label(key)


def who(hotel: Hotel, mark: Mark) -> str:
    """Who wrote it, as far as it is known."""
    if not mark.tab:
        return tr("the hotel's first data")
    return mark.author or (
        tr("this tab") if mark.tab == hotel.space.tab_id else tr("tab {tab}", tab=mark.tab[:4])
    )


def clash_view(hotel: Hotel, clash: Clash, *, first: bool) -> Html:
    """One field: what it was, both values, and what else can be chosen. The first one has the focus
    when the dialog opens."""
    mine, theirs = clash.names
    one, two = (_words(hotel, clash, clash.values[name].value) for name in ("mine", "theirs"))
    sides = [("mine", mine, _marked(one, two)), ("theirs", theirs, _marked(two, one))]
    sides += [
        (name, words, _words(hotel, clash, clash.values[name].value).html())
        for name, words in (("both", tr("Both, merged")), ("now", tr("As it is now")))
        if name in clash.values
    ]
    return h.fieldset("clash", id=f"clash-{clash.conflict.id}")[
        h.legend[field_name(clash.conflict.register)],
        h.div("sides")[
            _before(hotel, clash),
            [_side(hotel, clash, *side, focus=first and side[0] == clash.chosen) for side in sides],
        ],
        _other(clash),
    ]


def _before(hotel: Hotel, clash: Clash) -> Html:
    known = clash.before
    return h.div("side is-before")[
        h.span("side-name")[tr("Before")],
        h.span("side-value", dir="auto")[
            (_words(hotel, clash, known.value).html() or tr("empty"))
            if known is not None
            else h.span("muted")[tr("not known on this device")]
        ],
        h.span("side-who")[_who_when(hotel, known.mark)]
        if known is not None and known.value is not None
        else None,
    ]


def _side(hotel: Hotel, clash: Clash, name: str, words: str, value: Child, *, focus: bool) -> Html:
    made = clash.values[name].mark
    return h.label("side")[
        _radio(clash, name, autofocus=focus),
        h.span("side-name")[words],
        h.span("side-value", dir="auto")[value or tr("empty")],
        h.span("side-who")[_who_when(hotel, made)] if name != "both" else None,
    ]


def _radio(clash: Clash, name: str, *, autofocus: bool = False) -> Html:
    return h.input_(
        type="radio",
        id=f"side-{clash.conflict.id}-{name}",
        name=f"side-{clash.conflict.id}",
        value=name,
        checked=clash.chosen == name,
        autofocus=autofocus,
        data_change="conflict.choose",
        data_conflict=clash.conflict.id,
        data_part="side",
    )


def _who_when(hotel: Hotel, mark: Mark) -> str:
    when = hotel.app.formats.moment(wall_of(mark.stamp), day=True, seconds=True)
    return f"{who(hotel, mark)} · {when}" if mark.stamp else who(hotel, mark)


def _marked(words: Words, than: Words) -> Html:
    """A text with what the other one has not, between what both begin and end with."""
    text, other = words.text, than.text
    if not text or not other:
        return words.html()
    start = end = 0
    most = min(len(text), len(other))
    while start < most and text[start] == other[start]:
        start += 1
    while end < most - start and text[-1 - end] == other[-1 - end]:
        end += 1
    middle = text[start : len(text) - end]
    marked = h.mark[middle] if middle else None
    return words.html([text[:start], marked, text[len(text) - end :]])


def _typed(conflict: Conflict) -> Field | None:
    """The field, if it is one by itself whose values can be typed."""
    collection = SCHEMA.collection(conflict.key)
    if collection.group_of(conflict.register) is not None:
        return None
    declared = collection.fields.get(conflict.register)
    plain = declared is not None and declared.types == (str,) and declared.choices is None
    return declared if plain else None


def _other(clash: Clash) -> Child:
    if _typed(clash.conflict) is None:
        return None
    name, words = field_name(clash.conflict.register), tr("Another value")
    return h.div("row wrap side-other")[
        h.label("check")[_radio(clash, OTHER), h.span[words]],
        h.input_(
            "input",
            type="text",
            id=f"{OTHER}-{clash.conflict.id}",
            name=f"{OTHER}-{clash.conflict.id}",
            value=clash.typed,
            aria_label=f"{words}: {name}",
            dir="auto",
            data_change="conflict.choose",
            data_conflict=clash.conflict.id,
            data_part=OTHER,
        ),
    ]


def preview(hotel: Hotel, clashes: Sequence[Clash]) -> Html:
    """What it will be."""
    rows = []
    for clash in clashes:
        words = _words(hotel, clash, clash.value).html() or tr("empty")
        rows.append((field_name(clash.conflict.register), h.strong(dir="auto")[words]))
    return h.div("outcome", role="status", aria_label=tr("What it will be"))[
        h.span("muted")[tr("It will be")], facts(rows)
    ]


def same_fields(hotel: Hotel, key: str, rid: str, conflicts: Sequence[Conflict]) -> Child:
    """The rest of the record, about which nobody disagrees, folded away."""
    record = hotel.view.get(key, rid) or {}
    collection = SCHEMA.collection(key)
    asked = {n for c in conflicts for n in collection.group_of(c.register) or (c.register,)}
    asked |= {"id", *INSIDE}
    rest = {name: value for name, value in record.items() if name not in asked and value}
    for conflict in conflicts:
        rest |= _agreed(conflict)
    if not rest:
        return None
    rows = [(field_name(name), field_words(hotel, record, name, rest[name])) for name in rest]
    return h.details("same")[
        h.summary[plural(len(rows), "field without a question", "fields without a question")],
        facts([(name, words or tr("empty")) for name, words in rows]),
    ]


def _agreed(conflict: Conflict) -> dict[str, Any]:
    """Of fields that go together those that both sides have alike."""
    one, two = conflict.shown.value, conflict.other.value
    if not (isinstance(one, Mapping) and isinstance(two, Mapping)):
        return {}
    return {n: v for n, v in one.items() if n in two and same(v, two[n]) and v and n not in INSIDE}


def _words(hotel: Hotel, clash: Clash, value: Any) -> Words:
    """A value of the conflict in words; of fields that go together those that differ."""
    agreed = _agreed(clash.conflict)
    if isinstance(value, Mapping) and agreed:
        value = {name: each for name, each in value.items() if name not in agreed}
    return candidate_text(hotel, clash.conflict, value)
