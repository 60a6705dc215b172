"""The bridge between a store and the single values of a space, in both directions.

SYNC-1 what the space tells the store is never told the space again: the store is asked what it
holds, and only a difference is a change; whatever a store does inside its own `set` of an arriving
value is not taken for a change of that key. SYNC-2 a local change that waits to be sent is never
overwritten; when it is sent it counts as made on what its author saw. SYNC-3 when nothing waits,
the store holds what the view shows under every covered key whose value fits. SYNC-5 a value that
cannot be sent or does not fit is reported, and stops no other. Floor: `space`, `kv`, `gate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pysync.broadcast_config import BroadcastConfig
from pysync.broadcast_values import (
    Store,
    is_secret,
    problem_of,
    read_store,
    with_secrets,
    without_secrets,
)
from pysync.broadcast_voice import Voice
from pysync.errors import InvalidValue, Refused, UsageError
from pysync.kv import VALUE, last_mark, put_value
from pysync.machines.effects import Effect
from pysync.machines.gate import Gate
from pysync.model.cell import Cell
from pysync.model.change import Ref
from pysync.model.names import check_key
from pysync.space import Space
from pysync.telling import Update
from pysync.values.jsonvalue import Json, bounded, freeze, same

SENT_TOGETHER: Final = 500
"""Keys that one change carries; more make several changes."""


class _Nothing:
    """No value: a key that is not there, or one that may not be sent."""


NOTHING: Final = _Nothing()


class Bridge:
    """Carries changes of one store to one space and back, from `hydrate` to `close`."""

    def __init__(
        self,
        *,
        store: Store,
        space: Space,
        config: BroadcastConfig,
        voice: Voice,
    ) -> None:
        self._store = store
        self._space = space
        self._config = config
        self._secret = config.sensitive
        self._voice = voice
        self._ready = False
        self._early: dict[str, None] = {}
        """Keys that changed here before the state was loaded."""
        self._seen: dict[str, Cell | None] = {}
        """What was shown when a value that waits in the gate was set."""
        self._applying: set[str] = set()
        self._gate = space.tab.add_gate(self._make_gate)

    def _make_gate(self, out: list[Effect]) -> Gate:
        return Gate(
            name=f"broadcast.{id(self)}",
            throttle_ms=self._config.throttle_ms,
            debounce_ms=self._config.debounce_ms,
            should_sync=self._wanted if self._config.should_sync is not None else None,
            out=out,
            send=self._send,
        )

    # -- life -------------------------------------------------------------------------------------

    def hydrate(self) -> None:
        """The state is loaded: the store takes it over, and offers what only the store has."""
        self._ready = True
        early, self._early = self._early, {}
        shown = [key for key, records in self._cells().items() if VALUE in records]
        self._take_in([key for key in sorted(shown) if key not in early], "")
        only_here = [key for key in self._keys() if self._shown(key) is NOTHING]
        # What was edited while loading was edited without knowing the stored value.
        unseen: dict[Ref, Cell | None] = {(key, VALUE): None for key in early}
        self._write(self._sendable([*early, *(k for k in only_here if k not in early)]), unseen)

    def flush(self) -> None:
        """Send what waits, now."""
        self._gate.flush(self._space.host.now())
        self._space.host.pump()

    def close(self) -> None:
        """Send what waits and let go of the gate."""
        self.flush()
        if self._gate in self._space.tab.gates:
            self._space.tab.gates.remove(self._gate)

    def covers(self, key: str) -> bool:
        """Whether that key is kept the same at all."""
        return self._config.covers(key) and not is_secret(key, self._secret)

    # -- from the store ---------------------------------------------------------------------------

    def changed_here(self, key: Any, _value: Any = None) -> None:
        """The store's callback. The value is not trusted, for it may be overtaken: it is asked."""
        if not isinstance(key, str) or key in self._applying or self._space.closed:
            return
        if not self.covers(key):
            if is_secret(key, self._secret):
                self._voice.note("withheld", "", [key])
            return
        if not self._ready:
            self._early[key] = None
            return
        for name, value in self._sendable([key]).items():
            self._offer(name, value)

    def send_all(self, keys: Iterable[str] | None) -> None:
        """Send these keys (None: all) as they are, changed or not."""
        if self._ready and not self._space.closed:
            self.flush()
            wanted = self._keys() if keys is None else [key for key in keys if self.covers(key)]
            self._write(self._sendable(wanted), {}, even_if_equal=True)

    def _keys(self) -> list[str]:
        """Covered keys of the store, as far as it can tell them."""
        listed = getattr(self._store, "keys", None)
        named = listed() if callable(listed) else self._config.sync_keys or self._cells()
        return [key for key in named if isinstance(key, str) and self.covers(key)]

    def _offer(self, key: str, value: Json) -> None:
        gate, now = self._gate, self._space.host.now()
        if not gate.holds(key):
            if self._is_same(self._shown(key), value):
                return
            self._seen[key] = self._cell(key)
        gate.offer(key, value, now)
        if not gate.holds(key):
            self._seen.pop(key, None)
        self._space.host.pump()

    def _sendable(self, keys: Iterable[str]) -> dict[str, Json]:
        """The store's values of these keys, checked, without what is sensitive."""
        found: dict[str, Json] = {}
        for key in keys:
            value = read_store(self._store, key)
            if value is None and self._shown(key) is NOTHING:
                continue
            try:
                frozen = without_secrets(bounded(value, check_key(key)), self._secret)
            except InvalidValue as error:
                self._voice.report("not-sent", key, str(error))
                continue
            problem = problem_of(self._config.validators.get(key), frozen)
            if problem is not None:
                self._voice.report("not-sent", key, problem)
            else:
                self._voice.settled(key)
                found[key] = frozen
        return found

    def _wanted(self, previous: Any, value: Any) -> bool:
        try:
            assert self._config.should_sync is not None
            return bool(self._config.should_sync(previous, value))
        except Exception as error:  # noqa: BLE001 - a change must not be lost to a faulty filter
            self._voice.report("function-failed", "", f"should_sync: {error!r}")
            return True

    def _send(self, batch: Mapping[str, Any]) -> None:
        """The gate lets these out."""
        seen: dict[Ref, Cell | None] = {
            (key, VALUE): self._seen.pop(key) for key in batch if key in self._seen
        }
        self._write(batch, seen)

    def _write(
        self,
        batch: Mapping[str, Json],
        seen: Mapping[Ref, Cell | None],
        *,
        even_if_equal: bool = False,
    ) -> None:
        names = list(batch)
        for at in range(0, len(names), SENT_TOGETHER):
            part = {key: batch[key] for key in names[at : at + SENT_TOGETHER]}
            unsent = self._commit(part, seen, even_if_equal)
            self._take_in([key for key in part if key not in unsent], "")

    def _commit(
        self, batch: Mapping[str, Json], seen: Mapping[Ref, Cell | None], even_if_equal: bool
    ) -> set[str]:
        """Send these; answers the keys that no change can hold, which stay as they are here."""
        space = self._space
        draft = space.tab.draft(
            space.host.now(), {ref: c for ref, c in seen.items() if ref[0] in batch}
        )
        for key, value in batch.items():
            put_value(draft, key, value, even_if_equal=even_if_equal)
        try:
            change = space.commit(draft)
        except (Refused, InvalidValue) as error:
            if len(batch) > 1:
                parts = [{key: value} for key, value in batch.items()]
                return set().union(*(self._commit(part, seen, even_if_equal) for part in parts))
            refused = isinstance(error, Refused)
            self._voice.report("refused" if refused else "not-sent", next(iter(batch)), str(error))
            return set() if refused else set(batch)
        if change is not None:
            self._voice.note("sent", space.tab_id, [op.key for op in change.ops])
        return set()

    # -- to the store -----------------------------------------------------------------------------

    def changed_there(self, update: Update) -> None:
        """The view looks different, whoever made it so."""
        if self._ready:
            keys = {key for key, rid in update.refs if rid == VALUE}
            self._take_in(sorted(keys), update.source)

    def _take_in(self, keys: Iterable[str], source: str) -> None:
        applied: dict[str, list[str]] = {}
        for key in keys:
            if not self.covers(key) or self._gate.holds(key):
                continue
            shown = self._shown(key)
            local = read_store(self._store, key)
            if not self._is_same(shown, local):
                writer = self._writer(key) or source
                self._voice.note("received", writer, [key])
                if not self._apply(key, shown, local):
                    continue
                applied.setdefault(writer, []).append(key)
            if shown is not NOTHING:
                self._gate.saw(key, shown)
        for writer, names in applied.items():
            self._voice.note("applied", writer, names)
            self._voice.updated(names, writer)

    def _apply(self, key: str, shown: Json, local: Any) -> bool:
        """Put it into the store; False if that was not possible, and the store is as it was."""
        value = None if shown is NOTHING else without_secrets(shown, self._secret)
        if shown is not NOTHING:
            problem = problem_of(self._config.validators.get(key), value)
            if problem is not None:
                self._voice.report("not-applied", key, problem)
                return False
        delete = getattr(self._store, "delete", None)
        self._applying.add(key)
        try:
            if shown is NOTHING and callable(delete):
                delete(key)
            else:
                self._store.set(key, with_secrets(value, local, self._secret))
        except Exception as error:  # noqa: BLE001 - the store is the application's
            self._voice.report("not-applied", key, repr(error))
            return False
        finally:
            self._applying.discard(key)
        if not self._is_same(shown, read_store(self._store, key)):
            self._voice.report("not-applied", key, "the store made another value of it")
        return True

    # -- what is where ----------------------------------------------------------------------------

    def _cells(self) -> Mapping[str, Mapping[str, Cell]]:
        return self._space.tab.replica.view.cells

    def _cell(self, key: str) -> Cell | None:
        return self._space.tab.replica.view.cell(key, VALUE)

    def _shown(self, key: str) -> Any:
        """The value in the view, or NOTHING."""
        cell = self._cell(key)
        return NOTHING if cell is None or cell.dead else cell.record(VALUE).get(VALUE)

    def _writer(self, key: str) -> str:
        cell = self._cell(key)
        return last_mark(cell).tab if cell is not None else ""

    def _is_same(self, shown: Any, local: Any) -> bool:
        """Whether the store holds what is shown, but for what is sensitive."""
        if shown is NOTHING:
            return local is None
        try:
            stripped = without_secrets(freeze(local), self._secret)
        except UsageError:
            return False
        return same(without_secrets(shown, self._secret), stripped)
