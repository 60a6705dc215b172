"""HTML is escaped by construction, whatever a value holds."""

from __future__ import annotations

import doctest

import pytest

import pysync.widget.lists
import pysync.widget.markup
import pysync.widget.words
from pysync.widget.markup import Markup, moment, several, tag
from pysync.widget.words import CATALOGUES, Words

EVIL = '<img src=x onerror="alert(1)"> & \'"'


@pytest.mark.parametrize("module", [pysync.widget.markup, pysync.widget.words, pysync.widget.lists])
def test_examples_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed


def test_text_and_attributes_are_escaped_and_markup_is_not_escaped_twice() -> None:
    made = tag("p", EVIL, tag("b", EVIL), title=EVIL)
    assert "<img" not in made
    assert made.count("&lt;img") == 3
    assert made.startswith('<p title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;')
    assert several(made, made) == made + made


def test_nothing_false_is_shown_and_several_may_be_nested() -> None:
    assert tag("p", None, False, True, ["a", (tag("br"), "b")], id=None, hidden=False) == (
        "<p>a<br>b</p>"
    )
    assert moment(5) == '<time data-ms="5"></time>'
    assert isinstance(several(), Markup)


def test_every_translation_keeps_the_parts_of_its_words() -> None:
    for catalogue in CATALOGUES.values():
        for words, translated in catalogue.items():
            for part in ("{n}", "{why}"):
                assert (part in words) == (part in translated), words
            assert translated.strip() == translated != ""


def test_an_unknown_language_is_english() -> None:
    for language in ("", "fr", "x"):
        assert Words(language).many(1, "tab open", "tabs open") == "1 tab open"
