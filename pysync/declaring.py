"""Declaring a key's policy in its space: what `ServerSync`'s options say, made to hold for all.

DECLARE-1 nothing is written where the space says the same already, or a higher version of it.
DECLARE-2 what does not hold is never silent: it is raised where it is known at once, and is the
`problem` where it turns out later. Floor: `space`, `model.key_policy`.
"""

from __future__ import annotations

from typing import Final, get_args

from pysync.errors import Refused, UsageError
from pysync.kv import VALUE
from pysync.model.draft import Draft
from pysync.model.key_policy import (
    CHOICES,
    CLASSES,
    POLICIES,
    WINDOW_MAX_MS,
    KeyPolicy,
    contradiction,
)
from pysync.model.ordinary import is_settled, key_policy, rule_of
from pysync.model.policy import Strategy
from pysync.space import Space
from pysync.values.jsonvalue import MAX_INT

LABEL: Final = "Sync policy"
"""What histories call such a change."""


def checked(policy: KeyPolicy) -> KeyPolicy:
    """The policy, if it can be declared. Raises UsageError with what could be."""
    strategy, window, version = policy.strategy, policy.window_ms, policy.version
    if strategy is not None and strategy not in get_args(Strategy):
        raise UsageError(f"no conflict_strategy {strategy!r}: one of {', '.join(CHOICES)}")
    if window is not None and (type(window) is not int or not 0 < window <= WINDOW_MAX_MS):
        raise UsageError(f"conflict_window_ms is 1 to {WINDOW_MAX_MS:,} ms, not {window!r}")
    if policy.priority not in (None, *CLASSES):
        raise UsageError(f"no priority {policy.priority!r}: one of {', '.join(CLASSES)}")
    if type(version) is not int or not 0 < version <= MAX_INT:
        raise UsageError(f"policy_version is 1 to {MAX_INT:,}, not {version!r}")
    return policy


class Declaration:
    """What one opening of a key says of its policy."""

    def __init__(self, space: Space, key: str, policy: KeyPolicy) -> None:
        self._space = space
        self._key = key
        self._policy = policy
        self._failed = ""
        self._declared = False

    def begin(self) -> None:
        """See to it that the policy holds, as soon as the space is loaded. Raises UsageError if it
        contradicts the schema, or what is declared of the key."""
        schema = self._space.tab.schema
        if not any(self._policy.says):
            return
        if is_settled(schema, self._key, VALUE):
            self._check_schema()
            return
        if self._policy.strategy == "custom":
            raise UsageError(
                f"{self._key!r} cannot be given a resolver here: declare `custom` in the schema, "
                "or take `manual` and resolve_conflict"
            )
        if self._space.is_ready:
            self._declare()
        else:
            self._space.when_ready(self._declare_later)

    @property
    def problem(self) -> str:
        """Why the policy does not hold, "" if it does."""
        if not self._declared and not self._failed:
            return ""
        there = key_policy(self._space.tab.replica.view, self._key)
        lost = f"the policy of {self._key!r} was not taken: the refused changes say why"
        said = lost if there is None else self._against(there)
        return said and (self._failed or said)

    def _against(self, there: KeyPolicy) -> str:
        """What is wrong with the policy beside the one there."""
        newer, same = there.version > self._policy.version, there.says == self._policy.says
        return "" if newer or same else contradiction(self._key, there)

    def _check_schema(self) -> None:
        rule = rule_of(self._space.tab.replica.view, self._key, VALUE)
        wants, name = self._policy.over(rule), self._space.name
        if self._policy.strategy not in (None, rule.strategy):
            raise UsageError(
                f"{self._key!r} in the space {name!r} is settled by {rule.strategy!r}: "
                "its schema says so, and only there it can be declared otherwise"
            )
        if (wants.strategy, wants.window_ms) != (rule.strategy, rule.window_ms):
            raise UsageError(
                f"{self._key!r} in the space {name!r} has a window of {rule.window_ms} ms and is "
                f"settled by {rule.strategy!r}: its schema says so"
            )

    def _declare_later(self) -> None:
        try:
            self._declare()
        except UsageError as error:
            self._failed = str(error)

    def _declare(self) -> None:
        view, key = self._space.tab.replica.view, self._key
        there = key_policy(view, key)
        if there is not None and there.version >= self._policy.version:
            if said := self._against(there):
                raise UsageError(said)
            self._declared = True
            return
        fields = self._policy.fields()

        def write(draft: Draft) -> None:
            if draft.get(POLICIES, key) is None:
                draft.create(POLICIES, {"id": key, **fields})
            else:
                draft.update(POLICIES, key, fields)

        try:
            self._space.run(LABEL, write)
        except Refused as error:  # No right to, or no room: the application works all the same.
            self._failed = str(error)
        self._declared = True
