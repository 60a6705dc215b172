"""Cost centres, and whether people may decide of their own claims: what managers set about claims.

Stands on `expense_questions`.
"""

from __future__ import annotations

from collections.abc import Mapping

from pysync.model.guard import Record
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.expenses.claim_guard import OWN_CLAIMS
from pysync_pms.expenses.commands import EditCentre
from pysync_pms.expenses.words import CENTRES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.expense_questions import name_centre
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["CostCentres"]


class CostCentres:
    """The list, and the rule about one's own claims."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker

    def view(self) -> Html:
        """Both cards."""
        found = sorted(self._hotel.view.all(CENTRES), key=lambda each: str(each.get("name")))
        none = empty(
            tr("No cost centres yet"),
            tr(
                "Add the parts of the hotel that costs are counted under, such as Kitchen or "
                "Housekeeping."
            ),
            icon_name="layers",
        )
        columns = (Column(label=tr("Name")), Column(label=tr("Do"), hide_label=True))
        rows = [self._centre(each) for each in found]
        return join(
            card(
                tr("Cost centres"),
                table(tr("Cost centres"), columns, rows, table_id="centres", when_empty=none),
                actions=button(tr("New cost centre"), action="expenses.new-centre", small=True),
                note=str(len(found)),
                flush=True,
            ),
            self._rule(),
        )

    def _rule(self) -> Html:
        own = bool(self._hotel.settings.get(OWN_CLAIMS))
        told = tr("Nobody approves or rejects what they submitted, or spent, themselves.")
        turn = tr("Let people approve their own: a hotel of one")
        if own:
            told = tr("People may approve what they submitted themselves.")
            turn = tr("Ask for a second person again")
        return card(
            tr("Who approves"),
            h.p[told],
            h.div("row")[button(turn, action="expenses.own-claims", small=True)],
        )

    def _centre(self, centre: Record) -> Row:
        id_, name = str(centre["id"]), str(centre.get("name") or "")
        used = centre.get("active") is not False
        named = h.span("sr-only")[f" {name}"]
        turn = join(tr("Use no more") if used else tr("Use again"), named)
        return Row(
            row_id=f"centre-{id_}",
            cells=[
                name if used else h.span("row")[name, chip(tr("not used"))],
                h.span("row nowrap")[
                    button(
                        join(tr("Rename"), named),
                        action="expenses.edit-centre",
                        small=True,
                        data_id=id_,
                    ),
                    button(
                        turn,
                        action="expenses.use-centre",
                        small=True,
                        kind="quiet",
                        data_id=id_,
                    ),
                ],
            ],
        )

    def actions(self) -> Mapping[str, Action]:
        """What the buttons do."""
        hotel, ask = self._hotel, self._asker.ask
        return {
            "expenses.new-centre": lambda _: ask(name_centre(hotel, None)),
            "expenses.edit-centre": lambda event: ask(
                name_centre(hotel, hotel.view.get(CENTRES, event.id))
            ),
            "expenses.use-centre": self._use,
            "expenses.own-claims": self._own_claims,
        }

    def _use(self, event: UiEvent) -> None:
        now = self._hotel.view.get(CENTRES, event.id) or {}
        used = now.get("active") is not False
        self._hotel.perform(EditCentre(id=event.id, changes={"active": not used}))

    def _own_claims(self, _: UiEvent) -> None:
        now = bool(self._hotel.settings.get(OWN_CLAIMS))
        self._hotel.perform(SetSettings(id=HOTEL, changes={OWN_CLAIMS: not now}))
