"""The words between Python and the page: events come in, commands go out, as one JSON string each.

Owns both vocabularies; `assets/glue.js` is their other side, and `tests/pms_ui` holds the two
together. One crossing carries all commands of a frame. Stands on `html` and `language`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pysync_pms.ui.html import Html
from pysync_pms.ui.language import tr

__all__ = ["Command", "UiEvent", "encode", "parse_event"]

Command: TypeAlias = dict[str, Any]
"""One order to the page: `op` names it, the rest are its arguments, all JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UiEvent:
    """Something the user did.

    `kind` is click, change, input, submit, key, drag, drop, scroll, closed, route, released or
    visibility. `action` is what the element asks for (`data-action`), `args` its other `data-*`
    attributes by name, `value` the control's value (a check box: "on" or ""), `values` a form's,
    also that of a dialog that is closed. `key` reads like `Ctrl+k`; `typing` says that a text field
    has the focus. `numbers` holds measures: `days` of a drag, `top` and `height` of a scroll.
    """

    kind: str
    action: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    key: str = ""
    typing: bool = False
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The record the element stands for: its `data-id`, or an empty string."""
        return self.args.get("id", "")


def parse_event(text: str) -> UiEvent:
    """Read what the glue sent. It is our own code's message: a wrong one is a bug and raises."""
    return UiEvent(**json.loads(text))


def encode(commands: Sequence[Command]) -> str:
    """The commands as the glue reads them."""
    return json.dumps(commands, ensure_ascii=False, separators=(",", ":"))


def patch(element_id: str, markup: Html) -> Command:
    """Make the element with this id equal to `markup`, whose root must carry the same id. Focus,
    selection, scroll, what is open and what is half typed stay. An id that is not on the page is
    ignored: the record is not shown now."""
    return {"op": "patch", "id": element_id, "html": markup}


def fill(element_id: str, markup: Html) -> Command:
    """Like `patch`, for the children of an element alone."""
    return {"op": "fill", "id": element_id, "html": markup}


def hold() -> Command:
    """What this frame draws was done elsewhere: a row in hand stays, marked, even if it went."""
    return {"op": "hold"}


def remove(element_id: str) -> Command:
    """Take an element away; the focus, if in it, goes to its neighbour."""
    return {"op": "remove", "id": element_id}


def glow(refs: Iterable[str]) -> Command:
    """Mark every element whose `data-ref` is one of `refs` (`rooms/r1`) as changed elsewhere."""
    return {"op": "glow", "refs": sorted(refs)}


def entered() -> Command:
    """Another screen was entered: start at its top, with the focus on its heading."""
    return {"op": "entered"}


def beside(*, opened: bool) -> Command:
    """A drawer was opened or closed: the focus goes to its heading, or back to where it was."""
    return {"op": "beside", "open": opened}


def focus(element_id: str) -> Command:
    """Give the focus to an element, or to the first control in it."""
    return {"op": "focus", "id": element_id}


def open_dialog(element_id: str) -> Command:
    """Show a `<dialog>` as modal; the focus goes to its first field."""
    return {"op": "dialog", "id": element_id, "open": True}


def close_dialog(element_id: str) -> Command:
    """Close a `<dialog>`; the focus returns to where it was."""
    return {"op": "dialog", "id": element_id, "open": False}


def announce(text: str) -> Command:
    """Say `text` to screen readers, politely and together with what else comes in this moment."""
    return {"op": "announce", "text": text}


def toast(toast_id: str, markup: Html, *, seconds: float) -> Command:
    """Show a passing notice; it waits while it is hovered or focused. 0 seconds: until closed."""
    return {"op": "toast", "id": toast_id, "html": markup, "ms": int(seconds * 1000)}


_WORDS = {
    "notices": tr("Notices"),
    "more": tr("and {n} more"),
    "settled": tr("Settled at another desk"),
}
"""What the glue says by itself."""


def root(attributes: Mapping[str, str]) -> Command:
    """Set attributes of `<html>`: theme, density, font size, language, and the glue's own words in
    the language in use."""
    words = {name: str(text) for name, text in _WORDS.items()}
    return {"op": "root", "set": dict(attributes), "words": words}


def address(path: str, title: str, *, replace: bool = False) -> Command:
    """Show `path` in the address bar and `title` on the tab, without loading anything."""
    return {"op": "address", "path": path, "title": title, "replace": replace}


def settle(form_id: str) -> Command:
    """What this form holds was accepted: its fields follow changes from elsewhere again."""
    return {"op": "settle", "id": form_id}


def scroll_to(element_id: str) -> Command:
    """Bring an element into view, as little as is needed."""
    return {"op": "scroll", "id": element_id}


def download(name: str, media_type: str, text: str) -> Command:
    """Offer `text` as a file to save."""
    return {"op": "download", "name": name, "type": media_type, "text": text}
