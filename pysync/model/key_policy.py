"""Policies of single keys: what an application says of one key while it runs, as records of the
space, so that tabs and the relay decide by the same.

The record has the key's name as its id. It says a strategy, a window, a priority class, or some of
them, and the version of the application's policy: of two that say otherwise the higher version
counts, of one version the first in the log. `ordinary.rule_of` puts them into their place: what the
schema says of a field or of the key comes first, then these, then classes and settings.

KEY-1 a declaration that contradicts one of its version, or is older, is refused where it is
decided; what is no declaration says nothing. Who deletes one takes it back: then the next counts,
of whichever version. Floor: `policy`, `guard`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from pysync.model.guard import Guard, Record, Refuse, Verdict, View
from pysync.model.policy import HIGH, LOW, MEDIUM, Policy, Rule, Strategy
from pysync.values.jsonvalue import MAX_INT

if TYPE_CHECKING:
    from pysync.model.change import Change

POLICIES: Final = "sync-policies"
"""The collection of these records. A role that declares policies needs the right to add and write
them; one that only reads predicts as the relay decides."""
Priority = Literal["high", "medium", "low"]
CLASSES: Final[Mapping[str, Policy]] = {"high": HIGH, "medium": MEDIUM, "low": LOW}
CHOICES: Final = tuple(each for each in get_args(Strategy) if each != "custom")
"""Strategies that a key may be given: a resolver is code, which no record can hold."""
WINDOW_MAX_MS: Final = 3_600_000
CONTRADICTS: Final = "policy-contradicts"
"""The code of a declaration that is refused."""
SETTLED: Final = Policy("keep-local", MAX_INT)
"""Of two declarations in one moment the later one in the log is judged by the rule below."""
FIELDS: Final = ("strategy", "window", "priority", "version")


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """What is declared of a key. None: nothing is said of that."""

    strategy: Strategy | None = None
    window_ms: int | None = None
    priority: Priority | None = None
    version: int = 1

    @property
    def says(self) -> tuple[object, ...]:
        """What it says, without its version."""
        return (self.strategy, self.window_ms, self.priority)

    def over(self, rule: Rule) -> Rule:
        """The rule of a field of which neither the schema's field nor its key says anything."""
        known = CLASSES.get(self.priority or "")
        strategy = self.strategy or (known.strategy if known else None)
        window_ms = self.window_ms or (known.window_ms if known else rule.window_ms)
        if strategy is None:
            return Rule(rule.strategy, window_ms, rule.declared)
        return Rule(strategy, window_ms, True)

    def fields(self) -> dict[str, Any]:
        """As the fields of its record."""
        return dict(zip(FIELDS, (*self.says, self.version), strict=True))


def key_policy_of(fields: Mapping[str, Any]) -> KeyPolicy | None:
    """What the fields of a record declare, None if that is nothing that can be declared.

    >>> key_policy_of({"strategy": "manual", "version": 2}).strategy
    'manual'
    >>> key_policy_of({"strategy": "custom", "version": 2}) is None
    True
    """
    strategy, window, priority, version = (fields.get(name) for name in FIELDS)
    fits = (
        (strategy is None or strategy in CHOICES)
        and (window is None or (type(window) is int and 0 < window <= WINDOW_MAX_MS))
        and (priority is None or (isinstance(priority, str) and priority in CLASSES))
        and type(version) is int
        and version > 0
    )
    found = KeyPolicy(strategy, window, priority, version) if fits else None  # type: ignore[arg-type]
    return found if found is not None and any(found.says) else None


def _first_counts(
    before: View, after: View, _change: Change, refs: Iterable[tuple[str, str]]
) -> Verdict:
    for key, rid in refs:
        was, now = before.get(key, rid), after.get(key, rid)
        if now is None:
            continue
        said, there = key_policy_of(now), key_policy_of(was) if was is not None else None
        if said is None:
            return Refuse(CONTRADICTS, f"what is declared of {rid!r} is no policy")
        if there is not None and said.says != there.says and said.version <= there.version:
            return Refuse(CONTRADICTS, contradiction(rid, there))
    return None


def contradiction(key: str, there: KeyPolicy) -> str:
    """In words what holds, and how to have it otherwise."""
    names = zip(FIELDS, there.says, strict=False)
    says = ", ".join(f"{name} {value!r}" for name, value in names if value is not None)
    return (
        f"{key!r} is declared with {says} in version {there.version} of its policy: "
        "say the same, or declare it with a higher policy_version"
    )


def _nothing_else(_key: str, record: Record) -> tuple[str, ...]:
    return (record["id"],)


RULE: Final = Guard("key-policy", frozenset({POLICIES}), _first_counts, _nothing_else)
"""Of every schema."""


def with_rule(guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """These guards and RULE."""
    return guards if RULE in guards else (*guards, RULE)
