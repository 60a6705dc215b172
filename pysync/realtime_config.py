"""The settings of live data, and the types that are subscribed to. Floor: `broadcast_config`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from pysync.broadcast_config import nearest
from pysync.errors import Unknown, UsageError
from pysync.machines.update_queue import BATCH_SIZE, MAX_PENDING, THROTTLE_MS
from pysync.model.guard import Record
from pysync.model.names import check_key

if TYPE_CHECKING:
    from pysync.live_cache import LiveCache

MAX_SUBSCRIPTIONS: Final = 10
EMPLOYEE: Final = "employee"
"""The field that says which employee a record is about, unless a type says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataType:
    """A type of data: the collections it is in, and which of their fields says whom of the staff a
    record is about ("id": the record is the employee). Without collections it is data that is not
    in the space, which the application tells by itself (`notify_change`)."""

    collections: Iterable[str] = ()
    employee: str = EMPLOYEE

    def __post_init__(self) -> None:
        given = self.collections
        if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
            raise UsageError(f"collections is a list of names, not {given!r:.60}: put it in [ ]")
        object.__setattr__(self, "collections", tuple(dict.fromkeys(map(check_key, given))))
        if not isinstance(self.employee, str) or not self.employee:
            raise UsageError(f"employee names a field, not {self.employee!r:.60}")

    def employee_of(self, record: Record | None) -> str | None:
        """Whom the record is about, if it says so.

        >>> DataType(employee="by").employee_of({"id": "7", "by": "anna"})
        'anna'
        """
        found = None if record is None else record.get(self.employee)
        return found if isinstance(found, str) and found else None


TypeSpec = DataType | Iterable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeConfig:
    """How live data is told. Raises UsageError for what makes no sense.

    >>> RealtimeConfig(types={"expenses": ["receipts", "mileage"]}).throttle_ms
    500
    >>> RealtimeConfig(throtle_ms=5)
    Traceback (most recent call last):
    ...
    pysync.errors.UsageError: no option 'throtle_ms': did you mean 'throttle_ms'?
    """

    types: Mapping[str, TypeSpec] = field(default_factory=dict)
    """Type -> its collections, or a `DataType`. None given: each collection is a type of its own,
    and any other name is one of data that is not in the space."""
    throttle_ms: float = THROTTLE_MS
    """At least so long between two batches; the first update goes at once, the last always."""
    batch_size: int = BATCH_SIZE
    """Updates that are told at a time."""
    max_pending: int = MAX_PENDING
    """Updates that wait at most; with one more a batch leaves early."""
    max_subscriptions: int = MAX_SUBSCRIPTIONS
    """Subscriptions that one manager takes."""
    cache: LiveCache | None = None
    """Told what `notify_change` and `request_refresh` say, in every tab that has one. Changes of
    the space it hears by itself."""

    def __new__(cls, *_: Any, **options: Any) -> RealtimeConfig:
        """Name the nearest known option before the constructor finds an unknown one."""
        known = [option.name for option in fields(cls)]
        for name in options:
            if name not in known:
                raise UsageError(f"no option {name!r}{nearest(name, known)}")
        return object.__new__(cls)

    def __post_init__(self) -> None:
        if not isinstance(self.types, Mapping):
            raise UsageError("types maps a type to its collections, or to a DataType")
        types = {check_key(name): _type(each) for name, each in self.types.items()}
        object.__setattr__(self, "types", types)
        for name, least in (("batch_size", 1), ("max_pending", 1), ("max_subscriptions", 1)):
            _number(name, getattr(self, name), least, whole=True)
        _number("throttle_ms", self.throttle_ms, 0, whole=False)

    def type_of(self, name: str) -> DataType:
        """The type of that name. Raises Unknown where types are declared and it is none of them,
        InvalidValue for what is no name."""
        declared = self.types.get(name)
        if isinstance(declared, DataType):
            return declared
        if self.types:
            hint = nearest(str(name), self.types) or f": there are {', '.join(sorted(self.types))}"
            raise Unknown(f"no type of data {name!r}{hint}")
        return DataType(collections=(check_key(name),))

    def types_of(self, collection: str) -> list[tuple[str, DataType]]:
        """The types that records of a collection are of."""
        if not self.types:
            return [(collection, DataType(collections=(collection,)))]
        return [
            (name, each)
            for name, each in self.types.items()
            if isinstance(each, DataType) and collection in each.collections
        ]


def _type(given: Any) -> DataType:
    return given if isinstance(given, DataType) else DataType(collections=given)


def _number(name: str, given: Any, least: int, *, whole: bool) -> None:
    kinds = (int,) if whole else (int, float)
    if isinstance(given, bool) or not isinstance(given, kinds) or not least <= given < math.inf:
        words = "a whole number" if whole else "a number of milliseconds"
        raise UsageError(f"{name} is {words}, {least} or more, not {given!r:.60}")
