"""What becomes of lines of a folio: reversed, moved, split; who pays a window. Stands on `ledger`.

What is posted is never changed: to move or split a line is to reverse it where it was, and to post
its parts where they belong, in one change (`ledger_guards`).
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from pysync.model.guard import Record, View
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.commands.booking import gone
from pysync_pms.ledger import is_open, portions
from pysync_pms.words import (
    FOLIOS,
    LINES,
    RESERVATIONS,
    WINDOWS_MAX,
)

PARTS_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLine(Command):
    """A command about one line. `id` is that of the line that reverses it."""

    final: ClassVar[bool] = True

    id: str
    line: str
    on: str

    def _found(self, view: View) -> tuple[Record, list[Problem]]:
        line = view.get(LINES, self.line)
        if line is None:
            return {"id": self.line}, [Problem(code="gone", message="There is no such line.")]
        if not is_open(view, line):
            return line, [Problem(code="reversed", message="It was reversed already, or moved.")]
        if view.get(LINES, self.id) is not None:
            return line, [Problem(code="posted", message="It is posted already.")]
        return line, []

    def _reverse(self, draft: Drafting, reason: str) -> Record:
        """Post the opposite; answers the line."""
        whole = draft.get(LINES, self.line)
        assert whole is not None
        taxes = [[code, rate, -tax] for code, rate, tax in whole.get("taxes") or ()]
        names = ("category", "article", "quantity", "method", "late")
        kept = {name: whole.get(name) for name in names}
        opposite = {
            "id": self.id,
            "stay": whole["stay"],
            "window": whole["window"],
            "kind": whole["kind"],
            "on": self.on,
            "text": whole["text"],
            "amount": -whole["amount"],
            **present({**kept, "currency": whole.get("currency"), "night": whole.get("night")}),
            **present({"taxes": taxes or None, "reverses": self.line, "reason": reason}),
        }
        draft.create(LINES, opposite)
        return whole

    def _named(self, view: View) -> str:
        return str((view.get(LINES, self.line) or {}).get("text") or "a line")


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(OfLine):
    """It was posted in error: its opposite is posted, with the reason. Both stay in the folio."""

    do: ClassVar[str] = "reverse"

    reason: str

    def check(self, view: View, today: str) -> list[Problem]:
        """A line that counts, and a reason."""
        _, found = self._found(view)
        if not self.reason.strip():
            message = "Say why: it stays in the folio."
            found.append(Problem(code="reason", field="reason", message=message))
        return found + field_problems(LINES, {"reason": self.reason})

    def apply(self, draft: Drafting) -> str:
        """Post the opposite."""
        self._reverse(draft, self.reason.strip())
        return self.id

    def label(self, view: View) -> str:
        """Names what."""
        return f"Reverse {self._named(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Split(OfLine):
    """A line goes elsewhere, in one part or in several: to other windows, or other stays' folios.
    The parts sum to it exactly, every tax too."""

    do: ClassVar[str] = "split"

    parts: tuple[tuple[str, int, int], ...]
    """`(stay, window, weight)`: a part's weight is its share, in whatever unit; one part of any
    weight is a move."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple((s, w, share) for s, w, share in self.parts))

    def check(self, view: View, today: str) -> list[Problem]:
        """A line that counts, and parts that are somewhere."""
        line, found = self._found(view)
        if found:
            return found
        if not 1 <= len(self.parts) <= PARTS_MAX:
            return [Problem(code="parts", field="parts", message=f"1 to {PARTS_MAX} parts.")]
        for stay, window, weight in self.parts:
            if view.get(RESERVATIONS, stay) is None:
                return [gone()]
            if not 1 <= window <= WINDOWS_MAX:
                message = f"A folio has the windows 1 to {WINDOWS_MAX}."
                return [Problem(code="window", field="parts", message=message)]
            if weight <= 0:
                message = "Each part needs a share above 0."
                return [Problem(code="share", field="parts", message=message)]
        places = {(stay, window) for stay, window, _ in self.parts}
        if places == {(line["stay"], line["window"])}:
            return [Problem(code="same", field="parts", message="It is there already.")]
        return found

    def apply(self, draft: Drafting) -> str:
        """Reverse it, and post the parts."""
        moves = len(self.parts) == 1
        whole = self._reverse(draft, "Moved" if moves else "Split")
        kept = {
            name: whole.get(name)
            for name in ("category", "article", "night", "method", "currency", "late")
        }
        weights = [weight for _, _, weight in self.parts]
        shares = zip(self.parts, portions(whole, weights), strict=True)
        for at, ((stay, window, _), (amount, taxes)) in enumerate(shares, start=1):
            part = {
                "id": f"{self.id}.{at}",
                "stay": stay,
                "window": window,
                "kind": whole["kind"],
                "on": self.on,
                "text": whole["text"],
                "amount": amount,
                "part_of": self.line,
                **present({**kept, "taxes": taxes or None}),
            }
            draft.create(LINES, part)
        return self.id

    def label(self, view: View) -> str:
        """Names what."""
        return f"{'Move' if len(self.parts) == 1 else 'Split'} {self._named(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class NameWindow(Command):
    """Who pays a window: a name for the bill, such as the guest's company."""

    do: ClassVar[str] = "name-window"
    atomic: ClassVar[bool] = False

    stay: str
    window: int
    name: str

    def check(self, view: View, today: str) -> list[Problem]:
        """A window of a stay that is there."""
        if view.get(RESERVATIONS, self.stay) is None:
            return [gone()]
        return field_problems(FOLIOS, {"window": self.window, "name": self.name})

    def apply(self, draft: Drafting) -> str:
        """Name it; no name is none."""
        id_, name = window_id(self.stay, self.window), self.name.strip() or None
        if draft.get(FOLIOS, id_) is not None:
            draft.update(FOLIOS, id_, {"name": name})
        elif name is not None:
            row = {"id": id_, "stay": self.stay, "window": self.window, "name": name}
            draft.create(FOLIOS, row)
        return id_

    def label(self, view: View) -> str:
        """Names the window."""
        return f"Name window {self.window}"


def window_id(stay: str, window: int) -> str:
    """The id of the record of a window."""
    return f"{stay}.{window}"
