"""Runs in the page: one space with a collection of rooms, and what was seen of it."""

from pysync import Collection
from pysync.browser import open_space
from pysync.machines.events import Problem
from pysync.telling import Update

space = open_space("hotel")
rooms = Collection("rooms", space=space)
seen: list[Update] = []
problems: list[Problem] = []
space.on_change(seen.append)
space.on_problem(problems.append)


def numbers() -> dict[str, int]:
    """Every room's number."""
    return {room["id"]: room["n"] for room in rooms}


def leaders() -> int:
    """How many of the tabs that this one knows lead."""
    return sum(tab.leader for tab in space.tabs())


def state() -> str:
    """What one wants to know when a tab did not do what was expected."""
    told = (space.status(), space.tabs(), space.tab.election.state, problems[-3:])
    return " | ".join(map(str, told))
