"""Pending changes: what is not decided yet, and which of it influences which.

Changes are connected by the tokens they share: records, and what guards weigh (`tokens`).
PENDING-1 those that share a token stand under it in the order in which they are predicted.
Floor: `model`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Final

from pysync.model.cell import Cell
from pysync.model.change import Change, Ref

NO_CELLS: Final[Mapping[Ref, Cell]] = {}


class Pending:
    """A change not yet decided, with what it was predicted to do: on which cells, to which."""

    __slots__ = ("change", "plain", "post", "pre", "tokens")

    def __init__(self, change: Change, tokens: frozenset[Hashable]) -> None:
        self.change = change
        self.tokens = tokens
        self.pre: dict[Ref, Cell | None] = {}
        self.post: Mapping[Ref, Cell] = NO_CELLS
        self.plain = False
        """Predicted to happen exactly as sent."""


class Pendings(dict[str, Pending]):
    """By id of the change. Use `enter` and `forget` to change it."""

    __slots__ = ("_by_token",)

    def __init__(self) -> None:
        super().__init__()
        self._by_token: dict[Hashable, list[Pending]] = {}

    def is_last(self, entry: Pending) -> bool:
        """Whether everything it shares a token with comes before it."""
        by_token, order = self._by_token, entry.change.order
        for token in entry.tokens:
            others = by_token.get(token)
            if others and others[-1].change.order > order:
                return False
        return True

    def is_first(self, entry: Pending) -> bool:
        """Whether everything it shares a token with comes after it."""
        by_token = self._by_token
        return all(by_token[token][0] is entry for token in entry.tokens)

    def enter(self, entry: Pending) -> None:
        """Add it as the last of those it shares tokens with."""
        self[entry.change.id] = entry
        for token in entry.tokens:
            self._by_token.setdefault(token, []).append(entry)

    def join(self, entry: Pending, token: Hashable) -> None:
        """It turned out to touch this, too."""
        entry.tokens |= {token}
        self._by_token.setdefault(token, []).append(entry)

    def forget(self, entry: Pending) -> None:
        """It is decided, or is to be predicted anew."""
        by_token = self._by_token
        del self[entry.change.id]
        for token in entry.tokens:
            listed = by_token[token]
            listed.remove(entry)
            if not listed:
                del by_token[token]

    def touches(self, token: Hashable) -> bool:
        """Whether anything pending has this token."""
        return token in self._by_token

    def closure(self, tokens: Iterable[Hashable]) -> dict[str, Pending]:
        """Everything connected with these tokens, directly or by way of others."""
        found: dict[str, Pending] = {}
        todo = list(tokens)
        seen = set(todo)
        while todo:
            for entry in self._by_token.get(todo.pop(), ()):
                if entry.change.id not in found:
                    found[entry.change.id] = entry
                    fresh = entry.tokens - seen
                    seen |= fresh
                    todo.extend(fresh)
        return found
