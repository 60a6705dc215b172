"""People at the server: real processes, real cookies, and everything a stranger may try."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.exceptions import ConnectionClosed

from pysync.machines.relay_frames import REFUSE
from tests.server.relay_client import Device, batch
from tests.server.visitor import PASSWORD, Visitor, invited, set_up, start
from tests.support import Server, start_server

pytestmark = [pytest.mark.req("SRV-16")]

RELAY = ("--port", "0", "--relay", "any")


def relay_status(visitor: Visitor) -> tuple[int, int, int]:
    """How the three HTTP routes of the relay answer."""
    places = ("/first-state", "/first-state/hotel", "/sync/hotel/state")
    one, two, three = (visitor.get(place).status for place in places)
    return one, two, three


def refused(device: Device) -> tuple[str, str]:
    """Code and message of a refusal, after which the socket is closed."""
    frame = device.welcome if device.welcome.type == REFUSE else device.until_heard(REFUSE)
    with pytest.raises(ConnectionClosed) as closed:
        device.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    return frame.parts[0], frame.parts[1]


# -- the gate -----------------------------------------------------------------------------------


@pytest.mark.req("SRV-17")
def test_gate_1_without_a_session_nothing_of_the_relay_is_seen(
    owner: Visitor, fresh: tuple[Server, str]
) -> None:
    server, _ = fresh
    forged = Visitor(server, cookies={"pysync-session": "x" * 43})
    empty = Visitor(server, cookies={"pysync-session": ""})
    for stranger in (Visitor(server), forged, empty):
        assert relay_status(stranger) == (401, 401, 401)
        with Device(server, "d", cookie=stranger.cookie) as device:
            code, message = refused(device)
            assert (code, message.startswith("sign in again")) == ("sign-in", True)
    assert relay_status(owner) == (200, 404, 200)
    with Device(server, "d", cookie=owner.cookie) as device:
        device.push(batch("t", 1))
        device.until_seq(1)


def test_the_page_itself_is_there_for_everybody(vacant: tuple[Server, str]) -> None:
    for place in ("/", "/demo/tape", "/sw.js", "/manifest.webmanifest", "/healthz"):
        assert Visitor(vacant[0]).get(place).status == 200


@pytest.mark.req("SRV-18")
def test_a_page_ends_its_session_and_another_site_does_not(owner: Visitor) -> None:
    elsewhere = {"origin": "https://elsewhere.example"}
    assert owner.ask("POST", "/sign-out", headers=elsewhere).status == 403
    assert owner.get("/account").place == "/account"
    secret = dict(owner.cookies)
    assert owner.ask("POST", "/sign-out").status == 204
    assert owner.get("/account").place.startswith("/sign-in")
    owner.cookies = secret
    assert owner.get("/account").place.startswith("/sign-in"), "the cookie is worth nothing now"
    assert owner.ask("POST", "/sign-out").status == 204


def test_gate_2_a_device_that_is_signed_out_loses_its_socket_at_once(owner: Visitor) -> None:
    server = owner.server
    tablet = Visitor(server, agent="Mozilla/5.0 (iPad; CPU OS 18_0) Version/18.0 Safari/604.1")
    tablet.sign_in()
    page = owner.get("/account")
    assert "Safari on iPad" in page.words
    ids = re.findall(r'name="device" value="(\w+)"', page.text)
    other = next(each for each in ids if each != ids[0])
    with (
        Device(server, "t", cookie=tablet.cookie) as device,
        Device(server, "o", cookie=owner.cookie) as mine,
    ):
        assert "Connected" in owner.get("/account").words
        owner.send("/account", do="sign-out", device=other)
        assert refused(device)[0] == "sign-in"
        mine.push(batch("t", 1))
        mine.until_seq(1)
    assert relay_status(tablet) == (401, 401, 401)
    assert "Signed out a device ada Safari on iPad" in owner.get("/account").words


def test_gate_2_disabling_an_account_ends_all_it_has(owner: Visitor) -> None:
    bo = invited(owner, "Bo", "front-desk")
    assert relay_status(bo)[0] == 200
    page = owner.get("/account")
    account = page.field("account")
    with Device(owner.server, "b", cookie=bo.cookie) as device:
        owner.send("/account", do="disable", account=account)
        assert refused(device)[0] == "sign-in"
    assert relay_status(bo) == (401, 401, 401)
    assert "not right" in bo.sign_in("bo").words
    owner.account("enable", account=account)
    bo.sign_in("bo")
    assert relay_status(bo)[0] == 200


@pytest.mark.req("SRV-26")
def test_with_open_everybody_takes_part_and_no_account_is_made(tmp_path: Path) -> None:
    server = start_server(tmp_path, *RELAY, "--open")
    try:
        assert relay_status(Visitor(server)) == (200, 404, 200)
        assert not (tmp_path / "people.sqlite").exists()
    finally:
        server.stop()


# -- the first start, and invitations -------------------------------------------------------------


def test_the_link_of_the_first_start_makes_one_owner_and_is_dead_afterwards(
    fresh: tuple[Server, str],
) -> None:
    server, link = fresh
    early = Visitor(server)
    token = early.get(link).field("token")
    assert "Nobody has an account" in Visitor(server).get("/sign-in").words
    owner = set_up(server, link)
    assert "Owner" in owner.get("/account").words
    assert Visitor(server).get(link).status == 410
    early.page = Visitor(server).get("/sign-in")  # not this browser's form
    late = Visitor(server)
    late.get("/sign-in")
    fields = {"name": "Eve", "login": "eve", "password": PASSWORD}
    assert late.send("/setup", token=token, **fields).status == 410
    assert "Eve" not in owner.get("/account").words


def test_a_restart_before_the_link_was_used_prints_another_one(tmp_path: Path) -> None:
    first, old = start(tmp_path)
    first.stop()
    second, new = start(tmp_path)
    try:
        assert old != new
        assert Visitor(second).get(old).status == 410
        assert Visitor(second).get("/setup?token=").status == 410
        assert Visitor(second).get(new).status == 200
    finally:
        second.stop()


def test_a_restart_keeps_accounts_and_sessions_and_prints_no_link(tmp_path: Path) -> None:
    server, link = start(tmp_path)
    owner = set_up(server, link)
    server.stop()
    again = start_server(tmp_path, *RELAY)
    try:
        owner.server = again
        assert relay_status(owner)[0] == 200
        assert Visitor(again).sign_in().place == "/"
        assert "Nobody has an account" not in Visitor(again).get("/sign-in").words
    finally:
        again.process.terminate()
        said, _ = again.process.communicate()
    assert "setup" not in said


def test_book_2_an_invitation_makes_one_account_with_its_role(owner: Visitor) -> None:
    page = owner.account("invite", name="Bo", role="housekeeping")
    link = re.search(r"/invitation\?token=[\w-]+", page.text)
    assert link is not None
    assert link.group(0) not in owner.get("/account").text, "it is shown once"
    bo, thief = Visitor(owner.server), Visitor(owner.server)
    token = bo.get(link.group(0)).field("token")
    thief.get(link.group(0))
    fields = {"name": "Bo", "login": "ADA", "password": PASSWORD}
    assert "signs in with this already" in bo.send("/invitation", token=token, **fields).words
    fields["login"] = "bo"
    assert bo.send("/invitation", token=token, **fields, role="owner").status == 200
    assert "Housekeeping" in bo.get("/account").words
    fields["login"] = "thief"
    assert thief.send("/invitation", token=token, **fields).status == 410
    assert Visitor(owner.server).get(link.group(0)).status == 410


def test_an_invitation_that_was_withdrawn_is_void(owner: Visitor) -> None:
    page = owner.account("invite", name="Bo", role="viewer")
    link = re.search(r"/invitation\?token=[\w-]+", page.text)
    assert link is not None
    owner.send("/account", do="withdraw", invitation=page.field("invitation"))
    assert Visitor(owner.server).get(link.group(0)).status == 410


@pytest.mark.req("SRV-17")
def test_people_manage_only_those_whom_their_role_manages(owner: Visitor) -> None:
    manager, desk = invited(owner, "Max", "manager"), invited(owner, "Bo", "front-desk")
    seen = owner.get("/account")
    ids = dict.fromkeys(re.findall(r'name="account" value="(\w+)"', seen.text))
    bo_id, max_id = (i for i in ids)  # by name, without the owner's own
    assert manager.account("invite", name="X", role="manager").status == 422
    assert manager.account("disable", account=max_id).status == 403
    assert manager.account("disable", account="nobody").status == 403
    assert desk.account("invite", name="X", role="viewer").status == 422
    assert desk.account("disable", account=bo_id).status == 403
    assert "What happened" not in manager.get("/account").words
    assert "People" not in desk.get("/account").words
    assert "was disabled" in manager.account("disable", account=bo_id).words


# -- signing in ---------------------------------------------------------------------------------


@pytest.mark.req("SRV-18")
def test_a_wrong_password_and_an_unknown_name_are_answered_alike_and_noted(owner: Visitor) -> None:
    eve = Visitor(owner.server)
    wrong = eve.sign_in("ada", "not the password")
    unknown = eve.sign_in("my secret password", "not the password")
    assert (wrong.status, unknown.status) == (422, 422)
    assert "not right" in wrong.words
    same = [re.sub(r'value="[^"]*"', "", page.text) for page in (wrong, unknown)]
    assert same[0] == same[1]
    words = owner.get("/account").words
    assert "Sign-in failed ada" in words
    assert "Sign-in failed unknown" in words
    assert "my secret password" not in words
    assert relay_status(eve) == (401, 401, 401)


def test_people_1_guessing_is_bounded_and_does_not_lock_out_whoever_was_there_before(
    owner: Visitor,
) -> None:
    eve = Visitor(owner.server)
    answers = [eve.sign_in("ada", f"guess number {n}") for n in range(11)]
    assert [answer.status for answer in answers] == [422] * 10 + [429]
    assert "Try again in 15 minutes" in answers[-1].words
    assert 0 < int(answers[-1].headers["retry-after"]) <= 901
    assert Visitor(owner.server).sign_in("ada").status == 429, "the right one is not checked either"
    owner.account("sign-out", device=owner.get("/account").field("device"))
    assert "pysync-session" not in owner.cookies
    assert owner.sign_in("ada").status == 200
    assert relay_status(owner)[0] == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "/ok\r\nset-cookie: a=b",
        "/" + "x" * 2_000,
        "",
        "/sign-in?next=/sign-in",
    ],
)
def test_signing_in_leads_to_places_of_this_server_only(house: Visitor, wanted: str) -> None:
    somebody = Visitor(house.server)
    query = urlencode({"next": wanted})
    assert somebody.get(f"/sign-in?{query}").field("next") == "/"
    assert somebody.sign_in(place=wanted).place == "/"
    assert somebody.get(f"/sign-in?{query}").place == "/", "who is signed in goes on at once"


def test_signing_in_leads_back_to_where_one_was(house: Visitor) -> None:
    somebody = Visitor(house.server)
    place = "/demo/guests?q=Jos%C3%A9"
    shown = somebody.get(f"/sign-in?{urlencode({'next': place})}").field("next")
    assert somebody.sign_in(place=shown).place == place


# -- passwords and cookies ------------------------------------------------------------------------


def test_a_new_password_signs_the_other_devices_out(owner: Visitor) -> None:
    tablet = Visitor(owner.server)
    tablet.sign_in()
    new = "umbrella stand waltz"
    assert "not your password" in owner.account("change-password", old="wrong", new=new).words
    assert "At least 10" in owner.account("change-password", old=PASSWORD, new="short").words
    with Device(owner.server, "t", cookie=tablet.cookie) as device:
        changed = owner.account("change-password", old=PASSWORD, new=new)
        assert "was changed" in changed.words
        assert refused(device)[0] == "sign-in"
    assert relay_status(owner)[0] == 200
    assert relay_status(tablet)[0] == 401
    assert tablet.sign_in(password=PASSWORD).status == 422
    assert tablet.sign_in(password=new).status == 200


def test_cookies_are_out_of_reach_and_under_tls_bound_to_the_host(house: Visitor) -> None:
    # uvicorn believes a proxy on this machine that says it speaks TLS.
    behind_tls = Visitor(house.server)
    page = behind_tls.get("/sign-in", **{"x-forwarded-proto": "https"})
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-pysync-browser=")
    for part in ("HttpOnly", "Secure", "Path=/", "SameSite=lax"):
        assert part in cookie
    plain = Visitor(house.server).get("/sign-in").headers["set-cookie"]
    assert plain.startswith("pysync-browser=")
    assert "Secure" not in plain


def test_people_2_the_data_folder_holds_no_secret(owner: Visitor) -> None:
    page = owner.account("invite", name="Bo", role="viewer")
    link = re.search(r"/invitation\?token=([\w-]+)", page.text)
    assert link is not None
    kept = b"".join(file.read_bytes() for file in owner.server.data.glob("people.sqlite*"))
    assert b"$argon2id$" in kept
    for secret in (*owner.cookies.values(), link.group(1), PASSWORD):
        assert secret.encode() not in kept
