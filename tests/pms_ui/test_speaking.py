"""A page changes its language: all of it at once, and only when the words are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pysync_pms.ui.app import App
from pysync_pms.ui.language import use
from pysync_pms.ui.shell import Slot
from pysync_pms.ui.wire import Command
from tests.pms_ui.support import MemoryDom, MemoryHost, MemoryPreferences, RoomScreen

pytestmark = pytest.mark.req("PMS-12")
GERMAN = {"Settings": "Einstellungen", "Skip to the content": "Zum Inhalt springen",
          "Notices": "Hinweise", "No such page": "Diese Seite gibt es nicht"}  # fmt: skip


class SlowDom(MemoryDom):
    """A page that fetches the words of German when they are asked for."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.words: dict[str, dict[str, str]] = {"en": {}}
        self.ready: list[Callable[[], None]] = []

    def speaks(self, language: str, ready: Callable[[], None]) -> bool:
        if language not in self.words:
            self.ready.append(ready)
            return False
        use(self.words[language])
        return True

    def come(self) -> None:
        self.words["de"] = GERMAN
        for ready in self.ready:
            ready()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    use({})


def start(dom: SlowDom, preferences: MemoryPreferences) -> App:
    app = App(dom, host=MemoryHost(), screens=[RoomScreen({"1": "one"})],
              preferences=preferences, on_error=pytest.fail)  # fmt: skip
    app.start()
    return app


def root(commands: list[Command]) -> Command:
    return [command for command in commands if command["op"] == "root"][-1]


def markup(commands: list[Command]) -> str:
    return "".join(str(command.get("html", "")) for command in commands)


def test_the_words_come_first_and_then_everything_is_drawn_anew() -> None:
    dom, preferences = SlowDom("/resort/nowhere"), MemoryPreferences()
    start(dom, preferences)
    assert root(dom.paint())["set"]["lang"] == "en"

    preferences.write("locale", "de-DE")
    sent = dom.paint()
    assert root(sent)["set"]["lang"] == "en", "until the words are there"
    assert "Einstellungen" not in markup(sent)

    dom.come()
    sent = dom.paint()
    assert root(sent)["set"]["lang"] == "de"
    assert root(sent)["words"]["notices"] == "Hinweise"
    for words in ("Zum Inhalt springen", "Einstellungen", "Diese Seite gibt es nicht"):
        assert words in markup(sent)
    assert [c["title"] for c in sent if c["op"] == "address"] == ["Diese Seite gibt es nicht"]
    assert {c["id"] for c in sent if c["op"] == "fill"} >= {Slot.APP, Slot.MAIN}

    preferences.write("locale", "en-GB")
    sent = dom.paint()
    assert root(sent)["set"]["lang"] == "en"
    assert "Skip to the content" in markup(sent)


def test_a_page_whose_words_are_there_begins_in_its_language() -> None:
    dom, preferences = SlowDom("/resort/rooms"), MemoryPreferences({"locale": "de-DE"})
    dom.come()
    start(dom, preferences)
    sent = dom.paint()
    assert [c["set"]["lang"] for c in sent if c["op"] == "root"] == ["de"]
    assert "Settings" not in markup(sent)


def test_the_browsers_language_is_meant_where_none_was_chosen() -> None:
    dom = SlowDom("/resort/rooms")
    dom.browser_locale = lambda: "de-AT"  # type: ignore[method-assign]
    dom.come()
    start(dom, MemoryPreferences())
    assert root(dom.paint())["set"]["lang"] == "de"


def test_a_language_without_words_keeps_the_english_ones() -> None:
    dom, preferences = SlowDom("/resort/rooms"), MemoryPreferences({"locale": "fr-FR"})
    start(dom, preferences)
    first = root(dom.paint())["set"]
    assert (first["lang"], first["data-locale"]) == ("en", "fr-FR")
