"""Whose session it was when a relay was last heard, kept for the next start of a page.

In localStorage: a hint, which may be lost. Then the relay says it again. Floor: the core.
"""

from __future__ import annotations

from typing import Final

import js
from pyodide.ffi import JsException

from pysync.errors import ProtocolError
from pysync.machines.who import read_person
from pysync.model.roles import Person
from pysync.values.jsontext import json_text, parse_json

PERSON: Final = "pysync-person:"


def remembered(relay: str) -> Person | None:
    """Who was signed in at that relay; None if nobody was, or it is not known."""
    try:
        return read_person(parse_json(str(js.localStorage.getItem(_key(relay)))))
    except (JsException, ValueError, ProtocolError):
        return None


def remember(relay: str, person: Person | None) -> None:
    """Keep it, where there is a place."""
    try:
        if person is None:
            js.localStorage.removeItem(_key(relay))
        else:
            js.localStorage.setItem(_key(relay), json_text([person.name, person.role]))
    except JsException:
        return  # Storage is denied or full: the next start waits for the relay to say it.


def _key(relay: str) -> str:
    return PERSON + relay
