"""A record's history: every version with who, when, what changed, and the way back.

Stands on `Hotel.history` and the timeline of `surfaces`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pysync.history import Version, undecided
from pysync.model.ordinary import HISTORY
from pysync.values.clock import wall_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button
from pysync_pms.ui.components.surfaces import Event, skeleton, timeline
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.field_words import (
    INSIDE,
    candidate_words,
    field_name,
    field_text,
    is_nothing,
)
from pysync_pms.ui.screen import Action
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["history_actions", "history_view"]

SHOWN = 60
_OUTCOMES: Mapping[str, tuple[str, Tone]] = {
    "refused": (tr("refused"), "danger"),
    "retry": (tr("run again"), "idle"),
    "amended": (tr("changed by a rule"), "act"),
    "conflict": (tr("met another change"), "act"),
    "merged": (tr("merged"), "idle"),
}


def history_view(hotel: Hotel, collection: str, record_id: str) -> Html:
    """The timeline, newest first; a skeleton while it is being read."""
    versions = hotel.history(collection, record_id)
    if versions is None:
        return skeleton(label=tr("Reading the history"))
    waiting = _waiting(hotel, collection, record_id)
    if not versions and not waiting:
        return h.p("muted")[tr("Nothing has been written down about this record yet.")]
    events = waiting + [
        _event(hotel, collection, record_id, version, newest=at == 0)
        for at, version in enumerate(versions[:SHOWN])
    ]
    more = len(versions) - SHOWN
    return join(
        timeline(tr("History"), events),
        h.p("muted")[tr("and {count} earlier entries", count=more)] if more > 0 else None,
        h.p("muted")[_cut(hotel)] if versions and versions[-1].cut else None,
    )


def _cut(hotel: Hotel) -> str:
    """Why it does not go back to the beginning."""
    days = hotel.settings.get(HISTORY)
    if not days:
        return tr("Older versions are not on this device.")
    return tr(
        "Older versions were cleaned up: the hotel keeps them for {days} days.",
        days=hotel.app.formats.number(days),
    )


def _waiting(hotel: Hotel, collection: str, record_id: str) -> list[Event]:
    """What the server does not know yet, newest first; with a server that answers, and without one,
    nothing waits for longer than a moment."""
    space = hotel.space
    if space.status().relay in ("none", "online"):
        return []
    events = []
    for change in undecided(space.tab.replica, collection, record_id):
        at = wall_of(change.mark.stamp)
        events.append(
            Event(
                event_id=f"waiting-{change.id}",
                title=tr("{what} (not sent yet)", what=_what(hotel, change.meta.label)),
                who=change.meta.author or tr("tab {tab}", tab=change.mark.tab[:4]),
                when=hotel.app.formats.moment(at, day=True),
                iso=datetime.datetime.fromtimestamp(at / 1000, tz=datetime.UTC).isoformat(),
                changes=[
                    (
                        field_name(name),
                        "",
                        field_text(hotel, {**op.fields, "id": op.rid}, name, value).short().html(),
                    )
                    for op in change.ops
                    if (op.key, op.rid) == (collection, record_id)
                    for name, value in op.fields.items()
                    if name not in INSIDE and not is_nothing(value)
                ],
                tone="idle",
            )
        )
    return events[::-1]


def _what(hotel: Hotel, label: str) -> str:
    """What a change says of itself, as a title."""
    told = hotel.app.formats.told(label)
    return told[:1].upper() + told[1:] if told else tr("Changed")


def _who(version: Version, *, first: bool) -> str:
    if first:
        return tr("with the hotel's first data")
    return version.author or tr("tab {tab}", tab=version.tab[:4])


def history_actions(hotel: Hotel) -> Mapping[str, Action]:
    """`history.restore` with `data-collection`, `data-id`, `data-change`."""

    def restore(event: UiEvent) -> None:
        hotel.restore(event.args["collection"], event.id, event.args["change"])

    return {"history.restore": restore}


def _event(
    hotel: Hotel, collection: str, record_id: str, version: Version, *, newest: bool
) -> Event:
    words, tone = _OUTCOMES.get(version.outcome, ("", "idle"))
    first = not version.seq and not version.cut
    formats = hotel.app.formats
    title: str = tr("Set up") if first else _what(hotel, version.label)
    if words:
        title = f"{title} ({words})"
    when = datetime.datetime.fromtimestamp(version.at / 1000, tz=datetime.UTC)
    changes: list[tuple[str, Child, Child]] = [
        (
            field_name(name),
            field_text(hotel, version.record, name, old).short().html(),
            field_text(hotel, version.record, name, new).short().html(),
        )
        for name, (old, new) in version.fields.items()
        if name not in INSIDE and not (is_nothing(old) and is_nothing(new))
    ]
    lost: list[tuple[str, Child, Child]] = [
        (
            tr("{field} not shown", field=field_name(conflict.register)),
            candidate_words(hotel, conflict, conflict.other.value),
            "",
        )
        for conflict in version.lost
    ]
    if version.message:
        lost.append((tr("Because"), "", told(version.message)))
    restorable = not newest and version.record is not None and version.change_id
    return Event(
        event_id=f"history-{version.seq}",
        title=title,
        who=_who(version, first=first),
        when="" if first else formats.moment(version.at, day=True),
        iso=when.isoformat(),
        changes=[*changes, *lost],
        tone=tone,
        actions=button(
            tr("Restore"),
            action="history.restore",
            small=True,
            kind="quiet",
            reason=hotel.beyond(collection, version.record or ()),
            data_collection=collection,
            data_id=record_id,
            data_change=version.change_id,
        )
        if restorable
        else None,
    )
