"""Sam's browser at the complaint form, which runs no scripts; and Ada's hands at the console."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from sqlmodel import Session, func, select

from tests.server.doorstep import Doorstep
from tickets.files.attachment import Attachment
from tickets.ticket import Ticket

URL = "https://desk.example"
FORM = "/complaint?site=shop"
TOLD = {
    "category": "conduct",
    "text": "Nobody called me back.",
    "wanted": "An apology",
    "reference": "5590-221",
    "name": "Sam Okafor",
    "email": "sam@mail.example",
    "phone": "",
}
HOSTILE = '<script>alert(1)</script>\u202e"><img src=x onerror=alert(1)>{{7*7}} %s 你好'
WORDS = re.compile(r"<[^>]+>")


class Customer:
    """Sam's browser, which runs no scripts."""

    def __init__(self, house: Doorstep, path: str = FORM) -> None:
        self.house = house
        self.page = house.open(path)

    @property
    def text(self) -> str:
        return unescape(WORDS.sub(" ", self.page.text))

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        assert found is not None, name
        return found[1]

    @property
    def action(self) -> str:
        found = re.search(r'<form method="post" action="([^"]+)"', self.page.text)
        assert found is not None
        return unescape(found[1])

    def sends(self, *, files: Any = (), **fields: Any) -> Customer:
        """The form with what is typed, and the page that follows."""
        data = {"key": self.hidden("key"), "website": "", **fields}
        parts = [("files", file) for file in files] or [("files", ("", b"", "application/octet-stream"))]
        self.page = self.house.client.post(self.action, data=data, files=parts, headers=self.house.manners)
        if self.page.status_code == 303:
            self.page = self.house.open(self.page.headers["location"].partition("#")[0])
        return self

    @property
    def number(self) -> str:
        found = re.search(r"C-\d+", self.text)
        assert found is not None, self.text
        return found[0]

    @property
    def path(self) -> str:
        return str(self.page.url.path)

    def value(self, name: str) -> str:
        """What stands in a field of the page."""
        area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', self.page.text, re.DOTALL)
        found = area or re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', self.page.text)
        assert found is not None, name
        return unescape(found[1])

    def wrong(self, name: str) -> str:
        """What is said beside a field; empty where nothing is."""
        found = re.search(rf'id="f-{name}-wrong">(.*?)</p>', self.page.text)
        return unescape(found[1]) if found else ""

    @property
    def focused(self) -> str:
        found = re.search(r'name="(\w+)"[^>]*autofocus', self.page.text)
        return found[1] if found else ""


def counts(house: Doorstep, *models: Any) -> list[int]:
    def count(session: Session) -> list[int]:
        return [session.exec(select(func.count()).select_from(model)).one() for model in models]

    found: list[int] = house.look(count)
    return found


def ticket_of(house: Doorstep, customer: Customer) -> Ticket:
    number = int(customer.number.removeprefix("C-"))
    found: Ticket = house.look(lambda session: session.exec(select(Ticket).where(Ticket.number == number)).one())
    return found


def agent_posts(house: Doorstep, path: str, **fields: str) -> Any:
    house.client.cookies.clear()
    assert 303 == house.sign_in("Ada").status_code
    token = re.search(r'name="csrf" value="([^"]+)"', house.open("/app/profile").text)
    assert token is not None
    return house.client.post(path, data=fields, headers={**house.manners, "x-csrf-token": token[1], "accept": "*/*"})


def says(house: Doorstep, ticket: Ticket, what: str, id: str, text: str, files: list[tuple[str, bytes]]) -> None:
    """Ada, with a file."""
    ids = []
    for name, content in files:
        agent_posts(house, "/app/presence", intent="available")
        token = re.search(r'name="csrf" value="([^"]+)"', house.open("/app/profile").text)
        assert token is not None
        sent = house.client.post(
            f"/app/tickets/{ticket.id}/files",
            data={"client_id": f"f-{id}"},
            files={"file": (name, content)},
            headers={**house.manners, "x-csrf-token": token[1], "accept": "*/*"},
        )
        ids.append(str(sent.json()["file"]["id"]))
    answer = agent_posts(house, f"/app/tickets/{ticket.id}/{what}", text=text, client_id=id, files=",".join(ids))
    assert 204 == answer.status_code, answer.text


def newest_file(session: Session) -> int:
    found = session.exec(select(func.max(Attachment.id))).one()
    assert found is not None
    return int(found)
