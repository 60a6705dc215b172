"""Runs in the page: what `probe` finds, as plain data."""

from dataclasses import asdict

from pysync.browser.probe import probe


def rungs() -> list[object]:
    """Store, seat, channel, and how many reasons."""
    found = asdict(probe())
    return [found["store"], found["seat"], found["channel"], len(found["reasons"])]
