"""Addresses and routes say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.ui.router import HOME, Route, first_space, parse

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(space=WORDS, screen=WORDS, record=st.just("") | WORDS, query=st.dictionaries(WORDS, WORDS))
def test_every_route_comes_back_from_its_address(
    space: str, screen: str, record: str, query: dict[str, str]
) -> None:
    route = Route(space, screen, record, query)
    assert parse(route.href) == route


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/", Route("", HOME)),
        ("/resort", Route("resort", HOME)),
        ("/resort/", Route("resort", HOME)),
        ("/resort/rooms", Route("resort", "rooms")),
        ("/resort/guests/g7?tab=stays", Route("resort", "guests", "g7", {"tab": "stays"})),
        ("/resort/guests/g7/more/than/that", Route("resort", "guests", "g7")),
    ],
)
def test_addresses_that_people_type(address: str, route: Route) -> None:
    assert parse(address) == route


def test_a_record_opens_and_closes_beside_the_same_list() -> None:
    listed = Route("resort", "guests", query={"q": "sato"})
    assert listed.with_record("g7").href == "/resort/guests/g7?q=sato"
    assert listed.with_record("g7").with_record("") == listed


def test_an_empty_value_removes_a_filter() -> None:
    route = Route("resort", "rooms", query={"floor": "1", "kind": "twin"})
    assert route.with_query(floor="", kind="double").query == {"kind": "double"}


@pytest.mark.parametrize(
    ("remembered", "offered", "sure", "shown"),
    [
        ("resort", ["demo", "resort"], True, "resort"),
        ("gone", ["demo", "resort"], True, "demo"),
        ("mine", ["demo"], False, "mine"),
        ("", ["demo"], True, "demo"),
        ("mine", [], True, "mine"),
        ("", [], True, "hotel"),
    ],
)
def test_an_address_without_a_space_shows_one_that_is_there(
    remembered: str, offered: list[str], sure: bool, shown: str
) -> None:
    assert first_space(remembered, offered, sure=sure, new="hotel") == shown
