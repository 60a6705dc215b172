"""Questions about a line of a folio: that it is reversed, moved, split. Stands on `ask`.

The id of what is posted is made with the question, so that the same answer sent twice is one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pysync.model.guard import Record
from pysync_pms.commands import Command, Reverse, Split
from pysync_pms.ledger import FIRST
from pysync_pms.money import plain
from pysync_pms.money import typed as typed_amount
from pysync_pms.queries import guest_name
from pysync_pms.ui import html as h
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.folio_questions import amount_problem, window_choices
from pysync_pms.ui.parts.rooms import room_words
from pysync_pms.ui.parts.words import amount, line_text
from pysync_pms.words import CHECKED_IN, RESERVATIONS

__all__ = ["move", "reverse", "split"]


def reverse(hotel: Hotel, line: Record) -> Question:
    """Why a line is reversed."""
    line_id = hotel.new_id()
    return Question(
        title=tr("Reverse {text}, {amount}", text=line_text(line), amount=_amount(hotel, line)),
        about=f"reverse {line['id']}",
        submit=tr("Reverse"),
        kind="danger",
        fields=lambda form, _: [
            h.p("muted")[tr("Its opposite is posted. Both stay in the folio, with the reason.")],
            form.text("reason", tr("Reason"), required=True),
        ],
        missing=lambda v: {} if v.get("reason", "").strip() else {"reason": tr("Say why.")},
        commands=lambda values: [
            Reverse(id=line_id, line=line["id"], on=hotel.today, reason=values["reason"])
        ],
    )


def move(hotel: Hotel, line: Record) -> Question:
    """Where a line goes: another window, or the folio of another guest in the house."""
    line_id = hotel.new_id()
    others = [
        (
            str(stay["id"]),
            tr("{who}, room {room}", who=guest_name(hotel.view, stay), room=_room(hotel, stay)),
        )
        for stay in hotel.view.find(RESERVATIONS, "status", CHECKED_IN)
        if stay["id"] != line["stay"]
    ]
    own = hotel.view.get(RESERVATIONS, line["stay"]) or {"id": line["stay"]}
    stays = [
        (str(line["stay"]), tr("{who} (this folio)", who=guest_name(hotel.view, own))),
        *sorted(others, key=lambda pair: pair[1]),
    ]
    return Question(
        title=tr("Move {text}, {amount}", text=line_text(line), amount=_amount(hotel, line)),
        about=f"move {line['id']}",
        submit=tr("Move it"),
        fields=lambda form, _: h.div("grid-2")[
            form.choose("stay", tr("Folio"), stays),
            form.choose("window", tr("Window"), window_choices(hotel, line["stay"])),
        ],
        commands=lambda values: [
            Split(
                id=line_id,
                line=line["id"],
                on=hotel.today,
                parts=((values["stay"], int(values["window"]), 1),),
            )
        ],
        values={"stay": str(line["stay"]), "window": "2" if line["window"] == FIRST else "1"},
        wide=True,
    )


def split(hotel: Hotel, asker: Asker, line: Record) -> Question:
    """A part of a line goes to another window."""
    line_id, currency = hotel.new_id(), line.get("currency") or hotel.currency
    whole = abs(line["amount"])

    def missing(values: Values) -> Mapping[str, str]:
        found = amount_problem(values, currency, needed=True)
        if not found and not 0 < typed_amount(values["amount"], currency) < whole:
            found["amount"] = tr(
                "Enter more than 0 and less than {amount}.", amount=plain(whole, currency)
            )
        return found

    def commands(values: Values) -> Sequence[Command]:
        part = typed_amount(values["amount"], currency)
        stay, window = line["stay"], int(values["window"])
        parts = ((stay, line["window"], whole - part), (stay, window, part))
        return [Split(id=line_id, line=line["id"], on=hotel.today, parts=parts)]

    return Question(
        title=tr("Split {text}, {amount}", text=line_text(line), amount=_amount(hotel, line)),
        about=f"split {line['id']}",
        submit=tr("Split"),
        fields=lambda form, _: h.div("grid-2")[
            form.text(
                "amount",
                tr("Part in {currency}", currency=currency),
                required=True,
                inputmode="decimal",
            ),
            form.choose(
                "window", tr("Goes to window"), window_choices(hotel, line["stay"]), **asker.live()
            ),
        ],
        missing=missing,
        commands=commands,
        values={
            "amount": plain(whole // 2, currency),
            "window": "2" if line["window"] == FIRST else "1",
        },
        wide=True,
    )


def _room(hotel: Hotel, stay: Record) -> str:
    return room_words(hotel.view, str(stay.get("room") or "")).split(" · ")[0] or str(tr("none"))


def _amount(hotel: Hotel, line: Record) -> str:
    currency = str(line.get("currency") or hotel.currency)
    return amount(hotel.app.formats, line["amount"], currency)
