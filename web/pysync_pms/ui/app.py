"""The running interface: it turns events into actions, and changes into the least patches.

Owns the loop. Everything that asks for drawing marks what moved and waits for one frame, so a burst
of changes draws once. Invariants: a screen that is left leaves no action, shortcut or part behind;
an action that raises is told to the user and to `on_error`, and the loop goes on. Stands on the
port `Dom`; holds no JavaScript itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from pysync.model.rights import Rights
from pysync_pms.ui import builtin, wire
from pysync_pms.ui.components.surfaces import empty, failure
from pysync_pms.ui.dialogs import Dialogs, Left, View
from pysync_pms.ui.formats import Formats
from pysync_pms.ui.html import join
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import drawn_for
from pysync_pms.ui.pace import Pace
from pysync_pms.ui.painter import Painter
from pysync_pms.ui.ports import Dom
from pysync_pms.ui.preferences import Preferences, PreferencesPort, root_attributes
from pysync_pms.ui.router import Route, parse
from pysync_pms.ui.screen import Action, Changes, Gathering, Host, Screen
from pysync_pms.ui.shell import ShellModel, Slot, header_view, nav_view, shell_view
from pysync_pms.ui.shortcuts import Shortcuts
from pysync_pms.ui.toasts import Toasts
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["App"]

GLOWS_AT_MOST = 40  # more records in one frame are an import or a return from offline


class App:
    """One page's interface. Make it, then `start`."""

    def __init__(
        self,
        dom: Dom,
        *,
        host: Host,
        screens: Iterable[Screen],
        preferences: PreferencesPort,
        on_error: Callable[[BaseException], None],
    ) -> None:
        self.dom = dom
        self.route = Route()
        self.preferences = Preferences()
        self.shortcuts = Shortcuts()
        self.formats: Formats = dom.formats("en-GB")
        self.rights: Callable[[], Rights | None] = lambda: None  # of whoever looks; None: all
        self._host = host
        self._screens = {screen.name: screen for screen in screens}
        self._port = preferences
        self._on_error = on_error
        self._actions: dict[str, Action] = {}
        self._painter = Painter(dom)
        self._moved = Gathering()
        self._language = "en"
        self._due: float | None = None
        self._pace = Pace()
        self._dialogs = Dialogs(self._painter)
        self.toast = Toasts(self._painter, self.announce).show
        self._unsubscribe: Callable[[], None] | None = None

    # --- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Draw the page for the address it was opened at, and listen."""
        self.dom.listen(self._event)
        self._unsubscribe = self._port.subscribe(self._prefer)
        self._prefer(self._port.read())
        self._enter(parse(self.dom.location()))
        self._draw_frame()
        self._draw()

    def stop(self) -> None:
        """Listen no more and give everything back."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._dialogs.clear()
        self.dom.close()

    # --- what screens and the host ask for ------------------------------------------------------

    def go(self, route: Route, *, replace: bool = False) -> None:
        """Show another place. `replace` leaves no step in the history (a filter, a chosen day)."""
        self._enter(route)
        self._show_address(replace=replace)
        self.refresh()

    def changed(self, collection: str, record_id: str, *, remote: bool = False) -> None:
        """A record moved; what shows it is drawn again in the next frame. `remote` makes it glow,
        and lets it wait while drawing takes more than its share of the time (an import)."""
        self._moved.add(collection, record_id, remote=remote)
        self._soon(patient=remote)

    def refresh(self) -> None:
        """Draw the whole screen again in the next frame. What did not change is not touched."""
        self._moved.everything = True
        self._soon()

    def frame_changed(self) -> None:
        """Draw header, navigation and status again, what stands beside the screen, and the screen
        itself only if it shows the status."""
        self._moved.status = True
        self._soon(patient=True)

    def open_dialog(self, dialog_id: str, view: View, *, left: Left = lambda _: None) -> None:
        """Show a dialog. `view` draws it now and again whenever the data moves, until it closes;
        its root is `dialog(dialog_id, ...)`. Opening the one that is open draws it anew. `left` is
        given what its form holds when the user closes it."""
        self._dialogs.show(dialog_id, view, left)
        self._painter.flush()  # keys that are pressed already are meant for it

    def close_dialog(self, dialog_id: str) -> None:
        """Close a dialog; one that is not open stays closed."""
        if self._dialogs.close(dialog_id):
            self._soon()

    def settle(self, form_id: str) -> None:
        """A form's values were accepted: its fields follow changes from elsewhere again."""
        self._painter.order(wire.settle(form_id))
        self._soon()

    def focus(self, element_id: str) -> None:
        """Give an element the focus after the next drawing."""
        self._painter.order(wire.focus(element_id))
        self._soon()

    def announce(self, text: str) -> None:
        """Tell screen readers, politely."""
        self._painter.order(wire.announce(str(text)))
        self._soon()

    def prefer(self, name: str, value: str) -> None:
        """Set one of the user's preferences, here and in every other tab."""
        self._port.write(name, value)

    def download(self, name: str, media_type: str, text: str) -> None:
        """Offer a file to save."""
        self._painter.order(wire.download(name, media_type, text))
        self._soon()

    # --- events ---------------------------------------------------------------------------------

    def _event(self, event: UiEvent) -> bool:
        try:
            with drawn_for(self.rights()):
                return self._handle(event)
        except Exception as error:  # noqa: BLE001 - one broken action must not end the page
            self._on_error(error)
            words = tr("That did not work: {error}", error=told(str(error)))
            self.toast(words, tone="danger", seconds=0)
            return True

    def _handle(self, event: UiEvent) -> bool:
        if event.kind == "route":
            self._enter(parse(event.value))
            self._show_address(replace=event.action != "link")
            self.refresh()
            return True
        if event.kind == "closed":
            if self._dialogs.closed(event.target, event.values):
                self._soon()
            return True
        if event.kind == "released":
            self._painter.forget()
            self.refresh()
            return True
        if event.kind == "key":
            return self._key(event)
        return self.act(event)

    def act(self, event: UiEvent) -> bool:
        """Do what the event's action names, if it holds here; says whether it was dealt with."""
        handler = builtin.denied(self, event.action) or self._actions.get(event.action)
        return handler is not None and handler(event) is not False

    def _key(self, event: UiEvent) -> bool:
        if event.action:
            return self.act(event)
        now, single = self.dom.now(), self.preferences.single_keys == "on"
        found = self.shortcuts.press(event.key, now=now, typing=event.typing, single_keys=single)
        if found is None:
            return False
        args = {**event.args, **dict(found.args)}
        return self.act(replace(event, action=found.action, args=args))

    # --- drawing --------------------------------------------------------------------------------

    def _enter(self, route: Route) -> None:
        before = self.route
        self.route = self._host.resolve(route)
        screen = self._screens.get(self.route.screen)
        self._actions = {**self._host.actions(), **builtin.actions(self)}
        shortcuts = list(builtin.SHORTCUTS)
        if screen is not None:
            self._actions.update(screen.actions())
            shortcuts += screen.shortcuts()
        self.shortcuts.replace(shortcuts)
        self._moved.everything = True
        if self._painter.fresh:
            return
        if (before.space, before.screen) != (self.route.space, self.route.screen):
            self._painter.order(wire.entered())
            self.announce(self._title())
        elif bool(before.record) != bool(self.route.record):
            self._painter.order(wire.beside(opened=bool(self.route.record)))

    def _title(self) -> str:
        screen = self._screens.get(self.route.screen)
        return str(screen.title(self.route) if screen else tr("No such page"))

    def _show_address(self, *, replace: bool) -> None:
        self._painter.order(wire.address(self.route.href, self._title(), replace=replace))

    def _prefer(self, preferences: Preferences) -> None:
        attributes = root_attributes(preferences, browser_locale=self.dom.browser_locale())
        attributes["lang"] = self._speak(attributes["lang"])
        if preferences.locale != self.preferences.locale or self._painter.fresh:
            self.formats = self.dom.formats(attributes["data-locale"])
        self.preferences = preferences
        self._painter.order(wire.root(attributes))
        self.refresh()

    def _speak(self, language: str) -> str:
        """Speak a language from now on; says which one is spoken until its words are there."""
        same = language == self._language
        if same or not self.dom.speaks(language, lambda: self._prefer(self._port.read())):
            return self._language
        self._language = language
        if not self._painter.fresh:
            self._painter.forget()
            self._draw_frame()
        return language

    def _draw_frame(self) -> None:
        self._show_address(replace=True)
        self._painter.order(wire.fill(Slot.APP, shell_view(self._shell())))

    def _soon(self, *, patient: bool = False) -> None:
        now = self.dom.now()
        due = self._pace.due(now, patient=patient)
        if self._due is None or due < self._due:
            self._due = due
            self.dom.frame(self._draw, after=due - now)

    def _draw(self) -> None:
        self._due = None
        began = self.dom.now()
        with drawn_for(self.rights()):
            self._draw_now()
        self._pace.drew(began, self.dom.now())

    def _draw_now(self) -> None:
        changes = self._moved.take()
        try:
            self._send_frame()
            self._send_screen(changes)
            if changes.ids or changes.everything or changes.status:
                self._dialogs.draw()
        except Exception as error:  # noqa: BLE001 - the frame stays usable, so that one can leave
            self._on_error(error)
            page = failure(tr("This page could not be drawn"), told(str(error)), retry="ui.refresh")
            self._painter.whole(Slot.MAIN, page)
        self._painter.flush(hold=changes.elsewhere)

    def _shell(self) -> ShellModel:
        return replace(self._host.shell(self.route), preferences=self.preferences)

    def _send_frame(self) -> None:
        model = self._shell()
        self._painter.patch(Slot.HEADER, header_view(model))
        self._painter.patch(Slot.NAV, nav_view(model))

    def _send_screen(self, changes: Changes) -> None:
        screen = self._screens.get(self.route.screen)
        if screen is None:
            told = empty(tr("No such page"), tr("It may be mistyped or old."), icon_name="info")
            self._painter.whole(Slot.MAIN, told)
            self._painter.fill(Slot.DRAWER, join())
            return
        whole = changes.everything or (changes.status and screen.shows_status(self.route))
        parts = None if whole else screen.parts(self.route, changes) if changes.ids else ()
        if parts is None:
            self._painter.whole(Slot.MAIN, screen.view(self.route))
        else:
            for part in parts:
                self._painter.part(Slot.MAIN, part)
        beside = screen.drawer(self.route) if self.route.record else None
        self._painter.fill(Slot.DRAWER, beside or join())
        if 0 < len(changes.remote) <= GLOWS_AT_MOST:
            self._painter.order(wire.glow(f"{name}/{key}" for name, key in changes.remote))
