"""`<pysync-tabs>`, `<pysync-conflicts>` and `<pysync-history>` as HTML.

What a button does stands in its `data-act`, with arguments as JSON in `data-args`; `panels` does
it. Floor: `markup`, `words`, the model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pysync.history import Happening, Version
from pysync.kv import VALUE
from pysync.machines.cards import TabInfo
from pysync.model.conflict import Candidate, Conflict
from pysync.values.jsontext import json_text
from pysync.widget.markup import Content, Markup, moment, several, tag
from pysync.widget.words import Words

LONGEST: Final = 400
"""Characters of a value that are shown."""


def tab_list(tabs: Iterable[TabInfo], words: Words) -> Markup:
    """The open tabs of this device, the leader first, then by age."""
    ordered = sorted(tabs, key=lambda each: (not each.leader, each.born, each.id))
    return tag("ul", (_tab(each, words) for each in ordered), part="list")


def _tab(info: TabInfo, words: Words) -> Markup:
    facts = [words("leads")] if info.leader else []
    if info.hidden:
        facts.append(words("in the background"))
    return tag(
        "li",
        tag("b", words("This tab" if info.own else "Another tab"), part="name"),
        tag("span", ", ".join(facts), part="fact") if facts else None,
        tag("small", words("since"), " ", moment(info.born), part="when"),
        id=f"tab-{info.id}",
        part="tab own" if info.own else "tab",
    )


def conflict_list(
    open_: Sequence[Conflict],
    settled: Sequence[Conflict],
    words: Words,
    *,
    ignored: frozenset[str] = frozenset(),
    mergeable: Callable[[Conflict], bool] = lambda _: False,
) -> Markup:
    """Those that wait for somebody, and below them those that a rule settled, the newest first:
    what lost is kept, and can be taken instead."""
    if not open_ and not settled:
        return tag("p", words("No conflicts"), part="empty")
    rows = (
        _conflict(each, words, aside=each.id in ignored, merge=mergeable(each)) for each in open_
    )
    ruled = [_conflict(each, words) for each in reversed(settled)]
    return several(
        tag("ul", rows, part="list") if open_ else tag("p", words("No conflicts"), part="empty"),
        tag(
            "details",
            tag("summary", words("Settled by rule"), f" ({len(ruled)})", part="more"),
            tag("ul", ruled, part="list"),
        )
        if ruled
        else None,
    )


def _conflict(
    conflict: Conflict, words: Words, *, aside: bool = False, merge: bool = False
) -> Markup:
    """One conflict. Of a whole record there is nothing to choose here: its history brings back."""
    is_open = conflict.status == "open"
    whole = not conflict.register or conflict.strategy == "item-removed"
    return tag(
        "li",
        tag(
            "b",
            place_of(conflict.key, conflict.rid, conflict.register or words("whole record")),
            part="name",
        ),
        tag("span", words("put aside"), part="fact") if aside else None,
        tag(
            "dl",
            _candidate("Shown", conflict.shown, words, part="shown"),
            _candidate("The other", conflict.other, words, part="other"),
        ),
        tag(
            "div",
            _button("Keep", "keep", words, conflict.id) if is_open else None,
            _button("Take the other", "take", words, conflict.id),
            _button("Merge both", "merge", words, conflict.id) if merge and is_open else None,
            _button("Later", "later", words, conflict.id) if is_open and not aside else None,
            part="actions",
        )
        if not whole
        else None,
        id=f"conflict-{conflict.id}",
        part="conflict",
        data_status=conflict.status,
    )


def _candidate(name: str, candidate: Candidate, words: Words, *, part: str) -> Markup:
    return tag(
        "div",
        tag("dt", words(name)),
        tag("dd", _value(candidate.value, words), *_by(candidate.mark.author)),
        part=part,
    )


def version_list(versions: Sequence[Version], words: Words, *, limit: int) -> Markup:
    """A record's versions, the newest first; each but the newest can be restored."""
    if not versions:
        return tag("p", words("No history yet"), part="empty")
    newest = versions[-1]
    rows = (
        _version(each, words, can_restore=each is not newest and each.cell is not None)
        for each in versions[: -limit - 1 : -1]
    )
    return tag("ul", rows, part="list")


def _version(version: Version, words: Words, *, can_restore: bool) -> Markup:
    label = version.label or ("Changed" if version.record is not None else "Deleted")
    refused = version.outcome not in ("applied", "merged", "amended", "conflict")
    return tag(
        "li",
        tag("b", words(label), part="name"),
        tag("span", words("refused"), part="fact") if refused else None,
        tag("small", moment(version.at) if version.at else None, *_by(version.author), part="when"),
        tag(
            "dl",
            (
                tag(
                    "div",
                    name != VALUE and tag("dt", name),
                    tag("dd", tag("del", _value(was, words)), " → ", _value(now, words)),
                    part="change",
                )
                for name, (was, now) in version.fields.items()
            ),
        ),
        tag("div", _button("Restore", "restore", words, version.change_id), part="actions")
        if can_restore
        else None,
        id=f"version-{version.change_id}",
        part="version",
    )


def happening_list(happenings: Sequence[Happening], words: Words) -> Markup:
    """What happened in the space, the newest first."""
    if not happenings:
        return tag("p", words("No history yet"), part="empty")
    return tag("ul", (_happening(each, words) for each in happenings), part="list")


def _happening(happening: Happening, words: Words) -> Markup:
    places = ", ".join(dict.fromkeys(place_of(key, rid) for key, rid in happening.refs))
    return tag(
        "li",
        tag("b", words(happening.label or "Changed"), part="name"),
        tag("span", places, part="fact"),
        tag("small", moment(happening.at), *_by(happening.author), part="when"),
        id=f"version-{happening.change_id}",
        part="version",
    )


def place_of(key: str, rid: str, register: str = "") -> str:
    """Where something is, for people: what stands for a single value is left out.

    >>> place_of("todo", "value", "value"), place_of("rooms", "101", "beds")
    ('todo', 'rooms · 101 · beds')
    """
    return " · ".join(part for part in (key, rid, register) if part and part != VALUE)


def _value(value: Any, words: Words) -> Markup:
    if value is None:
        return tag("i", words("nothing"))
    text = value if isinstance(value, str) else json_text(value)
    return tag("code", text if len(text) <= LONGEST else f"{text[:LONGEST]} …")


def _by(author: str) -> tuple[Content, ...]:
    return (" ", tag("small", author, part="who")) if author else ()


def _button(label: str, act: str, words: Words, *arguments: str) -> Markup:
    return tag(
        "button",
        words(label),
        type="button",
        part="action",
        data_act=act,
        data_args=json.dumps(arguments),
    )
