"""The sync centre: how this device stands with the server, what waits, and what can be set.

Stands on the space; a section of the settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from pysync.history import Happening
from pysync_pms.queries import attention_count
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, link, segmented
from pysync_pms.ui.components.surfaces import card, facts
from pysync_pms.ui.frame import clock_facts, words_of
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.bring import Bring
from pysync_pms.ui.parts.conflict_rules import ConflictRules
from pysync_pms.ui.parts.encryption import Encryption
from pysync_pms.ui.parts.waiting import Waiting
from pysync_pms.ui.ports import BringTools
from pysync_pms.ui.preferences import CHOICES
from pysync_pms.ui.screen import Action
from pysync_pms.ui.status import of_bound
from pysync_pms.ui.wire import UiEvent

__all__ = ["SyncCentre"]

LOGGED: Final = 1_000
"""Entries of the exported log."""
_STATES: Final = {
    "none": (tr("No server"), "idle"),
    "connecting": (tr("Connecting"), "live"),
    "online": (tr("Connected"), "ok"),
    "offline": (tr("No answer"), "idle"),
    "refused": (tr("Refused"), "danger"),
    "signed-out": (tr("Signed out"), "act"),
    "paused": (tr("Paused"), "idle"),
}


class SyncCentre:
    """One section; every part of it says what is known now."""

    def __init__(self, hotel: Hotel, bring: BringTools | None = None) -> None:
        self.hotel = hotel
        self.bring = Bring(hotel, bring)
        self.rules = ConflictRules(hotel)
        self.waiting = Waiting(hotel)
        self.encryption = Encryption(hotel)

    def view(self) -> Html:
        """Connection, what waits, what needs a person, and the settings of hotel and device."""
        return join(
            self._connection(),
            self.bring.view(),
            self.waiting.view(),
            self._person(),
            self.rules.view(),
            self.encryption.view(),
            self._settings(),
            self._kept(),
        )

    def actions(self) -> Mapping[str, Action]:
        """What its buttons do."""
        parts = (self.rules, self.waiting, self.bring, self.encryption)
        own = {"sync.log": self._export}
        return own | {name: do for part in parts for name, do in part.actions().items()}

    def _connection(self) -> Html:
        space = self.hotel.space
        now = space.status()
        words, tone = _STATES[now.relay]
        seen = self.hotel.app.formats.moment(now.last_sync, seconds=True) if now.last_sync else ""
        pairs: list[tuple[str, Child]] = [
            (tr("State"), chip(words, tone=tone)),  # type: ignore[arg-type]
            (tr("Last news"), seen or tr("not yet")),
            (tr("Changes on this device"), f"{now.seq:,}"),
            (tr("Not sent yet"), of_bound(now.pending, now.queue.bound)),
            (tr("Not saved yet"), str(now.unsaved)),
            *clock_facts(now),
        ]
        alone = now.relay == "none"
        reason = tr("There is no server to sync with") if alone else (
            tr("Syncing is paused") if now.relay == "paused" else None
        )  # fmt: skip
        return card(
            tr("Server"),
            h.div("stack")[h.p("muted")[words_of(now)], facts(pairs)],
            actions=button(tr("Sync now"), action="sync.force", icon_name="refresh-cw", small=True,
                           reason=reason),
        )  # fmt: skip

    def _person(self) -> Html:
        here = self.hotel.app.route.to("attention").href
        conflicts = self.hotel.space.status().conflicts
        count = attention_count(self.hotel.view, self.hotel.today)
        return card(
            tr("Needs a person"),
            facts(
                (
                    (tr("Open conflicts"), str(conflicts)),
                    (tr("Stays and refused changes"), str(count)),
                )
            ),
            actions=link(tr("Needs attention"), here),
        )

    def _settings(self) -> Html:
        now = self.hotel.app.preferences
        fields = [
            self._choice(
                "sync",
                tr("Exchange with the server"),
                now.sync,
                tr("Paused: tabs of this device stay the same; everything is kept and sent later."),
            ),
            self._choice(
                "metered",
                tr("On a metered network"),
                now.metered,
                tr("Where the browser tells that the connection is paid for by volume."),
            ),
        ]
        return card(
            tr("This device"),
            h.div("form")[fields],
            h.div("row")[
                button(tr("Export the sync log"), action="sync.log", icon_name="download")
            ],
            note=tr("The same in every tab of this device"),
        )

    def _kept(self) -> Html | None:
        """Which modules of the hotel this device syncs."""
        if self.hotel.space.status().relay == "none":
            return None
        now = self.hotel.app.preferences
        fields = [
            self._choice(
                "reservations",
                tr("Reservations"),
                now.reservations,
                tr(
                    "Left out: no front desk, tape chart or rack on this device, and nothing of "
                    "them is sent here."
                ),
            ),
            self._choice(
                "guests",
                tr("Guests"),
                now.guests,
                tr("Left out: no profiles on this device; stays show without their names."),
            ),
        ]
        return card(
            tr("Kept on this device"),
            h.div("form")[fields],
            note=tr("Rooms, housekeeping and settings always are"),
        )

    def _choice(self, name: str, words: str, value: str, hint: str) -> Html:
        control = segmented(f"pref-{name}", words, CHOICES[name], value=value,
                            action=f"prefer.{name}")  # fmt: skip
        return h.div("field")[
            h.span("field-label")[words], h.div[control], h.span("field-hint")[hint]
        ]

    def _export(self, _: UiEvent) -> None:
        self.hotel.spawn(self._download())

    async def _download(self) -> None:
        space = self.hotel.space
        entries: Sequence[Happening] = [*space.waiting()[::-1], *await space.recent(LOGGED)]
        rows = [
            {
                "change": each.change_id,
                "seq": each.seq or None,
                "at": each.at,
                "author": each.author,
                "tab": each.tab,
                "what": self.hotel.app.formats.told(each.label),
                "outcome": each.outcome,
                "reason": each.message,
                "records": ["/".join(ref) for ref in each.refs],
            }
            for each in entries
        ]
        text = json.dumps({"space": space.name, "newest first": rows}, ensure_ascii=False, indent=1)
        self.hotel.app.download(f"{space.name}-sync-log.json", "application/json", text)
