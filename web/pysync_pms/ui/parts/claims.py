"""Claims at the desk: what their owner does with one, and the list of those that wait for a word.

Owns the ways every kind of claim takes, under actions that begin with its collection's name; what a
claim is in words its own part says (`ClaimWords`). Stands on `claim_commands`, `ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pysync.model.guard import Record
from pysync_pms.expenses.claim_commands import DecideClaim, DiscardClaim, SubmitClaim
from pysync_pms.expenses.claim_guard import decides_own
from pysync_pms.expenses.claims import (
    APPROVED,
    DRAFT,
    REJECTED,
    SUBMITTED,
    state_of,
    submission_of,
)
from pysync_pms.expenses.queries import name_of, to_decide
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, clipped
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.claim_questions import pay, reject, take_back
from pysync_pms.ui.parts.staff_waiting import me
from pysync_pms.ui.parts.words import amount
from pysync_pms.ui.screen import Action
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import STAFF

__all__ = ["ClaimWords", "Claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWords:
    """What a kind of claims is in words: its collection, what one is called, and what one is for
    and comes to."""

    collection: str
    one: str
    title: Callable[[Hotel, Record], str]
    note: Callable[[Hotel, Record], str]
    picture: Callable[[Hotel, Record], Html | None] = lambda *_: None


class Claims:
    """One kind of claims, from wherever it is asked for."""

    def __init__(self, hotel: Hotel, asker: Asker, words: ClaimWords) -> None:
        self._hotel = hotel
        self._asker = asker
        self._words = words
        self._picked: dict[str, int] = {}
        """The claims that were chosen, and the submission that was looked at."""

    # -- drawing ----------------------------------------------------------------------------------

    def money(self, claim: Record) -> str:
        """What it comes to."""
        currency = str(claim.get("currency") or self._hotel.currency)
        return amount(self._hotel.app.formats, claim.get("amount") or 0, currency)

    def day(self, iso: str | None) -> str:
        """A day as the list says it: with its year if that is another one."""
        if not iso:
            return ""
        this_year = iso[:4] == self._hotel.today[:4]
        day, formats = date.fromisoformat(iso), self._hotel.app.formats
        return formats.day(day, "short" if this_year else "medium")

    def approvals(self, *, action: str, title: str = tr("To approve")) -> Html:
        """What waits for this person's word, with the ways to give it; `action` opens one."""
        found = to_decide(self._hotel.view, me(self._hotel), self._words.collection)
        known = {each["id"]: submission_of(each) for each in found}
        self._picked = {id_: n for id_, n in self._picked.items() if known.get(id_) == n}
        kind = self._words.collection
        none = empty(
            tr("Nothing waits for you"),
            tr("What the staff submit is listed here until somebody who did not make it approves "
               "or rejects it."),
            icon_name="check",
        )  # fmt: skip
        columns = (
            Column(label=tr("Choose"), hide_label=True),
            Column(label=tr("What")),
            Column(label=tr("Amount"), numeric=True),
            Column(label=tr("Submitted"), priority=2),
            Column(label=tr("Do"), hide_label=True, priority=2),
        )
        return card(
            title,
            table(title, columns, [self._approval(each, action) for each in found],
                  table_id=f"{kind}-approvals", when_empty=none),
            found and h.div("row wrap pad")[self._bulk(len(found))],
            flush=True,
            note=str(len(found)),
        )  # fmt: skip

    def forget(self) -> None:
        """The list is not shown: what was chosen in it is chosen no more."""
        self._picked.clear()

    def _approval(self, claim: Record, action: str) -> Row:
        kind, id_ = self._words.collection, str(claim["id"])
        who = name_of(self._hotel.view, STAFF, claim.get("staff"))
        title = self._words.title(self._hotel, claim)
        named = h.span("sr-only")[f" {title}, {who}"]
        pick = h.label("check")[
            h.input_(type="checkbox", id=f"{kind}-pick-{id_}", checked=id_ in self._picked,
                     data_change=f"{kind}.pick", data_id=id_),
            h.span("sr-only")[tr("Choose {title}, {who}", title=title, who=who)],
        ]  # fmt: skip
        more = " · ".join(filter(None, (who, self._words.note(self._hotel, claim))))
        return Row(
            row_id=f"{kind}-approval-{id_}",
            cells=[
                pick,
                h.div("guest-cell")[
                    clipped(title), clipped(more, "muted"), self._words.picture(self._hotel, claim)
                ],
                self.money(claim),
                self.day(claim.get("submitted_on")),
                h.span("row nowrap")[
                    button(join(tr("Approve"), named), action=f"{kind}.approve", small=True,
                           data_id=id_),
                    button(join(tr("Reject…"), named), action=f"{kind}.reject", small=True,
                           kind="quiet", data_id=id_),
                ],
            ],
            action=action,
            key=id_,
            ref=f"{kind}/{id_}",
            selected=self._hotel.app.route.record == id_,
        )  # fmt: skip

    def _bulk(self, many: int) -> Child:
        kind, picked = self._words.collection, len(self._picked)
        none = None if picked else tr("Choose some first: with x, or by their boxes")
        approve = tr("Approve {count} chosen", count=picked) if picked else tr("Approve chosen")
        turn = tr("Choose none") if picked == many else tr("Choose all")
        return [
            button(approve, action=f"{kind}.approve", kind="primary", reason=none, data_chosen="1",
                   small=True),
            button(tr("Reject chosen…"), action=f"{kind}.reject", reason=none, data_chosen="1",
                   small=True),
            button(turn, action=f"{kind}.pick-all", kind="quiet", small=True),
        ]  # fmt: skip

    def buttons(self, claim: Record) -> list[Child]:
        """What this person can do with a claim now."""
        kind, state, who = self._words.collection, state_of(claim), me(self._hotel)
        id_, owner = str(claim["id"]), claim.get("owner") or ""
        other = own = None
        if owner not in ("", who):
            other = tr("{owner} made it, and nobody else changes it", owner=owner)
        if decides_own(self._hotel.view, claim, who):
            own = tr("Somebody else decides of it")

        def one(words: str, name: str, reason: str | None = None, *, first: bool = False) -> Html:
            return button(words, action=f"{kind}.{name}", data_id=id_, reason=reason,
                          kind="primary" if first else "plain")  # fmt: skip

        if state in (DRAFT, REJECTED):
            discard = one(tr("Discard"), "discard", other) if state == DRAFT else None
            return [discard, one(tr("Edit…"), "edit", other), one(tr("Submit"), "submit", other,
                                                              first=True)]  # fmt: skip
        if state == SUBMITTED:
            return [
                one(tr("Reject…"), "reject", own),
                one(tr("Approve"), "approve", own, first=True),
            ]
        if state != APPROVED:
            return []
        return [one(tr("Take back…"), "take-back", own), one(tr("Pay…"), "pay", first=True)]

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """What the buttons and keys do; making and editing is the screen's."""
        kind = self._words.collection
        return {
            f"{kind}.submit": self._submit,
            f"{kind}.discard": self._discard,
            f"{kind}.approve": self._approve,
            f"{kind}.reject": self._reject,
            f"{kind}.take-back": lambda event: self._asker.ask(
                take_back(self._hotel, kind, event.id, me(self._hotel))
            ),
            f"{kind}.pay": lambda event: self._asker.ask(
                pay(self._hotel, kind, self._paid_with(event.id), me(self._hotel))
            ),
            f"{kind}.pick": self._pick,
            f"{kind}.pick-all": self._pick_all,
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys about the claim in hand, or those that were chosen."""
        kind, group = self._words.collection, tr("Approving")
        return (
            Shortcut(keys="x", action=f"{kind}.pick", label=tr("Choose, or not"), group=group),
            Shortcut(keys="a", action=f"{kind}.approve", label=tr("Approve"), group=group),
            Shortcut(keys="r", action=f"{kind}.reject", label=tr("Reject"), group=group),
        )

    def _submit(self, event: UiEvent) -> None:
        hotel = self._hotel
        hotel.perform(SubmitClaim(collection=self._words.collection, id=event.id, on=hotel.today,
                                  by=me(hotel)))  # fmt: skip

    def _discard(self, event: UiEvent) -> None:
        hotel = self._hotel
        command = DiscardClaim(collection=self._words.collection, id=event.id, by=me(hotel))
        if hotel.perform(command) is not None:
            hotel.app.go(hotel.app.route.with_record(""), replace=True)

    def _meant(self, event: UiEvent) -> Mapping[str, int]:
        """The claims an action is about: those chosen, else the one in hand. By submission."""
        if self._picked and (event.args.get("chosen") or event.kind == "key"):
            return dict(self._picked)
        claim = self._hotel.view.get(self._words.collection, event.id)
        return {} if claim is None else {event.id: submission_of(claim)}

    def _decision(self, id_: str, number: int, *, approve: bool, reason: str = "") -> DecideClaim:
        return DecideClaim(collection=self._words.collection, id=id_, submission=number,
                           on=self._hotel.today, by=me(self._hotel), approve=approve,
                           reason=reason)  # fmt: skip

    def _approve(self, event: UiEvent) -> None:
        self._decide([self._decision(id_, number, approve=True)
                      for id_, number in self._meant(event).items()], tr("Approved"))  # fmt: skip

    def _decide(self, commands: Sequence[DecideClaim], done: str) -> None:
        """Each by itself: one that somebody else decided meanwhile holds up no other."""
        if not commands:
            self._hotel.app.toast(tr("Choose a claim first."))
            return
        quiet = len(commands) > 1
        stands = [each for each in commands if self._hotel.perform(each, quiet=quiet) is not None]
        for each in stands:
            self._picked.pop(each.id, None)
        if quiet and stands:
            told = f"{done}: {plural(len(stands), self._words.one)}"
            self._hotel.app.toast(told, tone="ok")
        self._hotel.app.refresh()

    def _reject(self, event: UiEvent) -> None:
        meant = self._meant(event)
        if not meant:
            self._hotel.app.toast(tr("Choose a claim first."))
            return
        self._asker.ask(
            reject(
                self._words.one,
                lambda why: [self._decision(id_, number, approve=False, reason=why)
                             for id_, number in meant.items()],
                lambda _: self._picked.clear(),
            )
        )  # fmt: skip

    def _pick(self, event: UiEvent) -> None:
        claim = self._hotel.view.get(self._words.collection, event.id)
        if claim is None or state_of(claim) != SUBMITTED:
            return
        if self._picked.pop(event.id, None) is None:
            self._picked[event.id] = submission_of(claim)
        self._hotel.app.refresh()

    def _pick_all(self, _: UiEvent) -> None:
        found = to_decide(self._hotel.view, me(self._hotel), self._words.collection)
        every = {str(each["id"]): submission_of(each) for each in found}
        self._picked = {} if self._picked.keys() == every.keys() else every
        self._hotel.app.refresh()

    def _paid_with(self, id_: str) -> list[Record]:
        """The claim, and what else of that person was approved: they are offered with it."""
        view, kind = self._hotel.view, self._words.collection
        claim = view.get(kind, id_)
        if claim is None:
            return []
        others = view.find(kind, "state", APPROVED)
        same = ("staff", "currency")
        return [claim, *(each for each in others if each["id"] != id_ and all(
            each.get(name) == claim.get(name) for name in same))]  # fmt: skip
