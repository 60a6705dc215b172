"""Settings → Sync: how the hotel settles changes that meet, set by who may, in force at once."""

from __future__ import annotations

import pytest

from pysync.machines import snapshots
from pysync.model.ordinary import Ordinary, ordinary_of
from pysync.model.roles import Person
from pysync.space import Space
from pysync_pms.commands import CreateGuest, CreateStaff, perform
from pysync_pms.schema import SCHEMA
from tests.pms_ui.test_company import drawn, words
from tests.pms_ui.test_screens import TODAY, Page
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("SRV-12", "PMS-09")

PLACE = "settings?section=sync"


class House:
    """Ada's desk beside a second device, on one relay."""

    def __init__(self, role: str = "manager") -> None:
        self.town = Town(SCHEMA)
        self.other = self.town.open(self.town.device(Person("Bo", "manager")), "tablet")
        add = CreateStaff(id="s", name="Kim", role="housekeeping")
        perform(self.other, add, view=self.other.view, today=TODAY)
        self.town.settle()
        self.space = self.town.open(self.town.device(Person("Ada", role)), "desk")
        self.page = Page(self.space)
        self.page.dom.paint()

    def save(self, window: str, way: str, days: str = "0") -> str:
        """Send the form; what is drawn then."""
        self.page.show(PLACE)
        sent = {
            "conflict_window": window,
            "auto_resolve_strategy": way,
            "sync_interval": "15",
            "history_days": days,
            "max_queue_size": "500",
            "max_retries": "3",
            "retry_backoff": "linear",
        }
        self.page.dom.user(kind="submit", action="sync.save", values=sent)
        self.town.settle()
        return words(drawn(self.page))

    def meet(self) -> str:
        """Both rename one person of the staff without seeing each other; what waits, if anything
        does."""
        self.town.go_offline()
        for space, name in ((self.space, "Desk"), (self.other, "Tablet")):
            rename(space, name)
        self.town.go_online()
        [conflict] = self.other.conflicts(settled=True)
        return conflict.status


def rename(space: Space, name: str) -> None:
    space.run("", lambda draft: draft.update("staff", "s", {"name": name}), atomic=False)


def test_what_a_manager_sets_decides_at_once_on_every_device_and_at_the_relay() -> None:
    house = House()
    house.save("45", "manual", "90")
    assert house.page.errors == []
    for space in (house.space, house.other):
        assert ordinary_of(space.tab.replica.view) == Ordinary(
            "manual", 45_000, 15_000, 90, 500, 3, "linear"
        )
    assert house.meet() == "open"
    assert house.other.tab.relayed.ordinary().interval_ms == 15_000


def test_where_nothing_was_set_the_newer_value_stands() -> None:
    assert House().meet() == "auto"


@pytest.mark.parametrize("typed", ["soon", "-5", "0", "1.5", "3601", ""])
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_set(typed: str) -> None:
    house, told = House(), "Give whole seconds, 1 to 3,600."
    assert told in house.save(typed, "manual")
    assert house.space.view.get("settings", "hotel") is None
    assert told not in house.save("20", "manual"), "and it is gone once it fits"
    assert ordinary_of(house.space.tab.replica.view).window_ms == 20_000


@pytest.mark.req("SRV-20")
def test_versions_are_kept_for_ever_until_somebody_says_for_how_many_days() -> None:
    house = House()
    assert "Give whole days, 0 to 36,500." in house.save("45", "manual", "-1")
    assert ordinary_of(house.space.tab.replica.view).history_days == 0
    for days in (30, 0):
        house.save("45", "manual", str(days))
        assert ordinary_of(house.other.tab.replica.view).history_days == days


@pytest.mark.req("SRV-20", "SRV-10")
def test_a_history_says_that_older_versions_were_cleaned_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 1)
    house = House()
    guest = CreateGuest(id="g", last_name="Ek")
    perform(house.other, guest, view=house.other.view, today=TODAY)
    house.save("45", "manual", "30")
    for _ in range(3):
        house.town.pass_time(1_000)
    house.town.relay.clean_up()
    assert "cleaned up" not in house.page.show("guests/g"), "this device has all of it"
    late = Page(house.town.open(house.town.device(Person("Cy", "manager")), "late"))
    shown = late.show("guests/g")
    assert "Older versions were cleaned up: the hotel keeps them for 30 days." in shown
    assert "first data" not in shown


def test_who_may_not_change_it_reads_it_and_is_told_why() -> None:
    house = House("front-desk")
    shown = house.page.markup(PLACE)
    card = shown[shown.index('id="conflict-rules"') :]
    assert "Front desk may not do this" in card
    assert "disabled" in card
    house.page.dom.user(kind="submit", action="sync.save", values={"conflict_window": "9"})
    assert house.space.view.get("settings", "hotel") is None
