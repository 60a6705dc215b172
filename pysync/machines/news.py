"""What looks different since the application was last told, and which tab made it so.

NEWS-1 a record's source is the tab whose change, provisional or decided, made it look different,
also where that change is learned from the store or from somebody else; "" for this tab. What is
rolled back or predicted again on the way comes from the same. NEWS-2 each record is told once,
under the last tab that is not this one, if there is any. Floor: `model.change`.
"""

from __future__ import annotations

from collections.abc import Iterator

from pysync.model.change import Ref


class News:
    """Records of one replica that look different now."""

    __slots__ = ("_refs", "_source", "_tab")

    def __init__(self, tab: str) -> None:
        self._tab = tab
        self._refs: dict[Ref, str] = {}
        self._source = ""

    def because(self, tab: str) -> None:
        """What is added from here on comes from that tab."""
        self._source = "" if tab == self._tab else tab

    def add(self, ref: Ref) -> None:
        """This record looks different."""
        if self._source or ref not in self._refs:
            self._refs[ref] = self._source

    def take(self) -> dict[str, frozenset[Ref]]:
        """All records by their source, once."""
        if not self._refs:
            return {}
        refs, self._refs = self._refs, {}
        sources = dict.fromkeys(refs.values())
        if len(sources) == 1:
            return {source: frozenset(refs) for source in sources}
        return {s: frozenset(ref for ref, by in refs.items() if by == s) for s in sources}

    def clear(self) -> None:
        """Nothing of this is to be told."""
        self._refs.clear()

    def __bool__(self) -> bool:
        return bool(self._refs)

    def __iter__(self) -> Iterator[Ref]:
        return iter(self._refs)
