"""An expense beside the list: what it says, who decided what, and what can be done now.

Stands on `Claims`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pysync.model.guard import Record
from pysync_pms.expenses.claims import APPROVED, PAID, REJECTED, SUBMITTED, state_of
from pysync_pms.expenses.queries import booked_category, booked_centre, name_of
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.money import decimals
from pysync_pms.taxes import plain_rate
from pysync_pms.ui.components.controls import button, link
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question
from pysync_pms.ui.parts.claim_state import state_chip
from pysync_pms.ui.parts.claims import Claims, ClaimWords
from pysync_pms.ui.parts.conflict import conflict_notice
from pysync_pms.ui.parts.expense_questions import book, edit_expense, new_expense
from pysync_pms.ui.parts.history import history_view
from pysync_pms.ui.parts.picture import picture_actions, picture_view
from pysync_pms.ui.parts.staff_waiting import me
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import STAFF

__all__ = ["EXPENSE_WORDS", "expense_actions", "expense_drawer"]


def _title(_: Hotel, expense: Record) -> str:
    return str(expense.get("supplier") or label(expense.get("category")))


def _note(hotel: Hotel, expense: Record) -> str:
    centre = name_of(hotel.view, CENTRES, booked_centre(expense))
    receipt = expense.get("receipt")
    none = "" if expense.get("picture") else tr("no receipt")
    paper = tr("receipt {number}", number=receipt) if receipt else none
    told = (label(booked_category(expense)), centre, paper, expense.get("note"))
    return " · ".join(str(each) for each in told if each)


def _picture(hotel: Hotel, expense: Record) -> Html | None:
    what = _title(hotel, expense)
    return picture_view(hotel, str(expense.get("picture") or ""), what, small=True)


EXPENSE_WORDS: Final = ClaimWords(
    collection=EXPENSES, one="expense", title=_title, note=_note, picture=_picture
)


def expense_drawer(hotel: Hotel, claims: Claims, expense_id: str) -> Html:
    """The expense, with what can be done about it at the foot."""
    expense = hotel.view.get(EXPENSES, expense_id)
    if expense is None:
        told = empty(tr("No such expense"), tr("It was a draft, and discarded."), icon_name="info")
        return drawer("expense", tr("Expense"), told)
    may_book = state_of(expense) in (SUBMITTED, APPROVED)
    return drawer(
        "expense",
        _title(hotel, expense),
        hotel.company.line(EXPENSES, expense_id),
        conflict_notice(hotel, EXPENSES, expense_id),
        _rejected(claims, expense),
        facts(_facts(hotel, claims, expense)),
        picture_view(hotel, str(expense.get("picture") or ""), _title(hotel, expense)),
        button(tr("Book under another…"), action="expenses.book", small=True, data_id=expense_id)
        if may_book
        else None,
        card(tr("History"), history_view(hotel, EXPENSES, expense_id)),
        note=join(claims.money(expense), " · ", name_of(hotel.view, STAFF, expense.get("staff"))),
        actions=state_chip(expense),
        footer=claims.buttons(expense) or None,
    )


def _rejected(claims: Claims, expense: Record) -> Child:
    if state_of(expense) != REJECTED:
        return None
    by, why = expense.get("decided_by"), expense.get("reason")
    day = claims.day(expense.get("decided_on"))
    told = tr("Rejected, {day}: {reason}", day=day, reason=why)
    if by:
        told = tr("Rejected by {who}, {day}: {reason}", who=by, day=day, reason=why)
    return banner(told, tone="danger", icon_name="circle-alert")


def _facts(hotel: Hotel, claims: Claims, expense: Record) -> Iterator[tuple[str, Child]]:
    view, currency = hotel.view, str(expense.get("currency") or hotel.currency)
    yield tr("Spent by"), name_of(view, STAFF, expense.get("staff")) or tr("Somebody")
    yield tr("Day"), claims.day(expense["on"])
    yield tr("Amount"), claims.money(expense)
    if expense.get("tax") is not None:
        rate = expense.get("tax_rate")
        tax = hotel.app.formats.money(expense["tax"], currency, digits=decimals(currency))
        yield tr("Of it tax"), tax if rate is None else f"{tax} ({plain_rate(rate)} %)"
    said, booked = str(expense.get("category")), booked_category(expense)
    alike = hotel.app.route.with_query(show="all", category=booked).with_record("").href
    more = "" if said == booked else f", {tr('submitted as {what}', what=label(said))}"
    yield tr("Category"), join(link(label(booked), alike), more)
    if centre := booked_centre(expense):
        own = name_of(view, CENTRES, expense.get("centre"))
        now = name_of(view, CENTRES, centre)
        moved = expense.get("booked_centre") and own
        yield tr("Cost centre"), f"{now}, {tr('submitted as {what}', what=own)}" if moved else now
    yield tr("Receipt"), str(expense.get("receipt") or tr("No number"))
    if expense.get("note"):
        yield tr("What for"), str(expense["note"])
    yield from _course(claims, expense)


def _course(claims: Claims, expense: Record) -> Iterator[tuple[str, Child]]:
    """What became of it, and by whom."""
    state = state_of(expense)

    def told(on: str, by: str, *more: str | None) -> str:
        who = expense.get(by)
        parts = (claims.day(expense.get(on)), tr("by {who}", who=who) if who else "", *more)
        return ", ".join(str(part) for part in parts if part)

    if expense.get("submitted_on"):
        yield tr("Submitted"), told("submitted_on", "submitted_by")
    if state in (APPROVED, PAID):
        yield tr("Approved"), told("decided_on", "decided_by")
    if state == PAID:
        yield tr("Paid"), told("paid_on", "paid_by", label(expense.get("method")),
                           expense.get("reference"))  # fmt: skip


def expense_actions(hotel: Hotel, asker: Asker) -> Mapping[str, Action]:
    """Entering an expense, and what its buttons ask; the rest is `Claims`."""

    def about(ask: Callable[[Record], Question]) -> Action:
        def run(event: UiEvent) -> None:
            found = hotel.view.get(EXPENSES, event.id)
            if found is not None:
                asker.ask(ask(found))

        return run

    return {
        **picture_actions(hotel, asker),
        "expenses.new": lambda _: asker.ask(new_expense(hotel, me(hotel))),
        "expenses.edit": about(lambda each: edit_expense(hotel, each, me(hotel))),
        "expenses.book": about(lambda each: book(hotel, each, me(hotel))),
    }
