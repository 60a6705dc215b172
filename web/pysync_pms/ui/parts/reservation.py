"""A reservation beside any list: its drawer, and what the desk does with it.

`Desk` is made once per page; its actions and keys hold on every screen. Stands on `ask`, `booking`,
`history`, `stay_questions`, `statuses`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pysync_pms.calendar import nights
from pysync_pms.commands import (
    Assign,
    CheckIn,
    CheckOut,
    ClearAttention,
    Command,
    EditReservation,
    Reinstate,
    Unassign,
    UndoCheckIn,
    UndoCheckOut,
)
from pysync_pms.money import stay_total
from pysync_pms.queries import guest_name, stay_line
from pysync_pms.statuses import allowed
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import MenuItem, button, link, menu
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.booking import booking_question
from pysync_pms.ui.parts.conflict import conflict_notice
from pysync_pms.ui.parts.folio import Folio
from pysync_pms.ui.parts.history import history_actions, history_view
from pysync_pms.ui.parts.pending import stay_state
from pysync_pms.ui.parts.rooms import room_choices, room_words
from pysync_pms.ui.parts.stay_questions import StayQuestions
from pysync_pms.ui.parts.words import dates, label, money
from pysync_pms.ui.screen import Action
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import ATTENTION_WORDS, CHARGED_AFTERWARDS, RESERVATIONS

__all__ = ["Desk"]

NOTES_FORM = "reservation-notes"

_MENU: Sequence[tuple[str, str, str]] = (
    ("assign", tr("Assign a room…"), "bed-double"),
    ("move", tr("Move…"), "arrow-right-left"),
    ("extend", tr("Extend…"), "calendar-plus"),
    ("shorten", tr("Shorten…"), "calendar-minus"),
    ("unassign", tr("Take the room away"), "x"),
    ("undo-check-in", tr("Undo check-in"), "undo-2"),
    ("undo-check-out", tr("Undo check-out"), "undo-2"),
    ("reinstate", tr("Reinstate"), "undo-2"),
    ("no-show", tr("No-show…"), "user-x"),
    ("cancel", tr("Cancel…"), "ban"),
)


_UNSETTLED = frozenset(("balance", "nights-open", "nights-ahead"))


class Desk:
    """What the front desk does with reservations, from wherever it is asked for."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker
        self._questions = StayQuestions(hotel, asker)
        self._folio = Folio(hotel, asker)

    # -- what screens use -------------------------------------------------------------------------

    def drawer(self, record_id: str) -> Html:
        """The reservation beside the list."""
        line = stay_line(self._hotel.view, record_id)
        if line is None:
            none = empty(tr("No such reservation"), tr("It may have been removed at another desk."),
                         icon_name="info")  # fmt: skip
            return drawer("reservation", tr("Reservation"), none)
        stay = line.stay
        return drawer(
            "reservation",
            line.guest_name or tr("A guest"),
            self._folio.letterhead(),
            self._hotel.company.line(RESERVATIONS, record_id),
            conflict_notice(self._hotel, RESERVATIONS, record_id),
            self._attention(stay),
            self._facts(stay),
            self._folio.view(stay),
            self._notes(stay),
            card(tr("History"), history_view(self._hotel, RESERVATIONS, record_id)),
            note=dates(self._hotel.app.formats, stay),
            actions=self._menu(stay),
            footer=self._primary(stay),
        )

    def actions(self) -> Mapping[str, Action]:
        """Handlers that hold on every screen."""
        own: dict[str, Action] = {
            "stay.open": lambda event: self._hotel.app.go(
                self._hotel.app.route.with_record(event.id)
            ),
            "stay.new": lambda event: self._asker.ask(
                booking_question(
                    self._hotel,
                    self._asker,
                    walk_in=False,
                    start=event.args.get("day", ""),
                    room=event.args.get("room", ""),
                )
            ),
            "stay.walk-in": lambda _: self._asker.ask(
                booking_question(self._hotel, self._asker, walk_in=True)
            ),
            "stay.notes": self._save_notes,
            "stay.give-room": self._give_room,
            "attention.clear": self._clear,
        }
        for name in ("check-in", "check-out", *(name for name, _, _ in _MENU)):
            own[f"stay.{name}"] = self._doer(name)
        more = {**self._folio.actions(), **self._asker.actions()}
        return {**own, **history_actions(self._hotel), **more}

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys about the reservation in hand, for screens that list reservations."""
        return (
            Shortcut(keys="n", action="stay.new", label=tr("New reservation"), group=tr("Desk")),
            Shortcut(keys="w", action="stay.walk-in", label=tr("Walk-in"), group=tr("Desk")),
            Shortcut(keys="c", action="stay.check-in", label=tr("Check in"), group=tr("Desk")),
            Shortcut(keys="o", action="stay.check-out", label=tr("Check out"), group=tr("Desk")),
            Shortcut(keys="m", action="stay.move", label=tr("Move"), group=tr("Desk")),
            Shortcut(keys="x", action="stay.extend", label=tr("Extend"), group=tr("Desk")),
        )

    # -- drawing ----------------------------------------------------------------------------------

    def _attention(self, stay: Any) -> Child:
        code = stay.get("attention")
        if not code:
            return None
        words = ATTENTION_WORDS.get(code) or str(label(code))
        view = self._hotel.view
        room = room_words(view, str(stay.get("attention_room") or "")).split(" · ")[0]
        own = (str(stay["id"]),)
        free = room_choices(view, stay["from"], stay["to"], stay.get("room_type"), own)
        shown = banner(told(words.format(room=room)), tone="danger", icon_name="triangle-alert")
        if code == CHARGED_AFTERWARDS:
            done = button(tr("Settled"), action="attention.clear", small=True, data_id=stay["id"])
            return join(shown, h.div("row")[done])
        return join(
            shown,
            h.div("row wrap", role="group", aria_label=tr("Free rooms"))[
                [
                    button(name, action="stay.give-room", small=True, data_id=stay["id"],
                           data_room=room_id)
                    for room_id, name in free[:4]
                ]
            ],
        )  # fmt: skip

    def _facts(self, stay: Any) -> Html:
        hotel = self._hotel
        formats, currency = hotel.app.formats, str(stay.get("currency") or hotel.currency)
        rate = int(stay.get("rate") or 0)
        count = nights(stay["from"], stay["to"])
        people = f"{plural(int(stay.get('adults') or 0), 'adult')}"
        if stay.get("children"):
            people += f", {plural(int(stay['children']), 'child', 'children')}"
        room = stay.get("room")
        rows: list[tuple[str, Child]] = [
            (tr("State"), stay_state(hotel, stay)),
            (tr("Room"), room_words(hotel.view, str(room)) if room else tr("Not assigned")),
            (tr("Guest"), self._guest_link(stay)),
            (tr("Party"), people),
        ]
        if sees(RESERVATIONS, "rate"):
            rows += [
                (tr("Rate"), tr("{amount} a night", amount=money(formats, rate, currency))),
                (tr("Stay"), money(formats, stay_total(rate, count), currency)),
            ]
        if sees(RESERVATIONS, "source"):
            rows.append((tr("Source"), label(stay.get("source")) or tr("Not given")))
        if stay.get("group"):
            rows.append((tr("Group"), str(stay["group"])))
        return facts(rows)

    def _guest_link(self, stay: Any) -> Child:
        name = guest_name(self._hotel.view, stay)
        guest_id = stay.get("guest_id")
        if not guest_id:
            return name
        return link(name, self._hotel.app.route.to("guests", str(guest_id)).href)

    def _notes(self, stay: Any) -> Html:
        fields = FormView(form_id=NOTES_FORM, values={"notes": str(stay.get("notes") or "")})
        return form(
            NOTES_FORM,
            "stay.notes",
            fields.area("notes", tr("Notes"), rows=3),
            footer=button(tr("Save notes"), type="submit", small=True),
            data_id=stay["id"],
            data_draft=f"notes/{stay['id']}",
        )

    def _primary(self, stay: Any) -> Child:
        can = allowed(str(stay["status"]))
        if "check-in" in can:
            late = stay["from"] > self._hotel.today
            return button(
                tr("Check in"),
                action="stay.check-in",
                kind="primary",
                icon_name="log-in",
                data_id=stay["id"],
                reason=tr("The stay has not begun yet") if late else None,
                shortcut="c",
            )
        if "check-out" in can:
            return button(tr("Check out"), action="stay.check-out", kind="primary",
                          icon_name="log-out", data_id=stay["id"], shortcut="o")  # fmt: skip
        return None

    def _menu(self, stay: Any) -> Html:
        can = allowed(str(stay["status"]))
        items = [
            MenuItem(
                label=words,
                action=f"stay.{name}",
                args=(("id", str(stay["id"])),),
                icon_name=icon_name,
                danger=name in ("cancel", "no-show"),
            )
            for name, words, icon_name in _MENU
            if name in can and not (name == "unassign" and not stay.get("room"))
        ]
        return menu("stay-menu", join(icon("ellipsis")), items, label=tr("More to do"))

    # -- doing ------------------------------------------------------------------------------------

    def _doer(self, name: str) -> Action:
        def do(event: UiEvent) -> bool | None:
            record_id = event.id or self._hotel.app.route.record
            stay = self._hotel.view.get(RESERVATIONS, record_id)
            if stay is None:
                return False
            self._do(name, stay)
            return None

        return do

    def _do(self, name: str, stay: Any) -> None:
        at_once = self._at_once(name, stay)
        if at_once is not None:
            self._hotel.perform(at_once)
            return
        question = self._questions.question(name, stay)
        if question is not None:
            self._asker.ask(question)

    def _at_once(self, name: str, stay: Any) -> Command | None:
        """What needs no question: nothing stands against it and nothing is to be chosen."""
        rid, today = str(stay["id"]), self._hotel.today
        simple: Mapping[str, Command] = {
            "check-in": CheckIn(id=rid, on=today),
            "check-out": CheckOut(id=rid, on=today),
            "unassign": Unassign(id=rid),
            "undo-check-in": UndoCheckIn(id=rid),
            "undo-check-out": UndoCheckOut(id=rid),
            "reinstate": Reinstate(id=rid),
        }
        command = simple.get(name)
        if command is None or (name == "check-in" and self._hotel.problems(command)):
            return None
        if name == "check-out" and _UNSETTLED & {p.code for p in self._hotel.problems(command)}:
            return None
        return command

    def _save_notes(self, event: UiEvent) -> None:
        notes = event.values.get("notes", "").strip()
        record_id = event.id or self._hotel.app.route.record
        done = self._hotel.perform(EditReservation(id=record_id, changes={"notes": notes or None}))
        if done is not None:
            self._hotel.app.settle(NOTES_FORM)

    def _clear(self, event: UiEvent) -> None:
        self._hotel.perform(ClearAttention(id=event.id))

    def _give_room(self, event: UiEvent) -> None:
        self._hotel.perform(Assign(id=event.id, room=event.args["room"]))
