"""HTML is escaped by construction, and what a strict page refuses is refused here already."""

from __future__ import annotations

import pytest

from pysync_pms.ui import html as h
from pysync_pms.ui.html import Html, join
from tests.pms_ui.support import read

NASTY = "<script>alert('x')</script> & \"quoted\""


def test_text_and_attributes_come_back_as_they_went_in() -> None:
    element = h.div("a & b", id=NASTY, data_note=NASTY)[NASTY, h.span[NASTY]]
    node = read(element).one("div")
    assert node.attrs == {"class": "a & b", "id": NASTY, "data-note": NASTY}
    assert node.text == NASTY * 2
    assert not read(element).all("script")


def test_concatenated_markup_is_text_again() -> None:
    assert "<b>" not in h.div[h.span["x"] + "<b>"]
    assert "<b>" not in h.div[f"<b>{h.span['x']}</b>"]


def test_nothing_renders_for_none_and_booleans_but_zero_is_a_number() -> None:
    assert h.p[None, True, False, "", 0, 1.5] == "<p>01.5</p>"


def test_children_are_taken_from_any_depth_of_iterables() -> None:
    assert h.ul[(h.li[n] for n in range(2)), [h.li["a"], (h.li["b"],)]] == (
        "<ul><li>0</li><li>1</li><li>a</li><li>b</li></ul>"
    )


def test_an_element_without_brackets_is_an_empty_child() -> None:
    assert join(h.div("x"), h.br()) == '<div class="x"></div><br>'
    assert isinstance(h.div("x")[()], Html)


def test_attributes_follow_their_values() -> None:
    assert h.input_(disabled=True, checked=False, value=None, for_="f", tabindex=-1) == (
        '<input disabled for="f" tabindex="-1">'
    )


@pytest.mark.parametrize("name", ["onclick", "onfocus", "style", "Bad", "a b"])
def test_names_that_would_run_or_break_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"refused|attribute name"):
        h.div(**{name: "x"})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "\tvbscript:x"]
)
def test_urls_that_run_code_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="run code"):
        h.a(href=url)
    assert h.a(href="/resort/rooms?from=2026-11-20")["x"]
