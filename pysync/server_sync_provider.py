"""`ServerSyncProvider`: what all synced keys of an application have in common, and what each key
has for itself. Floor: `server_sync`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pysync.runtime import default_space
from pysync.server_sync import Options, ServerSync, ServerSyncOptions, merged_options
from pysync.space import Space

T = TypeVar("T")


class ServerSyncProvider:
    """The space, options that hold for every key, and in `keys` those that a key has instead: so an
    application configures all of them in one place. Inside `with provider:` `use_server_sync` needs
    none of it; the values it made are closed at the end.

    >>> from pysync.native import open_space
    >>> keys = {"towels": {"conflict_strategy": "merge"}}
    >>> with open_space("doc-provider") as space, ServerSyncProvider(space, keys=keys):
    ...     use_server_sync("theme", "light").value, use_server_sync("towels", 0).policy.strategy
    ('light', 'merge')
    """

    def __init__(
        self,
        space: Space | None = None,
        *,
        keys: Mapping[str, Options] | None = None,
        **options: Any,
    ) -> None:
        """Raises UsageError for an option that does not exist, whichever key it is said of."""
        self.space = space if space is not None else default_space()
        self.options = merged_options(ServerSyncOptions(), options)
        self._keys = {key: merged_options(self.options, own) for key, own in (keys or {}).items()}
        self._made: list[ServerSync[Any]] = []

    def use(self, key: str, default: T, **options: Any) -> ServerSync[T]:
        """A value with the provider's options, over them the key's, over those these."""
        chosen = merged_options(self._keys.get(key, self.options), options)
        made = ServerSync(key, default, chosen, space=self.space)
        self._made.append(made)
        return made

    def close(self) -> None:
        """Close what it made. The space stays open."""
        made, self._made = self._made, []
        for each in made:
            each.close()

    def __enter__(self) -> ServerSyncProvider:
        _providers.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _providers.remove(self)
        self.close()


_providers: list[ServerSyncProvider] = []
"""Those that are entered, the innermost last."""


def use_server_sync(
    key: str, default: T, *, space: Space | None = None, **options: Any
) -> ServerSync[T]:
    """A `ServerSync` of the innermost provider, or, where a space is named or there is no provider,
    by itself."""
    if space is None and _providers:
        return _providers[-1].use(key, default, **options)
    return ServerSync(key, default, options, space=space)
