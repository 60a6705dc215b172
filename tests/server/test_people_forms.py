"""Forms of people: what is refused, and what is said about it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from tests.server.visitor import FORM, PASSWORD, Visitor
from tests.support import Server

pytestmark = [pytest.mark.req("SRV-16")]


def test_front_1_a_form_without_the_token_of_its_browser_is_not_acted_on(owner: Visitor) -> None:
    eve = Visitor(owner.server)
    eve.get("/sign-in")
    sent = {"do": "invite", "name": "Eve", "role": "owner"}
    for token in (
        {},
        {"form_token": ""},
        {"form_token": eve.page and eve.page.field("form_token")},
    ):
        answer = owner.ask("POST", "/account", urlencode({**sent, **token}).encode())
        assert answer.status == 403
    owner.get("/account")
    assert owner.page is not None
    good = urlencode({**sent, "form_token": owner.page.field("form_token")}).encode()
    elsewhere = owner.ask("POST", "/account", good, {"origin": "https://elsewhere.example"})
    assert elsewhere.status == 403
    assert "Eve" not in owner.get("/account").words
    no_cookies = Visitor(owner.server)
    body = urlencode({"login": "ada", "password": PASSWORD}).encode()
    assert no_cookies.ask("POST", "/sign-in", body).status == 403


def test_front_2_no_page_of_people_is_kept(house: Visitor) -> None:
    for place in ("/account", "/setup", "/invitation"):
        assert house.get(place).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 20_000, FORM, 413),
        (b"&".join(b"f=1" for _ in range(30)), FORM, 400),
        (b"login=%ff%fe", FORM, 400),
        ("login=ä".encode("latin-1"), FORM, 400),
        (b'{"login": "ada"}', "application/json", 415),
        (b"", FORM, 403),
    ],
)
def test_what_is_no_form_of_ours_is_refused(
    house: Visitor, body: bytes, kind: str, status: int
) -> None:
    for place in ("/sign-in", "/account"):
        assert house.ask("POST", place, body, {"content-type": kind}).status == status


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("password", "short", "At least 10"),
        ("password", "password123!", "first that anybody tries"),
        ("password", "12345678901", "neighbouring keys"),
        ("password", "aaaabbbbaaaabbbb", "same few characters"),
        ("password", "boatswain-1", "first that anybody tries"),
        ("password", "x" * 201, "At most 200"),
        ("login", "", "Enter an e-mail"),
        ("login", "a b", "No spaces"),
        ("login", "x" * 101, "From 2 to 100"),
        ("name", "", "Enter a name"),
        ("name", "x" * 81, "At most 80"),
        ("name", "a\x00b", "can be seen"),
    ],
)
def test_what_cannot_be_an_account_is_said_beside_its_field(
    vacant: tuple[Server, str], name: str, value: str, says: str
) -> None:
    server, link = vacant
    somebody = Visitor(server)
    fields = {"token": somebody.get(link).field("token"), "name": "Boatswain", "login": "bo"}
    answer = somebody.send("/setup", **{**fields, "password": PASSWORD, name: value})
    assert answer.status == 422
    error = re.search(rf'id="new-{name}-about">([^<]*)<', answer.text)
    assert error is not None
    assert says in error.group(1)
    assert f'aria-describedby="new-{name}-about"' in answer.text
    assert PASSWORD not in answer.text


def test_what_people_type_is_shown_as_text(house: Visitor) -> None:
    answer = house.account("invite", name='<img src=x onerror="alert(1)">', role="no role")
    assert answer.status == 422
    assert "<img src=x" not in answer.text
    assert 'value="&lt;img src=x' in answer.text


def test_headers_that_are_no_address_are_refused_and_not_an_error(house: Visitor) -> None:
    odd = {"host": "[::1", "origin": "http://[::1"}
    assert Visitor(house.server).get("/sign-in", host=odd["host"]).status == 200
    house.get("/account")
    assert house.page is not None
    form = {"do": "withdraw", "form_token": house.page.field("form_token")}
    answer = house.ask("POST", "/account", urlencode(form).encode(), {"origin": odd["origin"]})
    assert answer.status == 403
