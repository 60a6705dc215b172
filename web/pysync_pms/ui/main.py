"""Starts the hotel in a page: opens the space of the address, and the interface on it.

The one place of the interface beside `dom` and `place` that touches the page. Stands on everything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import js

from pysync import Space, Update
from pysync.browser import joining, open_space, open_vault
from pysync.browser.databases import kept_spaces
from pysync.browser.leaving import forget as device_forgets
from pysync.browser.leaving import sign_out, waiting, waiting_attachments
from pysync.browser.owned import Listener
from pysync.machines.events import Message, Problem
from pysync.machines.status import Status
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.app import App
from pysync_pms.ui.dom import BrowserDom
from pysync_pms.ui.frame import Frame
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.leaving import Leaving, LeavingTools
from pysync_pms.ui.place import address, ask_server, listing, remember, remembered, sign_in
from pysync_pms.ui.ports import BringTools, PageTools
from pysync_pms.ui.preferences import root_attributes
from pysync_pms.ui.router import Route, first_space, parse
from pysync_pms.ui.screens import make_screens
from pysync_pms.ui.synced_preferences import SyncedPreferences

NEW_SPACE = "hotel"
ADDED = "hotel-added"
"""The message to the other tabs that an import made a hotel: its space, and its name."""
LEFT = "pysync-pms:left"
"""The channel on which tabs hear that somebody signed out of this device."""
PAUSE_S = 0.004
"""Seconds between two slices of an import: browsers clamp shorter timers to this."""

_UNREACHABLE = tr(
    "This hotel is not on this device yet, and the server does not answer. Trying again…"
)
_kept: list[Listener] = []
"""Heard for as long as the page lives."""
_tasks: set[asyncio.Task[None]] = set()


async def start() -> None:
    """Open the hotel that the address names and show it."""
    here = await kept_spaces()
    offers = await listing()
    if offers is None:
        sign_in()
        return
    offered = list(dict.fromkeys([*(here or ()), *map(str, offers.get("spaces", []))]))
    name = parse(address()).space or first_space(
        remembered(), offered, sure=here is not None, new=NEW_SPACE
    )
    space = open_space(name, schema=SCHEMA, first_states="/first-state")
    stop = space.on_problem(_say_why)
    await space.ready()
    stop()
    remember(name)
    accounts, relayed = offers.get("accounts") is True, offers.get("relay") is True
    dom, preferences = BrowserDom(), SyncedPreferences(space)
    now = root_attributes(preferences.read(), browser_locale=dom.browser_locale())
    await dom.learn(now["lang"])  # before anything is drawn
    _show(space, dom, preferences, offered, accounts=accounts, relayed=relayed)


def _say_why(problem: Problem) -> None:
    if problem.kind == "not-loaded":
        waits = tr("Waiting for the storage of this device…")
        js.__pysync.say(str(_UNREACHABLE if problem.detail == "unreachable" else waits))


def _show(
    space: Space,
    dom: BrowserDom,
    preferences: SyncedPreferences,
    offered: list[str],
    *,
    accounts: bool,
    relayed: bool,
) -> App:
    hotel = Hotel(space, local_day=_local_day, spawn=_spawn)
    names = list(dict.fromkeys([space.name, *offered]))
    spaces = [(name, _title(hotel, name)) for name in names]

    def listed(name: str, title: str) -> None:
        if name not in dict(spaces):
            spaces.append((name, title))
            app.frame_changed()

    def added(name: str, title: str) -> None:
        listed(name, title)
        space.broadcast(ADDED, name, title)

    def heard(message: Message) -> None:
        if message.kind == ADDED:
            listed(message.key, str(message.value))

    screens, everywhere = make_screens(hotel, _tools(added), _bring(space, relayed=relayed))
    leaving = Leaving(hotel, _leaving_tools(space))
    frame = Frame(
        hotel,
        spaces,
        leave=js.location.assign,
        online=lambda: bool(js.navigator.onLine),
        accounts=accounts,
        more={
            **everywhere,
            **leaving.actions(),
            "sync.force": lambda _: space.request_state(),
            "people.sign-in": lambda _: sign_in(),
            "people.account": lambda _: js.location.assign("/account"),
            "sync.conflicts": lambda _: app.go(app.route.to("attention")),
            "search.type": lambda event: app.go(
                _found(app, event.value), replace=app.route.screen == "guests"
            ),
            "search.go": lambda event: app.go(_found(app, str(event.values.get("q", "")))),
        },
    )
    app = App(
        dom,
        host=frame,
        screens=screens,
        preferences=preferences,
        on_error=lambda error: js.console.error(repr(error)),
    )
    hotel.app = app
    app.rights = lambda: hotel.rights
    person, generation = space.status().person, space.tab.books.generation

    def changed(update: Update) -> None:
        frame.moved()
        for collection, record_id in update.refs:
            if collection in SCHEMA.collections:
                app.changed(collection, record_id, remote=bool(update.source))

    space.on_change(changed)

    def stands(status: Status) -> None:
        nonlocal person, generation
        if space.tab.books.generation != generation:
            # Another state took its place, in which somebody may have been erased meanwhile.
            generation = space.tab.books.generation
            js.__pysync.purgePaint()
        if status.person != person:
            person = status.person
            hotel.keep_refused()
        app.frame_changed()

    space.on_status(stands)
    space.on_refused(hotel.refused)
    space.on_erased(lambda _: js.__pysync.purgePaint())
    hotel.ask_server = ask_server
    space.on_message(heard)
    app.start()
    hotel.spawn(_unlock(hotel))
    hotel.spawn(_show_pictures(hotel))
    _pace(space, preferences)
    space.on_dead_letters(hotel.keep_refused)
    hotel.keep_refused()  # what was refused before anybody could hear it
    return app


async def _unlock(hotel: Hotel) -> None:
    hotel.sealed.vault = await open_vault(hotel.space)
    if getattr(js.navigator, "clipboard", None) is not None:
        hotel.sealed.copy = lambda text: _spawn(_copied(text))


async def _show_pictures(hotel: Hotel) -> None:
    # Only here: the first view of a page needs neither.
    from pysync.browser.attachments import open_attachments  # noqa: PLC0415
    from pysync_pms.ui.page_pictures import PagePictures  # noqa: PLC0415

    hotel.pictures.use(await open_attachments(hotel.space), PagePictures())


async def _copied(text: str) -> None:
    await js.navigator.clipboard.writeText(text)


def _pace(space: Space, preferences: SyncedPreferences) -> None:
    """Exchange with the server as this device is set, on the network that it has now."""
    connection = getattr(js.navigator, "connection", None)

    def pace(*_: object) -> None:
        metered = connection is not None and (
            bool(connection.saveData) or getattr(connection, "type", "") == "cellular"
        )
        now = preferences.read()
        space.leave_out(now.left_out)
        space.pause_sync(paused=now.pauses(metered=metered))

    preferences.subscribe(pace)
    if connection is not None:
        _kept.append(Listener(connection, "change", pace))
    pace()


def _found(app: App, typed: str) -> Route:
    return app.route.to("guests").with_query(q=typed)


def _title(hotel: Hotel, name: str) -> str:
    if name == hotel.space.name and hotel.settings.get("name"):
        return str(hotel.settings["name"])
    return name.replace("-", " ").title()


def _tools(added: Callable[[str, str], None]) -> PageTools:
    return PageTools(
        read_file=_read_file,
        open_hotel=_open_hotel,
        close_hotel=Space.close,
        now=lambda: float(js.performance.now()),
        breathe=_breathe,
        added=added,
        rest=asyncio.sleep,
    )


def _bring(space: Space, *, relayed: bool) -> BringTools | None:
    """Where the server is a relay and this device keeps the hotel, it can be brought there."""
    if not relayed or not space.tab.stores:
        return None
    return BringTools(joining, f"{js.location.origin}/{space.name}")


def _leaving_tools(space: Space) -> LeavingTools:
    """How somebody signs out of this device: all its tabs hear of it, whichever hotel they show."""
    channel = js.BroadcastChannel.new(LEFT) if hasattr(js, "BroadcastChannel") else None

    def go() -> None:
        js.__pysync.leave()
        if not space.closed:
            space.close()
        js.location.assign("/sign-in")

    def leave() -> None:
        if channel is not None:
            channel.postMessage("")
        go()

    async def forget() -> None:
        # What came meanwhile stays: it is sent when somebody signs in here again.
        names = {name for name, count in (await waiting()).items() if not count} | {space.name}
        now = space.status()
        if now.pending or now.unsaved or await waiting_attachments(space) != []:
            names.discard(space.name)
        if channel is not None:
            channel.postMessage("")
        js.__pysync.leave()
        space.close()
        await device_forgets(names)
        go()

    if channel is not None:
        _kept.append(Listener(channel, "message", lambda _: go()))
    return LeavingTools(waiting, lambda: waiting_attachments(space), sign_out, forget, leave)


async def _breathe() -> None:
    """Let the page handle input and paint. Work that only queues itself again keeps a browser from
    painting, hence a real pause; a hidden page paints nothing, and its pauses last a second."""
    await asyncio.sleep(0 if js.document.hidden else PAUSE_S)


async def _read_file(input_id: str) -> bytes | None:
    chosen = js.document.getElementById(input_id).files
    if not chosen.length:
        return None
    buffer = await chosen.item(0).arrayBuffer()
    data: bytes = buffer.to_bytes()
    return data


async def _open_hotel(name: str) -> Space:
    return await open_space(name, schema=SCHEMA, first_states="/first-state").ready()


def _local_day() -> str:
    """Today by this device's calendar."""
    now = js.Date.new()
    return f"{now.getFullYear():04}-{now.getMonth() + 1:02}-{now.getDate():02}"


def _spawn(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
