"""How often a password may be tried: bounds what guessing can reach, and what it costs the server.

An attempt counts before its password is checked, so that many at once find the same bound; one that
succeeds is forgiven.

ATTEMPTS-1 at most `most` attempts that failed lie in any `window` of seconds, for each key.
ATTEMPTS-2 at most `keys` keys are remembered; the ones longest unused go first.
Floor: nothing; the time is an argument.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque


class Attempts:
    """The attempts of the last while, by key."""

    def __init__(self, *, most: int, window: float, keys: int) -> None:
        self._most = most
        self._window = window
        self._keys = keys
        self._made: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Seconds until this key may try again; 0 if it may now."""
        made = self._made.get(key)
        if made is None:
            return 0.0
        while made and made[0] <= now - self._window:
            made.popleft()
        return made[0] + self._window - now if len(made) >= self._most else 0.0

    def count(self, key: str, now: float) -> None:
        """An attempt is made, which `wait` allowed."""
        self._made.setdefault(key, deque(maxlen=self._most)).append(now)
        self._made.move_to_end(key)
        while len(self._made) > self._keys:
            self._made.popitem(last=False)

    def forgive(self, key: str) -> None:
        """The newest attempt succeeded, or was none: it does not count."""
        if made := self._made.get(key):
            made.pop()


def network_of(address: str) -> str:
    """What one client may call its own: an IPv4 address, or the /64 of an IPv6 one.

    >>> network_of("2001:db8:1:2:aaaa::1")
    '2001:db8:1:2::/64'
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
