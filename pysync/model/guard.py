"""Guards: pure predicates over the view that may refuse or amend a change. Floor: `values`.

A guard keeps what merging cannot (no two stays in one room on one night). The same function runs
in the tab when the person acts, and again where the change is decided, on the merged result. It
must be pure and total: same view and change, same answer, in every runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pysync.model.cell import FOUNDER

if TYPE_CHECKING:
    from pysync.model.change import Change

Record = Mapping[str, Any]


class View(Protocol):
    """What guards, figures and commands may read. Records are frozen dicts that hold their `id`."""

    def get(self, collection: str, record_id: str) -> Record | None:
        """The record, or None if there is none or it is deleted."""

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """The records that the declared index lists under `key`, ordered by id."""

    def all(self, collection: str) -> Iterable[Record]:
        """Every record. For figures and tests: guards read declared indexes only."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The change must not happen. `code` is stable; `params` fill the message and may name the next
    best."""

    code: str
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amend:
    """The change happens with these fields set otherwise, so that the rule holds and nothing is
    lost: `fields` maps (collection, record id) to field values. The entry says so (`code`)."""

    code: str
    fields: Mapping[tuple[str, str], Mapping[str, Any]]
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


Verdict = Refuse | Amend | None
"""None allows."""

Check = Callable[[View, View, "Change", frozenset[tuple[str, str]]], Verdict]


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule. `check(before, after, change, refs)` sees the view before and after the change
    (already merged) and the (collection, record id) pairs it touched in `collections`;
    `tokens(record)` names the things the rule weighs a record against (a room), so that a replay
    knows which pending changes can influence each other.
    """

    name: str
    collections: frozenset[str]
    check: Check
    tokens: Callable[[str, Record], Iterable[Hashable]]
    founded: Check | None = None
    """In its place for records that are new here and that a device began with (`founds`): they come
    one by one and in no order, so a rule of how something comes to be does not hold of them, and
    what they are is a fact. None: `check` judges them, too."""

    def judges(self, change: Change, *, is_new: bool) -> Check:
        """What judges this change; `is_new`: it only adds records."""
        founded = self.founded if is_new and founds(change) else None
        return founded or self.check


def founds(change: Change) -> bool:
    """Whether it tells what a device began with, which a relay believes of whoever may bring it
    (`relay.guest`)."""
    return change.mark.tab.startswith(FOUNDER)
