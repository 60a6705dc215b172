"""A readable name for a device, from what its browser says of itself. Floor: nothing."""

from __future__ import annotations

from typing import Final

_BROWSERS: Final = (
    # Most browsers name those they descend from: the particular ones come first.
    *(("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera")),
    *(("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox")),
    *(("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("HeadlessChrome/", "Chrome")),
    *(("Safari/", "Safari"), ("Python/", "A program")),
)
_SYSTEMS: Final = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux")),
)


def device_name(agent: str) -> str:
    """The browser and system that a User-Agent header tells of.

    >>> device_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
    ...     "Gecko) Chrome/142.0.0.0 Safari/537.36")
    'Chrome on Windows'
    >>> device_name("curl/8")
    'Unknown browser'
    """
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Unknown browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
