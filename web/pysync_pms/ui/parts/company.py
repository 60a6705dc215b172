"""Who else is here: faces in the header, and beside a record those who have it before them.

Owns the words. Instead of locking a record, one sees who else is on it. The line beside a record is
a polite live region that is always there: somebody who comes is read out, who goes is not. Stands
on `pysync.Space`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pysync import Present, Space, Update
from pysync.model.change import Ref
from pysync_pms.ui import html as h
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import plural, tr
from pysync_pms.words import GUESTS, RESERVATIONS, ROOMS

__all__ = ["Around", "Face", "company_line", "faces_of", "faces_view", "where"]

FACES: Final = 3
"""Drawn; of the others, how many they are."""
IN_WORDS: Final = 6
SHOWN: Final = (RESERVATIONS, GUESTS, ROOMS)
"""Collections whose records stand beside a list."""


class Around:
    """Who else is in the hotel, and what they are told of this page. `changed` is called with the
    record that the page shows when others came to it or went."""

    def __init__(self, space: Space, changed: Callable[[Ref], None]) -> None:
        self._space = space
        self._changed = changed
        self._asked = ""
        self._shown: Ref | None = None
        self._beside: object = None
        space.on_present(lambda _: self._look())
        space.on_change(self._came)

    def shows(self, record_id: str) -> None:
        """The page shows the record of that id, "" for none."""
        self._asked, view = record_id, self._space.view
        found = (key for key in SHOWN if record_id and view.get(key, record_id) is not None)
        collection = next(found, "")
        self._shown = (collection, record_id) if collection else None
        self._beside = self._know()
        self._space.here(self._shown)

    def faces(self, record: Ref | None = None) -> list[Face]:
        """Who is here on other devices; with `record` those who have it before them."""
        space = self._space
        who = space.present.who if record is None else space.present_on(record)
        person = space.status().person
        return faces_of(who, person.name if person is not None else "")

    @property
    def more(self) -> int:
        """How many there are besides all `faces`."""
        return self._space.present.more

    def line(self, collection: str, record_id: str) -> Html:
        """What stands beside a record: who else has it before them."""
        record = (collection, record_id)
        return company_line(self.faces(record), elsewhere=record in self._space.open_elsewhere)

    def _came(self, update: Update) -> None:
        """A link may be opened before its record is on this device."""
        if (
            self._asked
            and self._shown is None
            and any(rid == self._asked for _, rid in update.refs)
        ):
            self.shows(self._asked)

    def _know(self) -> object:
        shown = self._shown
        return shown and (self._space.present_on(shown), shown in self._space.open_elsewhere)

    def _look(self) -> None:
        before, self._beside = self._beside, self._know()
        if self._shown is not None and before != self._beside:
            self._changed(self._shown)


@dataclass(frozen=True, slots=True)
class Face:
    """One person, on one device or more. `name` is "" where nobody signs in."""

    name: str
    devices: tuple[str, ...]
    own: bool = False
    """The person who looks, elsewhere."""

    @property
    def words(self) -> str:
        """Who it is, with the devices.

        >>> Face("Ada", ("Chrome on Windows",)).words
        'Ada (Chrome on Windows)'
        """
        return f"{self.who} ({', '.join(self.devices)})" if self.devices else self.who

    @property
    def who(self) -> str:
        """In a word."""
        return str(tr("You") if self.own else self.name or tr("Somebody"))


def faces_of(who: Iterable[Present], own: str = "") -> list[Face]:
    """These by person, each with their devices; `own` is who looks, and comes last. Where nobody
    signs in each device is somebody."""
    devices: dict[tuple[str, str], list[str]] = {}
    for at, each in enumerate(who):
        known = devices.setdefault((each.name, "" if each.name else str(at)), [])
        if each.device and each.device not in known:
            known.append(each.device)
    faces = [
        Face(name, tuple(known), own=bool(name) and name == own)
        for (name, _), known in devices.items()
    ]
    return sorted(faces, key=lambda face: (face.own, not face.name, face.name, face.devices))


def where(faces: Sequence[Face], more: int = 0, *, between: str = ", ") -> str:
    """All of them in words, with their devices; "" if there is nobody."""
    told = [face.words for face in faces[:IN_WORDS]]
    rest = len(faces) - len(told) + more
    return between.join([*told, str(tr("{count} more", count=rest))] if rest else told)


def faces_view(faces: Sequence[Face], more: int = 0) -> Html | None:
    """Faces side by side, for the header; those of the person who looks are left out."""
    others = [face for face in faces if not face.own]
    if not others and not more:
        return None
    words = tr("Also here: {where}", where=where(others, more))
    rest = len(others) - FACES + more
    return h.span("faces", role="img", aria_label=words, title=words)[
        [_face(face) for face in others[:FACES]],
        rest > 0 and h.span("face face-more tnum")[f"+{min(rest, 99)}"],
    ]


def company_line(faces: Sequence[Face], *, elsewhere: bool) -> Html:
    """Who else has the record before them; `elsewhere`: another tab of this device shows it."""
    parts: list[Child] = []
    if faces:
        parts.append(h.span("faces", aria_hidden="true")[[_face(face) for face in faces[:FACES]]])
        parts.append(h.span(title=where(faces))[_sentence(faces)])
    elif elsewhere:
        parts.append(icon("layers"))
        parts.append(h.span[tr("Also open in another tab of this device")])
    return h.div("company", id="company", role="status", aria_live="polite")[parts]


def _sentence(faces: Sequence[Face]) -> str:
    """That they look; with the devices of one alone, or of who has no name."""
    if len(faces) == 1:
        who = faces[0].words
        if faces[0].own:
            return tr("{who} are looking at this", who=who)
        return tr("{who} is looking at this", who=who)
    told = [face.who if face.name else face.words for face in faces[:IN_WORDS]]
    if rest := len(faces) - len(told):
        told.append(str(plural(rest, "other")))
    elif faces[-1].own:
        told[-1] = str(tr("you"))
    return tr("{who} and {other} are looking at this", who=", ".join(told[:-1]), other=told[-1])


def _face(face: Face) -> Html:
    words = face.name.split()
    letters = "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else ""
    return h.span("face", aria_hidden="true")[letters or icon("user")]
