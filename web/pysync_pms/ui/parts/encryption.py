"""End-to-end encryption in the settings: on, who has access, comparing codes, the recovery code.

Owns the card. Stands on `vault_dialog`, `pysync.Vault`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync import Vault
from pysync.vault import Device
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.surfaces import banner, card
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees, why_not
from pysync_pms.ui.parts.phrase import GAP, phrase
from pysync_pms.ui.parts.vault_dialog import VaultDialog, digits
from pysync_pms.ui.screen import Action
from pysync_pms.words import GUESTS

__all__ = ["Encryption"]

_WHAT: Final = tr(
    "The number of a guest's identity document is kept sealed: only devices that have access read "
    "it. The server stores and forwards it, and cannot read it."
)

_ASKED: Final = tr(
    "{device} asked. On a device that has access, somebody opens Settings → Sync, chooses Compare, "
    "and admits this device if this code stands there, too:"
)
_ADMITTED: Final = tr(
    "{device} was admitted. It trusts the other device once you confirm that this code stood "
    "there, too:"
)
_COMPARED: Final = tr(
    "{device} has access as soon as it is admitted on the other device. Its code:"
)
_BEHIND: Final = tr("{device} has not the newest key. It can ask again; its code:")
_NO_CODE: Final = tr("There is no recovery code: if all devices are lost, the documents are, too.")


class Encryption:
    """The card; nothing for whoever sees no documents."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._dialog = VaultDialog(hotel)

    def view(self) -> Html | None:
        """How this device stands, and what can be done."""
        vault = self._hotel.sealed.vault
        if vault is None or not sees(GUESTS, "document"):
            return None
        draw = {
            "off": self._off,
            "locked": self._locked,
            "ready": self._ready,
            "needs-https": self._needs_https,
        }[vault.state]
        return card(
            tr("End-to-end encryption"),
            h.div("stack")[h.p("muted")[_WHAT], draw(vault)],
            card_id="encryption",
            note=chip(tr("on"), tone="ok") if vault.state == "ready" else None,
        )

    def actions(self) -> Mapping[str, Action]:
        """What the buttons do."""
        return self._dialog.actions()

    # -- the card ---------------------------------------------------------------------------------

    def _needs_https(self, vault: Vault) -> Child:
        return banner(
            tr("Needs https: {missing}. Everything else works here.", missing=vault.missing),
            tone="act",
        )

    def _off(self, _: Vault) -> Child:
        alone = self._hotel.space.status().relay not in ("none", "online")
        reason = tr("The server has to answer for this") if alone else None
        return [
            why_not("vault.on") and h.p[tr("An owner or a manager can switch it on.")],
            h.div("row")[button(tr("Switch on…"), action="vault.on", kind="primary", small=True,
                                reason=reason)],
        ]  # fmt: skip

    def _locked(self, vault: Vault) -> Child:
        own = vault.device
        recover = button(tr("Use the recovery code…"), action="vault.recover", small=True)
        if own is None:
            ask = button(tr("Ask for access…"), action="vault.ask", small=True, kind="primary")
            return [h.p[tr("This device has no access yet.")], h.div("row wrap")[ask, recover]]
        told = {
            (False, False): _ASKED,
            (False, True): _ADMITTED,
            (True, False): _COMPARED,
            (True, True): _BEHIND,
        }[vault.compared, vault.admitted]
        return [
            h.div("stack")[
                h.p[phrase(tr(told, device=GAP), h.strong[own.name])],
                digits(own.code, tr("This device's code")),
            ],
            h.div("row wrap")[
                not vault.compared
                and button(
                    tr("Confirm…"),
                    action="vault.confirm",
                    small=True,
                    kind="primary",
                    data_id=own.id,
                ),
                button(tr("Ask again…"), action="vault.ask", small=True),
                recover,
            ],
        ]

    def _ready(self, vault: Vault) -> Child:
        return [
            None if vault.has_recovery else banner(_NO_CODE, tone="act"),
            h.ul("list")[[self._device(each) for each in vault.devices]],
            h.div("row")[button(tr("New recovery code…"), action="vault.code", small=True)],
        ]

    def _device(self, each: Device) -> Html:
        when = self._hotel.app.formats.moment(each.asked, day=True) if each.asked else ""
        return h.li("list-item", id=f"vault-{each.id}")[
            h.div("row wrap")[
                h.strong("anywhere", dir="auto")[each.name or tr("A device without a name")],
                chip(tr("this device"), tone="live") if each.own else None,
                chip(tr("has access"), tone="ok") if each.inside else chip(tr("asks"), tone="act"),
                h.span("muted")[when],
                h.span("row push")[
                    not each.inside
                    and button(
                        tr("Compare…"),
                        action="vault.compare",
                        small=True,
                        kind="primary",
                        data_id=each.id,
                    ),
                    not each.own
                    and button(
                        tr("Remove…") if each.inside else tr("Turn away…"),
                        action="vault.remove",
                        small=True,
                        data_id=each.id,
                    ),
                ],
            ],
        ]
