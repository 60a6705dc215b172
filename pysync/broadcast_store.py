"""`ObservableStore`: the smallest store that `BroadcastSync` can keep the same. Floor: nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class ObservableStore:
    """Values by key, with callbacks. Any object with get, set and subscribe serves as well.

    >>> store = ObservableStore(theme="dark")
    >>> stop = store.subscribe(lambda key, value: print(key, value))
    >>> store.set("theme", "light")
    theme light
    >>> stop()
    >>> store.set("theme", "dark")
    """

    def __init__(self, **values: Any) -> None:
        self._values = values
        self._callbacks: list[Callable[[str, Any], None]] = []

    def get(self, key: str) -> Any:
        """The value, or None."""
        return self._values.get(key)

    def set(self, key: str, value: Any) -> None:
        """Put a value there and call back."""
        self._values[key] = value
        self._tell(key)

    def delete(self, key: str) -> None:
        """Forget the value and call back with None."""
        self._values.pop(key, None)
        self._tell(key)

    def keys(self) -> Iterable[str]:
        """The keys that have a value."""
        return list(self._values)

    def subscribe(self, callback: Callable[[str, Any], None]) -> Callable[[], None]:
        """Call `callback(key, value)` after every change; answers how to stop."""
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    @property
    def watchers(self) -> int:
        """How many callbacks there are."""
        return len(self._callbacks)

    def _tell(self, key: str) -> None:
        for callback in tuple(self._callbacks):
            callback(key, self.get(key))
