"""Runs in the tab: an application on the real page, with one screen full of things to disturb."""

from datetime import date, timedelta

from pms_ui_support import EmptyScreen, MemoryHost, MemoryPreferences

from pysync_pms.ui import html as h
from pysync_pms.ui.app import App
from pysync_pms.ui.components.controls import MenuItem, button, menu
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import dialog, drawer, page_head
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.components.tape import Bar, Lane, Tape, tape_chart
from pysync_pms.ui.dom import BrowserDom
from pysync_pms.ui.gallery import gallery_view
from pysync_pms.ui.html import join

DAY = date(2026, 11, 20)
COLUMNS = [Column(label="Guest"), Column(label="Nights", numeric=True)]


class Lab:
    name = "rooms"

    def __init__(self):
        self.order = ["a", "b", "c", "d"]
        self.values = {"guest": "Sato", "note": "quiet", "kind": "double", "late": ""}
        self.errors = {}
        self.title_text = "Lab"
        self.log = []
        self.blocked = set()

    def title(self, route):
        return "Lab"

    def shows_status(self, route):
        return False

    def rows(self):
        return [
            Row(
                row_id=f"row-{key}",
                cells=[f"Guest {key}", 2],
                action="row.open",
                key=key,
                ref=f"guests/{key}",
            )
            for key in self.order
        ]

    def view(self, route):
        fields = FormView(form_id="f", values=self.values, errors=self.errors)
        items = [
            MenuItem(label="Move", action="lab.log", args=(("id", "move"),)),
            MenuItem(label="Cancel", action="lab.log", args=(("id", "cancel"),)),
        ]
        bar = Bar(stay_id="s", label="Sato", arrive=DAY, depart=DAY + timedelta(days=2))
        tape = Tape(
            tape_id="tape",
            start=DAY,
            days=7,
            today=DAY,
            heads=[("", str(20 + n), "") for n in range(7)],
        )
        return join(
            page_head(self.title_text),
            form(
                "f",
                "lab.save",
                h.div("fields")[
                    fields.text("guest", "Guest"),
                    fields.area("note", "Note"),
                    fields.choose("kind", "Kind", [("double", "Double"), ("twin", "Twin")]),
                    fields.check("late", "Late"),
                    fields.date("day", "Day"),
                ],
                button("Save", type="submit"),
            ),
            menu("lab-menu", "Menu", items, label="Menu"),
            h.details(id="more")[h.summary["More"], h.p[self.title_text]],
            h.div("table-wrap", id="scroller", tabindex="0")[
                table("Guests", COLUMNS, self.rows(), table_id="t")
            ],
            tape_chart(
                tape,
                [Lane(room_id="101", label="101", bars=(bar,)), Lane(room_id="102", label="102")],
            ),
        )

    def drawer(self, route):
        return drawer("d", f"Guest {route.record}", h.p["facts"])

    def parts(self, route, changes):
        return None

    def note(self, event):
        self.log.append(
            [event.kind, event.action, dict(event.args), dict(event.values), dict(event.numbers)]
        )

    def drag(self, event):
        if event.kind == "drop":
            self.note(event)
        return event.args["drop"] not in self.blocked

    def save(self, event):
        self.note(event)
        if event.values["guest"] == "":
            self.errors = {"guest": "Who is it?"}
        else:
            self.errors = {}
            self.values.update(event.values)
            app.settle("f")
        app.refresh()

    def actions(self):
        return {
            "row.open": lambda event: app.go(app.route.with_record(event.id)),
            "lab.log": self.note,
            "stay.open": self.note,
            "tape.pick": self.note,
            "lab.save": self.save,
            "tape.drag": self.drag,
        }

    def shortcuts(self):
        return []


class Gallery(EmptyScreen):
    name = "gallery"

    def view(self, route):
        return gallery_view()


lab = Lab()
host = MemoryHost()
preferences = MemoryPreferences()
errors = []
dom = BrowserDom()
app = App(
    dom,
    host=host,
    screens=[lab, EmptyScreen({}), Gallery({})],
    preferences=preferences,
    on_error=errors.append,
)


def ask():
    app.open_dialog("ask", lambda: dialog("ask", "Move", h.p[lab.title_text], button("Yes")))


app.start()
