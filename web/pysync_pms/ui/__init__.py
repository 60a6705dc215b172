"""The hotel's interface: pure views in Python, one seam to the page, no framework.

**How it hangs together.** Views are functions from values to `Html` (`html`, `components`), so
they run and are tested in CPython. `App` (`app`) turns events into actions and what moved into
patches; it speaks to the page through the port `Dom` (`ports`), in JSON commands (`wire`). Only
`dom` imports `js`; its other side is `assets/glue.js`, which morphs, delegates events and knows
nothing of hotels.

**How a screen is written.** A module of `screens/` with one class that has what `screen.Screen`
asks for. It keeps no data: filters and the chosen day belong into the route's query.

    class Rooms:
        name = "rooms"

        def __init__(self, app: App, hotel: Hotel) -> None: ...

        def title(self, route: Route) -> str:
            return "Rooms"

        def view(self, route: Route) -> Html:            # the whole screen
            tiles = [room_tile(self._tile(room)) for room in self._hotel.rooms()]
            return join(page_head("Rooms"), room_rack("Rooms", tiles, rack_id="rack"))

        def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
            if not changes.only("rooms"):                # something else moved:
                return None                              # draw the screen; equal parts stay
            return [Part(f"room-{key}", room_tile(self._tile_of(key)))
                    for key in changes.of("rooms")]      # one element per record

        def drawer(self, route: Route) -> Html | None:   # /{space}/rooms/{record}
            return room_drawer(self._hotel.room(route.record))

        def shows_status(self, route: Route) -> bool:    # such as which tabs are open
            return False

        def actions(self) -> Mapping[str, Action]:       # what data-action asks for
            return {"room.open": lambda event: self._app.go(
                self._app.route.with_record(event.id))}

        def shortcuts(self) -> Sequence[Shortcut]:
            return [Shortcut(keys="n", action="stay.new", label="New reservation")]

**Rules that make it work**
- An element that is updated by itself carries an `id`; `Part.markup`'s root carries the same one.
- What stands for a record carries `data_ref="collection/id"`: it glows when changed elsewhere.
- An element that does something carries `data_action="noun.verb"` and its arguments as `data_*`,
  `data_id` for the record; the handler gets a `UiEvent`. Links inside carry `data_link=True`.
  `data_change` and `data_input` do the same for a control's value.
- Fields come from `FormView`; after a command was accepted call `app.settle(form_id)`. Until then
  what the user typed is never overwritten; what arrived meanwhile is offered beside the field.
- A dialog is `app.open_dialog(id, view)`, where `view` returns `dialog(id, ...)`; it is drawn again
  when data moves, and closed by Escape, by `data_action="ui.close" data_dialog=id`, or by
  `app.close_dialog(id)`. Escape on an open drawer asks for its `close_action`, with
  `args["dirty"] == "yes"` when something in it was typed and not sent.
- Call `app.changed(collection, id, remote=...)` for every record that moved, `app.refresh()` when a
  list cannot say what moved, `app.frame_changed()` when only status or counts did; a screen whose
  `shows_status` says so follows that, too. All of them wait for one frame.
- `app.announce` for screen readers, `app.toast` for notices (read out too); say what happened, not
  that something happened. `app.formats` writes days, money and "2 minutes ago".
- A number in a view is shown, 0 too: `count(n) if n else None`.
- No inline styles, no event attributes (`html` refuses both): a class, or a `data-*` of the glue.
- A form outside of a dialog that stands for a record carries `data_draft`: what was typed waits
  there while the record is away. Dialogs that ask come from `Asker`, which keeps drafts itself.
- Lists of more than some dozens of rows: `long_table`, or a `Window` of one's own, which draws what
  is in view; `DeskScreen.window`, `scrolled` and `remembered` do the rest.
- Lists: `data_roving` for arrow keys ("y", "x", "xy"), items with `tabindex="-1"`; with
  `data_hold_order` rows stay in place while one of them has the focus.
- Tones say what needs doing (`act` now, `danger` late or wrong, `live` in progress, `ok` done,
  `idle` nothing), never a category; the words carry the meaning.

Actions the application handles itself: ui.close, ui.print, ui.back, ui.go, ui.space, ui.search,
ui.help, ui.settings, ui.sidebar, ui.preference, ui.refresh. The host handles sync.force,
sync.conflicts, search.type (`event.value`) and search.go (`event.values["q"]`).
"""
