"""`Collection`: records under one key, written one by one. Floor: `space`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from pysync.errors import Unknown
from pysync.listeners import Unsubscribe
from pysync.model.change import MAX_OPS
from pysync.model.draft import Draft
from pysync.model.guard import Record
from pysync.model.names import check_key
from pysync.receipt import Receipt
from pysync.runtime import default_space
from pysync.space import Space
from pysync.telling import Update


class Collection:
    """The records under one key: dicts with an `id`. Only what changes travels.

    >>> from pysync.native import open_space
    >>> with open_space("doc-rooms") as space:
    ...     rooms = Collection("rooms", space=space)
    ...     _ = rooms.create({"id": "101", "beds": 1})
    ...     _ = rooms.update("101", {"beds": 2})
    ...     rooms.get("101"), "102" in rooms, len(rooms)
    ({'id': '101', 'beds': 2}, False, 1)
    """

    def __init__(self, key: str, *, space: Space | None = None) -> None:
        self.key = check_key(key)
        self.space = space if space is not None else default_space()

    def get(self, record_id: str) -> Record:
        """The record, frozen. Raises Unknown if there is none."""
        record = self.space.view.get(self.key, record_id)
        if record is None:
            raise Unknown(f"no record {self.key}/{record_id}")
        return record

    def __contains__(self, record_id: str) -> bool:
        return self.space.view.get(self.key, record_id) is not None

    def __len__(self) -> int:
        return self.space.tab.replica.view.count(self.key)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.space.view.all(self.key))

    def create(self, record: Mapping[str, Any]) -> Receipt[str]:
        """Add a record, which names its own `id` (see `pysync.new_id`)."""
        return self.space.run("", lambda draft: draft.create(self.key, record), atomic=False)

    def update(self, record_id: str, fields: Mapping[str, Any]) -> Receipt[None]:
        """Set fields; what is equal already is not sent. Raises Unknown, InvalidValue, Refused."""
        return self.space.run(
            "", lambda draft: draft.update(self.key, record_id, fields), atomic=False
        )

    def delete(self, record_id: str) -> Receipt[None]:
        """Delete the record; it can be restored from its history."""
        return self.space.run("", lambda draft: draft.delete(self.key, record_id), atomic=False)

    def increment(self, record_id: str, field: str, by: float = 1) -> Receipt[None]:
        """Add to a number; increments of all tabs and devices add up."""
        return self.space.run(
            "", lambda draft: draft.increment(self.key, record_id, field, by), atomic=False
        )

    def set_all(self, records: Iterable[Mapping[str, Any]]) -> Receipt[None]:
        """Make the collection hold exactly these records: compared by `id`, only the difference
        travels. A field that a record no longer names becomes None.

        It is one change, or several if more than MAX_OPS records differ; the receipt is the last
        one's. If a record does not fit nothing from there on is written.
        """
        wanted = {check_key(record.get("id")): record for record in records}
        gone = sorted({str(record["id"]) for record in self} - wanted.keys())
        todo = [*gone, *wanted]
        receipt = None
        for at in range(0, max(1, len(todo)), MAX_OPS):
            command = partial(self._put, ids=todo[at : at + MAX_OPS], wanted=wanted)
            last = self.space.run("", command, atomic=False)
            receipt = last if receipt is None or last.change_id else receipt
        assert receipt is not None
        return receipt

    def _put(self, draft: Draft, ids: list[str], wanted: Mapping[str, Mapping[str, Any]]) -> None:
        for rid in ids:
            record, now = wanted.get(rid), draft.get(self.key, rid)
            if record is None:
                draft.delete(self.key, rid)
            elif now is None:
                draft.create(self.key, record)
            else:
                absent = dict.fromkeys(name for name in now if name not in record)
                fields = {name: value for name, value in record.items() if name != "id"}
                draft.update(self.key, rid, {**fields, **absent})

    def subscribe(self, callback: Callable[[list[str]], None]) -> Unsubscribe:
        """Call back with the ids of records that changed; answers how to stop."""

        def changed(update: Update) -> None:
            ids = update.ids(self.key)
            if ids:
                callback(ids)

        return self.space.on_change(changed)
