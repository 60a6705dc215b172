"""Schemas: what a space may hold, how fields merge, what is indexed. Floor: `values`, `guard`,
`policy`.

A schema is data plus pure functions, the same in every tab and in the relay. Unknown fields pass
through unchecked, so that an older build never loses what a newer one wrote. Without a schema a
space takes any JSON under any key, merged last-write-wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, Literal

from pysync.errors import InvalidValue, SensitiveKey
from pysync.model.guard import Guard, Record
from pysync.model.key_policy import FIELDS, POLICIES, SETTLED, with_rule
from pysync.model.policy import DEFAULT, WINDOW_MS, Policy, Rule, Strategy
from pysync.model.roles import Role, check_modules
from pysync.model.sealed import KEYRING, check_collection, check_schema, sealed_problem
from pysync.values.jsonvalue import FrozenDict, FrozenList, Json, bounded

STRATEGIES: Final = ("last-write-wins", "first-write-wins", "merge", "custom")
"""Those of `BroadcastSync`, for which a window means nothing."""

Kind = Literal["register", "counter", "set", "object", "list"]
"""How a field is kept: one value; a number changed by deltas; a set of elements that merge by
element; an object whose leaves merge one by one; a list of objects keyed by their `id`."""

ERASED: Final = "erased"
"""The field of a person's record that says when they were erased (ms since 1970). Erasing alone
writes it, and everybody who knows of the record reads it."""
KEY_MAX: Final = 200
RECORDS_MAX: Final = 500_000
SENSITIVE: Final = frozenset({"password", "apikey", "sessiontoken", "creditcard", "ssn"})


def normal_name(name: str) -> str:
    """The name without case, separators: how sensitive names are compared.

    >>> normal_name("API-Key") == normal_name("api_key") == normal_name("apiKey")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(10_000)
def is_sensitive(name: str) -> bool:
    """Whether a key or field of this name is never sent, whatever its spelling."""
    return normal_name(name) in SENSITIVE


def sendable(name: str, value: Any, path: str) -> Json:
    """The checked, frozen value of what has this name. `path` is its place in messages.

    Raises InvalidValue; SensitiveKey, which names the place, if the name, or that of a member
    however deep, is never sent.

    >>> sendable("guest", {"logins": [{"API-Key": 1}]}, "guest")
    Traceback (most recent call last):
    ...
    pysync.errors.SensitiveKey: guest/logins/0/API-Key names something that is never sent; keep it elsewhere
    """  # noqa: E501 - the message is one line
    if is_sensitive(name):
        raise SensitiveKey(f"{path} names something that is never sent; keep it elsewhere")
    frozen = bounded(value, path)
    if type(frozen) is FrozenDict or type(frozen) is FrozenList:
        _refuse_secrets(frozen, path)
    return frozen


def _refuse_secrets(value: Json, path: str) -> None:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        if type(name) is str and is_sensitive(name):
            raise SensitiveKey(
                f"{path}/{name} names something that is never sent; keep it elsewhere"
            )
        if type(member) is FrozenDict or type(member) is FrozenList:
            _refuse_secrets(member, f"{path}/{name}")


_NO_KEY: Final = re.compile(r"[\x00-\x1f/\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no key holds. Spelled out: `str.isprintable` differs between versions of Unicode, and so
between the runtimes that must agree."""


def check_key(key: Any) -> str:
    """A storage key, record id or field name: text of 1 to KEY_MAX characters without control
    characters or `/`. Raises InvalidValue."""
    if not isinstance(key, str) or not key:
        raise InvalidValue(f"a key is text, not {key!r}")
    if len(key) > KEY_MAX:
        raise InvalidValue(f"key longer than {KEY_MAX} characters: {key[:40]}...")
    if _NO_KEY.search(key):
        raise InvalidValue(f"key {key!r} holds '/' or a control character")
    return key


_check_name: Final = cache(check_key)
"""The same few names come again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record. `check(value)` answers None or the reason in words.

    `types` are the Python types a value may have (None is allowed unless `required`).
    """

    types: tuple[type, ...] = ()
    kind: Kind = "register"
    required: bool = False
    choices: frozenset[Any] | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    check: Callable[[Json], str | None] | None = None
    strategy: Strategy | None = None
    """How concurrent writes are settled; beats every other declaration."""
    policy: Policy | None = None
    """The priority class, where it is not the collection's."""
    personal: bool = False
    """Holds data of a person: erased with them."""
    encrypted: bool = False
    """Holds a sealed text (`model.sealed`): only devices that have the key can read it."""

    def problem(self, value: Json) -> str | None:
        """Why the value does not fit, in words, or None. Answers for every value: a check that
        cannot cope with one finds that it does not fit."""
        if value is None:
            return "is required" if self.required else None
        if self.encrypted:
            return sealed_problem(value)
        try:
            return self._problem(value)
        except Exception as error:  # noqa: BLE001 - whatever an application's check may raise
            return f"cannot be checked: {error}"

    def _problem(self, value: Json) -> str | None:
        if self.types and not self._is_typed(value):
            return f"must be {' or '.join(t.__name__ for t in self.types)}, not {value!r:.40}"
        if self.choices is not None and value not in self.choices:
            return f"must be one of {', '.join(sorted(map(str, self.choices)))}"
        if self.max_length is not None and len(value) > self.max_length:
            return f"is longer than {self.max_length}"
        if self.minimum is not None and value < self.minimum:
            return f"is below {self.minimum}"
        if self.maximum is not None and value > self.maximum:
            return f"is above {self.maximum}"
        return self.check(value) if self.check is not None else None

    def _is_typed(self, value: Json) -> bool:
        if type(value) is int and float in self.types:
            return True  # 2.0 is kept as 2
        return isinstance(value, self.types) and (bool in self.types or not isinstance(value, bool))


ANY: Final = Field()


@dataclass(frozen=True, slots=True)
class About:
    """Whose data the personal fields of a collection's records are: of those `people`, under whose
    ids `index`, an index of the collection, lists a record. In `people` itself a record is about
    itself, and the index says into whom it was merged: both are one person then."""

    people: str
    index: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionSchema:
    """The records under one key. `groups` are field sets that merge as one register (room + from +
    to); `indexes` map a name to a function from a record to the keys it is listed under."""

    name: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()
    indexes: Mapping[str, Callable[[Record], Iterable[Hashable]]] = field(default_factory=dict)
    strategy: Strategy | None = None
    """Of the fields that declare none; beats `policy`."""
    policy: Policy | None = None
    """The priority class of the records: HIGH, MEDIUM, LOW, or one of the application's."""
    about: About | None = None
    """Whose personal fields these are; None: nobody's who could be erased."""
    _group_of: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for group in self.groups:
            for name in group:
                self._group_of[name] = group
        check_collection(self)

    @property
    def may_need_seen(self) -> bool:
        """Whether a value seen may have to travel with a change: nothing is declared otherwise."""
        return bool(self.fields) or self.strategy_of("") == "merge"

    def needs_seen(self, path: str) -> bool:
        """Whether the value seen travels with a change: what is there may be more than what its
        version wrote (merged, or added to), or a person will be shown both and what was before."""
        name = path.split("/", maxsplit=1)[0]
        declared = self.field(name)
        asks = declared.strategy == "manual"
        return asks or declared.kind == "counter" or self.strategy_of(name) == "merge"

    def group_of(self, name: str) -> tuple[str, ...] | None:
        """The group a field merges with, or None."""
        return self._group_of.get(name)

    def is_personal(self, path: str) -> bool:
        """Whether a leaf holds data that are erased with a person. What a newer build keeps in the
        record of a person is."""
        about, name = self.about, path.split("/", maxsplit=1)[0]
        if about is None or name == ERASED:
            return False
        declared = self.fields.get(name)
        return about.people == self.name if declared is None else declared.personal

    def field(self, name: str) -> Field:
        """The declared field, or one that takes anything."""
        return self.fields.get(name, ANY)

    def rule_of(self, name: str) -> Rule:
        """What is declared of this field: by itself, its collection, or their priority class."""
        declared = self.field(name)
        policy = declared.policy or self.policy
        strategy = declared.strategy or self.strategy or (policy.strategy if policy else None)
        window_ms = policy.window_ms if policy else WINDOW_MS
        return Rule(strategy or DEFAULT, window_ms, strategy is not None)

    def strategy_of(self, name: str) -> Strategy:
        """How concurrent writes to this field are settled."""
        return self.rule_of(name).strategy

    def check_field(self, name: str, value: Any, where: str = "") -> Json:
        """The checked, frozen value. Raises InvalidValue or SensitiveKey."""
        if name not in self.fields:
            _check_name(name)
        path = f"{where or self.name}/{name}"
        frozen = sendable(name, value, path)
        declared = self.fields.get(name)
        problem = declared.problem(frozen) if declared is not None else None
        if problem is not None:
            raise InvalidValue(problem, path=path, code="schema")
        return frozen

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """Names of required fields that are absent or None."""
        return [n for n, f in self.fields.items() if f.required and values.get(n) is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """All of an application's data. `version` counts its changes; the newest build leads."""

    version: int = 1
    collections: Mapping[str, CollectionSchema] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    """Per key, for single values; beats `strategy`."""
    strategy: Strategy | None = None
    """Of all keys of which nothing else is said."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """The roles that people may have, by name (`model.roles`); with none everybody may do all."""
    settings: tuple[str, str] | None = None
    """The record whose fields say how the space itself works, such as `conflict_window` and
    `sync_interval`: they are listed in `model.ordinary`."""
    housekeeping: tuple[str, ...] = ()
    """What keys begin with that hold how the application itself works, such as preferences: they
    can be set when the queue for the relay is full, too, to put that right (`machines.queue`)."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """The module of a key (or of keys, `beginning*`): devices of a relay may leave modules out."""
    memo: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """For who makes something of a schema once."""
    guarded: frozenset[str] = field(default=frozenset(), init=False, repr=False)
    """The collections on which a guard, or that somebody was erased, has a say."""
    abouts: Mapping[str, About] = field(default_factory=dict, init=False, repr=False)
    """Of the collections that hold data of people who can be erased."""
    _open: dict[str, CollectionSchema] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "guards", with_rule(check_schema(self)))
        self._open[POLICIES] = CollectionSchema(name=POLICIES, policy=SETTLED, groups=(FIELDS,))
        names = frozenset(name for guard in self.guards for name in guard.collections)
        abouts = {key: each.about for key, each in self.collections.items() if each.about}
        object.__setattr__(self, "guarded", names | abouts.keys())
        object.__setattr__(self, "abouts", abouts)
        check_modules(self.modules, (KEYRING, *(self.settings or ())[:1]))

    def collection(self, key: str) -> CollectionSchema:
        """The declared collection, or an open one that takes anything under that key."""
        found = self.collections.get(key) or self._open.get(key)
        if found is None:
            strategy = self.strategies.get(key, self.strategy)
            found = self._open[key] = CollectionSchema(name=check_key(key), strategy=strategy)
        return found
