"""The browsers that tests and benchmarks drive: found where they are installed, or obtained.

Chromium is required; Firefox and WebKitGTK are used where they are installed. Only the
distribution's package manager and Playwright's own download are ever asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pysync_build.common import Stop, run, say

CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
PACKAGES = ("chromium", "firefox-esr", "webkit2gtk-driver", "xvfb")


def find_chromium() -> str | None:
    """Chromium or a relative of it: named by PYSYNC_CHROMIUM, installed, or Playwright's own."""
    named = os.environ.get("PYSYNC_CHROMIUM")
    for name in [*([named] if named else []), *CHROMIUMS]:
        found = shutil.which(name)
        if found:
            return found
    caches = (
        Path.home() / ".cache" / "ms-playwright",
        Path.home() / "Library" / "Caches" / "ms-playwright",
        Path.home() / "AppData" / "Local" / "ms-playwright",
    )
    for cache in caches:
        for pattern in ("chromium-*/chrome-*/chrome", "chromium-*/chrome-*/chrome.exe"):
            for path in sorted(cache.glob(pattern), reverse=True):
                return str(path)
    return None


def find_browsers() -> Mapping[str, str | None]:
    """Each browser's program by name, or None where it is not installed."""
    return {
        "chromium": find_chromium(),
        "firefox": shutil.which("firefox-esr") or shutil.which("firefox"),
        "webkit": shutil.which("WebKitWebDriver"),
        "xvfb": shutil.which("Xvfb"),
    }


def can_use_apt() -> bool:
    """Whether this is root on a system with Debian's package manager."""
    geteuid = getattr(os, "geteuid", None)
    return geteuid is not None and geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    """Install packages; returns whether that worked."""
    say(f"installing {', '.join(packages)} with apt-get (this can take a few minutes)")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-qq"]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return all(
        subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL).returncode == 0
        for command in (update, install)
    )


def require_chromium() -> str:
    """Chromium's program, obtained now if there is none.

    Raises:
        Stop: there is none and it could not be obtained; says what to install.
    """
    found = find_chromium()
    if found is None and can_use_apt():
        apt_install("chromium")
        found = find_chromium()
    if found is None:
        say("no Chromium found: asking Playwright to download one")
        run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            advice=(
                "Tests need Chromium or Chrome. Install one (Debian, Ubuntu: sudo apt-get install "
                "chromium), or name its program in the environment variable PYSYNC_CHROMIUM."
            ),
        )
        found = find_chromium()
    if found is None:
        raise Stop("Chromium was downloaded but not found; name its program in PYSYNC_CHROMIUM.")
    return found


def install_browsers() -> None:
    """Have Chromium, and the other browsers where this system's packages can be installed."""
    require_chromium()
    missing = [name for name, path in find_browsers().items() if path is None]
    if missing and can_use_apt():
        if not apt_install(*PACKAGES):
            say("apt-get failed; the tests that need the missing browsers will be skipped")
    elif missing:
        say(f"not installed: {', '.join(missing)}")
        say(f"on Debian: sudo apt-get install {' '.join(PACKAGES)}")
