"""A guest's data as a whole, in the drawer: exported, and erased after the name was typed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pysync.native import open_space
from pysync_pms.commands import CreateGuest, EditGuest
from pysync_pms.schema import SCHEMA
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.html import join
from pysync_pms.ui.parts.guest_data import erase_guest
from pysync_pms.words import GUESTS
from tests.pms_ui.test_screens import Page

pytestmark = [pytest.mark.req("SRV-20")]

MARKER = "Ottoline"


@pytest.fixture
def page() -> Iterator[Page]:
    with open_space("guest-data", schema=SCHEMA) as space:
        page = Page(space)
        page.hotel.perform(CreateGuest(id="g", first_name=MARKER, last_name="de Ávila"))
        page.hotel.perform(EditGuest(id="g", changes={"email": f"{MARKER}@example.org"}))
        yield page


def test_an_export_names_the_records_with_who_wrote_what_when(page: Page) -> None:
    """EXPORT-1"""
    page.show("guests/g")
    page.dom.user(kind="click", action="guest.export", args={"id": "g"})
    [file] = [command for command in page.dom.paint() if command["op"] == "download"]
    export = json.loads(str(file["text"]))
    [record] = export["records"]
    assert (record["collection"], record["id"], record["deleted"]) == (GUESTS, "g", False)
    assert record["fields"]["email"] == f"{MARKER}@example.org"
    assert [version["changes"].get("email") for version in record["history"]] == [
        None,
        [None, f"{MARKER}@example.org"],
    ]
    assert all(version["at"].startswith("20") for version in record["history"])
    assert page.errors == []


def test_erasing_says_what_goes_needs_the_name_and_cannot_be_undone(page: Page) -> None:
    hotel = page.hotel
    drawn = page.markup("guests/g")
    assert "guest.export" in drawn and "guest.erase" in drawn
    question = erase_guest(hotel, "g")
    said = str(join(question.fields(FormView(form_id="ask", values={}), {})))
    assert "notes of the stays" in said and "Backups" in said and "cannot be undone" in said
    assert f"{MARKER} de Ávila" in said
    assert question.missing({}) and question.missing({"name": "somebody"})
    typed = {"name": f"  {MARKER.lower()}  De Ávila "}
    assert not question.missing(typed)
    done = hotel.perform(*question.commands(typed))
    assert done is not None and not page.space.can_undo(done.change_id)
    commands = page.dom.paint()
    told = str([command for command in commands if command["op"] == "toast"])
    assert "Erase a guest" in told and "Undo" not in told
    drawn = "".join(str(command.get("html", "")) for command in commands)
    assert "were erased" in drawn and "Erased guest" in drawn
    assert "guest.erase" not in drawn and "guest-profile" not in drawn
    assert MARKER not in told + drawn + page.markup("guests") + page.markup("activity")
    assert page.errors == []
