"""The options of `BroadcastSync`: every one checked when it is given, never when it is used.

CONF-1 a config that exists is valid. Floor: `errors`, `model.schema`.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from pysync.broadcast_log import LogEntry
from pysync.errors import UsageError
from pysync.machines.events import Problem
from pysync.model.names import check_key, normal_name
from pysync.model.policy import Strategy
from pysync.model.schema import STRATEGIES, Field

SyncState = Literal["connected", "disconnected", "leader", "follower"]
Validator = Field | Callable[[Any], str | None]
"""A declared field, or a function that answers None or why the value does not fit, in words."""

HEARTBEAT_MIN_MS: Final = 100
SENSITIVE_NAMES: Final = ("password", "api_key", "session_token", "credit_card", "ssn")
"""Names that never leave the tab, in any spelling; `sensitive_keys` adds to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastConfig:
    """How a store is kept the same in all tabs. Raises UsageError for what makes no sense.

    >>> BroadcastConfig(channel_name="hotel", sync_keys=["theme"]).throttle_ms
    100
    >>> BroadcastConfig(channelname="hotel")
    Traceback (most recent call last):
    ...
    pysync.errors.UsageError: no option 'channelname': did you mean 'channel_name'?
    """

    channel_name: str = "broadcast-sync"
    """Tabs that name the same channel share their state. It is the name of the space."""
    sync_keys: Iterable[str] = ()
    """Keys to keep the same; none named: all."""
    exclude_keys: Iterable[str] = ()
    """Keys that stay in this tab, also if `sync_keys` names them."""
    throttle_ms: float = 100
    """At least so long between two sendings; the first change goes at once, the last always."""
    debounce_ms: float | None = None
    """Send only after that long a silence (300 is usual); None: do not wait."""
    conflict_strategy: Strategy = "last-write-wins"
    """What becomes of two writes neither of whose authors had seen the other's."""
    custom_resolver: Callable[[Any, Any], Any] | None = None
    """`(local, remote)` -> the value that all tabs get; for the strategy `custom` only. It runs in
    the leader, where `local` is that tab's own write, or if it made neither, the earlier one."""
    enable_leader_election: bool = True
    """Off: this tab tells nobody that it leads and cannot be made to. (The engine below needs one
    tab that writes down the order, and sees to it by itself.)"""
    leader_heartbeat_ms: float = 5_000
    """The longest silence of a leader. Tabs speak every 2 s anyway, because presence needs it; a
    smaller value makes them speak more often, down to their worker's tick of 1 s."""
    debug: bool | Callable[[LogEntry], None] = False
    """True prints what was started, sent, received and applied; a function gets each entry."""
    on_sync_state_change: Callable[[SyncState], None] | None = None
    """Called with connected, disconnected, leader or follower when it becomes so."""
    on_remote_update: Callable[[list[str], str], None] | None = None
    """Called with the keys that were put into the store, and the id of the tab that wrote them."""
    should_sync: Callable[[Any, Any], bool] | None = None
    """`(previous, next)` -> whether to send; `previous` is what the others last got, None at
    first, so that small steps which are kept back do not add up unseen."""
    validators: Mapping[str, Validator] = field(default_factory=dict)
    """Per key. A remote value that does not fit is not applied, a local one not sent; both are
    reported."""
    sensitive_keys: Iterable[str] = ()
    """Further names that never leave this tab, as keys or inside values, in any spelling."""
    on_problem: Callable[[Problem], None] | None = None
    """Called with what could not be sent or applied, and why."""

    def __new__(cls, *_: Any, **options: Any) -> BroadcastConfig:
        """Name the nearest known option before the constructor finds an unknown one."""
        known = [option.name for option in fields(cls)]
        for name in options:
            if name not in known:
                raise UsageError(f"no option {name!r}{nearest(name, known)}")
        return object.__new__(cls)

    def __post_init__(self) -> None:
        check_key(self.channel_name)
        for name in ("sync_keys", "exclude_keys", "sensitive_keys"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        _milliseconds("throttle_ms", self.throttle_ms, 0)
        if self.debounce_ms is not None:
            _milliseconds("debounce_ms", self.debounce_ms, 0)
        _milliseconds("leader_heartbeat_ms", self.leader_heartbeat_ms, HEARTBEAT_MIN_MS)
        self._check_strategy()
        self._check_functions()

    def _check_strategy(self) -> None:
        strategy = self.conflict_strategy
        if strategy not in STRATEGIES:
            meant = nearest(str(strategy), STRATEGIES) or f": one of {', '.join(STRATEGIES)}"
            raise UsageError(f"no conflict_strategy {strategy!r}{meant}")
        if (strategy == "custom") != (self.custom_resolver is not None):
            raise UsageError(
                "conflict_strategy='custom' and custom_resolver=... go together: give both or none"
            )

    def _check_functions(self) -> None:
        for name in (
            "custom_resolver",
            "on_sync_state_change",
            "on_remote_update",
            "should_sync",
            "on_problem",
        ):
            given = getattr(self, name)
            if given is not None and not callable(given):
                raise UsageError(f"{name} is a function, not {given!r}")
        if not isinstance(self.enable_leader_election, bool):
            raise UsageError(
                f"enable_leader_election is True or False, not {self.enable_leader_election!r}"
            )
        if not isinstance(self.debug, bool) and not callable(self.debug):
            raise UsageError(f"debug is True, False or a function, not {self.debug!r}")
        if not isinstance(self.validators, Mapping):
            raise UsageError("validators map a key to a Field or a function")
        for key, validator in self.validators.items():
            if not isinstance(validator, Field) and not callable(validator):
                raise UsageError(f"validators[{key!r}] is a Field or a function")

    @property
    def sensitive(self) -> frozenset[str]:
        """All sensitive names, in their normal spelling."""
        return frozenset(map(normal_name, (*SENSITIVE_NAMES, *self.sensitive_keys)))

    def covers(self, key: str) -> bool:
        """Whether that key is to be kept the same."""
        return key not in self.exclude_keys and (not self.sync_keys or key in self.sync_keys)


def nearest(name: str, known: Iterable[str]) -> str:
    """`: did you mean ...?`, or nothing if nothing is near.

    >>> nearest("throttleMs", ["throttle_ms", "debounce_ms"])
    ": did you mean 'throttle_ms'?"
    """
    found = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    return f": did you mean {found[0]!r}?" if found else ""


def _names(option: str, given: Any) -> frozenset[str]:
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise UsageError(f"{option} is a list of names, not {given!r}: write [{given!r}]")
    names = frozenset(given)
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"{option} holds {name!r}, which is no text")
    return names


def _milliseconds(option: str, given: Any, least: float) -> None:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        raise UsageError(f"{option} is a number of milliseconds, not {given!r}")
    if given < least:
        raise UsageError(f"{option} is {least:g} ms or more, not {given:g}")
