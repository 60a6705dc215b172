"""What a person does in a tab of the hotel: drags stays on the tape chart, types, looks elsewhere.

With the mouse and the keyboard of the browser. Everything is checked to have had its effect.
Floor: `pages/hands.js`.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.bench.site import PAGES

HANDS = (PAGES / "hands.js").read_text("utf-8")
MOVES = 12
AIMS = 4
"""How often a hand aims anew when lanes came in between."""
TYPED = "Wilhelmina Okonkwo"
KEY_MS = 40
"""Between two keys: a quick typist."""
NAME = "#ask-form-name"


class Hands:
    """One person at one tab that shows the tape chart."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dropped: list[float] = []
        """Milliseconds from each release until the bar stood in its new place."""
        self.typed = 0
        page.evaluate(HANDS)

    def drag(self, turn: int) -> dict[str, Any]:
        """Drag a stay to a free place in another room. Answers the place, once it stands there.

        Raises:
            playwright.sync_api.Error: it did not arrive; says where it is.
        """
        page, mouse = self.page, self.page.mouse
        page.bring_to_front()
        plan = page.evaluate("turn => benchHands.pick(turn)", turn)
        place, x = plan["place"], plan["x"]
        mouse.move(plan["from"]["x"], plan["from"]["y"])
        mouse.down()
        y = None
        for _ in range(AIMS):
            aimed = page.evaluate("place => benchHands.aim(place)", place)
            if aimed == y:
                break
            y = aimed
            mouse.move(x, y, steps=MOVES)
        page.evaluate("place => benchHands.watch(place)", place)
        mouse.up()
        self.dropped.append(page.evaluate("() => benchHands.drop"))
        return dict(place)

    def sees(self, place: dict[str, Any]) -> None:
        """Wait until the stay stands there in this tab, too; raises as `drag` does."""
        self.page.evaluate("place => benchHands.stood(place).then(() => null)", place)

    def type(self) -> None:
        """Begin a booking, type the guest's name, and leave it.

        Raises:
            RuntimeError: the field does not hold what was typed.
        """
        page = self.page
        page.bring_to_front()
        page.keyboard.press("n")
        field = page.locator(NAME)
        field.press("ControlOrMeta+a")
        field.press_sequentially(TYPED, delay=KEY_MS)
        if (held := field.input_value()) != TYPED:
            raise RuntimeError(f"typed {TYPED!r}, the field holds {held!r}")
        self.typed += len(TYPED)
        field.press("ControlOrMeta+a")
        field.press("Delete")
        field.press("Escape")
        field.wait_for(state="detached")
