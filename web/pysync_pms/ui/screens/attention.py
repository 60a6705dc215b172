"""Needs attention: conflicts that a person has to settle, what the rules could not settle, refused
changes, values that lost by rule.

Nothing here disappears by itself unless its cause does. Stands on `queries`, `Desk`, the space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pysync import DeadLetter, Refused, SyncError, UsageError
from pysync.machines.outcomes import DISCARDED
from pysync.model.conflict import Conflict
from pysync.model.erasing import TOO_LATE
from pysync.model.guard import Record
from pysync.values.clock import wall_of
from pysync_pms.commands import DiscardRefused
from pysync_pms.queries import AttentionLine, guest_name, needs_attention
from pysync_pms.stock.words import LEVELS
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.deciding import of_people
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.conflict_view import record_name
from pysync_pms.ui.parts.field_words import INSIDE, candidate_words, field_name, field_words
from pysync_pms.ui.parts.rooms import room_choices
from pysync_pms.ui.parts.stock_words import issue_again
from pysync_pms.ui.parts.words import dates, label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import CHARGED_AFTERWARDS, REFUSALS, RESERVATIONS

__all__ = ["Attention"]

ROOMS_OFFERED = 4
LOST_SHOWN = 50
_WAYS: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "overdue-departure": ((tr("Check out"), "stay.check-out"), (tr("Extend…"), "stay.extend")),
    "overdue-arrival": ((tr("Check in"), "stay.check-in"), (tr("No-show…"), "stay.no-show")),
    "overdue-deposit": ((tr("Payment…"), "folio.pay"), (tr("Cancel…"), "stay.cancel")),
    CHARGED_AFTERWARDS: ((tr("Payment…"), "folio.pay"),),
}
"""What the message of a code asks for; of the others, another room or other dates."""


_LACKS: Final = tr("Stays are not listed: this device does not keep reservations")
HERE_SHOWN: Final = 100
"""Changes refused on this device that are listed, the newest."""


class Attention(DeskScreen):
    """The list of what waits for a person."""

    name = "attention"
    label = tr("Needs attention")

    def view(self, route: Route) -> Html:
        """Stays first, then what was refused, then values that are kept and not shown."""
        lines = needs_attention(self.hotel.view, self.hotel.today)
        refused = self.hotel.view.all(REFUSALS)
        letters = sorted(refused, key=lambda kept: (kept.get("at") or 0, kept["id"]))
        space = self.hotel.space
        waiting = of_people(space.conflicts())
        lost = [each for each in of_people(space.conflicts(settled=True)) if each.status == "auto"]
        here = space.dead_letters
        lacks = None if sees(RESERVATIONS, "status") else _LACKS
        if not lines and not letters and not waiting and not lost and not here:
            return join(
                page_head(tr("Needs attention"), note=lacks),
                empty(
                    tr("Nothing waits for you"),
                    tr("When two desks want one room, or a rule refuses a change, it is listed "
                       "here with what can be done."),
                ),
            )  # fmt: skip
        number = len(lines) + len(letters) + len(here) + self.hotel.open_conflicts
        return join(
            page_head(tr("Needs attention"),
                      note=join(tr("{n} to see to", n=number), lacks and f". {lacks}")),
            _listed(tr("Conflicts"), map(self._open, waiting),
                    tr("Changed in two places in the same moment")),
            _listed(tr("Stays"), map(self._line, lines)),
            _listed(tr("Refused changes"), map(self._letter, letters)),
            self._refused_here(here) if here else None,
            _listed(tr("Values that lost"), map(self._lost, lost[: -LOST_SHOWN - 1 : -1]),
                    tr("Written at two places; the other value is kept")),
        )  # fmt: skip

    def _refused_here(self, here: Sequence[DeadLetter]) -> Html:
        """The newest first: what was given up may be much."""
        rows = [self._here(each) for each in here[: -HERE_SHOWN - 1 : -1]]
        more = len(here) - len(rows)
        older = h.li("list-item muted")[tr("and {n} older ones", n=grouped(more))]
        given_up = sum(each.code == DISCARDED for each in here)
        return card(
            tr("Refused on this device"),
            h.ul("list")[rows, more > 0 and older],
            note=tr("Kept here until somebody has seen to it"),
            actions=given_up > 1 and button(tr("Discard all {n} given up", n=grouped(given_up)),
                                            action="attention.forget-given-up", small=True),
            flush=True,
        )  # fmt: skip

    def actions(self) -> Mapping[str, Action]:
        """Settling what is listed."""
        return {
            "attention.discard": self._discard,
            "attention.retry": self._retry,
            "attention.forget": self._forget,
            "attention.forget-given-up": self._forget_given_up,
            "attention.use-other": self._use_other,
        }

    def _line(self, line: AttentionLine) -> Html:
        stay = line.line.stay
        rid = str(stay["id"])
        view = self.hotel.view
        free = self._free(stay)
        full = not stay.get("room") and not free
        return h.li("list-item case", id=f"attention-{rid}", data_ref=f"{RESERVATIONS}/{rid}")[
            h.div("row wrap")[
                h.button("link", type="button", data_action="stay.open", data_id=rid, dir="auto")[
                    guest_name(view, stay)
                ],
                h.span("muted")[dates(self.hotel.app.formats, stay)],
                chip(label(line.code), tone="danger"),
            ],
            h.p[
                self.hotel.app.formats.told(line.message),
                full and tr(" No room is free for all of these nights."),
            ],
            h.div("row wrap", role="group", aria_label=tr("What can be done"))[
                self._ways(line, free)
            ],
        ]

    def _free(self, stay: Record) -> list[tuple[str, str]]:
        if stay.get("room"):
            return []
        room_type, own = stay.get("room_type"), (str(stay["id"]),)
        return room_choices(self.hotel.view, stay["from"], stay["to"], room_type, own)

    def _ways(self, line: AttentionLine, free: Sequence[tuple[str, str]]) -> Iterator[Html]:
        """What settles it, the first of them the usual one."""
        rid = line.line.id
        ways: list[tuple[str, str, str | None]] = [
            (tr("Give {room}", room=words), "stay.give-room", room)
            for room, words in free[:ROOMS_OFFERED]
        ]
        move = tr("Move…") if line.line.room is not None or free else tr("Change the dates…")
        ways += [(words, action, None) for words, action in _WAYS.get(line.code, ())]
        if line.code not in _WAYS:
            ways.append((move, "stay.move", None))
        if line.source == "mark":
            # A stay that has its room waits for a word only.
            at = len(ways) if line.line.room is None else 0
            ways.insert(at, (tr("Settled"), "attention.clear", None))
        for at, (words, action, room) in enumerate(ways):
            yield button(words, action=action, small=True, kind="plain" if at else "primary",
                         data_id=rid, data_room=room)  # fmt: skip

    def _letter(self, kept: Record) -> Html:
        what = self.hotel.app.formats.told(kept.get("label") or "") or tr("A change")
        return self._refused(
            str(kept["id"]), what, str(kept.get("message") or ""), kept.get("content") or (),
            button(tr("Discard"), action="attention.discard", small=True, data_id=kept["id"]),
        )  # fmt: skip

    def _here(self, letter: DeadLetter) -> Html:
        """One that only this device knows of."""
        change = letter.change
        what = self.hotel.app.formats.told(change.meta.label) or tr("A change")
        content = [(op.key, name, value) for op in change.ops for name, value in op.fields.items()]
        return self._refused(
            change.id, what, told(letter.message), content,
            None  # Of who was erased nothing is kept to try again.
            if letter.code == TOO_LATE
            else button(tr("Try again"), action="attention.retry", small=True, data_id=change.id),
            button(tr("Discard"), action="attention.forget", small=True, data_id=change.id),
            state=chip(tr("given up")) if letter.code == DISCARDED else None,
        )  # fmt: skip

    def _refused(
        self,
        rid: str,
        what: str,
        message: str,
        content: Sequence[tuple[Any, Any, Any]],
        *ways: Child,
        state: Html | None = None,
    ) -> Html:
        written = [
            (field_name(str(name)), words)
            for key, name, value in content
            if key != LEVELS
            and name not in INSIDE
            and (words := field_words(self.hotel, None, str(name), value))
        ]
        return h.li("list-item", id=f"refused-{rid}")[
            h.div("row wrap")[h.strong[what], state or chip(tr("refused"), tone="danger")],
            h.p[self.hotel.app.formats.told(message)],
            h.details[
                h.summary[tr("What it would have written")],
                h.dl("facts")[[h.div[h.dt[name], h.dd[value]] for name, value in written]],
            ] if written else None,
            h.div("row wrap", role="group", aria_label=tr("What can be done"))[
                issue_again(self.hotel, content), ways
            ],
        ]  # fmt: skip

    def _open(self, conflict: Conflict) -> Html:
        """One that a person has to settle; put aside it stays here."""
        aside = conflict.id in self.hotel.space.ignored
        words, action = (tr("Take up again"), "heed") if aside else (tr("Ignore for now"), "ignore")
        return h.li("list-item", id=f"conflict-{conflict.id}")[
            self._about(conflict, chip(tr("put aside")) if aside else chip(tr("open"), tone="act")),
            self._values(conflict),
            h.div("row wrap", role="group", aria_label=tr("What can be done"))[
                button(tr("Decide…"), action="conflict.open", small=True,
                       kind="plain" if aside else "primary", data_conflict=conflict.id),
                button(words, action=f"conflict.{action}", small=True, kind="quiet",
                       data_conflict=conflict.id),
            ],
        ]  # fmt: skip

    def _lost(self, conflict: Conflict) -> Html:
        """One that a rule settled: the other value is one click away."""
        usable = bool(conflict.register) and conflict.strategy != "item-removed"
        return h.li("list-item", id=f"conflict-{conflict.id}")[
            self._about(conflict, chip(tr("settled by rule"))),
            self._values(conflict),
            h.div("row wrap", role="group", aria_label=tr("What can be done"))[
                button(tr("Use the other value"), action="attention.use-other", small=True,
                       reason=self.hotel.unsettling(conflict), data_conflict=conflict.id),
                button(tr("Compare…"), action="conflict.open", small=True, kind="quiet",
                       data_conflict=conflict.id),
            ] if usable else None,
        ]  # fmt: skip

    def _about(self, conflict: Conflict, state: Html) -> Html:
        what = field_name(conflict.register) or tr("all of it")
        made = wall_of(max(conflict.shown.mark.stamp, conflict.other.mark.stamp))
        return h.div("row wrap")[
            h.strong[f"{record_name(self.hotel, conflict.key, conflict.rid)}: {what}"],
            state,
            h.span("muted")[self.hotel.app.formats.moment(made, day=True)],
        ]

    def _values(self, conflict: Conflict) -> Html:
        shown, other = (
            candidate_words(self.hotel, conflict, each.value) or tr("empty")
            for each in (conflict.shown, conflict.other)
        )
        words = tr("Shown: "), h.strong[shown], tr(" · not shown: "), h.strong[other]
        return h.p("anywhere")[words]

    def _discard(self, event: UiEvent) -> None:
        self.hotel.perform(DiscardRefused(id=event.id))

    def _retry(self, event: UiEvent) -> None:
        for letter in self._letters(event.id):
            try:
                self.hotel.space.retry(letter)
            except SyncError as error:
                words = tr("Not done: {error}", error=told(str(error)))
                self.hotel.app.toast(words, tone="danger", seconds=0)
            else:
                self.hotel.app.toast(tr("Done"), tone="ok")

    def _forget(self, event: UiEvent) -> None:
        for letter in self._letters(event.id):
            self.hotel.space.discard(letter)

    def _forget_given_up(self, _: UiEvent) -> None:
        space = self.hotel.space
        space.discard(*(each for each in space.dead_letters if each.code == DISCARDED))

    def _letters(self, change_id: str) -> list[DeadLetter]:
        return [each for each in self.hotel.space.dead_letters if each.change.id == change_id]

    def _use_other(self, event: UiEvent) -> None:
        try:
            self.hotel.use_other(self.hotel.space.conflict(event.args["conflict"]))
        except (Refused, UsageError) as error:
            words = tr("Not used: {error}", error=told(str(error)))
            self.hotel.app.toast(words, tone="danger", seconds=0)


def _listed(title: str, rows: Iterable[Html], note: str | None = None) -> Html | None:
    """A card of what there is; nothing for nothing."""
    found = list(rows)
    return card(title, h.ul("list")[found], note=note, flush=True) if found else None
