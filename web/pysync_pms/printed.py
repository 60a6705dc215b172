"""Under which numbers papers were printed, and what follows where the log says otherwise.

A server that was put back to an older copy decides anew what its devices send again, in the order
in which they come: without more, numbers that guests have on paper would change hands. So whoever
prints a paper writes down its number, in a change like any other, which comes again as well.

INVOICE-11 a number that was printed is its paper's: it is kept free for a paper that is not here
yet, a paper that bears another one gets it, and one that has it and was not printed takes the other
in exchange. INVOICE-12 where it cannot be so, because another paper was printed under it, both
numbers stand in the paper (`printed_as`), and a paper that is printed under a second number is
refused, with both. Stands on `invoices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pysync.model.guard import Record, Refuse, View
from pysync_pms.invoice_schema import PRINTED_PAPER
from pysync_pms.invoices import next_serial, number_of
from pysync_pms.words import INVOICES, PRINTED

AHEAD_MAX = 1_000
"""How far behind the last number one may be that was printed, and whose paper is not here."""


@dataclass(slots=True)
class Moved:
    """What the numbers that were printed make of papers, and of what was written down of them."""

    papers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    printed: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, before: View, said: Record) -> Refuse | None:
        """Somebody printed a paper under this number."""
        if refusal := _misfit(before, said):
            return refusal
        paper, kind, serial = before.get(INVOICES, said["id"]), said["kind"], said.get("serial")
        if serial is None or is_given(before, kind, serial, said["id"]):
            if serial is not None:
                self.printed[said["id"]] = {"serial": None}
            if paper is not None and paper.get("number") != said["number"]:
                self.papers[said["id"]] = {"printed_as": said["number"]}
            return None
        holder = next(iter(before.find(INVOICES, "serial", (kind, serial))), None)
        if paper is not None and paper["id"] != (holder or {}).get("id"):
            self.papers[said["id"]] = numbered_as(said)
        if holder is not None and holder["id"] != said["id"]:
            self.papers[holder["id"]] = _other_number(before, kind, paper)
        return None


def _other_number(before: View, kind: str, paper: Record | None) -> dict[str, Any]:
    """What a paper gets for the number that it gives away: that of the other, or the next one."""
    if paper is not None:
        return {"serial": paper.get("serial"), "number": paper.get("number")}
    serial = next_serial(before, kind)
    return {"serial": serial, "number": number_of(before, kind, serial)}


def numbered_as(said: Record) -> dict[str, Any]:
    """What a paper has that was printed so."""
    row = {"serial": said["serial"], "number": said["number"], "on": said["on"]}
    return {**row, "printed_as": None}


def is_given(view: View, kind: str, serial: int, but: str) -> bool:
    """Whether another paper was printed under that number."""
    if any(each["id"] != but for each in view.find(PRINTED, "serial", (kind, serial))):
        return True
    found = view.find(INVOICES, "serial", (kind, serial))
    return any(each["id"] != but and view.get(PRINTED, each["id"]) for each in found)


def _misfit(before: View, said: Record) -> Refuse | None:
    if missing := PRINTED_PAPER.missing(said):
        return Refuse("incomplete", f"What was printed needs {', '.join(missing)}.")
    serial, number = said.get("serial"), str(said["number"])
    if serial is not None:
        begins = number.removesuffix(str(serial))
        beyond = serial > next_serial(before, said["kind"]) + AHEAD_MAX
        if begins == number or begins[-1:].isdecimal() or not serial or beyond:
            return Refuse("number", f"{number} is no number of this series.")
    paper = before.get(INVOICES, said["id"])
    if paper is not None and paper.get("kind") != said["kind"]:
        return Refuse("number", f"{number} is no number of this series.")
    return None


def printed_twice(old: Record, said: Mapping[str, Any]) -> Refuse:
    """Said where a paper was printed under one number, and somebody printed it under another."""
    words = (
        f"This paper was printed as {said.get('number')}, and as {old['number']} as well: tell"
        " whoever has it which one counts."
    )
    return Refuse("printed-otherwise", words, {"paper": old["id"]})
