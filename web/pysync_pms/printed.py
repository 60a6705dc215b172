"""Under which numbers papers were printed, and what follows where the log says otherwise.

A server that was put back to an older copy decides anew what its devices send again, in the order
in which they come: without more, numbers that guests have on paper would change hands. So whoever
prints a paper writes down its number, in a change like any other, which comes again as well.

INVOICE-11 a number that was printed is its paper's: it is kept free for a paper that is not here
yet, a paper that bears another one gets it, and one that has it and was not printed takes the other
in exchange; a paper that is here changes to no prefix that the hotel never had, nor to a day before
its predecessor's.
INVOICE-12 where it cannot be so, because another paper was printed under it, both
numbers stand in the paper (`printed_as`), and a paper that is printed under a second number is
refused, with both. Stands on `invoices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pysync.model.guard import Record, Refuse, View
from pysync_pms.invoice_schema import PRINTED_PAPER
from pysync_pms.invoices import is_taken, next_serial, number_of, prefix_of, settings_of
from pysync_pms.words import INVOICES, PRINTED

AHEAD_MAX = 1_000
"""How far behind the last number one may be that was printed, and whose paper is not here."""


@dataclass(slots=True)
class Moved:
    """What the numbers that were printed make of papers, and of what was written down of them."""

    papers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    printed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    said: dict[str, Record] = field(default_factory=dict)
    """What the change says was printed."""
    given: set[tuple[str, int]] = field(default_factory=set)
    """Numbers that the change gave to a paper, or says were printed."""

    def take(self, before: View, said: Record) -> Refuse | None:
        """Somebody printed a paper under this number."""
        if refusal := _misfit(before, said):
            return refusal
        id_, kind, serial = said["id"], said["kind"], said.get("serial")
        paper = self._now(before, id_)
        if serial is None or self._is_given(before, kind, serial, id_):
            self.printed[id_] = {"serial": None, "free_below": None}
            self.said[id_] = {**said, "serial": None}
            if paper is not None and paper.get("number") != said["number"]:
                self.papers[id_] = {**self.papers.get(id_, {}), "printed_as": said["number"]}
            return None
        holder = self._holder(before, kind, serial)
        free = None if holder else self._free_below(before, said, paper)
        self.printed[id_] = {"free_below": free}
        self.said[id_] = said
        self.given.add((kind, serial))
        if paper is not None and id_ != (holder or {}).get("id"):
            on = max(str(said["on"]), _day_before(before, kind, serial, id_))
            self.papers[id_] = {**numbered_as(said), "on": on}
        if holder is not None and holder["id"] != id_:
            self.papers[holder["id"]] = self._other_number(before, kind, paper)
        return None

    def next(self, before: View, kind: str) -> int:
        """The lowest number that nobody has, nor was given within the change."""
        serial = next_serial(before, kind)
        while (kind, serial) in self.given or is_taken(before, kind, serial):
            serial += 1
        return serial

    def _other_number(self, before: View, kind: str, paper: Record | None) -> dict[str, Any]:
        """What a paper gets for the number that it gives away: that of the other, or the next."""
        if paper is not None:
            return {"serial": paper.get("serial"), "number": paper.get("number")}
        serial = self.next(before, kind)
        self.given.add((kind, serial))
        return {"serial": serial, "number": number_of(before, kind, serial)}

    def _now(self, before: View, id_: str) -> Record | None:
        """A paper as the change leaves it so far."""
        paper = before.get(INVOICES, id_)
        return None if paper is None else {**paper, **self.papers.get(id_, {})}

    def _holder(self, before: View, kind: str, serial: int) -> Record | None:
        """Which paper has that number so far."""
        found = {each["id"] for each in before.find(INVOICES, "serial", (kind, serial))}
        for id_ in sorted(found | self.papers.keys()):
            paper = self._now(before, id_)
            if paper is not None and (paper.get("kind"), paper.get("serial")) == (kind, serial):
                return paper
        return None

    def _is_given(self, before: View, kind: str, serial: int, but: str) -> bool:
        """Whether another paper was printed under that number, or is said to be."""
        said = ((each["kind"], each.get("serial")) for each in self.said.values())
        return (kind, serial) in said or is_given(before, kind, serial, but)

    def _free_below(self, before: View, said: Record, paper: Record | None) -> int | None:
        """The first number that stays free below one that no paper had yet."""
        found = [self.next(before, said["kind"])]
        if paper is not None and paper.get("serial"):
            found.append(paper["serial"])
        return min(found) if min(found) < said["serial"] else None


def _day_before(view: View, kind: str, serial: int, but: str) -> str:
    """The day of the paper that has the next lower number; "" if there is none nearby."""
    for lower in range(serial - 1, max(0, serial - 2 - AHEAD_MAX), -1):
        for each in view.find(INVOICES, "serial", (kind, lower)):
            if each["id"] != but:
                return str(each.get("on") or "")
    return ""


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
    if paper is None or paper.get("number") == number:
        return None
    known = serial is None or _is_prefix_of(before, said["kind"], number, serial)
    if paper.get("kind") != said["kind"] or not known:
        return Refuse("number", f"{number} is no number of this series.")
    return None


def _is_prefix_of(view: View, kind: str, number: str, serial: int) -> bool:
    """Whether the hotel has the prefix of that number, or had it: some paper bears it."""
    begins = number.removesuffix(str(serial))
    if begins in (prefix_of(settings_of(view), kind), prefix_of({}, kind)):
        return True
    return any(
        each.get("kind") == kind
        and begins == str(each.get("number")).removesuffix(str(each.get("serial")))
        for each in view.all(INVOICES)
    )


def printed_twice(old: Record, said: Mapping[str, Any]) -> Refuse:
    """Said where a paper was printed under one number, and somebody printed it under another."""
    words = (
        f"This paper was printed as {said.get('number')}, and as {old['number']} as well: tell"
        " whoever has it which one counts."
    )
    return Refuse("printed-otherwise", words, {"paper": old["id"]})
