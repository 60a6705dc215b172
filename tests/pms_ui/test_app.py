"""The loop: events become actions, what moved becomes the least patches, and trouble is told."""

from __future__ import annotations

from typing import Any

import pytest

from pysync_pms.ui import html as h
from pysync_pms.ui.app import GLOWS_AT_MOST, App
from pysync_pms.ui.components.surfaces import dialog
from pysync_pms.ui.html import Html
from pysync_pms.ui.pace import REST
from pysync_pms.ui.router import Route
from pysync_pms.ui.shell import PLACES, Slot
from pysync_pms.ui.status import SyncStatus
from pysync_pms.ui.wire import Command
from tests.pms_ui.support import (
    EmptyScreen,
    MemoryDom,
    MemoryHost,
    MemoryPreferences,
    RoomScreen,
    read,
)


class Bench:
    """An application on a page that only remembers."""

    def __init__(self, location: str = "/resort/rooms") -> None:
        self.dom = MemoryDom(location)
        self.host = MemoryHost()
        self.preferences = MemoryPreferences()
        self.rooms = RoomScreen({"1": "one", "2": "two"})
        self.errors: list[BaseException] = []
        self.app = App(
            self.dom,
            host=self.host,
            screens=[self.rooms, EmptyScreen({})],
            preferences=self.preferences,
            on_error=self.errors.append,
        )
        self.app.start()
        self.first = self.dom.paint()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def ops(commands: list[Command], op: str) -> list[Command]:
    return [command for command in commands if command["op"] == op]


def filled(commands: list[Command], place: str) -> str:
    (found,) = [command for command in ops(commands, "fill") if command["id"] == place]
    return str(found["html"])


def test_starting_draws_the_frame_and_the_screen_of_the_address(bench: Bench) -> None:
    frame = read(filled(bench.first, Slot.APP))
    for place in (Slot.HEADER, Slot.NAV, Slot.MAIN, Slot.DRAWER, Slot.DIALOGS, "sync-status"):
        assert frame.has(id=place)
    assert "one" in filled(bench.first, Slot.MAIN)
    assert ops(bench.first, "address")[0]["title"] == "Rooms"


def test_an_address_without_a_hotel_is_completed() -> None:
    bench = Bench("/")
    assert ops(bench.first, "address")[0]["path"] == "/resort"
    assert filled(bench.first, Slot.MAIN) == "nothing here"


def test_every_place_has_a_key_of_its_own() -> None:
    assert (
        len({place.key for place in PLACES})
        == len({place.screen for place in PLACES})
        == len(PLACES)
    )


@pytest.mark.req("TAB-01")
def test_one_record_that_moved_is_one_patch(bench: Bench) -> None:
    bench.rooms.rooms["2"] = "two, cleaned"
    bench.app.changed("rooms", "2", remote=True)
    sent = bench.dom.paint()
    assert [command["op"] for command in sent] == ["hold", "patch", "glow"]
    assert sent[1]["id"] == "room-2"
    assert sent[2]["refs"] == ["rooms/2"]
    assert bench.rooms.views == 1


def test_a_burst_draws_once_and_what_is_equal_is_not_sent(bench: Bench) -> None:
    for _ in range(100):
        bench.app.changed("rooms", "1")
        bench.app.changed("rooms", "2")
    runs = bench.dom.runs
    assert len(ops(bench.dom.paint(), "patch")) == 2
    assert bench.dom.runs == runs + 1
    bench.app.changed("rooms", "1")
    assert bench.dom.paint() == []


def test_after_parts_the_whole_screen_is_compared_with_nothing_old(bench: Bench) -> None:
    bench.rooms.rooms["1"] = "new"
    bench.app.changed("rooms", "1")
    bench.dom.paint()
    bench.rooms.rooms["1"] = "one"
    bench.app.refresh()
    assert "one" in filled(bench.dom.paint(), Slot.MAIN)
    bench.rooms.rooms["1"] = "new"
    bench.app.changed("rooms", "1")
    assert len(ops(bench.dom.paint(), "patch")) == 1


def test_others_wait_while_drawing_is_slow_and_the_user_does_not(bench: Bench) -> None:
    def slow(route: Route) -> Html:
        bench.dom.time += 0.1
        return h.p["drawn slowly"]

    bench.rooms.view = slow  # type: ignore[method-assign]
    bench.app.refresh()
    bench.dom.paint()
    bench.dom.waits.clear()
    bench.app.changed("guests", "g1", remote=True)
    bench.app.changed("guests", "g2", remote=True)
    assert bench.dom.waits == [pytest.approx(0.1 * REST)]
    bench.app.refresh()
    assert bench.dom.waits[1:] == [0]
    bench.dom.paint()
    bench.dom.time += 0.1 * REST
    bench.app.changed("guests", "g1", remote=True)
    assert bench.dom.waits[2:] == [0]


def test_what_the_page_held_back_is_sent_anew_once_it_lets_go(bench: Bench) -> None:
    bench.dom.user(kind="released", target="rooms")
    assert "one" in filled(bench.dom.paint(), Slot.MAIN)


def test_a_record_that_went_is_taken_away(bench: Bench) -> None:
    del bench.rooms.rooms["2"]
    bench.app.changed("rooms", "2")
    assert ops(bench.dom.paint(), "remove") == [{"op": "remove", "id": "room-2"}]


def test_changes_that_the_screen_cannot_place_draw_it_whole(bench: Bench) -> None:
    bench.rooms.rooms["1"] = "uno"
    bench.app.changed("guests", "g1")
    assert "uno" in filled(bench.dom.paint(), Slot.MAIN)


def test_an_import_does_not_light_up_the_whole_screen(bench: Bench) -> None:
    for number in range(GLOWS_AT_MOST + 1):
        bench.app.changed("rooms", str(number), remote=True)
    assert ops(bench.dom.paint(), "glow") == []


def test_the_status_alone_leaves_the_screen_untouched(bench: Bench) -> None:
    bench.host.status = SyncStatus(state="offline", queued=3)
    bench.app.frame_changed()
    sent = bench.dom.paint()
    assert [command.get("id") for command in sent if command["op"] != "hold"] == [Slot.HEADER]


def test_what_stands_beside_the_screen_follows_the_status(bench: Bench) -> None:
    """What may be done with a record can depend on the server; the list is left as it is."""
    bench.app.go(Route(space="resort", screen="rooms", record="1"))
    bench.dom.paint()
    before = (bench.rooms.views, bench.rooms.drawers)
    bench.app.frame_changed()
    bench.dom.paint()
    assert (bench.rooms.views, bench.rooms.drawers) == (before[0], before[1] + 1)


def test_a_row_in_hand_stays_also_where_the_status_moved_with_it(bench: Bench) -> None:
    bench.rooms.tells_status = True
    bench.rooms.rooms["2"] = "gone"
    bench.app.changed("rooms", "2", remote=True)
    bench.app.frame_changed()
    assert bench.dom.paint()[0]["op"] == "hold"


def test_a_screen_that_shows_the_status_follows_it(bench: Bench) -> None:
    bench.rooms.tells_status = True
    before = bench.rooms.views
    bench.app.frame_changed()
    bench.dom.paint()
    assert bench.rooms.views == before + 1


def test_actions_reach_screen_host_and_application(bench: Bench) -> None:
    assert bench.dom.user(kind="click", action="room.open", args={"id": "2"})
    assert bench.rooms.opened == ["2"]
    assert bench.dom.user(kind="click", action="sync.force")
    assert bench.host.forced == 1
    assert not bench.dom.user(kind="click", action="nobody.knows")
    assert not bench.dom.user(kind="drag", action="room.refuse")


@pytest.mark.req("PMS-12")
def test_keys_do_what_clicks_do(bench: Bench) -> None:
    assert bench.dom.user(kind="key", key="o", args={"id": "1"})
    assert bench.rooms.opened == ["1"]
    bench.dom.user(kind="key", key="g")
    assert bench.dom.user(kind="key", key="h")
    assert bench.app.route == Route("resort", "home")
    sent = bench.dom.paint()
    assert ops(sent, "address")[0]["path"] == "/resort"
    assert ops(sent, "announce")[0]["text"] == "Home"
    assert sent[-1]["op"] == "entered"


def test_a_screen_that_is_left_leaves_nothing_behind(bench: Bench) -> None:
    bench.app.go(Route("resort", "home"))
    assert not bench.dom.user(kind="click", action="room.open", args={"id": "2"})
    assert not bench.dom.user(kind="key", key="o")
    assert bench.rooms.opened == []


def test_the_back_button_draws_without_a_new_step(bench: Bench) -> None:
    bench.app.go(Route("resort", "home"))
    bench.dom.paint()
    bench.dom.user(kind="route", action="pop", value="/resort/rooms")
    sent = bench.dom.paint()
    assert ops(sent, "address")[0]["replace"] is True
    assert "one" in filled(sent, Slot.MAIN)


def test_a_record_opens_beside_its_list_and_closes_by_escape(bench: Bench) -> None:
    bench.app.go(bench.app.route.with_record("2"))
    sent = bench.dom.paint()
    assert "two" in filled(sent, Slot.DRAWER)
    assert ops(sent, "beside") == [{"op": "beside", "open": True}]
    assert not any(command["id"] == Slot.MAIN for command in ops(sent, "fill"))
    assert bench.dom.user(kind="key", key="Escape", action="ui.back")
    sent = bench.dom.paint()
    assert filled(sent, Slot.DRAWER) == ""
    assert ops(sent, "beside") == [{"op": "beside", "open": False}]


def test_an_unknown_page_says_so_and_can_be_left() -> None:
    bench = Bench("/resort/nowhere")
    assert "No such page" in filled(bench.first, Slot.MAIN)
    bench.dom.user(kind="click", action="ui.go", args={"screen": "rooms"})
    assert "one" in filled(bench.dom.paint(), Slot.MAIN)


def test_an_action_that_raises_is_told_and_the_rest_goes_on(bench: Bench) -> None:
    assert bench.dom.user(kind="click", action="room.fail")
    assert [str(error) for error in bench.errors] == ["the room is gone"]
    (toast,) = ops(bench.dom.paint(), "toast")
    assert "the room is gone" in toast["html"]
    assert toast["ms"] == 0
    assert bench.dom.user(kind="click", action="room.open", args={"id": "1"})


def test_a_screen_that_cannot_be_drawn_leaves_the_frame_usable(bench: Bench) -> None:
    kept = bench.rooms.rooms
    bench.rooms.rooms = None  # type: ignore[assignment]
    bench.app.refresh()
    assert "could not be drawn" in filled(bench.dom.paint(), Slot.MAIN)
    assert bench.errors
    bench.rooms.rooms = kept
    bench.dom.user(kind="click", action="ui.refresh")
    assert "one" in filled(bench.dom.paint(), Slot.MAIN)


class Question:
    """A dialog about something that moves."""

    def __init__(self) -> None:
        self.text = "first"

    def view(self) -> Html:
        return dialog("ask", "Question", h.p[self.text])


def test_a_dialog_follows_the_data_until_it_is_closed(bench: Bench) -> None:
    question = Question()
    bench.app.open_dialog("ask", question.view)
    sent = bench.dom.paint()
    assert "first" in filled(sent, Slot.DIALOGS)
    assert sent[-1] == {"op": "dialog", "id": "ask", "open": True}
    question.text = "second"
    bench.app.changed("guests", "g")
    sent = bench.dom.paint()
    assert "second" in filled(sent, Slot.DIALOGS)
    assert not ops(sent, "dialog")
    bench.app.close_dialog("ask")
    sent = bench.dom.paint()
    places = [(c["op"], c.get("id")) for c in sent]
    assert places == [("dialog", "ask"), ("fill", Slot.DIALOGS)], "closed before it is taken away"


def test_a_dialog_closed_by_escape_is_not_drawn_again(bench: Bench) -> None:
    left: list[object] = []
    bench.app.open_dialog("ask", Question().view, left=left.append)
    bench.dom.paint()
    bench.dom.user(kind="closed", target="ask", values={"name": "half ty"})
    assert filled(bench.dom.paint(), Slot.DIALOGS) == ""
    assert left == [{"name": "half ty"}]


def test_help_lists_the_keys_of_the_screen(bench: Bench) -> None:
    bench.dom.user(kind="key", key="?")
    shown = read(filled(bench.dom.paint(), Slot.DIALOGS))
    assert {"Search", "Rooms", "Open"} <= {name.text for name in shown.all("dt")}


@pytest.mark.req("TAB-01")
def test_a_preference_set_elsewhere_reaches_this_page(bench: Bench) -> None:
    bench.preferences.write("theme", "dark")
    assert ops(bench.dom.paint(), "root")[0]["set"]["data-theme"] == "dark"


def test_the_sidebar_is_a_preference(bench: Bench) -> None:
    bench.dom.user(kind="click", action="ui.sidebar")
    assert bench.preferences.stored == {"sidebar": "collapsed"}
    sent = bench.dom.paint()
    header = next(c for c in ops(sent, "patch") if c["id"] == Slot.HEADER)
    assert read(header["html"]).one(id="sidebar-toggle").attrs["aria-expanded"] == "false"
    bench.dom.user(kind="key", key="[")
    assert bench.preferences.stored == {"sidebar": "open"}


def test_stopping_gives_everything_back(bench: Bench) -> None:
    bench.app.stop()
    assert bench.dom.closed
    assert bench.preferences.callbacks == []


def test_drawing_waits_for_focus_targets_to_exist(bench: Bench) -> None:
    bench.app.focus("room-1")
    bench.app.changed("rooms", "1")
    sent: list[Any] = [command["op"] for command in bench.dom.paint()]
    assert sent == ["patch", "focus"]


def test_a_dialog_that_somebody_asked_for_is_there_before_the_next_key(bench: Bench) -> None:
    """Not in the next frame: keys that are pressed meanwhile would go elsewhere."""
    bench.app.open_dialog("d", lambda: dialog("d", "Sure?", h.p["Really"]))
    assert [c["id"] for c in ops(bench.dom.sent, "dialog") if c["open"]] == ["d"]
    # But it stays until the next frame: a second Enter must not reach the button behind it.
    bench.app.close_dialog("d")
    assert [c for c in ops(bench.dom.sent, "dialog") if not c["open"]] == []
    assert [c["id"] for c in ops(bench.dom.paint(), "dialog") if not c["open"]] == ["d"]


def test_a_dialog_follows_the_status(bench: Bench) -> None:
    """How much waits for the server may stand in it."""
    words = iter(("one waits", "two wait"))
    bench.app.open_dialog("d", lambda: dialog("d", "Sure?", h.p[next(words)]))
    bench.dom.paint()
    bench.app.frame_changed()
    assert "two wait" in filled(bench.dom.paint(), Slot.DIALOGS)
