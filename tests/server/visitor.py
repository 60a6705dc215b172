"""A browser as far as pages of people go: it keeps cookies, follows redirects, and sends the forms
of the page it is on."""

from __future__ import annotations

import html
import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.support import Server, start_server

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
PASSWORD = "gelato on the quiet pier"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What came back in the end, and from where."""

    status: int
    place: str
    text: str
    headers: dict[str, str]

    @property
    def words(self) -> str:
        """The text as people read it."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    def field(self, name: str) -> str:
        """The value of the first field of that name."""
        found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', self.text)
        assert found is not None, f"no field {name} in {self.words}"
        return html.unescape(found.group(1))


@dataclass
class Visitor:
    """One browser."""

    server: Server
    agent: str = CHROME
    cookies: dict[str, str] = field(default_factory=dict)
    page: Answer | None = None

    def get(self, place: str, **headers: str) -> Answer:
        """Open a place."""
        return self.ask("GET", place, headers=headers)

    def send(self, place: str, **fields: str) -> Answer:
        """Send a form of the page this browser is on."""
        assert self.page is not None
        given = {"form_token": self.page.field("form_token"), **fields}
        return self.ask("POST", place, urlencode(given).encode())

    def ask(
        self, method: str, place: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """One request, and those it is redirected to."""
        sent = {"user-agent": self.agent, **(headers or {})}
        if body:
            sent.setdefault("content-type", FORM)
        if self.cookies:
            sent["cookie"] = self.cookie
        connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=30)
        connection.request(method, place, body, sent)
        response = connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("set-cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        connection.close()
        if response.status == 303:
            return self.get(response.headers["location"])
        kept = {name.lower(): value for name, value in response.headers.items()}
        self.page = Answer(response.status, place, text, kept)
        return self.page

    @property
    def cookie(self) -> str:
        """As a header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, login: str = "ada", password: str = PASSWORD, place: str = "/") -> Answer:
        """By the page."""
        self.get("/sign-in")
        return self.send("/sign-in", login=login, password=password, next=place)

    def account(self, do: str, **fields: str) -> Answer:
        """Do something on the account page."""
        self.get("/account")
        return self.send("/account", do=do, **fields)


def start(data: Path, relay: str = "any") -> tuple[Server, str]:
    """A relay where people sign in, and the path of the link it printed ("" if none). `relay` is
    the schema by which it decides."""
    server = start_server(data, "--port", "0", "--relay", relay)
    if (data / "used").exists():
        return server, ""
    assert server.process.stdout is not None
    line = server.process.stdout.readline()
    found = re.search(r"open http://[^/]+(/setup\?token=\S+)$", line)
    assert found is not None, line
    return server, found.group(1)


def set_up(server: Server, link: str, login: str = "ada") -> Visitor:
    """The owner, by the link of the first start, signed in."""
    (server.data / "used").touch()
    owner = Visitor(server)
    token = owner.get(link).field("token")
    made = owner.send("/setup", token=token, name="Ada", login=login, password=PASSWORD)
    assert made.status == 200, made.words
    assert "pysync-session" in owner.cookies, made.words
    return owner


def invited(owner: Visitor, name: str, role: str) -> Visitor:
    """Somebody who came by an invitation, signed in; their login is their name in lower case."""
    page = owner.account("invite", name=name, role=role)
    found = re.search(r'id="link" value="([^"]+)"', page.text)
    assert found is not None, page.words
    link = urlsplit(html.unescape(found.group(1)))
    person = Visitor(owner.server)
    token = person.get(f"{link.path}?{link.query}").field("token")
    person.send("/invitation", token=token, name=name, login=name.lower(), password=PASSWORD)
    assert "pysync-session" in person.cookies, person.page and person.page.words
    return person
