"""What waits on this device to be sent: the list, sending it anew, and giving it up.

To give up is a dialog that says what is lost, and a file with all of it is made first. Stands on
the space and `Hotel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.history import Happening
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.surfaces import banner, card, dialog, empty
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.screen import Action
from pysync_pms.ui.status import of_bound, queue_words
from pysync_pms.ui.wire import UiEvent

__all__ = ["Waiting"]

DIALOG: Final = "discard-waiting"
LISTED: Final = 20
"""Waiting changes that are listed, the oldest; of more only the number is said."""


class Waiting:
    """A card of the sync section."""

    def __init__(self, hotel: Hotel) -> None:
        self.hotel = hotel

    def actions(self) -> Mapping[str, Action]:
        """What its buttons do."""
        return {
            "sync.again": self._again,
            "sync.give-up": lambda _: self.hotel.app.open_dialog(DIALOG, self._ask),
            "sync.export-waiting": lambda _: self._export(),
            "sync.discard": self._discard,
        }

    def view(self) -> Html:
        """What waits, the oldest first."""
        waiting = self.hotel.space.waiting()
        queue = self.hotel.space.status().queue
        rows = [self._row(each) for each in waiting[:LISTED]]
        more = len(waiting) - len(rows)
        warning = queue_words(queue)
        return card(
            tr("Waiting to be sent"),
            warning and banner(warning, tone="act", icon_name="triangle-alert"),
            h.ul("list")[
                rows,
                more > 0
                and h.li("list-item muted")[
                    tr("and {count} more", count=self.hotel.app.formats.number(more))
                ],
            ]
            if rows
            else empty(
                tr("Nothing waits"),
                tr(
                    "Whatever is changed while the server does not answer is listed here until it "
                    "is there."
                ),
                icon_name="check",
            ),
            note=of_bound(len(waiting), queue.bound) if waiting else None,
            actions=self._ways(bool(waiting)) if queue.bound else None,
            flush=True,
        )

    def _ways(self, waits: bool) -> Child:
        paused = self.hotel.space.status().relay == "paused"
        why = tr("Syncing is paused") if paused else None if waits else tr("Nothing waits")
        return h.div("row wrap")[
            button(
                tr("Send again"),
                action="sync.again",
                icon_name="refresh-cw",
                small=True,
                reason=why,
            ),
            button(
                tr("Give up…"),
                action="sync.give-up",
                icon_name="trash-2",
                small=True,
                reason=None if waits else tr("Nothing waits"),
            ),
        ]

    def _row(self, each: Happening) -> Html:
        formats = self.hotel.app.formats
        return h.li("list-item", id=f"waits-{each.change_id}")[
            h.div("row wrap")[
                h.strong[formats.told(each.label) or self._unnamed(each)],
                h.span("muted")[each.author or tr("tab {tab}", tab=each.tab[:4]), " · ",
                                formats.moment(each.at, day=True, seconds=True)],
            ],
        ]  # fmt: skip

    def _unnamed(self, each: Happening) -> str:
        own = any(key.startswith("preference-") for key, _ in each.refs)
        return tr("A preference of this device") if own else tr("Changed")

    # -- doing ------------------------------------------------------------------------------------

    def _again(self, _: UiEvent) -> None:
        self.hotel.space.push_again()
        self.hotel.app.toast(tr("Asking the server, and sending everything that waits again"))

    def _ask(self) -> Html:
        count = self.hotel.space.status().queue.depth
        them = plural(count, "change")
        return dialog(
            DIALOG,
            tr("Give up what waits"),
            h.p[
                plural(
                    count,
                    "change made on this device has not reached the server.",
                    "changes made on this device have not reached the server.",
                ),
                " ",
                tr(
                    "Given up, they are taken back in every tab and never sent: other devices will "
                    "not see them, and what they said stands only in the file and on this device."
                ),
            ],
            h.p("muted")[
                tr(
                    "The file with all of them is saved first. Needs attention lists the newest "
                    "1,000 on this device, to be tried again one by one once the server answers. "
                    "What the server had already, though this device does not know it, stays."
                )
            ],
            footer=[
                button(tr("Keep them"), action="ui.close", data_dialog=DIALOG, kind="quiet"),
                button(
                    tr("Only save the file"), action="sync.export-waiting", icon_name="download"
                ),
                button(
                    tr("Save the file and give up {changes}", changes=them),
                    action="sync.discard",
                    kind="danger",
                    reason=None if count else tr("Nothing waits"),
                ),
            ],
        )

    def _export(self) -> None:
        space = self.hotel.space
        name = f"{space.name}-waiting.json"
        self.hotel.app.download(name, "application/json", space.waiting_text())

    def _discard(self, _: UiEvent) -> None:
        self._export()
        count = self.hotel.space.discard_waiting()
        self.hotel.app.close_dialog(DIALOG)
        self.hotel.app.toast(
            plural(
                count,
                "change given up: see Needs attention",
                "changes given up: see Needs attention",
            )
        )
