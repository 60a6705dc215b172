"""What people type into forms: read within bounds, checked, and told what is wrong with it.

Floor: Starlette.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

MOST_BYTES: Final = 16_000
MOST_FIELDS: Final = 20
LONGEST_NAME: Final = 80
LONGEST_LOGIN: Final = 100
LONGEST_PLACE: Final = 1_000
_PLACE: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class FormRefused(Exception):
    """The form cannot be used; the message is for whoever sent it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form, each once: of several the last.

    Raises:
        FormRefused: it is no form, or too large.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormRefused(415, "This is not how a form of this page is sent.")
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise FormRefused(413, "This is more than fits into the form. Shorten it.")
    except ClientDisconnect as error:
        raise FormRefused(400, "The form did not arrive whole.") from error
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise FormRefused(400, "The form could not be read. Load the page again.") from error
    return {name: unicodedata.normalize("NFC", value) for name, value in pairs}


def name_error(name: str) -> str:
    """What is wrong with a person's name; "" if nothing is."""
    if not name:
        return "Enter a name."
    if len(name) > LONGEST_NAME:
        return f"At most {LONGEST_NAME} characters, please."
    return "" if name.isprintable() else "Only characters that can be seen, please."


def login_error(login: str) -> str:
    """What is wrong with the name somebody signs in with; "" if nothing is."""
    if not login:
        return "Enter an e-mail address or a user name."
    if not 2 <= len(login) <= LONGEST_LOGIN:
        return f"From 2 to {LONGEST_LOGIN} characters, please."
    if " " in login or not login.isprintable():
        return "No spaces, please."
    return ""


def place_on_this_server(wanted: str) -> str:
    """Where to go after signing in: `wanted` if it is a path here, else the first page. Anything
    else would let a link to the sign-in page lead to another site.

    >>> place_on_this_server("/demo/tape?day=2"), place_on_this_server("//elsewhere.example")
    ('/demo/tape?day=2', '/')
    """
    good = len(wanted) <= LONGEST_PLACE and _PLACE.fullmatch(wanted)
    return wanted if good and not wanted.startswith("/sign-in") else "/"
